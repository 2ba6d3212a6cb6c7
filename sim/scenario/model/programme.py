"""The programme block: enrolment, staff, components, how work is done and what it costs besides staff."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario import kinds
from sim.scenario.model.base import (
    Absent,
    Block,
    Count,
    Duration,
    Factor,
    Money,
    MoneyPerParticipantYear,
    MoneyPerYear,
    OneOrMore,
    PositiveDuration,
    Rate,
    Share,
    ShareOfStaffCost,
    VaryingDuration,
    Word,
)
from sim.scenario.model.staff import Role
from sim.scenario.model.work import Attempts, Component, RiskScore, Urgency
from sim.scenario.values import Quantity

Exclusion = Literal[
    "esrd",
    "nursing_home",
    "other_demonstration",
    "hospice",
    "medicare_advantage",
    "medicare_secondary",
    "lacks_part_a_or_b",
]


def _points(name: str, unit: str, low: float | None = 0.0) -> kinds.Kind:
    return kinds.Kind(name=name, unit=unit, low=low, high=1000.0, example="0.5")


Points = Annotated[Quantity, _points("Points", "points")]


class Thresholds(Block):
    """All that is stated must hold; cost is of the claims year."""

    risk_score_at_least: RiskScore | None = None
    annual_cost_at_least: Money | None = None


class Criteria(Block):
    """Who is eligible, on the simulated claims year. All that is stated must hold; nothing stated: everybody is."""

    any_of: Annotated[list[Thresholds], Field(min_length=1)] | None = None
    visits_to_group_at_least: Count | None = None
    inpatient_share_at_hospital_at_least: Share | None = None
    in_service_area: bool = False
    exclude: Annotated[tuple[Exclusion, ...], OneOrMore] = ()


class Graduation(Block):
    """Participants leave the programme this long after enrolment."""

    after: VaryingDuration


class Refresh(Block):
    """At `at`, up to `cap` of the newly eligible are drawn at random; the panel grows by `newcomers`, a part of its size a year."""

    at: PositiveDuration
    cap: Count
    newcomers: Rate | None = None
    refusal_share: Share


class Enrolment(Block):
    """`at_launch: all` enrols every eligible patient at launch without outreach."""

    claims_lag: Duration
    criteria: Criteria
    at_launch: Literal["all", "none"] = "none"
    refusal_share: Share
    withdrawal: Rate
    graduation: Annotated[Graduation | Literal["none"], Word("none")] = "none"
    refresh: Annotated[Refresh | None, Absent("none")] = None


class Reach(Block):
    """Chances that an attempt reaches the patient."""

    phone: Share
    office: Share
    hospital: Share
    home: Share
    engagement_slope: Annotated[Quantity, kinds.Kind(name="PerUnitOfEngagement", unit="per unit of engagement", low=-10.0, high=10.0)]
    isolated: Factor
    family_carer: Factor


class Standing(Block):
    """Standing improvements: how they decay and how much of them counts."""

    half_life: PositiveDuration
    ceiling: Annotated[Quantity, kinds.Kind(name="Dose", unit="dose", low=0.0, high=100.0, example="0.03")]
    lost_with_manager: Share


class Tiers(Block):
    """The noisy rule that puts a patient in tier I, II or III."""

    risk_score: Annotated[Quantity, _points("PointsPerUnit", "points per unit")]
    recent_admission: Annotated[Quantity, _points("PointsEach", "points each in 180 days")]
    recent_ed_visit: Annotated[Quantity, _points("PointsEach", "points each in 180 days")]
    behavioural_health: Points
    isolated: Points
    medications: Annotated[Quantity, _points("PointsPerDrug", "points per drug")]
    noise: Points
    tier_1: Annotated[Quantity, _points("CutOff", "points", low=None)]
    tier_2: Annotated[Quantity, _points("CutOff", "points", low=None)]
    look_back: PositiveDuration


class Work(Block):
    """How any component's work is done."""

    duration_scale: Factor
    documentation: Factor
    home_travel: VaryingDuration
    practice_travel: Duration
    practice_answer: VaryingDuration
    champion: Share
    failed_attempt: Duration
    retry_after: Duration
    reach: Reach
    standing: Standing
    tiers: Tiers


class EachComponent(Block):
    """What every component has unless it says otherwise; copied into the components on loading."""

    attempts: Attempts
    delay: VaryingDuration
    urgency: Urgency


class FixedCosts(Block):
    """`overhead` is a share of staff cost; `management` is what does not grow with the staff or the participants."""

    physician_payment: MoneyPerParticipantYear
    management: MoneyPerYear
    overhead: ShareOfStaffCost


class Programme(Block):
    """What is done, by whom, for whom. Without staff and components it is usual care alone."""

    enrolment: Enrolment
    work: Work
    staff: dict[str, Role]
    components: dict[str, Component]
    each_component: EachComponent | None = None  # None after loading
    fixed_costs: FixedCosts
