"""Care-management codes, computed by hand: nothing is billed for work that was not done."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.contracts import ffs_codes
from sim.economics.contracts.ffs_codes import Discharge

SERVICES = ("ccm", "complex_ccm", "ccm_physician", "pcm_physician", "pcm_staff")


@pytest.mark.parametrize(
    ("service", "minutes", "billed"),
    [
        ("ccm", 0, 0),
        ("ccm", 19.99, 0),
        ("ccm", 20, 62),
        ("ccm", 39.99, 62),
        ("ccm", 40, 62 + 47),
        ("ccm", 59.99, 62 + 47),
        ("ccm", 60, 62 + 2 * 47),
        ("ccm", 80, 62 + 2 * 47),  # no third further code
        ("ccm", 600, 62 + 2 * 47),
        ("complex_ccm", 59.99, 0),
        ("complex_ccm", 60, 134),
        ("complex_ccm", 89.99, 134),
        ("complex_ccm", 90, 134 + 71),
        ("complex_ccm", 180, 134 + 4 * 71),
        ("ccm_physician", 29.99, 0),
        ("ccm_physician", 30, 85),
        ("ccm_physician", 60, 85 + 60),
        ("pcm_physician", 29.99, 0),
        ("pcm_physician", 30, 88),
        ("pcm_physician", 600, 88),
        ("pcm_staff", 29.99, 0),
        ("pcm_staff", 30, 62),
    ],
)
def test_a_patient_month(service, minutes, billed):
    settled = ffs_codes.settle(ffs_codes.terms(service), [(minutes, 2)])
    assert settled.billed == billed
    assert settled.patient == pytest.approx(0.2 * billed, abs=0.005)
    assert settled.paid == pytest.approx(0.8 * billed, abs=0.005)


@pytest.mark.parametrize(
    ("service", "conditions", "billed"), [("ccm", 1, 0), ("ccm", 2, 62), ("pcm_physician", 0, 0), ("pcm_physician", 1, 88)]
)
def test_enough_conditions(service, conditions, billed):
    assert ffs_codes.settle(ffs_codes.terms(service), [(30, conditions)]).billed == billed


def test_months_are_not_pooled():
    own = ffs_codes.terms("ccm")
    assert ffs_codes.settle(own, [(10, 2), (10, 2)]).billed == 0
    settled = ffs_codes.settle(own, [(25, 2), (45, 3), (70, 2), (19, 5)])
    assert settled.codes == {"99490": 3, "99439": 3}
    assert settled.billed == 327  # 3 x 62 + 3 x 47
    assert (settled.patient, settled.paid) == (65.4, 261.6)


@pytest.mark.parametrize(
    ("contact", "visit", "complexity", "code"),
    [
        (2, 7, "high", "99496"),
        (2, 8, "high", "99495"),
        (2, 14, "high", "99495"),
        (2, 15, "high", None),
        (2, 7, "moderate", "99495"),
        (2, 14, "moderate", "99495"),
        (2, 15, "moderate", None),
        (3, 7, "high", None),
        (None, 7, "high", None),
        (2, None, "high", None),
        (0, 1, "low", None),
    ],
)
def test_a_discharge(contact, visit, complexity, code):
    assert ffs_codes.transition_code(ffs_codes.transition_terms(), Discharge(0, contact, visit, complexity)) == code


def test_one_transition_a_period():
    own = ffs_codes.transition_terms()
    first, within, after = Discharge(0, 1, 7, "high"), Discharge(29, 1, 7), Discharge(30, 1, 14)
    assert ffs_codes.settle_transitions(own, [within, first]).billed == 298
    settled = ffs_codes.settle_transitions(own, [after, within, first])
    assert settled.codes == {"99495": 1, "99496": 1}
    assert (settled.billed, settled.patient, settled.paid) == (499, 99.8, 399.2)
    # A discharge that was not billed blocks nothing.
    assert ffs_codes.settle_transitions(own, [Discharge(0, None, 7), within]).billed == 201


@pytest.mark.parametrize("minutes", [-1, math.nan, math.inf])
def test_minutes_that_cannot_be(minutes):
    with pytest.raises(ValueError, match="minutes must be"):
        ffs_codes.units(ffs_codes.terms("ccm"), minutes, 2)


minutes = st.floats(0, 1000)


@given(service=st.sampled_from(SERVICES), one=minutes, other=minutes)
def test_more_minutes_never_bill_less(service, one, other):
    own = ffs_codes.terms(service)
    less, more = (ffs_codes.settle(own, [(value, 2)]).billed for value in sorted((one, other)))
    assert less <= more


@given(service=st.sampled_from(SERVICES), months=st.lists(st.tuples(minutes, st.integers(0, 4)), max_size=20))
def test_billing_adds_up_to_the_cent(service, months):
    own = ffs_codes.terms(service)
    settled = ffs_codes.settle(own, months)
    each = [ffs_codes.settle(own, [month]) for month in months]
    assert round(100 * settled.billed) == round(100 * settled.paid) + round(100 * settled.patient)
    assert round(100 * settled.paid) == sum(round(100 * one.paid) for one in each)
    # Capped: no month bills more than its minutes earn, and CCM no more than its three units.
    assert all(one.billed == 0 for one, (spent, _) in zip(each, months, strict=True) if spent < own.minutes)
    if own.further_most is not None:
        assert all(one.billed <= own.price + own.further_most * own.further_price for one in each)


@given(
    discharges=st.lists(
        st.builds(
            Discharge,
            day=st.integers(0, 365),
            contact=st.none() | st.integers(0, 5),
            visit=st.none() | st.integers(0, 20),
            complexity=st.sampled_from(("low", "moderate", "high")),
        ),
        max_size=20,
    )
)
def test_transitions_are_capped_by_the_period(discharges):
    settled = ffs_codes.settle_transitions(ffs_codes.transition_terms(), discharges)
    assert sum(settled.codes.values()) <= min(len(discharges), 365 // 30 + 1)
    assert round(100 * settled.billed) == round(100 * settled.paid) + round(100 * settled.patient)
