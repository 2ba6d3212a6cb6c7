"""How person-level cost varies: the few moments that power depends on, estimated from people in usual care."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.evaluation.matching import covariate
from sim.evaluation.observations import observe
from sim.evaluation.outcomes import COST
from sim.evaluation.people import Floats, People
from sim.evaluation.regression import standardised
from sim.evaluation.settings import Settings
from sim.evaluation.windows import BASELINE_YEAR, year


@dataclass(frozen=True)
class Moments:
    """mean: USD per eligible month in programme years; cv: of the cost of a programme year; year_correlation: of a person's cost in two
    programme years; baseline_cv: SD of the cost of the baseline year over the mean of a programme year; baseline_correlation: of a person's
    baseline year with a programme year; r_squared: share of the variance of a programme year that covariates explain; icc: intraclass
    correlation by practice; practice_size: eligibles per practice."""

    mean: float
    cv: float
    year_correlation: float
    baseline_cv: float
    baseline_correlation: float
    r_squared: float
    icc: float
    practice_size: float


def moments(people: People, settings: Settings, years: int) -> Moments:
    """Moments of cost in the baseline year and programme years 1 .. `years` of a group in usual care; trimmed as the settings say.

    A person's cost of a year enters as its part of the ratio total cost / total months: cost - PBPM x months. Its SD over the mean cost
    per person is the CV for which CV / sqrt(n) is the relative standard error of PBPM; for people who are there the whole year it is the
    ordinary CV. Each moment is a mean over years or pairs of years; with one programme year, year_correlation is the baseline's. r_squared
    is adjusted for the number of covariates; icc is of a one-way analysis of variance and may come out below 0.
    Raises ValueError without a whole programme year or with fewer than three people.
    """
    if years < 1 or len(people) < 3:
        raise ValueError(f"moments need a whole programme year and three people at least (got {years} years, {len(people)} people)")
    before, *after = (_year(people, periods, settings) for periods in (BASELINE_YEAR, *map(year, range(1, years + 1))))
    parts = [values.part for values in after]
    mean = sum(values.cost for values in after) / sum(values.months for values in after)
    with_baseline = _mean([_correlation(before.part, part) for part in parts])
    between = [_correlation(a, b) for k, a in enumerate(parts) for b in parts[k + 1 :]]
    regressors = [standardised(covariate(people, name)) for name in settings.covariates]
    return Moments(
        mean=mean,
        cv=_mean([values.relative_sd(values.cost / values.months) for values in after]),
        year_correlation=_mean(between) if between else with_baseline,
        baseline_cv=before.relative_sd(mean),
        baseline_correlation=with_baseline,
        r_squared=_mean([r_squared(part, regressors) for part in parts]),
        icc=_mean([intraclass_correlation(part, people.practice) for part in parts]),
        practice_size=len(people) / len(np.unique(people.practice)),
    )


@dataclass(frozen=True)
class _Year:
    """part: each person's part of total cost / total months [n], adds up to 0; cost, months: totals."""

    part: Floats
    cost: float
    months: float

    def relative_sd(self, mean: float) -> float:
        """SD of the part, per mean eligible months of a person, over a cost per month."""
        return float(self.part.std(ddof=1)) * len(self.part) / self.months / mean


def _year(people: People, periods: slice, settings: Settings) -> _Year:
    (values,) = observe((people,), COST, periods, settings)
    total, months = float(values.value @ values.weight), float(values.weight.sum())
    return _Year((values.value - total / months) * values.weight, total, months)


def _correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def r_squared(values: Floats, regressors: Sequence[Floats]) -> float:
    """Share of variance that a linear regression explains, adjusted for the number of regressors; at least 0."""
    n = len(values)
    design = np.column_stack([np.ones(n), *regressors])
    left = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    degrees = n - design.shape[1]
    return max(0.0, 1.0 - float(left @ left) / degrees / (float(values.var()) * n / (n - 1))) if degrees > 0 else 0.0


def intraclass_correlation(values: Floats, groups: np.ndarray) -> float:
    """(MSB - MSW) / (MSB + (m0 - 1) MSW) of a one-way analysis of variance; m0: (n - sum of squared sizes / n) / (groups - 1).

    NaN with one group, or a group for each value.
    """
    names, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    n, k = len(values), len(names)
    if k < 2 or k == n:
        return math.nan
    means = np.bincount(place, weights=values) / sizes
    between = float(sizes @ (means - values.mean()) ** 2) / (k - 1)
    within = float(((values - means[place]) ** 2).sum()) / (n - k)
    size = (n - float(sizes @ sizes) / n) / (k - 1)
    return (between - within) / (between + (size - 1) * within)


def average(several: Sequence[Moments]) -> Moments:
    """Mean of each moment over replications; of those that are known."""
    return Moments(**{part.name: _mean([getattr(one, part.name) for one in several]) for part in fields(Moments)})


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan
