"""The kinds of number a field can hold: what units they accept, what range they must lie in, and how they are read.

A field is declared as `Annotated[Quantity, Share()]`; pydantic calls the kind to read it and to describe it to editors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sim.scenario import units
from sim.scenario.errors import ValueFault, listed, nearest, shown, split_by_comma
from sim.scenario.values import GRADES, Law, Quantity

IGNORANCE_KEYS: Final = ("ci95", "range", "distribution")
ABOUT_KEYS: Final = ("unit", "source", "grade")


@dataclass(frozen=True)
class Written:
    """A value as it stands in a file, with what is known about where it comes from."""

    data: Any
    source: str = ""
    grade: str = ""
    set_by: str = ""


@dataclass(frozen=True)
class Kind:
    """A plain number between `low` and `high` (both included unless `above`: then greater than `low`)."""

    name: str = "Number"
    unit: str = ""
    low: float | None = None
    high: float | None = None
    above: bool = False
    whole: bool = False
    example: str = "1.5"
    also: tuple[str, ...] = ()  # other names for the unit

    # -- reading -------------------------------------------------------------------------------------------------------

    def amount(self, raw: object, unit: str | None) -> float:
        """One scalar in the canonical unit. `unit` is the block's unit key. Raises ValueFault."""
        if unit is not None:
            self.check_unit(unit)
        return self.number(raw)

    def number(self, raw: object) -> float:
        """A bare finite number."""
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise units.not_a_number(raw, self.example)
        if not math.isfinite(raw):
            raise ValueFault(f"must be a finite number (got {shown(raw)})")
        return float(raw)

    def check_unit(self, unit: str) -> None:
        """Refuse a unit that this kind of number does not have."""
        allowed = (self.unit, *self.also) if self.unit else self.also
        if unit.strip() not in allowed:
            right = f"must be {listed(allowed)}" if allowed else "must be left out: this is a number without a unit"
            raise ValueFault(f"{right} (got {shown(unit)})", ("unit",))

    def check(self, value: float, raw: object, path: tuple[str | int, ...] = ()) -> float:
        """Refuse a canonical value out of range; returns it."""
        if self.low is not None and (value <= self.low if self.above else value < self.low):
            raise ValueFault(f"must be {'more than' if self.above else 'at least'} {self.bound(self.low)} (got {self.text(raw)})", path)
        if self.high is not None and value > self.high:
            hint = f"; write a share as a number from 0 to 1, e.g. {value / 100:g}" if isinstance(self, Share) and 2 <= value <= 100 else ""
            raise ValueFault(f"must be at most {self.bound(self.high)} (got {self.text(raw)}){hint}", path)
        if self.whole and value != int(value):
            raise ValueFault(f"must be a whole number (got {self.text(raw)})", path)
        return value

    def bound(self, value: float) -> str:
        """A bound for a message."""
        return f"{value:.12g}"

    @staticmethod
    def text(raw: object) -> str:
        """A value for a message or the table: text as it stands, numbers short."""
        return raw.strip()[:60] if isinstance(raw, str) else shown(raw)

    def read(self, raw: object, unit: str | None, path: tuple[str | int, ...] = ()) -> float:
        """A scalar in the canonical unit, checked; faults carry `path`."""
        try:
            return self.check(self.amount(raw, unit), raw, path)
        except ValueFault as fault:
            raise ValueFault(fault.message, fault.path or path) from None

    def parse(self, written: Written) -> Quantity | Law:
        """The value of a field. Raises ValueFault."""
        from sim.scenario.reading import read_quantity

        return read_quantity(self, written)

    # -- pydantic ------------------------------------------------------------------------------------------------------

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        own = self.json_schema()
        return {**own, "x-kind": self.name, "x-meaning": own.get("description", "")}

    def _validate(self, raw: Any) -> Any:
        if isinstance(raw, Quantity | Law):
            return raw
        try:
            return self.parse(raw if isinstance(raw, Written) else Written(raw))
        except ValueFault as fault:
            raise PydanticCustomError("value", "{message}", {"message": fault.message, "path": fault.path}) from None

    # -- editors -------------------------------------------------------------------------------------------------------

    def scalar_schema(self) -> dict[str, Any]:
        """JSON Schema of the value written plainly."""
        schema: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        if self.low is not None:
            schema["exclusiveMinimum" if self.above else "minimum"] = self.low
        if self.high is not None:
            schema["maximum"] = self.high
        return schema

    def counts_schema(self) -> dict[str, Any]:
        """Keys for counts and ratios, where this kind accepts them."""
        return {}

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the field: plain, or a block with value, uncertainty, source and grade."""
        scalar = self.scalar_schema()
        block: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {"value": scalar, **self.counts_schema(), **about_schema(scalar)},
        }
        return {"anyOf": [scalar, block], "description": f"{self.name}, {self.unit or 'no unit'}"}


def about_schema(scalar: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema of the keys that every value block may have."""
    pair = {"type": "array", "items": scalar, "minItems": 2, "maxItems": 2}
    return {
        "ci95": pair,
        "range": pair,
        "distribution": {"type": "object"},
        "unit": {"type": "string"},
        "source": {"type": "string"},
        "grade": {"enum": list(GRADES)},
    }


@dataclass(frozen=True)
class Share(Kind):
    """A probability or a share, 0 to 1. Also {count, of}."""

    name: str = "Share"
    unit: str = "share"
    low: float | None = 0.0
    high: float | None = 1.0
    example: str = "0.25"

    def counts_schema(self) -> dict[str, Any]:
        return {"count": {"type": "number", "minimum": 0}, "of": {"type": "number", "exclusiveMinimum": 0}}


@dataclass(frozen=True)
class Factor(Kind):
    """A multiplier of at least 0. Also {rr or hr, ci95}."""

    name: str = "Factor"
    unit: str = "factor"
    low: float | None = 0.0
    high: float | None = 1000.0
    example: str = "1.2"

    def counts_schema(self) -> dict[str, Any]:
        return {"rr": {"type": "number", "exclusiveMinimum": 0}, "hr": {"type": "number", "exclusiveMinimum": 0}}


@dataclass(frozen=True)
class Count(Kind):
    """A whole number of things."""

    name: str = "Count"
    unit: str = "count"
    low: float | None = 0.0
    high: float | None = 10_000_000.0
    whole: bool = True
    example: str = "12"


@dataclass(frozen=True)
class Rate(Kind):
    """Events per unit of time, held per year. A plain number is per year. Also {count, person_years}."""

    name: str = "Rate"
    unit: str = "per year"
    low: float | None = 0.0
    high: float | None = 10_000_000.0
    example: str = "{value: 0.02, unit: per year}"

    def amount(self, raw: object, unit: str | None) -> float:
        if isinstance(raw, str):
            parts = units.split_number(raw)
            if parts is not None and unit is None:
                return parts[0] * self.per_year(parts[1], raw)
        number = self.number(raw)
        return number if unit is None else number * self.per_year(unit, unit, ("unit",))

    def per_year(self, unit: str, raw: object, path: tuple[str | int, ...] = ()) -> float:
        period = units.period(unit)
        if period is None:
            raise ValueFault(f"must be a rate: per year, per month, per week, per day, per hour or per 30 days (got {shown(raw)})", path)
        return units.MICROSECONDS["year"] / period

    def bound(self, value: float) -> str:
        return f"{value:.12g} per year" if value else "0"

    def scalar_schema(self) -> dict[str, Any]:
        return {"anyOf": [super().scalar_schema(), {"type": "string", "pattern": "^[-+0-9.eE]+ per .+$"}]}

    def counts_schema(self) -> dict[str, Any]:
        return {"count": {"type": "number", "minimum": 0}, "person_years": {"type": "number", "exclusiveMinimum": 0}}


@dataclass(frozen=True)
class Duration(Kind):
    """A time span with its unit, held in days."""

    name: str = "Duration"
    unit: str = "days"
    low: float | None = 0.0
    high: float | None = 73_050.0  # 200 years
    example: str = "14 days"
    usual: str = "days"  # what the unit may be, for messages

    def amount(self, raw: object, unit: str | None) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise ValueFault(units.not_a_number(raw, f"'{self.example}'").message.replace("must be a number", "must be a duration", 1))
        if unit is not None:
            if units.period(unit) is not None or "USD" in unit:
                raise ValueFault(f"must be a unit of time such as days (got {shown(unit)})", ("unit",))
            try:
                length = units.duration_unit(unit)
            except ValueFault as fault:
                raise ValueFault(fault.message, ("unit",)) from None
            if isinstance(raw, str):
                raise ValueFault(f"states a unit twice: {shown(raw)} and unit {shown(unit)}")
            return units.days(self.number(raw), length)
        if isinstance(raw, str):
            return units.duration(raw, self.example)
        self.number(raw)
        raise ValueFault(f"needs a unit, e.g. '{raw:.12g} {self.usual}' (got {shown(raw)})")

    def bound(self, value: float) -> str:
        return "200 years" if value == 73_050.0 else "0" if value == 0 else f"{value:.12g} days"

    def scalar_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[-+0-9.eE]+ (microsecond|millisecond|second|minute|hour|day|week|month|year)s?$"}

    def json_schema(self) -> dict[str, Any]:
        schema = super().json_schema()
        either = {"anyOf": [self.scalar_schema(), {"type": "number"}]}
        schema["anyOf"][1]["properties"].update({"value": either, **about_schema(either)})
        return schema


@dataclass(frozen=True)
class TimePer(Duration):
    """Working time per day, week or month, held in days per `per`. A plain duration is per `per`."""

    name: str = "TimePerDay"
    unit: str = "days per day"
    per: str = "day"
    example: str = "7 hours"
    usual: str = "hours"

    def amount(self, raw: object, unit: str | None) -> float:
        if unit is None:
            return super().amount(raw, None)
        period = units.period(unit)
        if period is None:
            raise ValueFault(f"must be 'per {self.per}' (got {shown(unit)})", ("unit",))
        return super().amount(raw, None) * units.MICROSECONDS[self.per] / period

    def bound(self, value: float) -> str:
        return f"{value * 24:.12g} hours per {self.per}" if value else "0"


@dataclass(frozen=True)
class Money(Kind):
    """An amount in US dollars of the price year. With `per`, an amount per that: `year`, `participant-month`, ..."""

    name: str = "Money"
    unit: str = "USD"
    low: float | None = 0.0
    high: float | None = 1e9
    per: str = ""
    example: str = "115000 USD"

    def amount(self, raw: object, unit: str | None) -> float:
        factor = 1.0
        if unit is not None:
            if unit.strip() == "USD" and not self.per:
                return self.number(raw)
            factor = self.factor(unit.strip())
        if isinstance(raw, str):
            parts = units.split_number(raw)
            if parts is not None:
                number, currency = parts
                if currency == "USD":
                    return number * factor
                if currency.startswith("USD per ") and self.per and unit is None:
                    return number * self.factor(currency.removeprefix("USD "))
                raise ValueFault(f"must be an amount in USD, e.g. '{self.example}' (got {shown(raw)})")
            if "$" in raw or "USD" in raw:
                raise ValueFault(f"write an amount as '{self.example}', without commas or $ (got {shown(raw)})")
        self.number(raw)
        raise ValueFault(f"needs its currency, e.g. '{raw:.12g} USD' (got {shown(raw)})")

    def factor(self, unit: str) -> float:
        """What turns an amount in `unit` into one per `per`."""
        if not self.per:
            raise ValueFault(f"must be USD (got {shown(unit)})", ("unit",))
        subject, _, mine = self.per.rpartition("-")
        theirs_subject, _, theirs = unit.removeprefix("per ").rpartition("-")
        known = {"year": 12.0, "month": 1.0}
        if unit.startswith("per ") and subject == theirs_subject and theirs in known:
            return known[mine] / known[theirs]
        start = f"per {subject}-" if subject else "per "
        raise ValueFault(f"must be '{start}month' or '{start}year' (got {shown(unit)})", ("unit",))

    def bound(self, value: float) -> str:
        return f"{value:.12g} USD" if value else "0"

    def scalar_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[-+0-9.eE]+ USD( per [a-z-]+)?$" if self.per else "^[-+0-9.eE]+ USD$"}


@dataclass(frozen=True)
class TimeOfDay(Kind):
    """A time of day, held in days after midnight."""

    name: str = "TimeOfDay"
    unit: str = "days after midnight"
    low: float | None = 0.0
    high: float | None = 1.0
    example: str = '"08:30"'

    def amount(self, raw: object, unit: str | None) -> float:
        if not isinstance(raw, str):
            raise ValueFault(f"must be a time of day, e.g. {self.example} (got {shown(raw)})")
        return units.clock(raw)

    def scalar_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-2]?[0-9]:[0-5][0-9]$"}


@dataclass(frozen=True)
class LawOf(Kind):
    """How something varies between occasions; `of` is the kind of its mean."""

    of: Kind = Kind()

    def parse(self, written: Written) -> Quantity | Law:
        from sim.scenario.reading import read_law

        return read_law(self.of, written)

    def json_schema(self) -> dict[str, Any]:
        scalar = self.of.scalar_schema()
        if isinstance(self.of, Duration):
            scalar = {"anyOf": [scalar, {"type": "number"}]}
        keys = ("mean", "sd", "median", "min", "max", "fixed", "value")
        block: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(keys, scalar),
                "cv": {"type": "number", "minimum": 0},
                "shape": {"type": "number", "exclusiveMinimum": 0},
                "iqr": {"type": "array", "items": scalar, "minItems": 2, "maxItems": 2},
                "law": {"enum": ["fixed", "exponential", "lognormal", "gamma", "weibull", "normal"]},
                **about_schema(scalar),
            },
        }
        return {"anyOf": [self.of.scalar_schema(), block], "description": f"How it varies between occasions, in {self.of.unit}"}


def unknown_key(key: str, known: tuple[str, ...]) -> ValueFault:
    """A key that a value block does not have."""
    return ValueFault(f"unknown key{split_by_comma(key) or nearest(key, known)}", (key,))
