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
    says,
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

    risk_score_at_least: Annotated[
        RiskScore | None, says("Least risk score of the claims year; risk scores average 1 over a whole Medicare panel")
    ] = None
    annual_cost_at_least: Annotated[Money | None, says("Least payments of the payer in the claims year")] = None


class Criteria(Block):
    """Who is eligible, on the simulated claims year. All that is stated must hold; nothing stated: everybody is."""

    any_of: Annotated[Annotated[list[Thresholds], Field(min_length=1)] | None, says("Sets of thresholds of which one must be reached")] = (
        None
    )
    visits_to_group_at_least: Annotated[Count | None, says("Least visits to the practices in the claims year; loyalty")] = None
    inpatient_share_at_hospital_at_least: Annotated[
        Share | None, says("Least share of the claims year's admissions at the practice's hospital")
    ] = None
    in_service_area: Annotated[bool, says("Whether only patients in the service area are eligible")] = False
    exclude: Annotated[tuple[Exclusion, ...], OneOrMore, says("Reasons that make a patient ineligible")] = ()


class Graduation(Block):
    """Participants leave the programme this long after enrolment."""

    after: Annotated[VaryingDuration, says("Time from enrolment until a participant has finished the programme")]


class Refresh(Block):
    """At `at`, up to `cap` of the newly eligible are drawn at random; the panel grows by `newcomers`, a part of its size a year."""

    at: Annotated[PositiveDuration, says("Time after launch at which newly eligible patients are screened")]
    cap: Annotated[Count, says("Most that are drawn")]
    newcomers: Annotated[Rate | None, says("New patients of the practices a year, of the panel; until the refresh")] = None
    refusal_share: Annotated[Share, says("Share of the refresh cohort who refuse to enrol")]


class Enrolment(Block):
    """`at_launch: all` enrols every eligible patient at launch without outreach."""

    claims_lag: Annotated[Duration, says("Months between the end of the claims year that is screened and launch")]
    criteria: Annotated[Criteria, says("Who is eligible, on the simulated claims year")]
    at_launch: Annotated[Literal["all", "none"], says("all: everybody eligible is enrolled at launch without outreach")] = "none"
    refusal_share: Annotated[Share, says("Share of the eligible who refuse to enrol")]
    withdrawal: Annotated[Rate, says("Rate at which participants withdraw")]
    graduation: Annotated[Graduation | Literal["none"], Word("none"), says("When participants leave because they have finished")] = "none"
    refresh: Annotated[
        Refresh | None, Absent("none"), says("A second cohort of newly eligible patients; none: only those eligible at launch")
    ] = None


class Reach(Block):
    """Chances that an attempt reaches the patient."""

    phone: Annotated[Share, says("Chance that a call reaches the patient")]
    office: Annotated[Share, says("Chance that a patient is met at an office visit")]
    hospital: Annotated[Share, says("Chance that a patient is met in hospital")]
    home: Annotated[Share, says("Chance that a visit finds the patient at home")]
    engagement_slope: Annotated[
        Quantity,
        kinds.Kind(name="PerUnitOfEngagement", unit="per unit of engagement", low=-10.0, high=10.0),
        says("How much more easily an engaged patient is reached"),
    ]
    isolated: Annotated[Factor, says("Chance to reach an isolated patient, as a factor")]
    family_carer: Annotated[Factor, says("Chance to reach a patient with a family carer, as a factor")]


class Standing(Block):
    """Standing improvements: how they decay and how much of them counts."""

    half_life: Annotated[PositiveDuration, says("Time in which half of a standing improvement fades")]
    ceiling: Annotated[
        Quantity,
        kinds.Kind(name="Dose", unit="dose", low=0.0, high=100.0, example="0.03"),
        says("Most standing improvement that counts, as a dose"),
    ]
    lost_with_manager: Annotated[Share, says("Share of standing improvement lost when the manager leaves")]


class Tiers(Block):
    """The noisy rule that puts a patient in tier I, II or III."""

    risk_score: Annotated[Quantity, _points("PointsPerUnit", "points per unit"), says("Points for each unit of the risk score")]
    recent_admission: Annotated[Quantity, _points("PointsEach", "points each in 180 days"), says("Points for each recent admission")]
    recent_ed_visit: Annotated[Quantity, _points("PointsEach", "points each in 180 days"), says("Points for each recent ED visit")]
    behavioural_health: Annotated[Points, says("Points for a known behavioural health problem")]
    isolated: Annotated[Points, says("Points for known isolation")]
    medications: Annotated[Quantity, _points("PointsPerDrug", "points per drug"), says("Points for each medication")]
    noise: Annotated[Points, says("Noise of the judgement that assigns a tier; standard deviation")]
    tier_1: Annotated[Quantity, _points("CutOff", "points", low=None), says("Points from which a patient is in tier I")]
    tier_2: Annotated[Quantity, _points("CutOff", "points", low=None), says("Points from which a patient is in tier II; fewer: tier III")]
    look_back: Annotated[PositiveDuration, says("How far back an admission or ED visit is recent")]


class Work(Block):
    """How any component's work is done."""

    duration_scale: Annotated[Factor, says("Factor on the hours of all components")]
    documentation: Annotated[Factor, says("Time of documentation, as a part of the time of contact")]
    home_travel: Annotated[VaryingDuration, says("Travel to and from a visit at home")]
    practice_travel: Annotated[Duration, says("Travel to a practice")]
    practice_answer: Annotated[VaryingDuration, says("Time until a practice answers a manager")]
    champion: Annotated[Share, says("What a champion adds to a practice's integration")]
    failed_attempt: Annotated[Duration, says("Time spent on an attempt that does not reach the patient")]
    retry_after: Annotated[Duration, says("Time until the next attempt")]
    reach: Annotated[Reach, says("Chance that an attempt reaches the patient")]
    standing: Annotated[Standing, says("How standing improvements fade, and how much of them counts")]
    tiers: Annotated[Tiers, says("Points that put a patient in tier I, II or III")]


class EachComponent(Block):
    """What every component has unless it says otherwise; copied into the components on loading."""

    attempts: Annotated[Attempts, says("Most attempts to reach the patient")]
    delay: Annotated[VaryingDuration, says("From the event until the task is asked for")]
    urgency: Annotated[Urgency, says("0 comes first, 9 last")]


class FixedCosts(Block):
    """`overhead` is a share of staff cost; `management` is what does not grow with the staff or the participants."""

    physician_payment: Annotated[MoneyPerParticipantYear, says("Paid to physicians for each participant")]
    management: Annotated[MoneyPerYear, says("Cost that grows with neither staff nor participants")]
    overhead: Annotated[ShareOfStaffCost, says("Overhead of the programme, as a share of staff cost")]


class Programme(Block):
    """What is done, by whom, for whom. Without staff and components it is usual care alone."""

    enrolment: Annotated[Enrolment, says("Who is enrolled, when and how")]
    work: Annotated[Work, says("How any component's work is done")]
    staff: Annotated[dict[str, Role], says("Roles, by name")]
    components: Annotated[dict[str, Component], says("Units of work, by name")]
    each_component: Annotated[EachComponent | None, says("What every component has unless it says otherwise")] = None  # None after loading
    fixed_costs: Annotated[FixedCosts, says("What the programme costs besides staff")]
