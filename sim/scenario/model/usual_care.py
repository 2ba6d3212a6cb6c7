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
    says,
)
from sim.scenario.model.work import UsualCareComponent
from sim.scenario.values import Quantity

Correlation = Annotated[Quantity, kinds.Kind(name="Correlation", unit="correlation", low=0.0, high=0.999, example="0.5")]


class Modifiable(Block):
    """Shares of crises that help in time can avert, by the state of the patient."""

    community: Annotated[Share, says("Share of crises in the community that timely help can avert")]
    post_discharge: Annotated[Share, says("Share of crises soon after a discharge that timely help can avert")]
    decline: Annotated[Share, says("Share of crises in terminal decline that timely help can avert")]
    post_discharge_window: Annotated[Duration, says("How long after a discharge the post-discharge share holds")]


class SettingFactor(Block):
    """The crisis hazard in a setting over that at home."""

    hospital: Annotated[Factor, says("Crisis hazard in hospital, as a factor on that at home; such a crisis is a complication")]
    snf: Annotated[Factor, says("Crisis hazard in a SNF, as a factor on that at home")]
    long_stay: Annotated[Factor, says("Crisis hazard in long-term care, as a factor on that at home")]
    hospice: Annotated[Factor, says("Crisis hazard in hospice, as a factor on that at home")]


class Crises(Block):
    """Latent crises: the hazard, their warning, what raises it."""

    rate: Annotated[Rate, says("Crises at risk score 1 and average frailty, at home")]
    risk_exponent: Annotated[Exponent, says("How steeply crises rise with the risk score; exponent, 1: in proportion")]
    ageing: Annotated[Growth, says("Yearly growth of the crisis hazard")]
    warned_share: Annotated[Share, says("Share of crises that give signs beforehand; the others are sudden")]
    warning: Annotated[VaryingDuration, says("How long before a crisis its signs are there to be noticed")]
    ambulatory_sensitive_share: Annotated[Share, says("Share of crises that are ambulatory-care sensitive")]
    modifiable: Annotated[Modifiable, says("Shares of crises that timely help can avert, by the patient's state")]
    setting_factor: Annotated[SettingFactor, says("Crisis hazard in each setting over that at home")]
    post_discharge_excess: Annotated[Excess, says("Excess of crises right after a discharge; 1 doubles the hazard")]
    post_discharge_decay: Annotated[PositiveDuration, says("Time in which the excess after a discharge falls to 37%")]


class Acuity(Block):
    """A patient's own course: a mean-reverting log multiplier of the crisis hazard that jumps now and then."""

    sd: Annotated[Spread, says("How far a patient's own course moves the crisis hazard; standard deviation of its logarithm")]
    jumps: Annotated[Rate, says("How often a patient's own course changes")]
    memory: Annotated[Correlation, says("How much of a patient's course survives a change; correlation, 0: none")]
    new_condition_chance: Annotated[Share, says("Chance of a new condition at each change of course; for an average burden of illness")]
    most_added_risk: Annotated[Excess, says("Most that new conditions add to the risk score over the run; it bounds the hazard")]


class Decline(Block):
    """The latent terminal decline: onset at risk score 1 and age 76, and what it does."""

    onset: Annotated[Rate, says("Onset of terminal decline at risk score 1 and age 76; it rises in proportion to the risk score")]
    age_slope: Annotated[PerYearOfAge, says("Growth of the onset of decline with age")]
    crisis_multiplier: Annotated[Factor, says("Crisis hazard in decline, as a factor")]
    death: Annotated[Rate, says("Deaths in decline, besides those from crises")]
    remission: Annotated[Rate, says("Rate at which decline ends without death")]
    at_start_share: Annotated[Share, says("Share of the panel in decline when the burn-in begins")]


class Death(Block):
    """Background mortality, besides crises and decline."""

    gompertz_level: Annotated[Rate, says("Background deaths, extrapolated to age 0, at risk score 1; besides crises and decline")]
    gompertz_slope: Annotated[PerYearOfAge, says("Growth of background deaths with age")]
    risk_exponent: Annotated[Exponent, says("How steeply background deaths rise with the risk score; exponent")]


class Leaving(Block):
    """Moving away and joining Medicare Advantage."""

    moves: Annotated[Rate, says("Rate of moving away at risk score 1")]
    joins_medicare_advantage: Annotated[Rate, says("Rate of joining Medicare Advantage at risk score 1")]
    health_gradient: Annotated[
        Exponent, says("How leaving depends on health; exponent of the risk score, with which moves rise and joining falls")
    ]


class Visits(Block):
    """Routine ambulatory use at risk score 1."""

    primary: Annotated[Rate, says("Primary-care visits at risk score 1")]
    specialist: Annotated[Rate, says("Specialist visits at risk score 1")]
    outpatient: Annotated[Rate, says("Outpatient facility use at risk score 1")]
    risk_exponent: Annotated[Exponent, says("How steeply routine use rises with the risk score; exponent")]
    missed_share: Annotated[Quantity, kinds.Share(name="MissedShare", high=0.9), says("Share of primary-care appointments that are missed")]
    group_share: Annotated[Share, says("Share of primary-care visits with the own group; it counts for the screen's loyalty rule")]
    trend: Annotated[Growth, says("Yearly growth of routine use")]


class Office(Block):
    """Crises that an urgent visit can settle."""

    mild_share: Annotated[Share, says("Share of crises mild enough for an urgent office visit")]


class ED(Block):
    """What happens in the emergency department."""

    stay: Annotated[VaryingDuration, says("Length of an ED visit")]
    direct_admission_share: Annotated[Share, says("Share of crisis admissions that do not come through the ED")]
    admitted_share: Annotated[Share, says("Share of crises too severe for the office that are admitted")]
    observed_share: Annotated[Share, says("Share of crises too severe for the office that are observed")]
    observation: Annotated[VaryingDuration, says("Length of an observation stay")]
    observed_then_admitted: Annotated[Share, says("Share of observation stays that end in an admission")]
    snf_candidate_share: Annotated[Share, says("Share of crises that a SNF could look after without a hospital stay")]
    snf_candidate_admitted_share: Annotated[
        Share, says("Share of SNF candidates admitted only because of the three-day rule; of those not admitted otherwise")
    ]


class HospitalCare(Block):
    """Hospital stays, and where they lead."""

    stay: Annotated[VaryingDuration, says("Length of a hospital stay")]
    stay_factor_post_acute: Annotated[Factor, says("Length of stay before SNF or home health, as a factor")]
    readmission_extra: Annotated[Duration, says("Days more of a stay within 30 days of a discharge")]
    complication: Annotated[VaryingDuration, says("What a crisis in hospital adds to the stay")]
    fatality: Annotated[Share, says("Share of admissions that end in death")]
    fatality_in_decline: Annotated[Factor, says("Fatality of admissions in decline, as a factor")]
    planned: Annotated[Rate, says("Planned admissions at risk score 1")]
    admission_trend: Annotated[Growth, says("Yearly growth of the crisis hazard that is not ageing")]
    to_snf: Annotated[Share, says("Share of stays that lead to a SNF")]
    to_home_health: Annotated[Share, says("Share of stays that lead to home health")]
    to_hospice_in_decline: Annotated[Share, says("Share of stays in decline that lead to hospice")]
    to_long_stay: Annotated[Share, says("Share of stays that lead to long-term care")]
    kept_for_rule: Annotated[Share, says("Share kept to the third midnight, of those who need a SNF earlier")]
    pays_privately: Annotated[Share, says("Share who pay the SNF themselves, of those who need it earlier; the rest goes home")]
    home_instead_excess: Annotated[Factor, says("Post-discharge excess of those sent home instead of to a SNF; as a factor")]


class SNFCare(Block):
    """Stays in skilled nursing facilities, and what Medicare pays of them."""

    stay: Annotated[VaryingDuration, says("Length of a SNF stay")]
    day_20_share: Annotated[
        Share, says("Share of SNF stays cut short where the co-payment begins; of longer ones of patients without insurance for it")
    ]
    to_long_stay: Annotated[Share, says("Share of SNF stays that lead to long-term care")]
    death: Annotated[Rate, says("Deaths in a SNF, besides those from crises")]
    benefit_days: Annotated[PositiveDuration, says("Days of a spell that Medicare pays for")]
    copayment_from_day: Annotated[PositiveDuration, says("First day of a spell with a co-payment")]
    spell_break: Annotated[Duration, says("Days without hospital or SNF after which a new spell begins")]
    midnights_required: Annotated[
        Quantity,
        kinds.Count(name="Midnights", unit="midnights", low=0.0, high=30.0, example="3"),
        says("Inpatient midnights that Medicare requires before it pays for a SNF"),
    ]
    leaves_after_midnight: Annotated[Duration, says("Time after the last required midnight at which a stay kept for the rule ends")]
    home_health_after: Annotated[Share, says("Share of those going home from a SNF who get home health")]


class HomeHealth(Block):
    """Home health episodes."""

    episode: Annotated[PositiveDuration, says("Length of a home health episode")]
    excess_factor: Annotated[Factor, says("Post-discharge excess while home health visits, as a factor")]


class Hospice(Block):
    """Hospice, and what a directive changes."""

    share_of_deaths_at_home: Annotated[Share, says("Share of those about to die at home who elect hospice")]
    stay: Annotated[VaryingDuration, says("Length of a hospice stay")]
    directive_effect: Annotated[Factor, says("Chance of hospice with an advance directive, as a factor")]
    directive_terminal_admissions: Annotated[
        Factor, says("Share of admissions in decline despite an advance directive; the others are hospice")
    ]


class UsualCare(Block):
    """The world without a programme."""

    crises: Annotated[Crises, says("Latent crises: their hazard, warning, and what raises it")]
    acuity: Annotated[Acuity, says("A patient's own course")]
    decline: Annotated[Decline, says("Latent terminal decline")]
    death: Annotated[Death, says("Background mortality")]
    leaving: Annotated[Leaving, says("Moving away and joining Medicare Advantage")]
    visits: Annotated[Visits, says("Routine ambulatory use")]
    office: Annotated[Office, says("Crises that an urgent visit can settle")]
    ed: Annotated[ED, says("What happens in the emergency department")]
    hospital: Annotated[HospitalCare, says("Hospital stays, and where they lead")]
    snf: Annotated[SNFCare, says("Stays in skilled nursing facilities")]
    home_health: Annotated[HomeHealth, says("Home health episodes")]
    hospice: Annotated[Hospice, says("Hospice, and what a directive changes")]
    components: Annotated[dict[str, UsualCareComponent], says("Work that happens without a programme, by name")]
