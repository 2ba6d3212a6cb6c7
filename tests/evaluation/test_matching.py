"""Matching brings the groups together, keeps every eligible, and its balance is the textbook's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.balance import balance
from sim.evaluation.matching import matched_weights, propensity_logits
from sim.scenario.model.evaluation import Covariate
from tests.evaluation.synthetic import Population, hand_made, known

ALL: tuple[Covariate, ...] = ("age", "sex", "risk_score", "prior_cost")


def groups(n=300, m=900, older=4.0):
    rng = np.random.default_rng(3)
    mine, theirs = Population().draw(rng, n)[0], Population().draw(rng, m)[1]
    return replace(mine, age=mine.age + older), theirs


def aged(*ages):
    n = len(ages)
    return hand_made(np.ones((n, 2)), [[12, 6]] * n, age=np.array(ages, float))


def test_each_eligible_has_its_nearest_neighbours():
    mine, theirs = aged(70.2, 71.1, 74.0), aged(70.0, 73.0, 71.0, 69.0, 80.0)
    # one covariate: the propensity's logit is a line in it, so nearest in logit is nearest in age
    assert matched_weights(mine, theirs, ("age",), 1).tolist() == [1, 1, 1, 0, 0]
    assert matched_weights(mine, theirs, ("age",), 2) == pytest.approx([1, 0.5, 1.5, 0, 0])
    assert matched_weights(mine, theirs, ("age",), 100) == pytest.approx([0.6] * 5)


@pytest.mark.parametrize("neighbours", [1, 3])
def test_matching_keeps_every_eligible_and_closes_the_gap(neighbours):
    mine, theirs = groups()
    weights = matched_weights(mine, theirs, ALL, neighbours)
    assert weights.sum() == pytest.approx(300)
    found = balance(mine, theirs, weights)
    assert found["age"]["before"] > 0.4
    assert abs(found["age"]["after"]) < 0.1
    assert all(abs(found[name]["after"]) < 0.15 for name in ("sex", "risk_score", "prior_cost"))


def test_fewer_comparison_people_than_eligibles_still_match_everybody():
    mine, theirs = groups(n=300, m=40, older=0.0)
    assert matched_weights(mine, theirs, ALL, 3).sum() == pytest.approx(300)
    assert len(matched_weights(mine, theirs.restricted(np.zeros(40, np.bool_)), ALL, 3)) == 0


def test_the_score_is_the_likeliest_logistic_regression():
    mine, theirs = groups(older=1.0)
    a, b = known(propensity_logits(mine, theirs, ("age", "sex")))
    age, sex = (np.concatenate([getattr(group, name).astype(float) for group in (mine, theirs)]) for name in ("age", "female"))
    member = np.repeat([1.0, 0.0], [300, 900])
    chance = 1 / (1 + np.exp(-np.concatenate([a, b])))
    for column in (np.ones(1200), age, sex):  # the likelihood's first-order conditions
        assert column @ (member - chance) == pytest.approx(0, abs=1e-4)


def test_nothing_to_match_on_leaves_equal_weights():
    mine, theirs = aged(70, 71, 72), aged(70, 71, 72, 73)
    assert matched_weights(mine, theirs, (), 1) == pytest.approx([0.75] * 4)
    assert matched_weights(mine, theirs, ("sex",), 1) == pytest.approx([0.75] * 4)
    apart = aged(90, 91, 92, 95)
    assert matched_weights(mine, apart, ("age",), 1) == pytest.approx([0.75] * 4)


def test_the_balance_is_the_textbooks():
    mine, theirs = aged(70, 74, 78), aged(60, 70, 80, 90)
    row = balance(mine, theirs, np.array([0.0, 2.0, 1.0, 0.0]))["age"]
    spread = ((32 / 3 + 125) / 2) ** 0.5
    assert row == pytest.approx(
        {"intervention": 74, "comparison": 75, "matched": 220 / 3, "before": -1 / spread, "after": (74 - 220 / 3) / spread}
    )
    assert np.isnan(balance(mine, theirs, np.ones(4))["sex"]["before"])
