"""Tables of money: the settlement by year is that of the published rules, the way from saved to net adds up, and nothing is said of fees
that nobody pays."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from sim.appraisal import promise
from sim.economics.accounts import account
from sim.economics.board import bridge
from sim.economics.contracts import mssp
from sim.economics.statement import statement
from sim.economics.summary import summarise
from sim.report import words
from sim.report.economics_tables import actuary_table, board_table, break_even_table, bridge_line, economics_tables, settlement_tables
from sim.scenario import load
from tests.economics.cases import PHASE_1, replication, terms
from tests.outcomes.synthetic import arm

MSSP = "contract={kind: mssp, fee: 0 USD, track: basic_e, first_year: 2022, quality_score: 1, minimum_rate: 0.005}"
UNPAID = "contract={kind: mssp, fee: 0 USD, track: basic_b, first_year: 2022, quality_score: 1, quality_standard: failed}"
CMHCB = "contract={kind: cmhcb, fee: {value: 120 USD, unit: per participant-month}}"


@functools.cache
def tree(contract: str) -> dict[str, Any]:
    """Usual care costs 100 people 10,000 USD a month each and the programme 10% less; readmissions are penalised from the first month."""
    own = terms(contract, "run.launch=2018-01-01", "economics.readmission_penalty.expected_rate=0.1")
    usual = {"pay_inpatient": 100_000_000, "index_discharges": 10, "readmitted_30": 5}
    programme = {"pay_inpatient": 90_000_000, "index_discharges": 10, "readmitted_30": 4}
    arms = (arm(24, people=100, monthly=usual), arm(24, people=100, participants=50, monthly=programme))
    return summarise([statement(account(replication(*arms), own))], own)


def shown(table: Any) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def test_the_settlement_by_year_is_that_of_the_published_rules() -> None:
    (table,) = settlement_tables(tree(MSSP))
    assert table.columns == ("", "months 1-12", "months 13-24")
    rows = shown(table)
    for at, period in enumerate(tree(MSSP)["contract"]["periods"]):
        target, actual = (period[name]["mean"] for name in ("target", "actual"))
        own = mssp.settle(
            mssp.terms("basic_e"),
            benchmark=target,
            expenditure=actual,
            minimum_rate=0.005,
            quality_score=1,
            rules=mssp.year_rules(2022 + at),
        )
        expected = {
            "Benchmark, adjusted for risk": words.number(own.benchmark, "USD"),
            "Expenditure": words.number(own.expenditure, "USD"),
            "Savings (below 0: losses)": words.number(own.savings, "USD"),
            "Savings rate": words.number(own.savings_rate, "share"),
            "Minimum rate (MSR, and MLR if two-sided)": "0.5%",
            "Sharing rate": "50.0%",
            "Cap on what is shared": words.number(0.1 * own.benchmark, "USD"),
            "Sequestered": words.number(own.sequestered, "USD"),
            "Earned besides": words.number(own.earned, "USD"),
            "Owed": words.number(own.owed, "USD"),
        }
        assert {name: rows[name][at] for name in expected} == expected
        reason = "savings shared" if own.earned else "losses shared" if own.owed else "below the minimum"
        assert reason in rows["Why, in so many replications"][at]
    assert rows["People answered for"] == ("1,000", "1,000")


@pytest.mark.parametrize("contract", [MSSP, CMHCB])
def test_what_is_saved_leads_to_what_is_left_step_by_step(contract: str) -> None:
    steps = bridge(tree(contract))
    first, saved = steps[0]
    assert first == "truly saved"
    assert saved == pytest.approx(0.1 * 24e6)
    assert sum(amount for _, amount in steps[:-1]) == pytest.approx(steps[-1][1], abs=1.0)
    assert steps[-1][1] == tree(contract)["economics"]["payer"]["net"]["difference"]["mean"]
    assert dict(steps)["readmission penalties"] < 0  # fewer readmissions are fined less
    assert bridge_line(tree(contract)).startswith("Payer (means): $2.40 million truly saved - ")


def test_nothing_is_said_of_fees_that_nobody_pays() -> None:
    free, paid = tree(UNPAID), tree(CMHCB)
    assert "Savings per dollar paid" in shown(board_table(paid, ""))
    assert not any("per dollar" in name or "cover payments" in name for name in shown(board_table(free, "")))
    assert not any("per dollar" in name for name in shown(break_even_table(free)))
    assert "Fee" in break_even_table(paid).columns
    assert "Fee" not in break_even_table(free).columns
    assert "Fees" in shown(settlement_tables(paid)[0])
    assert "Fees" not in shown(settlement_tables(free)[0])


def test_a_contract_that_compares_nothing_has_no_settlement_table() -> None:
    own = tree("contract={kind: fee_only, fee: {value: 120 USD, unit: per participant-month}}")
    assert settlement_tables(own) == []
    assert not any(table.title.startswith("Settlement") for table in economics_tables(own, ""))


def test_only_a_guarantee_is_a_promise_to_evaluate() -> None:
    assert promise(load(PHASE_1, (MSSP,)), "original") is None
    guaranteed = promise(load(PHASE_1), "original")
    assert guaranteed is not None
    assert guaranteed.guarantee == 0.05


def test_the_actuarys_figures_have_units_and_say_what_they_are() -> None:
    rows = shown(actuary_table(tree(CMHCB)))
    assert rows["Died"][0] == "0.00 per 100 a year"
    assert all(meaning for _, meaning in rows.values())
