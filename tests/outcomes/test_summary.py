import json
import math

import pytest
from scipy import stats

from sim.outcomes.comparing import difference_tree
from sim.outcomes.measures import BY_NAME
from sim.outcomes.store import strict_json
from sim.outcomes.summary import RunSummary, statistics, summarise
from tests.outcomes.synthetic import CALLS, CASE_MANAGER, arm, lifelike, replication, terms

RUN = RunSummary("phase1", "Phase 1", 7, "compiled", "digest")


def test_statistics_by_hand():
    found = statistics([1.0, 2.0, 3.0, 4.0])
    sd = math.sqrt(5 / 3)
    half = stats.t.ppf(0.975, 3) * sd / 2
    assert found == pytest.approx({"mean": 2.5, "sd": sd, "lo": 2.5 - half, "hi": 2.5 + half, "p10": 1.3, "p50": 2.5, "p90": 3.7})


def test_one_replication_has_no_spread():
    assert statistics([5.0]) == {"mean": 5.0, "sd": None, "lo": None, "hi": None, "p10": 5.0, "p50": 5.0, "p90": 5.0}


def test_undefined_values_are_left_out_and_nothing_defined_is_null():
    assert statistics([math.nan, 2.0])["mean"] == 2.0
    assert set(statistics([math.nan, math.inf]).values()) == {None}


def paired(*counts):
    return [
        replication(arm(monthly={"admissions": usual}), arm(monthly={"admissions": programme}), number)
        for number, (usual, programme) in enumerate(counts)
    ]


def test_the_difference_is_paired_by_replication():
    # The arms vary a lot together; the difference is 40 x 1 per 1,000 in each replication.
    summary = summarise(RUN, paired((10, 9), (30, 29), (50, 49)), terms())
    difference = summary["difference"]["admissions_per_1000_py"]
    assert difference["mean"] == pytest.approx(-120.0)
    assert difference["sd"] == pytest.approx(0.0, abs=1e-9)
    assert summary["arms"]["usual_care"]["admissions_per_1000_py"]["sd"] == pytest.approx(2400.0)


def test_the_object_has_the_promised_form():
    results = [replication(arm(), arm(participants=80, staff=(CASE_MANAGER,), tasks=(CALLS,)), number) for number in range(3)]
    summary = json.loads(strict_json(summarise(RUN, results, terms(fee=120.0))))
    assert (summary["scenario"], summary["seed"], summary["replications"], summary["uncalibrated"]) == ("phase1", 7, 3, True)
    form = {"mean", "sd", "lo", "hi", "p10", "p50", "p90"}
    for tree in (summary, *summary["cohorts"].values()):
        assert set(tree["windows"]) == {"baseline", "m7_18", "last_12"}
        for measures in (*tree["arms"].values(), tree["difference"], tree["windows"]["m7_18"]["programme"]):
            assert set(measures) == set(BY_NAME)
            assert all(set(value) == form for value in measures.values())
    assert set(summary["population"]["eligible_share"]) == form
    assert summary["staff"]["case_manager"]["utilisation"]["mean"] == pytest.approx(0.8)
    assert summary["arms"]["usual_care"]["fees"]["mean"] is None
    assert summary["arms"] == summary["cohorts"]["original"]["arms"]


def test_a_window_that_does_not_fit_is_null():
    summary = summarise(RUN, [replication(arm(12), arm(12))], terms(12))
    assert summary["windows"]["m7_18"] is None
    assert summary["windows"]["last_12"] is not None


def test_no_replication_is_an_error():
    with pytest.raises(ValueError, match="at least one replication"):
        summarise(RUN, [], terms())


def test_json_never_holds_nan():
    assert strict_json({"a": math.nan, "b": [math.inf, 1.5]}) == '{"a": null, "b": [null, 1.5]}'


def test_comparison_is_b_minus_a_paired():
    a = [replication(arm(), arm(monthly={"ed_visits": n}, staff=(CASE_MANAGER,), tasks=(CALLS,)), k) for k, n in enumerate((20, 40))]
    b = [replication(arm(), arm(monthly={"ed_visits": n}, staff=(CASE_MANAGER | {"caseload": 380.0},)), k) for k, n in enumerate((23, 43))]
    tree = difference_tree(a, b, terms(), terms())
    assert tree["difference"]["ed_visits_per_1000_py"]["mean"] == pytest.approx(360.0)
    assert tree["difference"]["ed_visits_per_1000_py"]["sd"] == pytest.approx(0.0, abs=1e-9)
    assert tree["staff"]["case_manager"]["caseload"]["mean"] == 190.0
    assert tree["same_usual_care"]


def test_comparison_says_when_usual_care_differs():
    tree = difference_tree(lifelike(2, seed=1), lifelike(2, seed=2), terms(), terms())
    assert not tree["same_usual_care"]
