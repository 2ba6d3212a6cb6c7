"""The actuary's figures against closed forms and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim.economics.actuary import (
    churn,
    completed_share,
    completion,
    expected_shortfall,
    mean_over_noise,
    owed_quantiles,
    paid_for_noise,
    rebase,
    trend_risk,
    with_trend_error,
)
from sim.economics.measured import Measured, Period
from tests.economics.cases import call, contract, measured
from tests.outcomes.synthetic import arm, book

T = 100_000_000.0


# -- the tail ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "level", "expected"),
    [
        (range(1, 101), 0.95, 98),  # mean of 96 to 100
        ([0, 0, 0, 10], 0.75, 10),
        ([0, 0, 0, 10], 0.5, 5),
        ([0, 6, 10], 0.5, (10 + 0.5 * 6) / 1.5),  # one and a half of three
        ([7.0], 0.99, 7),
        ([1, 2, 3], 0.0, 2),
    ],
)
def test_expected_shortfall_by_hand(amounts: list[float], level: float, expected: float) -> None:
    assert expected_shortfall(list(amounts), level) == pytest.approx(expected)


def test_expected_shortfall_of_a_normal_law() -> None:
    amounts = norm.ppf((np.arange(20_000) + 0.5) / 20_000).tolist()
    assert expected_shortfall(amounts, 0.95) == pytest.approx(norm.pdf(norm.ppf(0.95)) / 0.05, rel=1e-3)


@given(st.lists(st.integers(0, 10**11).map(lambda cents: cents / 100), min_size=1, max_size=30), st.floats(0, 0.99))
def test_expected_shortfall_lies_between_the_quantile_and_the_worst(amounts: list[float], level: float) -> None:
    shortfall = expected_shortfall(amounts, level)
    assert shortfall <= max(amounts) * (1 + 1e-9)
    assert shortfall >= math.fsum(amounts) / len(amounts) * (1 - 1e-9)


@pytest.mark.parametrize(("amounts", "level"), [([], 0.95), ([1.0], 1.0), ([1.0], -0.1)])
def test_expected_shortfall_needs_amounts_and_a_level(amounts: list[float], level: float) -> None:
    with pytest.raises(ValueError, match="needs amounts and a level"):
        expected_shortfall(amounts, level)


def test_quantiles_of_what_is_owed() -> None:
    assert owed_quantiles([float(value) for value in range(101)]) == {"p50": 50, "p90": 90, "p95": 95, "p99": 99}


# -- paid for noise ----------------------------------------------------------------------------------------------------


def noise(kind: str, switches: str, period: Period, sd: float, nodes: int = 20_001) -> float:
    return paid_for_noise(contract(kind, switches), [(measured(T, T, period=period), sd)], nodes)


@pytest.mark.parametrize("sd", [1e6, 3e6, 8e6])
def test_a_one_sided_contract_pays_for_savings_that_are_noise_around_zero(sd: float) -> None:
    """MSSP BASIC A, 10,000 people: 98% of 40% of the whole saving from 3% on, no more than 10% of the benchmark."""
    least, cap = 0.03 * T, 0.10 * T / 0.4
    analytic = 0.98 * 0.4 * (sd * norm.pdf(least / sd) - call(cap, sd))  # E[S; S > least] = sd x density
    paid = noise("mssp", "track: basic_a, first_year: 2024, quality_score: 1", Period("all", 1, 12), sd)
    assert paid == pytest.approx(analytic, rel=0.005)
    assert paid > 0


@pytest.mark.parametrize("sd", [2e6, 5e6, 10e6])
def test_what_cmhcb_leaves_of_the_fees_when_nothing_is_saved(sd: float) -> None:
    """The fees are paid back below a gross saving of 5%, kept from 5% + fees on; above come the corridors: calls on the measured saving."""
    fees = 7_200_000.0
    kept = call(0.05 * T, sd) - call(0.05 * T + fees, sd)
    share = call(0.05 * T + fees, sd) - call(0.10 * T + fees, sd) + 0.5 * (call(0.10 * T + fees, sd) - call(0.20 * T + fees, sd))
    paid = noise("cmhcb", "", Period("original", 1, 36), sd)
    assert fees + paid == pytest.approx(kept + share, rel=0.005)
    assert kept + share > 0  # although nothing is saved


def test_a_two_sided_contract_with_equal_shares_pays_nothing_for_noise() -> None:
    assert noise("pioneer", "quality_score: 1", Period("all", 1, 12), 3e6) == pytest.approx(0.0, abs=1.0)


def test_periods_add_up_and_a_saving_that_is_real_moves_the_mean() -> None:
    own, one = contract("pioneer", "quality_score: 1, minimum_rate: 0"), measured(T, T)
    assert paid_for_noise(own, [(one, 1e6), (one, 2e6)]) == pytest.approx(0.0, abs=1.0)
    assert mean_over_noise(lambda saving: 0.6 * saving, 2e6, 1e6) == pytest.approx(1.2e6)


# -- trend, rebasing, churn, claims ------------------------------------------------------------------------------------


def test_a_trend_that_is_off_moves_the_target_by_its_years() -> None:
    one = with_trend_error(measured(T, T, period=Period("all", 13, 24)), 0.035, 0.01)
    assert one.target == pytest.approx(T * (1.045 / 1.035) ** 2)
    assert with_trend_error(one, 0.035, 0.0).target == pytest.approx(one.target)


def test_trend_risk_of_a_contract_that_shares_all_alike_is_symmetric_and_by_hand() -> None:
    own = contract("pioneer", "quality_score: 1, minimum_rate: 0")
    one = measured(T, T, period=Period("all", 1, 12))
    risk = trend_risk(own, [one], 0.0, 0.02)
    assert (risk.low, risk.expected, risk.high) == pytest.approx((-0.6 * 0.02 * T, 0.0, 0.6 * 0.02 * T))
    assert risk.over_errors == pytest.approx(0.0, abs=0.6 * T * 1e-5)
    assert risk.owed_chance == pytest.approx(0.5, abs=1e-3)


def year(number: int, target: float, actual: float) -> Measured:
    return Measured(Period("all", 12 * number - 11, 12 * number), target, actual, 0.0, 1_000.0)


def test_own_savings_lower_the_next_benchmark_and_half_is_given_back() -> None:
    years = [year(1, 1e6, 1e6), year(2, 1e6, 0.98e6), year(3, 1e6, 0.96e6)]
    next_one = rebase(years, 0.0)
    assert next_one is not None
    assert next_one.without == pytest.approx(1_000)
    assert next_one.own == pytest.approx(0.1 * 1_000 + 0.3 * 980 + 0.6 * 960)
    assert next_one.given_back == pytest.approx(0.5 * (0 + 20 + 40) / 3)
    assert next_one.lost == pytest.approx(1_000 - next_one.own - 10)
    later = rebase(years, 0.1, first_agreement=False)
    assert later is not None
    assert later.without == pytest.approx(1_000 * (1.1**3 + 1.1**2 + 1.1) / 3)


def test_what_is_given_back_is_capped_and_losses_give_nothing() -> None:
    saved, lost = rebase([year(n, 1e6, 0.5e6) for n in (1, 2, 3)], 0.0), rebase([year(n, 1e6, 1.5e6) for n in (1, 2, 3)], 0.0)
    assert saved is not None
    assert lost is not None
    assert saved.given_back == pytest.approx(0.05 * 500)
    assert lost.given_back == 0


def test_two_years_are_no_basis() -> None:
    assert rebase([year(1, 1e6, 1e6), year(2, 1e6, 1e6)], 0.0) is None


def test_churn_by_hand() -> None:
    made = arm(24, people=100, participants=50)
    for month, number in ((1, 3), (24, 7)):
        book(made, "left", month, number)
    book(made, "deaths", 5, 20)
    book(made, "withdrawn", 5, 4)
    made.person_time[0, -1] //= 2
    losses = churn(made)
    person_years = 200 - 50 / 12
    assert losses["left_per_person_year"] == pytest.approx(10 / person_years)
    assert losses["died_per_person_year"] == pytest.approx(20 / person_years)
    assert losses["withdrew_per_participant_year"] == pytest.approx(4 / 100)
    assert losses["retained_share"] == pytest.approx(0.5)


def test_claims_completion_by_hand() -> None:
    assert [completion(months, 0.7) for months in (0, 1, 3)] == pytest.approx([0.7, 0.91, 1 - 0.3**4])
    # two months of 100: after one month of run-out the first is three payments old, the second two
    assert completed_share([100, 100], 1, 0.7) == pytest.approx((1 - 0.3**3 + 1 - 0.3**2) / 2)
    assert completed_share([0.0, 0.0], 3, 0.7) == 1.0
    assert completed_share([5.0], 0, 1.0) == 1.0
