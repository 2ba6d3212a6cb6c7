"""A contract block of every kind settled by hand on measured figures: 10,000 people, 120,000 eligible and 60,000 participant months."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.contracts import mssp
from sim.economics.contracts.ffs_codes import Discharge
from sim.economics.measured import BillableWork, PatientMonths, Period, from_truth, settled_periods
from sim.economics.settling import Settlement, risk_adjusted_target, settle_contract
from sim.scenario.constants import constants
from sim.scenario.model.contract import Track
from tests.economics.cases import contract, measured, nothing, replication
from tests.outcomes.synthetic import arm, book

T = 100_000_000.0
FEES = 120 * 60_000.0  # 7.2 million
ORIGINAL = Period("original", 1, 36)


def settled(kind: str, switches: str, actual: float, **values: Any) -> Settlement:
    return settle_contract(contract(kind, switches), measured(T, actual, **values))


def test_a_fee_alone_is_all_that_is_paid() -> None:
    one = settled("fee_only", "", 50_000_000)
    assert (one.fees, one.earned, one.owed, one.paid, one.pays_back) == (FEES, 0, 0, FEES, False)


@pytest.mark.parametrize(
    ("cohort", "gross", "earned", "owed", "why"),
    [
        ("original", 12_199_999, 0, 1, "net saving of 5.00%: below the guarantee of 5.00%"),
        ("original", 12_200_000, 0, 0, "net saving of 5.00%: the guarantee of 5.00% is met"),
        ("original", 14_200_000, 2_000_000, 0, "net saving of 7.00%: the guarantee of 5.00% is met"),
        ("original", 5_000_000, 0, 7_200_000, "net saving of -2.20%: below the guarantee of 5.00%"),
        ("original", 4_999_999, 0, 7_200_000, "net saving of -2.20%: below the guarantee of 5.00%, and no more than the fees is paid back"),
        ("refresh", 9_700_000, 0, 0, "net saving of 2.50%: the guarantee of 2.50% is met"),
        ("refresh", 9_699_900, 0, 100, "net saving of 2.50%: below the guarantee of 2.50%"),
    ],
)
def test_cmhcb(cohort: Any, gross: float, earned: float, owed: float, why: str) -> None:
    one = settled("cmhcb", "", T - gross, period=Period(cohort, 1, 36))
    assert (one.earned, one.owed, one.paid, one.why) == (earned, owed, FEES + earned - owed, why)


def test_cmhcb_reports_both_bases() -> None:
    one = settled("cmhcb", "", T - 14_200_000, period=ORIGINAL)
    # net 7%: all of 5 to 7%; gross 14.2%: all of 5 to 10% and half of 10 to 14.2%
    assert (one.lines["share_on_net_base"], one.lines["share_on_gross_base"]) == (2_000_000, 7_100_000)
    assert one.lines["paid_on_gross_base"] == FEES + 7_100_000
    assert settled("cmhcb", "base: gross", T - 14_200_000, period=ORIGINAL).earned == 7_100_000


def test_what_a_scenario_says_of_cmhcb_takes_the_place_of_the_constants() -> None:
    own = "guarantee: {original: 0.03}, payback_cap: none, share_beyond: 0.1, bands: [{from: 0.03, to: 0.05, share: 0.8}]"
    assert settled("cmhcb", own, T - 2_200_000, period=ORIGINAL).owed == 8_000_000  # net -5%: 8% short, no cap
    assert settled("cmhcb", own, T - 17_200_000, period=ORIGINAL).earned == 0.8 * 2_000_000 + 0.1 * 5_000_000  # net 10%
    assert settled("cmhcb", own, T - 9_700_000, period=Period("refresh", 1, 36)).owed == 0  # the refresh guarantee stays 2.5%


@pytest.mark.parametrize(
    ("switches", "saved", "year", "earned", "owed"),
    [
        ("quality_score: 0.9", 990_000, 1, 0, 0),
        ("quality_score: 0.9", 1_000_000, 1, 0.6 * 0.9 * 1_000_000, 0),
        ("quality_score: 0.9", 1_000_000, 2, 0.7 * 0.9 * 1_000_000, 0),
        ("quality_score: 0.9", -1_000_000, 1, 0, 600_000),
        ("quality_score: 0.9, loss_rate: quality", -1_000_000, 1, 0, 460_000),
        ("quality_score: 0.9, minimum_rate: 0.02", 1_000_000, 1, 0, 0),
        ("quality_score: 1", 50_000_000, 1, 10_000_000, 0),
    ],
)
def test_pioneer(switches: str, saved: float, year: int, earned: float, owed: float) -> None:
    one = settled("pioneer", switches, T - saved, period=Period("all", 12 * year - 11, 12 * year))
    assert (one.earned, one.owed) == pytest.approx((earned, owed))


E_TRACK = "track: basic_e, first_year: 2024, quality_score: 0.8"


@pytest.mark.parametrize(
    ("switches", "saved", "earned", "owed"),
    [
        # 10,000 people: the size table says 3.0%; sequestration takes 2% of what is earned
        ("track: basic_a, first_year: 2024, quality_score: 0.8", 2_999_999, 0, 0),
        ("track: basic_a, first_year: 2024, quality_score: 0.8", 3_000_000, 0.98 * 1_200_000, 0),
        (f"{E_TRACK}, minimum_rate: 0.01", 1_000_000, 0.98 * 500_000, 0),
        (f"{E_TRACK}, minimum_rate: 0.01", 999_999, 0, 0),
        (f"{E_TRACK}, low_revenue: true", 2_000_000, 0.98 * 500_000, 0),  # half rate below the minimum
        (f"{E_TRACK}, minimum_rate: 0.01", -999_999, 0, 0),
        (f"{E_TRACK}, minimum_rate: 0.01", -2_000_000, 0, 600_000),
        (f"{E_TRACK}, minimum_rate: 0.01", -20_000_000, 0, 4_000_000),
        (f"{E_TRACK}, minimum_rate: 0.01, participant_revenue: {{value: 20000000 USD, unit: per year}}", -20_000_000, 0, 1_600_000),
        (f"{E_TRACK}, minimum_rate: 0.01, quality_standard: alternative", 1_000_000, 0.98 * 400_000, 0),
        (f"{E_TRACK}, minimum_rate: 0.01, quality_standard: failed", 1_000_000, 0, 0),
        ("track: basic_e, first_year: 2021, quality_score: 0.8, minimum_rate: 0.01", 1_000_000, 490_000, 0),  # sequestration of 2021
        ("track: basic_e, first_year: 2019, quality_score: 0.8, minimum_rate: 0.01", 1_000_000, 400_000, 0),  # rate times score
    ],
)
def test_mssp(switches: str, saved: float, earned: float, owed: float) -> None:
    one = settled("mssp", switches, T - saved)
    assert (one.earned, one.owed) == pytest.approx((earned, owed))


@pytest.mark.parametrize(("ratio", "target"), [(0.9, 90_000_000), (1.0, T), (1.029, 102_900_000), (1.03, 103_000_000), (1.2, 103_000_000)])
def test_documentation_moves_the_mssp_benchmark_up_to_its_cap(ratio: float, target: float) -> None:
    one = settled("mssp", f"{E_TRACK}, minimum_rate: 0", T, baseline_risk=1.5, period_risk=1.5 * ratio)
    assert one.target == pytest.approx(target)
    assert one.earned == pytest.approx(0.98 * 0.5 * max(0.0, target - T))
    assert one.lines["unadjusted_target"] == T


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("reach", 0.97, 1.03), ("medicaid_aco", 0.8, 1.2), ("cmhcb", 1, 1), ("pioneer", 1, 1), ("mssp", 0.8, 1.03)]
)
def test_how_far_the_risk_score_moves_the_target_of_a_kind(kind: str, low: float, high: float) -> None:
    assert risk_adjusted_target(kind, measured(T, T, period_risk=0.8)) == pytest.approx(low * T)
    assert risk_adjusted_target(kind, measured(T, T, period_risk=1.2)) == pytest.approx(high * T)


def test_reach_by_hand() -> None:
    # discount of 3%, no quality lost: 97 million; a saving of 2 million is all the ACO's within the first band
    one = settled("reach", "option: global, first_year: 2024, quality_earned: 1", 95_000_000)
    assert (one.target, one.earned, one.owed) == (97_000_000, 2_000_000, 0)
    # professional: no discount; half of a loss of 1 million; 2 USD for each of 120,000 member-months
    own = "option: professional, first_year: 2024, quality_earned: 1, equity_adjustment: 2 USD"
    one = settled("reach", own, T + 1_240_000)
    assert (one.target, one.earned, one.owed) == (T + 240_000, 0, 500_000)


@pytest.mark.parametrize(
    ("saved", "earned", "owed"), [(1_999_999, 0, 0), (2_000_000, 900_000, 0), (-2_000_000, 0, 1_000_000), (40_000_000, 4_500_000, 0)]
)
def test_medicaid_aco(saved: float, earned: float, owed: float) -> None:
    one = settled("medicaid_aco", "corridor: 0.02, attachment: none, quality_modifier: 0.9", T - saved)
    assert (one.earned, one.owed, one.fees) == pytest.approx((earned, owed, FEES))


def test_stop_loss_leaves_out_95_percent_of_what_lies_above_the_attachment() -> None:
    own = "corridor: 0, attachment: 200000 USD, quality_modifier: 1"
    costs = (1_200_000.0, 100_000.0)
    one = settle_contract(contract("medicaid_aco", own), measured(1_000_000, sum(costs), member_costs=costs))
    assert one.actual == 200_000 + 0.05 * 1_000_000 + 100_000


CAPITATED = "bid: 800 USD, benchmark: 900 USD, stars: 4, normalisation: 1, stop_loss_share: 0.8, stop_loss_premium: 1 USD, admin: 9 USD"


def test_capitation_by_hand() -> None:
    # (800 + 65% of 100) x 0.941 x 120,000 member-months x 85%, less a tenth carved out on both sides; 10 USD a month of premium and admin
    capitation = (800 + 65) * 0.941 * 120_000 * 0.85 * 0.9 - 1_200_000
    own = f"{CAPITATED}, carve_out: 0.1, attachment: none"
    assert settled("capitation", own, 70_000_000).earned == pytest.approx(capitation - 63_000_000, abs=0.02)
    assert settled("capitation", own, 90_000_000).owed == pytest.approx(81_000_000 - capitation, abs=0.02)
    # half a unit a member-year of 10,000 members, a fifth of it leaked
    bought = f"{own}, subcontracts: {{surgery: {{units: 0.5, price: 100 USD, leakage: 0.2, leaked_price: 200 USD}}}}"
    one = settled("capitation", bought, 70_000_000)
    assert one.earned == pytest.approx(capitation - 63_000_000 - 5_000 * 120, abs=0.02)
    # the payer pays capitation less premium, of which the group has paid for care in scope
    assert one.paid - one.fees == pytest.approx(capitation + 120_000 * 9 - 63_000_000, abs=0.02)


def test_codes_are_billed_only_for_work_that_was_done() -> None:
    own = contract("ffs_codes", "service: ccm, transitions: true")
    timed, transition = constants("ffs_codes"), constants("ffs_codes")["tcm.moderate.price"].value
    first, further = timed["timed.ccm.price"].value, timed["timed.ccm.further_price"].value
    work = BillableWork(
        # too little time; first code; first and one further; too few conditions
        (PatientMonths(19, 3, 7), PatientMonths(20, 2, 10), PatientMonths(45, 2, 5), PatientMonths(60, 1, 9)),
        ((Discharge(0, 1, 10), Discharge(20, 1, 10)), (Discharge(0, 3, 10),), (Discharge(0, 2, 14),)),
    )
    one = settle_contract(own, measured(T, T, work=work))
    billed = 15 * first + 5 * further + 2 * transition
    assert one.lines["billed"] == pytest.approx(billed)
    assert (one.earned, one.patient) == pytest.approx((0.8 * billed, 0.2 * billed))
    assert settle_contract(own, measured(T, T, work=BillableWork())).paid == FEES


def test_a_bundle_by_hand() -> None:
    own = contract("bundle", "model: team, episode: joint, quality_score: 1")
    one = settle_contract(own, measured(T, T, episodes=(1_000_000.0, 900_000.0)))
    assert (one.target, one.earned, one.owed) == (980_000, 80_000, 0)
    assert settle_contract(own, measured(T, T, episodes=(1_000_000.0, 400_000.0))).earned == 0.2 * 980_000


@pytest.mark.parametrize(
    ("kind", "switches", "message"),
    [
        ("ffs_codes", "service: ccm, transitions: false", "ffs_codes needs measured.work: codes"),
        ("bundle", "model: team, episode: spine, quality_score: 1", "bundle needs measured.episodes: benchmark"),
        ("medicaid_aco", "corridor: 0, attachment: 150000 USD, quality_modifier: 1", "needs measured.member_costs: stop-loss"),
        ("capitation", f"{CAPITATED}, carve_out: 0, attachment: 150000 USD", "needs measured.member_costs: stop-loss"),
    ],
)
def test_what_a_kind_needs_and_does_not_get_is_said(kind: str, switches: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settled(kind, switches, T)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"actual": -1.0}, "actual must be at least 0"),
        ({"quality": 1.2}, "quality must be between 0 and 1"),
        ({"period_risk": 0.0}, "risk scores must be above 0"),
        ({"eligible_months": float("nan")}, "eligible_months must be"),
    ],
)
def test_figures_that_cannot_be_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        measured(T, **{"actual": T, **values})


def test_the_tracks_that_a_scenario_can_name_are_those_that_have_terms() -> None:
    assert get_args(Track) == mssp.tracks()


KINDS = [
    ("cmhcb", ""),
    ("cmhcb", "payback_cap: none"),
    ("pioneer", "quality_score: 0.9"),
    ("mssp", f"{E_TRACK}, minimum_rate: 0.01"),
    ("reach", "option: global, first_year: 2024, quality_earned: 0.9"),
    ("medicaid_aco", "corridor: 0.02, attachment: none, quality_modifier: 0.9"),
    ("capitation", f"{CAPITATED}, carve_out: 0.1, attachment: none"),
]
"""All that settle spending, with switches."""


@pytest.mark.parametrize(("kind", "switches"), KINDS)
@given(st.floats(0, 2 * T), st.floats(0, 2 * T))
def test_more_saved_is_never_paid_less_and_cents_add_up(kind: str, switches: str, one: float, other: float) -> None:
    own = contract(kind, switches)
    better, worse = (settle_contract(own, measured(T, actual, period=ORIGINAL)) for actual in sorted((one, other)))
    assert better.paid >= worse.paid
    for each in (better, worse):
        assert min(each.earned, each.owed) == 0
        kept = round(100 * each.fees) + round(100 * each.earned) - round(100 * each.owed)
        assert round(100 * each.paid) == kept + round(100 * each.outlay)


CONTINUOUS = [(kind, switches) for kind, switches in KINDS if kind in ("cmhcb", "reach", "capitation")]


@pytest.mark.parametrize(("kind", "switches"), CONTINUOUS)
@given(st.floats(0, 2 * T), st.floats(-1e5, 1e5))
def test_a_contract_without_a_minimum_is_continuous(kind: str, switches: str, actual: float, step: float) -> None:
    own = contract(kind, switches)
    here, there = (settle_contract(own, measured(T, max(0.0, actual + move), period=ORIGINAL)).paid for move in (0.0, step))
    assert abs(here - there) <= abs(step) + 0.03  # nobody is paid more than a dollar for a dollar


CAPS = {
    # most earned and most owed
    ("cmhcb", ""): (0.05 * T + 0.5 * 0.10 * T, FEES),
    ("pioneer", "quality_score: 0.9"): (0.15 * T, 0.15 * T),  # of a third year
    ("mssp", f"{E_TRACK}, minimum_rate: 0.01"): (0.98 * 0.10 * T, 0.04 * T),
    ("medicaid_aco", "corridor: 0.02, attachment: none, quality_modifier: 0.9"): (0.9 * 0.5 * 0.10 * T, 0.5 * 0.10 * T),
}


@pytest.mark.parametrize(("kind", "switches"), list(CAPS))
@given(st.floats(0, 3 * T))
def test_a_contract_is_capped_where_it_says(kind: str, switches: str, actual: float) -> None:
    earned, owed = CAPS[kind, switches]
    one = settle_contract(contract(kind, switches), measured(T, actual, period=Period("original" if kind == "cmhcb" else "all", 25, 36)))
    assert one.earned <= earned + 0.01
    assert one.owed <= owed + 0.01


@pytest.mark.parametrize(("kind", "switches"), list(CAPS))
def test_the_cap_is_reached(kind: str, switches: str) -> None:
    own, period = contract(kind, switches), Period("original" if kind == "cmhcb" else "all", 25, 36)
    assert settle_contract(own, measured(T, 0.0, period=period)).earned == pytest.approx(CAPS[kind, switches][0])
    assert settle_contract(own, measured(T, 3 * T, period=period)).owed == pytest.approx(CAPS[kind, switches][1])


# -- figures from tallies ----------------------------------------------------------------------------------------------


def test_periods_of_a_contract() -> None:
    assert settled_periods(contract("cmhcb"), 30) == (Period("original", 1, 30), Period("refresh", 1, 30))
    assert settled_periods(contract("pioneer", "quality_score: 1"), 30) == tuple(
        Period("all", *ends) for ends in ((1, 12), (13, 24), (25, 30))
    )


def test_the_truth_by_hand() -> None:
    """Usual care: 100 people at 400 USD a month; programme: 100 people at 300 of whom 60 participate."""
    usual, programme = arm(24, monthly={"pay_snf": 4_000_000}), arm(24, participants=60, monthly={"pay_snf": 3_000_000})
    one = from_truth(replication(usual, programme), Period("original", 1, 24))
    assert (one.target, one.actual, one.gross) == (960_000, 720_000, 240_000)
    assert (one.participant_months, one.eligible_months, one.beneficiaries) == (1_440, 2_400, 100)


def test_survivors_are_paid_for_at_usual_cares_rate() -> None:
    usual, programme = arm(24, people=50, monthly={"pay_ed": 100_000}), arm(24, people=100, monthly={"pay_ed": 100_000})
    assert from_truth(replication(usual, programme), Period("original", 1, 24)).target == 48_000


@given(st.lists(st.tuples(st.integers(1, 24), st.integers(0, 10**9)), max_size=10), st.integers(1, 10**6))
def test_arms_that_do_not_differ_save_exactly_nothing(entries: list[tuple[int, int]], people: int) -> None:
    made = nothing(people=people)
    for month, cents in entries:
        book(made, "pay_inpatient", month, cents)
    for period in (Period("original", 1, 24), Period("all", 13, 24), Period("refresh", 1, 24)):
        assert from_truth(replication(made, made), period).gross == 0.0
