"""The money of each replication as a table: it says what the summary says, and books balance in it."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.accounts import account
from sim.economics.lines import ARM_COLUMNS, LINES
from sim.economics.money import spread, spread_each
from sim.economics.money_table import money_table
from sim.economics.parties import Party
from sim.economics.statement import Statement, statement
from sim.economics.summary import summarise
from sim.outcomes.summary import statistics
from tests.economics.cases import terms
from tests.outcomes.synthetic import lifelike

OWN = terms(months=36)


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    return [statement(account(result, OWN)) for result in lifelike(4)]


@pytest.fixture(scope="module")
def table(statements):
    """(party, line, perspective, quarter) -> one value a replication, NaN where it is missing."""
    columns = money_table(statements, OWN)
    found: dict[tuple[str, str, str, int], list[float]] = {}
    for replication, *key, value in zip(*columns.values(), strict=True):
        values = found.setdefault((*key[:3], key[3] or 0), [])
        assert replication == len(values)  # each line once in each replication, in their order
        values.append(math.nan if value is None else value)
    assert {len(values) for values in found.values()} == {4}
    return found


def test_the_summary_is_made_of_the_tables_values(table, statements):
    tree = summarise(statements, OWN)
    for line in LINES:
        for column in ARM_COLUMNS:
            assert tree["economics"][line.party][line.name][column] == statistics(table[line.party, line.name, column, 0])
    for basis in ("true", "measured"):
        assert tree["savings"][basis] == statistics(table["payer", "gross_savings", basis, 0])
    lines = {"gross": ("payer", "savings_per_dollar"), "net": ("payer", "net_saving_rate"), "owner": ("owner", "return")}
    above = {"gross": ("payer", "net_savings"), "net": ("payer", "net_savings"), "owner": ("owner", "surplus")}
    for definition, bases in tree["roi"].items():
        for basis, found in bases.items():
            expected = statistics(table[*lines[definition], basis, 0])
            assert {name: found[name] for name in expected} == expected
            assert found["probability"]["break_even"] == np.mean(np.array(table[*above[definition], basis, 0]) >= 0)
    assert tree["roi"]["net"]["true"]["probability"]["guarantee"] == np.mean(
        np.array(table["payer", "net_savings_above_guarantee", "true", 0]) >= 0
    )
    for name in ("fees", "earned", "owed", "paid"):
        assert tree["contract"][name] == statistics(table["payer", f"contract_{name}", "paid", 0])
    assert tree["contract"]["paid_on_truth"] == statistics(table["payer", "contract_paid", "true", 0])
    for quarter, found in enumerate(tree["cash"]["quarters"], 1):
        assert found == statistics(table["owner", "cash", "paid", quarter])
    for name in ("start_up", "payback_month"):
        assert tree["cash"][name] == statistics(table["owner", name, "paid", 0])


def test_what_the_payer_pays_for_the_programme_the_owner_receives(table):
    for payer, owner in (("fees", "fees"), ("earned", "earned"), ("owed", "owed")):
        both = np.array(table["payer", payer, "programme", 0]) + np.array(table["owner", owner, "programme", 0])
        assert both.tolist() == [0.0] * 4
    booked = -np.array(table["payer", "fees", "programme", 0])
    assert booked == pytest.approx(np.array(table["payer", "contract_fees", "paid", 0]), abs=0.01)


def test_cash_by_quarter_adds_up_to_the_owners_net_position(table):
    quarters = [values for key, values in table.items() if key[:3] == ("owner", "cash", "paid")]
    assert len(quarters) > 12  # settlements come after the run
    assert np.sum(quarters, axis=0) == pytest.approx(np.array(table["owner", "net", "programme", 0]))


def test_savings_are_what_care_costs_less_in_the_payers_books(table):
    saved, change = (np.array(table["payer", *key, 0]) for key in (("gross_savings", "true"), ("payments", "difference")))
    assert saved == pytest.approx(change, abs=0.05)  # nobody dies or leaves sooner in either arm: months are the same


def test_a_statement_that_was_handed_over_is_the_same(statements):
    again = pickle.loads(pickle.dumps(statements))
    assert money_table(again, OWN) == money_table(statements, OWN)
    assert summarise(again, OWN) == summarise(statements, OWN)


def test_outside_has_no_books(table):
    assert Party.outside not in {party for party, *_ in table}


WEIGHTS = st.lists(st.one_of(st.integers(0, 2**60), st.floats(0, 1e12)), min_size=3, max_size=3).filter(lambda each: sum(each) > 0)


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), WEIGHTS), min_size=1, max_size=8), st.booleans())
def test_many_totals_are_spread_as_each_alone(rows, whole_numbers):
    weights = np.array([row for _, row in rows], np.float64)
    if whole_numbers:
        weights = weights.astype(np.int64)
        weights[:, 0] += 1
    totals = np.array([total for total, _ in rows], np.int64)
    expected = [spread(int(total), row) for total, row in zip(totals, weights.tolist(), strict=True)]
    assert spread_each(totals, weights).tolist() == expected


@pytest.mark.parametrize("weights", [[[0.0, 0.0]], [[1.0, -1.0]], [[np.inf, 1.0]]])
def test_weights_that_cannot_be_are_refused(weights):
    with pytest.raises(ValueError, match="weights must not be negative"):
        spread_each(np.array([5]), np.array(weights))
