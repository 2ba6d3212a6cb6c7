"""How likely the published figures are at a point of the parameters, given what an emulator says the simulator would give there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from calibration.errors import CalibrationError
from calibration.targets import Known, Target

Floats = npt.NDArray[np.float64]
LEAST_SPREAD: Final = 1e-9
"""Keeps an interval's edge from being infinitely steep where nothing is uncertain."""


class Likelihood:
    """Targets with their discrepancy: SD, as a share of each target's value, of what even the best parameters would leave.

    without_selection: leave the term for non-randomised comparisons out. Raises CalibrationError for a target that is only to be checked.
    """

    def __init__(self, targets: Sequence[Target], discrepancy: float, *, without_selection: bool = False) -> None:
        checks = [target.name for target in targets if target.use != "fit"]
        if checks:
            raise CalibrationError(f"{', '.join(checks)} are only to be checked: no likelihood may use them")
        self.targets = tuple(targets)
        selection = np.zeros(len(targets)) if without_selection else np.array([target.selection for target in targets])
        levels = np.array([1.0 if target.scale == "log" else abs(target.value) for target in targets])
        self.slack: Floats = (discrepancy * levels) ** 2 + selection**2
        """Variance on the working scale that belongs to model and comparison, by target."""

    def __call__(self, mean: Floats, variance: Floats) -> Floats:
        """Log-likelihood of all targets; mean and variance of the simulator's figures on working scales, shape (points, targets)."""
        total = np.zeros(len(mean))
        for column, target in enumerate(self.targets):
            spread = np.sqrt(variance[:, column] + self.slack[column])
            total += log_likelihood(target.known, mean[:, column], spread)
        return total

    def distance(self, mean: Floats, variance: Floats) -> Floats:
        """How many SDs each figure lies from what is published (from the nearest end of an interval); shape (points, targets)."""
        found = np.empty_like(mean)
        for column, target in enumerate(self.targets):
            known, here = target.known, mean[:, column]
            if known.kind == "normal":
                away, own = np.abs(here - known.first), known.second
            else:
                away, own = np.maximum(np.maximum(known.first - here, here - known.second), 0.0), 0.0
            found[:, column] = away / np.sqrt(variance[:, column] + self.slack[column] + own**2 + LEAST_SPREAD**2)
        return found


def log_likelihood(known: Known, mean: Floats, spread: Floats) -> Floats:
    """What is known, seen through an uncertain figure N(mean, spread^2).

    normal: N(first; mean, spread^2 + second^2). interval: the probability that the figure lies in it, a soft edge of width `spread`.
    """
    if known.kind == "normal":
        variance = spread**2 + known.second**2
        quadratic: Floats = -0.5 * ((known.first - mean) ** 2 / variance + np.log(2 * np.pi * variance))
        return quadratic
    spread = np.maximum(spread, LEAST_SPREAD)
    below, above = (known.first - mean) / spread, (known.second - mean) / spread
    right = below + above > 0  # P(below < Z < above), taken in the tail that does not cancel
    low, high = np.where(right, -above, below), np.where(right, -below, above)
    upper, lower = log_ndtr(high), log_ndtr(low)
    found: Floats = upper + np.log1p(-np.exp(np.minimum(lower - upper, -1e-15)))
    return found
