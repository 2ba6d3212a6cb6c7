"""The usual care block: natural history, the care path, and the work that happens without a programme."""

from __future__ import annotations

from typing import Annotated

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Duration,
    Excess,
    Exponent,
    Factor,
    Growth,
    PerYearOfAge,
    PositiveDuration,
    Rate,
    Share,
    Spread,
    VaryingDuration,
)
from sim.scenario.model.work import UsualCareComponent
from sim.scenario.values import Quantity

Correlation = Annotated[Quantity, kinds.Kind(name="Correlation", unit="correlation", low=0.0, high=0.999, example="0.5")]


class Modifiable(Block):
    """Shares of crises that help in time can avert, by the state of the patient."""

    community: Share
    post_discharge: Share
    decline: Share
    post_discharge_window: Duration


class SettingFactor(Block):
    """The crisis hazard in a setting over that at home."""

    hospital: Factor
    snf: Factor
    long_stay: Factor
    hospice: Factor


class Crises(Block):
    """Latent crises: the hazard, their warning, what raises it."""

    rate: Rate
    risk_exponent: Exponent
    ageing: Growth
    warned_share: Share
    warning: VaryingDuration
    ambulatory_sensitive_share: Share
    modifiable: Modifiable
    setting_factor: SettingFactor
    post_discharge_excess: Excess
    post_discharge_decay: PositiveDuration


class Acuity(Block):
    """A patient's own course: a mean-reverting log multiplier of the crisis hazard that jumps now and then."""

    sd: Spread
    jumps: Rate
    memory: Correlation
    new_condition_chance: Share
    most_added_risk: Excess


class Decline(Block):
    """The latent terminal decline: onset at risk score 1 and age 76, and what it does."""

    onset: Rate
    age_slope: PerYearOfAge
    crisis_multiplier: Factor
    death: Rate
    remission: Rate
    at_start_share: Share


class Death(Block):
    """Background mortality, besides crises and decline."""

    gompertz_level: Rate
    gompertz_slope: PerYearOfAge
    risk_exponent: Exponent


class Leaving(Block):
    """Moving away and joining Medicare Advantage."""

    moves: Rate
    joins_medicare_advantage: Rate
    health_gradient: Exponent


class Visits(Block):
    """Routine ambulatory use at risk score 1."""

    primary: Rate
    specialist: Rate
    outpatient: Rate
    risk_exponent: Exponent
    missed_share: Annotated[Quantity, kinds.Share(name="MissedShare", high=0.9)]
    group_share: Share
    trend: Growth


class Office(Block):
    """Crises that an urgent visit can settle."""

    mild_share: Share


class ED(Block):
    """What happens in the emergency department."""

    stay: VaryingDuration
    direct_admission_share: Share
    admitted_share: Share
    observed_share: Share
    observation: VaryingDuration
    observed_then_admitted: Share
    snf_candidate_share: Share
    snf_candidate_admitted_share: Share


class HospitalCare(Block):
    """Hospital stays, and where they lead."""

    stay: VaryingDuration
    stay_factor_post_acute: Factor
    readmission_extra: Duration
    complication: VaryingDuration
    fatality: Share
    fatality_in_decline: Factor
    planned: Rate
    admission_trend: Growth
    to_snf: Share
    to_home_health: Share
    to_hospice_in_decline: Share
    to_long_stay: Share
    kept_for_rule: Share
    pays_privately: Share
    home_instead_excess: Factor


class SNFCare(Block):
    """Stays in skilled nursing facilities, and what Medicare pays of them."""

    stay: VaryingDuration
    day_20_share: Share
    to_long_stay: Share
    death: Rate
    benefit_days: PositiveDuration
    copayment_from_day: PositiveDuration
    spell_break: Duration
    midnights_required: Annotated[Quantity, kinds.Count(name="Midnights", unit="midnights", low=0.0, high=30.0, example="3")]
    leaves_after_midnight: Duration
    home_health_after: Share


class HomeHealth(Block):
    """Home health episodes."""

    episode: PositiveDuration
    excess_factor: Factor


class Hospice(Block):
    """Hospice, and what a directive changes."""

    share_of_deaths_at_home: Share
    stay: VaryingDuration
    directive_effect: Factor
    directive_terminal_admissions: Factor


class UsualCare(Block):
    """The world without a programme."""

    crises: Crises
    acuity: Acuity
    decline: Decline
    death: Death
    leaving: Leaving
    visits: Visits
    office: Office
    ed: ED
    hospital: HospitalCare
    snf: SNFCare
    home_health: HomeHealth
    hospice: Hospice
    components: dict[str, UsualCareComponent]
