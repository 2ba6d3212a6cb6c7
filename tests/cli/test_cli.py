"""The command line as a user meets it: quick, and never a traceback for bad input."""

import csv
import importlib.metadata
import io
import json
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import sim.cli as cli

ROOT = Path(__file__).resolve().parents[2]
PHASE1 = ROOT / "scenarios" / "mgh_cmp" / "phase1.yaml"
HEAVY = ("numba", "mesa", "pandas", "matplotlib", "pyarrow", "statsmodels")


def call(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def refused(result, *texts):
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for text in texts:
        assert text in result.stderr
    return True


@pytest.mark.parametrize("words", [["--help"], ["validate", str(PHASE1)], ["schema"], ["parameters", str(PHASE1)], ["new", "mine"]])
def test_light_commands_import_nothing_heavy(words, tmp_path):
    code = (
        "import sys; sys.argv = ['caseload', *sys.argv[1:]]\nimport sim.cli\n"
        "try: sim.cli.main()\nexcept SystemExit as e: code = e.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded {loaded}' if loaded else code)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0, done.stderr


def test_help_names_every_command():
    result = call("--help")
    assert result.exit_code == 0
    for command in ("run", "compare", "validate", "schema", "parameters", "verify", "trace", "new", "report", "settle", "power"):
        assert f"  {command} " in result.stdout


def test_version():
    result = call("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("caseload ")


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["run", "x.yaml", "--clock", "sundial"],
        ["run", "x.yaml", "--replications", "0"],
        ["run", "x.yaml", "--replications", "many"],
        ["run", "x.yaml", "--seed", "-1"],
        ["run", "x.yaml", "--seed", "9223372036854775808"],
        ["run", "x.yaml", "--frobnicate"],
        ["compare", "x.yaml"],
        ["trace", "x.yaml"],
        ["trace", "x.yaml", "--patient", "-3"],
        ["frobnicate"],
    ],
)
def test_bad_options_are_refused(words):
    refused(call(*words))


@pytest.mark.parametrize("command", ["run", "validate", "parameters", "verify"])
def test_a_missing_scenario_is_named(command):
    refused(call(command, "no/such.yaml"), "such.yaml: no such file")


def test_a_folder_is_not_a_scenario(tmp_path):
    refused(call("run", tmp_path), "is a folder; a scenario is a YAML file")


@pytest.mark.parametrize("override", ["nonsense", "programme.staff.case_manager.fte=-2", "programme.staff.nobody.fte=1", "=3"])
def test_a_bad_set_is_refused(override):
    refused(call("run", PHASE1, "--set", override), "--set")


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: x\nrunn: {}\nprogramme: 3\n")
    result = call("validate", bad)
    refused(result, "bad.yaml:2:", "bad.yaml:3:")


def test_validate_says_that_a_scenario_is_fine():
    result = call("validate", PHASE1)
    assert result.exit_code == 0
    assert "no problems" in result.stdout


def test_the_schema_is_json():
    result = call("schema")
    assert result.exit_code == 0
    assert "programme" in json.loads(result.stdout)["properties"]


def test_parameters_as_csv(tmp_path):
    result = call("parameters", PHASE1, "--csv", "--set", "programme.staff.case_manager.fte=6")
    assert result.exit_code == 0
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(result.stdout))}
    managers = rows["programme.staff.case_manager.fte"]
    assert float(managers["value"]) == 6
    assert "--set" in managers["set_by"]
    assert {"name", "value", "unit", "written", "uncertainty", "source", "grade", "set_by"} == set(managers)
    assert call("parameters", PHASE1, "--out", tmp_path / "p.csv").exit_code == 0
    assert (tmp_path / "p.csv").read_text().startswith("name,value,unit")


def test_new_writes_a_scenario_that_is_valid_and_never_overwrites(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("new", "mine").exit_code == 0
    assert call("validate", "mine.yaml").exit_code == 0
    before = Path("mine.yaml").read_text()
    refused(call("new", "mine"), "mine.yaml exists already")
    assert Path("mine.yaml").read_text() == before


@pytest.mark.parametrize("name", ["", " ", "no/such/folder/x", "a\nb", "..", "-x.yaml", "what?"])
def test_new_refuses_odd_names(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(call("new", "--", name))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["schema", "--out"], ["parameters", str(PHASE1), "--out"]])
def test_an_unwritable_file_is_refused(words):
    refused(call(*words, "/proc/nothing/here"), "/proc/nothing")


def entry(name, loaded):
    def load():
        if isinstance(loaded, Exception):
            raise loaded
        return loaded

    return types.SimpleNamespace(name=name, value=f"elsewhere:{name}", load=load)


@pytest.fixture
def entries(monkeypatch, app_as_before):
    """Set the entry points of other packages."""

    def use(*points):
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points if group == "caseload.commands" else ())

    return use


def test_other_packages_add_commands(entries):
    def sweep(folder: str) -> None:
        """Sweep."""
        print(f"swept {folder}")

    group = typer.Typer()

    @group.command()
    def fit() -> None:
        """Fit."""
        print("fitted")

    @group.command()
    def check() -> None:
        """Check."""

    entries(entry("sweep", sweep), entry("calibrate", group))
    cli.add_commands_of_other_packages(["sweep"])
    assert call("sweep", "x").stdout == "swept x\n"
    assert call("calibrate", "fit").stdout == "fitted\n"


def test_a_broken_or_clashing_command_does_not_stop_the_others(entries, capsys):
    entries(entry("broken", ImportError("no such thing")), entry("run", print))
    cli.add_commands_of_other_packages(["--help"])
    errors = capsys.readouterr().err
    assert "'broken' cannot be loaded: ImportError: no such thing" in errors
    assert "'run' of elsewhere:run is left out" in errors


def test_own_commands_do_not_load_other_packages(entries):
    entries(entry("slow", AssertionError("was loaded")))
    cli.add_commands_of_other_packages(["validate", "x.yaml"])


def test_ctrl_c_anywhere_ends_with_one_line(monkeypatch):
    monkeypatch.setattr("sim.commands.running.open_scenario", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    result = call("run", "x.yaml")
    assert (result.exit_code, result.stderr) == (128 + signal.SIGINT, "Stopped.\n")


def test_a_reader_that_stops_reading_is_no_error(tmp_path):
    pipe = subprocess.Popen(
        [sys.executable, "-m", "sim.cli", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=os.environ, text=True
    )
    assert pipe.stdout is not None
    pipe.stdout.close()
    assert pipe.stderr is not None
    errors = pipe.stderr.read()
    pipe.stderr.close()
    pipe.wait()
    assert "Traceback" not in errors
