"""The CMHCB fee, guarantee and corridors, computed by hand for a target of 100 million and fees of 5 million."""

import pytest

from sim.economics.contracts.bands import Band, bands, shared_rate
from sim.economics.contracts.cmhcb import Terms, both, break_even_gross_rate, settle, terms

T, FEES = 100_000_000.0, 5_000_000.0


def at(own, gross, fees=FEES):
    return settle(own, target=T, expenditure=T - gross, fees=fees)


@pytest.mark.parametrize(
    ("gross", "payback", "share"),
    [
        (-3_000_000, 5_000_000, 0),  # net -8%: 13 million short, no more than the fees
        (5_000_000, 5_000_000, 0),  # net 0: 5 million short, which are the fees
        (5_000_100, 4_999_900, 0),
        (9_000_000, 1_000_000, 0),  # net 4%
        (9_999_999, 1, 0),
        (10_000_000, 0, 0),  # net 5%: the guarantee is met
        (12_000_000, 0, 2_000_000),  # net 7%: all of 5% to 7%
        (15_000_000, 0, 5_000_000),  # net 10%
        (17_000_000, 0, 6_000_000),  # net 12%: half of what is above 10%
        (25_000_000, 0, 10_000_000),  # net 20%
        (30_000_000, 0, 10_000_000),  # nothing of what is above 20%
    ],
)
def test_original_cohort_on_the_net_base(gross, payback, share):
    settled = at(terms("original"), gross)
    assert (settled.payback, settled.share) == (payback, share)
    assert settled.paid == FEES + share - payback
    assert settled.medicare_keeps == gross - FEES - share + payback


@pytest.mark.parametrize(
    ("gross", "payback", "share"), [(7_000_000, 500_000, 0), (7_500_000, 0, 0), (9_000_000, 0, 0), (11_000_000, 0, 1_000_000)]
)
def test_refresh_cohort_has_half_the_guarantee_and_the_same_bands(gross, payback, share):
    settled = at(terms("refresh"), gross)
    assert (settled.payback, settled.share) == (payback, share)


@pytest.mark.parametrize(
    ("gross", "net_share", "gross_share"),
    [
        (9_999_999, 0, 0),
        (10_000_000, 0, 5_000_000),
        (12_000_000, 2_000_000, 6_000_000),
        (18_000_000, 6_500_000, 9_000_000),
    ],
)
def test_both_bases(gross, net_share, gross_share):
    settled = both(terms(), target=T, expenditure=T - gross, fees=FEES)
    assert (settled["net"].share, settled["gross"].share) == (net_share, gross_share)
    assert settled["net"].payback == settled["gross"].payback


def test_without_a_cap_on_the_payback():
    assert at(terms(payback_cap="none"), -3_000_000).payback == 13_000_000
    assert at(terms(payback_cap="fees"), -3_000_000).payback_capped


def test_break_even_of_the_evidence():
    # 5% + 120 x 0.88 / T per beneficiary and month: 10.7%, 9.8%, 9.1%.
    for target, rate in ((1_865, 0.107), (2_200, 0.098), (2_600, 0.091)):
        assert break_even_gross_rate(terms(), target=target, fees=120 * 0.88) == pytest.approx(rate, abs=0.0005)


@pytest.mark.parametrize(("band", "share"), [((0.0, None, 0.5), 281_250), ((0.01, None, 0.5), 0)])
def test_shared_savings_with_a_corridor(band, share):
    # Target 500 and actual 495.50 a month over 125,000 member-months, half shared; without and with a first percent left out.
    own = Terms(guarantee=0.0, bands=bands([band]))
    assert settle(own, target=62_500_000, expenditure=61_937_500, fees=0).share == share


def test_bands():
    own = bands([(0.05, 0.10, 1.0), (0.10, 0.20, 0.5)])
    assert [round(shared_rate(rate, own), 12) for rate in (-0.1, 0, 0.05, 0.06, 0.10, 0.12, 0.20, 0.30)] == [
        0,
        0,
        0,
        0.01,
        0.05,
        0.06,
        0.10,
        0.10,
    ]
    with pytest.raises(ValueError, match="overlap"):
        bands([(0.0, 0.1, 1.0), (0.05, 0.2, 0.5)])
    with pytest.raises(ValueError, match="between 0 and 1"):
        Band(0.0, 0.1, 50)
    with pytest.raises(ValueError, match="band"):
        Band(0.2, 0.1, 0.5)


@pytest.mark.parametrize("bad", [{"target": 0.0}, {"expenditure": -1.0}, {"fees": float("nan")}])
def test_impossible_amounts_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        settle(terms(), **({"target": T, "expenditure": T, "fees": FEES} | bad))
