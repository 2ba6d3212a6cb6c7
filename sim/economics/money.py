"""Dollars: a settlement is exact to the cent, since a cent is what can be paid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LARGEST: Final = 1e12
"""USD. Cents of amounts up to here are whole numbers that a float holds exactly."""
LARGEST_EXACT: Final = 2**53


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


def spread_each(totals: NDArray[np.int64], weights: NDArray[Any]) -> NDArray[np.int64]:
    """`spread` of each of several totals [n] by its own weights [n, part]: the same cents, many at once.

    Raises ValueError as `spread` does.
    """
    if len(weights) and weights.max() > LARGEST_EXACT:  # whole numbers that a float does not hold
        return np.array([spread(int(total), row) for total, row in zip(totals, weights.tolist(), strict=True)], np.int64)
    whole = np.array([math.fsum(row) for row in weights.tolist()])
    if not ((weights >= 0).all() and (whole > 0).all() and np.isfinite(whole).all()):
        raise ValueError("weights must not be negative, and one of each total's must be above 0")
    exact = np.abs(totals)[:, None] * weights.astype(np.float64) / whole[:, None]
    parts = np.floor(exact).astype(np.int64)
    short = (np.abs(totals) - parts.sum(axis=1))[:, None]
    rank = np.argsort(np.argsort(parts - exact, axis=1, kind="stable"), axis=1, kind="stable")
    parts += rank < short
    parts -= rank >= parts.shape[1] + np.minimum(short, 0)
    signed: NDArray[np.int64] = parts * np.where(totals >= 0, 1, -1)[:, None]
    return signed
