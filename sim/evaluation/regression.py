"""Weighted least squares with clustered errors (statsmodels), and contrasts of its coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.evaluation.people import Floats, Ints

_SAME: Final = 1e-12  # part of a column's squared length: what the others leave of it that counts as rounding


@dataclass(frozen=True)
class Fit:
    """Coefficients by name, their covariance, and degrees of freedom (clusters - 1)."""

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    degrees_of_freedom: float

    def contrast(self, weights: Mapping[str, float]) -> tuple[float, float]:
        """Value and variance of a weighted sum of coefficients."""
        vector = np.array([weights.get(name, 0.0) for name in self.names])
        return float(vector @ self.coefficients), float(vector @ self.covariance @ vector)


def fit(outcome: Floats, regressors: Mapping[str, Floats], weights: Floats, clusters: Ints) -> Fit | None:
    """Regress on a constant (`constant`) and the regressors; rows without weight are left out.

    outcome, weights, each regressor: [rows]; clusters: [rows], whole numbers. Errors are robust to any dependence within a cluster
    (sandwich with G / (G - 1) x (n - 1) / (n - k)). A regressor that those before it explain is left out: a contrast that needs it then
    has variance 0. None with no more rows than coefficients or fewer than two clusters.
    """
    from statsmodels.regression.linear_model import WLS

    rows = np.flatnonzero(weights > 0)
    names = ("constant", *regressors)
    design = np.column_stack([np.ones(len(rows)), *(values[rows] for values in regressors.values())])
    kept = independent(design, weights[rows])
    groups = np.unique(clusters[rows], return_inverse=True)[1]
    count = int(groups.max()) + 1 if rows.size else 0
    if len(rows) <= len(kept) or count < 2:
        return None
    model = WLS(outcome[rows], design[:, kept], weights=weights[rows])
    result = model.fit(method="qr", cov_type="cluster", cov_kwds={"groups": groups})
    chosen = tuple(names[column] for column in kept)
    return Fit(chosen, np.asarray(result.params), np.asarray(result.cov_params()), float(count - 1))


def independent(design: Floats, weights: Floats) -> list[int]:
    """Columns of `design` [rows, columns] that are no linear combination of those before them under the weights [rows]."""
    scaled = design * np.sqrt(weights)[:, None]
    lengths = np.sqrt((scaled**2).sum(axis=0))
    products = scaled.T @ scaled / np.outer(np.where(lengths > 0, lengths, 1.0), np.where(lengths > 0, lengths, 1.0))
    kept: list[int] = []
    for column in range(len(lengths)):
        onto = products[kept, column]
        left = products[column, column] - onto @ np.linalg.solve(products[np.ix_(kept, kept)], onto)
        if left > _SAME:
            kept.append(column)
    return kept


def standardised(values: NDArray[np.float64]) -> Floats:
    """Mean 0 and SD 1, so that amounts in USD and in years are of one size; 0 where nothing varies."""
    spread = float(values.std())
    scaled: Floats = (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
    return scaled
