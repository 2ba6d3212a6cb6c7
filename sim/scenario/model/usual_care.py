"""The usual care block: natural history, the care path, and the work that happens without a programme."""

from __future__ import annotations

from typing import Annotated

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Count,
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
    community: Share
    post_discharge: Share
    decline: Share
    post_discharge_window: Duration


class SettingFactor(Block):
    hospital: Factor
    snf: Factor
    long_stay: Factor
    hospice: Factor


class Crises(Block):
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
    most_new_conditions: Count


class Decline(Block):
    onset: Rate
    age_slope: PerYearOfAge
    crisis_multiplier: Factor
    death: Rate
    remission: Rate
    at_start_share: Share


class Death(Block):
    gompertz_level: Rate
    gompertz_slope: PerYearOfAge
    risk_exponent: Exponent


class Leaving(Block):
    moves: Rate
    joins_medicare_advantage: Rate
    health_gradient: Exponent


class Visits(Block):
    primary: Rate
    specialist: Rate
    outpatient: Rate
    risk_exponent: Exponent
    missed_share: Share
    group_share: Share
    trend: Growth


class Office(Block):
    mild_share: Share


class ED(Block):
    stay: VaryingDuration
    direct_admission_share: Share
    admitted_share: Share
    observed_share: Share
    observation: VaryingDuration
    observed_then_admitted: Share
    snf_candidate_share: Share
    snf_candidate_admitted_share: Share


class HospitalCare(Block):
    stay: VaryingDuration
    stay_factor_post_acute: Factor
    readmission_extra: Duration
    complication: Duration
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
    stay: VaryingDuration
    day_20_share: Share
    waiver_stay: VaryingDuration
    to_long_stay: Share
    death: Rate
    benefit_days: PositiveDuration
    copayment_from_day: PositiveDuration
    spell_break: Duration
    physician_approval: Share
    home_health_after: Share


class HomeHealth(Block):
    episode: PositiveDuration
    excess_factor: Factor


class Hospice(Block):
    share_of_deaths_at_home: Share
    stay: VaryingDuration
    directive_share_at_start: Share
    directive_effect: Factor
    directive_terminal_admissions: Factor


class UsualCare(Block):
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
