"""The staff of a programme: hours, absence, turnover, hiring, cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Duration,
    Money,
    MoneyPerYear,
    PositiveDuration,
    Rate,
    Share,
    TimeOfDay,
    TimePerDay,
    TimePerMonth,
    Word,
    says,
)
from sim.scenario.values import Quantity

FTE = Annotated[Quantity, kinds.Kind(name="FTE", unit="FTE", low=0.0, high=100_000.0, example="12")]


ShareOfWage = Annotated[Quantity, kinds.Kind(name="ShareOfWage", unit="share of wage", low=0.0, high=2.0, example="0.3")]


class WorkingHours(Block):
    """When a role is on duty: `from` and `to` in YAML, in days after midnight. Holidays are off."""

    days: Annotated[Literal["weekdays", "all"], says("Days of work; weekdays: holidays are off")]
    opens: Annotated[TimeOfDay, Field(alias="from"), says("Time of day at which work begins")]
    closes: Annotated[TimeOfDay, Field(alias="to"), says("Time of day at which it ends")]


class Hiring(Block):
    """The first and the last post are filled at these times after launch, the others evenly between."""

    first_on: Annotated[Duration, says("Time after launch at which the first post is filled")]
    last_on: Annotated[Duration, says("Time after launch at which the last post is filled")]


StartingProductivity = Annotated[Quantity, kinds.Share(name="StartingProductivity", low=0.05)]


class Training(Block):
    """Productivity grows evenly from `productivity_at_start` to 1 over `duration`."""

    duration: Annotated[Duration, says("Time until a new holder of a post is fully productive")]
    productivity_at_start: Annotated[StartingProductivity, says("Productivity on the first day, as a share of the full one")]


class CostParts(Block):
    """What `cost` is made of, wage x (1 + `fringe`), and what is spent beside it each time that a post has to be filled again."""

    fringe: Annotated[ShareOfWage, says("Fringe benefits, as a share of the wage")]
    recruitment: Annotated[Money | None, says("Spent each time that a post has to be filled again")] = None


class Role(Block):
    """One kind of staff. `productive_hours` and `meetings` are in days per day and days per month."""

    fte: Annotated[FTE, says("Full-time posts")]
    assignment: Annotated[
        Literal["panel", "pool"], says("panel: each has patients of their own; pool: whoever is free takes the next task")
    ]
    hours: Annotated[WorkingHours | Literal["always"], Word("always"), says("When the role is on duty")]
    productive_hours: Annotated[TimePerDay, says("Time of a working day that is left for patients, after breaks and mail")]
    meetings: Annotated[TimePerMonth, says("Fixed load of meetings, taken off the productive time once")]
    absence: Annotated[Share, says("Share of working time absent; leave, training, illness")]
    cover: Annotated[bool, says("Whether others of the role do the urgent work of somebody who is absent")]
    turnover: Annotated[Rate, says("Rate at which the holder of a post leaves")]
    vacancy: Annotated[Duration, says("Time from leaving until a successor starts")]
    hiring: Annotated[Hiring, says("When the posts are filled")]
    leaves_on: Annotated[PositiveDuration | None, says("Time after launch at which the role is given up")] = None
    training: Annotated[Training, says("How a new holder of a post grows into it")]
    cost: Annotated[
        MoneyPerYear, says("Wage and fringe of a full-time post; in the dollars of the year they are paid in, not moved by prices.trend")
    ]
    cost_parts: Annotated[CostParts | None, says("What the cost of a post is made of")] = None
