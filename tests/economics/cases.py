"""Small worlds of money: terms of phase 1 with overrides, and replications whose tallies a test writes."""

from __future__ import annotations

import functools
from typing import Any

from scipy.stats import norm

from sim.economics.measured import Measured, Period
from sim.economics.terms import EconomicTerms, economic_terms
from sim.outcomes.results import ArmResult, ReplicationResult
from sim.scenario import load
from tests.outcomes.synthetic import POPULATION, arm

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
FEE = "fee: {value: 120 USD, unit: per participant-month}"


@functools.cache
def terms(*overrides: str, months: int = 24) -> EconomicTerms:
    """Terms of phase 1 over `months`."""
    return economic_terms(load(PHASE_1, (f"run.horizon={months} months", *overrides)))


def contract(kind: str, switches: str = "") -> Any:
    """A contract block of a kind with a fee of 120 USD. switches: `track: basic_e, ...`."""
    return terms(f"contract={{kind: {kind}, {FEE}{', ' if switches else ''}{switches}}}").contract


def replication(usual: ArmResult, programme: ArmResult, number: int = 0) -> ReplicationResult:
    return ReplicationResult(number, dict(POPULATION), {"usual_care": usual, "programme": programme}, 0)


def nothing(months: int = 24, **values: Any) -> ArmResult:
    """An arm of 100 people to whom nothing happens."""
    return arm(months, **values)


def measured(target: float, actual: float, **values: Any) -> Measured:
    """Figures of a year of 10,000 people, half of them participants."""
    given: dict[str, Any] = {"participant_months": 60_000.0, "eligible_months": 120_000.0, **values}
    return Measured(given.pop("period", Period("all", 1, 12)), target, actual, **given)


def call(strike: float, sd: float) -> float:
    """E max(0, S - strike) of S normal with mean 0."""
    z = strike / sd
    return float(sd * norm.pdf(z) - strike * norm.sf(z))
