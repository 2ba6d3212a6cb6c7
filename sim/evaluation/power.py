"""Closed forms for the power of an evaluation of cost: standard error, minimum detectable effect, power, people and years needed.

    SE(relative) = sqrt(V) x sqrt(1 / n_intervention + 1 / n_comparison) x sqrt(1 + (m - 1) x ICC)
    MDE = (z(1 - alpha / sides) + z(power)) x SE

V is the relative variance of what the design compares for one person, with K programme years averaged and one baseline year;
c: CV of a programme year, r: correlation of two programme years, b: SD of the baseline year over the mean of a programme year, q: its
correlation with a programme year, R2: what covariates explain.

    none         c^2 (1 + (K - 1) r) / K                       difference after launch
    covariates   c^2 (1 + (K - 1) r) / K x (1 - R2)            the same, adjusted for covariates
    ancova       c^2 ((1 + (K - 1) r) / K - q^2)               adjusted for the cost of the baseline year
    did          c^2 (1 + (K - 1) r) / K + b^2 - 2 q b c       difference-in-differences

For K = 1, b = c and q = r these are evidence 6.3 (c times sqrt(1 - R2), sqrt(1 - r^2), sqrt(2 (1 - r))). For K > 1 that page
multiplies each by sqrt((1 + (K - 1) r) / K), which is exact for `none` and `covariates` only: the baseline year is not averaged, so the
product understates the error of `did` (by 11% for K = 3, r = 0.3). Here the variances are exact under those correlations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, Final, Literal

from sim.evaluation.moments import Moments
from sim.evaluation.settings import SignificanceTest

Adjustment = Literal["none", "covariates", "ancova", "did"]

_NORMAL: Final = NormalDist()


def compared_variance(adjustment: Adjustment, moments: Moments, years: int) -> float:
    """V of the formulas above."""
    year, baseline, q = moments.cv, moments.baseline_cv, moments.baseline_correlation
    averaged = year**2 * (1.0 + (years - 1) * moments.year_correlation) / years
    if adjustment == "covariates":
        return averaged * (1.0 - moments.r_squared)
    if adjustment == "ancova":
        return averaged - (q * year) ** 2
    return averaged + baseline**2 - 2.0 * q * baseline * year if adjustment == "did" else averaged


def design_effect(cluster_size: float, icc: float) -> float:
    """What clustering multiplies the variance by; an ICC that is not known or comes out below 0 counts as 0."""
    return 1.0 + max(cluster_size - 1.0, 0.0) * max(icc, 0.0) if math.isfinite(icc) else 1.0


def standard_error(
    moments: Moments,
    intervention: float,
    comparison: float,
    *,
    years: int = 1,
    adjustment: Adjustment = "covariates",
    clustered: bool = False,
) -> float:
    """Of an effect relative to the mean. intervention, comparison: people; comparison math.inf: a known mean (one sample).

    clustered: practices are of the size that moments state. Raises ValueError for numbers that make no evaluation.
    """
    if years < 1 or intervention <= 0 or comparison <= 0:
        raise ValueError(f"people must be more than 0 and years at least 1 (got {intervention}, {comparison}, {years})")
    inflation = design_effect(moments.practice_size, moments.icc) if clustered else 1.0
    variance = compared_variance(adjustment, moments, years) * (1.0 / intervention + 1.0 / comparison) * inflation
    return math.sqrt(variance)


def detectable_effect(se: float, test: SignificanceTest) -> float:
    """Smallest effect that is found with the wanted power."""
    return (_critical(test) + _NORMAL.inv_cdf(test.power)) * se


def power(effect: float, se: float, test: SignificanceTest) -> float:
    """Chance of a significant finding; with two sides also one in the wrong direction, as the published table counts it."""
    size, critical = abs(effect) / se, _critical(test)
    return _NORMAL.cdf(size - critical) + (_NORMAL.cdf(-size - critical) if test.sides == 2 else 0.0)


def people_needed(effect: float, error_of_one: float, test: SignificanceTest) -> float:
    """People of the intervention at which `effect` is the detectable effect; to be rounded up, infinite without an effect.

    error_of_one: standard error with one person in the intervention (and the comparison people that go with each).
    """
    return (detectable_effect(error_of_one, test) / effect) ** 2 if effect else math.inf


def years_needed(error_of: Callable[[int], float], effect: float, test: SignificanceTest, most: int) -> int | None:
    """Fewest programme years at which `effect` is found with the wanted power; None with more than `most`.

    error_of: years -> standard error.
    """
    return next((years for years in range(1, most + 1) if detectable_effect(error_of(years), test) <= abs(effect)), None)


def _critical(test: SignificanceTest) -> float:
    return _NORMAL.inv_cdf(1.0 - test.significance / test.sides)


@dataclass(frozen=True)
class PowerPlan:
    """What is planned. effect: relative, e.g. 0.05 less cost; people: of the intervention; comparison_ratio: comparison people for each;
    adjustment, clustered: as for `standard_error`."""

    moments: Moments
    effect: float
    people: int
    comparison_ratio: float
    test: SignificanceTest
    adjustment: Adjustment
    clustered: bool

    def error(self, people: float, years: int) -> float:
        """Relative standard error with that many people in the intervention, and years."""
        comparison = people * self.comparison_ratio
        return standard_error(self.moments, people, comparison, years=years, adjustment=self.adjustment, clustered=self.clustered)

    def cell(self, people: int, years: int) -> dict[str, float]:
        """{people, years, se, mde, power}."""
        se = self.error(people, years)
        return {
            "people": people,
            "years": years,
            "se": se,
            "mde": detectable_effect(se, self.test),
            "power": power(self.effect, se, self.test),
        }

    def people_needed(self, years: int) -> int | None:
        """Fewest people at which the effect is found with the wanted power; None without an effect."""
        needed = people_needed(self.effect, self.error(1.0, years), self.test)
        return math.ceil(needed) if math.isfinite(needed) else None


def power_tree(plan: PowerPlan, sizes: Sequence[int], most_years: int) -> dict[str, Any]:
    """{effect, people, moments, test, table: [cells], people_needed: {years: n}, years_needed}; ready for JSON."""
    years = range(1, most_years + 1)
    return {
        "effect": plan.effect,
        "people": plan.people,
        "comparison_ratio": plan.comparison_ratio,
        "adjustment": plan.adjustment,
        "clustered": plan.clustered,
        "moments": {name: value if math.isfinite(value) else None for name, value in asdict(plan.moments).items()},
        "test": asdict(plan.test),
        "table": [plan.cell(size, number) for size in sizes for number in years],
        "people_needed": {str(number): plan.people_needed(number) for number in years},
        "years_needed": years_needed(lambda number: plan.error(plan.people, number), plan.effect, plan.test, most_years),
    }
