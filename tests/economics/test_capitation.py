"""Global capitation, computed by hand, with a stop-loss of 80% above 200,000 USD."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.contracts import capitation
from sim.economics.contracts.capitation import Subcontract

OWN = capitation.terms(carve_out=0.1, attachment=200_000, stop_loss_share=0.8)


def test_risk_that_is_paid_for():
    assert capitation.payment_risk(1.1, 1.0) == pytest.approx(1.0351)  # 1.1 x 0.941
    assert capitation.payment_risk(1.1, 1.1) == pytest.approx(0.941)


@pytest.mark.parametrize(
    ("quartile", "stars", "expected"), [(1, 3.5, 0.95), (1, 4.0, 1.00), (2, 3.99, 1.00), (3, 4.0, 1.125), (4, 3.5, 1.15), (4, 5.0, 1.20)]
)
def test_benchmark(quartile, stars, expected):
    assert capitation.benchmark_share(quartile, stars) == pytest.approx(expected)


@pytest.mark.parametrize(("stars", "expected"), [(0, 0.5), (3.49, 0.5), (3.5, 0.65), (4.49, 0.65), (4.5, 0.7), (5, 0.7)])
def test_rebate(stars, expected):
    assert capitation.rebate_share(stars) == expected


@pytest.mark.parametrize(
    ("bid", "expected"),
    [
        (1_000, 12_000_000),
        (1_100, 12_000_000),  # a bid above the benchmark is paid the benchmark
        (900, 11_580_000),  # 900 + 65% of 100, for 12,000 member-months
        (999.99, 11_999_958),
    ],
)
def test_revenue(bid, expected):
    assert capitation.revenue(bid=bid, benchmark=1_000, rebate=0.65, risk=1.0, member_months=12_000) == expected


def test_a_year():
    # 85% of 10 million, less a tenth; 800 members of 5,000, one of 300,000; 100 procedures at 9,000, of which 20 elsewhere at 15,000.
    settled = capitation.settle(
        OWN,
        revenue=10_000_000,
        costs=[5_000] * 800 + [300_000],
        subcontracts=[Subcontract(100, 9_000, 0.2, 15_000)],
        admin=500_000,
        premium=60_000,
    )
    assert (settled.capitation, settled.carved_out) == (7_650_000, 850_000)
    assert (settled.cost, settled.subcontracts, settled.recovery) == (4_300_000, 1_020_000, 80_000)
    assert settled.paid == 7_670_000  # 7,650,000 + 80,000 - 60,000
    assert settled.margin == 1_850_000  # less 4,300,000, 1,020,000 and 500,000
    assert settled.plan_keeps == 2_330_000


@pytest.mark.parametrize(
    ("cost", "recovered"), [(0, 0), (199_999.99, 0), (200_000, 0), (200_000.10, 0.08), (200_100, 80), (450_000, 200_000)]
)
def test_stop_loss(cost, recovered):
    assert capitation.recovery(OWN, [cost]) == recovered
    assert capitation.recovery(capitation.terms(carve_out=0, attachment=math.inf, stop_loss_share=0.8), [cost]) == 0


@pytest.mark.parametrize(("leakage", "cost"), [(0, 900), (0.5, 1_200), (1, 1_500)])
def test_leakage(leakage, cost):
    assert Subcontract(1, 900, leakage, 1_500).cost == cost


def test_what_cannot_be():
    with pytest.raises(ValueError, match="carve_out"):
        capitation.terms(carve_out=1.1, attachment=200_000, stop_loss_share=0.8)
    with pytest.raises(ValueError, match="attachment"):
        capitation.terms(carve_out=0, attachment=-1, stop_loss_share=0.8)
    with pytest.raises(ValueError, match="quartile"):
        capitation.benchmark_share(5, 4)
    with pytest.raises(ValueError, match="stars"):
        capitation.rebate_share(5.5)
    with pytest.raises(ValueError, match="normalisation"):
        capitation.payment_risk(1.0, 0.0)
    with pytest.raises(ValueError, match="leakage"):
        _ = Subcontract(1, 900, 1.5).cost
    with pytest.raises(ValueError, match="cost of a member"):
        capitation.settle(OWN, revenue=1, costs=[-1])


dollars = st.integers(0, 10**8).map(lambda cents: cents / 100)
shares = st.floats(0, 1)
all_terms = st.builds(
    capitation.Terms,
    carve_out=shares,
    attachment=st.floats(150_000, 250_000),
    stop_loss_share=st.floats(0.8, 0.9),
    revenue_share=st.floats(0.8, 0.88),
)
subcontracts = st.lists(st.builds(Subcontract, st.integers(0, 1000), dollars, shares, dollars), max_size=3)


@given(own=all_terms, revenue=dollars, costs=st.lists(dollars, max_size=20), bought=subcontracts, admin=dollars, premium=dollars)
def test_plan_and_group_share_the_revenue_to_the_cent(own, revenue, costs, bought, admin, premium):
    settled = capitation.settle(own, revenue=revenue, costs=costs, subcontracts=bought, admin=admin, premium=premium)
    spent = settled.cost + settled.subcontracts + settled.admin
    assert round(100 * settled.plan_keeps) + round(100 * settled.margin) + round(100 * spent) == round(100 * settled.revenue)
    assert 0 <= settled.recovery <= own.stop_loss_share * settled.cost + 0.01
    assert settled.capitation + settled.carved_out <= own.revenue_share * revenue + 0.01


@given(own=all_terms, cost=dollars, step=st.floats(0, 100_000), others=st.lists(dollars, max_size=5))
def test_margin_falls_with_cost_and_more_slowly_above_the_attachment(own, cost, step, others):
    before, after = (capitation.settle(own, revenue=1_000_000, costs=[value, *others]).margin for value in (cost, cost + step))
    kept = 1 - own.stop_loss_share
    assert kept * step - 0.03 <= before - after <= step + 0.03
    if cost >= own.attachment:
        assert before - after == pytest.approx(kept * step, abs=0.03)


@given(benchmark=dollars, bids=st.tuples(dollars, dollars).map(sorted), rebate=shares)
def test_revenue_rises_with_the_bid_up_to_the_benchmark(benchmark, bids, rebate):
    lower, higher = (capitation.revenue(bid=bid, benchmark=benchmark, rebate=rebate, risk=1, member_months=1) for bid in bids)
    assert lower <= higher + 0.01
    assert higher <= benchmark + 0.01
