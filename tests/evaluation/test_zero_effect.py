"""A programme that does nothing, simulated and evaluated: the truth is exactly zero, and what is measured and paid is not.

Seeds are fixed; a mean may miss by MOST standard errors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.compiled.clock import advance
from sim.economics.accounts import account
from sim.economics.contracts import mssp
from sim.economics.statement import statement
from sim.economics.summary import summarise
from sim.economics.terms import economic_terms
from sim.evaluation.designs.catalogue import DESIGNS
from sim.evaluation.outcomes import COST, OUTCOMES
from sim.evaluation.people import AMOUNTS, Observed
from sim.evaluation.settings import settings_of
from sim.evaluation.study import Study
from sim.evaluation.windows import window
from sim.observing import observe
from sim.replication import run_replication
from sim.results import replication_result
from sim.scenario import Scenario, load
from sim.scenario.model.evaluation import DesignName
from tests.economics.cases import call
from tests.evaluation.synthetic import known

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
MSSP = "contract={kind: mssp, fee: 0 USD, track: basic_a, first_year: 2022, quality_score: 1}"
YEAR = ("run.burn_in=1 months", "run.horizon=12 months", "programme.enrolment.refresh=null")
MOST = 4.0
NOMINAL = 0.95


@functools.cache
def nothing_done(*overrides: str) -> Scenario:
    """Phase 1 over a year with all of its work, none of which does anything for a patient."""
    rows = load(PHASE_1).parameters()
    effects = [row for row in rows if row.name.startswith("programme.components.") and ".does." in row.name]
    return load(PHASE_1, (*YEAR, *(row.override(0.0) for row in effects if not row.name.endswith(".enrol")), *overrides))


@dataclass(frozen=True)
class Found:
    """Estimates of the saving of payments over replications, when the truth is 0; each [replication]."""

    effect: Any
    se: Any
    expected: Any
    covered: Any
    significant: Any

    @property
    def error(self) -> float:
        """Monte-Carlo error of the mean estimate."""
        return float(self.effect.std(ddof=1) / len(self.effect) ** 0.5)

    @property
    def short(self) -> float:
        """By how much a coverage of these replications may fall short of the nominal one."""
        return MOST * (NOMINAL * (1 - NOMINAL) / len(self.effect)) ** 0.5


def estimated(scenario: Scenario, replications: int, designs: dict[str, Callable[[Observed], Any]]) -> dict[str, Found]:
    rows: dict[str, list[Any]] = {name: [] for name in designs}
    for replication in range(replications):
        seen = observe(scenario, 5, replication).of_cohort("original")
        mine, usual = seen.intervention, seen.counterfactual
        assert mine.contacts.sum() > 0
        assert all(np.array_equal(mine.amounts[name], usual.amounts[name]) for name in AMOUNTS)
        assert np.array_equal(mine.months, usual.months)
        for name, estimate in designs.items():
            found = known(estimate(seen))
            rows[name].append((found.effect, found.se, found.expected, found.covers(0.0), found.significant))
    return {name: Found(*np.array(values, float).T) for name, values in rows.items()}


def by(scenario: Scenario, design: DesignName, *covariates: Any) -> Callable[[Observed], Any]:
    """The estimator of a design, with the scenario's own covariates unless some are named."""
    settings = known(settings_of(scenario))
    settings = replace(settings, covariates=covariates) if covariates else settings
    return lambda seen: DESIGNS[design].estimate(Study(seen, settings), COST, known(window("programme", seen.intervention)))


def test_nothing_done_saves_exactly_nothing_and_is_measured_as_nothing_on_average() -> None:
    scenario = nothing_done("population.size=600")
    found = estimated(scenario, 250, {"as shipped": by(scenario, "matched_did"), "traits alone": by(scenario, "matched_did", "age", "sex")})
    for name, one in found.items():
        assert one.error < 0.015 * one.expected.mean(), "not decisive"
        assert abs(one.effect.mean()) < MOST * one.error, name
        assert one.covered.mean() > NOMINAL - one.short, name
        assert one.significant.mean() < 1 - NOMINAL + one.short, name
        assert one.effect.std() > 0.1 * one.expected.mean()  # and yet any one evaluation may find a lot
    # matched on the cost of the baseline itself an estimate varies less than it says (sim.evaluation.designs.matched_did)
    assert found["traits alone"].covered.mean() < NOMINAL + found["traits alone"].short
    assert found["traits alone"].se.mean() == pytest.approx(found["traits alone"].effect.std(ddof=1), rel=MOST / (2 * 250) ** 0.5)
    assert found["as shipped"].effect.std(ddof=1) < found["as shipped"].se.mean() * (1 + MOST / (2 * 250) ** 0.5)


def test_nothing_is_true_in_every_outcome() -> None:
    scenario = nothing_done("population.size=600")
    seen = observe(scenario, 5, 0)
    study, main = Study(seen, known(settings_of(scenario))), known(window("programme", seen.intervention))
    assert {outcome.name: study.true_effect(outcome, main) for outcome in OUTCOMES} == {outcome.name: 0.0 for outcome in OUTCOMES}


def test_a_costly_claims_year_that_selects_patients_fools_pre_post_and_not_difference_in_differences() -> None:
    """Selected by a costly year that ends at launch; the comparison group passed the same screen."""
    scenario = nothing_done(
        "population.size=1500",
        "programme.enrolment.claims_lag=0 months",
        "programme.enrolment.criteria.any_of=[{risk_score_at_least: 0.1, annual_cost_at_least: 15000 USD}]",
    )
    found = estimated(scenario, 100, {"naive": by(scenario, "pre_post"), "did": by(scenario, "matched_did")})
    naive, did = found["naive"], found["did"]
    assert naive.effect.mean() + MOST * naive.error < -0.1 * naive.expected.mean()  # a "saving" of more than a tenth
    assert naive.significant.mean() > 0.6
    assert did.error < 0.02 * did.expected.mean(), "not decisive"
    assert abs(did.effect.mean()) < MOST * did.error
    assert did.significant.mean() < 1 - NOMINAL + did.short


def test_one_sided_shared_savings_pay_for_noise() -> None:
    """Nothing is saved and nothing would be paid on the truth; what chance shows is shared all the same, and no loss takes it back."""
    scenario = nothing_done("evaluation=none", "population.size=600", MSSP)
    terms, accounts = economic_terms(scenario), []
    for replication in range(150):
        course = run_replication(scenario, 5, replication, advance)
        accounts.append(account(replication_result(scenario, replication, course), terms))
    tree = summarise([statement(one) for one in accounts], terms, settled_on="assigned_panel")
    assert set(tree["savings"]["true"].values()) == {0.0}
    assert set(tree["contract"]["paid_on_truth"].values()) == {0.0}
    paid = [one.settlements[0].paid for one in accounts]
    assert min(paid) == 0.0 < max(paid)
    # what the closed form says of luck of this size: the standard deviation of a person's payments x the root of the people
    grown = 1.0 + float(scenario.economics.benchmark.trend)
    sds = [one.result.population["panel_cost_sd"] * grown * 600**0.5 for one in accounts]
    target = float(np.mean([one.truth[0].target for one in accounts]))
    least, cap = mssp.size_rate(600) * target, 0.10 * target / 0.4
    expected = float(np.mean([0.98 * 0.4 * (each * norm.pdf(least / each) - call(cap, each)) for each in sds]))
    error = float(np.std(paid, ddof=1)) / len(paid) ** 0.5
    assert tree["contract"]["paid"]["mean"] == pytest.approx(expected, abs=MOST * error)
    assert tree["contract"]["earned_by_mistake"] == sum(one > 0 for one in paid) / len(paid)
