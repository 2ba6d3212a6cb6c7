"""The commands that run, with a simulator that is instant and known."""

import functools
import json
import sys
import types
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

import sim.commands.running as running
from sim.cli import app
from sim.outcomes.store import read_run
from sim.scenario import load
from tests.outcomes.synthetic import lifelike

OPEN = running.open_scenario
ALWAYS = ("evaluation=none", "run.seed=11", "run.replications=4")


@functools.cache
def phase_1(*overrides):
    """Phase 1 with a seed and replications of its own, without an evaluation: the simulator here has no persons."""
    return load("caseload:mgh_cmp/phase1.yaml", [*ALWAYS, *overrides])


def opened(path, overrides=()):
    """The scenario of a file that need not be there: one with `six` in its name has six managers."""
    six = ["programme.staff.case_manager.fte=6"] if "six" in path.name else []
    return phase_1(*six, *overrides)


class Simulator:
    """Gives lifelike results; may be interrupted after some replications."""

    def __init__(self):
        self.made = []
        self.stop_after = None

    def __call__(self, scenario, *, replications, seed, clock, on_replication, skip, workers, events, finish=None, persons=()):
        results = lifelike(replications, seed=seed, managers=float(scenario.programme.staff["case_manager"].fte))
        done = 0
        for result in results:
            if result.replication in skip:
                continue
            if self.stop_after is not None and done >= self.stop_after:
                raise KeyboardInterrupt
            on_replication(result)
            self.made.append(result.replication)
            done += 1
        return results


def fake_module(monkeypatch, name, function):
    module = types.ModuleType(f"sim.{name}")
    setattr(module, name, function)
    monkeypatch.setitem(sys.modules, f"sim.{name}", module)


@pytest.fixture
def simulator(monkeypatch, tmp_path):
    fake = Simulator()
    fake_module(monkeypatch, "simulate", fake)
    monkeypatch.setattr(running, "open_scenario", opened)
    monkeypatch.setattr("sim.commands.comparing.open_scenario", opened)
    monkeypatch.chdir(tmp_path)
    return fake


def call(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_json_is_one_object_and_nothing_else(simulator):
    result = call("run", "phase1.yaml", "--json")
    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert (summary["scenario"], summary["seed"], summary["replications"]) == ("phase1", 11, 4)
    assert "4 of 4 replications" in result.stderr
    assert Path("results/phase1-1/run.json").is_file()
    assert not Path("results/phase1-1/report.html").exists()
    assert not Path("results/.partial").exists()


def test_options_reach_the_run_and_its_record(simulator):
    result = call("run", "phase1.yaml", "-n", 2, "--seed", 5, "--set", "programme.staff.case_manager.fte=6", "--out", "here/out", "--json")
    assert result.exit_code == 0
    stored = read_run(Path("here/out"))
    assert (stored.summary.seed, len(stored.results)) == (5, 2)
    record = stored.record
    assert record["command"] == "caseload run phase1.yaml --replications 2 --seed 5 --set programme.staff.case_manager.fte=6"
    assert record["overrides"] == ["programme.staff.case_manager.fte=6"]
    assert record["started"] <= record["finished"]
    assert record["versions"]["python"]
    scenario = YAML(typ="safe").load(Path("here/out/scenario.yaml"))
    assert scenario["programme"]["staff"]["case_manager"]["fte"]["value"] == 6


def test_a_run_with_a_posterior_of_its_own_runs_again_from_its_results_folder(simulator, monkeypatch):
    monkeypatch.setattr(running, "open_scenario", OPEN)
    pq.write_table(pa.table({"usual_care.crises.rate": [0.3, 0.4]}), "own.parquet")
    Path("own.yaml").write_text("date: 2026-01-01\nmodel_version: other\n", encoding="utf-8")
    text = "extends: caseload:mgh_cmp/phase1.yaml\nrun: {seed: 3}\nevaluation: none\nparameters: {posterior: own.parquet}\n"
    Path("mine.yaml").write_text(text, encoding="utf-8")
    first = call("run", "mine.yaml", "-n", 2, "--out", "deep/first", "--json")
    assert first.exit_code == 0, first.output
    again = call("run", "deep/first/scenario.yaml", "-n", 2, "--out", "again", "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["digest"] == json.loads(first.stdout)["digest"]
    assert (Path("again") / "inputs" / "own.parquet").read_bytes() == Path("own.parquet").read_bytes()


def test_people_get_tables_and_a_report(simulator):
    result = call("run", "phase1.yaml", "-n", 2)
    assert result.exit_code == 0
    for text in (
        "Hospital admissions",
        "Case manager",
        "Savings per dollar paid",
        "Parameters are drawn from the posterior mgh_phase1",
        "Saved in results/phase1-1",
    ):
        assert text in result.stdout
    assert "eligible patients" in Path("results/phase1-1/report.html").read_text()


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(simulator):
    simulator.stop_after = 3
    stopped = call("run", "phase1.yaml", "--json")
    assert stopped.exit_code == 130
    assert stopped.stdout == ""
    assert "Stopped after 3 of 4 replications; they are kept: give the same command again to go on." in stopped.stderr
    assert "Traceback" not in stopped.stderr
    simulator.stop_after, simulator.made = None, []
    resumed = call("run", "phase1.yaml", "--json")
    assert resumed.exit_code == 0
    assert simulator.made == [3]
    assert "3 of 4 replications were kept" in resumed.stderr
    fresh = call("run", "phase1.yaml", "--json")
    assert json.loads(resumed.stdout) == json.loads(fresh.stdout)


def test_a_stopped_run_is_not_mixed_with_another(simulator):
    simulator.stop_after = 3
    call("run", "phase1.yaml")
    simulator.stop_after, simulator.made = None, []
    assert call("run", "phase1.yaml", "--seed", 12, "--json").exit_code == 0
    assert simulator.made == [0, 1, 2, 3]


def test_stopping_before_the_first_replication_says_so(simulator):
    simulator.stop_after = 0
    result = call("run", "phase1.yaml")
    assert result.exit_code == 130
    assert "Stopped after 0 of 4 replications, nothing to keep." in result.stderr


def test_another_runs_folder_is_refused_before_running(simulator):
    assert call("run", "phase1.yaml", "--out", "out", "--json").exit_code == 0
    simulator.made = []
    result = call("run", "phase1.yaml", "--out", "out", "--json")
    assert result.exit_code == 2
    assert "out exists; choose another --out, or say --overwrite" in result.stderr
    assert simulator.made == []
    assert call("run", "phase1.yaml", "-n", 2, "--out", "out", "--overwrite", "--json").exit_code == 0
    assert len(read_run(Path("out")).results) == 2


def test_overwrite_needs_a_folder(simulator):
    result = call("run", "phase1.yaml", "--overwrite")
    assert result.exit_code == 2
    assert "--overwrite needs --out" in result.stderr


@pytest.mark.parametrize("target", ["/proc/out", "/dev/null/out"])
def test_an_unwritable_folder_is_refused_before_running(simulator, target):
    result = call("run", "phase1.yaml", "--out", target)
    assert result.exit_code == 2
    assert result.stderr.startswith("caseload: cannot")
    assert simulator.made == []


def test_compare_pairs_the_two_programmes(simulator):
    result = call("compare", "phase1.yaml", "phase1_six.yaml", "-n", 3, "--json")
    assert result.exit_code == 0
    compared = json.loads(result.stdout)
    a, b = (compared[letter]["arms"]["programme"]["pbpm"]["mean"] for letter in "ab")
    assert compared["difference"]["pbpm"]["mean"] == pytest.approx(b - a)
    assert compared["staff"]["case_manager"]["fte"]["mean"] == -6.0
    assert compared["a"]["seed"] == compared["b"]["seed"] == 11
    assert compared["replications"] == 3


def test_compare_prints_both_staff_tables(simulator):
    result = call("compare", "phase1.yaml", "phase1_six.yaml", "-n", 2)
    assert result.exit_code == 0
    for text in ("B - A", "A: staff", "B: staff", "same patients and the same usual care", "drawn from the posterior mgh_phase1"):
        assert text in result.stdout


def test_compare_takes_a_results_folder(simulator):
    assert call("run", "phase1.yaml", "--out", "out", "--json").exit_code == 0
    simulator.made = []
    result = call("compare", "out", "phase1_six.yaml", "--json")
    assert result.exit_code == 0
    assert simulator.made == [0, 1, 2, 3]
    wrong = call("compare", "out", "phase1_six.yaml", "--seed", 99)
    assert wrong.exit_code == 2
    assert "was run with seed 11, not 99" in wrong.stderr


def test_report_of_folders(simulator):
    for name in ("phase1", "phase1_six"):
        assert call("run", f"{name}.yaml", "-n", 2, "--out", name, "--json").exit_code == 0
    assert call("report", "phase1", "phase1_six", "--out", "both.html").exit_code == 0
    assert "phase1_six" in Path("both.html").read_text()
    result = call("report", "nowhere")
    assert result.exit_code == 2
    assert "nowhere: no such results folder" in result.stderr


def test_an_error_of_the_model_is_one_message(simulator, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("hazard above its bound: patient 7")

    fake_module(monkeypatch, "simulate", broken)
    monkeypatch.delenv("CASELOAD_TRACEBACK", raising=False)
    result = call("run", "phase1.yaml")
    assert result.exit_code == 1
    assert "hazard above its bound: patient 7" in result.stderr
    assert "Traceback" not in result.stderr


def test_verify_says_identical_or_the_first_difference(simulator, monkeypatch):
    seen = {}

    def same(scenario, **options):
        seen.update(options)
        return types.SimpleNamespace(identical=True, text="identical: 812,345 events")

    fake_module(monkeypatch, "verify", same)
    result = call("verify", "phase1.yaml", "--replications", 2)
    assert (result.exit_code, result.stdout) == (0, "identical: 812,345 events\n")
    assert seen == {"replications": 2, "seed": 11}
    fake_module(monkeypatch, "verify", lambda *_, **__: types.SimpleNamespace(identical=False, text="first difference: ..."))
    result = call("verify", "phase1.yaml")
    assert result.exit_code == 1
    assert "first difference" in result.stderr


def test_trace_prints_the_time_lines(simulator, monkeypatch):
    fake_module(monkeypatch, "trace", lambda scenario, **options: f"{options}")
    result = call("trace", "phase1.yaml", "--patient", 123, "--replication", 2)
    assert result.stdout == "{'patient': 123, 'replication': 2, 'seed': 11}\n"


def test_a_rule_that_stops_a_run_is_one_message(simulator, monkeypatch):
    from sim.rules.trouble import SimulationError

    def stopped(*_, **__):
        raise SimulationError("replication 3: patient 7 on day 40.5: no room for another open task (20 are open)")

    fake_module(monkeypatch, "simulate", stopped)
    result = call("run", "phase1.yaml")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-2:] == [
        "caseload: replication 3: patient 7 on day 40.5: no room for another open task (20 are open)",
        "Replications that finished are kept; the same command runs only the others.",
    ]


def test_a_worker_that_was_killed_is_one_message(simulator, monkeypatch):
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    def killed(*_, **__):
        raise TerminatedWorkerError("A worker process managed by the executor was unexpectedly terminated.")

    fake_module(monkeypatch, "simulate", killed)
    result = call("run", "phase1.yaml")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-3:] == [
        "caseload: a worker process was ended from outside, most often because memory ran out.",
        "Fewer of them need less: LOKY_MAX_CPU_COUNT=1 in the environment allows only one.",
        "Replications that finished are kept; the same command runs only the others.",
    ]
