"""Comparing estimates of independent replications (or blocks of patients) with a truth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

MOST_ERRORS = 4.0  # standard errors by which a mean may miss the truth; seeds are fixed, so a test passes always or never


def assert_agrees(estimates: Any, truth: float, precision: float) -> None:
    """The mean of independent estimates is within MOST_ERRORS standard errors of the truth, and the estimates decide something.

    precision: the largest standard error that is accepted, as a share of the truth.
    """
    values = np.asarray(estimates, np.float64)
    mean = values.mean()
    error = values.std(ddof=1) / math.sqrt(len(values))
    assert len(values) >= 8, "too few estimates to know their standard error"
    assert error <= precision * abs(truth), f"not decisive: standard error {error:.4g} for a truth of {truth:.6g}"
    assert abs(mean - truth) <= MOST_ERRORS * error, f"{mean:.6g} with standard error {error:.3g}, should be {truth:.6g}"


def blocks(values: Any, size: int) -> Any:
    """Values of independent patients in blocks of `size`; shape (blocks, size). What is left over is dropped."""
    values = np.asarray(values)
    return values[: len(values) // size * size].reshape(-1, size)
