"""Three returns, three bases, and where each breaks even."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.economics.measured import Measured, Period
from sim.economics.roi import Plan, break_even, nearest_root, points_of, returned, surplus
from tests.economics.cases import contract

T = 100_000_000.0
MONTHS = 50_000.0
FEES = 120 * MONTHS  # 6 million


def figures(gross: float) -> tuple[Measured, ...]:
    return (Measured(Period("original", 1, 36), T, T - gross, participant_months=MONTHS, eligible_months=60_000.0),)


def plan(true: float, seen: float, kind: str = "cmhcb", **values: float) -> Plan:
    """True and measured gross savings; cost 4 + 0.5 + 0.5 million, 0.2 million of own margin foregone."""
    cost = {"staff_cost": 4e6, "fixed_cost": 5e5, "physician_cost": 5e5, "own_margin": -2e5, **values}
    return Plan(contract(kind), figures(true), figures(seen), **cost)


def test_every_return_by_hand() -> None:
    # measured 13 million: net 7%, so that 2 million are shared; true 9 million: net 3%, 2 million are owed
    one = plan(9e6, 13e6)
    expected: dict[tuple[Any, Any], float] = {
        ("gross", "true"): 9 / 6,
        ("gross", "measured"): 13 / 6,
        ("gross", "paid"): 9 / 8,
        ("net", "true"): 0.03,
        ("net", "measured"): 0.07,
        ("net", "paid"): 0.01,
        ("owner", "true"): (6 - 2 - 5 - 0.2) / 5,
        ("owner", "paid"): (6 + 2 - 5 - 0.2) / 5,
    }
    for (definition, basis), value in expected.items():
        assert returned(one, definition, basis) == pytest.approx(value), (definition, basis)


def test_a_surplus_changes_sign_at_the_break_even_of_its_definition() -> None:
    assert surplus(plan(6e6, 0), "gross", "true") == 0
    assert surplus(plan(6e6, 0), "net", "true") == 0
    assert surplus(plan(11e6, 0), "net", "true", "guarantee") == pytest.approx(0)
    assert surplus(plan(11e6, 11e6, own_margin=-1e6), "owner", "true") == pytest.approx(0)  # 6 received, 5 spent, 1 foregone


def test_only_the_net_rate_with_a_guarantee_has_two_points() -> None:
    assert points_of("net", contract("cmhcb")) == ("break_even", "guarantee")
    assert points_of("net", contract("fee_only")) == points_of("owner", contract("cmhcb")) == ("break_even",)


def test_nothing_paid_has_no_return() -> None:
    assert math.isnan(returned(plan(5e6, 0), "gross", "paid"))  # all fees are paid back
    assert math.isnan(returned(replace(plan(0, 0), staff_cost=0, fixed_cost=0, physician_cost=0), "owner", "paid"))


@pytest.mark.parametrize(
    ("lever", "definition", "basis", "point", "expected"),
    [
        ("fee", "gross", "true", "break_even", 9e6 / MONTHS),
        ("fee", "net", "measured", "break_even", 13e6 / MONTHS),
        ("fee", "net", "measured", "guarantee", 8e6 / MONTHS),
        ("effect", "gross", "true", "break_even", 6 / 9),
        ("effect", "net", "true", "guarantee", 11 / 9),
        ("effect", "net", "measured", "guarantee", 7 / 9),  # 13 + 9 (k - 1) = 11: what was measured keeps its error
        ("enrolment", "gross", "true", "break_even", None),  # savings and fees grow alike
        ("enrolment", "net", "measured", "guarantee", 1 / 3),  # 13 + 9 (k - 1) - 6 k = 5
        ("enrolment", "net", "true", "guarantee", None),  # 5 / 3, more than are eligible
        ("staffing", "gross", "true", "break_even", None),
        ("staffing", "owner", "paid", "break_even", (8 - 1 - 0.2) / 4),
        ("staffing", "owner", "true", "break_even", (4 - 1 - 0.2) / 4),
        # the owner keeps the fee, pays back 11 - 9 = 2 million and half a million of margin grows with the effect: 6 - (11 - 9k) = 5 + 0.2k
        ("effect", "owner", "true", "break_even", 10 / 8.8),
    ],
)
def test_break_even_against_the_closed_form(lever: Any, definition: Any, basis: Any, point: Any, expected: float | None) -> None:
    found = break_even([plan(9e6, 13e6)], lever, definition, basis, point)
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-6))


def test_the_break_even_is_that_of_the_mean_over_replications() -> None:
    assert break_even([plan(9e6, 0), plan(3e6, 0)], "fee", "gross", "true") == pytest.approx(6e6 / MONTHS)


def test_enrolment_does_not_break_even_on_errors_of_measurement_that_are_zero_on_average() -> None:
    # 9 k + error - 6 k: with errors of 4 and -5 million the mean passes 0 at a sixth, which says nothing; a bias of -3 million does
    assert break_even([plan(9e6, 13e6), plan(9e6, 4e6)], "enrolment", "net", "measured") is None
    assert break_even([plan(9e6, 6e6), plan(9e6, 6e6)], "enrolment", "net", "measured") == pytest.approx(1)


def test_a_contract_that_pays_all_at_once_breaks_even_where_it_jumps() -> None:
    # MSSP BASIC A, 20,000 people: from 2.5% on, 40% of the saving is earned at once, 1 million of 2.5
    own = contract("mssp", "track: basic_a, first_year: 2024, quality_score: 1").model_copy(update={"fee": contract("fee_only").fee})
    one = Measured(Period("all", 1, 12), T, T - 1e6, participant_months=0.0, eligible_months=240_000.0)
    made = Plan(own, (one,), (one,), staff_cost=8e5, fixed_cost=0.0, physician_cost=0.0, own_margin=0.0)
    assert break_even([made], "effect", "owner", "paid") == pytest.approx(2.5, rel=1e-6)


def test_without_savings_no_effect_breaks_even() -> None:
    assert break_even([plan(0, 0)], "effect", "gross", "true") is None
    assert break_even([plan(0, 4e6)], "effect", "gross", "measured") is None  # there is an error to measure, and nothing behind it
    assert break_even([plan(-1e6, -1e6)], "fee", "gross", "true") is None


@given(st.floats(-5e6, 5e6), st.floats(-5e6, 5e6).filter(lambda slope: abs(slope) > 1))
def test_the_root_of_a_straight_line(intercept: float, slope: float) -> None:
    root = -intercept / slope
    assume(not math.isclose(root, 0, abs_tol=1e-6) and not math.isclose(root, 10, rel_tol=1e-6))
    found = nearest_root(lambda value: intercept + slope * value, 0.0, 10.0, 1.0, stretches=1)
    assert found == (pytest.approx(root, rel=1e-6, abs=1e-6) if 0 < root < 10 else None)


def test_of_several_roots_the_nearest() -> None:
    assert nearest_root(lambda value: (value - 1) * (value - 3) * (value - 7.5), 0.0, 8.0, 4.0) == pytest.approx(3)
