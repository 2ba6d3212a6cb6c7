"""The commands on a small scenario: check, calibrate (stopped and resumed), localise."""

import importlib
import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow.parquet as pq
import pytest
import typer
from ruamel.yaml import YAML
from typer.testing import CliRunner

from calibration.localising import Plan, localise, read_year
from sim.cli import run
from sim.commands.errors import friendly
from sim.outcomes.provenance import model_version
from sim.scenario import load
from sim.tabular import TableErrors

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ROOT / "calibration" / "targets" / "mgh_phase1.yaml"
FIT = """
title: Small
scenario: caseload:mgh_cmp/phase1.yaml
targets: mgh_phase1.yaml
posterior: small
seed: 3
set: {population.size: 500, run.horizon: 24 months}
discrepancy: 0.02
implausible_beyond: 3
sampler: {walkers: 16, steps: 300, burn_in: 100}
draws: 40
predictive: 8
stages:
  natural_history:
    parameters: [usual_care.crises.rate, usual_care.decline.onset]
    targets: [N3, N9]
    waves: [{points: 16, replications: 1}, {points: 8, replications: 1}]
  effects:
    parameters: [usual_care.crises.modifiable.community]
    targets: [C3]
    waves: [{points: 12, replications: 2}]
"""

MORE = ("crises.ageing", "decline.death", "hospital.fatality", "ed.admitted_share", "acuity.sd", "hospital.to_snf")


COMMANDS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]["caseload.commands"]


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    """The commands as their entry points name them, without an installation."""
    made = typer.Typer()
    for name, place in COMMANDS.items():
        module, _, function = place.partition(":")
        if module == "calibration.cli":
            made.command(name)(friendly(getattr(importlib.import_module(module), function)))
    made.command("run")(run)
    return made


class Call(Protocol):
    """Runs a command: its stdout, or all that it said when another exit code is expected."""

    def __call__(self, *words: object, code: int = 0) -> str: ...


@pytest.fixture(scope="module")
def call(app: typer.Typer) -> Call:
    def called(*words: object, code: int = 0) -> str:
        done = CliRunner().invoke(app, [*map(str, words)])
        assert done.exit_code == code, done.output + str(done.exception)
        return done.stdout if code == 0 else done.output

    return called


def test_check_gives_a_row_for_each_target(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = ROOT / "scenarios" / "mgh_cmp" / "phase1.yaml"
    small = ["--set", "population.size=300", "-n", "3", "--seed", "4"]
    found = json.loads(call("check", scenario, "--targets", TARGETS, "--json", *small))
    rows = {row["name"]: row for row in found["rows"]}
    assert found["not_measured"] == {}
    assert {"name", "measure", "arm", "window", "value", "lo", "hi", "simulated", "sim_lo", "sim_hi", "inside", "use"} <= set(rows["C3"])
    for row in rows.values():
        assert row["inside"] == (row["lo"] <= row["simulated"] <= row["hi"])
        assert row["sim_lo"] <= row["sim_hi"]
    ran = json.loads(call("run", scenario, "--json", *small, "--set", "evaluation=none", "--out", tmp_path / "run"))
    assert rows["N2"]["simulated"] == pytest.approx(ran["arms"]["usual_care"]["pbpm"]["mean"], rel=1e-12)
    assert rows["V1"]["simulated"] == pytest.approx(ran["arms"]["programme"]["roi_fees"]["mean"], rel=1e-12)
    table = call("check", scenario, "--targets", TARGETS, *small)
    assert f"{sum(row['inside'] for row in rows.values())} of {len(rows)} inside" in table


def test_check_refuses_targets_that_are_wrong(call: Call, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TARGETS.read_text(encoding="utf-8").replace("measure: pbpm", "measure: pbmp", 1), encoding="utf-8")
    said = call("check", ROOT / "scenarios" / "mgh_cmp" / "phase1.yaml", "--targets", tmp_path / "t.yaml", code=2)
    assert re.search(r"t\.yaml:\d+:\d+: targets\.N1\.measure: no measure is called 'pbmp'; did you mean 'pbpm'", said)
    assert "Traceback" not in said


def test_a_calibration_that_was_stopped_gives_the_same_posterior(call: Call, tmp_path: Path) -> None:
    (tmp_path / "fit.yaml").write_text(FIT, encoding="utf-8")
    shutil.copy(TARGETS, tmp_path)
    said = call("calibrate", tmp_path / "fit.yaml", "--out", tmp_path / "out", "--workers", 1)
    assert "only to be checked" not in said
    draws = (tmp_path / "out" / "small.parquet").read_bytes()
    shards = sorted((tmp_path / "out" / "runs").rglob("*.parquet"))
    for path in shards[::2]:  # what a kill leaves: some of the tasks are there
        path.unlink()
    kept = {path: path.stat().st_mtime_ns for path in shards[1::2]}
    call("calibrate", tmp_path / "fit.yaml", "--out", tmp_path / "out", "--workers", 1)
    assert (tmp_path / "out" / "small.parquet").read_bytes() == draws
    assert {path: path.stat().st_mtime_ns for path in kept} == kept

    table = pq.read_table(tmp_path / "out" / "small.parquet")
    assert table.column_names == ["usual_care.crises.rate", "usual_care.decline.onset", "usual_care.crises.modifiable.community"]
    assert len(table) == 40
    rate = table.column("usual_care.crises.rate").to_numpy()
    assert 0.2 <= rate.min() <= rate.max() <= 0.5  # its prior
    about = (tmp_path / "out" / "small.yaml").read_text(encoding="utf-8")
    assert f"model_version: {model_version()}" in about
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "What is not identified" in page
    assert "3 fitted figures lie inside" in page  # of 21 that the targets' file would let be fitted
    for stage, r_hat in YAML(typ="safe").load(about)["r_hat"].items():
        assert (f"Stage {stage}: the chains do not agree" in page) == (r_hat > 1.05)
    assert not re.search(r"(src|href)=[\"'](?!data:|#)", page)  # nothing is loaded

    (tmp_path / "scenario.yaml").write_text(
        "extends: caseload:mgh_cmp/phase1.yaml\ntitle: T\nparameters: {posterior: out/small.parquet}\n", encoding="utf-8"
    )
    assert load(tmp_path / "scenario.yaml").drawn_from is not None


def test_a_calibration_that_is_wrong_is_refused_at_its_line(call: Call, tmp_path: Path) -> None:
    shutil.copy(TARGETS, tmp_path)
    cases = {
        (
            "[usual_care.crises.rate,",
            "[usual_care.crises.rat,",
        ): r"fit\.yaml:\d+:\d+: stages\.natural_history\.parameters\.0: .*mean '.*rate'",
        (
            "usual_care.decline.onset]",
            f"usual_care.decline.onset, {', '.join(f'usual_care.{name}' for name in MORE)}]",
        ): r"stages\.natural_history\.waves\.0\.points: must be at least 18, .* 8 parameters \(got 16\)",
        ("[N3, N9]", "[N3, N99]"): r"stages\.natural_history\.targets\.1: no target is called 'N99'",
        ("[C3]", "[C3, N9]"): r"stages\.effects\.targets\.1: 'N9' stands in the stage 'natural_history' already",
        ("burn_in: 100", "burn_in: 300"): r"sampler\.burn_in: must be less than the steps, 300",
        ("predictive: 8", "predictive: 80"): r"predictive: must be at most the draws, 40",
        ("seed: 3", "sead: 3"): r"sead: unknown key; did you mean 'seed'",
    }
    for (old, new), message in cases.items():
        (tmp_path / "fit.yaml").write_text(FIT.replace(old, new), encoding="utf-8")
        assert re.search(message, call("calibrate", tmp_path / "fit.yaml", code=2)), message


def test_localise_meets_the_own_year_and_keeps_the_effects(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("figure,value\nadmissions_per_1000_py,700\ned_visits_per_1000_py,1500\npbpm,1500\n", encoding="utf-8")
    scenario = load("caseload:mgh_cmp/phase1.yaml", ["population.size=1000", "run.horizon=6 months", "programme.enrolment.refresh=none"])
    done = localise(scenario, read_year(own), Plan("own.csv", 3, 2), lambda line: None)
    for wanted, simulated in done.figures.values():
        assert simulated == pytest.approx(wanted, rel=0.06)  # at most one standard error of three replications of 190 people
    before, after = ({row.name: row for row in s.parameters()} for s in (scenario, done.scenario))
    moved = {name for name in before if before[name].value != after[name].value}
    assert moved == set(done.values)
    assert "usual_care.crises.rate" in moved
    assert not any(name.startswith(("programme.", "usual_care.crises.modifiable")) for name in moved)
    assert after["usual_care.crises.rate"].source == "localised to own.csv"
    assert after["usual_care.crises.rate"].grade == "calibrated"
    prices = [after[name].value / before[name].value for name in moved if name.startswith("prices.")]
    assert np.ptp(prices) < 1e-9


def test_an_own_year_that_is_wrong_is_refused_at_its_line(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("figure,value\npbmp,1500\npbpm,-3\n", encoding="utf-8")
    with pytest.raises(TableErrors) as refused:
        read_year(own)
    assert "own.csv:2: figure: must be one of" in str(refused.value)
    assert "did you mean 'pbpm'" in str(refused.value)
    assert "own.csv:3: value: must be a number of more than 0 (got '-3')" in str(refused.value)
