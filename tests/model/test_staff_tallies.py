"""What the rulebook adds up of staff and their work, against the event log and against the totals of the run; both clocks alike."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pytest

from sim.agents.model import advance as agents
from sim.compiled.clock import advance as compiled
from sim.outcomes.results import CAME, MONTH_TASKS, ArmResult
from sim.replication import ARMS, Course
from sim.results import replication_result
from sim.rules.units import BASELINE_MONTHS, DAY, HOUR, MONTH, WEEK
from sim.rules.vocabulary import ALERTS, Answer, Counter, Event, Mode, StaffStatus
from sim.scenario import Scenario, load
from tests.model.running import Log, role, run, small, task, written
from tests.model.test_conservation import crowded

CLOCKS: Final = {"compiled": compiled, "agents": agents}
TALLIES: Final = ("tally", "work", "hours", "crew", "alerts")
FINISHED: Final = (Event.TASK_DONE, Event.TASK_ATTEMPT_FAILED, Event.TASK_NOT_REACHED, Event.TASK_REFUSED, Event.TASK_CANCELLED)
GONE: Final = (Event.WITHDREW, Event.GRADUATED, Event.DEATH, Event.LEFT)
DELAYS: Final = {"rounds": 3 * DAY}


class Ran(NamedTuple):
    """A replication that has been run."""

    scenario: Scenario
    course: Course
    log: Log
    results: dict[str, ArmResult]


def ran(scenario: Scenario, clock: str) -> Ran:
    course, log = run(scenario, seed=11, clock=CLOCKS[clock])
    return Ran(scenario, course, log, replication_result(scenario, 0, course).arms)


@pytest.fixture(scope="module", params=["compiled", "agents"])
def of_crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("crowded")
    crowded(folder)
    return ran(load(folder / "small.yaml", ["population.size=120"]), request.param)


def attempts(log: Log) -> list[tuple[Any, Any]]:
    """(row of TASK_STARTED, row in which that attempt ended), those that have ended."""
    pairs, in_hand = [], {}
    for row in log["programme"]:
        if row["event"] == Event.TASK_STARTED:
            in_hand[int(row["staff"])] = row
        elif row["event"] in FINISHED and int(row["staff"]) >= 0:
            pairs.append((in_hand.pop(int(row["staff"])), row))
    return pairs


@pytest.mark.parametrize("arm", ARMS)
def test_months_add_up_to_the_run(of_crowd: Ran, arm: str) -> None:
    result = of_crowd.results[arm]
    for r, row in enumerate(result.staff):
        months = result.staff_months[result.staff_months["role"] == r]
        assert months["month"].tolist() == list(range(1, 15))
        for of_month, of_run in (("employed_us", "employed_us"), ("available_us", "available_us"), ("busy_us", "busy_us")):
            assert months[of_month].sum() == row[of_run]
        assert months["queue_us"].sum() == row["queue_area"]
        tasks = result.tasks[result.tasks["role"] == row["name"]]
        for name in MONTH_TASKS:
            assert months[name].sum() == tasks[name].sum(), name
        assert months["busy_us"].sum() == tasks["work_us"].sum()
        posts = of_crowd.course.arms[arm].queues
        assert months["waiting"][-1] == sum(int(queue.length) for queue in posts if queue.role == r)
    assert (result.staff_months["waiting"] > 0).any() == (arm == "programme")


@pytest.mark.parametrize("arm", ARMS)
def test_hours_by_week_and_tier_add_up_to_the_hours_worked(of_crowd: Ran, arm: str) -> None:
    result = of_crowd.results[arm]
    for c, row in enumerate(result.tasks):
        assert result.hours["work_us"][result.hours["component"] == c].sum() == row["work_us"]
    assert result.hours["work_us"].sum() == result.staff["busy_us"].sum()
    assert (result.hours["work_us"].sum() > 0) == (arm == "programme")
    assert set(result.hours["tier"].tolist()) <= {0, 1, 2, 3}


def test_hours_are_those_of_the_log_by_week_and_tier(of_crowd: Ran) -> None:
    """An attempt's hours stand in the week in which it ends, with the tier that the patient has had until then."""
    tiers = of_crowd.log.of("programme", Event.TIER)
    seen: dict[tuple[int, int, int], int] = {}
    for started, ended in attempts(of_crowd.log):
        before = tiers[(tiers["patient"] == ended["patient"]) & (tiers["time"] < ended["time"])]
        key = (1 + int(ended["time"]) // WEEK, int(ended["detail"]), int(before["detail"][-1]) if len(before) else 0)
        seen[key] = seen.get(key, 0) + int(started["amount"])
    hours = of_crowd.results["programme"].hours
    assert {(int(row["week"]), int(row["component"]), int(row["tier"])): int(row["work_us"]) for row in hours} == seen
    assert {tier for _, _, tier in seen} == {0, 1, 2, 3}


def test_tasks_by_month_are_those_of_the_log(of_crowd: Ran) -> None:
    world, result = of_crowd.course.arms["programme"], of_crowd.results["programme"]
    months = len(result.staff_months) // len(result.staff)
    for name, event in (
        ("requested", Event.TASK_REQUESTED),
        ("done", Event.TASK_DONE),
        ("not_reached", Event.TASK_NOT_REACHED),
        ("refused", Event.TASK_REFUSED),
        ("lapsed", Event.TASK_LAPSED),
        ("cancelled", Event.TASK_CANCELLED),
    ):
        rows = of_crowd.log.of("programme", event)
        rows = rows[world.components.role[rows["detail"]] >= 0]
        logged = np.zeros((len(result.staff), months), np.int64)
        np.add.at(logged, (world.components.role[rows["detail"]], rows["time"] // MONTH), 1)
        assert result.staff_months[name].reshape(logged.shape).tolist() == logged.tolist(), name


def test_time_in_post_by_month_is_that_of_the_tenures(of_crowd: Ran) -> None:
    """Of the managers: a tenure's whole microseconds are rounded once."""
    world, result = of_crowd.course.arms["programme"], of_crowd.results["programme"]
    end = int(world.run[0].horizon)
    edges = np.arange(end // MONTH + 1) * MONTH
    spent = np.zeros(end // MONTH)
    tenures = 0
    for m in range(int(world.roles[0].members)):
        rows = of_crowd.log.of("programme", Event.STAFF_HIRED, Event.STAFF_LEFT)
        times = rows["time"][rows["staff"] == m].tolist()
        times += [end] if world.staff[m].status != StaffStatus.VACANT else []
        for hired, left in zip(times[::2], times[1::2], strict=True):
            spent += float(world.staff[m].fte) * np.maximum(np.minimum(left, edges[1:]) - np.maximum(hired, edges[:-1]), 0)
            tenures += 1
    found = result.staff_months[result.staff_months["role"] == 0]
    assert np.abs(found["employed_us"] - spent).max() <= tenures
    assert tenures > 3


def closed(t: int) -> bool:
    """Whether offices are closed; the run begins on a Monday and has no holidays."""
    return t // DAY % 7 >= 5 or not 8 * HOUR <= t % DAY < 17 * HOUR


def test_alerts_are_those_of_the_log(of_crowd: Ran) -> None:
    world, result = of_crowd.course.arms["programme"], of_crowd.results["programme"]
    expected = np.zeros((len(world.components), 2, len(Answer)), np.int64)
    ready: dict[tuple[int, int, int], int] = {}
    for row in of_crowd.log["programme"]:
        c = int(row["detail"])
        if row["event"] not in (Event.TASK_REQUESTED, Event.TASK_STARTED) or world.components.role[c] < 0:
            continue
        if not ALERTS >> int(row["origin"]) % 32 & 1:
            continue
        key = (int(row["patient"]), c, int(row["origin"]))
        if row["event"] == Event.TASK_REQUESTED:
            ready[key] = int(row["time"]) + DELAYS.get(str(result.tasks["name"][c]), 0)
            expected[c, int(closed(ready[key])), Answer.ASKED] += 1
        elif key in ready:
            begun, came = int(row["time"]), ready.pop(key)
            expected[c, int(closed(came)), Answer.STARTED] += 1
            expected[c, int(closed(came)), Answer.WAIT_US] += begun - came
            expected[c, int(closed(came)), Answer.STARTED_AFTER_HOURS] += closed(begun)
    for at, when in enumerate(CAME):
        for answer in Answer:
            assert result.tasks[f"alerts_{when}_{answer.name.lower()}"].tolist() == expected[:, at, answer].tolist(), (when, answer.name)
    assert expected[:, 1, Answer.ASKED].sum() > 20
    assert (of_crowd.results["usual_care"].tasks["alerts_after_hours_asked"] == 0).all()


def test_a_role_that_is_always_there_answers_at_night(tmp_path: Path) -> None:
    """Two roles hear of the same visits to the ED: the one with office hours never answers after hours, the other at once."""
    data = small(
        run__horizon="12 months",
        programme__staff={
            "day": role(fte=9),
            "night": role(fte=9, hours="always", productive_hours="24 hours"),
        },
        programme__components={
            f"by_{name}": task(name, after=["ed_visit"], hours="1 minutes", deadline="9 days") for name in ("day", "night")
        },
    )
    tasks = ran(written(tmp_path, data), "compiled").results["programme"].tasks
    day, night = (tasks[tasks["name"] == f"by_{name}"][0] for name in ("day", "night"))
    assert day["alerts_after_hours_asked"] == night["alerts_after_hours_asked"] > 20
    assert day["alerts_in_hours_asked"] + day["alerts_after_hours_asked"] == day["requested"]
    assert night["alerts_after_hours_started_after_hours"] == night["alerts_after_hours_started"] == night["alerts_after_hours_asked"]
    assert night["alerts_after_hours_wait_us"] < MONTH // 1000
    assert day["alerts_in_hours_started_after_hours"] == day["alerts_after_hours_started_after_hours"] == 0
    assert day["alerts_after_hours_wait_us"] / day["alerts_after_hours_started"] > 8 * HOUR


def test_queues_by_month_are_those_of_the_log(tmp_path: Path) -> None:
    """One attempt, no delay: a task waits from its request until it is started, lapses or is cancelled."""
    data = small(
        run__horizon="8 months",
        programme__staff={"nurse": role(fte=1)},
        programme__components={"work": task("nurse", every="6 days", deadline="20 days", hours="3 hours")},
    )
    of = ran(written(tmp_path, data), "compiled")
    edges = np.arange(9) * MONTH
    waited, left_over = np.zeros(8, np.int64), np.zeros(8, np.int64)
    begun: dict[tuple[int, int], int] = {}
    spans = []
    components = of.course.arms["programme"].components
    for row in of.log.of("programme", Event.TASK_REQUESTED, Event.TASK_STARTED, Event.TASK_LAPSED, Event.TASK_CANCELLED):
        if components.role[row["detail"]] < 0:  # usual care
            continue
        key = (int(row["patient"]), int(row["origin"]))
        if row["event"] == Event.TASK_REQUESTED:
            begun[key] = int(row["time"])
        elif key in begun:
            spans.append((begun.pop(key), int(row["time"])))
    spans += [(start, 8 * MONTH + 1) for start in begun.values()]
    for start, stop in spans:
        waited += np.maximum(np.minimum(stop, edges[1:]) - np.maximum(start, edges[:-1]), 0)
        left_over += (start < edges[1:]) & (stop >= edges[1:])
    months = of.results["programme"].staff_months
    assert months["queue_us"].tolist() == waited.tolist()
    assert months["waiting"].tolist() == left_over.tolist()
    assert months["lapsed"].sum() > 50


@pytest.mark.parametrize("clock", CLOCKS)
def test_time_out_of_touch_is_that_of_the_log(tmp_path: Path, clock: str) -> None:
    """Calls are rare and often reach nobody; desk work is no contact."""
    data = small(
        run__horizon="30 months",
        population__size=50,
        programme__enrolment={"at_launch": "all", "withdrawal": {"value": 0.3, "unit": "per year"}},
        programme__staff={"nurse": role(fte=3)},
        programme__components={
            "call": task("nurse", every="150 days", mode="phone", hours="5 minutes"),
            "file": task("nurse", every="40 days", hours="5 minutes"),
        },
    )
    of = ran(written(tmp_path, data), clock)
    world = of.course.arms["programme"]
    contact = np.flatnonzero((world.components.programme == 1) & (world.components.mode != Mode.DESK))
    end = 30 * MONTH
    edges = np.arange(31) * MONTH
    silent, spells = np.zeros(30, np.int64), np.zeros(30, np.int64)
    never = 0
    for number in world.patients.number.tolist():
        rows = of.log["programme"][of.log["programme"]["patient"] == number]
        joined = rows["time"][rows["event"] == Event.ENROLLED].tolist()
        ends = [*rows["time"][np.isin(rows["event"], GONE)].tolist(), end]
        calls = rows["time"][(rows["event"] == Event.TASK_DONE) & np.isin(rows["detail"], contact)].tolist()
        marks = [*joined, *calls, min(ends)] if joined else []
        never += len(marks) == 2
        for since, until in pairwise(marks):
            start = since + 6 * MONTH
            silent += np.maximum(np.minimum(until, edges[1:]) - np.maximum(start, edges[:-1]), 0)
            if start < until:
                spells[start // MONTH] += 1
    tally = of.results["programme"].tally[0, :, BASELINE_MONTHS:]
    assert tally[Counter.UNREACHED_US].tolist() == silent.tolist()
    assert tally[Counter.UNREACHED].tolist() == spells.tolist()
    assert spells.sum() > 20
    assert replication_result(of.scenario, 0, of.course).population["never_contacted"] == never > 0
    assert (of.results["usual_care"].tally[:, Counter.UNREACHED_US] == 0).all()


def test_practices_of_a_post_are_those_of_its_patients(of_crowd: Ran) -> None:
    world, staff = of_crowd.course.arms["programme"], of_crowd.results["programme"].staff
    patients = world.patients[(world.patients.enrolled_at <= 6 * MONTH) & (world.patients.unenrolled_at > 6 * MONTH)]
    posts = world.staff[world.staff.role == 0]
    of_post = np.searchsorted(posts.place_to[:-1], patients.place, side="right")
    counts = [len(set(patients.practice[of_post == post].tolist())) for post in range(len(posts))]
    assert staff["name"][0] == "manager"
    assert staff["practices"][0] == pytest.approx(np.mean(counts))
    assert staff["most_practices"][0] == max(counts) > 1
    assert np.isnan(staff["practices"][1])  # a pool has no patients of its own


def test_both_clocks_fill_the_same_tallies(tmp_path: Path) -> None:
    crowded(tmp_path)
    scenario = load(tmp_path / "small.yaml", ["population.size=100", "run.horizon=9 months"])
    one, other = (run(scenario, seed=3, clock=clock)[0] for clock in CLOCKS.values())
    for arm in ARMS:
        for name in TALLIES:
            assert np.array_equal(getattr(one.arms[arm], name), getattr(other.arms[arm], name)), (arm, name)
    assert all(getattr(one.arms["programme"], name).any() for name in TALLIES)
