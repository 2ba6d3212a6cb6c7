"""A small run of the shipped programme with its report, made once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.report.page import write_report
from sim.report.publishing import PRINTED
from tests.report.other_pages import SWEEPS, make_calibration, make_sweep

TARGETS = Path(__file__).resolve().parents[2] / "calibration" / "targets" / "mgh_phase1.yaml"
PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
SMALL = (
    "population.size=800",
    "evaluation.comparison.panel=800",
    "run.horizon=12 months",
    "run.burn_in=1 months",
    "programme.enrolment.refresh.at=6 months",
    "parameters=none",
)


def run_small(folder: Path, *overrides: str) -> Path:
    """Run phase 1 on a small panel, two replications of a year, write its report, and its event log beside it."""
    sets = [word for text in (*SMALL, *overrides) for word in ("--set", text)]
    done = CliRunner().invoke(
        app,
        [
            "run",
            PHASE_1,
            "--replications",
            "2",
            "--seed",
            "5",
            *sets,
            "--out",
            str(folder),
            "--report",
            "--events",
            str(folder.parent / "events"),
        ],
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of a small run, report.html in it."""
    return run_small(tmp_path_factory.mktemp("small") / "run")


@pytest.fixture(scope="session")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small finished sweeps by name, each with its page."""
    folder = tmp_path_factory.mktemp("sweeps")
    return {name: make_sweep(folder, name) for name in SWEEPS}


@pytest.fixture(scope="session")
def calibration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small calibration with its page."""
    lines = TARGETS.read_text(encoding="utf-8").splitlines(keepends=True)
    for_a_short_run = "".join(line for line in lines if "persons.l" not in line and "persons.h" not in line)  # they take years
    return make_calibration(tmp_path_factory.mktemp("calibration") / "small", for_a_short_run)


@pytest.fixture(scope="session")
def joined_report(small_run: Path, sweeps: dict[str, Path], calibration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the small run with what the sweeps and the calibration found."""
    path = tmp_path_factory.mktemp("joined") / "report.html"
    write_report([small_run, *sweeps.values(), calibration], path, small_run.parent / "events", PRINTED)
    return path
