"""The eligibility criteria of a programme as one record for the screen."""

from __future__ import annotations

from typing import Any

from sim.population.person import EXCLUSIONS
from sim.rules.records import empty
from sim.rules.screen import CRITERIA, MOST_ALTERNATIVES
from sim.scenario import Scenario

CENTS = 100


def criteria_record(scenario: Scenario) -> Any:
    """The criteria of a scenario; without any, everybody present is eligible. Shape (1,)."""
    records = empty(CRITERIA, 1)
    rules = records[0]
    enrolment = scenario.programme.enrolment
    if enrolment is None or enrolment.criteria is None:
        return records
    criteria = enrolment.criteria
    alternatives = criteria.any_of or []
    if len(alternatives) > MOST_ALTERNATIVES:
        raise ValueError(f"programme.enrolment.criteria.any_of: at most {MOST_ALTERNATIVES} alternatives (got {len(alternatives)})")
    rules.alternatives = len(alternatives)
    for a, pair in enumerate(alternatives):
        rules.risk_score[a] = 0.0 if pair.risk_score_at_least is None else float(pair.risk_score_at_least)
        rules.annual_cost[a] = 0 if pair.annual_cost_at_least is None else round(float(pair.annual_cost_at_least) * CENTS)
    if criteria.visits_to_group_at_least is not None:
        rules.group_visits = round(float(criteria.visits_to_group_at_least))
    if criteria.inpatient_share_at_hospital_at_least is not None:
        rules.home_share = float(criteria.inpatient_share_at_hospital_at_least)
    rules.in_service_area = 1 if criteria.in_service_area else 0
    for name in criteria.exclude or []:
        if name == "nursing_home":
            rules.no_nursing_home = 1
        if name == "hospice":
            rules.no_hospice = 1
        if name in EXCLUSIONS:
            rules.exclusions |= 1 << EXCLUSIONS.index(name)
    return records
