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
from sim.population.person import in_key_order
from sim.rules.rooms import keep_log
from sim.rules.screen import screen_all
from sim.rules.streams import key_of
from sim.rules.vocabulary import Setting
from sim.rules.world import World
from sim.scenario import Scenario

Advance = Callable[[World, int, Callable[[Any], None] | None], World]
OnLog = Callable[[str, Any], None]

Run = Callable[[World, int, str], World]

MOST_LIVES = 40  # a life that so often ends before launch is no life of this panel: the person is left out
ARMS = ("usual_care", "programme")
PHASES = ("baseline", "waiting", *ARMS)  # in the order in which they are run


class Course(NamedTuple):
    """What a replication leaves behind."""

    panel: World  # everybody at launch
    passed: Any  # bool, shape (panel,): eligible at launch
    newly_eligible: int
    base: World  # the study cohorts as they were when they joined
    arms: dict[str, World]  # at the horizon
    events: int


def panel_at_launch(scenario: Scenario, seed: int, replication: int, run: Run) -> tuple[World, int]:
    """Everybody in the panel as they stand at launch, and how many events led there.

    A panel describes people who are there at launch. Whoever dies or leaves in the burn-in or the baseline year is given
    another life, with the same traits and other luck, so that survivorship shapes histories and not who is in the panel.
    """
    persons, practices = draw_panel(scenario, seed, replication)
    staff_key = key_of(seed, replication)
    present: list[Cohort] = []
    events = 0
    for life in range(MOST_LIVES):
        world = run(panel_world(scenario, persons, practices, staff_key), 0, "baseline")
        events += int(world.run[0].events)
        here = world.patients.setting < Setting.DEAD
        present.append(Cohort(world, np.flatnonzero(here), -1, 0))
        persons = persons[~here]
        if len(persons) == 0:
            break
        persons["key"] = [key_of("life", int(key), life + 1) for key in persons["key"]]
        persons = in_key_order(persons)
    return gather(present), events


def run_replication(scenario: Scenario, seed: int, replication: int, advance: Advance, on_log: OnLog | None = None) -> Course:
    """Run one replication with a clock. Log rows, if wanted, go to on_log(phase, rows).

    Phases: baseline (all, to launch), waiting (those not eligible, to the refresh date), usual_care, programme.
    """

    def run(world: World, stop: int, phase: str) -> World:
        world = keep_log(world, on_log is not None)
        sink = None if on_log is None else lambda rows: on_log(phase, rows)
        return advance(world, stop, sink)

    panel, events = panel_at_launch(scenario, seed, replication, run)
    criteria = criteria_record(scenario)
    passed = screen_all(panel, criteria, 0)

    cohorts = [Cohort(panel, np.flatnonzero(passed), 0, 0)]
    newly = 0
    enrolment = scenario.programme.enrolment
    if enrolment is not None and enrolment.refresh is not None:
        at = us(enrolment.refresh.at)
        others = run(gather([Cohort(panel, np.flatnonzero(~passed), -1, 0)]), at, "waiting")
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
