"""The blocks about money: waivers and prices."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.model.base import Block, Factor, Growth, Money, Share, VaryingDuration, VaryingMoney, Word
from sim.scenario.model.sites import Stars


class ThreeDayWaiver(Block):
    """Medicare covers a SNF stay without three inpatient midnights: in a network SNF, when a physician approves."""

    minimum_stars: Stars
    physician_approval: Share
    stay: VaryingDuration


class Waivers(Block):
    """Medicare rules that do not bind the participants."""

    snf_three_day_rule: Annotated[ThreeDayWaiver | Literal["none"], Word("none")] = "none"


class Prices(Block):
    """What Medicare pays in the price year; `trend` is the yearly growth of all prices."""

    trend: Growth
    inpatient: VaryingMoney
    planned_factor: Factor
    observation: VaryingMoney
    ed_visit: VaryingMoney
    snf_day: Money
    snf_copayment_day: Money
    inpatient_deductible: Money
    co_insurance: Share
    home_health_episode: VaryingMoney
    hospice_day: Money
    primary_visit: VaryingMoney
    urgent_visit: VaryingMoney
    specialist_visit: VaryingMoney
    outpatient_visit: VaryingMoney
    inpatient_professional: VaryingMoney
    hospital_full_cost: Factor
