"""Inverse transforms of uniforms, so that a changed parameter moves everyone and swaps nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


def gamma(u: Floats, shape: float, mean: float) -> Floats:
    """Gamma quantiles by shape and mean."""
    return np.asarray(special.gammaincinv(shape, u), np.float64) * (mean / shape)


def beta(u: Floats, mean: float, concentration: float) -> Floats:
    """Beta quantiles by mean and concentration (the sum of the two usual parameters); a mean of 0 or 1 is a constant."""
    if mean <= 0.0 or mean >= 1.0:
        return np.full(len(u), min(max(mean, 0.0), 1.0))
    return np.asarray(special.betaincinv(mean * concentration, (1.0 - mean) * concentration, u), np.float64)


def poisson(u: Floats, mean: Floats) -> NDArray[np.int64]:
    """Poisson quantiles, each with its own mean."""
    guess = np.ceil(special.pdtrik(u, np.maximum(mean, 1e-12)))
    below = np.maximum(guess - 1.0, 0.0)
    return np.asarray(np.where(special.pdtr(below, mean) >= u, below, guess), np.int64)


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
