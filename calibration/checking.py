"""Puts a scenario beside published figures: each target, what the runs gave, and whether it lies inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from calibration.targets import Target

INTERVAL: Final = (0.1, 0.9)
"""The spread of outcomes that people are shown, p10 to p90 over replications and, where they were drawn, parameters."""


@dataclass(frozen=True)
class Row:
    """One target beside its simulated mean and p10-p90; `inside`: whether the mean lies in lo..hi. None where nothing is defined."""

    name: str
    title: str
    measure: str
    arm: str | None
    window: str
    relative_to: str | None
    changes: tuple[str, ...]
    use: str
    value: float
    lo: float
    hi: float
    simulated: float | None
    sim_lo: float | None
    sim_hi: float | None
    inside: bool

    def plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def compared(targets: Sequence[Target], values: npt.NDArray[np.float64]) -> list[Row]:
    """A row per target. values: shape (runs, targets); undefined ones are left out of mean and spread."""
    return [_row(target, values[:, column]) for column, target in enumerate(targets)]


def _row(target: Target, values: npt.NDArray[np.float64]) -> Row:
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else None
    low, high = (float(end) for end in np.quantile(known, INTERVAL)) if len(known) else (None, None)
    asked = target.asked
    named = (target.name, target.title, asked.measure, asked.arm, asked.window, asked.relative_to, asked.changes, target.use)
    inside = mean is not None and target.inside(mean)
    return Row(*named, target.value, target.low, target.high, mean, low, high, inside)
