"""Reads what is not known about a parameter: ci95, range, distribution, counts, risk ratios."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from sim.scenario.errors import ValueFault, listed, nearest, shown
from sim.scenario.kinds import IGNORANCE_KEYS, Duration, Factor, Kind, Money, Rate, Share
from sim.scenario.values import Uncertainty

Z: Final = 1.959963984540054

PARAMETERS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "normal": (("sd",),),
    "lognormal": (("sd",), ("cv",)),
    "uniform": (("low", "high"),),
    "triangular": (("low", "high"),),
    "beta": (("alpha", "beta"),),
    "gamma": (("shape",),),
}


def read_uncertainty(kind: Kind, data: Mapping[str, Any], value: float, unit: str | None) -> Uncertainty | None:
    """The uncertainty that a value block states, in the canonical unit; None when it states none."""
    given = [key for key in IGNORANCE_KEYS if key in data]
    if not given:
        return None
    if len(given) > 1:
        raise ValueFault(f"must have only one of {listed(given)}", (given[1],))
    if given[0] == "distribution":
        return _distribution(kind, data["distribution"], value, unit)
    return _interval(kind, given[0], data, value, unit)


def _bounds(kind: Kind, key: str, data: Mapping[str, Any], unit: str | None) -> tuple[float, float, str]:
    pair = data[key]
    if not isinstance(pair, list) or len(pair) != 2:
        raise ValueFault(f"must be a list of two numbers, [low, high] (got {shown(pair)})", (key,))
    low, high = (kind.read(item, unit, (key, position)) for position, item in enumerate(pair))
    text = " to ".join(kind.text(item) for item in pair)
    if low > high:
        raise ValueFault(f"must be [low, high] with low first (got {text})", (key,))
    return low, high, text


def _interval(kind: Kind, key: str, data: Mapping[str, Any], value: float, unit: str | None) -> Uncertainty:
    low, high, text = _bounds(kind, key, data, unit)
    if not low <= value <= high:
        head = next(k for k in ("value", "mean", "median", "fixed", "rr", "hr") if k in data)
        raise ValueFault(f"must contain the value (got {text}, value {kind.text(data[head])})", (key,))
    if key == "range":
        return Uncertainty("uniform", f"range {text}", low, high)
    text = f"95% CI {text}"
    if isinstance(kind, Share) and 0 < value < 1 and high > low:
        sd = (high - low) / (2 * Z)
        size = value * (1 - value) / (sd * sd) - 1
        if size > 0:
            return Uncertainty("beta", text, low, high, alpha=value * size, beta=(1 - value) * size)
    if isinstance(kind, Factor | Rate | Money | Duration) and low > 0:
        return Uncertainty("lognormal", text, low, high, mu=math.log(value), sigma=math.log(high / low) / (2 * Z))
    return Uncertainty("normal", text, low, high, mu=value, sigma=(high - low) / (2 * Z))


def log_normal_ratio(kind: Kind, data: Mapping[str, Any], value: float) -> Uncertainty:
    """The log-normal that a risk or hazard ratio with its 95% interval means."""
    low, high, text = _bounds(kind, "ci95", data, None)
    if "range" in data or "distribution" in data:
        raise ValueFault("must be left out: ci95 says how uncertain the ratio is", ("range" if "range" in data else "distribution",))
    if not 0 < low <= value <= high:
        raise ValueFault(f"must contain the ratio and be more than 0 (got {text}, ratio {value:.12g})", ("ci95",))
    return Uncertainty("lognormal", f"95% CI {text}", low, high, mu=math.log(value), sigma=math.log(high / low) / (2 * Z))


def from_counts(count: float, total: float) -> Uncertainty:
    """Beta posterior of `count` of `total`, with Jeffreys' prior."""
    return Uncertainty("beta", f"{count:.12g} of {total:.12g}", alpha=count + 0.5, beta=total - count + 0.5)


def from_rate(count: float, person_years: float) -> Uncertainty:
    """Gamma posterior of a rate per year, with Jeffreys' prior."""
    return Uncertainty("gamma", f"{count:.12g} in {person_years:.12g} person-years", alpha=count + 0.5, beta=person_years)


def _distribution(kind: Kind, data: object, value: float, unit: str | None) -> Uncertainty:
    """{family: normal, sd: 0.1} and the like; the value is the mean, of triangular the mode."""
    here = ("distribution",)
    if not isinstance(data, Mapping) or "family" not in data:
        raise ValueFault(f"must be a block such as {{family: normal, sd: 0.1}} (got {shown(data)})", here)
    family = data["family"]
    if isinstance(family, list | dict) or family not in PARAMETERS:
        raise ValueFault(f"must be {listed(PARAMETERS)} (got {shown(family)}){nearest(str(family), PARAMETERS)}", (*here, "family"))
    keys = tuple(key for key in data if key != "family")
    if not any(set(keys) == set(form) for form in PARAMETERS[family]):
        forms = " or ".join(" and ".join(form) for form in PARAMETERS[family])
        raise ValueFault(f"{family} needs {forms} (got {', '.join(keys) or 'nothing'})", here)

    def plain(key: str) -> float:
        return Kind(low=0.0, above=True).read(data[key], None, (*here, key))

    if family in ("uniform", "triangular"):
        low, high = (kind.read(data[key], unit, (*here, key)) for key in ("low", "high"))
        text = f"{family} {kind.text(data['low'])} to {kind.text(data['high'])}"
        if not low <= value <= high:
            raise ValueFault(f"must contain the value (got {text})", here)
        return Uncertainty(family, text, low, high, mu=value if family == "triangular" else None)
    if family == "beta":
        if not isinstance(kind, Share):
            raise ValueFault("beta is for shares from 0 to 1", (*here, "family"))
        alpha, beta = plain("alpha"), plain("beta")
        if abs(alpha / (alpha + beta) - value) > 0.005:
            raise ValueFault(f"has mean {alpha / (alpha + beta):.4g}, not the value {value:.4g}", here)
        return Uncertainty("beta", f"beta {alpha:.12g}, {beta:.12g}", alpha=alpha, beta=beta)
    if value <= 0 and family != "normal":
        raise ValueFault(f"{family} needs a value of more than 0", here)
    if family == "gamma":
        shape = plain("shape")
        return Uncertainty("gamma", f"gamma, shape {shape:.12g}", alpha=shape, beta=shape / value)
    sd = value * plain("cv") if "cv" in data else kind.read(data["sd"], unit, (*here, "sd"))
    if not sd > 0:
        raise ValueFault("must be more than 0", (*here, "sd"))
    text = f"{family}, sd {kind.text(data['sd'])}" if "sd" in data else f"{family}, cv {kind.text(data['cv'])}"
    if family == "normal":
        return Uncertainty("normal", text, mu=value, sigma=sd)
    sigma = math.sqrt(math.log1p((sd / value) ** 2))
    return Uncertainty("lognormal", text, mu=math.log(value) - sigma * sigma / 2, sigma=sigma)
