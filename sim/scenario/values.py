"""What a number in a scenario becomes: a quantity, or the law of something that varies between occasions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Family = Literal["fixed", "exponential", "lognormal", "gamma", "weibull", "normal"]
Ignorance = Literal["uniform", "normal", "lognormal", "triangular", "beta", "gamma"]
Grade = Literal["published", "derived", "assumption", "calibrated", "scenario"]
GRADES: tuple[str, ...] = ("published", "derived", "assumption", "calibrated", "scenario")


@dataclass(frozen=True)
class Uncertainty:
    """What we do not know about a parameter, for runs that sample parameters.

    `low` and `high` are the 95% interval, or the bounds for `uniform` and `triangular`. Parameters, all in the canonical unit:
    normal (mu, sigma); lognormal (mu, sigma of the logarithm); triangular (low, mu = mode, high); beta and gamma (alpha, beta),
    gamma with mean alpha / beta.
    """

    family: Ignorance
    text: str
    low: float | None = None
    high: float | None = None
    mu: float | None = None
    sigma: float | None = None
    alpha: float | None = None
    beta: float | None = None


@dataclass(frozen=True)
class Quantity:
    """One number. `value` is in `unit`: durations in days, money in USD, rates per year, shares 0..1."""

    value: float
    unit: str
    written: str
    uncertainty: Uncertainty | None = None
    source: str = ""
    grade: str = "scenario"
    set_by: str = field(default="", compare=False)

    def __float__(self) -> float:
        return self.value

    def __int__(self) -> int:
        return int(self.value)


@dataclass(frozen=True)
class Law:
    """How something varies between occasions. `mean`, `sd`, `minimum` and `maximum` are in `unit`.

    `mean` and `sd` describe the law before it is cut at `minimum` and `maximum`. `shape` is set for gamma and weibull.
    """

    family: Family
    mean: float
    sd: float
    minimum: float | None
    maximum: float | None
    unit: str
    written: str
    shape: float | None = None
    uncertainty: Uncertainty | None = None
    source: str = ""
    grade: str = "scenario"
    set_by: str = field(default="", compare=False)

    def __float__(self) -> float:
        return self.mean
