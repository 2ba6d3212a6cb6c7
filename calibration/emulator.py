"""Emulators: what the simulator would give at a point it was not run at, and how far that may be wrong."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from threadpoolctl import threadpool_limits

from calibration.errors import CalibrationError

Floats = npt.NDArray[np.float64]
LENGTHS: Final = (0.5, 20.0)
"""Bounds of the length scales in the unit cube: from half a prior, below which a process follows chance, to nearly linear."""
NOISE: Final = (1e-6, 2.0)
SIGNAL: Final = (1e-4, 1e2)
JITTER: Final = 1e-10
LEAST_POINTS: Final = 8
POINTS_PER_COEFFICIENT: Final = 3
"""With fewer points a trend does not follow what varies beside the parameters: it stays in the noise."""


@dataclass(frozen=True)
class Emulator:
    """A linear trend and a Gaussian process on what it leaves, of one figure on its working scale over the unit cube.

    The trend also follows what varied beside the parameters (deviations of others from their means), so that it is no noise. `noise` is
    the variance that is left between runs at the same point.
    """

    design: Floats
    lengths: Floats
    signal: float
    noise: float
    scale: float
    trend: Floats
    precision: Floats
    """Inverse of the covariance of the design, in units of scale^2."""
    weights: Floats
    carried: Floats
    """What the runs say of the trend at each point of the design."""
    free: Floats
    """Covariance of the trend's coefficients, in units of scale^2: they are estimated too."""
    beside: int
    """How many of the trend's last coefficients are of what varied beside the parameters."""
    left_out: Floats
    """Standardised leave-one-out errors of the design's runs."""
    left_out_error: Floats
    """The same, not standardised."""
    observed: Floats

    def predict(self, u: Floats, beside: Floats | None = None) -> tuple[Floats, Floats]:
        """Mean and variance of the simulator's expected figure at points `u`, shape (points, parameters).

        beside: as for `fit_emulator`; without it, what varied beside the parameters is at its mean.
        """
        others = np.zeros((len(u), self.beside)) if beside is None else beside[:, : self.beside]
        basis = _basis(u, others)
        kernel = _kernel(u, self.design, self.lengths, self.signal)
        mean = basis @ self.trend + self.scale * (kernel @ self.weights)
        beyond = basis - kernel @ self.carried
        process = np.maximum(self.signal - ((kernel @ self.precision) * kernel).sum(axis=1), 0.0)
        return mean, self.scale**2 * (process + ((beyond @ self.free) * beyond).sum(axis=1))

    def brought(self, covariance: Floats) -> float:
        """Variance that what varies beside the parameters brings, given its covariance; the coefficients' own error is taken off."""
        if not self.beside:
            return 0.0
        slopes, error = self.trend[-self.beside :], self.scale**2 * self.free[-self.beside :, -self.beside :]
        return max(float(slopes @ covariance @ slopes - (error * covariance).sum()), 0.0)

    @property
    def explained(self) -> float:
        """Share of the variance of the design's runs that leave-one-out predictions explain; the rest is mostly noise."""
        total = float(np.var(self.observed))
        return 1.0 - float(np.mean(self.left_out_error**2)) / total if total else float("nan")


def fit_emulator(u: Floats, y: Floats, beside: Floats | None = None) -> Emulator:
    """An emulator of figures `y` (shape (points,), working scale) at `u` (points, parameters); points without a figure are left out.

    beside: how far other parameters were from their means at the points, shape (points, others).

    Errors: CalibrationError when too few are left.
    """
    there = np.isfinite(y)
    u, y = u[there], y[there]
    if len(y) < LEAST_POINTS:
        raise CalibrationError(f"only {len(y)} runs gave a figure; an emulator needs at least {LEAST_POINTS}")
    others = np.empty((len(u), 0)) if beside is None else beside[there]
    if len(u) < POINTS_PER_COEFFICIENT * (1 + u.shape[1] + others.shape[1]):
        others = others[:, :0]
    basis = _basis(u, others)
    rest = y - basis @ np.asarray(np.linalg.lstsq(basis, y, rcond=None)[0], np.float64)
    scale = float(rest.std()) or 1.0
    kernel = ConstantKernel(0.5, SIGNAL) * RBF(np.full(u.shape[1], 1.0), LENGTHS) + WhiteKernel(0.5, NOISE)
    process = GaussianProcessRegressor(kernel, alpha=JITTER)
    with warnings.catch_warnings(), threadpool_limits(1):  # one thread: the same sums in the same order on every machine's load
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is a parameter without effect
        process.fit(u, rest / scale)
    signal = float(process.kernel_.k1.k1.constant_value)
    lengths = np.full(u.shape[1], process.kernel_.k1.k2.length_scale, np.float64)
    noise = float(process.kernel_.k2.noise_level)
    covariance = _kernel(u, u, lengths, signal) + (noise + JITTER) * np.eye(len(u))
    precision = np.asarray(np.linalg.inv(covariance), np.float64)
    free = np.asarray(np.linalg.inv(basis.T @ precision @ basis), np.float64)
    trend = free @ basis.T @ precision @ y  # now with the covariance that was found
    weights: Floats = precision @ (y - basis @ trend) / scale
    left = precision - precision @ basis @ free @ basis.T @ precision
    left_out: Floats = weights / np.sqrt(np.diag(left))
    return Emulator(
        design=u,
        lengths=lengths,
        signal=signal,
        noise=noise * scale**2,
        scale=scale,
        trend=trend,
        precision=precision,
        weights=weights,
        carried=precision @ basis,
        free=free,
        beside=others.shape[1],
        left_out=left_out,
        left_out_error=left_out * scale / np.sqrt(np.diag(left)),
        observed=y,
    )


def predict_all(emulators: Sequence[Emulator], u: Floats, beside: Floats | None = None) -> tuple[Floats, Floats]:
    """Mean and variance of every figure, shape (points, figures)."""
    pairs = [emulator.predict(u, beside) for emulator in emulators]
    return np.column_stack([mean for mean, _ in pairs]), np.column_stack([variance for _, variance in pairs])


def _basis(u: Floats, others: Floats) -> Floats:
    return np.column_stack([np.ones(len(u)), u, others])


def _kernel(a: Floats, b: Floats, lengths: Floats, signal: float) -> Floats:
    left, right = a / lengths, b / lengths
    squared = (left**2).sum(1)[:, None] + (right**2).sum(1)[None, :] - 2 * left @ right.T
    found: Floats = signal * np.exp(-0.5 * np.maximum(squared, 0.0))
    return found
