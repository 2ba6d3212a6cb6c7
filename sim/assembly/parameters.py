"""Natural history, care path, work and prices of a scenario as the one record of parameters."""

from __future__ import annotations

from typing import Any

from sim.assembly.law_book import LawBook
from sim.rules.records import PARAMETERS, empty
from sim.rules.units import DAY
from sim.rules.vocabulary import Mode, Setting
from sim.scenario import Law, Scenario

CENTS = 100


def us(days: Any) -> int:
    """Microseconds of a duration in days."""
    return round(float(days) * DAY)


def parameter_record(scenario: Scenario, book: LawBook) -> Any:
    """The parameters of a scenario; laws are added to the book. Shape (1,)."""
    record = empty(PARAMETERS, 1)
    p = record[0]
    _natural_history(p, scenario, book)
    _acute_care(p, scenario, book)
    _post_acute_care(p, scenario, book)
    _work(p, scenario, book)
    _enrolment(p, scenario, book)
    _prices(p, scenario, book)
    return record


def _natural_history(p: Any, scenario: Scenario, book: LawBook) -> None:
    care = scenario.usual_care
    crises = care.crises
    p.crisis_rate = float(crises.rate)
    p.crisis_risk_exponent = float(crises.risk_exponent)
    p.ageing = float(crises.ageing)
    p.warned_share = float(crises.warned_share)
    p.warning = book.add(crises.warning, DAY)
    p.ambulatory_sensitive_share = float(crises.ambulatory_sensitive_share)
    p.modifiable_community = float(crises.modifiable.community)
    p.modifiable_post_discharge = float(crises.modifiable.post_discharge)
    p.modifiable_decline = float(crises.modifiable.decline)
    p.post_discharge_window = us(crises.modifiable.post_discharge_window)
    p.setting_factor[:] = float(crises.setting_factor.hospital)
    p.setting_factor[Setting.HOME] = 1.0
    p.setting_factor[Setting.SNF] = float(crises.setting_factor.snf)
    p.setting_factor[Setting.LONG_STAY] = float(crises.setting_factor.long_stay)
    p.setting_factor[Setting.HOSPICE] = float(crises.setting_factor.hospice)
    p.excess = float(crises.post_discharge_excess)
    p.excess_decay = max(1.0, float(crises.post_discharge_decay) * DAY)
    p.admission_trend = float(care.hospital.admission_trend)

    acuity = care.acuity
    p.acuity_sd = float(acuity.sd)
    p.acuity_jumps = float(acuity.jumps)
    p.acuity_memory = float(acuity.memory)
    p.new_condition_chance = float(acuity.new_condition_chance)
    p.most_added_risk = float(acuity.most_added_risk)
    p.documented_share = float(scenario.population.case_mix.documented_share)
    p.model_factor = float(scenario.population.case_mix.model_factor)
    p.acute_hcc = float(scenario.population.case_mix.acute_hcc_per_admission)

    decline = care.decline
    p.decline_onset = float(decline.onset)
    p.decline_age_slope = float(decline.age_slope)
    p.decline_multiplier = float(decline.crisis_multiplier)
    p.decline_death = float(decline.death)
    p.decline_remission = float(decline.remission)
    p.decline_at_start = float(decline.at_start_share)

    p.gompertz_level = float(care.death.gompertz_level)
    p.gompertz_slope = float(care.death.gompertz_slope)
    p.death_risk_exponent = float(care.death.risk_exponent)
    p.moves = float(care.leaving.moves)
    p.joins_ma = float(care.leaving.joins_medicare_advantage)
    p.leaving_gradient = float(care.leaving.health_gradient)

    visits = care.visits
    p.visits_primary = float(visits.primary)
    p.visits_specialist = float(visits.specialist)
    p.visits_outpatient = float(visits.outpatient)
    p.visits_risk_exponent = float(visits.risk_exponent)
    p.visits_trend = float(visits.trend)
    p.missed_share = float(visits.missed_share)
    p.group_share = float(visits.group_share)


def _acute_care(p: Any, scenario: Scenario, book: LawBook) -> None:
    care = scenario.usual_care
    p.mild_share = float(care.office.mild_share)
    ed = care.ed
    p.ed_stay = book.add(ed.stay, DAY)
    p.direct_share = float(ed.direct_admission_share)
    p.admitted_share = float(ed.admitted_share)
    p.observed_share = float(ed.observed_share)
    p.observation = book.add(ed.observation, DAY)
    p.observed_then_admitted = float(ed.observed_then_admitted)
    p.snf_candidate_share = float(ed.snf_candidate_share)
    p.snf_candidate_admitted = float(ed.snf_candidate_admitted_share)
    hospital = care.hospital
    p.stay = book.add(hospital.stay, DAY)
    p.stay_post_acute = float(hospital.stay_factor_post_acute)
    p.readmission_extra = us(hospital.readmission_extra)
    p.complication = book.add(hospital.complication, DAY)
    p.fatality = float(hospital.fatality)
    p.fatality_decline = float(hospital.fatality_in_decline)
    p.planned = float(hospital.planned)
    p.to_snf = float(hospital.to_snf)
    p.to_home_health = float(hospital.to_home_health)
    p.to_hospice = float(hospital.to_hospice_in_decline)
    p.to_long_stay = float(hospital.to_long_stay)
    p.kept_for_rule = float(hospital.kept_for_rule)
    p.pays_privately = float(hospital.pays_privately)
    p.home_instead_excess = float(hospital.home_instead_excess)


def _post_acute_care(p: Any, scenario: Scenario, book: LawBook) -> None:
    care = scenario.usual_care
    snf = care.snf
    p.snf_stay = book.add(snf.stay, DAY)
    p.snf_day_20 = float(snf.day_20_share)
    p.snf_to_long_stay = float(snf.to_long_stay)
    p.snf_death = float(snf.death)
    p.snf_benefit = round(float(snf.benefit_days)) * DAY
    p.snf_copayment_from = round(float(snf.copayment_from_day)) * DAY
    p.snf_spell_break = us(snf.spell_break)
    p.midnights_required = round(float(snf.midnights_required))
    p.leaves_after_midnight = us(snf.leaves_after_midnight)
    p.snf_home_health = float(snf.home_health_after)
    p.home_health_episode = us(care.home_health.episode)
    p.home_health_excess = float(care.home_health.excess_factor)
    hospice = care.hospice
    p.hospice_share = float(hospice.share_of_deaths_at_home)
    p.hospice_stay = book.add(hospice.stay, DAY)
    p.directive_effect = float(hospice.directive_effect)
    p.directive_terminal = float(hospice.directive_terminal_admissions)
    waiver = scenario.waivers.snf_three_day_rule
    if waiver != "none":
        p.waiver = 1
        p.snf_waiver_stay = book.add(waiver.stay, DAY)
        p.snf_approval = float(waiver.physician_approval)


def _work(p: Any, scenario: Scenario, book: LawBook) -> None:
    work = scenario.programme.work
    p.duration_scale = float(work.duration_scale)
    p.documentation = float(work.documentation)
    p.home_travel = book.add(work.home_travel, DAY)
    p.practice_travel = us(work.practice_travel)
    p.practice_answer = book.add(work.practice_answer, DAY)
    p.champion = float(work.champion)
    p.failed_attempt = us(work.failed_attempt)
    p.retry_after = max(1, us(work.retry_after))
    p.reach[Mode.DESK] = 1.0
    p.reach[Mode.PHONE] = float(work.reach.phone)
    p.reach[Mode.OFFICE] = float(work.reach.office)
    p.reach[Mode.HOSPITAL] = float(work.reach.hospital)
    p.reach[Mode.HOME] = float(work.reach.home)
    p.reach_engagement = float(work.reach.engagement_slope)
    p.reach_isolated = float(work.reach.isolated)
    p.reach_carer = float(work.reach.family_carer)
    p.half_life = float(work.standing.half_life) * DAY
    p.dose_ceiling = float(work.standing.ceiling)
    p.lost_with_manager = float(work.standing.lost_with_manager)
    tiers = work.tiers
    p.tier_risk_score = float(tiers.risk_score)
    p.tier_admission = float(tiers.recent_admission)
    p.tier_ed = float(tiers.recent_ed_visit)
    p.tier_behavioural_health = float(tiers.behavioural_health)
    p.tier_isolated = float(tiers.isolated)
    p.tier_medications = float(tiers.medications)
    p.tier_noise = float(tiers.noise)
    p.tier_1 = float(tiers.tier_1)
    p.tier_2 = float(tiers.tier_2)
    p.tier_look_back = us(tiers.look_back)


def _enrolment(p: Any, scenario: Scenario, book: LawBook) -> None:
    enrolment = scenario.programme.enrolment
    p.graduation = -1
    if enrolment is None:
        return
    p.enrol_at_entry = 1 if enrolment.at_launch == "all" else 0
    refusal = float(enrolment.refusal_share)
    p.refusal[0] = refusal
    p.refusal[1] = float(enrolment.refresh.refusal_share) if enrolment.refresh is not None else refusal
    p.withdrawal = float(enrolment.withdrawal)
    if enrolment.graduation != "none":
        p.graduation = book.add(enrolment.graduation.after, DAY)


def _prices(p: Any, scenario: Scenario, book: LawBook) -> None:
    prices = scenario.prices

    def cents(law: Law) -> int:
        return book.add(law, CENTS)

    p.price_inpatient = cents(prices.inpatient)
    p.price_planned_factor = float(prices.planned_factor)
    p.price_professional = cents(prices.inpatient_professional)
    p.price_ed = cents(prices.ed_visit)
    p.price_observation = cents(prices.observation)
    p.price_snf_day = float(prices.snf_day) * CENTS
    p.price_snf_copayment = float(prices.snf_copayment_day) * CENTS
    p.price_deductible = float(prices.inpatient_deductible) * CENTS
    p.co_insurance = float(prices.co_insurance) / max(1.0 - float(prices.co_insurance), 1e-9)
    p.price_home_health = cents(prices.home_health_episode)
    p.price_hospice_day = float(prices.hospice_day) * CENTS
    p.price_primary = cents(prices.primary_visit)
    p.price_urgent = cents(prices.urgent_visit)
    p.price_specialist = cents(prices.specialist_visit)
    p.price_outpatient = cents(prices.outpatient_visit)
    p.hospital_full_cost = float(prices.hospital_full_cost)
