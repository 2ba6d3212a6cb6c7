"""The owner's cash by hand: when fees, wages and settlements come and go."""

from __future__ import annotations

import pytest

from sim.economics.accounts import account
from sim.economics.measured import Period
from sim.economics.parties import Party
from sim.economics.treasury import Cash
from sim.outcomes.results import MICROSECONDS_PER_YEAR
from tests.economics.cases import nothing, replication, terms
from tests.outcomes.synthetic import arm


def cash(*net: float) -> Cash:
    zero = (0.0,) * len(net)
    return Cash(net, zero, zero)


@pytest.mark.parametrize(
    ("net", "start_up", "payback"),
    [
        ((-5, -3, 4, 4, 1), 8, 4),  # -5 -8 -4 0 1
        ((-5, 6, -2, 5), 5, 4),  # -5 1 -1 4: below 0 again in month 3
        ((-5, 2), 5, None),
        ((1, 2), 0, 1),
        ((), 0, 1),
    ],
)
def test_start_up_money_and_payback(net: tuple[float, ...], start_up: float, payback: int | None) -> None:
    assert (cash(*net).start_up, cash(*net).payback_month) == (start_up, payback)


def test_quarters() -> None:
    assert cash(1, 2, 3, 4, 5, 6, 7).by_quarter() == [6, 15, 7]


STAFF = ({"name": "coaching_firm", "cost_cents": 100_000_00, "employed_us": MICROSECONDS_PER_YEAR // 6},)


def test_the_cash_of_a_programme_by_hand() -> None:
    """6,000 USD of fees a month come two months later; a firm is there for two months; all fees are paid back six months after the end."""
    own = terms(
        "economics.fee_lag=2 months",
        "economics.settlement_lag=6 months",
        "programme.fixed_costs.management=0 USD per year",
        "programme.fixed_costs.physician_payment=0 USD per participant-year",
        "programme.fixed_costs.overhead=0",
    )
    one = account(
        replication(arm(24, monthly={"pay_snf": 100_000_000}), arm(24, participants=50, monthly={"pay_snf": 100_000_000}, staff=STAFF)), own
    )
    made = one.cash
    assert made.months == 30
    assert made.income == (0, 0, *[6_000] * 24, 0, 0, 0, 0)
    assert made.spending == (50_000, 50_000, *[0] * 28)
    assert made.settlements == (*[0] * 29, -144_000)
    assert made.start_up == 100_000  # before the first fee, and once more when the fees have been paid back
    assert made.payback_month is None
    assert made.cumulative()[-1] == pytest.approx(one.positions(Period("all", 1, 24))["programme"][Party.owner]["net"])


def test_codes_come_in_month_by_month_like_fees() -> None:
    lags = ("economics.fee_lag=2 months", "economics.settlement_lag=6 months")
    own = terms("contract={kind: ffs_codes, fee: 0 USD, service: ccm, transitions: false}", *lags)
    one = account(replication(nothing(), arm(24, participants=50, monthly={"worked_20": 40})), own)
    assert one.cash.settlements == pytest.approx((0, 0, *[40 * 62] * 24, 0, 0, 0, 0))
    assert sum(one.cash.settlements) == pytest.approx(sum(settled.earned + settled.patient for settled in one.settlements))


def test_without_programme_there_is_no_cash() -> None:
    own = terms("programme.fixed_costs.management=0 USD per year")
    assert set(account(replication(nothing(), nothing()), own).cash.net()) == {0.0}
