"""The Medicare Shared Savings Program: figures computed by hand, on both sides of each threshold."""

from typing import Any

import pytest

from sim.economics.contracts.mssp import (
    Quality,
    Terms,
    YearRules,
    elected_rates,
    half_rate_applies,
    settle,
    size_rate,
    terms,
    tracks,
    year_rules,
)

B = 100_000_000.0
BEFORE_2021 = YearRules(whole_rate=False)


def at(track, savings, *, minimum=0.02, score=0.9, **options):
    own = track if isinstance(track, Terms) else terms(track)
    return settle(own, benchmark=B, expenditure=B - savings, minimum_rate=minimum, quality_score=score, **options)


@pytest.mark.parametrize(
    ("low", "high", "at_low", "at_quarter", "at_middle", "at_high"),
    [
        (500, 999, 12.2, 11.325, 10.45, 8.7),
        (1_000, 2_999, 8.7, 7.775, 6.85, 5),
        (3_000, 4_999, 5, 4.725, 4.45, 3.9),
        (5_000, 5_999, 3.9, 3.825, 3.75, 3.6),
        (6_000, 6_999, 3.6, 3.55, 3.5, 3.4),
        (7_000, 7_999, 3.4, 3.35, 3.3, 3.2),
        (8_000, 8_999, 3.2, 3.175, 3.15, 3.1),
        (9_000, 9_999, 3.1, 3.075, 3.05, 3),
        (10_000, 14_999, 3, 2.925, 2.85, 2.7),
        (15_000, 19_999, 2.7, 2.65, 2.6, 2.5),
        (20_000, 49_999, 2.5, 2.425, 2.35, 2.2),
        (50_000, 59_999, 2.2, 2.15, 2.1, 2),
    ],
)
def test_size_table(low, high, at_low, at_quarter, at_middle, at_high):
    places = [low, low + (high - low) / 4, (low + high) / 2, high, high + 0.5]
    assert [100 * size_rate(place) for place in places] == pytest.approx([at_low, at_quarter, at_middle, at_high, at_high], abs=1e-10)


@pytest.mark.parametrize("beneficiaries", [60_000, 1_000_000])
def test_size_table_beyond_its_end(beneficiaries):
    assert size_rate(beneficiaries) == 0.02


def test_size_table_of_the_spot_check_in_the_evidence():
    assert round(size_rate(8_471), 4) == 0.0315


@pytest.mark.parametrize("beneficiaries", [0, 499, -1, float("nan")])
def test_size_table_begins_at_500(beneficiaries):
    with pytest.raises(ValueError, match="starts at 500"):
        size_rate(beneficiaries)


def test_elected_rates():
    assert elected_rates() == (0.0, 0.005, 0.010, 0.015, 0.020)


@pytest.mark.parametrize(
    ("track", "earned"),
    [
        ("basic_a", 1_200_000),
        ("basic_b", 1_200_000),
        ("basic_c", 1_500_000),
        ("basic_d", 1_500_000),
        ("basic_e", 1_500_000),
        ("enhanced", 2_250_000),
    ],
)
def test_three_million_saved_with_the_standard_met(track, earned):
    settled = at(track, 3_000_000)
    assert settled.earned == earned
    assert settled.owed == 0
    assert settled.medicare_keeps == 3_000_000 - earned


@pytest.mark.parametrize(
    ("track", "earned"), [("track_1", 1_350_000), ("track_1_plus", 1_350_000), ("track_2", 1_620_000), ("track_3", 2_025_000)]
)
def test_before_2021_the_share_is_rate_times_score(track, earned):
    assert at(track, 3_000_000, rules=BEFORE_2021).earned == earned


@pytest.mark.parametrize("track", tracks())
def test_savings_count_from_the_minimum_on_and_then_from_the_first_dollar(track):
    assert at(track, 1_999_999.99).earned == 0
    assert at(track, 2_000_000).earned == terms(track).sharing_rate * 2_000_000


@pytest.mark.parametrize(
    ("track", "cap_reached_at", "cap"),
    [
        ("basic_a", 25_000_000, 10_000_000),
        ("basic_b", 25_000_000, 10_000_000),
        ("basic_c", 20_000_000, 10_000_000),
        ("basic_d", 20_000_000, 10_000_000),
        ("basic_e", 20_000_000, 10_000_000),
        ("enhanced", 80_000_000 / 3, 20_000_000),
        ("track_1", 20_000_000, 10_000_000),
        ("track_1_plus", 20_000_000, 10_000_000),
        ("track_2", 25_000_000, 15_000_000),
        ("track_3", 80_000_000 / 3, 20_000_000),
    ],
)
def test_savings_are_capped(track, cap_reached_at, cap):
    below, above = at(track, cap_reached_at - 100), at(track, cap_reached_at + 100)
    assert below.earned == pytest.approx(cap - terms(track).sharing_rate * 100, abs=0.01)
    assert not below.savings_capped
    assert above.earned == cap
    assert above.savings_capped


@pytest.mark.parametrize(
    ("track", "score", "rate"),
    [
        ("basic_c", 0.9, 0.30),
        ("basic_d", 0.2, 0.30),
        ("basic_e", 0.9, 0.30),
        ("track_1_plus", 0.9, 0.30),
        ("enhanced", 0.9, 0.40),  # 1 - 0.675 is below the least
        ("enhanced", 0.8, 0.40),  # 1 - 0.6, the least itself
        ("enhanced", 0.6, 0.55),
        ("enhanced", 0.2, 0.75),  # 1 - 0.15 is above the most
        ("track_2", 1.0, 0.40),
        ("track_2", 0.8, 0.52),
        ("track_2", 0.5, 0.60),
        ("track_3", 0.6, 0.55),
        ("track_3", 0.9, 0.40),
        ("track_3", 0.2, 0.75),
    ],
)
def test_loss_rate(track, score, rate):
    settled = at(track, -500_000, minimum=0.005, score=score)
    assert settled.loss_rate == pytest.approx(rate, abs=1e-12)
    assert settled.owed == pytest.approx(rate * 500_000, abs=0.01)
    assert settled.earned == 0


@pytest.mark.parametrize("track", tracks())
def test_losses_count_from_the_minimum_on_and_only_two_sided(track):
    assert at(track, -1_999_999.99).owed == 0
    owed = at(track, -2_000_000).owed
    assert (owed > 0) == terms(track).two_sided == (track not in ("basic_a", "basic_b", "track_1"))


@pytest.mark.parametrize(
    ("track", "year", "limit"),
    [
        ("basic_c", None, 1_000_000),
        ("basic_d", None, 2_000_000),
        ("basic_e", None, 4_000_000),
        ("track_1_plus", None, 4_000_000),
        ("enhanced", None, 15_000_000),
        ("track_3", None, 15_000_000),
        ("track_2", 1, 5_000_000),
        ("track_2", 2, 7_500_000),
        ("track_2", 3, 10_000_000),
        ("track_2", 4, 10_000_000),
        ("track_2", None, 10_000_000),
    ],
)
def test_losses_are_limited(track, year, limit):
    own = terms(track, year)
    reached = limit / at(own, -2_000_000).loss_rate
    below, above = at(own, -(reached - 100)), at(own, -(reached + 100))
    assert limit - 100 < below.owed < limit
    assert not below.loss_capped
    assert above.owed == limit
    assert above.loss_capped


@pytest.mark.parametrize(
    ("revenue", "owed"), [(None, 3_000_000), (40_000_000, 3_000_000), (37_500_000, 3_000_000), (20_000_000, 1_600_000), (0, 0)]
)
def test_limit_by_revenue(revenue, owed):
    # BASIC E: 30% of 10 million, at most 8% of revenue.
    assert at("basic_e", -10_000_000, revenue=revenue).owed == owed


@pytest.mark.parametrize(("track", "owed"), [("basic_c", 200_000), ("basic_d", 400_000), ("basic_e", 800_000), ("track_1_plus", 800_000)])
def test_limit_by_ten_million_of_revenue(track, owed):
    assert at(track, -10_000_000, revenue=10_000_000).owed == owed


def test_the_lower_of_the_two_limits_counts():
    assert at("basic_e", -30_000_000, revenue=1_000_000_000).owed == 4_000_000


@pytest.mark.parametrize(("track", "owed"), [("enhanced", 4_000_000), ("track_2", 4_600_000), ("track_3", 4_000_000)])
def test_tracks_without_a_limit_by_revenue(track, owed):
    assert at(track, -10_000_000, revenue=1.0).owed == owed


def test_quality_gate():
    met, alternative, failed = (at("enhanced", 4_000_000, score=0.5, quality=quality) for quality in Quality)
    assert (met.earned, alternative.earned, failed.earned) == (3_000_000, 1_500_000, 0)


def test_a_failed_standard_raises_the_loss_rate_of_enhanced_only():
    assert at("enhanced", -4_000_000, quality=Quality.failed).owed == 3_000_000
    assert at("basic_e", -4_000_000, quality=Quality.failed).owed == 1_200_000


def test_years():
    assert [year_rules(year).sequestration for year in (2019, 2020, 2021)] == [0, 0, 0.02]
    assert [year_rules(year).whole_rate for year in (2019, 2020, 2021)] == [False, False, True]
    assert [at("basic_e", -4_000_000, rules=year_rules(year)).owed for year in (2019, 2020, 2021)] == [1_200_000, 0, 0]
    with pytest.raises(ValueError, match="must be at least 2019"):
        year_rules(2018)


def test_years_after_the_published_ones_follow_current_law():
    assert [year_rules(year) for year in (2022, 2023, 2026)] == [YearRules(sequestration=0.02, loss_forgiven=0.0, whole_rate=True)] * 3
    assert at("basic_e", 4_000_000, rules=year_rules(2026)).earned == 0.98 * 2_000_000


def test_sequestration_comes_after_the_cap():
    settled = at("basic_e", 30_000_000, rules=YearRules(sequestration=0.02))
    assert (settled.shared, settled.sequestered, settled.earned) == (10_000_000, 200_000, 9_800_000)


def test_sequestration_does_not_touch_losses():
    assert at("basic_e", -4_000_000, rules=YearRules(sequestration=0.02)).owed == 1_200_000


@pytest.mark.parametrize(
    ("forgiven", "of_year", "owed"), [(0, 0, 1_200_000), (200_000, 0, 1_000_000), (200_000, 0.5, 600_000), (0, 1, 0), (9e9, 0, 0)]
)
def test_relief_for_disasters(forgiven, of_year, owed):
    settled = at("basic_e", -4_000_000, forgiven=forgiven, rules=YearRules(loss_forgiven=of_year))
    assert settled.owed == owed
    assert settled.loss_before_relief == 1_200_000


def test_half_the_rate_below_the_minimum():
    assert at("basic_b", 1_000_000, half_rate_below_minimum=True).earned == 200_000
    assert at("basic_b", 2_000_000, half_rate_below_minimum=True).earned == 800_000
    assert at("basic_b", 0, half_rate_below_minimum=True).earned == 0
    assert at("basic_e", -1_000_000, half_rate_below_minimum=True).paid == 0


@pytest.mark.parametrize(
    ("track", "beneficiaries", "start", "low_revenue", "applies"),
    [
        ("basic_b", 5_000, 2024, True, True),
        ("basic_b", 4_999, 2024, True, False),
        ("basic_b", 5_000, 2023, True, False),
        ("basic_b", 5_000, 2024, False, False),
        ("enhanced", 5_000, 2024, True, False),
    ],
)
def test_who_has_half_the_rate(track, beneficiaries, start, low_revenue, applies):
    assert half_rate_applies(terms(track), beneficiaries, start, low_revenue) is applies


@pytest.mark.parametrize(("minimum", "earned"), [(0.0, 281_250), (0.01, 0)])
def test_shared_savings_with_a_corridor(minimum, earned):
    # Target 500 and actual 495.50 a month over 125,000 member-months, half shared.
    own = Terms("example", sharing_rate=0.5, savings_cap=1.0)
    settled = settle(own, benchmark=62_500_000, expenditure=61_937_500, minimum_rate=minimum, quality_score=1.0)
    assert settled.earned == earned


def test_unknown_tracks_and_impossible_amounts_are_refused():
    with pytest.raises(ValueError, match="basic_a"):
        terms("basic_f")
    with pytest.raises(ValueError, match="agreement_year"):
        terms("track_2", 0)
    good: dict[str, Any] = {"benchmark": B, "expenditure": B, "minimum_rate": 0.0, "quality_score": 1.0}
    for bad in (
        {"benchmark": 0.0},
        {"benchmark": float("nan")},
        {"expenditure": -1.0},
        {"expenditure": float("inf")},
        {"minimum_rate": 1.1},
        {"quality_score": 92.0},
        {"forgiven": -1.0},
    ):
        with pytest.raises(ValueError, match=next(iter(bad))):
            settle(terms("basic_e"), **(good | bad))
