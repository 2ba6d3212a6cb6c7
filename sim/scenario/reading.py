"""Reads value blocks: quantities with their uncertainty, and laws by the parameters that people publish."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from sim.scenario.errors import ValueFault, listed, nearest, shown
from sim.scenario.kinds import ABOUT_KEYS, IGNORANCE_KEYS, Factor, Kind, Rate, Share, Written, unknown_key
from sim.scenario.uncertainty import from_counts, from_rate, log_normal_ratio, read_uncertainty
from sim.scenario.values import GRADES, Family, Law, Quantity, Uncertainty

QUARTILE: Final = 0.6744897501960817
LAWS: Final[tuple[Family, ...]] = ("fixed", "exponential", "lognormal", "gamma", "weibull", "normal")
LAW_KEYS: Final = ("mean", "sd", "cv", "shape", "median", "iqr", "fixed", "value", "min", "max", "law")


def read_quantity(kind: Kind, written: Written) -> Quantity:
    """A plain scalar or a value block -> Quantity in the kind's canonical unit."""
    data = written.data
    if not isinstance(data, Mapping):
        value = kind.read(data, None)
        source, grade = _about({}, written)
        return Quantity(value, kind.unit, kind.text(data), None, source, grade, written.set_by)
    heads = ("value", *_other_heads(kind))
    allowed = (*heads, *_second_keys(kind), *IGNORANCE_KEYS, *ABOUT_KEYS)
    for key in data:
        if key not in allowed:
            if key in LAW_KEYS:
                raise ValueFault("this field is one number and does not vary between occasions: write value", (key,))
            raise unknown_key(key, allowed)
    given = [head for head in heads if head in data]
    if len(given) != 1:
        raise ValueFault(f"must have {listed(heads)}" if not given else f"must have only one of {listed(given)}")
    unit = _unit(data)
    source, grade = _about(data, written)
    head = given[0]
    if head == "value":
        value = kind.read(data["value"], unit, ("value",))
        uncertainty = read_uncertainty(kind, data, value, unit)
        text = kind.text(data["value"]) + (f" {unit}" if unit else "")
    elif head in ("rr", "hr"):
        value = Factor(low=0.0, above=True).read(data[head], None, (head,))
        kind.check(value, data[head], (head,))
        uncertainty = log_normal_ratio(kind, data, value) if "ci95" in data else read_uncertainty(kind, data, value, unit)
        text = f"{head} {kind.text(data[head])}"
    else:
        value, uncertainty, text = _counted(kind, data)
    return Quantity(value, kind.unit, text, uncertainty, source, grade, written.set_by)


def _other_heads(kind: Kind) -> tuple[str, ...]:
    if isinstance(kind, Factor):
        return ("rr", "hr")
    return ("count",) if isinstance(kind, Share | Rate) else ()


def _second_keys(kind: Kind) -> tuple[str, ...]:
    return ("of",) if isinstance(kind, Share) else ("person_years",) if isinstance(kind, Rate) else ()


def _counted(kind: Kind, data: Mapping[str, Any]) -> tuple[float, Uncertainty, str]:
    """{count, of} or {count, person_years}."""
    second = _second_keys(kind)[0]
    if second not in data:
        raise ValueFault(f"count needs '{second}' beside it", ("count",))
    for key in (*IGNORANCE_KEYS, "unit"):
        if key in data:
            raise ValueFault("must be left out: the counts say how uncertain the value is", (key,))
    count = Kind(low=0.0, high=1e12).read(data["count"], None, ("count",))
    total = Kind(low=0.0, high=1e12, above=True).read(data[second], None, (second,))
    text = f"{kind.text(data['count'])} of {kind.text(data[second])}"
    if isinstance(kind, Share):
        if count > total:
            raise ValueFault(f"must be at most of = {total:.12g} (got {count:.12g})", ("count",))
        return count / total, from_counts(count, total), text
    value = kind.check(count / total, data["count"], ("count",))
    return value, from_rate(count, total), f"{kind.text(data['count'])} in {kind.text(data[second])} person-years"


def _unit(data: Mapping[str, Any]) -> str | None:
    unit = data.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise ValueFault(f"must be text, e.g. per year (got {shown(unit)})", ("unit",))
    return unit


def _about(data: Mapping[str, Any], written: Written) -> tuple[str, str]:
    """Source and grade of a value."""
    source = data.get("source", written.source)
    if not isinstance(source, str) or not source.strip():
        raise ValueFault(f"must say in words where the number comes from (got {shown(source)})", ("source",))
    grade = check_grade(data.get("grade", written.grade or "scenario"), ("grade",))
    return source.strip(), grade


def check_grade(grade: object, path: tuple[str | int, ...]) -> str:
    """Refuse a grade that does not exist."""
    if not isinstance(grade, str) or grade not in GRADES:
        hint = nearest(grade, GRADES) if isinstance(grade, str) else ""
        raise ValueFault(f"must be {listed(GRADES)} (got {shown(grade)}){hint}", path)
    return grade


def read_law(kind: Kind, written: Written) -> Law:
    """A plain scalar (it does not vary) or a block such as {mean, sd} -> Law; `kind` is that of its mean."""
    data = written.data
    if not isinstance(data, Mapping):
        value = kind.read(data, None)
        source, grade = _about({}, written)
        return Law("fixed", value, 0.0, None, None, kind.unit, kind.text(data), None, None, source, grade, written.set_by)
    allowed = (*LAW_KEYS, *IGNORANCE_KEYS, *ABOUT_KEYS)
    for key in data:
        if key not in allowed:
            raise unknown_key(key, allowed)
    unit = _unit(data)
    source, grade = _about(data, written)
    family, mean, sd, shape = _family(kind, data, unit)
    minimum = kind.read(data["min"], unit, ("min",)) if "min" in data else None
    maximum = kind.read(data["max"], unit, ("max",)) if "max" in data else None
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ValueFault(f"must be at most max (got {kind.text(data['min'])} and {kind.text(data['max'])})", ("min",))
    if maximum is not None and maximum <= 0 and mean > 0:
        raise ValueFault(f"must be more than 0 (got {kind.text(data['max'])})", ("max",))
    if family == "fixed" and ((minimum is not None and mean < minimum) or (maximum is not None and mean > maximum)):
        raise ValueFault("does not vary and lies outside its min and max")
    uncertainty = read_uncertainty(kind, data, mean, unit)
    return Law(
        family, mean, sd, minimum, maximum, kind.unit, _law_text(kind, data, unit), shape, uncertainty, source, grade, written.set_by
    )


def _law_text(kind: Kind, data: Mapping[str, Any], unit: str | None) -> str:
    """`mean 60 minutes, sd 30 minutes`; a fixed value alone is as if written plainly."""
    keys = [key for key in LAW_KEYS if key in data]
    texts = [_text(kind, data[key]) if keys in (["fixed"], ["value"]) else f"{key} {_text(kind, data[key])}" for key in keys]
    return ", ".join(texts) + (f" {unit}" if unit else "")


def _text(kind: Kind, raw: object) -> str:
    return " to ".join(kind.text(item) for item in raw) if isinstance(raw, list) else kind.text(raw)


def _family(kind: Kind, data: Mapping[str, Any], unit: str | None) -> tuple[Family, float, float, float | None]:
    """Family, mean, standard deviation and shape."""
    said = data.get("law")
    if said is not None and said not in LAWS:
        raise ValueFault(f"must be {listed(LAWS)} (got {shown(said)}){nearest(str(said), LAWS)}", ("law",))
    keys = frozenset(data) & {"mean", "sd", "cv", "shape", "median", "iqr", "fixed", "value"}
    forms: dict[frozenset[str], tuple[Family, ...]] = {
        frozenset({"fixed"}): ("fixed",),
        frozenset({"value"}): ("fixed",),
        frozenset({"mean"}): ("exponential", "fixed"),
        frozenset({"mean", "sd"}): ("lognormal", "gamma", "weibull", "normal"),
        frozenset({"mean", "cv"}): ("lognormal", "gamma", "weibull", "normal"),
        frozenset({"mean", "shape"}): ("gamma", "weibull"),
        frozenset({"median", "iqr"}): ("lognormal", "normal"),
        frozenset({"median", "mean"}): ("lognormal",),
    }
    if keys not in forms:
        got = f" (got {', '.join(sorted(keys))})" if keys else ""
        right = "must be written as fixed, mean, mean and sd, mean and cv, mean and shape, median and iqr, or median and mean"
        raise ValueFault(right + got)
    families = forms[keys]
    if said is not None and said not in families:
        raise ValueFault(f"{shown(said)} cannot be given by {' and '.join(sorted(keys))}; {listed(families)} can", ("law",))
    family: Family = said or families[0]

    def amount(key: str) -> float:
        return kind.read(data[key], unit, (key,))

    if keys in (frozenset({"fixed"}), frozenset({"value"})):
        return "fixed", amount(next(iter(keys))), 0.0, None
    if "iqr" in keys:
        return (family, *_from_quartiles(kind, data, unit, family), None)
    mean = amount("mean")
    if family == "fixed":
        return "fixed", mean, 0.0, None
    if "median" in keys:
        median = amount("median")
        if not 0 < median <= mean:
            raise ValueFault(f"must be more than 0 and at most the mean of a log-normal (got {kind.text(data['median'])})", ("median",))
        sd = mean * math.sqrt((mean / median) ** 2 - 1)
        return ("lognormal", mean, sd, None) if sd > 0 else ("fixed", mean, 0.0, None)
    if "shape" in keys:
        shape = Kind(low=0.05, high=1000.0).read(data["shape"], None, ("shape",))
        sd = mean / math.sqrt(shape) if family == "gamma" else mean * _weibull_cv(shape)
    elif keys == {"mean"}:
        return ("exponential", mean, mean, None) if mean > 0 else ("fixed", 0.0, 0.0, None)
    else:
        sd = amount("sd") if "sd" in keys else mean * Kind(low=0.0, high=100.0).read(data["cv"], None, ("cv",))
        shape = None
    if sd == 0:
        return "fixed", mean, 0.0, None
    if mean <= 0 and family != "normal":
        raise ValueFault(f"must be more than 0 for something that varies (got {kind.text(data['mean'])})", ("mean",))
    if family == "gamma" and shape is None:
        shape = (mean / sd) ** 2
    elif family == "weibull" and shape is None:
        shape = _weibull_shape(sd / mean)
    return family, mean, sd, shape


def _from_quartiles(kind: Kind, data: Mapping[str, Any], unit: str | None, family: Family) -> tuple[float, float]:
    """Mean and standard deviation from a median and an interquartile range."""
    median = kind.read(data["median"], unit, ("median",))
    iqr = data["iqr"]
    if not isinstance(iqr, list) or len(iqr) != 2:
        raise ValueFault("must be the two quartiles, e.g. [10 days, 30 days]", ("iqr",))
    low, high = (kind.read(item, unit, ("iqr", position)) for position, item in enumerate(iqr))
    if not low < median < high:
        raise ValueFault(f"must have the median {kind.text(data['median'])} between its quartiles (got {_text(kind, iqr)})", ("iqr",))
    if family == "normal":
        return median, (high - low) / (2 * QUARTILE)
    if low <= 0:
        raise ValueFault(f"must be more than 0 for a log-normal (got {_text(kind, iqr)})", ("iqr",))
    sigma = math.log(high / low) / (2 * QUARTILE)
    mean = median * math.exp(sigma * sigma / 2)
    return mean, mean * math.sqrt(math.expm1(sigma * sigma))


def _weibull_cv(shape: float) -> float:
    ratio = math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)
    return math.sqrt(math.expm1(ratio))


def _weibull_shape(cv: float) -> float:
    """The shape whose coefficient of variation is `cv`, by bisection."""
    low, high = 0.05, 1000.0
    if not _weibull_cv(high) <= cv <= _weibull_cv(low):
        raise ValueFault(f"no Weibull law has this coefficient of variation ({cv:.6g})", ("law",))
    for _ in range(200):
        middle = math.sqrt(low * high)
        if _weibull_cv(middle) > cv:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)
