"""The run block: when, how long, how often, and the conventions that money follows."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sim.scenario import kinds
from sim.scenario.errors import shown
from sim.scenario.model.base import Block, Duration, PositiveDuration
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

    launch: Annotated[datetime.date, BeforeValidator(read_date)]
    horizon: PositiveDuration
    burn_in: Duration
    replications: Annotated[int, Field(ge=1, le=1_000_000)]
    seed: Annotated[int, Field(ge=0, lt=2**53)]  # whole numbers up to here survive JSON and tables
    price_year: Annotated[int, Field(ge=1970, le=2100)]
    currency: Literal["USD"]
    discount_rate: DiscountRate
    discounting: Literal["none", "continuous", "yearly", "monthly"]
    holidays: Literal["us_federal", "none"]
