"""The flat table of outcomes: every promised name is given, and its value is that of the measure."""

from __future__ import annotations

from sim.flat import as_needed, flat_outcomes, outcome_names
from sim.outcomes.measures import measure_replication
from sim.outcomes.staffing import staff_values
from sim.outcomes.terms import terms_of
from sim.scenario import load
from sim.simulate import replicate


def test_what_is_promised_is_given() -> None:
    for horizon in ("36 months", "13 months"):
        scenario = load("caseload:mgh_cmp/phase1.yaml", ["population.size=100", f"run.horizon={horizon}"])
        result = replicate(scenario, 1, 0, "compiled")
        flat = flat_outcomes(result, scenario)
        assert list(flat) == outcome_names(scenario)
        values = measure_replication(result, terms_of(scenario))
        for name, key, measure in (
            ("programme.roi_fees", ("programme", "original", "programme"), "roi_fees"),
            ("difference.pbpm", ("difference", "original", "programme"), "pbpm"),
            ("usual_care.refresh.baseline.deaths", ("usual_care", "refresh", "baseline"), "deaths"),
            ("difference.all.last_12.pbpm", ("difference", "all", "last_12"), "pbpm"),
        ):
            assert repr(flat[name]) == repr(values[key][measure])
        staff = staff_values(result.arms["programme"], terms_of(scenario).horizon_us)
        assert flat["staff.case_manager.utilisation"] == staff["case_manager"]["utilisation"]
        some = ["difference.all.last_12.pbpm", "programme.roi_fees", "staff.case_manager.cost", "population.eligible"]
        assert repr(flat_outcomes(result, scenario, some)) == repr({name: flat[name] for name in some})
        assert ("difference.m7_18.deaths" in flat) == (horizon == "36 months")


def test_an_evaluation_that_no_outcome_needs_is_left_out() -> None:
    scenario = load("caseload:mgh_cmp/phase1.yaml", ["population.size=600"])
    names = outcome_names(scenario)
    free = [name for name in names if as_needed(scenario, [name]).evaluation is None]
    bare = as_needed(scenario, free)
    assert bare.evaluation is None
    assert {"savings.true", "roi.owner.true", "programme.roi_fees"} <= set(free)
    with_it = flat_outcomes(replicate(scenario, 1, 0, "compiled"), scenario, names)
    without = flat_outcomes(replicate(bare, 1, 0, "compiled"), bare, [name for name in names if not name.startswith("evaluation.")])
    assert repr([with_it[name] for name in free]) == repr([without[name] for name in free])
    assert as_needed(scenario, ["roi.owner.paid"]) is scenario
    assert with_it["savings.measured"] != without["savings.measured"]
