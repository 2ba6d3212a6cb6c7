"""Small experiments for tests: written as files, run by the command as people run it, and read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

Data = dict[str, Any]

SMALL: Data = {
    "title": "Small",
    "scenario": "caseload:mgh_cmp/phase1.yaml",
    "set": {"population.size": 100, "run.horizon": "12 months", "programme.enrolment.refresh": "none"},
    "levers": {"programme.staff.case_manager.fte": [1, 2, 3, 4, 5], "contract.fee": [f"{fee} USD" for fee in (60, 90, 120, 150)]},
    "outcomes": ["programme.roi_fees", "difference.admissions_per_1000_py", "staff.case_manager.utilisation"],
    "design": {"kind": "grid"},
    "replications": 6,
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


def caseload(*words: object, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; with `check`, it has to succeed."""
    done = subprocess.run(command(*words), capture_output=True, text=True, timeout=300, check=False, **options)
    assert done.returncode == 0 or not check, done.stderr
    return done


def start(*words: object) -> subprocess.Popen[str]:
    """Start the command in a process group of its own."""
    return subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, env={**os.environ, "COLUMNS": "200"}
    )


def command(*words: object) -> list[str]:
    """The command line of `caseload` with this interpreter."""
    return [sys.executable, "-m", "sim.cli", *map(str, words)]


def shards(folder: Path) -> set[Path]:
    """The shards of a sweep."""
    return set((folder / "shards").glob("??/[!.]*.parquet"))


def collected(folder: Path) -> dict[str, bytes]:
    """The collected files, byte for byte."""
    return {path.name: path.read_bytes() for path in sorted((folder / "collected").iterdir())}


def events(folder: Path) -> Counter[tuple[str, str]]:
    """How often each task began and ended, from the manifest."""
    found: Counter[tuple[str, str]] = Counter()
    for path in (folder / "manifest").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            data = json.loads(line)
            found[data["task"], data["event"]] += 1
    return found
