"""The trees of a run: what JSON, tables and reports are made from."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any

import pytest

from sim.economics.accounts import Account, account
from sim.economics.board import board_rows
from sim.economics.definitions import FIGURES
from sim.economics.lines import LINES
from sim.economics.measured import from_truth, settled_periods
from sim.economics.rows import figure_of, figure_rows, leaves, line_rows
from sim.economics.statement import statement
from sim.economics.summary import settlement_rows
from sim.economics.summary import summarise as summary_of
from sim.outcomes.results import MICROSECONDS_PER_YEAR
from tests.economics.cases import call, replication, terms
from tests.outcomes.synthetic import arm

SPENT = 100_000_000  # cents a month of 1,000 people: 1,000 USD each
STAFF = ({"name": "case_manager", "cost_cents": 50_000_000, "employed_us": 2 * MICROSECONDS_PER_YEAR},)
FREE = (
    "programme.fixed_costs.management=0 USD per year",
    "programme.fixed_costs.physician_payment=0 USD per participant-year",
    "programme.fixed_costs.overhead=0",
    "programme.staff.case_manager.cost_parts=null",
    "economics.owner=independent",
)


def played(saved: float, seen: float | None = None, number: int = 0, *overrides: str) -> Account:
    """A share of spending saved by 500 participants among 1,000 people, and the share that is seen."""
    own = terms(*FREE, *overrides)
    usual = arm(24, people=1_000, monthly={"pay_inpatient": SPENT})
    programme = arm(24, people=1_000, participants=500, monthly={"pay_inpatient": round(SPENT * (1 - saved))}, staff=STAFF)
    result = replication(usual, programme, number)
    truth = [from_truth(result, period) for period in settled_periods(own.contract, 24)]
    measured = None if seen is None else [replace(one, actual=one.target * (1 - seen)) for one in truth]
    return account(result, own, truth=truth, measured=measured)


def summarise(accounts: list[Account], **settled: str) -> dict[str, Any]:
    return summary_of([statement(one) for one in accounts], accounts[0].terms if accounts else terms(), **settled)


@functools.cache
def tree() -> dict[str, Any]:
    """Two replications: true 10% seen as 12%, true 12% seen as 10%. The fee is 6% of the target of 24 million: 1.44 million."""
    return summarise([played(0.10, 0.12), played(0.12, 0.10, 1)], settled_on="difference_in_differences")


def mean(*path: Any) -> float:
    node: Any = tree()
    for part in path:
        node = node[part]
    return float(node["mean"])


def test_savings_true_and_measured() -> None:
    assert (mean("savings", "true"), mean("savings", "measured")) == pytest.approx((2_640_000, 2_640_000))


def test_the_contract_is_settled_on_what_was_seen() -> None:
    # seen 12%: net 6%, 1% of 24 million is earned; seen 10%: net 4%, 1% is owed
    assert (mean("contract", "earned"), mean("contract", "owed")) == pytest.approx((120_000, 120_000))
    assert mean("contract", "paid") == pytest.approx(1_440_000)
    assert tree()["contract"]["settled_on"] == "difference_in_differences"
    assert {key: tree()["contract"][key] for key in ("probability_of_payback", "probability_of_payback_on_truth")} == {
        "probability_of_payback": 0.5,
        "probability_of_payback_on_truth": 0.5,
    }
    assert (tree()["contract"]["payback_by_mistake"], tree()["contract"]["earned_by_mistake"]) == (0.5, 0.5)


def test_returns_and_chances() -> None:
    roi = tree()["roi"]
    assert mean("roi", "gross", "true") == pytest.approx(11 / 6)
    assert mean("roi", "net", "true") == pytest.approx(0.05)
    assert roi["net"]["true"]["probability"] == {"break_even": 1.0, "guarantee": 0.5}
    # 1.56 or 1.32 million received for half a million of staff
    assert roi["owner"]["paid"]["p50"] == pytest.approx((1.44 - 0.5) / 0.5)
    assert roi["owner"]["paid"]["probability"] == {"break_even": 1.0}
    assert roi["owner"]["paid"]["break_even"]["staffing"] == pytest.approx(1.44 / 0.5)
    assert roi["gross"]["true"]["break_even"]["fee"] == pytest.approx(220)
    assert roi["net"]["true"]["guarantee"]["effect"] == pytest.approx(1.0)


def test_the_payer_keeps_what_is_saved_and_not_paid() -> None:
    assert mean("economics", "payer", "net", "difference") == pytest.approx(2_640_000 - 1_440_000)
    assert mean("economics", "owner", "net", "programme") == pytest.approx(940_000)


def test_views_by_cohort_and_year_add_up() -> None:
    views = tree()["positions"]
    assert set(views) == {"original", "refresh", "all"}
    assert set(views["all"]) == {"run", "year_1", "year_2"}
    assert set(views["all"]["run"]) == {"nominal"}  # the run does not discount

    def payments(cohort: str, period: str) -> float:
        return float(views[cohort][period]["nominal"]["payer"]["payments"]["difference"]["mean"])

    assert payments("all", "run") == pytest.approx(2_640_000)
    assert payments("original", "year_1") == payments("original", "year_2") == pytest.approx(1_320_000)
    assert payments("refresh", "run") == 0


def test_a_run_that_discounts_shows_both() -> None:
    one = summarise([played(0.1, None, 0, "run.discount_rate=0.1", "run.discounting=yearly")])
    both = {way: one["positions"]["all"]["run"][way]["owner"]["fees"]["programme"]["mean"] for way in ("nominal", "discounted")}
    assert both == {"nominal": pytest.approx(1_440_000), "discounted": pytest.approx(720_000 * (1 + 1 / 1.1))}


def test_zero_effect_saves_exactly_zero_and_pays_for_noise() -> None:
    one = summarise([played(0.0, seen, number) for number, seen in enumerate((-0.12, -0.06, 0.0, 0.06, 0.12))])
    assert set(one["savings"]["true"].values()) == {0.0}
    assert one["savings"]["measured"]["mean"] == pytest.approx(0.0, abs=1e-6)
    # 3 times all of 1.44 million is paid back; 6% seen is a net 0: 5% of 24 million owed; 12%: 1% earned
    assert one["contract"]["paid"]["mean"] == pytest.approx((0 + 0 + 0 + 240_000 + 1_680_000) / 5)
    # as noise with the standard deviation of those five around a saving of 0, on the whole normal law
    sd = 24e6 * 0.0948683298
    assert one["actuary"]["noise"]["sd"] == pytest.approx(sd)
    kept = call(1.2e6, sd) - call(2.64e6, sd) + call(2.64e6, sd) - call(3.84e6, sd) + 0.5 * (call(3.84e6, sd) - call(6.24e6, sd))
    assert 1_440_000 + one["actuary"]["noise"]["settlement"] == pytest.approx(kept, rel=0.01)
    assert one["roi"]["gross"]["true"]["break_even"] == {"fee": None, "enrolment": None, "effect": None, "staffing": None}


def test_rows_say_why() -> None:
    rows = settlement_rows([statement(played(0.10, 0.12))])
    assert [(row["cohort"], row["why"]) for row in rows] == [
        ("original", "net saving of 6.00%: the guarantee of 5.00% is met"),
        ("refresh", "there is no spending to compare with: nobody was eligible"),
    ]


def test_the_tree_is_plain_json() -> None:
    assert json.loads(json.dumps(tree(), allow_nan=False)) == tree()


OTHER_KINDS = (
    "kind: mssp, fee: 0 USD, track: basic_e, first_year: 2022, quality_score: 1",
    "kind: medicaid_aco, fee: 0 USD, corridor: 0.02, attachment: none, quality_modifier: 1",
)


def of_kind(contract: str) -> dict[str, Any]:
    """A replication that saves 10%, under another contract."""
    own = terms(*FREE, f"contract={{{contract}}}")
    usual, programme = (arm(24, people=1_000, monthly={"pay_inpatient": round(SPENT * part)}) for part in (1.0, 0.9))
    return summarise([account(replication(usual, programme), own)], settled_on="assigned_panel")


NAMES_AND_LAGS = {"cash.fee_lag_months", "cash.settlement_lag_months", "actuary.owed.level"}


def test_every_figure_of_the_tree_is_defined_once_and_every_definition_is_used() -> None:
    rows = list(figure_rows(tree()))
    assert len({row.name for row in rows}) == len(rows)
    others = (row for kind in OTHER_KINDS for row in figure_rows(of_kind(kind)))
    used = {figure_of(row.name) for row in (*rows, *others)}
    codes = {figure for figure in FIGURES if "number_of_" in figure.name}  # of contracts that bill codes
    assert used | codes == set(FIGURES)
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)


def test_no_figure_of_the_tree_is_without_a_definition() -> None:
    parts = {part: tree()[part] for part in ("savings", "contract", "roi", "cash", "actuary")}
    undefined = {name for name, _ in leaves(parts, "") if figure_of(name) is None}
    for kind in OTHER_KINDS:
        undefined |= {name for name, _ in leaves({"contract": of_kind(kind)["contract"]}, "") if figure_of(name) is None}
    assert {name for name in undefined if not name.endswith("_month")} <= NAMES_AND_LAGS


def test_every_line_has_its_rows() -> None:
    rows = list(line_rows(tree()))
    assert len(rows) == 3 * len(LINES)
    assert rows[0].name == "economics.payer.payments_inpatient.programme"


def test_measured_figures_of_other_periods_are_refused() -> None:
    one = played(0.1)
    with pytest.raises(ValueError, match="measured must have the periods that the contract settles"):
        account(one.result, one.terms, measured=one.truth[:1])


def test_a_summary_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one replication"):
        summarise([])


def test_the_boards_table_shows_true_measured_and_paid_side_by_side() -> None:
    rows = {row.title: row for row in board_rows(tree())}
    saved, chance, payer = rows["Gross savings"], rows["Chance of paying back"], rows["Payer: net saving"]
    assert isinstance(saved.true, dict)
    assert isinstance(saved.measured, dict)
    assert (saved.true["p50"], saved.measured["p50"], saved.paid) == pytest.approx((2_640_000, 2_640_000, None))
    assert (chance.true, chance.paid) == (0.5, 0.5)
    assert isinstance(payer.paid, dict)
    assert payer.paid["mean"] == pytest.approx(1_200_000)
    assert rows["Chance of reaching the guarantee"].measured == 0.5
    assert rows["Owner's return"].measured is None
