"""Small experiments for tests: written as files, run here or by the command, and read back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from experiments.specification.loading import open_experiment
from experiments.sweep.executors import Here
from experiments.sweep.planning import make_plan
from experiments.sweep.runner import Limits, run
from experiments.sweep.store import Store, collect, write_collected

Data = dict[str, Any]

SMALL: Data = {
    "title": "Small",
    "scenario": "caseload:mgh_cmp/phase1.yaml",
    "set": {"population.size": 100, "run.horizon": "12 months", "programme.enrolment.refresh": "none", "parameters": "none"},
    "levers": {"programme.staff.case_manager.fte": [1, 2, 3, 4, 5], "contract.fee": [f"{fee} USD" for fee in (60, 90, 120, 150)]},
    "outcomes": ["programme.roi_fees", "difference.admissions_per_1000_py", "staff.case_manager.utilisation"],
    "design": {"kind": "grid"},
    "replications": 4,
    "seed": 11,
}
"""20 points of a year with 100 patients."""


def written(folder: Path, name: str = "small.yaml", **changes: Any) -> Path:
    """The experiment SMALL with changes, as a file; a change of None takes a block away. JSON is YAML."""
    data = {key: value for key, value in {**SMALL, **changes}.items() if value is not None}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


def planned(folder: Path, task_size: int = 2, **changes: Any) -> Path:
    """The folder of a planned sweep: 20 points x 4 replications, in 40 tasks unless something is changed."""
    make_plan(open_experiment(written(folder, **changes)), folder / "sweep", task_size)
    return folder / "sweep"


def finish(folder: Path, **limits: Any) -> dict[str, bytes]:
    """Run in this process what is left, and collect."""
    write_collected(collect(run(folder, Here(), Limits(**limits))))
    return collected(folder)


def start(*words: object, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own; what it says goes to the file `said` beside the sweep's folder."""
    line = [sys.executable, "-m", "sim.cli", *map(str, words)]
    with (Path(str(words[2])).parent / "said").open("ab") as said:
        return subprocess.Popen(line, stdout=said, stderr=subprocess.STDOUT, start_new_session=True, **options)


def said(folder: Path) -> str:
    """Everything that started commands said."""
    return (folder.parent / "said").read_text(encoding="utf-8")


def shards(folder: Path) -> set[Path]:
    """The shards of a sweep."""
    return set((folder / "shards").glob("??/[!.]*.parquet"))


def collected(folder: Path) -> dict[str, bytes]:
    """The collected files, byte for byte."""
    return {path.name: path.read_bytes() for path in sorted((folder / "collected").iterdir())}


def events(folder: Path) -> Counter[tuple[str, str]]:
    """How often each task began and ended, from the manifest."""
    return Counter((line["task"], line["event"]) for line in Store(folder).manifest())
