"""What the scenario says about money, beside the terms of the measures."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.outcomes.results import MICROSECONDS_PER_DAY, MICROSECONDS_PER_MONTH
from sim.outcomes.terms import Terms, terms_of

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.model.contract import Contract
    from sim.scenario.model.economics import Economics
    from sim.scenario.model.staff import Role

DAYS_PER_MONTH = MICROSECONDS_PER_MONTH / MICROSECONDS_PER_DAY


@dataclass(frozen=True)
class StaffTerms:
    """A role. fringe: share of wage; recruitment: USD each time a post is filled again;
    planned: FTE in post by programme month, vacancies left out."""

    fringe: float
    recruitment: float
    planned: tuple[float, ...]


@dataclass(frozen=True)
class EconomicTerms:
    """run: fee, overhead, discounting; hospital_cost: full cost of a hospital's
    service, share of what it receives for it; co_insurance: of Part B payments; own_hospital: part of the hospitals' business that is with
    the hospitals of the practices and not outside; staff: by role."""

    run: Terms
    launch: datetime.date
    contract: Contract
    economics: Economics
    hospital_cost: float
    co_insurance: float
    own_hospital: float
    staff: dict[str, StaffTerms]

    @property
    def months(self) -> int:
        """Programme months, a last one that is not whole included."""
        return -(-self.run.horizon_us // MICROSECONDS_PER_MONTH)

    def month_lengths(self) -> tuple[float, ...]:
        """Length of each programme month, in months: 1 but for a last one that is not whole."""
        whole = self.run.horizon_us / MICROSECONDS_PER_MONTH
        return tuple(min(1.0, whole - month) for month in range(self.months))

    def penalty_cap(self, month: int) -> float:
        """Largest readmission penalty in programme month `month` (from 1), of inpatient payments; 0 before the rule.

        The year of the rule is that of the middle of the month.
        """
        penalty = self.economics.readmission_penalty
        middle = self.launch + datetime.timedelta(days=(month - 0.5) * DAYS_PER_MONTH)
        if middle < penalty.starts:
            return 0.0
        anniversary_passed = (middle.month, middle.day) >= (penalty.starts.month, penalty.starts.day)
        years = middle.year - penalty.starts.year - (0 if anniversary_passed else 1)
        caps = (penalty.cap.first_year, penalty.cap.second_year, penalty.cap.later)
        return float(caps[min(years, len(caps) - 1)])


def economic_terms(scenario: Scenario) -> EconomicTerms:
    """The terms of a validated scenario."""
    run = terms_of(scenario)
    months = -(-run.horizon_us // MICROSECONDS_PER_MONTH)
    return EconomicTerms(
        run=run,
        launch=scenario.run.launch,
        contract=scenario.contract,
        economics=scenario.economics,
        hospital_cost=float(scenario.prices.hospital_full_cost),
        co_insurance=float(scenario.prices.co_insurance),
        own_hospital=_own_hospital(scenario),
        staff={name: _staff_terms(role, months) for name, role in scenario.programme.staff.items()},
    )


def _own_hospital(scenario: Scenario) -> float:
    """The patients' mean loyalty, where there is an outside hospital to go to: the rules choose by it."""
    outside = any(hospital.outside for hospital in scenario.sites.hospitals.values())
    return float(scenario.population.loyalty.mean) if outside else 1.0


def _staff_terms(role: Role, months: int) -> StaffTerms:
    parts = role.cost_parts
    fringe = 0.0 if parts is None else float(parts.fringe)
    recruitment = 0.0 if parts is None or parts.recruitment is None else float(parts.recruitment)
    return StaffTerms(fringe, recruitment, _planned(role, months))


def _planned(role: Role, months: int) -> tuple[float, ...]:
    posts = max(1, math.ceil(float(role.fte)))
    first, last = float(role.hiring.first_on), float(role.hiring.last_on)
    leaves = math.inf if role.leaves_on is None else float(role.leaves_on)
    starts = [first + (last - first) * post / max(1, posts - 1) for post in range(posts)]

    def in_post(month: int) -> float:
        begin, end = month * DAYS_PER_MONTH, (month + 1) * DAYS_PER_MONTH
        return math.fsum(max(0.0, min(end, leaves) - max(begin, start)) for start in starts) / DAYS_PER_MONTH

    return tuple(in_post(month) * float(role.fte) / posts for month in range(months))
