"""Figures that need people one by one, made from what a replication leaves behind before it is added up.

What each means stands in `sim.outcomes.persons`. They cost a few milliseconds and nothing where nobody asks for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.persons import BY_NAME
from sim.replication import Course, crisis_hazard
from sim.rules.screen import claims_risk_scores
from sim.rules.units import MONTH, PERIOD_MONTHS, YEAR
from sim.rules.vocabulary import FIRST_PAYMENT, LAST_PAYMENT, Counter, Setting
from sim.rules.world import World

Floats = NDArray[np.float64]
ENROLLED_BY: Final = 6 * MONTH
HIGH_RISK: Final = 0.05
"""Share of the panel that counts as of high risk at launch."""
YEAR_PERIODS: Final = slice(1, 1 + 12 // PERIOD_MONTHS)
"""Programme months 1-12 in a person's own counts."""


def periods_of(names: Collection[str]) -> int:
    """Half-years of the programme whose counts these figures need for each person."""
    return YEAR_PERIODS.stop - 1 if any(BY_NAME[name].by_period for name in names) else 0


def person_figures(course: Course, names: Collection[str]) -> dict[str, float]:
    """The named figures of a replication, NaN where one is not defined. Errors: KeyError."""
    return {name: _COMPUTED[name](course) for name in names}


def _paid(world: World, periods: slice) -> Floats:
    """The payer's payments for each person in some periods, cents."""
    found: Floats = world.own[:, periods, FIRST_PAYMENT : LAST_PAYMENT + 1].sum(axis=(1, 2), dtype=np.int64).astype(np.float64)
    return found


def _original(course: Course) -> tuple[World, Any]:
    """Usual care at the horizon, and the rows of the original cohort in it and in `course.base`."""
    world = course.arms["usual_care"]
    return world, np.flatnonzero(world.patients.cohort == 0)


def _cost_cv(course: Course) -> float:
    world, rows = _original(course)
    paid = _paid(world, YEAR_PERIODS)[rows]
    return float(paid.std() / paid.mean()) if len(paid) and paid.any() else math.nan


def _last_year_of_life(course: Course) -> float:
    world, original = _original(course)
    assert course.waiting is not None, "no refresh date until which the rest of the panel is followed"
    everybody = ((world, original), (course.waiting, np.arange(len(course.waiting.patients))))
    last, whole = 0.0, 0.0
    for part, rows in everybody:
        year, before = _paid(part, YEAR_PERIODS)[rows], _paid(part, slice(0, 1))[rows]
        gone_at = part.patients.left_at[rows]
        died = (part.patients.setting[rows] == Setting.DEAD) & (gone_at < YEAR)
        last += float((year + before * (1.0 - gone_at / YEAR))[died].sum())
        whole += float(year.sum())
    return last / whole if whole else math.nan


def _persistent(course: Course, high: bool) -> float:
    """Share of the survivors of those of high risk at launch who are at, or below, that level after one and after two years."""
    world, original = _original(course)
    level = np.quantile(crisis_hazard(course.panel), 1.0 - HIGH_RISK)
    at = {month: hazard[original] >= level for month, hazard in course.hazard["usual_care"]}
    group = at[0] & (world.patients.left_at[original] > 2 * YEAR)  # who has not left has not left_at: it lies beyond every horizon
    stayed = (at[12] == high) & (at[24] == high)
    return float(stayed[group].mean()) if group.any() else math.nan


def _participants(course: Course, trait: Callable[[World, Any], Floats]) -> float:
    """Standardised difference of a trait at launch between those who enrolled in time and those who did not."""
    programme = course.arms["programme"].patients
    rows = np.flatnonzero(programme.cohort == 0)
    values = np.asarray(trait(course.base, rows), np.float64)
    enrolled = programme.enrolled_at[rows] <= ENROLLED_BY
    ours, others = values[enrolled], values[~enrolled]
    if not len(ours) or not len(others):
        return math.nan
    spread = math.sqrt((float(ours.var()) + float(others.var())) / 2)
    return float(ours.mean() - others.mean()) / spread if spread > 0 else math.nan


_COMPUTED: Final[dict[str, Callable[[Course], float]]] = {
    "persons.cost_cv": _cost_cv,
    "persons.last_year_of_life_cost_share": _last_year_of_life,
    "persons.low_risk_after_2_years": lambda course: _persistent(course, high=False),
    "persons.high_risk_after_2_years": lambda course: _persistent(course, high=True),
    "persons.participants_risk_score": lambda course: _participants(course, lambda base, rows: claims_risk_scores(base, rows, 0)),
    "persons.participants_prior_cost": lambda course: _participants(course, lambda base, rows: _paid(base, slice(0, 1))[rows]),
    "persons.participants_prior_admissions": lambda course: _participants(course, lambda base, rows: base.own[rows, 0, Counter.ADMISSIONS]),
}
