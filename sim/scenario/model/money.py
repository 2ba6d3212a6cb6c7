"""The blocks about money: waivers and prices."""

from __future__ import annotations

from typing import Annotated, Literal

from sim.scenario.model.base import Block, Factor, Growth, Money, Share, VaryingDuration, VaryingMoney, Word, says
from sim.scenario.model.sites import Stars


class ThreeDayWaiver(Block):
    """Medicare covers a SNF stay without three inpatient midnights: in a network SNF, when a physician approves."""

    minimum_stars: Annotated[Stars, says("Star rating that a SNF must have to take patients under the waiver")]
    physician_approval: Annotated[Share, says("Chance that a physician approves a direct SNF stay")]
    stay: Annotated[VaryingDuration, says("Length of a SNF stay under the waiver")]


class Waivers(Block):
    """Medicare rules that do not bind the participants."""

    snf_three_day_rule: Annotated[
        ThreeDayWaiver | Literal["none"],
        Word("none"),
        says("Waiver of the three inpatient midnights before a SNF stay; none: the rule binds"),
    ] = "none"


class Prices(Block):
    """What Medicare pays in the price year; `trend` is the yearly growth of all prices."""

    trend: Annotated[Growth, says("Yearly growth of all prices of care")]
    inpatient: Annotated[VaryingMoney, says("Payment for an unplanned hospital stay")]
    planned_factor: Annotated[Factor, says("Payment for a planned stay, as a factor on an unplanned one's")]
    observation: Annotated[VaryingMoney, says("Payment for an observation stay")]
    ed_visit: Annotated[VaryingMoney, says("Payment for an ED visit that ends at home or in a SNF")]
    snf_day: Annotated[Money, says("Payment for a day in a SNF")]
    snf_copayment_day: Annotated[Money, says("The patient's co-payment for a day in a SNF")]
    inpatient_deductible: Annotated[Money, says("The patient's deductible for a spell of illness with a hospital stay")]
    co_insurance: Annotated[Share, says("The patient's share of what is allowed for visits and other services under Part B")]
    home_health_episode: Annotated[VaryingMoney, says("Payment for an episode of home health")]
    hospice_day: Annotated[Money, says("Payment for a day in hospice")]
    primary_visit: Annotated[VaryingMoney, says("Payment for a primary-care visit")]
    urgent_visit: Annotated[VaryingMoney, says("Payment for an urgent office visit")]
    specialist_visit: Annotated[VaryingMoney, says("Payment for a specialist visit")]
    outpatient_visit: Annotated[VaryingMoney, says("Payment for outpatient facility use, imaging or drugs under Part B")]
    inpatient_professional: Annotated[VaryingMoney, says("Payment of physicians for a hospital stay")]
    hospital_full_cost: Annotated[Factor, says("The hospital's full cost of a stay, as a factor on its payment")]
