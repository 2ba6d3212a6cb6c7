"""The two clocks give the same event log, to the bit: on what is shipped and on random small programmes."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import sim.verify
from sim.rules.vocabulary import Event
from sim.scenario import load
from sim.scenario.files import SHIPPED
from sim.verify import verify
from tests.model.programmes import programmes
from tests.model.running import Data, small, written

SCENARIOS = sorted(path for path in SHIPPED.glob("*/*.yaml") if path.parent.name != "defaults")
SHORT = ("population.size=150", "run.horizon=14 months", "run.burn_in=1 months")  # the refresh cohort joins at month 12
RANDOM_PROGRAMMES = 100


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_the_clocks_agree_on_a_shipped_scenario(path: Path) -> None:
    verdict = verify(load(path, SHORT), seed=1)
    assert verdict.identical, verdict.text
    assert verdict.events > 10_000


# What the random programmes must between them have met, so that their agreement says something.
MET = (
    Event.CRISIS_AVERTED,
    Event.URGENT_VISIT,
    Event.OBSERVATION,
    Event.BED_DIVERSION,
    Event.BED_WAIT,
    Event.COMPLICATION,
    Event.SNF_ADMISSION,
    Event.HOSPICE,
    Event.LONG_STAY,
    Event.DEATH,
    Event.LEFT,
    Event.ENROLLED,
    Event.WITHDREW,
    Event.GRADUATED,
    Event.TIER,
    Event.TASK_ATTEMPT_FAILED,
    Event.TASK_NOT_REACHED,
    Event.TASK_REFUSED,
    Event.TASK_LAPSED,
    Event.TASK_CANCELLED,
    Event.WARNING_NOTICED,
    Event.RESPONSE,
    Event.STAFF_HIRED,
    Event.STAFF_LEFT,
)


def test_the_clocks_agree_on_random_programmes(monkeypatch: pytest.MonkeyPatch) -> None:
    met: Counter[str] = Counter()
    compiled, agents = (sim.verify.clocks()[name] for name in ("compiled", "agents"))

    def tapped(world: Any, stop: int, on_log: Any) -> Any:
        def sink(rows: Any) -> None:
            met.update(Event(event).name for event in rows["event"])
            met["direct to SNF"] += int(np.sum((rows["event"] == Event.SNF_ADMISSION) & (rows["amount"] >= 2)))
            on_log(rows)

        return compiled(world, stop, sink)

    monkeypatch.setattr(sim.verify, "clocks", lambda: {"compiled": tapped, "agents": agents})

    with tempfile.TemporaryDirectory() as folder:

        @settings(
            max_examples=RANDOM_PROGRAMMES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        )
        @given(data=programmes(), seed=st.integers(0, 1_000_000))
        def agree(data: Data, seed: int) -> None:
            scenario = written(Path(folder), data)
            verdict = verify(scenario, seed=seed)
            met["programmes"] += 1
            assert verdict.identical, verdict.text

        agree()
    assert met["programmes"] >= RANDOM_PROGRAMMES
    assert {event.name for event in MET} | {"direct to SNF"} <= met.keys()


def perturbed(advance: Any) -> Any:
    """The same clock on records in which some patients are a little less frail."""

    def other(world: Any, stop: int, on_log: Any) -> Any:
        world.nature.frailty[::4] *= 0.8
        return advance(world, stop, on_log)

    return other


@pytest.mark.parametrize("which", ["compiled", "agents"])
def test_a_clock_that_goes_another_way_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, which: str) -> None:
    scenario = written(tmp_path, small(usual_care__crises={"rate": {"value": 2, "unit": "per year"}}))
    assert verify(scenario, seed=4).identical
    pair = sim.verify.clocks()
    monkeypatch.setattr(sim.verify, "clocks", lambda: {**pair, which: perturbed(pair[which])})
    verdict = verify(scenario, seed=4)
    assert not verdict.identical
    assert verdict.text.startswith("different: replication 0, phase baseline, row ")
    assert "compiled" in verdict.text
    assert "agents" in verdict.text
    assert 0 <= verdict.events < 10_000
