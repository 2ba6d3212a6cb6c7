"""The world at the start of the burn-in: a panel of persons, their sites, nobody in a programme."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.assembly.components import component_records, listeners
from sim.assembly.law_book import LawBook
from sim.assembly.parameters import parameter_record, us
from sim.assembly.sites import facility_records, practice_records
from sim.assembly.staff import crew_records, role_names
from sim.rules.beginning import begin
from sim.rules.records import (
    AGENDA,
    AGENDA_ROWS,
    CONDITION,
    INTERACTION,
    LOG,
    NATURE,
    PATIENT,
    RUN,
    SCREENS,
    TASK,
    TOUCHED_ROWS,
    empty,
)
from sim.rules.rooms import lay_out, task_margin
from sim.rules.units import BASELINE_MONTHS, BASELINE_START, MONTH, NEVER, WEEK, YEAR
from sim.rules.vocabulary import ANSWERS, COUNTERS, DUTIES, OUTCOMES, OWN_COUNTERS, TIERS, Setting
from sim.rules.world import World, copy
from sim.scenario import Scenario

LONG_AGO = -NEVER
LONG_AGO_MINUTES = np.iinfo(np.int32).min


def horizon_months(scenario: Scenario) -> int:
    """Whole programme months of a run."""
    return round(us(scenario.run.horizon) / MONTH)


def ground(scenario: Scenario, practices: Sequence[tuple[str, str]], seed_key: int, periods_kept: int = 0) -> World:
    """Everything but people: rules' parameters, components, sites and posts, at the start of the burn-in.

    practices: (name, group) in the order in which persons refer to them; periods_kept: programme periods whose counts are kept
    for each person.
    """
    book = LawBook()
    roles = role_names(scenario)
    components = component_records(scenario, book, roles)
    parameters = parameter_record(scenario, book)
    crew = crew_records(scenario, seed_key)
    laws, quantiles = book.records()
    run = _run(scenario)
    run[0].listeners[:] = listeners(components, programme=False)
    months = horizon_months(scenario)
    return World(
        patients=empty(PATIENT, 0),
        nature=empty(NATURE, 0),
        dose=np.zeros((0, int(components.dose_column.max(initial=-1)) + 1)),
        slots=np.zeros((0, int(components.slot_column.max(initial=-1)) + 1), np.int64),
        own=np.zeros((0, 1 + periods_kept, OWN_COUNTERS), np.int32),
        components=components,
        conditions=_conditions(scenario),
        interactions=_interactions(scenario),
        tasks=empty(TASK, 0),
        roles=crew.roles,
        staff=crew.staff,
        queues=crew.queues,
        practices=practice_records(scenario, list(practices)),
        facilities=facility_records(scenario),
        laws=laws,
        quantiles=quantiles,
        price_factor=_price_factor(scenario, int(run[0].first_price_month)),
        holidays=_holidays(scenario),
        parameters=parameters,
        run=run,
        due=np.zeros(0, np.int64),
        turn=np.zeros(0, np.int64),
        touched=np.zeros(TOUCHED_ROWS, np.int64),
        agenda=empty(AGENDA, AGENDA_ROWS),
        tally=np.zeros((2, COUNTERS, int(run[0].months)), np.int64),
        work=np.zeros((months, len(components), OUTCOMES), np.int64),
        hours=np.zeros((-(-months * MONTH // WEEK), len(components), TIERS), np.int64),
        crew=np.zeros((months, len(roles), DUTIES), np.int64),
        alerts=np.zeros((len(components), 2, ANSWERS), np.int64),
        log=empty(LOG, 1),
    )


def starting_at(land: World, start: int) -> World:
    """The same ground for lives that start at another time, microseconds since launch."""
    later = copy(land)
    later.run[0].start = start
    return later


def settle(land: World, persons: Any) -> World:
    """Persons begin their lives on an independent copy of the ground.

    persons: structured array of dtype sim.population.PERSON, practice by practice, there in ascending order of key.
    """
    n = len(persons)
    world = copy(land).replace(
        patients=_patients(persons),
        nature=_nature(persons),
        dose=np.zeros((n, land.dose.shape[1])),
        slots=np.full((n, land.slots.shape[1]), NEVER, np.int64),
        own=np.zeros((n, *land.own.shape[1:]), np.int32),
    )
    world = lay_out(world, 4 * task_margin(world) + n // 16)
    begin(world)
    return world


def _patients(persons: Any) -> Any:
    patients = empty(PATIENT, len(persons))
    same = ("key", "number", "practice", "age", "female", "documented", "risk_score", "medications")
    for name in (*same, "directive", "supplemental", "in_service_area", "exclusions"):
        patients[name] = persons[name]
    patients.isolated = persons["isolated_known"] & persons["isolated"]
    patients.behavioural_health = persons["behavioural_health_known"] & persons["behavioural_health"]
    patients.cohort = -1
    patients.setting = Setting.HOME
    patients.facility = -1
    patients.enrolled_at = NEVER
    patients.unenrolled_at = NEVER
    patients.left_at = NEVER
    patients.admitted_at = LONG_AGO_MINUTES
    patients.ed_at = LONG_AGO_MINUTES
    patients.home_health_until = LONG_AGO
    patients.first_task = -1
    patients.worked_month = -1
    return patients


def _nature(persons: Any) -> Any:
    nature = empty(NATURE, len(persons))
    for name in (
        "frailty",
        "burden",
        "engagement",
        "loyalty",
        "willingness",
        "isolated",
        "behavioural_health",
        "family_carer",
        "conditions",
    ):
        nature[name] = persons[name]
    nature.risk = persons["true_risk"]
    nature.residence = Setting.HOME
    nature.excess_cut_by = -1
    nature.discharged = LONG_AGO
    nature.spell_end = LONG_AGO
    nature.waiting_for = -1
    nature.waiting_next = -1
    nature.noticed_k = -1
    nature.help_k = -1
    return nature


def _conditions(scenario: Scenario) -> Any:
    blocks = scenario.population.conditions
    records = empty(CONDITION, len(blocks))
    names = sorted(blocks)
    for c, name in enumerate(names):
        records[c].prevalence = float(blocks[name].prevalence)
        records[c].coefficient = float(blocks[name].coefficient)
        for inferior in blocks[name].supersedes or ():
            records[names.index(inferior)].superseded_by |= 1 << c
    return records


def _interactions(scenario: Scenario) -> Any:
    names = sorted(scenario.population.conditions)
    blocks = scenario.population.interactions
    records = empty(INTERACTION, len(blocks))
    for row, name in enumerate(sorted(blocks)):
        for condition in blocks[name].conditions:
            records[row].conditions |= 1 << names.index(condition)
        records[row].coefficient = float(blocks[name].coefficient)
    return records


def _run(scenario: Scenario) -> Any:
    records = empty(RUN, 1)
    run = records[0]
    months = horizon_months(scenario)
    run.start = BASELINE_START - us(scenario.run.burn_in)
    run.now = run.start
    run.horizon = months * MONTH
    run.months = BASELINE_MONTHS + months
    run.first_weekday = scenario.run.launch.weekday()
    run.first_price_month = run.start // MONTH - 1  # the office hour that stands for an instant can lie in the week before
    run.free_task = -1
    enrolment = scenario.programme.enrolment
    lag = us(enrolment.claims_lag)
    run.claims_to[0] = -lag
    run.claims_from[0] = -lag - YEAR
    for screen in range(1, SCREENS):
        run.claims_from[screen] = run.claims_to[screen] = LONG_AGO
    if enrolment.refresh is not None:
        run.claims_to[1] = us(enrolment.refresh.at) - lag
        run.claims_from[1] = run.claims_to[1] - YEAR
    run.visits_from = min(BASELINE_START, int(run.claims_from[0]), *(int(start) for start in run.claims_from[1:] if start > LONG_AGO))
    return records


def _price_factor(scenario: Scenario, first_month: int) -> np.ndarray:
    """Price level of each month against the price year: it moves with the calendar year."""
    launch = scenario.run.launch
    months = range(first_month, horizon_months(scenario) + 1)
    middle = [launch + dt.timedelta(days=(month + 0.5) * 365.25 / 12) for month in months]
    trend = float(scenario.prices.trend)
    return np.array([(1.0 + trend) ** (day.year - int(scenario.run.price_year)) for day in middle])


def _holidays(scenario: Scenario) -> np.ndarray:
    """Day numbers since launch on which offices are closed."""
    if scenario.run.holidays == "none":
        return np.zeros(0, np.int64)
    launch = scenario.run.launch
    first = launch + dt.timedelta(days=-365 - float(scenario.run.burn_in) - 31)
    last = launch + dt.timedelta(days=float(scenario.run.horizon) + 366)
    return np.array([(day - launch).days for day in _federal_holidays(first, last)], np.int64)


@functools.lru_cache(maxsize=8)
def _federal_holidays(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    from pandas.tseries.holiday import USFederalHolidayCalendar

    return tuple(day.date() for day in USFederalHolidayCalendar().holidays(str(first), str(last)))
