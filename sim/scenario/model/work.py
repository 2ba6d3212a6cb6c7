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

    all: Annotated[PositiveDuration | None, says("Time between tasks, for everybody")] = None
    tier_1: Annotated[PositiveDuration | None, says("Time between tasks in tier I; left out: none")] = None
    tier_2: Annotated[PositiveDuration | None, says("Time between tasks in tier II; left out: none")] = None
    tier_3: Annotated[PositiveDuration | None, says("Time between tasks in tier III; left out: none")] = None

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

    tiers: Annotated[Annotated[tuple[Tier, ...], OneOrMore] | None, says("Tiers that it is for")] = None
    conditions_any: Annotated[
        Annotated[tuple[str, ...], OneOrMore] | None, says("Documented conditions of which the patient must have one")
    ] = None
    settings: Annotated[Annotated[tuple[Setting, ...], OneOrMore] | None, says("Where the patient must be")] = None
    medications_at_least: Annotated[Medications | None, says("Fewest medications")] = None
    risk_score_at_least: Annotated[RiskScore | None, says("Lowest observed risk score")] = None
    age_at_least: Annotated[Age | None, says("Lowest age")] = None
    isolated: Annotated[bool | None, says("Whether isolation must be on record; false: it need not be")] = None
    behavioural_health: Annotated[bool | None, says("Whether a behavioural health problem must be on record; false: it need not be")] = None
    cohorts: Annotated[Annotated[tuple[Literal["original", "refresh"], ...], OneOrMore] | None, says("Cohorts that it is for")] = None
    enrolled: Annotated[
        bool | None, says("Whether the patient must be enrolled; a programme's components are for participants unless this says false")
    ] = None


class Respond(Block):
    """Shares of noticed warnings whose crisis is averted or made milder, when help comes in time."""

    averts: Annotated[Share, says("Share of noticed warnings whose crisis is averted, if it is modifiable and help comes in time")]
    milder: Annotated[Share, says("Share whose crisis is made mild enough for the office instead")]


class Improve(Block):
    """A standing improvement; `dose` lowers the modifiable hazard by 1 - exp(-dose) until it decays."""

    dose: Annotated[
        Dose, says("Standing improvement that a task leaves; it lowers the modifiable crisis hazard by 1 - exp(-dose), and fades")
    ]


class ShortenStay(Block):
    """Makes the present stay in hospital or SNF shorter."""

    by: Annotated[PositiveDuration, says("Time by which the present stay ends earlier")]


class Does(Block):
    """What a completed task can do; nothing for work whose benefit is not modelled."""

    enrol: Annotated[Share | None, says("Chance that a patient who is reached enrols; one who refuses the programme never does")] = None
    assess_tier: Annotated[bool, says("Whether it assigns the patient's tier anew")] = False
    notice_warning: Annotated[Share | None, says("Chance that the signs of a coming crisis are noticed")] = None
    respond: Annotated[Respond | None, says("What a response to a noticed warning can do")] = None
    improve: Annotated[Improve | None, says("Standing improvement of the patient's risk")] = None
    shorten_excess: Annotated[Share | None, says("Share by which the post-discharge excess is lowered")] = None
    divert_home: Annotated[Share | None, says("Chance that an admission from the ED becomes a discharge home")] = None
    divert_to_snf: Annotated[Share | None, says("Chance that a SNF candidate in the ED goes there directly, under the waiver")] = None
    shorten_stay: Annotated[ShortenStay | None, says("How much earlier the present stay ends")] = None
    end_of_life_talk: Annotated[Share | None, says("Chance of an advance directive afterwards")] = None
    document: Annotated[Share | None, says("Chance that each true condition not on record is documented")] = None
    screen: Annotated[
        Share | None, says("Chance that isolation or a behavioural health problem is found; each by itself, and put on record")
    ] = None
    open_urgent_slot: Annotated[bool, says("Whether the response needs an urgent slot of the practice")] = False


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
