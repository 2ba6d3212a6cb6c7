"""Nobody sees what they could not see: staff, filters, tiers and the screen read observed fields only."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.assembly.criteria import criteria_record
from sim.compiled.clock import advance
from sim.replication import run_replication
from sim.rules.agenda import is_for
from sim.rules.rooms import keep_log
from sim.rules.screen import screen_all
from sim.rules.tiers import assign_tier
from sim.rules.world import World, copy
from sim.scenario import load

RULES = Path(sim.__file__).resolve().parent / "rules"
BLIND = ("queues", "tiers", "agenda", "staffing", "screen", "availability")
LATENT = ("frailty", "burden", "engagement", "loyalty", "isolated", "behavioural_health", "family_carer", "conditions", "risk", "acuity")


def reads_nature(source: str) -> list[int]:
    """Lines that touch the latent records."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and node.attr == "nature"]


@pytest.mark.parametrize("module", BLIND)
def test_blind_rules_never_touch_the_latent_records(module: str) -> None:
    assert reads_nature((RULES / f"{module}.py").read_text(encoding="utf-8")) == []


def test_the_check_finds_a_reader() -> None:
    assert reads_nature((RULES / "effects.py").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World, Any]:
    """A programme at its horizon, the same with latent fields permuted among the patients, and the criteria."""
    scenario = load(
        "caseload:mgh_cmp/phase2_mgh.yaml", ["population.size=600", "run.horizon=12 months", "programme.enrolment.refresh=none"]
    )
    course = run_replication(scenario, 3, 0, advance)
    world = keep_log(course.arms["programme"], False)
    other = copy(world)
    order = np.roll(np.arange(len(other.nature)), 7)
    for field in LATENT:
        other.nature[field] = world.nature[field][order]
    other.nature.in_decline = 1 - world.nature.in_decline
    return world, other, criteria_record(scenario)


def test_filters_decide_alike(worlds: tuple[World, World, Any]) -> None:
    one, other, _ = worlds
    patients, components = range(len(one.patients)), range(len(one.components))
    decisions = [(is_for(one, i, c), is_for(other, i, c)) for i in patients for c in components]
    assert any(mine for mine, _ in decisions)
    assert all(mine == theirs for mine, theirs in decisions)


def test_the_screen_decides_alike(worlds: tuple[World, World, Any]) -> None:
    one, other, criteria = worlds
    passed = screen_all(one, criteria, 0)
    assert 0 < passed.sum() < len(passed)
    assert np.array_equal(passed, screen_all(other, criteria, 0))


def test_tiers_are_assigned_alike(worlds: tuple[World, World, Any]) -> None:
    one, other, _ = copy(worlds[0]), copy(worlds[1]), None
    for world in (one, other):
        for i in range(len(world.patients)):
            world.run[0].agenda = 0
            assign_tier(world, i, 0, 1)
    assert len(np.unique(one.patients.tier)) == 3
    assert np.array_equal(one.patients.tier, other.patients.tier)
