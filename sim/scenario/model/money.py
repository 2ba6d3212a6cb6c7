"""The blocks about money: waivers, contract and prices."""

from __future__ import annotations

from sim.scenario.model.base import Block, Factor, Growth, Money, MoneyPerParticipantMonth, VaryingMoney


class Waivers(Block):
    snf_three_day_rule: bool


class Contract(Block):
    fee: MoneyPerParticipantMonth


class Prices(Block):
    """What Medicare pays in the price year; `trend` is the yearly growth of all prices."""

    trend: Growth
    inpatient: VaryingMoney
    inpatient_per_day_over: Money
    planned_factor: Factor
    observation: VaryingMoney
    ed_visit: VaryingMoney
    snf_day: Money
    snf_copayment_day: Money
    home_health_episode: VaryingMoney
    hospice_day: Money
    long_stay_day: Money
    primary_visit: VaryingMoney
    urgent_visit: VaryingMoney
    specialist_visit: VaryingMoney
    outpatient_visit: VaryingMoney
    inpatient_professional: VaryingMoney
    hospital_full_cost: Factor
