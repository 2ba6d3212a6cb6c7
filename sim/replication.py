"""One replication: a panel, its baseline year, the screen, the refresh date, and both arms to the horizon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.assembly.arms import Cohort, draw_by_lot, gather, settle_places, start_arm
from sim.assembly.criteria import criteria_record
from sim.assembly.panel import panel_world
from sim.assembly.parameters import us
from sim.population import draw_panel
from sim.rules.rooms import keep_log
from sim.rules.screen import screen_all
from sim.rules.streams import key_of
from sim.rules.vocabulary import Setting
from sim.rules.world import World
from sim.scenario import Scenario

Advance = Callable[[World, int, Callable[[Any], None] | None], World]
OnLog = Callable[[str, Any], None]

ARMS = ("usual_care", "programme")


class Course(NamedTuple):
    """What a replication leaves behind."""

    panel: World  # everybody at launch
    passed: Any  # bool, shape (panel,): eligible at launch
    newly_eligible: int
    base: World  # the study cohorts as they were when they joined
    arms: dict[str, World]  # at the horizon
    events: int


def run_replication(scenario: Scenario, seed: int, replication: int, advance: Advance, on_log: OnLog | None = None) -> Course:
    """Run one replication with a clock. Log rows, if wanted, go to on_log(phase, rows).

    Phases: baseline (all, to launch), waiting (those not eligible, to the refresh date), usual_care, programme.
    """

    def run(world: World, stop: int, phase: str) -> World:
        world = keep_log(world, on_log is not None)
        sink = None if on_log is None else lambda rows: on_log(phase, rows)
        return advance(world, stop, sink)

    persons, practices = draw_panel(scenario, seed, replication)
    panel = run(panel_world(scenario, persons, practices, key_of(seed, replication)), 0, "baseline")
    criteria = criteria_record(scenario)
    passed = screen_all(panel, criteria, 0)
    events = int(panel.run[0].events)

    cohorts = [Cohort(panel, np.flatnonzero(passed), 0, 0)]
    newly = 0
    enrolment = scenario.programme.enrolment
    if enrolment is not None and enrolment.refresh is not None:
        at = us(enrolment.refresh.at)
        present = panel.patients.setting < Setting.DEAD
        others = gather([Cohort(panel, np.flatnonzero(~passed & present), -1, 0)])
        others.run[0].events = 0
        others = run(others, at, "waiting")
        events += int(others.run[0].events)
        candidates = np.flatnonzero(screen_all(others, criteria, 1))
        newly = len(candidates)
        cohorts.append(Cohort(others, draw_by_lot(others, candidates, round(float(enrolment.refresh.cap))), 1, at))
    base = gather(cohorts)
    base.run[0].now = 0
    settle_places(base)

    arms = {}
    for arm in ARMS:
        world = start_arm(base, arm == "programme")
        arms[arm] = run(world, int(world.run[0].horizon), arm)
        events += int(arms[arm].run[0].events)
    return Course(panel, passed, newly, base, arms, events)
