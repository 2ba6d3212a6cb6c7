"""A scenario that draws its parameters from a posterior."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.specification.loading import open_experiment
from sim.drawn import applied, drawn
from sim.frozen import frozen
from sim.outcomes.provenance import model_version
from sim.sampling import parameter_uniforms
from sim.scenario import Scenario, ScenarioErrors, change, load
from sim.scenario.posterior import POSTERIORS, posterior_names, read_posterior
from sim.simulate import replicate

RATE, ONSET, GONE = "usual_care.crises.rate", "usual_care.decline.onset", "programme.components.no_such.does.enrol"
VALUES = {RATE: [0.25, 0.30, 0.35, 0.40], ONSET: [0.04, 0.05, 0.06, 0.07], GONE: [0.1, 0.2, 0.3, 0.4]}


def folder_with(tmp_path: Path, values: dict[str, list[float]] | None = None, **scenario: Any) -> Path:
    """A folder with a scenario and a posterior; returns the scenario's file."""
    pq.write_table(pa.table(VALUES if values is None else values), tmp_path / "mine.parquet")
    (tmp_path / "mine.yaml").write_text(f"date: 2026-01-01\nmodel_version: {scenario.pop('version', 'other')}\n", encoding="utf-8")
    extra = scenario.pop("extra", "")
    path = tmp_path / "scenario.yaml"
    small = "population: {size: 150}\nrun: {horizon: 6 months}\nevaluation: none\nprogramme: {enrolment: {refresh: none}}\n"
    path.write_text(
        f"extends: caseload:mgh_cmp/phase1.yaml\ntitle: T\n{small}parameters: {{posterior: mine.parquet{extra}}}\n", encoding="utf-8"
    )
    return path


def value(scenario: Scenario, name: str) -> float:
    return next(row.value for row in scenario.parameters() if row.name == name)


def test_each_replication_takes_one_whole_row(tmp_path: Path) -> None:
    scenario = load(folder_with(tmp_path))
    rows = set()
    for replication in range(12):
        run = drawn(scenario, 7, replication)
        row = int(parameter_uniforms(["posterior row"], 7, [replication])[0, 0] * 4)
        assert value(run, RATE) == VALUES[RATE][row]
        assert value(run, ONSET) == VALUES[ONSET][row]
        assert run.drawn_from is None
        rows.add(row)
    assert len(rows) == 4
    assert value(drawn(scenario, 7, 3), RATE) == value(drawn(scenario, 7, 3), RATE)


def test_the_shipped_posterior_lists_its_parameters() -> None:
    """Checking a scenario that draws from it reads the list alone."""
    path = POSTERIORS / "mgh_phase1.parquet"
    assert posterior_names(path) == read_posterior(path).names == tuple(pq.read_schema(path).names)


def test_a_run_is_the_run_with_these_values(tmp_path: Path) -> None:
    scenario = load(folder_with(tmp_path))
    row = drawn(scenario, 3, 1)
    by_hand = change(scenario, ["parameters=none", f"{RATE}={value(row, RATE)} per year", f"{ONSET}={value(row, ONSET)} per year"])
    ours, theirs = replicate(scenario, 3, 1, "compiled"), replicate(by_hand, 3, 1, "compiled")
    assert np.array_equal(ours.arms["programme"].tally, theirs.arms["programme"].tally)
    as_stated = replicate(change(scenario, ["parameters=none"]), 3, 1, "compiled")
    assert not np.array_equal(ours.arms["programme"].tally, as_stated.arms["programme"].tally)


def test_what_is_set_on_purpose_or_kept_is_not_drawn(tmp_path: Path) -> None:
    scenario = load(folder_with(tmp_path), [f"{RATE}=0.45 per year"])
    use = applied(scenario)
    assert use is not None
    assert (use.names, use.kept, use.absent) == ((ONSET,), (RATE,), (GONE,))
    assert value(drawn(scenario, 1, 0), RATE) == 0.45
    kept = load(folder_with(tmp_path, extra=f", keep: [{ONSET}]"))
    assert value(drawn(kept, 1, 0), ONSET) == value(kept, ONSET) == 0.055
    assert value(drawn(kept, 1, 0), RATE) in VALUES[RATE]


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("{posterior: mgh_fase1}", None, "parameters.posterior: no shipped posterior has this name"),
        (
            "{posterior: his.parquet}",
            None,
            "parameters.posterior: no such file, seen from the folder of this one (got 'his.parquet'); did you mean 'mine.parquet'?",
        ),
        ("{posterior: mine.yaml}", None, "parameters.posterior: must name a .parquet file"),
        ("{posterior: mine.parquet}", {GONE: [1.0]}, "parameters.posterior: has no parameter of this scenario"),
        ("{posterior: mine.parquet}", {RATE: []}, "parameters.posterior: has no draws"),
        ("{posterior: mine.parquet, keep: [usual_care.crises.rat]}", None, f"no parameter 'usual_care.crises.rat'; did you mean '{RATE}'?"),
        ("{posteriors: mine.parquet}", None, "parameters.posteriors: unknown key; did you mean 'posterior'?"),
    ],
)
def test_a_bad_posterior_is_refused_at_its_line(tmp_path: Path, text: str, values: dict[str, list[float]] | None, message: str) -> None:
    path = folder_with(tmp_path, values)
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("{posterior: mine.parquet}", text), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as refused:
        load(path)
    assert message in str(refused.value)
    assert str(refused.value).startswith("scenario.yaml:7:")


def test_another_posterior_is_another_scenario(tmp_path: Path) -> None:
    path = folder_with(tmp_path)
    before = load(path).digest()
    assert load(path).digest() == before
    folder_with(tmp_path, {**VALUES, RATE: [0.25, 0.30, 0.35, 0.41]})
    assert load(path).digest() != before


def test_a_frozen_scenario_takes_its_posterior_along(tmp_path: Path) -> None:
    scenario = load(folder_with(tmp_path))
    (tmp_path / "plan").mkdir()
    again = load(frozen(scenario).write(tmp_path / "plan"))
    assert again.digest() == scenario.digest()
    assert value(drawn(again, 7, 2), RATE) == value(drawn(scenario, 7, 2), RATE)


def test_a_frozen_scenario_keeps_what_was_set_instead_of_drawn(tmp_path: Path) -> None:
    scenario = load(folder_with(tmp_path), [f"{RATE}=0.123"])
    (tmp_path / "plan").mkdir()
    again = load(frozen(scenario).write(tmp_path / "plan"))
    assert value(drawn(again, 7, 2), RATE) == value(drawn(scenario, 7, 2), RATE) == 0.123
    assert value(drawn(again, 7, 2), ONSET) == value(drawn(scenario, 7, 2), ONSET)


def test_a_frozen_scenario_takes_its_panel_along(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id,age,sex,risk_score\n1,70,male,1.5\n2,82,female,3\n", encoding="utf-8")
    path = tmp_path / "scenario.yaml"
    path.write_text(
        "extends: caseload:mgh_cmp/phase1.yaml\npopulation:\n  panel: {csv: own.csv}\nprogramme: {enrolment: {refresh: none}}\n",
        encoding="utf-8",
    )
    (tmp_path / "plan").mkdir()
    scenario = load(path)
    again = load(frozen(scenario).write(tmp_path / "plan"))
    assert again.digest() == scenario.digest()
    assert (tmp_path / "plan" / "inputs" / "own.csv").read_bytes() == (tmp_path / "own.csv").read_bytes()


def test_an_experiment_samples_no_parameter_that_is_drawn(tmp_path: Path) -> None:
    folder_with(tmp_path)
    experiment = tmp_path / "experiment.yaml"
    text = "title: E\nscenario: scenario.yaml\noutcomes: [programme.pbpm]\ndesign: {kind: psa, draws: 4}\nreplications: 1\n"
    experiment.write_text(text, encoding="utf-8")
    names = {factor.name for factor in open_experiment(experiment).factors}
    assert "usual_care.decline.death" in names
    assert not {RATE, ONSET} & names
    experiment.write_text(f"{text}set: {{{RATE}: 0.4 per year}}\n", encoding="utf-8")
    opened = open_experiment(experiment)
    assert value(drawn(opened.base.scenario, 7, 2), RATE) == 0.4
    assert RATE not in {factor.name for factor in opened.factors}


def test_what_a_file_says_above_the_one_that_names_a_posterior_is_not_drawn(tmp_path: Path) -> None:
    """However many files lie between them; a file below it, and the file itself, only say what the fit began with."""
    folder_with(tmp_path)
    for name, below, says in (
        ("middle", "scenario", "usual_care: {crises: {rate: 0.33 per year}}"),
        ("top", "middle", "title: Top"),
    ):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {below}.yaml\n{says}\n", encoding="utf-8")
    scenario, plain = load(tmp_path / "top.yaml"), load(tmp_path / "scenario.yaml")
    assert value(drawn(scenario, 7, 2), RATE) == 0.33
    assert value(drawn(scenario, 7, 2), ONSET) == value(drawn(plain, 7, 2), ONSET)
    assert value(drawn(plain, 7, 2), RATE) != value(plain, RATE)
    (tmp_path / "plan").mkdir()
    again = load(frozen(scenario).write(tmp_path / "plan"))
    assert again.digest() != plain.digest()
    assert value(drawn(again, 7, 2), RATE) == 0.33


def test_a_run_says_which_posterior_it_used_and_warns_of_another_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from sim.commands.running import say_posterior

    record = say_posterior(load(folder_with(tmp_path)))
    said = capsys.readouterr().err
    assert "draws 2 parameters from the posterior mine (2026-01-01)" in said
    assert "Warning: the posterior was fitted to another version of the model" in said
    assert record is not None
    assert record["drawn"] == [RATE, ONSET]
    say_posterior(load(folder_with(tmp_path, version=model_version())))
    assert "Warning" not in capsys.readouterr().err
    assert say_posterior(load("caseload:mgh_cmp/phase1.yaml", ["parameters=none"])) is None


def test_another_version_that_gives_the_same_results_is_no_reason_to_warn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a changed scenario is none either: the fingerprint is of the posterior's own."""
    import sim.fingerprint
    from sim.commands.running import say_posterior

    monkeypatch.setattr("sim.rules.compiling.user_cache_folder", lambda: tmp_path / "cache")
    kept = sim.fingerprint.fingerprint("caseload:mgh_cmp/phase1.yaml")
    path = folder_with(tmp_path)
    about = tmp_path / "mine.yaml"

    def said(figures: dict[str, list[str]], *changes: str) -> str:
        about.write_text(json.dumps({"date": "2026-01-01", "model_version": "other", "fingerprint": {**kept, "figures": figures}}))
        say_posterior(load(path, list(changes)))
        return capsys.readouterr().err

    assert "Warning" not in said(kept["figures"])
    assert len(list((tmp_path / "cache" / "fingerprints").iterdir())) == 1
    monkeypatch.setattr(sim.fingerprint, "figures", lambda scenario: pytest.fail("what is known is not run again"))
    assert "Warning" not in said(kept["figures"], "programme.staff.case_manager.fte=3", "population.size=170")
    other = {**kept["figures"], "usual_care.pbpm": ["1", kept["figures"]["usual_care.pbpm"][1]]}
    before, now = (", ".join(figures["usual_care.pbpm"]) for figures in (other, kept["figures"]))
    message = f"Warning: the model gives other results than when the posterior was fitted: usual_care.pbpm {before} -> {now};"
    assert message in said(other)


def test_the_fingerprint_sees_a_changed_result() -> None:
    from sim.fingerprint import SMALL, figures

    as_it_is = figures(load("caseload:mgh_cmp/phase1.yaml", [*SMALL]))
    changed = figures(load("caseload:mgh_cmp/phase1.yaml", [*SMALL, "usual_care.hospital.fatality=0.05"]))
    assert all(value != "nan" for values in as_it_is.values() for value in values)
    assert as_it_is["usual_care.annual_mortality"] != changed["usual_care.annual_mortality"]
