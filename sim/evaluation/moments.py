"""How person-level cost varies: the few moments that power depends on, estimated from people in usual care."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from sim.evaluation.matching import covariate
from sim.evaluation.people import Floats, People
from sim.evaluation.regression import standardised
from sim.evaluation.windows import year
from sim.scenario.model.evaluation import Covariate


@dataclass(frozen=True)
class Moments:
    """mean: USD per eligible month; cv: of annual cost; year_correlation: of a person's cost in two years; r_squared: share of the variance
    of annual cost that covariates explain; icc: intraclass correlation by practice; practice_size: eligibles per practice."""

    mean: float
    cv: float
    year_correlation: float
    r_squared: float
    icc: float
    practice_size: float


def moments(people: People, covariates: Sequence[Covariate], years: int) -> Moments:
    """Moments of cost in programme years 1 .. `years` of a group in usual care.

    A person's cost of a year enters as its part of the ratio total cost / total months: cost - PBPM x months. Its SD over the mean
    annual cost per person is the CV for which CV / sqrt(n) is the relative standard error of PBPM; for people who are all there the
    whole year it is the ordinary CV. Averages over years (cv, r_squared, icc) and over pairs of years (correlation; the baseline year
    and year 1 where there is one year only). r_squared is adjusted for the number of covariates; icc by one-way analysis of variance,
    which may come out below 0. Raises ValueError without a whole programme year or with fewer than three people.
    """
    if years < 1 or len(people) < 3:
        raise ValueError(f"moments need a whole programme year and three people at least (got {years} years, {len(people)} people)")
    parts = [residual(people, slice(0, 1)), *(residual(people, year(number)) for number in range(1, years + 1))]
    after = parts[1:]
    pairs = [(a, b) for k, a in enumerate(after) for b in after[k + 1 :]] or [(parts[0], parts[1])]
    costs = [people.amounts["cost"][:, year(number)].sum() for number in range(1, years + 1)]
    months = [people.months[:, year(number)].sum() for number in range(1, years + 1)]
    regressors = [standardised(covariate(people, name)) for name in covariates]
    return Moments(
        mean=float(sum(costs) / sum(months)),
        cv=_mean([float(part.std(ddof=1)) * len(people) / float(cost) for part, cost in zip(after, costs, strict=True)]),
        year_correlation=_mean([float(np.corrcoef(a, b)[0, 1]) for a, b in pairs]),
        r_squared=_mean([r_squared(part, regressors) for part in after]),
        icc=_mean([intraclass_correlation(part, people.practice) for part in after]),
        practice_size=len(people) / len(np.unique(people.practice)),
    )


def residual(people: People, periods: slice) -> Floats:
    """Each person's part of total cost / total months: cost less PBPM x months; [n], adds up to 0."""
    cost, months = people.amounts["cost"][:, periods].sum(axis=1), people.months[:, periods].sum(axis=1)
    part: Floats = cost - cost.sum() / months.sum() * months
    return part


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
