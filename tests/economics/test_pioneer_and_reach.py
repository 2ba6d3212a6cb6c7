"""Pioneer and ACO REACH, computed by hand for a benchmark of 100 million."""

import pytest

from sim.economics.contracts import pioneer, reach

B = 100_000_000.0


@pytest.mark.parametrize(
    ("year", "savings", "paid"),
    [
        (1, 999_999.99, 0),
        (1, 1_000_000, 480_000),  # 60% x 0.8
        (2, 1_000_000, 560_000),
        (3, 1_000_000, 560_000),
        (1, 20_000_000, 9_600_000),
        (1, 25_000_000, 10_000_000),
        (2, 40_000_000, 15_000_000),
        (1, -999_999.99, 0),
        (1, -1_000_000, -600_000),
        (2, -1_000_000, -700_000),
        (1, -20_000_000, -10_000_000),
    ],
)
def test_pioneer(year, savings, paid):
    settled = pioneer.settle(pioneer.terms(year), benchmark=B, expenditure=B - savings, quality_score=0.8)
    assert settled.paid == paid
    assert settled.capped == (abs(paid) in (10_000_000, 15_000_000))


def test_pioneer_with_losses_by_quality():
    own = pioneer.terms(1, loss_rate="quality")
    assert pioneer.settle(own, benchmark=B, expenditure=B + 2_000_000, quality_score=0.8).owed == 1_040_000  # 1 - 0.48


def test_pioneer_years_count_from_1():
    with pytest.raises(ValueError, match="at least 1"):
        pioneer.terms(0)


@pytest.mark.parametrize(
    ("option", "year", "rate", "paid"),
    [
        # Benchmarks after a discount of 3% (2023), 3.5% (2026), or none, with the whole withhold earned back.
        ("global", 2023, 0.10, 0.10 * 97e6),
        ("global", 2023, 0.25, 0.25 * 97e6),
        ("global", 2023, 0.30, 0.275 * 97e6),
        ("global", 2023, 0.45, (0.25 + 0.05 + 0.025) * 97e6),
        ("global", 2023, 0.60, (0.25 + 0.05 + 0.0375 + 0.01) * 97e6),
        ("global", 2026, 0.10, 0.10 * 96.5e6),
        ("global", 2026, 0.20, 0.15 * 96.5e6),
        ("global", 2026, 0.60, (0.10 + 0.125 + 0.0375 + 0.01) * 96.5e6),
        ("professional", 2023, 0.04, 0.02 * 100e6),
        ("professional", 2023, 0.05, 0.025 * 100e6),
        ("professional", 2023, 0.08, (0.025 + 0.0105) * 100e6),
        ("professional", 2023, 0.12, (0.025 + 0.0175 + 0.003) * 100e6),
        ("professional", 2023, 0.20, (0.025 + 0.0175 + 0.0075 + 0.0025) * 100e6),
        ("professional", 2026, 0.20, (0.025 + 0.0175 + 0.0075 + 0.0025) * 100e6),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_reach(option, year, rate, paid, sign):
    own = reach.terms(option, year)
    adjusted = B * (1 - own.discount)
    settled = reach.settle(own, benchmark=B, expenditure=adjusted * (1 - sign * rate), quality_earned=1.0)
    assert settled.paid == pytest.approx(sign * paid, abs=0.02)


@pytest.mark.parametrize(
    ("year", "after_discount", "after_withhold"),
    [(2021, 98e6, 96e6), (2022, 98e6, 96e6), (2023, 97e6, 95e6), (2024, 97e6, 95e6), (2025, 96.5e6, 94.5e6), (2026, 96.5e6, 91.5e6)],
)
def test_reach_discount_and_withhold_by_year(year, after_discount, after_withhold):
    own = reach.terms("global", year)
    for earned, benchmark in ((1.0, after_discount), (0.0, after_withhold)):
        assert reach.settle(own, benchmark=B, expenditure=B, quality_earned=earned).benchmark == pytest.approx(benchmark, abs=0.01)
    assert reach.terms("professional", year).discount == 0


def test_reach_benchmark():
    # 100 million less 3.5%, less a quarter of a withhold of 5%, and 30 USD for each of 10,000 member-months.
    own = reach.terms("global", 2026)
    settled = reach.settle(own, benchmark=B, expenditure=B, quality_earned=0.75, equity_adjustment=30.0, member_months=10_000)
    assert settled.benchmark == 100_000_000 - 3_500_000 - 1_250_000 + 300_000
    assert settled.paid == -4_450_000


def test_reach_knows_its_years():
    with pytest.raises(ValueError, match="2021, 2022, 2023, 2024, 2025, 2026"):
        reach.terms("global", 2020)
