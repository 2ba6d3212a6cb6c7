"""Runs at points: figures as any other run gives them, whatever was stopped on the way."""

from pathlib import Path

import numpy as np
import pytest

from calibration.measures import Asked, Ran, arms_of, persons_of, values_of
from calibration.runs import Batch, run_batch
from calibration.targets import read_targets
from experiments.sweep.executors import Here
from experiments.sweep.store import Store
from sim.flat import as_needed, flat_outcomes
from sim.outcomes.results import COUNTERS, ReplicationResult
from sim.scenario import Scenario, load
from sim.simulate import replicate

MGH = Path(__file__).parents[2] / "calibration" / "targets" / "mgh_phase1.yaml"
RATE = "usual_care.crises.rate"
ASKED = (Asked("admissions_per_1000_py", "usual_care", "baseline"), Asked("population.eligible_share"))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return as_needed(load("caseload:mgh_cmp/phase1.yaml", ["population.size=250", "run.horizon=18 months"]), [])


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> ReplicationResult:
    return replicate(scenario, 5, 0, "compiled")


def batch(scenario: Scenario, rates: list[float]) -> Batch:
    return Batch("points", scenario, ASKED, 5, (RATE,), np.array(rates)[:, None], 8)


def test_a_point_gives_what_its_scenario_gives(scenario: Scenario, tmp_path: Path) -> None:
    outputs = run_batch(batch(scenario, [0.25, 0.4]), tmp_path, Here())
    assert outputs.values.shape == (2, 8, 2)
    own = load("caseload:mgh_cmp/phase1.yaml", ["population.size=250", "run.horizon=18 months", "evaluation=none", f"{RATE}=0.4 per year"])
    by_hand = flat_outcomes(replicate(own, 5, 8 + 3, "compiled"), own)  # point 1 has the replications 8 to 15
    assert outputs.values[1, 3].tolist() == [by_hand["usual_care.baseline.admissions_per_1000_py"], by_hand["population.eligible_share"]]


def test_the_figures_of_usual_care_are_the_same_without_the_programme() -> None:
    """All published figures of MGH that usual care alone gives; every other one asks for both arms."""
    scenario = as_needed(load("caseload:mgh_cmp/phase1.yaml", ["population.size=250"]), [])
    asked = [target.asked for target in read_targets(MGH, scenario).all]
    alone = [one for one in asked if arms_of([one]) == ("usual_care",)]
    both = replicate(scenario, 5, 0, "compiled", persons=persons_of(alone))
    usual = replicate(scenario, 5, 0, "compiled", persons=persons_of(alone), arms=arms_of(alone))
    assert set(usual.arms) == {"usual_care"}
    assert len(alone) == 16
    assert values_of(alone, {(): Ran(scenario, usual)}) == values_of(alone, {(): Ran(scenario, both)})
    assert np.isfinite(values_of(alone, {(): Ran(scenario, usual)})).all()


def test_what_was_stopped_goes_on_and_gives_the_same(scenario: Scenario, tmp_path: Path) -> None:
    asked = batch(scenario, [0.25, 0.3, 0.35, 0.4])
    whole = run_batch(asked, tmp_path / "whole", Here()).values
    store = Store(tmp_path / "whole")
    first, *others = asked.tasks()
    kept = store.shard(first.key).stat().st_mtime_ns
    for task in others:
        store.forget(task.key)
    assert np.array_equal(run_batch(asked, tmp_path / "whole", Here()).values, whole)
    assert store.shard(first.key).stat().st_mtime_ns == kept


def test_a_point_that_the_scenario_refuses_is_told_and_left_out(scenario: Scenario, tmp_path: Path) -> None:
    outputs = run_batch(batch(scenario, [0.3, -1.0]), tmp_path, Here())
    assert np.isfinite(outputs.values[0]).all()
    assert np.isnan(outputs.values[1]).all()
    assert outputs.failures == (f"--set {RATE}: must be at least 0 (got -1 per year)",)


def test_ratio_difference_and_growth_are_of_the_flat_outcomes(scenario: Scenario, result: ReplicationResult) -> None:
    flat = flat_outcomes(result, scenario)
    asked = [
        Asked("ed_visits_per_1000_py", "ratio"),
        Asked("ed_visits_per_1000_py", "difference"),
        Asked("pbpm", "usual_care", "m7_18", "baseline"),
        Asked("admissions_per_1000_py", "ratio", "m7_18", "baseline"),
    ]
    programme, usual = flat["programme.ed_visits_per_1000_py"], flat["usual_care.ed_visits_per_1000_py"]
    rate = {arm: flat[f"{arm}.m7_18.admissions_per_1000_py"] for arm in ("programme", "usual_care")}
    expected = [
        programme / usual,
        programme - usual,
        flat["usual_care.m7_18.pbpm"] / flat["usual_care.baseline.pbpm"],
        rate["programme"] / rate["usual_care"],  # one baseline for both arms
    ]
    assert values_of(asked, {(): Ran(scenario, result)}) == pytest.approx(expected, rel=1e-12)


def test_measures_of_calibration_alone(scenario: Scenario, result: ReplicationResult) -> None:
    share, fees = values_of([Asked("ed_admission_share", "usual_care"), Asked("fee_share", "programme")], {(): Ran(scenario, result)})
    tally = result.arms["usual_care"].tally[0, :, 12:]
    assert share == tally[COUNTERS.index("ed_admissions")].sum() / tally[COUNTERS.index("admissions")].sum()
    flat = flat_outcomes(result, scenario)
    benchmark = flat["usual_care.pbpm"] * flat["programme.eligible_months"]
    assert fees == pytest.approx(flat["programme.fees"] / benchmark, rel=1e-9)
