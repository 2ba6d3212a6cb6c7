"""The run block: when, how long, how often, and the conventions that money follows."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sim.scenario import kinds
from sim.scenario.errors import shown
from sim.scenario.model.base import (
    Block,
    Duration,
    PositiveDuration,
    says,
)
from sim.scenario.values import Quantity

DiscountRate = Annotated[Quantity, kinds.Rate(name="DiscountRate", high=1.0, example="0.03")]


def read_date(raw: Any) -> Any:
    """A date from 1970 to 2100."""
    if isinstance(raw, datetime.date):
        return raw
    message = f"must be a date, e.g. 2006-08-01 (got {shown(raw)})"
    if isinstance(raw, str):
        try:
            date = datetime.date.fromisoformat(raw.strip()) if len(raw.strip()) == 10 else None
        except ValueError:
            date = None
        if date is not None and 1970 <= date.year <= 2100:
            return date
        if date is not None:
            message = f"must be a date from 1970 to 2100 (got {shown(raw)})"
    raise PydanticCustomError("value", "{message}", {"message": message, "path": ()})


class Run(Block):
    """No default file sets `launch`, `horizon`, `price_year`, `currency`, `discount_rate` and `discounting`: results depend on them."""

    launch: Annotated[
        datetime.date,
        BeforeValidator(read_date),
        says("First day of the programme; the baseline year is the one before it, and weekdays and holidays follow from it"),
    ]
    horizon: Annotated[PositiveDuration, says("Length of the programme that is simulated")]
    burn_in: Annotated[Duration, says("Simulated before the baseline year, so that recent discharges and declines exist when it begins")]
    replications: Annotated[int, Field(ge=1, le=1_000_000), says("How often to run, each time with another panel and other luck")]
    seed: Annotated[
        int,
        Field(ge=0, lt=2**53),  # whole numbers up to here survive JSON and tables
        says("Same seed, same patients and same luck"),
    ]
    price_year: Annotated[
        int,
        Field(ge=1970, le=2100),
        says(
            "Year whose dollars the block `prices` is written in (the shipped prices: 2006); `prices.trend` moves them to the year of an "
            "event. Fees and wages are not moved"
        ),
    ]
    currency: Annotated[Literal["USD"], says("Currency of all money")]
    discount_rate: Annotated[
        DiscountRate, says("For measures of the programme's money and the discounted positions; PBPM and contracts stay nominal")
    ]
    discounting: Annotated[
        Literal["none", "continuous", "yearly", "monthly"], says("How often discounting is applied; none: nominal dollars")
    ]
    holidays: Annotated[Literal["us_federal", "none"], says("Days on which staff with hours on weekdays are off")]
