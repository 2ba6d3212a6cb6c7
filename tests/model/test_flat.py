"""The flat table of outcomes: every promised name is given, and its value is that of the measure."""

from __future__ import annotations

from sim.flat import flat_outcomes, outcome_names
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
