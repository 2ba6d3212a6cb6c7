"""A small run of the shipped programme with its report, made once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
SMALL = (
    "population.size=800",
    "evaluation.comparison.panel=800",
    "run.horizon=12 months",
    "run.burn_in=1 months",
    "programme.enrolment.refresh.at=6 months",
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
