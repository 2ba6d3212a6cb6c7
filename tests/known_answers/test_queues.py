"""Queues with known waits: crises are the arrivals, a component asks for desk work, a pool that is always there does it.

References: Erlang C for M/M/c, Cobham (1954) for two classes, Pollaczek-Khinchine for M/G/1. Every run starts empty, which
lowers a mean wait by less than a tenth of its standard error here. Waits are from request to start; the unit is the hour, which
is also the mean service time.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.assembly.panel import horizon_months
from sim.outcomes.results import ArmResult
from sim.rules.units import HOUR, MONTH
from sim.rules.vocabulary import Event
from tests.known_answers.running import logged, programme_arms, scenario
from tests.known_answers.statistics import assert_agrees


def mean_wait(arm: ArmResult, component: str = "service") -> float:
    """Hours."""
    row = arm.tasks[arm.tasks["name"] == component][0]
    return float(row["wait_us"] / row["started"] / HOUR)


def share_who_wait(arm: ArmResult) -> float:
    return float(arm.tasks[0]["waited"] / arm.tasks[0]["started"])


@pytest.mark.parametrize(
    ("name", "replications", "waits", "wait", "precision"),
    [
        ("mm1", 16, 0.9, 9.0, 0.03),
        ("mm5", 16, 0.554113, 0.554113, 0.02),
        ("mm10", 24, 0.668732, 0.668732, 0.02),
        ("mm12", 28, 0.640043, 0.533369, 0.02),
    ],
)
def test_servers_with_exponential_service(name: str, replications: int, waits: float, wait: float, precision: float) -> None:
    arms = programme_arms(name, replications)
    assert_agrees([share_who_wait(arm) for arm in arms], waits, 0.01)
    assert_agrees([mean_wait(arm) for arm in arms], wait, precision)
    if name == "mm12":
        horizon = horizon_months(scenario(name)) * MONTH
        assert_agrees([arm.staff[0]["queue_area"] / horizon for arm in arms], 5.760386, precision)


def test_two_classes_without_preemption() -> None:
    arms = programme_arms("cobham", 16)
    assert_agrees([mean_wait(arm, "urgent") for arm in arms], 1.0, 0.01)
    assert_agrees([mean_wait(arm, "service") for arm in arms], 5.0, 0.02)


@pytest.mark.parametrize(
    ("name", "replications", "wait", "precision"),
    [("mg1_lognormal_2", 16, 10.0, 0.04), ("mg1_deterministic", 8, 2.0, 0.02), ("mg1_lognormal_1_5", 12, 6.5, 0.03)],
)
def test_one_server_with_any_service_law(name: str, replications: int, wait: float, precision: float) -> None:
    assert_agrees([mean_wait(arm) for arm in programme_arms(name, replications)], wait, precision)


def test_little_is_an_identity() -> None:
    """On a window that starts and ends empty, three ways to the same number: waits added up task by task, the integral of the
    queue's length that the rules keep, and the integral of the length counted from the event log; to the microsecond."""
    arm = programme_arms("little", 1)[0]
    task, staff = arm.tasks[0], arm.staff[0]
    assert task["requested"] == task["started"] == task["done"] > 5000
    assert task["open"] == 0
    assert task["wait_us"] == staff["queue_area"] > 0
    assert task["work_us"] == staff["busy_us"] > 0
    events = (Event.TASK_REQUESTED, Event.TASK_STARTED, Event.TASK_DONE)
    _, rows = next(iter(logged("little", 1, "programme", events)))
    for ends, area in ((Event.TASK_STARTED, task["wait_us"]), (Event.TASK_DONE, task["wait_us"] + task["work_us"])):
        step = np.where(rows["event"] == Event.TASK_REQUESTED, 1, np.where(rows["event"] == ends, -1, 0))
        length = np.cumsum(step)
        assert length[-1] == 0
        assert int((length[:-1] * np.diff(rows["time"])).sum()) == area
    window = horizon_months(scenario("little")) * MONTH
    arrival_rate = task["requested"] / window
    assert staff["queue_area"] / window == pytest.approx(arrival_rate * (task["wait_us"] / task["requested"]), rel=1e-9)
