"""Emulators: what the simulator would give at a point it was not run at, and how far that may be wrong."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

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
POINTS_PER_COEFFICIENT: Final = 2
"""Points that an emulator needs for each coefficient of its trend, the constant among them."""
DISTINCT_PER_COEFFICIENT: Final = 6
"""With fewer distinct rows of what varied beside the parameters the trend does not follow it: it stays in the noise."""


class Runs(NamedTuple):
    """What an emulator is fitted to: points in the unit cube (points, parameters) and a figure on its working scale at each (points,).

    beside: how far other parameters were from their means at the points, shape (points, others); chance: variance of each point's
    figure by chance alone, shape (points,), 0 where it is not known.
    """

    u: Floats
    y: Floats
    beside: Floats
    chance: Floats

    @property
    def there(self) -> Runs:
        """Those points that gave a figure."""
        kept = np.isfinite(self.y)
        return Runs(self.u[kept], self.y[kept], self.beside[kept], self.chance[kept])


@dataclass(frozen=True)
class Emulator:
    """A linear trend and a Gaussian process on what it leaves, of one figure on its working scale over the unit cube.

    The trend also follows what varied beside the parameters (deviations of others from their means), so that it is no noise. `noise` is
    the variance between points alike that neither this nor known chance explains.
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

        beside: as in `Runs`; without it, what varied beside the parameters is at its mean.
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


def least_points(parameters: int) -> int:
    """Points that an emulator over so many parameters needs."""
    return POINTS_PER_COEFFICIENT * (1 + parameters)


def fit_emulator(runs: Runs) -> Emulator:
    """An emulator of one figure; points without a figure are left out. Errors: CalibrationError when too few are left."""
    with threadpool_limits(1):  # one thread: the same sums in the same order on every machine's load
        return _fit(runs.there)


def _fit(runs: Runs) -> Emulator:
    u, y, beside, chance = runs
    least = least_points(u.shape[1])
    if len(y) < least:
        raise CalibrationError(f"only {len(y)} points gave a figure; an emulator of {u.shape[1]} parameters needs at least {least}")
    if len(np.unique(beside, axis=0)) < DISTINCT_PER_COEFFICIENT * (1 + u.shape[1] + beside.shape[1]):
        beside = beside[:, :0]
    basis = _basis(u, beside)
    rest = y - basis @ np.asarray(np.linalg.lstsq(basis, y, rcond=None)[0], np.float64)
    scale = float(rest.std()) or 1.0
    known = chance / scale**2 + JITTER
    kernel = ConstantKernel(0.5, SIGNAL) * RBF(np.full(u.shape[1], 1.0), LENGTHS) + WhiteKernel(0.5, NOISE)
    process = GaussianProcessRegressor(kernel, alpha=known)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is a parameter without effect
        process.fit(u, rest / scale)
    signal = float(process.kernel_.k1.k1.constant_value)
    lengths = np.full(u.shape[1], process.kernel_.k1.k2.length_scale, np.float64)
    noise = float(process.kernel_.k2.noise_level)
    covariance = _kernel(u, u, lengths, signal) + np.diag(noise + known)
    precision = np.asarray(np.linalg.inv(covariance), np.float64)
    free = np.asarray(np.linalg.inv(basis.T @ precision @ basis), np.float64)
    left = precision - precision @ basis @ free @ basis.T @ precision
    # What the trend took up is missing in the residuals, so that they are too small: as in a regression, by its degrees of freedom.
    scale = float(np.sqrt(max(rest @ left @ rest, JITTER * scale**2) / (len(y) - basis.shape[1])))
    trend = free @ basis.T @ precision @ y  # now with the covariance that was found
    weights: Floats = precision @ (y - basis @ trend) / scale
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
        beside=beside.shape[1],
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
