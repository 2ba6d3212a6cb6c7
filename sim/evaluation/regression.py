"""Weighted least squares with clustered errors (statsmodels), and contrasts of its coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.evaluation.people import Floats, Ints

_SAME: Final = 1e-7  # of a column's length: what is left of it after the others that counts as rounding


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
    columns = {"constant": np.ones(len(rows))} | {name: values[rows] for name, values in regressors.items()}
    kept = independent(columns, weights[rows])
    groups = np.unique(clusters[rows], return_inverse=True)[1]
    count = int(groups.max()) + 1 if rows.size else 0
    if len(rows) <= len(kept) or count < 2:
        return None
    design = np.column_stack([columns[name] for name in kept])
    result = WLS(outcome[rows], design, weights=weights[rows]).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return Fit(tuple(kept), np.asarray(result.params), np.asarray(result.cov_params()), float(count - 1))


def independent(columns: Mapping[str, Floats], weights: Floats) -> list[str]:
    """Names of the columns that are no linear combination of those before them (Gram-Schmidt under the weights)."""
    basis: list[Floats] = []
    kept = []
    for name, values in columns.items():
        left = values * np.sqrt(weights)
        size = float(np.linalg.norm(left))
        for direction in basis:
            left = left - direction * float(direction @ left)
        if float(np.linalg.norm(left)) > _SAME * size:
            basis.append(left / np.linalg.norm(left))
            kept.append(name)
    return kept


def standardised(values: NDArray[np.float64]) -> Floats:
    """Mean 0 and SD 1, so that amounts in USD and in years are of one size; 0 where nothing varies."""
    spread = float(values.std())
    scaled: Floats = (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
    return scaled
