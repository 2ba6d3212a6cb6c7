"""The contract between payer and programme: a fee per participant-month and, by its kind, how savings and losses are settled.

A key that is not given is the constant of `scenarios/defaults/contracts/KIND.yaml`. The formulas stand in
`sim.economics.contracts`, a module for each kind.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario import kinds
from sim.scenario.model.base import (
    Absent,
    Block,
    Money,
    MoneyPerMemberMonth,
    MoneyPerParticipantMonth,
    MoneyPerYear,
    Rate,
    Share,
    Variants,
    says,
)
from sim.scenario.model.sites import Stars
from sim.scenario.values import Quantity

Track = Literal["basic_a", "basic_b", "basic_c", "basic_d", "basic_e", "enhanced", "track_1", "track_1_plus", "track_2", "track_3"]
Year = Annotated[int, Field(ge=2000, le=2100)]
EquityAdjustment = Annotated[
    Quantity,
    kinds.Money(
        name="EquityAdjustment", unit="USD per member-month", per="member-month", low=-10.0, high=30.0, example="0 USD"
    ),  # published range
]


class FeeOnly(Block):
    """The fee and nothing else."""

    kind: Annotated[Literal["fee_only"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Fee for each participant and month")]


class Guarantee(Block):
    """Smallest net saving of the cohorts, of their target."""

    original: Annotated[Share | None, says("Net saving guaranteed for the cohort of launch, of its target")] = None
    refresh: Annotated[Share | None, says("Net saving guaranteed for the refresh cohort, of its target")] = None


class SharingBand(Block):
    """The provider keeps `share` of the saving whose rate lies between `from` and `to`, of the target."""

    low: Annotated[Share, Field(alias="from"), says("Saving rate, of the target, at which the band begins")]
    high: Annotated[Share, Field(alias="to"), says("Saving rate, of the target, at which it ends")]
    share: Annotated[Share, says("Share of the saving within the band that the provider keeps")]


class Cmhcb(Block):
    """Care Management for High-Cost Beneficiaries: fees at risk for a guaranteed net saving of each cohort over the whole run."""

    kind: Annotated[Literal["cmhcb"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Fee for each participant and month; at risk")]
    guarantee: Annotated[Guarantee | None, says("Net saving that is guaranteed; fees are paid back for what is missing")] = None
    bands: Annotated[
        list[SharingBand] | None,
        says("Which share of a saving above the guarantee the provider keeps, by its rate"),
    ] = None
    share_beyond: Annotated[Share | None, says("Share of a saving beyond the last band that the provider keeps")] = None
    payback_cap: Annotated[Literal["fees", "none"] | None, says("Most that is paid back: the fees, or no limit")] = None
    base: Annotated[Literal["net", "gross"] | None, says("What the bands' rate is of: savings after fees (net) or before them (gross)")] = (
        None
    )


class Pioneer(Block):
    """Pioneer ACO, core arrangement; performance years follow each other from launch."""

    kind: Annotated[Literal["pioneer"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Care-management fee for each participant and month; beside the settlement")]
    quality_score: Annotated[Share, says("Share of the quality points earned; it scales the sharing rate")]
    minimum_rate: Annotated[Share | None, says("Saving or loss below this share of the target is not shared")] = None
    loss_rate: Annotated[
        Literal["symmetric", "quality"] | None, says("Share of losses: that of savings, or 1 less the share that quality earns")
    ] = None


class Mssp(Block):
    """Medicare Shared Savings Program, settled on the whole panel. `first_year` is the performance year that begins at launch.

    `minimum_rate` is elected, on a two-sided track; without it the size table decides. `participant_revenue` limits losses where the
    limit is based on revenue.
    """

    kind: Annotated[Literal["mssp"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Care-management fee for each participant and month; beside the settlement")]
    track: Annotated[Track, says("Track or level of the agreement; basic_a and basic_b are one-sided (no losses to pay)")]
    first_year: Annotated[Year, says("Performance year that begins at launch; it decides which year's rules and sequestration apply")]
    quality_score: Annotated[Share, says("Share of the quality points earned; it scales the sharing rate")]
    quality_standard: Annotated[
        Literal["met", "alternative", "failed"], says("Whether the quality standard was met; failed: nothing is shared")
    ] = "met"
    minimum_rate: Annotated[
        Share | None, says("Minimum savings and loss rate that the ACO elects on a two-sided track; without it the table by size decides")
    ] = None
    participant_revenue: Annotated[
        MoneyPerYear | None, says("Medicare revenue of the ACO's participants, which limits losses on some tracks")
    ] = None
    low_revenue: Annotated[bool, says("Whether the participants' revenue is below the programme's threshold (a low-revenue ACO)")] = False


class AcoReach(Block):
    """ACO REACH. `first_year` is the performance year that begins at launch."""

    kind: Annotated[Literal["reach"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Care-management fee for each participant and month; beside the settlement")]
    option: Annotated[Literal["global", "professional"], says("How much of savings and losses is shared")]
    first_year: Annotated[int, Field(ge=2021, le=2100), says("Performance year that begins at launch")]
    quality_earned: Annotated[Share, says("Share of the quality withhold that is earned back")]
    equity_adjustment: Annotated[EquityAdjustment | None, says("Health equity benchmark adjustment")] = None


class MedicaidAco(Block):
    """Medicaid ACO of the MassHealth type; its care-management add-on is the fee."""

    kind: Annotated[Literal["medicaid_aco"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Care-management add-on for each participant and month")]
    corridor: Annotated[Share, says("Saving or loss rate within which nothing is shared")]
    attachment: Annotated[Money | None, Absent("none"), says("Yearly cost of a member above which stop-loss bears a share")] = None
    sharing_rate: Annotated[Share | None, says("Share of the whole saving or loss once it is outside the corridor")] = None
    cap: Annotated[Share | None, says("Largest saving or loss that is shared, of the target")] = None
    quality_modifier: Annotated[Share, says("Factor of quality on a shared saving")]


class SubcontractedService(Block):
    """A service that the group buys: `units` a member-year at `price`, of which `leakage` is provided by others at `leaked_price`."""

    units: Annotated[Rate, says("Units that a member uses a year")]
    price: Annotated[Money, says("Price of a unit from the subcontractor")]
    leakage: Annotated[Share, says("Share of the units that others provide")]
    leaked_price: Annotated[Money, says("Price of a unit from others")]


class Capitation(Block):
    """Global capitation by a Medicare Advantage plan. Dollars per member-month; `bid` and `benchmark` at a risk score of 1.

    `carve_out` is taken off the capitation and off the cost of care alike. Subcontracted services are bought beside that cost.
    """

    kind: Annotated[Literal["capitation"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Care-management fee for each participant and month; beside the capitation")]
    bid: Annotated[MoneyPerMemberMonth, says("The plan's bid, at a risk score of 1")]
    benchmark: Annotated[MoneyPerMemberMonth, says("The county's benchmark, at a risk score of 1")]
    stars: Annotated[Stars, says("The plan's star rating")]
    normalisation: Annotated[Quantity, kinds.Factor(name="Normalisation", above=True), says("What risk scores are divided by")]
    carve_out: Annotated[Share, says("Share of the capitation, and of the cost of care, for services out of scope")]
    attachment: Annotated[Money | None, Absent("none"), says("Yearly cost of a member above which stop-loss pays")] = None
    stop_loss_share: Annotated[Share, says("Share of a member's cost above the attachment that the plan pays")]
    stop_loss_premium: Annotated[MoneyPerMemberMonth, says("What stop-loss costs")]
    admin: Annotated[MoneyPerMemberMonth, says("What the group spends on administration")]
    subcontracts: Annotated[dict[str, SubcontractedService] | None, says("Services that the group buys, by name")] = None
    revenue_share: Annotated[Share | None, says("Share of the plan's revenue that the group receives")] = None


class FfsCodes(Block):
    """Care-management codes billed for work that was done: a timed service a patient-month and, with `transitions`, discharges."""

    kind: Annotated[Literal["ffs_codes"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Fee for each participant and month; beside the billed codes")]
    service: Annotated[
        Literal["ccm", "complex_ccm", "ccm_physician", "pcm_physician", "pcm_staff"],
        says("The timed service that is billed, once a patient-month in which its minutes were worked"),
    ]
    transitions: Annotated[bool, says("Whether transitional care after a discharge is billed too")]


class Bundle(Block):
    """Bundled payment of episodes of one kind."""

    kind: Annotated[Literal["bundle"], says("This contract")]
    fee: Annotated[MoneyPerParticipantMonth, says("Fee for each participant and month; beside the settlement")]
    model: Annotated[Literal["bpci_advanced", "team"], says("CMS model whose rules hold")]
    episode: Annotated[
        Literal["surgical", "medical", "medical_from_2024", "joint", "hip_fracture", "spine", "bypass", "bowel"],
        says("Kind of episode that is bundled"),
    ]
    quality_score: Annotated[Share, says("Share of the quality points earned")]


Contract = Annotated[
    FeeOnly | Cmhcb | Pioneer | Mssp | AcoReach | MedicaidAco | Capitation | FfsCodes | Bundle, Field(discriminator="kind"), Variants()
]
