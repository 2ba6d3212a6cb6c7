"""How many replications a point needs: by the standard error of a named outcome, with a look-ahead (Hoad, Robinson, Davies 2010)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from experiments.specification.model import Precision

LOOK_AHEAD_GROWS_FROM: Final = 100
"""Beyond so many replications the look-ahead grows with their number, so that it stays the same share of them."""


def standard_errors(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Standard error of the mean of the first 1, 2, ... values (infinite for one); values not defined do not count. Shape (n,)."""
    known = np.isfinite(values)
    count = np.cumsum(known)
    filled = np.where(known, values, 0.0)
    shift = float(filled[known][0]) if known.any() else 0.0  # against loss of digits
    moved = np.where(known, values - shift, 0.0)
    total, squares = np.cumsum(moved), np.cumsum(moved * moved)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(squares - total * total / count, 0.0) / (count - 1)
        errors = np.sqrt(variance / count)
    return np.where(count > 1, errors, np.inf)


def enough(values: npt.NDArray[np.float64], wanted: Precision) -> int | None:
    """The least number of replications from which on the mean is, and stays over the look-ahead, precise; None: not yet."""
    small = standard_errors(values) <= wanted.standard_error
    for count in range(2, len(values) + 1):
        ahead = wanted.look_ahead if count <= LOOK_AHEAD_GROWS_FROM else -(-wanted.look_ahead * count // LOOK_AHEAD_GROWS_FROM)
        if count + ahead > len(values):
            return None
        if small[count - 1 : count + ahead].all():
            return count
    return None


def next_counts(table: npt.NDArray[np.float64], counts: list[int], wanted: Precision) -> list[int]:
    """Replications of each point for the next round: as they are where the mean is precise, the most is reached or all have failed."""

    def following(values: npt.NDArray[np.float64]) -> int:
        if not np.isfinite(values).any() or enough(values, wanted) is not None:
            return len(values)
        return min(len(values) + wanted.batch, max(len(values), wanted.at_most))

    return [following(table[point, :count]) for point, count in enumerate(counts)]
