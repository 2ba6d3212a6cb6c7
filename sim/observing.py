"""What an evaluator gets to see of a replication: person-level tables of the programme's eligibles and of the groups compared with."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim.assembly.panel import horizon_months
from sim.assembly.parameters import us
from sim.compiled.clock import advance as compiled
from sim.drawn import drawn
from sim.evaluation.evaluating import evaluate
from sim.evaluation.keeping import as_data
from sim.evaluation.people import AMOUNTS, BASELINE, COHORTS, Floats, Observed, People
from sim.evaluation.settings import Settings, settings_of
from sim.replication import Advance, Course, run_replication
from sim.rules.streams import key_of
from sim.rules.units import BASELINE_START, DAY, MINUTE, MONTH, PERIOD, PERIOD_MONTHS
from sim.rules.vocabulary import FIRST_PAYMENT, LAST_PAYMENT, Counter, Setting
from sim.scenario import Scenario

Group = Literal["comparison", "control"]

CENTS: Final = 100
FEWEST: Final = 3
"""Persons that each group of a cohort must have for it to be evaluated."""
SEED_BITS: Final = 53
PERIODS_PER_YEAR: Final = 12 // PERIOD_MONTHS
_COUNTED: Final = {name: Counter[name.upper()] for name in AMOUNTS if name not in ("cost", "hospital_days")}


def periods_of(scenario: Scenario) -> int:
    """Half-years of the programme whose counts an evaluation needs; 0 without an evaluation."""
    return 0 if scenario.evaluation is None else -(-horizon_months(scenario) // PERIOD_MONTHS)


def observe(scenario: Scenario, seed: int, replication: int) -> Observed:
    """Run one replication of a scenario with an evaluation, and of its groups. Raises SimulationError."""
    scenario = drawn(scenario, seed, replication)
    course = run_replication(scenario, seed, replication, compiled, periods_kept=periods_of(scenario))
    return observed(scenario, seed, replication, compiled, course)


def observed(scenario: Scenario, seed: int, replication: int, advance: Advance, course: Course) -> Observed:
    """The tables of a replication that has been run, and of the groups that its evaluation compares with, which are run here."""
    assert scenario.evaluation is not None

    def of_group(name: Group) -> People:
        group = scenario.of_group(name)
        own_seed = key_of("group", name, seed) >> (64 - SEED_BITS)  # other people, other luck
        other = run_replication(group, own_seed, replication, advance, arms=("usual_care",), periods_kept=periods_of(scenario))
        return people(group, other, "usual_care")

    return Observed(
        intervention=people(scenario, course, "programme"),
        counterfactual=people(scenario, course, "usual_care"),
        comparison=of_group("comparison"),
        control=None if scenario.evaluation.control is None else of_group("control"),
    )


def published(scenario: Scenario, seed: int, replication: int, advance: Advance, course: Course) -> dict[str, Any]:
    """What the evaluation of a replication publishes, by cohort, as plain data; a cohort with hardly anybody is left out."""
    settings = settings_of(scenario)
    assert settings is not None
    seen = observed(scenario, seed, replication, advance, course)
    found = {name: _published(seen.of_cohort(name), settings) for name in COHORTS}
    return {name: data for name, data in found.items() if data is not None}


def _published(seen: Observed, settings: Settings) -> dict[str, Any] | None:
    groups = (seen.intervention, seen.comparison, *([] if seen.control is None else [seen.control]))
    return as_data(evaluate(seen, settings)) if all(len(group) >= FEWEST for group in groups) else None


def people(scenario: Scenario, course: Course, arm: str) -> People:
    """The eligibles of one arm, both cohorts, as an evaluator's file holds them; rows as in `course.base`."""
    world, base = course.arms[arm], course.base
    patients, at_entry = world.patients, base.patients
    refresh = scenario.programme.enrolment.refresh
    cohort = patients.cohort.astype(np.int64)
    entry = np.where(cohort == 0, 0, us(refresh.at) if refresh is not None else 0)
    counts = _counts(course, arm, entry)
    screen = np.minimum(cohort, at_entry.claims_cost.shape[1] - 1)
    amounts = {name: counts[:, :, counter] for name, counter in _COUNTED.items()}
    amounts["cost"] = counts[:, :, FIRST_PAYMENT : LAST_PAYMENT + 1].sum(axis=2) / CENTS
    amounts["hospital_days"] = counts[:, :, Counter.HOSPITAL_US] * (MINUTE / DAY)
    horizon = int(world.run[0].horizon)
    periods = counts.shape[1]
    months = _months(entry, np.minimum(patients.left_at, horizon), periods)
    months[:, 0] = -BASELINE_START / MONTH
    return People(
        number=patients.number.astype(np.int64),
        practice=patients.practice.astype(np.int64),
        age=np.asarray(at_entry.age, np.float64),
        female=at_entry.female == 1,
        risk_score=np.asarray(at_entry.risk_score, np.float64),
        prior_cost=at_entry.claims_cost[np.arange(len(screen)), screen] / CENTS,
        cohort=cohort,
        entry_month=entry / MONTH,
        died=patients.setting == Setting.DEAD,
        left=patients.setting == Setting.LEFT,
        months=months,
        enrolled_months=_months(patients.enrolled_at, np.minimum(patients.unenrolled_at, horizon), periods),
        contacts=counts[:, :, Counter.CONTACTS],
        amounts=amounts,
    )


def _counts(course: Course, arm: str, entry: NDArray[np.int64]) -> Floats:
    """Counts of each person [n, period, counter]: the baseline year, then what has come since entry.

    The baseline year is the year before entry or, where entry is no whole number of half-years after launch, the last year of whole
    half-years before it. What it says of readmissions after launch is usual care's, so that the baseline is the same in both arms.
    """
    joined = course.base.own.astype(np.float64)
    counts: Floats = course.arms[arm].own - joined
    whole = entry // PERIOD
    at_launch = whole < PERIODS_PER_YEAR
    counts[:, BASELINE] = course.arms["usual_care"].own[:, BASELINE]
    for later in np.flatnonzero(~at_launch):
        counts[later, BASELINE] = joined[later, 1 + whole[later] - PERIODS_PER_YEAR : 1 + whole[later]].sum(axis=0)
    return counts


def _months(start: Any, stop: Any, periods: int) -> Floats:
    """Months of [start, stop) in each half-year after launch, shape (n, periods); the baseline's are left 0."""
    edges = np.arange(periods, dtype=np.int64) * PERIOD
    lower = np.maximum(np.asarray(start, np.int64)[:, None], edges[None, :-1])
    upper = np.minimum(np.asarray(stop, np.int64)[:, None], edges[None, 1:])
    inside = np.maximum(upper - lower, 0) / MONTH
    return np.concatenate([np.zeros((len(inside), 1)), inside], axis=1)
