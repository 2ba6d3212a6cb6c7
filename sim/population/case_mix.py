"""How conditions cluster: one gamma burden per person multiplies the rates of all conditions.

A person with burden b has condition k with chance 1 - exp(-b * rate_k * exp(age_slope_k * (age - 76))). The rates are solved
so that the prevalences over the ages and sexes of the synthetic panel are those the scenario states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from sim.population import quantiles
from sim.population.scores import ScoreTable, score_table
from sim.scenario.errors import Problem, ScenarioErrors

Floats = NDArray[np.float64]

REFERENCE_AGE: Final = 76.0
"""Slopes count years from here; the rates are solved after it, so that no result depends on it."""

LOG_RATES: Final = (-60.0, 600.0)
"""Between these logarithms a rate is sought."""

AGES_PER_GROUP: Final = 400
"""Quantiles per age group by which a prevalence is integrated."""


@dataclass(frozen=True)
class CaseMix:
    """The solved case mix of a `population` block.

    rates, age_slopes: f8[k] by condition bit; behavioural: bitmask of the conditions that are a behavioural health problem;
    other_behavioural_rate: rate of the others; mean_level: makes the mean burden of the synthetic panel 1.
    """

    table: ScoreTable
    rates: Floats
    age_slopes: Floats
    behavioural: int
    other_behavioural_rate: float
    burden_shape: float
    age_slope: float
    male_ratio: float
    disabled_ratio: float
    mean_level: float
    documented_share: float

    def burden_level(self, age: Floats, female: NDArray[np.int8]) -> Floats:
        """The mean burden of people of these ages (years) and sexes, shape (n,)."""
        return burden_level(self.age_slope, self.male_ratio, self.disabled_ratio, age, female) / self.mean_level

    def rate_at(self, bit: int, age: Floats) -> Floats:
        """The rate of one condition per unit of burden at these ages, shape (n,)."""
        rate: Floats = np.exp(self.age_slopes[bit] * (age - REFERENCE_AGE)) * self.rates[bit]
        return rate


def burden_level(age_slope: float, male_ratio: float, disabled_ratio: float, age: Floats, female: NDArray[np.int8]) -> Floats:
    """The mean burden by age and sex, not yet scaled to mean 1."""
    by_age: Floats = np.exp(age_slope * (age - REFERENCE_AGE))
    level: Floats = by_age * np.where(female == 1, 1.0, male_ratio) * np.where(age < 65.0, disabled_ratio, 1.0)
    return level


def ages_and_sexes(block: Any) -> tuple[Floats, NDArray[np.int8], Floats]:
    """A grid of the panel's ages and sexes with their weights (sum 1): (age, female, weight), each of shape (4 * AGES_PER_GROUP,)."""
    middles = (np.arange(AGES_PER_GROUP) + 0.5) / AGES_PER_GROUP
    under_65, female = float(block.age.under_65_share), float(block.female_share)
    younger = 65.0 - quantiles.law(middles, block.age.years_to_65)
    older = 65.0 + quantiles.law(middles, block.age.years_from_65)
    age = np.concatenate([younger, younger, older, older])
    sex = np.repeat(np.array([0, 1, 0, 1], np.int8), AGES_PER_GROUP)
    weight = np.concatenate(
        [
            np.full(AGES_PER_GROUP, group * share / AGES_PER_GROUP)
            for group in (under_65, 1.0 - under_65)
            for share in (1.0 - female, female)
        ]
    )
    return age, sex, weight


def _refused(key: str, quantity: Any, message: str) -> ScenarioErrors:
    """The error that names a key and where it was set."""
    return ScenarioErrors([Problem(getattr(quantity, "set_by", "") or "scenario", 0, 0, key, message)])


def solve(block: Any) -> CaseMix:
    """The case mix of a `population` block.

    Raises ScenarioErrors if a prevalence cannot be reached, or if the share with a behavioural health problem is below what the
    conditions that are one already give.
    """
    table = score_table(block)
    mix = block.case_mix
    shape, age_slope = float(mix.burden_shape), float(mix.burden_age_slope)
    male_ratio, disabled_ratio = float(mix.burden_male_ratio), float(mix.burden_disabled_ratio)
    age, female, weight = ages_and_sexes(block)
    level = burden_level(age_slope, male_ratio, disabled_ratio, age, female)
    mean_level = float(weight @ level)
    level = level / mean_level

    def prevalence(total_rate: Floats) -> float:
        """The share of the panel with something of this rate per unit of burden, the gamma burden integrated out."""
        return float(weight @ -np.expm1(-shape * np.log1p(level * total_rate / shape)))

    def solved(key: str, wanted: Any, others: Floats, growth: Floats) -> float:
        """The rate at the reference age that, on top of `others`, gives this share of the panel; 0 for a share of 0."""
        share = float(wanted)
        if share <= 0.0:
            return 0.0
        most = prevalence(others + np.exp(LOG_RATES[1]) * growth)
        if share >= most:
            raise _refused(key, wanted, f"must be below {most:.4g}, the most that this case mix can give (got {share:g})")
        return float(np.exp(optimize.brentq(lambda x: prevalence(others + np.exp(x) * growth) - share, *LOG_RATES, xtol=1e-12)))

    conditions = [block.conditions[name] for name in table.names]
    age_slopes = np.array([0.0 if condition.age_slope is None else float(condition.age_slope) for condition in conditions])
    nothing = np.zeros(len(age))
    rates = np.array(
        [
            solved(f"population.conditions.{name}.prevalence", condition.prevalence, nothing, np.exp(slope * (age - REFERENCE_AGE)))
            for name, condition, slope in zip(table.names, conditions, age_slopes, strict=True)
        ]
    )
    behavioural = [bit for bit, condition in enumerate(conditions) if condition.behavioural]
    named = sum((rates[bit] * np.exp(age_slopes[bit] * (age - REFERENCE_AGE)) for bit in behavioural), nothing)
    share, least = float(block.behavioural_health_share), prevalence(named)
    if share < least:
        message = f"must be at least the share whom the conditions marked `behavioural` give, {least:.3f} (got {share:g})"
        raise _refused("population.behavioural_health_share", block.behavioural_health_share, message)
    return CaseMix(
        table=table,
        rates=rates,
        age_slopes=age_slopes,
        behavioural=sum(1 << bit for bit in behavioural),
        other_behavioural_rate=(
            solved("population.behavioural_health_share", block.behavioural_health_share, named, np.ones(len(age)))
            if share > least
            else 0.0
        ),
        burden_shape=shape,
        age_slope=age_slope,
        male_ratio=male_ratio,
        disabled_ratio=disabled_ratio,
        mean_level=mean_level,
        documented_share=float(mix.documented_share),
    )
