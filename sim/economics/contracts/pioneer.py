"""Pioneer ACO, core arrangement: savings and losses shared alike, outside a corridor around the benchmark.

    S = B - E, s = S / B, Q: quality score          all USD of the year
    |s| < M:  payment = 0
    s >= M:   payment = min(r * Q * S, cap * B)
    s <= -M:  payment = -min(l * -S, cap * B), l = r (symmetric) or 1 - r * Q (quality)

M: minimum rate; r and cap: by year of the agreement. Source: Pioneer request for applications 2011, from memory, as
`scenarios/defaults/contracts/pioneer.yaml` says of each constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.economics.contracts.settlement import EarnedOrOwed
from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants

LossRate = Literal["symmetric", "quality"]


@dataclass(frozen=True)
class Terms:
    """Shares, 0..1: of savings (sharing_rate), of the benchmark (cap, minimum_rate)."""

    sharing_rate: float
    cap: float
    minimum_rate: float
    loss_rate: LossRate = "symmetric"


@dataclass(frozen=True)
class Settled(EarnedOrOwed):
    """A settlement; USD to the cent. One of earned and owed is 0; capped: the cap was what decided."""

    benchmark: float
    expenditure: float
    savings: float
    savings_rate: float
    earned: float
    owed: float
    capped: bool


def terms(year: int, *, loss_rate: LossRate | None = None) -> Terms:
    """The core arrangement in a year of the agreement, counted from 1; later years are as the last that is known."""
    if year < 1:
        raise ValueError(f"year must be at least 1 (got {year})")
    own = constants("pioneer")
    rates, caps = own["sharing_rate"].value, own["cap"].value
    return Terms(
        rates[min(year, len(rates)) - 1], caps[min(year, len(caps)) - 1], own["minimum_rate"].value, loss_rate or own["loss_rate"].value
    )


def settle(own: Terms, *, benchmark: float, expenditure: float, quality_score: float) -> Settled:
    """Settle by the formula above; USD. Raises ValueError for amounts below 0 and a score outside 0..1."""
    amount("benchmark", benchmark, above_zero=True)
    amount("expenditure", expenditure)
    gained = own.sharing_rate * share("quality_score", quality_score)
    savings = to_cent(benchmark - expenditure)
    rate = savings / benchmark
    most = to_cent(own.cap * benchmark)
    lost = own.sharing_rate if own.loss_rate == "symmetric" else 1.0 - gained
    earned = gained * savings if savings > 0 and rate >= own.minimum_rate else 0.0
    owed = lost * -savings if savings < 0 and rate <= -own.minimum_rate else 0.0
    return Settled(
        benchmark, expenditure, savings, rate, min(to_cent(earned), most), min(to_cent(owed), most), capped=max(earned, owed) > most
    )
