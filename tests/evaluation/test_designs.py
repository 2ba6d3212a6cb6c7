"""Each design against figures worked out by hand or by other formulas."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.evaluation.designs.catalogue import DESIGNS
from sim.evaluation.estimate import publish
from sim.evaluation.evaluating import evaluate
from sim.evaluation.observations import observe
from sim.evaluation.outcomes import BY_NAME, COST
from sim.evaluation.people import Observed
from sim.evaluation.regression import fit
from sim.evaluation.settings import SignificanceTest
from sim.evaluation.study import Study
from sim.evaluation.windows import BASELINE_YEAR, window
from tests.evaluation.synthetic import PLAIN, Population, hand_made, known

BARE = replace(PLAIN, covariates=())
"""Nothing to match on or to adjust for: the designs become differences of levels."""
ALL = tuple(DESIGNS)
DRAWN = Population(death=0.2, effect=0.1, admissions=0.2)


def estimate(design, observed, settings=PLAIN, outcome=COST, name="programme") -> Any:
    return DESIGNS[design].estimate(Study(observed, settings), outcome, known(window(name, observed.intervention)))


def drawn(n=120, seed=5, population=DRAWN):
    return population.observed(np.random.default_rng(seed), n, n, n)


def level(people, periods=slice(1, None)):
    return people.amounts["cost"][:, periods].sum() / people.months[:, periods].sum()


def test_levels_are_weighted_by_eligible_months():
    mine = hand_made([[1200, 900, 0], [2400, 600, 600]], [[12, 1, 0], [12, 6, 6]])
    theirs = hand_made([[1200, 600, 600], [1200, 900, 900], [600, 60, 0]], [[12, 6, 6], [12, 6, 6], [12, 1, 0]])
    observed = Observed(mine, mine, theirs, theirs)
    before, after = 3600 / 24, 2100 / 13  # and not the mean of 900 and 100
    assert estimate("pre_post", observed, BARE).effect == pytest.approx(after - before)
    assert estimate("pre_post", observed, BARE).expected == pytest.approx(before)
    their_change = 3060 / 25 - 3000 / 36
    did = estimate("matched_did", observed, BARE)
    assert did.effect == pytest.approx(after - before - their_change)
    assert did.expected == pytest.approx(before + their_change)
    assert (did.intervention, did.comparison) == (2, 3)


def test_difference_in_differences_of_drawn_people_is_that_of_four_levels():
    observed = drawn()
    mine, theirs = observed.intervention, observed.comparison
    change = [level(group) - level(group, BASELINE_YEAR) for group in (mine, theirs)]
    assert estimate("matched_did", observed, BARE).effect == pytest.approx(change[0] - change[1], rel=1e-9)


def test_clustered_errors_are_those_of_the_sandwich_by_hand():
    observed = drawn(60)
    settings = replace(BARE, cluster="practice")
    mine, theirs = observed.intervention, observed.comparison
    rows = []  # of each person and time: design, outcome, weight, cluster
    for member, group in ((1.0, mine), (0.0, theirs)):
        for post, periods in ((0.0, BASELINE_YEAR), (1.0, slice(1, None))):
            months, cost = group.months[:, periods].sum(axis=1), group.amounts["cost"][:, periods].sum(axis=1)
            for k in range(len(group)):
                rows.append(([1.0, post, member, post * member], cost[k] / months[k], months[k], (member, int(group.practice[k]))))
    x, y, w = (np.array([row[part] for row in rows]) for part in range(3))
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    left = y - x @ (bread @ (x.T @ (w * y)))
    names = sorted({row[3] for row in rows})
    scores = np.zeros((len(names), 4))
    for row, weight, residual in zip(rows, w, left, strict=True):
        scores[names.index(row[3])] += np.array(row[0]) * weight * residual
    n, g = len(rows), len(names)
    covariance = bread @ (scores.T @ scores) @ bread * g / (g - 1) * (n - 1) / (n - 4)
    found = estimate("matched_did", observed, settings)
    assert found.se == pytest.approx(covariance[3, 3] ** 0.5, rel=1e-8)
    assert found.p_value == pytest.approx(2 * stats.t(g - 1).sf(abs(found.effect) / found.se), rel=1e-8)


def test_the_randomised_design_is_the_adjusted_regression():
    observed = drawn()
    found = estimate("randomised", observed)
    groups = (observed.intervention, observed.control)
    columns = [
        np.concatenate([np.ones(120), np.zeros(120)]),
        np.concatenate([group.amounts["cost"][:, 0] / 12 for group in groups]),
        *(np.concatenate([getattr(group, name).astype(float) for group in groups]) for name in ("age", "female", "risk_score")),
    ]  # the cost of the baseline year is the prior cost of these people: it counts once
    months = np.concatenate([group.months[:, 1:].sum(axis=1) for group in groups])
    cost = np.concatenate([group.amounts["cost"][:, 1:].sum(axis=1) for group in groups])
    root = np.sqrt(months)
    design = np.column_stack([np.ones(240), *columns]) * root[:, None]
    assert found.effect == pytest.approx(np.linalg.lstsq(design, cost / months * root, rcond=None)[0][1], rel=1e-8)
    assert found.expected == pytest.approx(level(observed.intervention) - found.effect)
    assert estimate("randomised", replace(observed, control=None)) is None


def test_pre_post_is_wrong_by_the_change_that_would_have_come_anyway():
    observed = drawn()
    study = Study(observed, BARE)
    truth = study.true_effect(COST, known(window("programme", observed.intervention)))
    anyway = level(observed.counterfactual) - level(observed.counterfactual, BASELINE_YEAR)
    assert estimate("pre_post", observed, BARE).effect - truth == pytest.approx(anyway)
    assert truth == pytest.approx(-0.1 * level(observed.counterfactual))  # 10% off, and nobody lives longer


def test_the_benchmark_carries_the_baseline_forward_and_adds_the_trends_error():
    observed = drawn()
    stretch = known(window("m7_18", observed.intervention))
    years = stretch.years_after_baseline(observed.intervention)
    baseline = level(observed.intervention, BASELINE_YEAR)
    found = estimate("benchmark_trend", observed, name="m7_18")
    assert found.expected == pytest.approx(baseline * 1.035**years)
    assert found.effect == pytest.approx(level(observed.intervention, stretch.periods) - found.expected)
    sure = estimate("benchmark_trend", observed, replace(PLAIN, trend_error=0.0), name="m7_18")
    assert sure.effect == found.effect
    assert found.se**2 - sure.se**2 == pytest.approx((baseline * years * 1.035 ** (years - 1) * 0.01) ** 2)
    flat = estimate("benchmark_trend", observed, replace(PLAIN, trend=0.0, trend_error=0.0), name="m7_18")
    naive = estimate("pre_post", observed, name="m7_18")
    assert (flat.effect, flat.se) == pytest.approx((naive.effect, naive.se))
    assert estimate("benchmark_trend", observed, outcome=BY_NAME["admissions_per_1000_py"]) is None


def test_dose_response_is_the_slope_times_the_mean_dose():
    people = drawn().intervention
    months = people.months[:, 1:].sum(axis=1)
    dose = people.contacts[:, 1:].sum(axis=1) / months
    change = people.amounts["cost"][:, 1:].sum(axis=1) / months - people.amounts["cost"][:, 0] / 12
    slope = np.polyfit(dose, change, 1, w=np.sqrt(months))[0]
    found = estimate("dose_response", Observed(people, people, people), BARE)
    assert found.effect == pytest.approx(slope * np.average(dose, weights=months), rel=1e-8)
    unseen = replace(people, contacts=np.zeros_like(people.contacts))
    assert estimate("dose_response", Observed(unseen, unseen, unseen), BARE) is None


def test_as_treated_looks_at_participants_alone_and_so_does_its_truth():
    observed = drawn(population=replace(DRAWN, enrols=lambda frailty, _: frailty < 1))
    treated = observed.intervention.participants
    assert 0 < treated.sum() < len(treated)
    found = evaluate(observed, replace(BARE, designs=("as_treated", "matched_did"))).findings
    by_hand = level(observed.intervention.restricted(treated)) - level(observed.counterfactual.restricted(treated))
    assert found["as_treated", "programme", "pbpm"].true == pytest.approx(by_hand)
    assert known(found["as_treated", "programme", "pbpm"].estimate).intervention == treated.sum()
    diluted = level(observed.intervention) - level(observed.counterfactual)
    assert found["matched_did", "programme", "pbpm"].true == pytest.approx(diluted)
    assert abs(diluted) < abs(by_hand)


def test_extremes_are_capped_at_the_percentile_of_all_groups_together():
    mine = hand_made([[12.0 * k, 6.0 * k] for k in range(1, 51)], [[12, 6]] * 50)
    theirs = hand_made([[12.0 * k, 6.0 * k] for k in range(51, 101)], [[12, 6]] * 50)
    settings = replace(BARE, trim_at=0.9)
    cap = np.quantile(np.arange(1, 101), 0.9)
    own, other = observe((mine, theirs), COST, BASELINE_YEAR, settings)
    assert own.value.tolist() == list(range(1, 51))
    assert other.value == pytest.approx(np.minimum(np.arange(51, 101), cap))
    assert other.mean == pytest.approx(np.minimum(np.arange(51, 101), cap).mean())
    counted = hand_made(mine.amounts["cost"], mine.months, amounts={"admissions": mine.amounts["cost"]})
    (values,) = observe((counted,), BY_NAME["admissions_per_1000_py"], BASELINE_YEAR, settings)
    assert values.value.max() == pytest.approx(50 * 12_000)  # rates are not trimmed


@pytest.mark.parametrize("design", ALL)
@pytest.mark.parametrize("settings", [PLAIN, replace(PLAIN, trim_at=0.95, cluster="practice")], ids=["by_person", "by_practice_trimmed"])
def test_the_order_of_people_changes_nothing(design, settings):
    observed = drawn()
    turn = np.random.default_rng(8).permutation(120)
    again = np.random.default_rng(9).permutation(120)
    turned = Observed(
        observed.intervention.restricted(turn),
        observed.counterfactual.restricted(turn),
        observed.comparison.restricted(again),
        observed.control.restricted(again),
    )
    one, other = (estimate(design, groups, settings) for groups in (observed, turned))
    assert (other.effect, other.se, other.expected) == pytest.approx((one.effect, one.se, one.expected), rel=1e-7)


@pytest.mark.parametrize("design", ALL)
def test_doubling_costs_doubles_estimates_and_errors(design):
    def doubled(people):
        return replace(people, prior_cost=2 * people.prior_cost, amounts={**people.amounts, "cost": 2 * people.amounts["cost"]})

    observed = drawn()
    twice = Observed(*(doubled(getattr(observed, name)) for name in ("intervention", "counterfactual", "comparison", "control")))
    one, two = (estimate(design, groups, replace(PLAIN, trim_at=0.98)) for groups in (observed, twice))
    assert (two.effect, two.se, two.expected, two.mde) == pytest.approx(
        [2 * x for x in (one.effect, one.se, one.expected, one.mde)], rel=1e-7
    )
    assert two.p_value == pytest.approx(one.p_value, rel=1e-6)


def test_two_copies_of_a_practice_are_no_more_evidence_when_errors_are_clustered():
    observed = drawn(60)

    def copied(people):
        parts = {part.name: np.concatenate([getattr(people, part.name)] * 2) for part in fields(people) if part.name != "amounts"}
        amounts = {name: np.concatenate([values] * 2) for name, values in people.amounts.items()}
        return replace(people, **(parts | {"number": np.arange(120)}), amounts=amounts)

    twice = Observed(*(copied(getattr(observed, name)) for name in ("intervention", "counterfactual", "comparison")))
    by_practice, by_person = replace(BARE, cluster="practice"), BARE
    one, two = (estimate("matched_did", groups, by_practice).se for groups in (replace(observed, control=None), twice))
    assert two == pytest.approx(one, rel=0.02)  # but for the correction for the number of rows
    one, two = (estimate("matched_did", groups, by_person).se for groups in (replace(observed, control=None), twice))
    assert two == pytest.approx(one / 2**0.5, rel=0.02)


@pytest.mark.parametrize(("sides", "critical"), [(2, 1.959964), (1, 1.644854)])
def test_what_is_published_follows_the_test(sides, critical):
    test = SignificanceTest(0.05, sides, 0.8)
    found = known(publish(-180.0, 100.0**2, 1e9, test, expected=2000.0, intervention=10))
    assert (found.lo, found.hi) == pytest.approx((-180 - 100 * critical, -180 + 100 * critical), abs=1e-3)
    assert found.p_value == pytest.approx(sides * stats.norm.cdf(-1.8), rel=1e-5)
    assert found.mde == pytest.approx(100 * (critical + 0.841621), abs=1e-3)
    assert found.significant == (sides == 1) == (found.hi < 0)
    assert test.confidence == pytest.approx(0.95 if sides == 2 else 0.90)
    rise = known(publish(180.0, 100.0**2, 1e9, test, expected=2000.0, intervention=10))
    assert not rise.significant  # one-sided: a rise is no saving
    assert found.covers(-170)
    assert not found.covers(200)


def test_what_cannot_be_estimated_is_not():
    test = SignificanceTest(0.05, 2, 0.8)
    for effect, variance, df in ((np.nan, 1.0, 9), (1.0, 0.0, 9), (1.0, np.nan, 9), (1.0, 1.0, 0)):
        assert publish(effect, variance, df, test, expected=1.0, intervention=2) is None
    nobody = drawn().comparison.restricted(np.zeros(120, np.bool_))
    assert estimate("matched_did", replace(drawn(), comparison=nobody)) is None
    found = evaluate(replace(drawn(), comparison=nobody), PLAIN)
    assert found.findings["matched_did", "programme", "pbpm"].estimate is None
    assert found.findings["pre_post", "programme", "pbpm"].estimate is not None


def test_a_regressor_that_others_explain_is_left_out():
    rng = np.random.default_rng(2)
    x, y, w = rng.normal(size=40), rng.normal(size=40), rng.uniform(1, 2, 40)
    groups = np.arange(40)
    alone = known(fit(y, {"x": x}, w, groups))
    with_copy = known(fit(y, {"x": x, "copy": 3 - 2 * x, "still": np.full(40, 7.0)}, w, groups))
    assert with_copy.names == ("constant", "x")
    assert with_copy.coefficients == pytest.approx(alone.coefficients)
    assert with_copy.contrast({"still": 1.0}) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pbpm", 2400 / 18),
        ("admissions_per_1000_py", 1000 * 12 * 3 / 18),
        ("readmission_90_day", 1 / 2),
        ("readmissions_90_day_per_1000_py", 1000 * 12 / 18),
        ("deaths_per_1000_py", 1000 * 12 / 18),
    ],
)
def test_outcomes_follow_their_definitions(name, expected):
    people = hand_made(
        [[0, 1200.0, 0.0], [0, 600.0, 600.0]],
        [[12, 6, 0], [12, 6, 6]],
        amounts={
            "admissions": np.array([[0, 2.0, 0], [0, 1, 0]]),
            "index_discharges": np.array([[0, 1.0, 0], [0, 1, 0]]),
            "readmitted_90": np.array([[0, 1.0, 0], [0, 0, 0]]),
            "deaths": np.array([[0, 1.0, 0], [0, 0, 0]]),
        },
    )
    assert BY_NAME[name].level(people, slice(1, 3)) == pytest.approx(expected)
    assert np.isnan(BY_NAME["readmission_90_day"].level(people, slice(2, 3)))
