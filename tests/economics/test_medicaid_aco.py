"""The generic Medicaid ACO, computed by hand for a target of 100 million."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.contracts import medicaid_aco
from sim.economics.money import to_cent

T = 100_000_000.0


@pytest.mark.parametrize(
    ("savings", "modifier", "paid"),
    [
        (0, 1.0, 0),
        (1_999_999.99, 1.0, 0),
        (2_000_000, 1.0, 1_000_000),  # first dollar: half of the whole saving
        (2_000_000, 0.8, 800_000),
        (9_999_999.98, 1.0, 4_999_999.99),
        (10_000_000, 1.0, 5_000_000),
        (12_000_000, 1.0, 5_000_000),  # no more than 10% of the target is shared
        (12_000_000, 0.9, 4_500_000),
        (-1_999_999.99, 1.0, 0),
        (-2_000_000, 1.0, -1_000_000),
        (-2_000_000, 0.8, -1_000_000),  # quality moves gains only
        (-10_000_000, 1.0, -5_000_000),
        (-30_000_000, 1.0, -5_000_000),
    ],
)
def test_medicaid_aco(savings, modifier, paid):
    own = medicaid_aco.terms(corridor=0.02, attachment=200_000)
    settled = medicaid_aco.settle(own, target=T, expenditure=to_cent(T - savings), quality_modifier=modifier)
    assert settled.paid == paid
    assert settled.capped == (abs(savings) > 10_000_000)
    assert settled.medicaid_keeps == pytest.approx(savings - paid, abs=0.001)


def test_add_on_is_paid_beside_what_is_owed():
    # 12 USD for each of 100,000 member-months, and half of a loss of 3 million owed.
    own = medicaid_aco.terms(corridor=0.02, attachment=200_000)
    settled = medicaid_aco.settle(own, target=T, expenditure=T + 3_000_000, add_on=12 * 100_000)
    assert (settled.owed, settled.add_on, settled.paid) == (1_500_000, 1_200_000, -300_000)
    assert settled.medicaid_keeps == -2_700_000


@pytest.mark.parametrize(
    ("cost", "counted"), [(0, 0), (199_999.99, 199_999.99), (200_000, 200_000), (200_100, 200_005), (300_000, 205_000)]
)
def test_stop_loss(cost, counted):
    own = medicaid_aco.terms(corridor=0.0, attachment=200_000)
    assert medicaid_aco.expenditure(own, [cost]) == counted
    assert medicaid_aco.expenditure(own, [cost, 1_000]) == pytest.approx(counted + 1_000, abs=0.001)
    assert medicaid_aco.expenditure(medicaid_aco.terms(corridor=0.0, attachment=math.inf), [cost]) == cost


def test_target():
    assert medicaid_aco.target(450.0, 1.2, 10_000) == 5_400_000


@pytest.mark.parametrize("modifier", [0.79, 1.01])
def test_a_modifier_that_cannot_be(modifier):
    with pytest.raises(ValueError, match=r"between 0\.8 and 1"):
        medicaid_aco.settle(medicaid_aco.terms(corridor=0.0, attachment=200_000), target=T, expenditure=T, quality_modifier=modifier)


@pytest.mark.parametrize(("corridor", "attachment"), [(-0.01, 200_000), (1.01, 200_000), (0.01, -1), (0.01, math.nan)])
def test_terms_that_cannot_be(corridor, attachment):
    with pytest.raises(ValueError, match="must be"):
        medicaid_aco.terms(corridor=corridor, attachment=attachment)


dollars = st.integers(0, 3 * 10**10).map(lambda cents: cents / 100)
targets = st.integers(10**8, 10**11).map(lambda cents: cents / 100)


@given(
    target=targets,
    rates=st.tuples(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9)).map(sorted),
    corridor=st.floats(0, 0.02),
    sharing=st.floats(0.25, 1.0),
    cap=st.floats(0.05, 0.10),
    modifier=st.floats(0.8, 1.0),
    add_on=dollars,
)
def test_monotone_capped_and_exact(target, rates, corridor, sharing, cap, modifier, add_on):
    own = medicaid_aco.terms(corridor=corridor, attachment=200_000, sharing_rate=sharing, cap=cap)
    worse, better = (
        medicaid_aco.settle(own, target=target, expenditure=to_cent(target * (1 - rate)), quality_modifier=modifier, add_on=add_on)
        for rate in rates
    )
    assert worse.paid <= better.paid
    for settled in (worse, better):
        assert max(settled.earned, settled.owed) <= sharing * cap * target + 0.01
        assert settled.earned == 0 or settled.owed == 0
        assert round(100 * settled.paid) + round(100 * settled.medicaid_keeps) == round(100 * settled.savings)


@given(target=targets, rate=st.floats(-0.2, 0.2), step=st.floats(0, 1000))
def test_continuous_without_a_corridor(target, rate, step):
    own = medicaid_aco.terms(corridor=0.0, attachment=200_000)
    spent = to_cent(target * (1 - rate))
    before, after = (medicaid_aco.settle(own, target=target, expenditure=value).paid for value in (spent, to_cent(spent + step)))
    assert 0 <= before - after + 0.001 <= own.sharing_rate * step + 0.03


@given(costs=st.lists(st.integers(0, 10**8).map(lambda cents: cents / 100), max_size=30))
def test_stop_loss_never_adds(costs):
    own = medicaid_aco.terms(corridor=0.0, attachment=150_000)
    assert medicaid_aco.expenditure(own, costs) <= math.fsum(costs) + 0.01
    assert medicaid_aco.expenditure(own, costs) >= math.fsum(min(cost, 150_000) for cost in costs) - 0.01
