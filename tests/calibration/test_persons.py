"""Figures by person against the event log of the same replication, and a changed scenario against the one it changes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration.measures import Asked, Ran, values_of, variants
from calibration.runs import Batch, run_batch
from experiments.sweep.executors import Here
from sim.compiled.clock import advance
from sim.flat import as_needed
from sim.outcomes.event_log import event_log_path
from sim.outcomes.persons import FIGURES
from sim.outcomes.results import ReplicationResult
from sim.replication import run_replication
from sim.rules.units import MONTH, YEAR
from sim.scenario import Scenario, load
from sim.simulate import replicate

SEED = 5
NAMES = tuple(figure.name for figure in FIGURES)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return as_needed(load("caseload:mgh_cmp/phase1.yaml", ["population.size=900", "run.horizon=24 months", "parameters=none"]), [])


@pytest.fixture(scope="module")
def logged(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> tuple[ReplicationResult, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("events")
    result = replicate(scenario, SEED, 0, "compiled", folder, persons=NAMES)
    return result, pd.read_parquet(event_log_path(folder, 0))


@pytest.fixture(scope="module")
def course(scenario: Scenario) -> Any:
    return run_replication(scenario, SEED, 0, advance)


def payments(log: pd.DataFrame, phases: list[str], start: int, stop: int) -> pd.Series:
    """Cents by patient number."""
    rows = log[(log.event == "payment") & log.phase.isin(phases) & (log.time_us >= start) & (log.time_us < stop)]
    return rows.groupby("patient").amount.sum()


def numbers(course: Any, cohort: int) -> Any:
    patients = course.arms["usual_care"].patients
    return patients.number[patients.cohort == cohort]


def test_variation_of_cost_is_that_of_the_logged_payments(logged: tuple[ReplicationResult, pd.DataFrame], course: Any) -> None:
    result, log = logged
    paid = payments(log, ["usual_care"], 0, YEAR).reindex(numbers(course, 0), fill_value=0)
    assert len(paid) > 100
    assert result.persons["persons.cost_cv"] == pytest.approx(paid.std(ddof=0) / paid.mean(), rel=1e-12)


def test_last_year_of_life_is_that_of_the_logged_deaths(logged: tuple[ReplicationResult, pd.DataFrame], course: Any) -> None:
    result, log = logged
    panel = course.panel.patients.number
    eligible = set(numbers(course, 0).tolist())
    log = log[log.patient.isin(panel)]
    # the eligible live through the year in usual care, the others while they wait for the refresh date
    own = log[(log.phase == "usual_care") & log.patient.isin(eligible) | (log.phase == "waiting") & ~log.patient.isin(eligible)]
    year = payments(own, ["usual_care", "waiting"], 0, YEAR)
    before = payments(log, ["baseline"], -YEAR, 0)
    deaths = own[(own.event == "death") & (own.time_us >= 0) & (own.time_us < YEAR)].set_index("patient").time_us
    assert len(deaths) > 20
    last = year.reindex(deaths.index, fill_value=0) + (1 - deaths / YEAR) * before.reindex(deaths.index, fill_value=0)
    assert result.persons["persons.last_year_of_life_cost_share"] == pytest.approx(last.sum() / year.sum(), rel=1e-12)


def test_prorating_the_baseline_is_near_the_last_twelve_months_themselves(
    logged: tuple[ReplicationResult, pd.DataFrame], course: Any
) -> None:
    result, log = logged
    eligible = set(numbers(course, 0).tolist())
    log = log[log.patient.isin(course.panel.patients.number)]
    own = log[
        (log.phase == "baseline")
        | (log.phase == "usual_care") & log.patient.isin(eligible)
        | (log.phase == "waiting") & ~log.patient.isin(eligible)
    ]
    deaths = own[(own.event == "death") & (own.time_us >= 0) & (own.time_us < YEAR)].set_index("patient").time_us
    paid = own[(own.event == "payment") & (own.time_us < YEAR)]
    died_at = paid.patient.map(deaths)
    exact = paid.amount[paid.time_us >= died_at - YEAR].sum() / paid.amount[paid.time_us >= 0].sum()
    assert result.persons["persons.last_year_of_life_cost_share"] == pytest.approx(exact, rel=0.1)


def test_persistence_is_of_the_hazards_of_those_who_survive(logged: tuple[ReplicationResult, pd.DataFrame], course: Any) -> None:
    result, log = logged
    panel = course.panel
    hazard = panel.nature.crisis_level * np.where(panel.nature.in_decline == 1, panel.parameters[0].decline_multiplier, 1)
    level = np.quantile(hazard, 0.95)
    gone = log[(log.phase == "usual_care") & log.event.isin(["death", "left"])].patient
    at_launch = dict(zip(panel.patients.number.tolist(), hazard.tolist(), strict=True))
    stay = [n for n in numbers(course, 0).tolist() if at_launch[n] >= level and n not in set(gone)]
    place = {n: row for row, n in enumerate(course.arms["usual_care"].patients.number.tolist())}
    later = dict(course.hazard["usual_care"])
    high = np.array([[later[month][place[n]] >= level for month in (12, 24)] for n in stay])
    assert len(stay) > 5
    assert result.persons["persons.high_risk_after_2_years"] == high.all(axis=1).mean()
    assert result.persons["persons.low_risk_after_2_years"] == (~high).all(axis=1).mean()


def test_participants_are_those_enrolled_in_six_months(logged: tuple[ReplicationResult, pd.DataFrame], course: Any) -> None:
    result, log = logged
    enrolled = log[(log.phase == "programme") & (log.event == "enrolled") & (log.time_us <= 6 * MONTH)].patient
    prior = payments(log, ["baseline"], -YEAR, 0).reindex(numbers(course, 0), fill_value=0)
    ours, others = prior[prior.index.isin(enrolled)], prior[~prior.index.isin(enrolled)]
    assert min(len(ours), len(others)) > 5
    expected = (ours.mean() - others.mean()) / np.sqrt((ours.var(ddof=0) + others.var(ddof=0)) / 2)
    assert result.persons["persons.participants_prior_cost"] == pytest.approx(expected, rel=1e-9)


def test_asking_changes_nothing_else(scenario: Scenario, logged: tuple[ReplicationResult, pd.DataFrame]) -> None:
    asked, plain = logged[0], replicate(scenario, SEED, 0, "compiled")
    assert set(asked.persons) == set(NAMES)
    assert plain.persons == {}
    assert plain.population == asked.population
    for arm in plain.arms:
        assert np.array_equal(plain.arms[arm].tally, asked.arms[arm].tally)
        assert np.array_equal(plain.arms[arm].person_time, asked.arms[arm].person_time)


def test_a_changed_scenario_is_compared_on_the_same_luck(scenario: Scenario, tmp_path: Path) -> None:
    fewer = ("programme.staff.case_manager.fte=3",)
    asked = (
        Asked("admissions_per_1000_py", "programme", changes=fewer),
        Asked("admissions_per_1000_py", "usual_care", changes=fewer),
        Asked("admissions_per_1000_py", "programme"),
        Asked("persons.cost_cv"),
    )
    ran = {
        changes: Ran(one, replicate(one, SEED, 0, "compiled", persons=("persons.cost_cv",)))
        for changes, one in variants(asked, scenario).items()
    }
    ours, usual, plain, spread = values_of(asked, ran)
    assert usual == 1.0
    assert ours * plain == pytest.approx(values_of([Asked("admissions_per_1000_py", "programme")], {(): ran[fewer]})[0], rel=1e-12)
    assert ours != 1.0
    outputs = run_batch(Batch("one", scenario, asked, SEED, (), np.empty((1, 0)), 1), tmp_path, Here())
    assert outputs.values[0, 0].tolist() == [ours, usual, plain, spread]
