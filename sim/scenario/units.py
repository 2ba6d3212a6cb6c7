"""Numbers with units as people write them: `45 minutes`, `115000 USD`, `per 30 days`."""

from __future__ import annotations

import re

from sim.scenario.errors import ValueFault, nearest, shown

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12

MICROSECONDS: dict[str, int] = {
    "microsecond": 1,
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
    "month": 2_629_800_000_000,
    "year": 31_557_600_000_000,
}
"""One unit of time in whole microseconds, so that one multiplication or division gives days without a second rounding."""

PLURALS = tuple(f"{unit}s" for unit in MICROSECONDS)

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_WITH_UNIT = re.compile(rf"({_NUMBER})\s+(\S.*)", re.ASCII)
_GLUED = re.compile(rf"({_NUMBER})([^\s\d.].*)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?", re.ASCII)
_COMMAS = re.compile(r"\$?\s*[-+]?\d{1,3}(,\d{3})+(\.\d+)?(\s+\S.*)?", re.ASCII)
_PER = re.compile(rf"per\s+(?:({_NUMBER})\s+)?([a-z]+)", re.ASCII)


def is_date(text: str) -> bool:
    """Whether text looks like a date."""
    return _DATE.fullmatch(text.strip()) is not None


def split_number(text: str) -> tuple[float, str] | None:
    """`12 weeks` -> (12.0, 'weeks'); None when text does not have that form."""
    match = _WITH_UNIT.fullmatch(text.strip())
    return None if match is None else (float(match[1]), match[2].strip())


def not_a_number(raw: object, example: str) -> ValueFault:
    """The clearest message for something that stands where a number belongs."""
    if isinstance(raw, bool) or raw is None:
        return ValueFault(f"must be a number, e.g. {example} (got {shown(raw)})")
    if isinstance(raw, dict):
        return ValueFault(f"must be a number or a block with value, e.g. {example} (got a block)")
    if isinstance(raw, list | tuple):
        return ValueFault(f"must be one number, e.g. {example} (got a list)")
    text = str(raw).strip()
    if is_date(text):
        return ValueFault(f"must be a number, e.g. {example} (got the date {text[:40]})")
    if _COMMAS.fullmatch(text):
        return ValueFault(f"write numbers without commas or currency signs, e.g. {example} (got {shown(text)})")
    if re.fullmatch(rf"{_NUMBER}\s*%", text):
        return ValueFault(f"write a percentage as a number, e.g. {float(text.rstrip('% ')) / 100:g} for {text}")
    if re.fullmatch(_NUMBER, text):
        return ValueFault(f"must be a number, not text in quotes (got {shown(text)})")
    if re.fullmatch(r"[-+]?\d[\d_]*", text):
        return ValueFault(f"write numbers without underscores, e.g. {example} (got {shown(text)})")
    if text.casefold().lstrip("+-.") in ("nan", "inf", "infinity"):
        return ValueFault(f"must be a finite number (got {shown(text)})")
    return ValueFault(f"must be a number, e.g. {example} (got {shown(raw)})")


def duration_unit(unit: str) -> int:
    """Microseconds in one unit of time, singular or plural."""
    name = unit.strip()
    singular = name[:-1] if name.endswith("s") else name
    if singular in MICROSECONDS:
        return MICROSECONDS[singular]
    raise ValueFault(f"{shown(name)} is not a unit of time; use one of {', '.join(PLURALS)}{nearest(name, PLURALS)}")


def days(number: float, microseconds: float) -> float:
    """So many units of time in days."""
    day = MICROSECONDS["day"]
    return number * (microseconds / day) if microseconds >= day else number / (day / microseconds)


def duration(text: str, example: str = "14 days") -> float:
    """`2 weeks` -> 14.0 days."""
    parts = split_number(text)
    if parts is None:
        glued = _GLUED.fullmatch(text.strip())
        if glued and not is_date(text) and not _COMMAS.fullmatch(text.strip()) and glued[2].rstrip("s") in MICROSECONDS:
            raise ValueFault(f"put a space between number and unit: {shown(glued[1] + ' ' + glued[2])} (got {shown(text)})")
        fault = not_a_number(text, f"'{example}'")
        raise ValueFault(fault.message.replace("must be a number,", "must be a duration,", 1))
    number, unit = parts
    if unit == "USD" or unit.startswith("per "):
        raise ValueFault(f"must be a duration, e.g. '{example}' (got {shown(text)})")
    return days(number, duration_unit(unit))


def period(unit: str) -> float | None:
    """`per 30 days` -> microseconds of 30 days; None when it is not a rate's unit."""
    match = _PER.fullmatch(unit.strip())
    if match is None:
        return None
    name = match[2]
    singular = name[:-1] if name.endswith("s") else name
    if singular not in MICROSECONDS:
        return None
    number = 1.0 if match[1] is None else float(match[1])
    if not number > 0:
        raise ValueFault(f"the period must be longer than 0 (got {shown(unit)})")
    return number * MICROSECONDS[singular]


def clock(text: str) -> float:
    """`06:00` -> 0.25 days after midnight; up to `24:00`."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip(), re.ASCII)
    if match is None or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 1440:
        raise ValueFault(f'must be a time of day, e.g. "08:30" (got {shown(text)})')
    return (int(match[1]) * 60 + int(match[2])) / 1440
