"""Person tables of a simulated run against what the run itself counts, and the groups that are compared with."""

from __future__ import annotations

import functools
from dataclasses import fields
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from sim.compiled.clock import advance
from sim.evaluation.people import AMOUNTS, COHORTS, Observed, People
from sim.observing import FEWEST, observe, people, periods_of, published
from sim.outcomes.results import BASELINE_MONTHS, COUNTERS, ArmResult
from sim.replication import PhaseLog, run_replication
from sim.results import arm_result
from sim.rules.units import MONTH, PERIOD_MONTHS, YEAR
from sim.rules.vocabulary import FIRST_PAYMENT, LAST_PAYMENT, Event
from sim.scenario import Scenario, load

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
SMALL = (
    "population.size=700",
    "programme.enrolment.refresh.newcomers=0.5",
    "run.burn_in=1 months",
    "run.horizon=20 months",
    "programme.enrolment.refresh.at=12 months",
    "programme.enrolment.refresh.cap=25",
)
CONTROL = ("evaluation.designs=[randomised, matched_did]", "evaluation.control={panel: 525}")
AMOUNT_COUNTERS = {name: name for name in AMOUNTS if name not in ("cost", "hospital_days")}


@functools.cache
def small(*overrides: str) -> Scenario:
    return load(PHASE_1, (*SMALL, *overrides))


@functools.cache
def seen(*overrides: str, seed: int = 3, replication: int = 0) -> Observed:
    return observe(small(*overrides), seed, replication)


def same(one: People, other: People) -> bool:
    """Whether two tables are equal to the bit."""
    if any(not np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one) if field.name != "amounts"):
        return False
    return all(np.array_equal(one.amounts[name], other.amounts[name]) for name in AMOUNTS)


def tallied(arm: ArmResult, cohort: int, counter: str, period: int) -> int:
    """What an arm counts in a half-year, or in the baseline year (period 0)."""
    first = 0 if period == 0 else BASELINE_MONTHS + PERIOD_MONTHS * (period - 1)
    length = BASELINE_MONTHS if period == 0 else PERIOD_MONTHS
    return int(arm.tally[cohort, COUNTERS.index(counter), first : first + length].sum())


@pytest.mark.parametrize("at", [12, 9, 15], ids=lambda at: f"refresh_at_{at}_months")
@pytest.mark.parametrize("arm", ["usual_care", "programme"])
def test_persons_add_up_to_the_tallies_of_their_cohort(arm: str, at: int) -> None:
    scenario = small(f"programme.enrolment.refresh.at={at} months")
    course = run_replication(scenario, 3, 0, advance, periods_kept=periods_of(scenario))
    table, counted = people(scenario, course, arm), arm_result(scenario, course, arm)
    assert table.periods == 1 + 4  # 20 months
    for cohort, name in enumerate(COHORTS):
        mine = table.restricted(table.cohort == cohort)
        assert len(mine) > 15
        # the tally's baseline is the year before launch, a person's that before entry
        for period in range(0 if name == "original" else 1, table.periods):
            for amount, counter in AMOUNT_COUNTERS.items():
                assert mine.amounts[amount][:, period].sum() == tallied(counted, cohort, counter, period), (name, amount, period)
            paid = sum(tallied(counted, cohort, COUNTERS[counter], period) for counter in range(FIRST_PAYMENT, LAST_PAYMENT + 1))
            assert mine.amounts["cost"][:, period].sum() == pytest.approx(paid / 100, abs=0.001)
            days = tallied(counted, cohort, "hospital_us", period) / 86_400e6
            stays = mine.amounts["admissions"][:, : period + 1].sum()
            assert mine.amounts["hospital_days"][:, period].sum() == pytest.approx(days, abs=2 * (1 + stays) / 1440)  # whole minutes
            assert mine.contacts[:, period].sum() == tallied(counted, cohort, "contacts", period)
        months = range(PERIOD_MONTHS * (table.periods - 1))
        for by_person, by_month in ((mine.months, counted.person_time), (mine.enrolled_months, counted.participant_time)):
            for period in range(1, table.periods):
                whole = [BASELINE_MONTHS + month for month in months if month // PERIOD_MONTHS == period - 1 and month < 20]
                assert by_person[:, period].sum() * MONTH == pytest.approx(float(by_month[cohort, whole].sum()), abs=MONTH * 1e-9)
        assert (mine.months[:, 0] == 12).all()
        assert not mine.enrolled_months[:, 0].any()
        assert mine.died.sum() == mine.amounts["deaths"].sum()
        assert mine.left.sum() == counted.tally[cohort, COUNTERS.index("left"), BASELINE_MONTHS:].sum()


def test_the_refresh_cohorts_baseline_is_the_year_before_it_entered() -> None:
    scenario, log = small(), PhaseLog()
    course = run_replication(scenario, 3, 0, advance, log, periods_kept=periods_of(scenario))
    table = people(scenario, course, "programme")
    mine = table.restricted(table.cohort == 1)
    at = 12 * MONTH
    rows = log.rows("waiting")
    rows = rows[(rows["time"] >= at - YEAR) & (rows["time"] < at) & np.isin(rows["patient"], mine.number)]
    paid = rows[rows["event"] == Event.PAYMENT]
    by_person = np.bincount(np.searchsorted(np.sort(mine.number), paid["patient"]), weights=paid["amount"], minlength=len(mine))
    order = np.argsort(mine.number)
    assert mine.amounts["cost"][order, 0] == pytest.approx(by_person / 100)
    assert mine.amounts["cost"][:, 0].sum() > 0
    assert mine.amounts["admissions"][:, 0].sum() == (rows["event"] == Event.ADMISSION).sum() > 0
    assert mine.entry_month == pytest.approx(np.full(len(mine), 12.0))
    assert not mine.months[:, 1:3].any()
    assert all(not values[:, 1:3].any() for values in mine.amounts.values())


def test_the_counterfactual_is_of_the_same_persons_with_the_same_past() -> None:
    observed = seen()
    mine, usual = observed.intervention, observed.counterfactual
    for name in ("number", "practice", "age", "female", "risk_score", "prior_cost", "cohort", "entry_month"):
        assert np.array_equal(getattr(mine, name), getattr(usual, name)), name
    for name in AMOUNTS:
        assert np.array_equal(mine.amounts[name][:, 0], usual.amounts[name][:, 0]), name
    assert mine.enrolled_months.sum() > 0 == usual.enrolled_months.sum() == usual.contacts.sum()
    assert not np.array_equal(mine.amounts["cost"], usual.amounts["cost"])


def test_what_the_screen_saw_of_the_original_cohort_is_its_baseline_year_when_claims_do_not_lag() -> None:
    table = seen("programme.enrolment.claims_lag=0 months").intervention
    mine = table.restricted(table.cohort == 0)
    assert mine.prior_cost == pytest.approx(mine.amounts["cost"][:, 0])


def test_the_comparison_group_knows_nothing_of_the_programme() -> None:
    fewer = seen("programme.staff.case_manager.fte=1", "programme.components.medication_reconciliation=null")
    assert same(fewer.comparison, seen().comparison)
    assert same(fewer.counterfactual, seen().counterfactual)
    assert not same(fewer.intervention, seen().intervention)


def test_what_differs_moves_the_comparison_alone() -> None:
    plain, other = seen(*CONTROL), seen(*CONTROL, "evaluation.comparison.differs={usual_care.crises.rate: 0.9}")
    assert plain.control is not None
    assert other.control is not None
    for name in ("intervention", "counterfactual", "control"):
        assert same(getattr(other, name), getattr(plain, name)), name
    assert not same(other.comparison, plain.comparison)
    rates = [group.amounts["admissions"][:, 0].mean() for group in (plain.comparison, other.comparison)]
    assert rates[1] > 1.5 * rates[0]


def test_groups_are_other_people_with_panels_of_their_own() -> None:
    observed = seen("evaluation.comparison.panel=1400", *CONTROL)
    assert observed.control is not None
    groups = (observed.intervention, observed.comparison, observed.control)
    sizes = [int((group.cohort == 0).sum()) for group in groups]
    assert sizes[1] / sizes[0] == pytest.approx(2.0, rel=0.35)
    assert sizes[2] / sizes[0] == pytest.approx(0.75, rel=0.45)
    ages = [set(group.age.tolist()) for group in groups]
    assert all(not one & other for one, other in combinations(ages, 2))
    assert not any(group.enrolled_months.any() for group in groups[1:])


def test_the_same_address_gives_the_same_people_and_another_gives_others() -> None:
    again = observe(small(), 3, 0)
    assert same(again.intervention, seen().intervention)
    assert same(again.comparison, seen().comparison)
    for other in (observe(small(), 3, 1), observe(small(), 4, 0)):
        assert not same(other.intervention, seen().intervention)
        assert not same(other.comparison, seen().comparison)


def test_a_cohort_with_hardly_anybody_is_left_out() -> None:
    def told(cap: int) -> dict[str, Any]:
        scenario = small(f"programme.enrolment.refresh.cap={cap}", "evaluation.designs=pre_post", "evaluation.windows=programme")
        return published(scenario, 3, 0, advance, run_replication(scenario, 3, 0, advance, periods_kept=periods_of(scenario)))

    assert list(told(FEWEST)) == list(COHORTS)
    assert list(told(FEWEST - 1)) == ["original"]


def test_without_an_evaluation_nothing_is_kept() -> None:
    assert periods_of(small("evaluation=none")) == 0
    assert periods_of(small()) == 4
