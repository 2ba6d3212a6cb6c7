"""Estimates over replications: bias, coverage, findings and guarantees are counted as they are defined."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.estimate import Estimate
from sim.evaluation.evaluating import Finding, evaluate
from sim.evaluation.keeping import as_data, from_data
from sim.evaluation.outcomes import OUTCOMES
from sim.evaluation.quality import evaluation_tree, quality, share
from sim.evaluation.settings import Promise
from sim.outcomes.store import strict_json
from tests.evaluation.synthetic import PLAIN, Population


def finding(effect, true, se=10.0, significant=False, expected=1000.0, participant_months=50.0):
    estimate = Estimate(effect, se, effect - 2 * se, effect + 2 * se, 0.5, significant, 28.0, expected, 9, 9)
    return Finding(true=true, true_expected=1000.0, months=100.0, participant_months=participant_months, estimate=estimate)


def test_bias_coverage_and_significance():
    found = quality([finding(-30, -20), finding(-10, -20, significant=True), finding(-50, -20), finding(-14, -20)], 0.95)
    assert found["measured"]["mean"] == pytest.approx(-26)
    assert found["measured"]["sd"] == pytest.approx(np.std([-30, -10, -50, -14], ddof=1))
    assert found["bias"]["mean"] == pytest.approx(-6)
    assert found["se"]["mean"] == 10
    assert (found["coverage"]["share"], found["coverage"]["nominal"]) == (0.75, 0.95)  # -50 +- 20 does not hold -20
    assert found["significant"]["share"] == 0.25
    assert "meets_guarantee" not in found


def test_replications_without_an_estimate_count_for_the_truth_only():
    found = quality([finding(-30, -20), replace(finding(0, -40), estimate=None)], 0.95)
    assert found["replications"] == 1
    assert found["true"]["mean"] == -30
    assert found["measured"]["mean"] == -30
    none = quality([replace(finding(0, -40), estimate=None)], 0.95)
    assert none["coverage"] == {"share": None, "lo": None, "hi": None, "nominal": 0.95}


def test_shares_have_wilsons_interval():
    found = share([True] * 8 + [False] * 2)
    # Wilson 1927, by hand: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
    z, n, p = 1.959964, 10, 0.8
    middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z * math.sqrt(p * (1 - p) / n + z * z / 4 / n**2) / (1 + z * z / n)
    assert (found["lo"], found["hi"]) == pytest.approx((middle - half, middle + half), rel=1e-5)


@pytest.mark.parametrize(("effect", "met"), [(-110.0, True), (-109.9, False)])
def test_the_guarantee_is_of_the_net_saving_after_fees(effect, met):
    # 120 USD for half of the months are 60 a month: a gross saving of 110 of 1,000 leaves 5% net
    found = quality([finding(effect, -60.0)], 0.95, Promise(fee=120.0, guarantee=0.05))
    assert found["measured_net_rate"]["mean"] == pytest.approx((-effect - 60) / 1000)
    assert found["true_net_rate"]["mean"] == pytest.approx(0.0)
    assert found["meets_guarantee"]["share"] == float(met)
    assert found["truly_meets_guarantee"]["share"] == 0.0


def test_the_tree_of_a_run_is_ready_for_json_and_complete():
    rng = np.random.default_rng(2)
    settings = replace(PLAIN, designs=("randomised", *PLAIN.designs))
    population = Population(half_years=2, death=0.1)  # a year: too short for months 7-18
    evaluations = [evaluate(population.observed(rng, 80, 90, 70), settings) for _ in range(3)]
    tree = json.loads(strict_json(evaluation_tree(evaluations, settings, Promise(120.0, 0.05))))
    assert set(tree) == {*settings.designs, "flow", "balance", "cumulative", "survival"}
    for name in settings.designs:
        assert {outcome.name for outcome in OUTCOMES} < set(tree[name])
        assert tree[name]["windows"]["m7_18"] == {}
        assert set(tree[name]["windows"]["last_12"]) == {outcome.name for outcome in OUTCOMES}
    assert tree["matched_did"]["known_bias"] is None
    assert tree["pre_post"]["known_bias"]
    assert "meets_guarantee" in tree["matched_did"]["pbpm"]
    assert "meets_guarantee" not in tree["matched_did"]["admissions_per_1000_py"]
    assert tree["matched_did"]["pbpm"]["true"]["mean"] == 0
    assert tree["flow"]["enrolled"]["all"]["mean"] == 80
    assert [row["month"]["mean"] for row in tree["cumulative"]["intervention"]] == [6, 12]
    with pytest.raises(ValueError, match="at least one evaluation"):
        evaluation_tree([], settings)


def test_an_evaluation_survives_a_file():
    evaluation = evaluate(Population(death=0.2).observed(np.random.default_rng(2), 60), PLAIN)
    again = from_data(json.loads(json.dumps(as_data(evaluation))))
    assert again.findings == evaluation.findings
    assert any(finding.estimate is None for finding in again.findings.values())
    assert strict_json(evaluation_tree([again], PLAIN)) == strict_json(evaluation_tree([evaluation], PLAIN))


def test_no_control_group_leaves_the_randomised_design_out():
    observed = Population().observed(np.random.default_rng(1), 50)
    settings = replace(PLAIN, designs=("randomised", "pre_post"))
    assert set(evaluation_tree([evaluate(observed, settings)], settings)) == {"pre_post", "flow", "balance", "cumulative", "survival"}
