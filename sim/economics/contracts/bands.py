"""Corridors: what lies within a band of the rate of savings is shared at the band's own rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sim.economics.money import share


@dataclass(frozen=True)
class Band:
    """Rates of saving from `low` to `high` (of the target; infinity: no end), and the share of what lies in between."""

    low: float
    high: float
    share: float

    def __post_init__(self) -> None:
        share("share of a band", self.share)
        if not 0.0 <= self.low <= self.high:
            raise ValueError(f"a band must go from a rate of 0 or more to one that is not below it (got {self.low} to {self.high})")


def bands(written: Iterable[Sequence[Any]]) -> tuple[Band, ...]:
    """Bands from rows of (from, to, share), where `to` None has no end. Raises ValueError if one begins before the last ended."""
    made = tuple(Band(float(low), math.inf if high is None else float(high), float(part)) for low, high, part in written)
    for before, after in pairwise(made):
        if after.low < before.high:
            raise ValueError(f"bands must not overlap ({after.low} is below {before.high})")
    return made


def shared_rate(rate: float, own: Iterable[Band]) -> float:
    """Sum over bands of share x width of `rate` within the band; 0 for a rate of 0 or less."""
    return math.fsum(band.share * max(0.0, min(rate, band.high) - band.low) for band in own)
