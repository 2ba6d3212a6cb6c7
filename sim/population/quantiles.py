"""Inverse transforms of uniforms, so that a changed parameter moves everyone and swaps nobody."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

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
    return np.where(special.pdtr(below, mean) >= u, below, guess).astype(np.int64)


def weibull_shape(cv: float) -> float:
    """The shape of the Weibull law with this coefficient of variation (0.01 to 50)."""

    def excess(log_shape: float) -> float:
        inverse = np.exp(-log_shape)
        return float(special.gammaln(1 + 2 * inverse) - 2 * special.gammaln(1 + inverse) - np.log1p(cv * cv))

    return float(np.exp(optimize.brentq(excess, np.log(0.05), np.log(200.0))))


def law(u: Floats, law: Any) -> Floats:
    """Quantiles of a scenario's law (family, mean, sd, minimum, maximum), cut at minimum and maximum."""
    mean, sd = float(law.mean), float(law.sd or 0.0)
    family = str(law.family)
    if family == "exponential":
        x = -mean * np.log1p(-u)
    elif family == "fixed" or sd == 0.0:
        x = np.full(len(u), mean)
    elif family == "lognormal":
        variance = np.log1p((sd / mean) ** 2)
        x = np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * special.ndtri(u))
    elif family == "gamma":
        x = gamma(u, (mean / sd) ** 2, mean)
    elif family == "weibull":
        shape = weibull_shape(sd / mean)
        x = mean / float(special.gamma(1 + 1 / shape)) * (-np.log1p(-u)) ** (1 / shape)
    elif family == "normal":
        x = mean + sd * np.asarray(special.ndtri(u), np.float64)
    else:
        raise ValueError(f"no such law: {family}")
    low = -np.inf if law.minimum is None else float(law.minimum)
    high = np.inf if law.maximum is None else float(law.maximum)
    return np.clip(x, low, high)
