"""No key is silently ignored: every number of the shipped scenarios, moved far, changes a result."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest

from sim.compiled.clock import advance
from sim.outcomes.measures import measure_replication
from sim.outcomes.terms import terms_of
from sim.replication import run_replication
from sim.results import replication_result
from sim.scenario import Scenario, ScenarioErrors, load
from sim.scenario.files import SHIPPED
from sim.verify import FIELDS
from tests.model.running import Log

RICHEST = "caseload:mgh_cmp/phase2_mgh.yaml"
SMALL = ("population.size=220", "run.horizon=14 months", "run.burn_in=2 months")
LARGER = ("population.size=2500", "run.horizon=20 months", "run.burn_in=2 months")  # for what is rare

# What cannot change a run by itself, and why.
NOT_ALONE = {
    "run.discount_rate": "discounting is none in the shipped scenarios",
    "run.price_year": "checked below with its own test: prices move by whole years",
    "run.replications": "says how often, not what",
}
FACTORS = (3.0, 0.3, 1.4, 0.75, 1.1, 0.93)


def fingerprint(scenario: Scenario) -> str:
    """Everything that a small run shows: event log, tallies, staff and money."""
    log = Log()
    course = run_replication(scenario, scenario.run.seed, 0, advance, log)
    digest = hashlib.sha256()
    for phase in ("baseline", "waiting", "usual_care", "programme"):
        rows = log[phase] if phase in log.phases else None
        if rows is not None:
            for field in FIELDS:
                digest.update(rows[field].tobytes())
    result = replication_result(scenario, 0, course)
    for arm in result.arms.values():
        digest.update(arm.staff.tobytes() + arm.tasks.tobytes() + arm.tally.tobytes())
    digest.update(repr(measure_replication(result, terms_of(scenario))).encode())
    return digest.hexdigest()


@cache
def original(size: tuple[str, ...]) -> str:
    return fingerprint(load(RICHEST, size))


def moved(key: str, size: tuple[str, ...]) -> Scenario | None:
    """The scenario with one number moved as far as it may go; None if it cannot move alone."""
    base = load(RICHEST, size)
    row = next(row for row in base.parameters() if row.name == key)
    value = row.value
    for wanted in [value * factor for factor in FACTORS] if value else [0.5, 5.0, 0.05, 1.0]:
        try:
            return load(RICHEST, (*size, row.override(wanted)))
        except ScenarioErrors:
            continue
    return None


def numeric_keys() -> list[str]:
    return [key for key in load(RICHEST).numeric_keys() if key not in NOT_ALONE]
