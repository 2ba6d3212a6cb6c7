"""The few scenario values that turn counts into programme money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.outcomes.results import MICROSECONDS_PER_DAY

if TYPE_CHECKING:
    from sim.scenario import Scenario

Discounting = Literal["none", "continuous", "yearly", "monthly"]


@dataclass(frozen=True)
class Terms:
    """What the measures need besides tallies.

    horizon_us: length of the programme period; fee: USD per participant-month; physician_payment: USD per participant-year;
    overhead_share: of the roles' cost; management: USD per year, no overhead on it; discount_rate: per year, applied to money
    totals (not to PBPM) by the convention `discounting`.
    """

    horizon_us: int
    fee: float = 0.0
    physician_payment: float = 0.0
    overhead_share: float = 0.0
    management: float = 0.0
    discount_rate: float = 0.0
    discounting: Discounting = "none"

    @property
    def dollars(self) -> str:
        """In which dollars the totals of money are: `nominal dollars`, or those of launch."""
        return "nominal dollars" if self.discounting == "none" else f"dollars discounted to launch at {100 * self.discount_rate:g}% a year"

    def discount_factor(self, month: int) -> float:
        """Value at launch of a dollar in `month` (label; baseline months are not discounted).

        continuous: exp(-rate x time) at the middle of the month; monthly: (1 + rate)^-(whole months since launch / 12);
        yearly: (1 + rate)^-(whole years since launch), so that the first year is not discounted.
        """
        if month < 1 or self.discounting == "none":
            return 1.0
        if self.discounting == "continuous":
            return math.exp(-self.discount_rate * (month - 0.5) / 12)
        if self.discounting == "monthly":
            return math.pow(1.0 + self.discount_rate, -(month - 1) / 12)
        return math.pow(1.0 + self.discount_rate, -((month - 1) // 12))


def terms_of(scenario: Scenario) -> Terms:
    """The terms of a validated scenario."""
    run, costs = scenario.run, scenario.programme.fixed_costs
    return Terms(
        horizon_us=round(float(run.horizon) * MICROSECONDS_PER_DAY),
        fee=float(scenario.contract.fee),
        physician_payment=float(costs.physician_payment),
        overhead_share=float(costs.overhead),
        management=float(getattr(costs, "management", 0.0)),
        discount_rate=float(run.discount_rate),
        discounting=run.discounting,
    )
