"""Numbers and stretches of time as people say them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from sim.outcomes.results import MICROSECONDS_PER_MONTH

NOT_KNOWN: Final = "-"
SAME: Final = 1e-9
"""Relative spread below which values are one and the same but for rounding."""
_SMALL: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ABBREVIATIONS: Final = {"ed": "ED", "snf": "SNF", "icu": "ICU", "fte": "FTE", "los": "LOS"}

Statistics = Mapping[str, float | None]


def number(value: float | None, unit: str, *, signed: bool = False) -> str:
    """One value in its unit, short; `signed` writes + before a rise."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    size = abs(value)
    if unit in ("share", "probability"):
        text = f"{100 * size:.1f}%" if signed or size < 0.995 else f"{100 * size:.0f}%"
    elif unit == "USD":
        text = _dollars(size)
    elif unit == "USD per month":
        text = f"${size:,.0f}" if size >= 100 else f"${size:,.2f}"
    elif unit in ("ratio", "days", "hours", "FTE"):
        text = f"{size:,.2f}"
    elif unit == "count" and size >= 10:
        text = f"{size:,.0f}"
    elif unit in ("per 1,000 person-years", "count", "months"):
        text = f"{size:,.0f}" if size >= 100 or size == int(size) else f"{size:,.1f}"
    else:
        text = f"{size:,.4g}"
    return text if is_nothing(text) else ("-" if value < 0 else "+" if signed else "") + text


def _dollars(size: float) -> str:
    if size >= 1e6:
        return f"${size / 1e6:,.2f} million"
    return f"${size:,.0f}"


def spread(statistics: Statistics, unit: str, *, signed: bool = False) -> str:
    """Mean, with p10 to p90 in brackets when there is a spread to tell."""
    mean = number(statistics["mean"], unit, signed=signed)
    if statistics["sd"] is None or statistics["sd"] == 0:
        return mean
    low, high = (number(statistics[key], unit, signed=signed) for key in ("p10", "p90"))
    return f"{mean} ({low} to {high})"


def unclear(statistics: Statistics) -> bool:
    """Whether the runs made cannot tell the sign: the Monte-Carlo interval of the mean holds zero and more, or there is none to speak of
    because all values are equal (whole numbers of two replications often are)."""
    low, high, mean, sd = (statistics[key] for key in ("lo", "hi", "mean", "sd"))
    if low is None or high is None or mean is None or sd is None:
        return False
    if sd <= SAME * abs(mean):
        return mean != 0
    return low <= 0 <= high


def counted(size: float, singular: str, plural: str | None = None) -> str:
    """`1 death`, `2 deaths`, `1.3 deaths`: a number as `number` writes a count, and what is counted."""
    text = number(size, "count")
    return f"{text} {singular if text == '1' else plural or f'{singular}s'}"


def is_nothing(text: str) -> bool:
    """Whether a number reads as zero once it is rounded."""
    return not any(character in "123456789" for character in text)


def horizon(horizon_us: int) -> str:
    """`three years`, `18 months`, `45 days`."""
    months, rest = divmod(horizon_us, MICROSECONDS_PER_MONTH)
    if rest:
        return f"{horizon_us / MICROSECONDS_PER_MONTH:.1f} months"
    if months % 12 == 0:
        years = months // 12
        return f"{_SMALL[years] if years <= 10 else years} year{'s' if years != 1 else ''}"
    return f"{months} month{'s' if months != 1 else ''}"


def name(identifier: str) -> str:
    """`case_manager` -> `Case manager`, `ed_alert` -> `ED alert`."""
    text = identifier.replace("_", " ").strip().capitalize()
    return " ".join(_ABBREVIATIONS.get(word.lower(), word) for word in text.split(" "))


def printable(text: str) -> str:
    """User text without control characters, so that a title cannot move the cursor or colour the terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
