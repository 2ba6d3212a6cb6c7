"""What stops a run inside compiled code comes out as one message: who, when and what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.agents.model import advance as agents
from sim.assembly.panel import ground, settle
from sim.compiled.clock import advance as compiled
from sim.population.drawing import draw_panel
from sim.population.lives import lives_of
from sim.rules.records import AGENDA
from sim.rules.stays import enter
from sim.rules.trouble import SimulationError, explain
from sim.rules.units import NEVER
from sim.rules.vocabulary import Setting
from sim.rules.world import World
from tests.model.running import small, written

CLOCKS = pytest.mark.parametrize("advance", [compiled, agents], ids=["compiled", "agents"])


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Sixty patients with many crises before anything has happened."""
    scenario = written(tmp_path, small(usual_care__crises={"rate": {"value": 6, "unit": "per year"}}))
    persons, practices = draw_panel(scenario, 1, 0)
    return settle(ground(scenario, practices, 1), lives_of(persons, 0, 1).persons)


@CLOCKS
def test_a_hazard_above_its_bound_names_patient_day_and_both(world: World, advance: Any) -> None:
    world.nature.risk[7] *= 1000.0
    with pytest.raises(SimulationError, match=r"^patient 7 on day -\d+\.\d: the \w+ hazard of .* per year is above its bound of ") as said:
        advance(world, 0)
    assert said.value.args[0].endswith("hazard exceeds the supremum it declares")


@CLOCKS
def test_an_agenda_without_room_says_what_sets_off_what(world: World, advance: Any) -> None:
    with pytest.raises(SimulationError, match=r"^patient \d+ on day .*: components that work at once keep setting each other off "):
        advance(world.replace(agenda=np.zeros(0, AGENDA).view(np.recarray)), 0)


@CLOCKS
def test_an_event_too_large_for_its_room_is_no_crash(world: World, advance: Any) -> None:
    with pytest.raises(SimulationError, match=r"^one event on day .*more than 0 pending times"):
        advance(world.replace(touched=np.zeros(0, np.int64)), 0)


def test_the_dead_enter_no_setting(world: World) -> None:
    world.patients.setting[3] = Setting.DEAD
    enter(world, 3, int(Setting.ED), 0, NEVER)
    assert world.patients.setting[3] == Setting.DEAD
    wanted = "patient 3 on day -395.7: impossible transition: cannot enter ed after death or after leaving the plan"
    assert str(explain(world)) == wanted
