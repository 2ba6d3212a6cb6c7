"""Bundled payment, computed by hand for target prices that add up to 1 million."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.contracts import bundle
from sim.economics.contracts.bundle import Episode

MODELS: tuple[bundle.Model, ...] = ("bpci_advanced", "team")


@pytest.mark.parametrize(
    ("model", "kind", "target"),
    [
        ("bpci_advanced", "surgical", 29_100),
        ("bpci_advanced", "medical", 29_100),
        ("bpci_advanced", "medical_from_2024", 29_400),
        ("team", "joint", 29_400),
        ("team", "hip_fracture", 29_400),
        ("team", "spine", 29_400),
        ("team", "bypass", 29_550),
        ("team", "bowel", 29_550),
    ],
)
def test_target_price(model, kind, target):
    assert Episode(30_000, 0, bundle.discount(model, kind)).target == target


@pytest.mark.parametrize(
    ("savings", "score", "paid", "capped"),
    [
        (0, 0.5, 0, False),
        (0.01, 1.0, 0.01, False),
        (100_000, 1.0, 100_000, False),
        (100_000, 0.5, 95_000, False),
        (100_000, 0.0, 90_000, False),
        (200_000, 1.0, 200_000, False),
        (200_000.01, 1.0, 200_000, True),
        (300_000, 0.5, 190_000, True),  # clipped first, then moved by quality
        (-0.01, 0.0, -0.01, False),
        (-100_000, 0.0, -100_000, False),
        (-100_000, 0.5, -95_000, False),
        (-100_000, 1.0, -90_000, False),
        (-200_000, 0.0, -200_000, False),
        (-200_000.01, 0.0, -200_000, True),
        (-300_000, 1.0, -180_000, True),
    ],
)
@pytest.mark.parametrize("model", MODELS)
def test_reconciliation(model, savings, score, paid, capped):
    # One episode of 400,000 that costs just that, one of 600,000 that saves or loses.
    episodes = [Episode(400_000, 400_000, 0.0), Episode(600_000, round(600_000 - savings, 2), 0.0)]
    settled = bundle.settle(bundle.terms(model), episodes, quality_score=score)
    assert (settled.target, settled.savings) == (1_000_000, savings)
    assert settled.paid == paid
    assert settled.capped == capped
    assert settled.medicare_keeps == pytest.approx(savings - paid, abs=0.001)


def test_an_episode_that_gains_pays_for_one_that_loses():
    # 97,000 of target each: gains 17,000 and loses 13,000.
    episodes = [Episode(100_000, 80_000, 0.03), Episode(100_000, 110_000, 0.03)]
    assert bundle.settle(bundle.terms("bpci_advanced"), episodes, quality_score=1.0).paid == 4_000


def test_days_of_an_episode():
    assert [bundle.terms(model).days for model in MODELS] == [90, 30]


def test_what_cannot_be():
    with pytest.raises(ValueError, match="sum of target prices"):
        bundle.settle(bundle.terms("team"), [], quality_score=1.0)
    with pytest.raises(ValueError, match="quality_score"):
        bundle.settle(bundle.terms("team"), [Episode(1, 1, 0)], quality_score=1.1)
    with pytest.raises(ValueError, match="joint, hip_fracture, spine, bypass, bowel"):
        bundle.discount("team", "knee")
    with pytest.raises(ValueError, match="actual of an episode"):
        Episode(1, -1, 0)


dollars = st.integers(100, 10**7).map(lambda cents: cents / 100)
lists = st.lists(st.builds(Episode, dollars, dollars, st.sampled_from((0.0, 0.015, 0.02, 0.03))), min_size=1, max_size=20)


@given(model=st.sampled_from(MODELS), episodes=lists, score=st.floats(0, 1))
def test_capped_and_exact(model, episodes, score):
    own = bundle.terms(model)
    settled = bundle.settle(own, episodes, quality_score=score)
    assert settled.earned <= own.stop_gain * settled.target + 0.01
    assert settled.owed <= own.stop_loss * settled.target + 0.01
    assert settled.earned == 0 or settled.owed == 0
    assert abs(settled.paid) <= abs(settled.reconciled) <= abs(settled.savings)
    assert round(100 * settled.paid) + round(100 * settled.medicare_keeps) == round(100 * settled.savings)


@given(model=st.sampled_from(MODELS), episodes=lists, actuals=st.tuples(dollars, dollars).map(sorted), score=st.floats(0, 1))
def test_monotone_and_continuous_in_cost(model, episodes, actuals, score):
    own = bundle.terms(model)
    less, more = (bundle.settle(own, [*episodes, Episode(1_000, actual, 0.02)], quality_score=score).paid for actual in actuals)
    assert less >= more
    assert less - more <= actuals[1] - actuals[0] + 0.03


@given(model=st.sampled_from(MODELS), episodes=lists, scores=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_better_quality_never_pays_less(model, episodes, scores):
    worse, better = (bundle.settle(bundle.terms(model), episodes, quality_score=score).paid for score in scores)
    assert worse <= better
