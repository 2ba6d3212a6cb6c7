"""Inverse transforms of uniforms, so that a changed parameter moves everyone and swaps nobody."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate, special

Floats = NDArray[np.float64]


def gamma(u: Floats, shape: float, mean: float) -> Floats:
    """Gamma quantiles by shape and mean."""
    return np.asarray(special.gammaincinv(shape, u), np.float64) * (mean / shape)


def beta(u: Floats, mean: float, concentration: float) -> Floats:
    """Beta quantiles by mean and concentration (the sum of the two usual parameters); a mean of 0 or 1 is a constant."""
    if mean <= 0.0 or mean >= 1.0:
        return np.full(len(u), min(max(mean, 0.0), 1.0))
    return np.clip(_beta_table(mean * concentration, (1.0 - mean) * concentration)(special.logit(u)), 0.0, 1.0)


LOGIT_SPAN, LOGIT_POINTS = 37.0, 4097  # a 53-bit uniform has a logit within +-37.5; the error of a table is about 1e-11


@functools.lru_cache(maxsize=32)
def _beta_table(a: float, b: float) -> interpolate.CubicSpline:
    """Beta quantiles by the logit of the uniform, in both tails: exact inversion takes twenty times as long."""
    logit = np.linspace(-LOGIT_SPAN, LOGIT_SPAN, LOGIT_POINTS)
    lower = special.betaincinv(a, b, special.expit(logit))
    upper = 1.0 - special.betaincinv(b, a, special.expit(-logit))
    return interpolate.CubicSpline(logit, np.where(logit < 0.0, lower, upper))


def poisson(u: Floats, mean: Floats) -> NDArray[np.int64]:
    """Poisson quantiles, each with its own mean."""
    found = np.zeros(len(u), np.int64)
    means, which = np.unique(mean, return_inverse=True)  # few: they follow from the number of conditions
    for j, one in enumerate(means):
        rows = np.flatnonzero(which == j)
        most = int(np.ceil(special.pdtrik(u[rows].max(), max(float(one), 1e-12)))) + 1
        found[rows] = np.searchsorted(special.pdtr(np.arange(most + 1), one), u[rows])
    return found


def law(u: Floats, law: Any) -> Floats:
    """Quantiles of a scenario's `Law`, cut at its minimum and maximum."""
    mean, sd = float(law.mean), float(law.sd or 0.0)
    family = str(law.family)
    if family == "exponential":
        x = -mean * np.log1p(-u)
    elif family == "fixed" or sd == 0.0 or (family != "normal" and mean <= 0.0):
        x = np.full(len(u), mean)
    elif family == "lognormal":
        variance = np.log1p((sd / mean) ** 2)
        x = np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * special.ndtri(u))
    elif family == "gamma":
        x = gamma(u, float(law.shape), mean)
    elif family == "weibull":
        power = 1.0 / float(law.shape)
        x = mean / float(special.gamma(1.0 + power)) * (-np.log1p(-u)) ** power
    elif family == "normal":
        x = mean + sd * np.asarray(special.ndtri(u), np.float64)
    else:
        raise ValueError(f"no such law: {family}")
    low = -np.inf if law.minimum is None else float(law.minimum)
    high = np.inf if law.maximum is None else float(law.maximum)
    return np.clip(x, low, high)
