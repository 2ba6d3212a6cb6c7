"""The staff of a programme: hours, absence, turnover, hiring, cost."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Duration,
    MoneyPerYear,
    PositiveDuration,
    Rate,
    Share,
    TimeOfDay,
    TimePerDay,
    TimePerMonth,
)
from sim.scenario.nodes import Node
from sim.scenario.values import Quantity

FTE = Annotated[Quantity, kinds.Kind(name="FTE", unit="FTE", low=0.0, high=100_000.0, example="12")]


class WorkingHours(Block):
    """When a role is on duty; `from` is `from_` in Python. `always` stands for all days from 00:00 to 24:00."""

    SHORT: ClassVar[dict[str, Any]] = {"const": "always"}

    days: Literal["weekdays", "all"]
    from_: Annotated[TimeOfDay, Field(alias="from")]
    to: TimeOfDay

    @classmethod
    def expand(cls, node: Node) -> Node:
        if node.content != "always":
            return node
        written = {"days": "all", "from": "00:00", "to": "24:00"}
        return node.with_content({key: node.with_content(text) for key, text in written.items()}, whole=True)


class Hiring(Block):
    """The first and the last post are filled at these times after launch, the others evenly between."""

    first_on: Duration
    last_on: Duration


class Training(Block):
    duration: Duration
    productivity_at_start: Share


class Role(Block):
    """One kind of staff. `productive_hours` and `meetings` are in days per day and days per month."""

    fte: FTE
    assignment: Literal["panel", "pool"]
    hours: WorkingHours
    productive_hours: TimePerDay
    meetings: TimePerMonth
    absence: Share
    cover: bool
    turnover: Rate
    vacancy: Duration
    hiring: Hiring
    leaves_on: PositiveDuration | None = None
    training: Training
    cost: MoneyPerYear
