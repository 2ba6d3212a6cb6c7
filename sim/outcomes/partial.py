"""Replications kept as they finish, so that a run that was stopped can go on where it stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import numpy as np

from sim.outcomes.measures import check_shapes
from sim.outcomes.results import ARMS, ArmResult, ReplicationResult
from sim.outcomes.terms import Terms

_ARRAYS: Final = ("tally", "person_time", "participant_time", "tasks", "staff", "risk", "staff_months", "hours")

QUICK: Final = 1
"""Of zlib: a third of the time of the usual 6 for files a tenth larger, which the end of the run removes."""


def partial_key(digest: str, seed: int, clock: str, model_version: str) -> str:
    """Name of the folder of one run's parts: anything that could change a result changes the name."""
    return hashlib.sha256(json.dumps([digest, seed, clock, model_version]).encode()).hexdigest()[:24]


class PartialStore:
    """The part-files of one run: `<root>/.partial/<key>/<replication>.npz`."""

    def __init__(self, root: Path, key: str) -> None:
        self.folder = root / ".partial" / key

    def keep(self, result: ReplicationResult) -> None:
        """Write one replication, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        arrays = {f"{arm}.{name}": getattr(result.arms[arm], name) for arm in ARMS for name in _ARRAYS}
        plain = {"population": result.population, "events": int(result.events), "evaluation": result.evaluation}
        head = json.dumps({**plain, "persons": result.persons})
        handle, name = tempfile.mkstemp(prefix=".part-", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as parts:
                for key, array in {"head": np.array(head), **arrays}.items():
                    with parts.open(f"{key}.npy", "w") as part:
                        np.lib.format.write_array(part, array, allow_pickle=False)
            os.replace(name, self.folder / f"{result.replication}.npz")
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def load(self, replications: int, terms: Terms) -> dict[int, ReplicationResult]:
        """The replications below `replications` that were kept; a part that cannot be read is left out and will be run again."""
        found: dict[int, ReplicationResult] = {}
        for replication in range(replications):
            path = self.folder / f"{replication}.npz"
            if path.is_file():
                try:
                    result = _read(path, replication)
                    check_shapes(result, terms)
                except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                    continue
                found[replication] = result
        return found

    def clear(self) -> None:
        """Remove the parts, after the results folder is safely written."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # parts of other runs are there
            self.folder.parent.rmdir()


def _read(path: Path, replication: int) -> ReplicationResult:
    with np.load(path, allow_pickle=False) as parts:
        head = json.loads(str(parts["head"]))
        arms = {arm: ArmResult(*(parts[f"{arm}.{name}"] for name in _ARRAYS)) for arm in ARMS}
        population = {name: float(value) for name, value in head["population"].items()}
        return ReplicationResult(replication, population, arms, int(head["events"]), head["evaluation"], head["persons"])
