"""Means and shares over draws and replications, with errors that know that cells share draws and luck."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Z: Final = 1.959963984540054


def mean_error(cells: Floats) -> tuple[float, float]:
    """Mean of a table and its standard error; shape (draws, replications) or (replications,), NaN where there is no value.

    Cells of one row share a draw, cells of one column share luck: the error is clustered both ways (Cameron, Gelbach and Miller
    2011), and never smaller than by either alone.
    """
    table = np.atleast_2d(cells)
    known = np.isfinite(table)
    count = int(known.sum())
    if count == 0:
        return math.nan, math.nan
    mean = float(table[known].mean())
    moved = np.where(known, table - mean, 0.0)
    by_row, by_column = _clustered(moved, known, 1), _clustered(moved, known, 0)
    if table.shape[0] == 1:
        return mean, math.sqrt(by_column) if count > 1 else math.nan
    if table.shape[1] == 1:
        return mean, math.sqrt(by_row) if count > 1 else math.nan
    each = float((moved**2).sum()) / (count * (count - 1)) if count > 1 else math.nan
    return mean, math.sqrt(max(by_row + by_column - each, by_row, by_column))


def _clustered(moved: Floats, known: npt.NDArray[np.bool_], axis: int) -> float:
    """Variance of the mean when cells along `axis` belong together."""
    sums = moved.sum(axis=axis)
    clusters = int(known.any(axis=axis).sum())
    if clusters < 2:
        return 0.0
    return float((sums**2).sum()) / int(known.sum()) ** 2 * clusters / (clusters - 1)


def share_interval(hits: Floats) -> tuple[float, float, float]:
    """A share with its 95% interval (Wilson's, with as many independent cells as give the clustered error); cells 0, 1 or NaN."""
    share, error = mean_error(hits)
    if not math.isfinite(share):
        return share, math.nan, math.nan
    table = np.atleast_2d(hits)
    clusters = min((size for size in table.shape if size > 1), default=1)
    spread = share * (1 - share)
    effective = spread / error**2 if spread > 0 and error > 0 else float(clusters)
    low, high = wilson(share, effective)
    return share, low, high


def wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's 95% interval of a share of `count` cells."""
    z2 = Z * Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def hits(values: Floats, least: float) -> Floats:
    """1 where a value is at least `least`, 0 where it is not, NaN where there is none."""
    return np.where(np.isfinite(values), (values >= least).astype(np.float64), np.nan)


def behind(cells: Sequence[Floats]) -> list[tuple[float, float]]:
    """How far each table lies behind the one with the largest mean, with the standard error of that paired difference; cells as for
    `mean_error`. NaN where the shapes differ, so that nothing is paired."""
    means = [mean_error(table)[0] for table in cells]
    known = [at for at, mean in enumerate(means) if math.isfinite(mean)]
    if not known:
        return [(math.nan, math.nan)] * len(cells)
    most = cells[max(known, key=lambda at: means[at])]
    return [mean_error(most - table) if table.shape == most.shape else (math.nan, math.nan) for table in cells]


def clearly(difference: float, error: float) -> bool:
    """Whether a difference above zero is more than chance: its 95% interval does not hold zero, and there is a spread to tell it from."""
    return error > 0 and difference > Z * error
