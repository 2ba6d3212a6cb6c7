"""Dollars: a settlement is exact to the cent, since a cent is what can be paid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

LARGEST: Final = 1e12
"""USD. Cents of amounts up to here are whole numbers that a float holds exactly."""


def to_cent(dollars: float) -> float:
    """USD rounded to the nearest cent. Keeps order: what was not less is not less afterwards."""
    return round(dollars * 100.0) / 100.0 + 0.0  # no minus zero


def amount(name: str, dollars: float, *, above_zero: bool = False) -> float:
    """`dollars` if it can be an amount of a settlement. Raises ValueError for one that is negative, not finite or too large."""
    if not math.isfinite(dollars) or dollars > LARGEST:
        raise ValueError(f"{name} must be an amount up to {LARGEST:,.0f} USD (got {dollars})")
    if dollars < 0 or (above_zero and dollars == 0):
        raise ValueError(f"{name} must be {'above' if above_zero else 'at least'} 0 USD (got {dollars})")
    return dollars


def share(name: str, value: float) -> float:
    """`value` if it is a share. Raises ValueError outside 0..1."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must be between 0 and 1 (got {value})")
    return value


def cents(dollars: float) -> int:
    """USD as whole cents."""
    return round(dollars * 100.0)


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """`total` whole cents divided in proportion to `weights` (not negative), by largest remainder: the parts add up to it.

    Ties go to the earlier part. Raises ValueError for a negative weight or none above 0.
    """
    whole = math.fsum(weights)
    if not (weights and min(weights) >= 0 and 0 < whole < math.inf):
        raise ValueError(f"weights must not be negative, and one must be above 0 (got {list(weights)})")
    exact = [abs(total) * weight / whole for weight in weights]
    parts = [math.floor(part) for part in exact]
    short = abs(total) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in by_remainder[:short] if short >= 0 else by_remainder[short:]:
        parts[at] += 1 if short > 0 else -1
    return parts if total >= 0 else [-part for part in parts]
