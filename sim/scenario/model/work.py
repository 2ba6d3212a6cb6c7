"""Components: when work arises, for whom, and what it can do. Used by programmes and by usual care."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sim.scenario import kinds
from sim.scenario.model.base import (
    Age,
    Block,
    Duration,
    Growth,
    OneOrMore,
    PositiveDuration,
    Share,
    VaryingDuration,
    says,
)
from sim.scenario.nodes import Node
from sim.scenario.values import Quantity

Event = Literal[
    "eligibility",
    "enrolment",
    "tier_set",
    "visit",
    "missed_visit",
    "ed_visit",
    "observation",
    "admission",
    "discharge",
    "snf_admission",
    "snf_discharge",
    "warning_noticed",
    "home_health",
    "task_done",
]
IN_PASSING: Final = "practice"
"""The staff of a component that is nobody's queue: the patient's practice does it when the occasion is there."""

EVENTS_OF_COMPONENTS: Final = ("warning_noticed", "task_done")
Setting = Literal["home", "ed", "observation", "hospital", "snf", "hospice", "long_stay"]
Mode = Literal["phone", "office", "hospital", "home", "desk"]
Tier = Literal[1, 2, 3]

Attempts = Annotated[Quantity, kinds.Count(name="Attempts", unit="attempts", low=1.0, high=100.0, example="3")]
Urgency = Annotated[Quantity, kinds.Count(name="Urgency", unit="urgency", low=0.0, high=9.0, example="5")]
Dose = Annotated[Quantity, kinds.Kind(name="Dose", unit="dose", low=0.0, high=100.0, example="0.03")]
Medications = Annotated[Quantity, kinds.Count(name="MedicationCount", unit="drugs", high=200.0, example="10")]
RiskScore = Annotated[Quantity, kinds.Kind(name="RiskScore", unit="risk score", low=0.0, high=100.0, example="2.0")]


class Every(Block):
    """How often, by tier; a tier without a duration has none. `all` is what one duration for everybody becomes."""

    SHORT: ClassVar[dict[str, Any]] = kinds.Duration(name="PositiveDuration", above=True).json_schema()

    all: PositiveDuration | None = None
    tier_1: PositiveDuration | None = None
    tier_2: PositiveDuration | None = None
    tier_3: PositiveDuration | None = None

    @classmethod
    def expand(cls, node: Node) -> Node:
        keys = node.mapping
        if node.content is None or node.items is not None or (keys is not None and "value" not in keys):
            return node
        return node.with_content({"all": node}, whole=True)


@dataclass(frozen=True)
class _EveryOrDuration:
    """In Python one duration for everybody is that quantity, with or without a tier."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._plain, handler.generate_schema(Every))

    @staticmethod
    def _plain(every: Every) -> Every | Quantity:
        return every if every.all is None else every.all


class For(Block):
    """Whom a component is for, by what staff can see. All that is stated must hold."""

    tiers: Annotated[tuple[Tier, ...], OneOrMore] | None = None
    conditions_any: Annotated[tuple[str, ...], OneOrMore] | None = None
    settings: Annotated[tuple[Setting, ...], OneOrMore] | None = None
    medications_at_least: Medications | None = None
    risk_score_at_least: RiskScore | None = None
    age_at_least: Age | None = None
    isolated: bool | None = None
    behavioural_health: bool | None = None
    cohorts: Annotated[tuple[Literal["original", "refresh"], ...], OneOrMore] | None = None
    enrolled: bool | None = None


class Respond(Block):
    """Shares of noticed warnings whose crisis is averted or made milder, when help comes in time."""

    averts: Share
    milder: Share


class Improve(Block):
    """A standing improvement; `dose` lowers the modifiable hazard by 1 - exp(-dose) until it decays."""

    dose: Dose


class ShortenStay(Block):
    """Makes the present stay in hospital or SNF shorter."""

    by: PositiveDuration


class Does(Block):
    """What a completed task can do; nothing for work whose benefit is not modelled."""

    enrol: Share | None = None
    assess_tier: bool = False
    notice_warning: Share | None = None
    respond: Respond | None = None
    improve: Improve | None = None
    shorten_excess: Share | None = None
    divert_home: Share | None = None
    divert_to_snf: Share | None = None
    shorten_stay: ShortenStay | None = None
    end_of_life_talk: Share | None = None
    document: Share | None = None
    screen: Share | None = None
    open_urgent_slot: bool = False


class UsualCareComponent(Block):
    """Work that happens without a programme, by nobody's queue. `for` is `only_for` in Python."""

    mode: ClassVar[None] = None
    hours: ClassVar[None] = None
    attempts: ClassVar[None] = None
    due: ClassVar[None] = None
    urgency: ClassVar[None] = None

    after: Annotated[tuple[Event, ...], OneOrMore, says("Events that ask for a task")]
    by: Annotated[Annotated[tuple[str, ...], OneOrMore] | None, says("Components from whose work the event must come")] = None
    only_for: Annotated[For | None, Field(alias="for"), says("Whom it is for; left out: everybody")] = None
    chance: Annotated[Share, says("Chance that it is done at all")]
    chance_trend: Annotated[Growth | None, says("Yearly growth of that chance")] = None
    delay: Annotated[VaryingDuration | None, says("From the event until the task is asked for")] = None
    starts: Annotated[Duration | None, says("Time after launch from which it is done")] = None
    stops: Annotated[PositiveDuration | None, says("Time after launch until which it is done")] = None
    deadline: Annotated[PositiveDuration | None, says("Time after which it lapses undone")] = None
    does: Annotated[Does, says("What it can do when it is done")]


class Component(Block):
    """A unit of a programme. `on: enrolment` becomes `after: (enrolment,)` on loading; `for` is `only_for` in Python.

    With `staff: practice` the practice does it in passing, with `chance`; other staff need `mode` and `hours`.
    """

    on: Annotated[Literal["enrolment"] | None, says("enrolment: once, when a patient enrols")] = None
    after: Annotated[Annotated[tuple[Event, ...], OneOrMore] | None, says("Events that ask for a task")] = None
    every: Annotated[Annotated[Every | Quantity, _EveryOrDuration()] | None, says("Schedule of those enrolled, by tier or for all")] = None
    by: Annotated[Annotated[tuple[str, ...], OneOrMore] | None, says("Components from whose work the event must come")] = None
    only_for: Annotated[For | None, Field(alias="for"), says("Whom it is for; left out: everybody")] = None
    staff: Annotated[str, says("Role that does it, or practice: done in passing by the practice")]
    mode: Annotated[Mode | None, says("How contact is made, which decides the chance to reach the patient")] = None
    hours: Annotated[VaryingDuration | None, says("Time of contact of an attempt")] = None
    attempts: Annotated[Attempts | None, says("Most attempts to reach the patient")] = None
    chance: Annotated[Share | None, says("Chance that it is done at all")] = None
    chance_trend: Annotated[Growth | None, says("Yearly growth of that chance")] = None
    delay: Annotated[VaryingDuration | None, says("From the event until the task is asked for")] = None
    starts: Annotated[Duration | None, says("Time after launch from which it is done")] = None
    stops: Annotated[PositiveDuration | None, says("Time after launch until which it is done")] = None
    due: Annotated[PositiveDuration | None, says("Time by which it should be started; later is not on time")] = None
    deadline: Annotated[PositiveDuration | None, says("Time after which it lapses undone")] = None
    urgency: Annotated[Urgency | None, says("0 comes first, 9 last")] = None
    does: Annotated[Does, says("What it can do when it is done")]

    @classmethod
    def expand(cls, node: Node) -> Node:
        keys = node.mapping
        if keys is None or "on" not in keys or "after" in keys:
            return node
        return node.with_content({("after" if key == "on" else key): value for key, value in keys.items()})
