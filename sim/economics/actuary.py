"""What an actuary asks of a contract: the tail of what may be owed, the benchmark's error, rebasing, churn and late claims."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.economics.measured import Measured, trend_years
from sim.economics.settling import settle_contract
from sim.outcomes.measures import divide
from sim.outcomes.results import BASELINE_MONTHS, COUNTERS, MICROSECONDS_PER_YEAR, ArmResult
from sim.outcomes.summary import percentile
from sim.scenario.constants import constants

if TYPE_CHECKING:
    from sim.scenario.model.contract import Contract

TAIL_PERCENTS: Final = (50, 90, 95, 99)
NODES: Final = 4001
"""Equally likely errors of a trend: the mid-quantiles of a normal law. Many, since payments jump."""


# -- what may be owed -------------------------------------------------------------------------------------------------


def expected_shortfall(amounts: Sequence[float], level: float) -> float:
    """Mean of the worst `1 - level` of equally likely amounts owed; an amount that lies across the level counts in part.

    Source: Acerbi and Tasche 2002 (from memory). Raises ValueError without amounts or for a level outside 0..1, 1 excluded.
    """
    if not amounts or not 0.0 <= level < 1.0:
        raise ValueError(f"needs amounts and a level from 0 to below 1 (got {len(amounts)} amounts and {level})")
    tail = (1.0 - level) * len(amounts)
    worst = sorted(amounts, reverse=True)
    whole = min(math.floor(tail + 1e-9), len(worst))
    part = max(0.0, tail - whole)
    below = worst[whole] * part if part > 0 and whole < len(worst) else 0.0
    return (math.fsum(worst[:whole]) + below) / tail


def owed_quantiles(amounts: Sequence[float]) -> dict[str, float]:
    """Quantiles of amounts owed, by percent."""
    ordered = sorted(amounts)
    return {f"p{percent}": percentile(ordered, percent / 100) for percent in TAIL_PERCENTS}


# -- the benchmark's error --------------------------------------------------------------------------------------------


def with_trend_error(measured: Measured, trend: float, error: float) -> Measured:
    """The same period with a target that grew by `trend + error` a year where `trend` was right."""
    factor = math.pow(max(0.0, 1.0 + trend + error) / (1.0 + trend), trend_years(measured.period))
    return replace(measured, target=measured.target * factor)


@dataclass(frozen=True)
class TrendRisk:
    """Settlement without fees (earned less owed, USD) when the benchmark's trend is off.

    low, expected, high: at an error of -1, 0 and +1 standard deviations; over_errors: mean over the normal law of errors; owed_chance:
    that something is owed.
    """

    low: float
    expected: float
    high: float
    over_errors: float
    owed_chance: float


def trend_risk(contract: Contract, measured: Sequence[Measured], trend: float, sd: float, nodes: int = NODES) -> TrendRisk:
    """What the benchmark's error does to the settlement of the periods of one run; one error holds for all of them."""

    def settled(error: float) -> float:
        return settle_all(contract, [with_trend_error(one, trend, error) for one in measured])

    at = [settled(sd * quantile) for quantile in _normal_quantiles(nodes)]
    return TrendRisk(settled(-sd), settled(0.0), settled(sd), math.fsum(at) / nodes, sum(value < 0 for value in at) / nodes)


def settle_all(contract: Contract, measured: Sequence[Measured]) -> float:
    """Settlement of several periods without fees: earned less owed, USD."""
    each = [settle_contract(contract, one) for one in measured]
    return math.fsum(one.earned - one.owed for one in each)


@cache
def _normal_quantiles(nodes: int) -> tuple[float, ...]:
    from scipy.special import ndtri

    return tuple(float(value) for value in ndtri((np.arange(nodes) + 0.5) / nodes))


def mean_over_noise(pays: Callable[[float], float], mean: float, sd: float, nodes: int = NODES) -> float:
    """Mean of `pays(saving)` over normally distributed measured savings around `mean`."""
    return math.fsum(pays(mean + sd * quantile) for quantile in _normal_quantiles(nodes)) / nodes


def paid_for_noise(contract: Contract, periods: Sequence[tuple[Measured, float]], nodes: int = NODES) -> float:
    """Mean settlement (earned less owed, USD) when nothing is saved: what the contract pays for errors of measurement.

    periods: figures of each, of which target and months count, and the standard deviation of its measured savings, USD.
    """

    def of_saving(one: Measured) -> Callable[[float], float]:
        return lambda saving: settle_all(contract, [replace(one, actual=max(0.0, one.target - saving))])

    return math.fsum(mean_over_noise(of_saving(one), 0.0, sd, nodes) for one, sd in periods)


# -- the next agreement -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rebased:
    """Benchmarks of the next agreement's first year, USD per person-month. own: from the programme's years, so that savings lower it;
    given_back: prior-savings adjustment; without: had there been no programme."""

    own: float
    given_back: float
    without: float

    @property
    def benchmark(self) -> float:
        """The benchmark with what is given back."""
        return self.own + self.given_back

    @property
    def lost(self) -> float:
        """What own savings take off the next benchmark."""
        return self.without - self.benchmark


def rebase(years: Sequence[Measured], trend: float, *, first_agreement: bool = True) -> Rebased | None:
    """The benchmark that follows on three performance years; None with fewer.

    Each base year's spending per person-month is grown by `trend` to the year after the last and weighted; a share of the average saving
    is given back, up to a cap. Constants: `rebasing` in `scenarios/defaults/contracts/mssp.yaml`.
    """
    own = constants("mssp")
    weights = own[f"rebasing.{'first' if first_agreement else 'later'}_weights"].value
    if len(years) < len(weights) or any(year.member_months <= 0 for year in years):
        return None
    base = years[-len(weights) :]
    grown = [math.pow(1.0 + trend, len(base) - at) for at in range(len(base))]

    def weighted(spending: Sequence[float]) -> float:
        return math.fsum(weight * growth * cost for weight, growth, cost in zip(weights, grown, spending, strict=True))

    actual = weighted([year.actual / year.member_months for year in base])
    without = weighted([year.target / year.member_months for year in base])
    saved = max(0.0, math.fsum(year.gross / year.member_months for year in base) / len(base))
    most = float(own["rebasing.prior_savings_cap"].value) * actual
    return Rebased(actual, min(float(own["rebasing.prior_savings_share"].value) * saved, most), without)


# -- churn ------------------------------------------------------------------------------------------------------------


def churn(arm: ArmResult) -> dict[str, float]:
    """Losses of an arm over the programme months, both cohorts: per person-year left the plan, died; per participant-year withdrew;
    and the person-time of the last whole month as a share of that of the best month."""
    person, enrolled = (time[:, BASELINE_MONTHS:].sum(axis=0, dtype=np.float64) for time in (arm.person_time, arm.participant_time))
    person_years, participant_years = float(person.sum()) / MICROSECONDS_PER_YEAR, float(enrolled.sum()) / MICROSECONDS_PER_YEAR

    def number(counter: str) -> int:
        return int(arm.tally[:, COUNTERS.index(counter), BASELINE_MONTHS:].sum())

    return {
        "left_per_person_year": divide(number("left"), person_years),
        "died_per_person_year": divide(number("deaths"), person_years),
        "withdrew_per_participant_year": divide(number("withdrawn"), participant_years),
        "retained_share": divide(float(person[-1]), float(person.max())),
    }


# -- late claims ------------------------------------------------------------------------------------------------------


def completion(months_since: float, paid_in_month: float) -> float:
    """Share of a month's claims paid so many months after its end, when each month `paid_in_month` of the outstanding ones is paid."""
    return 1.0 - math.pow(1.0 - paid_in_month, months_since + 1.0)


def completed_share(spending: Sequence[float], run_out_months: float, paid_in_month: float) -> float:
    """Share of a period's monthly spending that is known `run_out_months` after its end, 1 without any.

    1 / it is the completion factor.
    """
    known = [paid * completion(len(spending) - 1 - month + run_out_months, paid_in_month) for month, paid in enumerate(spending)]
    return math.fsum(known) / math.fsum(spending) if any(spending) else 1.0


def without_completion(measured: Measured, share: float) -> Measured:
    """The period as it looks when claims that are not yet known are forgotten in the actual spending."""
    return replace(measured, actual=measured.actual * share)
