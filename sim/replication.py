"""One replication: a panel, its baseline year, the screen, the refresh date, and both arms to the horizon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.assembly.arms import Cohort, draw_by_lot, gather, settle_places, start_arm
from sim.assembly.criteria import criteria_record
from sim.assembly.panel import ground, settle, starting_at
from sim.assembly.parameters import us
from sim.population.drawing import draw_newcomers, draw_panel
from sim.population.lives import lives_of
from sim.population.person import Persons
from sim.rules.rooms import keep_log
from sim.rules.screen import screen_all
from sim.rules.streams import key_of
from sim.rules.units import BASELINE_MONTHS, BASELINE_START, MONTH, YEAR
from sim.rules.vocabulary import Setting
from sim.rules.world import World
from sim.scenario import Scenario
from sim.scenario.model.programme import Refresh

Advance = Callable[[World, int, Callable[[Any], None] | None], World]
OnLog = Callable[[str, Any], None]

LIVES_AT_ONCE = (1, 1, 2, 4, 8, 16, 32)  # in turn; whoever has no life of these that reaches the launch is left out
ARMS = ("usual_care", "programme")
COHORTS = 2
PHASES = ("baseline", "waiting", *ARMS)  # in the order in which they are run


class PhaseLog:
    """Keeps the log rows of one replication by phase."""

    def __init__(self) -> None:
        self.blocks: dict[str, list[Any]] = {}

    def __call__(self, phase: str, rows: Any) -> None:
        self.blocks.setdefault(phase, []).append(rows)

    def rows(self, phase: str) -> Any:
        """All rows of a phase in the order in which they were written; dtype LOG."""
        return np.concatenate(self.blocks[phase])


class Course(NamedTuple):
    """What a replication leaves behind."""

    panel: World  # everybody at launch
    passed: Any  # bool, shape (panel,): eligible at launch
    newly_eligible: int
    base: World  # the study cohorts as they were when they joined
    arms: dict[str, World]  # at the horizon
    risk: dict[str, list[tuple[int, Any]]]  # by arm: programme months gone by, mean documented risk score by cohort then
    hazard: dict[str, list[tuple[int, Any]]]  # by arm: programme months gone by, each patient's crisis hazard then, per year
    waiting: World | None  # those of the panel who were not eligible, at the refresh date; None without one
    events: int


class Lived(NamedTuple):
    """An arm at its horizon, and what was noted at launch and after each year; see Course."""

    world: World
    risk: list[tuple[int, Any]]
    hazard: list[tuple[int, Any]]


class _Replication:
    """One replication under way: what its steps have in common."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, advance: Advance, on_log: OnLog | None) -> None:
        self.scenario = scenario
        self.address = (seed, replication)
        self.events = 0
        self._advance = advance
        self._on_log = on_log

    def run(self, world: World, stop: int, phase: str, keep: Callable[[Any], None] | None = None) -> World:
        """Run a world to a time; its log rows go out under the name of the phase, or to `keep`."""
        on_log = self._on_log
        sink = None if on_log is None else keep or (lambda rows: on_log(phase, rows))
        world = self._advance(keep_log(world, on_log is not None), stop, sink)
        self.events += int(world.run[0].events)
        return world

    def live_through(self, world: World, arm: str) -> Lived:
        """Run an arm to its horizon, year by year."""
        months = int(world.run[0].months) - BASELINE_MONTHS
        risk = [(0, documented_risk(world))]
        hazard = [(0, crisis_hazard(world))]
        for month in [*range(12, months, 12), months]:
            world.run[0].events = 0
            world = self.run(world, month * MONTH, arm)
            risk.append((month, documented_risk(world)))
            hazard.append((month, crisis_hazard(world)))
        return Lived(world, risk, hazard)

    def _log_chosen(self, phase: str, blocks: list[Any], world: World, chosen: Any) -> None:
        """Send out the log rows of the lives that count, under the numbers people know; in `blocks` they stand by row."""
        if self._on_log is None:
            return
        number = np.full(len(world.patients), -1, np.int32)
        number[chosen] = world.patients.number[chosen]
        for rows in blocks:
            kept = rows[number[rows["patient"]] >= 0]
            kept["patient"] = number[kept["patient"]]
            self._on_log(phase, kept)

    def present_at(self, persons: Persons, land: World, at: int, phase: str) -> World:
        """These persons as they stand at a time.

        A panel describes people who are there. Whoever dies or leaves before is given another life, with the same traits
        and other luck, so that survivorship shapes histories and not who is in the panel. The first life that lasts
        counts; the more lives somebody needs, the more are tried side by side.
        """
        present: list[Cohort] = []
        tried = 0
        for count in LIVES_AT_ONCE:
            lives = lives_of(persons, tried, count)
            blocks: list[Any] = []
            world = self.run(settle(land, lives.persons), at, phase, blocks.append)
            lasting = np.flatnonzero(world.patients.setting < Setting.DEAD)
            tried += count
            earliest = np.full(len(persons), tried)
            np.minimum.at(earliest, lives.owner[lasting], lives.life[lasting])
            chosen = lasting[lives.life[lasting] == earliest[lives.owner[lasting]]]
            world.patients.number = persons["number"][lives.owner]
            self._log_chosen(phase, blocks, world, chosen)
            present.append(Cohort(world, chosen, -1, 0))
            persons = persons[earliest == tried]
            if len(persons) == 0:
                break
        return gather(present)

    def at_refresh(self, refresh: Refresh, panel: World, passed: Any, land: World) -> tuple[World, World]:
        """Who was not eligible at launch as they stand at the refresh date; and with them who has come to the practices since."""
        at = us(refresh.at)
        others = self.run(gather([Cohort(panel, np.flatnonzero(~passed), -1, 0)]), at, "waiting")
        joining = round(float(refresh.newcomers or 0.0) * at / YEAR * len(passed))
        if not joining:
            return others, others
        newcomers = draw_newcomers(self.scenario, *self.address, joining)
        joined = self.present_at(newcomers, starting_at(land, BASELINE_START), at, "waiting")
        return others, gather([Cohort(world, np.arange(len(world.patients)), -1, 0) for world in (others, joined)])


def documented_risk(world: World) -> Any:
    """Mean documented risk score of those who are there, by cohort; NaN where nobody is. Shape (cohort,)."""
    patients = world.patients
    there = patients.setting < Setting.DEAD
    rows = [there & (patients.cohort == cohort) for cohort in range(COHORTS)]
    return np.array([patients.risk_score[row].mean() if row.any() else np.nan for row in rows])


def crisis_hazard(world: World) -> Any:
    """Each patient's crisis hazard at home without what follows a discharge, per year; shape (patients,)."""
    nature = world.nature
    return np.where(nature.in_decline == 1, world.parameters[0].decline_multiplier, 1.0) * nature.crisis_level


def run_replication(
    scenario: Scenario,
    seed: int,
    replication: int,
    advance: Advance,
    on_log: OnLog | None = None,
    *,
    arms: Sequence[str] = ARMS,
    periods_kept: int = 0,
) -> Course:
    """Run one replication with a clock. Log rows, if wanted, go to on_log(phase, rows).

    Phases: baseline (all, to launch), waiting (those who could join at the refresh date, until then), usual_care, programme.
    arms: those to be run; periods_kept: programme periods whose counts are kept for each person (world.own).
    """
    under_way = _Replication(scenario, seed, replication, advance, on_log)
    persons, practices = draw_panel(scenario, seed, replication)
    land = ground(scenario, practices, key_of(seed, replication), periods_kept)
    panel = under_way.present_at(persons, land, 0, "baseline")
    criteria = criteria_record(scenario)
    passed = screen_all(panel, criteria, 0)

    cohorts = [Cohort(panel, np.flatnonzero(passed), 0, 0)]
    newly = 0
    waiting = None
    refresh = scenario.programme.enrolment.refresh
    if refresh is not None:
        waiting, others = under_way.at_refresh(refresh, panel, passed, land)
        candidates = np.flatnonzero(screen_all(others, criteria, 1))
        newly = len(candidates)
        cohorts.append(Cohort(others, draw_by_lot(others, candidates, round(float(refresh.cap))), 1, us(refresh.at)))
    base = gather(cohorts)
    base.run[0].now = 0
    settle_places(base)

    lived = {arm: under_way.live_through(start_arm(base, arm == "programme"), arm) for arm in arms}
    finished, risk, hazard = ({arm: getattr(one, name) for arm, one in lived.items()} for name in ("world", "risk", "hazard"))
    return Course(panel, passed, newly, base, finished, risk, hazard, waiting, under_way.events)
