"""Laws of a scenario as numbered records for the rules."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from scipy import special

from sim.rules.laws import LAW, LOGIT_SPAN, QUANTILE_POINTS, Family
from sim.rules.records import empty
from sim.scenario import Law, Quantity

UNBOUNDED = 1e300


@functools.lru_cache(maxsize=64)
def gamma_quantiles(shape: float) -> np.ndarray:
    """Quantiles of a standard gamma law on the logit grid of the rules; shape (QUANTILE_POINTS,)."""
    logit = (np.arange(QUANTILE_POINTS) / (QUANTILE_POINTS - 1) - 0.5) * LOGIT_SPAN
    lower = special.gammaincinv(shape, special.expit(logit))
    upper = special.gammainccinv(shape, special.expit(-logit))
    return np.where(logit < 0.0, lower, upper)


class LawBook:
    """Collects the laws that a scenario's parameters name and gives each a number."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, float, float, float]] = []
        self.tables: list[np.ndarray] = []

    def add(self, law: Law | Quantity | float, scale: float) -> int:
        """Number of a law whose values are multiplied by `scale` (microseconds per day, cents per dollar)."""
        self.rows.append(self._row(law, scale))
        return len(self.rows) - 1

    def _row(self, law: Law | Quantity | float, scale: float) -> tuple[int, float, float, float, float]:
        if not isinstance(law, Law):
            return (Family.FIXED, float(law) * scale, 0.0, -UNBOUNDED, UNBOUNDED)
        low = law.minimum * scale if law.minimum is not None else (-UNBOUNDED if law.family == "normal" else 0.0)
        high = law.maximum * scale if law.maximum is not None else UNBOUNDED
        mean = law.mean * scale
        sd = (law.sd or 0.0) * scale
        if law.family == "exponential":
            return (Family.EXPONENTIAL, mean, 0.0, low, high)
        if law.family == "fixed" or sd == 0.0 or mean == 0.0:
            return (Family.FIXED, min(max(mean, low), high), 0.0, low, high)
        if law.family == "lognormal":
            variance = math.log1p((sd / mean) ** 2)
            return (Family.LOGNORMAL, math.log(mean) - 0.5 * variance, math.sqrt(variance), low, high)
        if law.family == "gamma":
            shape = (mean / sd) ** 2
            self.tables.append(gamma_quantiles(shape))
            return (Family.GAMMA, mean / shape, float(len(self.tables) - 1), low, high)
        if law.family == "normal":
            return (Family.NORMAL, mean, sd, low, high)
        return (Family.WEIBULL, *_weibull(mean, sd), low, high)

    def records(self) -> tuple[Any, np.ndarray]:
        """The laws as records and the quantile tables of those that need one."""
        laws = empty(LAW, max(1, len(self.rows)))
        for j, row in enumerate(self.rows):
            laws[j] = row
        tables = np.array(self.tables) if self.tables else np.zeros((1, QUANTILE_POINTS))
        return laws, tables


def _weibull(mean: float, sd: float) -> tuple[float, float]:
    """Scale and 1/shape of a Weibull law by its mean and SD, found by bisection on the coefficient of variation."""
    wanted = sd / mean
    low, high = 0.01, 20.0
    for _ in range(200):
        inverse = 0.5 * (low + high)
        spread = math.exp(math.lgamma(1 + 2 * inverse) - 2 * math.lgamma(1 + inverse)) - 1
        if math.sqrt(max(0.0, spread)) < wanted:
            low = inverse
        else:
            high = inverse
    return mean / math.exp(math.lgamma(1 + low)), low
