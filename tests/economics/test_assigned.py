"""An accountable care organisation is settled on its whole panel: worked figures, and what nothing pays."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sim.economics.accounts import account
from sim.economics.contracts import mssp
from sim.economics.statement import statement
from sim.economics.summary import summarise
from sim.outcomes.results import ReplicationResult
from tests.economics.cases import replication, terms
from tests.outcomes.synthetic import arm

TREND = 0.1
MSSP = "contract={kind: mssp, fee: 0 USD, track: basic_b, first_year: 2022, quality_score: 1}"
OWN = terms(f"economics.benchmark.trend={TREND}", MSSP)


def played(saved: float, number: int = 0, people: float = 10_000.0) -> ReplicationResult:
    """100 eligible patients at 1,000 USD a month in usual care, in a panel whose others cost 200 USD a month each."""
    usual, own = (arm(24, people=100, monthly={"pay_inpatient": round(10_000_000 * factor)}) for factor in (1.0, 1.0 - saved))
    made = replication(usual, own, number)
    panel = {"panel": people, "eligible": 100.0, "baseline_cost_per_person": 12_000.0}
    panel["panel_cost_per_person"] = (100 * 12_000 + (people - 100) * 2_400) / people
    return replace(made, population={**made.population, **panel, "panel_cost_sd": 5_000.0})


def test_target_and_spending_are_those_of_the_whole_panel_and_the_saving_is_that_of_the_programme() -> None:
    one = account(played(0.3), OWN)
    benchmark = [10_000 * 12 * 208 * (1 + TREND) ** year for year in (1, 2)]
    assert [true.target for true in one.truth] == pytest.approx(benchmark)
    assert [true.actual for true in one.truth] == pytest.approx([each - 360_000 for each in benchmark])
    assert [true.gross for true in one.truth] == pytest.approx([360_000, 360_000])
    assert [true.beneficiaries for true in one.truth] == [10_000, 10_000]
    assert [true.eligible_months for true in one.truth] == [1_200, 1_200]


def test_the_luck_of_a_year_is_that_of_so_many_people() -> None:
    one = account(played(0.3), OWN)
    for true, seen, luck, year in zip(one.truth, one.measured, (0.5, -1.0), (1, 2), strict=True):
        assert seen.target == true.target
        assert true.actual - seen.actual == pytest.approx(luck * 5_000 * (1 + TREND) ** year * math.sqrt(10_000), abs=0.01)


def test_the_settlement_of_a_run_is_that_of_the_published_rules_on_the_panels_figures() -> None:
    one = account(played(0.3), OWN)
    for seen, settled, year in zip(one.measured, one.settlements, (2022, 2023), strict=True):
        own = mssp.settle(
            mssp.terms("basic_b"),
            benchmark=seen.target,
            expenditure=seen.actual,
            minimum_rate=mssp.size_rate(10_000),
            quality_score=1.0,
            rules=mssp.year_rules(year),
        )
        assert (settled.target, settled.actual) == (own.benchmark, own.expenditure)
        assert (settled.earned, settled.owed) == (own.earned, own.owed)
        assert settled.lines["savings"] == own.savings
        assert settled.lines["minimum_rate"] == mssp.size_rate(10_000)
    measured = summarise([statement(one)], OWN)["savings"]["measured"]["mean"]
    assert measured == pytest.approx(sum(settled.lines["savings"] for settled in one.settlements))


def test_a_programme_that_saves_nothing_is_paid_nothing_on_the_truth_whatever_the_trend() -> None:
    for trend in (0.0, 0.2):
        own = terms(f"economics.benchmark.trend={trend}", MSSP)
        tree = summarise([statement(account(played(0.0), own))], own)
        assert tree["savings"]["true"]["mean"] == 0.0
        assert tree["contract"]["paid_on_truth"]["mean"] == 0.0


def test_documentation_of_the_programmes_patients_moves_the_panels_benchmark_by_their_part_of_it() -> None:
    made = played(0.0)
    arms = {name: replace(each, risk=each.risk.copy()) for name, each in made.arms.items()}
    arms["usual_care"].risk[0] = 2.0
    arms["programme"].risk[0] = 2.2
    one = account(replace(made, arms=arms), OWN)
    for seen, settled in zip(one.truth, one.settlements, strict=True):
        assert settled.target == pytest.approx(seen.target + 0.1 * 1_200_000, abs=0.01)


def test_eligibles_who_cost_more_than_the_panels_benchmark_are_the_benchmark() -> None:
    made = played(0.3)
    one = account(replace(made, population={**made.population, "panel_cost_per_person": 10.0}), OWN)
    assert [(true.target, true.actual) for true in one.truth] == [(1_200_000, 840_000)] * 2


def test_the_next_benchmark_is_the_panels_and_half_of_what_was_saved_comes_off() -> None:
    own = terms(f"economics.benchmark.trend={TREND}", MSSP, months=36)
    usual, programme = (arm(36, people=100, monthly={"pay_inpatient": cents}) for cents in (10_000_000, 7_000_000))
    made = played(0.0)
    rebased = statement(account(replace(made, arms={"usual_care": usual, "programme": programme}), own)).rebased
    assert rebased is not None
    assert rebased.without == pytest.approx(208 * (1 + TREND) ** 4)
    saved = 0.01 * 300  # USD per person-month of the panel; base years weigh 0.1, 0.3, 0.6 and are grown to the year after the last
    assert rebased.own == pytest.approx(rebased.without - saved * sum(w * (1 + TREND) ** g for w, g in ((0.1, 3), (0.3, 2), (0.6, 1))))
    assert rebased.given_back == pytest.approx(0.5 * saved)
