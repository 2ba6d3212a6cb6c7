"""Medicare Shared Savings Program: what an accountable care organisation (ACO) earns or owes for one performance year.

    S = B - E, s = S / B          B: benchmark, E: expenditure, both USD of the year; Q: quality score, 0..1; M: minimum rate
    shared = min(rate * S, savings_cap * B)                      if S > 0 and s >= M
    shared = min(rate / 2 * S, savings_cap * B)                  if 0 < s < M, for a low-revenue ACO (agreements from 2024, BASIC)
    earned = shared * (1 - sequestration)
    owed   = min(loss_rate * -S, loss_cap * B, revenue_cap * R) - forgiven    if two-sided and s <= -M; never below 0
    rate   = sharing_rate                 if the quality standard is met (performance years from 2021)
           = sharing_rate * Q             if only the alternative standard is met, and in every year before 2021
           = 0                            if neither is met
    loss_rate = clip(1 - sharing_rate * Q, least, most), and the most if the quality standard failed

First-dollar sharing: once the minimum is met the whole of S is shared, so that payments jump at M and are continuous elsewhere.
The cap is laid on before sequestration (from memory, not read in a source). R, the participants' Part A and B revenue, is used
where the ACO's limit is based on revenue.

Sources: 42 CFR 425.604, 425.605, 425.606, 425.610, second-hand or from memory, as `scenarios/defaults/contracts/mssp.yaml` says of
each constant; checked against the published results of 2019-2021 (CMS public-use file).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sim.economics.contracts.settlement import EarnedOrOwed
from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants

CONTRACT: Final = "mssp"


class Quality(StrEnum):
    """Which quality standard the ACO met."""

    met = "met"
    alternative = "alternative"
    failed = "failed"


@dataclass(frozen=True)
class Terms:
    """What a track shares. Shares are 0..1.

    sharing_rate: most, of savings; savings_cap: of the benchmark; loss_rate_least, loss_rate_most: of losses; loss_cap: of the
    benchmark, None for a one-sided track; revenue_cap: of participants' revenue, None where the track has no such limit.
    """

    track: str
    sharing_rate: float
    savings_cap: float
    loss_rate_least: float = 0.0
    loss_rate_most: float = 0.0
    loss_cap: float | None = None
    revenue_cap: float | None = None

    @property
    def two_sided(self) -> bool:
        """Whether losses are owed."""
        return self.loss_cap is not None


@dataclass(frozen=True)
class YearRules:
    """What a performance year changes. sequestration: of what is earned; loss_forgiven: of what would be owed; whole_rate: a met
    quality standard gives the whole sharing rate, not the rate times the score."""

    sequestration: float = 0.0
    loss_forgiven: float = 0.0
    whole_rate: bool = True


@dataclass(frozen=True)
class Settled(EarnedOrOwed):
    """A settlement; USD to the cent, rates 0..1. Savings below 0 are losses.

    shared = earned + sequestered; loss_before_relief = owed + forgiven; savings_capped, loss_capped: a cap was what decided.
    """

    benchmark: float
    expenditure: float
    savings: float
    savings_rate: float
    minimum_rate: float
    sharing_rate: float
    loss_rate: float
    shared: float
    sequestered: float
    earned: float
    loss_before_relief: float
    forgiven: float
    owed: float
    savings_capped: bool
    loss_capped: bool


def _constant(name: str) -> Any:
    return constants(CONTRACT)[name].value


def tracks() -> tuple[str, ...]:
    """The names of the tracks."""
    return tuple(dict.fromkeys(name.split(".")[1] for name in constants(CONTRACT) if name.startswith("tracks.")))


@cache
def terms(track: str, agreement_year: int | None = None) -> Terms:
    """The terms of a track. agreement_year, from 1: only Track 2's limit on losses depends on it; None is its last year.

    Raises ValueError for a track that is not known or a year below 1.
    """
    if track not in tracks():
        raise ValueError(f"track must be one of {', '.join(tracks())} (got {track})")
    if agreement_year is not None and agreement_year < 1:
        raise ValueError(f"agreement_year must be at least 1 (got {agreement_year})")
    own = {key: _constant(f"tracks.{track}.{key}") for key in ("sharing_rate", "savings_cap", "loss_rate", "loss_cap", "revenue_cap")}
    caps = own["loss_cap"]
    last = len(caps) - 1
    cap = caps[last if agreement_year is None else min(agreement_year - 1, last)] if caps else None
    least, most = own["loss_rate"]
    return Terms(track, own["sharing_rate"], own["savings_cap"], least, most, cap, own["revenue_cap"])


@cache
def known_years() -> tuple[int, ...]:
    """The performance years of which sequestration and relief are known one by one; later ones follow current law."""
    return tuple(dict.fromkeys(int(name.split(".")[1]) for name in constants(CONTRACT) if name.startswith("years.")))


def first_known_year() -> int:
    """The first performance year of which sequestration and relief are known."""
    return min(known_years())


def year_rules(performance_year: int) -> YearRules:
    """The rules of a performance year. Raises ValueError for a year of which they are not known."""
    if performance_year < first_known_year():
        raise ValueError(f"performance year must be at least {first_known_year()} (got {performance_year})")
    return _rules(performance_year, f"years.{performance_year}" if performance_year in known_years() else "later")


def year_rules_with(performance_year: int, sequestration: float) -> YearRules:
    """The same with another sequestration; of a year before the first that is known without relief."""
    known = year_rules(performance_year) if performance_year >= first_known_year() else YearRules(whole_rate=_whole_rate(performance_year))
    return replace(known, sequestration=sequestration)


def _rules(performance_year: int, own: str) -> YearRules:
    return YearRules(_constant(f"{own}.sequestration"), _constant(f"{own}.loss_forgiven"), _whole_rate(performance_year))


def _whole_rate(performance_year: int) -> bool:
    """Whether a met quality standard gives the whole sharing rate in this year."""
    return performance_year >= int(_constant("whole_rate_from"))


def size_rate(beneficiaries: float) -> float:
    """The minimum savings rate by the number of assigned beneficiaries: linear within each row of the size table.

    Between two rows (999 and 1,000) it is the rate at their common end. Raises ValueError below the table's first number.
    """
    table = _constant("size_table")
    if not beneficiaries >= table[0][0]:
        raise ValueError(f"the size table of minimum savings rates starts at {table[0][0]} beneficiaries (got {beneficiaries:g})")
    for (low, high, at_low, at_high), after in zip(table, [*(row[0] for row in table[1:]), table[-1][1] + 1], strict=True):
        if beneficiaries < after:
            place = min((beneficiaries - low) / (high - low), 1.0)
            return float(at_low + (at_high - at_low) * place)
    return float(_constant("size_table_beyond"))


def fewest_beneficiaries() -> int:
    """Where the size table starts."""
    return int(_constant("size_table")[0][0])


def elected_rates() -> tuple[float, ...]:
    """The minimum rates, for savings and losses alike, that a two-sided ACO may elect instead of the size table."""
    return tuple(float(rate) for rate in _constant("elected_rates"))


def half_rate_applies(own: Terms, beneficiaries: float, agreement_start: int, low_revenue: bool) -> bool:
    """Whether savings below the minimum are shared at half the rate: BASIC, low revenue, large enough, agreement from 2024."""
    large = beneficiaries >= float(_constant("half_rate_smallest"))
    return low_revenue and large and agreement_start >= int(_constant("half_rate_from")) and own.track.startswith("basic_")


def sharing_rate(own: Terms, score: float, quality: Quality, rules: YearRules) -> float:
    """The share of savings that the ACO's quality earns it, 0..1."""
    if quality is Quality.failed:
        return 0.0
    whole = quality is Quality.met and rules.whole_rate
    return own.sharing_rate if whole else own.sharing_rate * score


def loss_rate(own: Terms, score: float, quality: Quality) -> float:
    """The share of losses that the ACO owes, 0..1; 0 for a one-sided track."""
    if quality is Quality.failed:
        return own.loss_rate_most
    return min(max(1.0 - own.sharing_rate * score, own.loss_rate_least), own.loss_rate_most)


def settle(
    own: Terms,
    *,
    benchmark: float,
    expenditure: float,
    minimum_rate: float,
    quality_score: float,
    quality: Quality = Quality.met,
    rules: YearRules | None = None,
    revenue: float | None = None,
    forgiven: float = 0.0,
    half_rate_below_minimum: bool = False,
) -> Settled:
    """Settle one performance year by the formula above.

    benchmark, expenditure, revenue (None: the limit is not based on revenue, or revenue is not known), forgiven (taken off a loss
    for a disaster; the year's own relief counts if it is larger): USD. minimum_rate: of the benchmark, for savings and losses.
    rules: None is a year without sequestration and relief. Raises ValueError for amounts below 0 and rates outside 0..1.
    """
    amount("benchmark", benchmark, above_zero=True)
    amount("expenditure", expenditure)
    amount("forgiven", forgiven)
    share("minimum_rate", minimum_rate)
    share("quality_score", quality_score)
    rules = rules or YearRules()
    savings = to_cent(benchmark - expenditure)
    rate = sharing_rate(own, quality_score, quality, rules)
    owed_rate = loss_rate(own, quality_score, quality)
    savings_rate = savings / benchmark

    shared, savings_capped = 0.0, False
    if savings > 0 and (savings_rate >= minimum_rate or half_rate_below_minimum):
        reached = 1.0 if savings_rate >= minimum_rate else float(_constant("half_rate_below_minimum"))
        most = to_cent(own.savings_cap * benchmark)
        savings_capped = reached * rate * savings > most
        shared = min(to_cent(reached * rate * savings), most)

    loss, loss_capped = 0.0, False
    if own.loss_cap is not None and savings < 0 and savings_rate <= -minimum_rate:
        most = own.loss_cap * benchmark
        if revenue is not None and own.revenue_cap is not None:
            most = min(most, own.revenue_cap * amount("revenue", revenue))
        loss_capped = owed_rate * -savings > most
        loss = to_cent(min(owed_rate * -savings, most))

    sequestered = to_cent(shared * rules.sequestration)
    relief = min(loss, max(to_cent(rules.loss_forgiven * loss), to_cent(forgiven)))
    return Settled(
        benchmark=benchmark,
        expenditure=expenditure,
        savings=savings,
        savings_rate=savings_rate,
        minimum_rate=minimum_rate,
        sharing_rate=rate,
        loss_rate=owed_rate,
        shared=shared,
        sequestered=sequestered,
        earned=to_cent(shared - sequestered),
        loss_before_relief=loss,
        forgiven=relief,
        owed=to_cent(loss - relief),
        savings_capped=savings_capped,
        loss_capped=loss_capped,
    )
