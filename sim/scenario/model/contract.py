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

    kind: Literal["fee_only"]
    fee: MoneyPerParticipantMonth


class Guarantee(Block):
    """Smallest net saving of the cohorts, of their target."""

    original: Share | None = None
    refresh: Share | None = None


class SharingBand(Block):
    """The provider keeps `share` of the saving whose rate lies between `from` and `to`, of the target."""

    low: Annotated[Share, Field(alias="from")]
    high: Annotated[Share, Field(alias="to")]
    share: Share


class Cmhcb(Block):
    """Care Management for High-Cost Beneficiaries: fees at risk for a guaranteed net saving of each cohort over the whole run."""

    kind: Literal["cmhcb"]
    fee: MoneyPerParticipantMonth
    guarantee: Guarantee | None = None
    bands: list[SharingBand] | None = None
    share_beyond: Share | None = None
    payback_cap: Literal["fees", "none"] | None = None
    base: Literal["net", "gross"] | None = None


class Pioneer(Block):
    """Pioneer ACO, core arrangement; performance years follow each other from launch."""

    kind: Literal["pioneer"]
    fee: MoneyPerParticipantMonth
    quality_score: Share
    minimum_rate: Share | None = None
    loss_rate: Literal["symmetric", "quality"] | None = None


class Mssp(Block):
    """Medicare Shared Savings Program, settled on the whole panel. `first_year` is the performance year that begins at launch.

    `minimum_rate` is elected, on a two-sided track; without it the size table decides. `participant_revenue` limits losses where the
    limit is based on revenue.
    """

    kind: Literal["mssp"]
    fee: MoneyPerParticipantMonth
    track: Track
    first_year: Year
    quality_score: Share
    quality_standard: Literal["met", "alternative", "failed"] = "met"
    minimum_rate: Share | None = None
    participant_revenue: MoneyPerYear | None = None
    low_revenue: bool = False


class AcoReach(Block):
    """ACO REACH. `first_year` is the performance year that begins at launch."""

    kind: Literal["reach"]
    fee: MoneyPerParticipantMonth
    option: Literal["global", "professional"]
    first_year: Annotated[int, Field(ge=2021, le=2100)]
    quality_earned: Share
    equity_adjustment: EquityAdjustment | None = None


class MedicaidAco(Block):
    """Medicaid ACO of the MassHealth type; its care-management add-on is the fee."""

    kind: Literal["medicaid_aco"]
    fee: MoneyPerParticipantMonth
    corridor: Share
    attachment: Annotated[Money | None, Absent("none")] = None
    sharing_rate: Share | None = None
    cap: Share | None = None
    quality_modifier: Share


class SubcontractedService(Block):
    """A service that the group buys: `units` a member-year at `price`, of which `leakage` is provided by others at `leaked_price`."""

    units: Rate
    price: Money
    leakage: Share
    leaked_price: Money


class Capitation(Block):
    """Global capitation by a Medicare Advantage plan. Dollars per member-month; `bid` and `benchmark` at a risk score of 1.

    `carve_out` is taken off the capitation and off the cost of care alike. Subcontracted services are bought beside that cost.
    """

    kind: Literal["capitation"]
    fee: MoneyPerParticipantMonth
    bid: MoneyPerMemberMonth
    benchmark: MoneyPerMemberMonth
    stars: Stars
    normalisation: Annotated[Quantity, kinds.Factor(name="Normalisation", above=True)]
    carve_out: Share
    attachment: Annotated[Money | None, Absent("none")] = None
    stop_loss_share: Share
    stop_loss_premium: MoneyPerMemberMonth
    admin: MoneyPerMemberMonth
    subcontracts: dict[str, SubcontractedService] | None = None
    revenue_share: Share | None = None


class FfsCodes(Block):
    """Care-management codes billed for work that was done: a timed service a patient-month and, with `transitions`, discharges."""

    kind: Literal["ffs_codes"]
    fee: MoneyPerParticipantMonth
    service: Literal["ccm", "complex_ccm", "ccm_physician", "pcm_physician", "pcm_staff"]
    transitions: bool


class Bundle(Block):
    """Bundled payment of episodes of one kind."""

    kind: Literal["bundle"]
    fee: MoneyPerParticipantMonth
    model: Literal["bpci_advanced", "team"]
    episode: Literal["surgical", "medical", "medical_from_2024", "joint", "hip_fracture", "spine", "bypass", "bowel"]
    quality_score: Share


Contract = Annotated[
    FeeOnly | Cmhcb | Pioneer | Mssp | AcoReach | MedicaidAco | Capitation | FfsCodes | Bundle, Field(discriminator="kind"), Variants()
]
