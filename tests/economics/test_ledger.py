"""Double entry: what one party pays another receives, to the cent, on every ledger."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics import booking
from sim.economics.ledger import Flow, Ledger, LedgerError
from sim.economics.measured import from_truth, settled_periods
from sim.economics.money import spread
from sim.economics.parties import PAYMENT_CATEGORIES, PROVIDERS, Party
from sim.economics.settling import Settlement, settle_contract
from sim.outcomes.results import PAYMENTS, ArmResult
from tests.economics.cases import nothing, replication, terms
from tests.outcomes.synthetic import arm, book

MONTHS = 3


def cells(*amounts: int) -> np.ndarray:
    table = np.zeros((2, MONTHS), np.int64)
    table[0] = amounts
    return table


def test_a_flow_stands_on_both_sides() -> None:
    ledger = Ledger(MONTHS, [Flow(Party.payer, Party.hospital, "inpatient", cells(5, 0, -2))])
    assert ledger.account(Party.payer, "inpatient").tolist() == cells(-5, 0, 2).tolist()
    assert ledger.account(Party.hospital).tolist() == cells(5, 0, -2).tolist()
    ledger.check()


def test_an_account_that_lost_a_cent_is_found_and_named() -> None:
    ledger = Ledger(MONTHS, [Flow(Party.payer, Party.snf, "snf", cells(5, 5, 5)), Flow(Party.payer, Party.owner, "fee", cells(1, 1, 1))])
    ledger._accounts[Party.snf, "snf"][0, 1] -= 1
    with pytest.raises(LedgerError, match=r"^snf from payer to snf: transfers must sum to 0 \(got -1 cents, original cohort, month 2\)$"):
        ledger.check()


HALF: Any = cells(1, 0, 0) / 2


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (Flow(Party.payer, Party.payer, "fee", cells(1, 0, 0)), "fee from payer to payer: must go to another party"),
        (Flow(Party.payer, Party.owner, "fee", HALF), "fee from payer to owner: must be int64 cents"),
        (Flow(Party.payer, Party.owner, "fee", cells(1, 0, 0)[:, :2]), r"fee from payer to owner: .* \(got int64 \(2, 2\)\)"),
    ],
)
def test_a_flow_that_cannot_be_is_refused(flow: Flow, message: str) -> None:
    with pytest.raises(LedgerError, match=message):
        Ledger(MONTHS, [flow])


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=6).filter(any))
def test_spread_adds_up_and_is_within_a_cent_of_the_proportion(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0 or total == 0)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 3]])
def test_spread_over_nothing_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights must not be negative"):
        spread(5, weights)


CENTS = st.integers(0, 10**8)
SOME = st.lists(
    st.tuples(st.sampled_from([*PAYMENTS, "patient_share", "hospital_cost"]), st.integers(1, 24), st.integers(0, 1), CENTS), max_size=12
)


def booked(entries: list[tuple[str, int, int, int]], times: int = 1) -> ArmResult:
    made = arm(24, participants=30, refresh_people=40, staff=({"name": "case_manager", "cost_cents": 12_345_678, "employed_us": 10**13},))
    for counter, month, cohort, cents in entries:
        book(made, counter, month, cents * times, cohort)
    return made


@given(SOME, SOME)
def test_transfers_of_any_run_sum_to_zero(usual: list, programme: list) -> None:
    result, own = replication(booked(usual), booked(programme)), terms()
    settlements = [settle_contract(own.contract, from_truth(result, period)) for period in settled_periods(own.contract, 24)]
    books = booking.ledgers(result, own, settlements)
    for ledger in books.values():
        assert not np.any(sum(ledger.account(party) for party in Party))
    owner = books["programme"].account(Party.owner, "fee", "earned", "owed").sum()
    assert owner == sum(round(100 * settled.paid) for settled in settlements)


@given(SOME)
def test_doubling_prices_doubles_payments(entries: list) -> None:
    own = terms()
    once, twice = (Ledger(24, booking.care(booked(entries, times), own)) for times in (1, 2))
    for party in (Party.payer, Party.patient):
        assert (twice.account(party) == 2 * once.account(party)).all()
    for party in PROVIDERS:
        assert (twice.account(party, *PAYMENT_CATEGORIES) == 2 * once.account(party, *PAYMENT_CATEGORIES)).all()


def test_cost_sharing_goes_where_it_comes_from_and_to_the_others_without_any_payment() -> None:
    # co-insurance of visits, 20% of 100; the other 81 are deductibles and co-payments of days: two thirds stays, one third SNF days
    made = nothing()
    for counter, cents in {"pay_inpatient": 600, "pay_snf": 300, "pay_primary": 100, "patient_share": 101}.items():
        book(made, counter, 1, cents)
    book(made, "patient_share", 2, 7)
    ledger = Ledger(24, booking.care(made, terms()))
    shares = {party: ledger.account(party, "patient_share")[0, :2].tolist() for party in PROVIDERS}
    assert shares == {Party.hospital: [54, 0], Party.snf: [27, 0], Party.practice: [20, 0], Party.other: [0, 7]}


def test_the_supplemental_payers_part_goes_to_those_who_gave_the_care() -> None:
    made = nothing()
    book(made, "pay_snf", 1, 1000)
    without = Ledger(24, booking.care(made, terms()))
    assert not without.account(Party.supplement).any()
    book(made, "supplement_share", 1, 250)
    ledger = Ledger(24, booking.care(made, terms()))
    assert ledger.account(Party.supplement).sum() == -250
    assert ledger.account(Party.snf, "supplement_share")[0, 0] == 250


def test_settlements_of_all_cohorts_are_divided_by_their_time_in_the_last_month_of_the_period() -> None:
    result = replication(arm(24, refresh_people=50), arm(24, refresh_people=50, participants=50))
    period = settled_periods(terms("contract={kind: pioneer, quality_score: 1}").contract, 24)[1]
    one = Settlement("pioneer", period, 0.0, 0.0, 0.0, 0.0, 30.01, "", {})
    flows = {flow.category: flow.cents for flow in booking.settled([one], result.arms["programme"], terms())}
    assert flows["owed"][:, 23].tolist() == [2001, 1000]
    assert flows["owed"].sum() == 3001
    assert not flows["fee"].any()
