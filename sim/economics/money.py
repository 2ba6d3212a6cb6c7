"""Dollars: a settlement is exact to the cent, since a cent is what can be paid."""

from __future__ import annotations

import math
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
