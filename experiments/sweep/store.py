"""The store of a sweep: a shard for each finished task, a manifest of what happened, and the collected tables.

    shards/ab/abcdef....parquet   what a task gave: a row per replication with its outcomes, or why there are none
    manifest/<worker>.jsonl       a line when a task begins and one when it ends; each worker writes a file of its own
    collected/                    points, outcomes and failures in one table each: the same bytes whoever ran the tasks
    tasks.lock                    locked byte by byte while tasks are run, so that nothing is run twice at the same time

A task is done when its shard is there. Shards are Parquet and manifests JSON: nothing in the folder is ever unpickled or run.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import math
import os
import re
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.errors import SweepError
from experiments.sweep.parquet import write_table
from experiments.sweep.plan import Plan, first_of_each, points_columns
from experiments.sweep.tasks import KEY_LENGTH, Task

SHARDS: Final = "shards"
MANIFEST: Final = "manifest"
COLLECTED: Final = "collected"
LOCK: Final = "tasks.lock"
OUTCOMES: Final = "outcomes.parquet"
POINTS: Final = "points.parquet"
FAILURES: Final = "failures.parquet"
SUMMARY: Final = "collected.json"
AGAIN: Final = "delete it, and `caseload sweep run` makes it again"
NUMBER: Final = re.compile(r"\d[\d,.]*")
_LOCK_DIGITS: Final = 15  # of the key, as a place in the lock file: 60 bits fit any file offset

Row = tuple[str, int, str | None, Sequence[float]]
"""Point key, replication, error, outcomes."""


class Store:
    """A results folder. Any number of processes may hold one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # -- shards --------------------------------------------------------------------------------------------------------

    def shard(self, key: str) -> Path:
        """Where the shard of a task is."""
        return self.folder / SHARDS / key[:2] / f"{key}.parquet"

    def is_done(self, key: str) -> bool:
        """Whether a task has its shard."""
        return self.shard(key).is_file()

    def done(self) -> set[str]:
        """Keys of all tasks that have a shard."""
        found: set[str] = set()
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder / SHARDS) as groups:
            for group in (entry for entry in groups if entry.is_dir()):
                with os.scandir(group.path) as shards:
                    found.update(entry.name[:KEY_LENGTH] for entry in shards if not entry.name.startswith("."))
        return found

    def write_shard(self, key: str, outcomes: Sequence[str], rows: Sequence[Row]) -> None:
        """Write what a task gave, whole or not at all. Errors: OSError."""
        path = self.shard(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        values = np.array([row[3] for row in rows], np.float64).reshape(len(rows), len(outcomes))
        columns: dict[str, Any] = {
            "point": pa.array([row[0] for row in rows], pa.string()),
            "replication": pa.array([row[1] for row in rows], pa.int32()),
            "error": pa.array([row[2] for row in rows], pa.string()),
        }
        columns.update({name: pa.array(values[:, position], pa.float64()) for position, name in enumerate(outcomes)})
        write_table(path, pa.table(columns))

    def forget(self, key: str) -> None:
        """Take a shard away, so that its task is run again."""
        self.shard(key).unlink(missing_ok=True)

    # -- who runs what -------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def claimed(self, key: str) -> Iterator[bool]:
        """Hold a task while it is run; False when somebody else does. A process that dies lets go of what it held.

        Where the file system knows no locks, nothing is held: two runners may then do a task twice, with the same result.
        """
        with (self.folder / LOCK).open("ab") as file:
            at = int(key[:_LOCK_DIGITS], 16)
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
            except (BlockingIOError, PermissionError):
                yield False
                return
            except OSError:
                pass
            yield True

    # -- manifest ------------------------------------------------------------------------------------------------------

    def note(self, line: Mapping[str, Any]) -> None:
        """Add a line to this process's part of the manifest."""
        text = json.dumps({**line, "at": round(time.time(), 3)}, ensure_ascii=False) + "\n"
        folder = self.folder / MANIFEST
        folder.mkdir(exist_ok=True)
        handle = os.open(folder / f"{_worker_name(os.getpid())}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, text.encode())  # one call, so that a line is there whole or not at all
        finally:
            os.close(handle)

    def manifest(self) -> Iterator[dict[str, Any]]:
        """Every line of every part; a line that was torn by a crash is left out."""
        for path in sorted((self.folder / MANIFEST).glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                with contextlib.suppress(ValueError):
                    data = json.loads(line)
                    if isinstance(data, dict) and "task" in data:
                        yield data


@functools.cache
def _worker_name(process: int) -> str:
    """A name for this process's manifest; processes on other machines have others."""
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True)
class Status:
    """How far a sweep is. `seconds` and `simulated`: of finished tasks that the manifest knows, and of these inside the simulator."""

    tasks: int
    done: int
    failed_replications: int
    replications: int
    replications_done: int
    seconds: float
    simulated: float
    per_replication: float
    """Median seconds of a task / its replications."""
    points: int

    @property
    def complete(self) -> bool:
        """Whether every task of the plan is done."""
        return self.done == self.tasks


def status(plan: Plan) -> Status:
    """How far a sweep is, from the shards that are there and the manifest."""
    store = Store(plan.folder)
    present = store.done()
    mine = {task.key: task for task in plan.tasks}
    ends: dict[str, dict[str, Any]] = {}
    for line in store.manifest():
        if line.get("event") == "end" and line["task"] in mine and line["task"] in present:
            ends[line["task"]] = line
    per = [line["seconds"] / max(1, mine[key].replications) for key, line in ends.items()]
    finished = [task for task in plan.tasks if task.key in present]
    return Status(
        len(plan.tasks),
        len(finished),
        sum(int(line["failed"]) for line in ends.values()),
        plan.replications,
        sum(task.replications for task in finished),
        math.fsum(line["seconds"] for line in ends.values()),
        math.fsum(line["simulated"] for line in ends.values()),
        float(np.median(per)) if per else math.nan,
        len(plan.points),
    )


# -- collection ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Collected:
    """The outcomes of a sweep in memory. A point that stands in the design twice was run once; `table` gives it twice.

    points: a column per factor and what the plan says; a row per point. point, replication: int, shape (rows,), sorted;
    values: float, shape (rows, outcomes). failures: (point, first replication, replications, reason).
    """

    plan: Plan
    points: dict[str, list[Any]]
    point: np.ndarray
    replication: np.ndarray
    outcomes: tuple[str, ...]
    values: np.ndarray
    failures: list[tuple[int, int, int, str]]
    complete: bool

    @property
    def failed(self) -> int:
        """Replications that failed."""
        return sum(row[2] for row in self.failures)

    def reasons(self) -> list[str]:
        """Why replications failed, the most frequent reason first; reasons that differ only in numbers are one, told as it first came."""
        first: dict[str, str] = {}
        points: dict[str, set[int]] = {}
        count: Counter[str] = Counter()
        for point, _, replications, reason in self.failures:
            kind = NUMBER.sub("0", reason)
            first.setdefault(kind, reason)
            points.setdefault(kind, set()).add(point)
            count[kind] += replications
        return [f"{number:,} replications of {len(points[kind]):,} points failed: {first[kind]}" for kind, number in count.most_common()]

    def of(self, outcome: str) -> np.ndarray:
        """Values of an outcome, shape (rows,); `-` in front turns the sign."""
        sign = -1.0 if outcome.startswith("-") else 1.0
        column: np.ndarray = sign * self.values[:, self.outcomes.index(outcome.removeprefix("-"))]
        return column

    def table(self, outcome: str) -> np.ndarray:
        """An outcome by point and by replication (counted from the point's first); NaN where there is none. Shape (points, most)."""
        first = np.asarray(self.plan.points.first, np.int64)
        most = max(self.plan.counts, default=0)
        table = np.full((len(self.plan.points), most), np.nan)
        table[self.point, self.replication - first[self.point]] = self.of(outcome)
        keys = self.plan.point_keys
        number = {keys[point]: point for point in first_of_each(keys)}
        return table[[number[key] for key in keys]]


def collect(plan: Plan) -> Collected:
    """Read the shards of a plan, in the order of points and replications. Errors: SweepError for a shard that cannot be read."""
    store = Store(plan.folder)
    number = {plan.point_keys[point]: point for point in first_of_each(plan.point_keys)}
    present = store.done()
    tables = [_shard_table(store, task, plan.head.outcomes) for task in plan.tasks if task.key in present]
    whole = pa.concat_tables(tables) if tables else _empty(plan.head.outcomes)
    keys = whole.column("point").to_pylist()
    replication = np.asarray(whole.column("replication").to_pylist(), np.int64)
    point = np.array([number[key] for key in keys], np.int64)
    errors = whole.column("error").to_pylist()
    values = np.column_stack([np.empty((len(keys), 0)), *(whole.column(name).to_numpy() for name in plan.head.outcomes)])
    order = np.lexsort((replication, point))
    failed = np.array([error is not None for error in errors], bool)
    good = order[~failed[order]]
    bad = [(int(point[row]), int(replication[row]), str(errors[row])) for row in order if failed[row]]
    columns = {name: array.to_pylist() for name, array in points_columns(plan).items()}
    return Collected(
        plan,
        columns,
        point[good],
        replication[good],
        plan.head.outcomes,
        values[good],
        _together(bad),
        all(task.key in present for task in plan.tasks),
    )


def write_collected(collected: Collected) -> Path:
    """Write the tables into `collected/`; the same plan and outcomes give the same bytes. Errors: OSError."""
    folder = collected.plan.folder / COLLECTED
    folder.mkdir(exist_ok=True)
    outcomes: dict[str, Any] = {
        "point": pa.array(collected.point, pa.int32()),
        "replication": pa.array(collected.replication, pa.int32()),
    }
    outcomes.update({name: pa.array(collected.values[:, position], pa.float64()) for position, name in enumerate(collected.outcomes)})
    write_table(folder / OUTCOMES, pa.table(outcomes))
    write_table(folder / POINTS, pa.table(points_columns(collected.plan)))
    rows = collected.failures
    write_table(
        folder / FAILURES,
        pa.table(
            {
                "point": pa.array([row[0] for row in rows], pa.int32()),
                "first": pa.array([row[1] for row in rows], pa.int32()),
                "replications": pa.array([row[2] for row in rows], pa.int32()),
                "reason": pa.array([row[3] for row in rows], pa.string()),
            }
        ),
    )
    head = collected.plan.head
    summary = {
        "title": head.title,
        "scenario": head.scenario,
        "base": head.base,
        "model": head.model,
        "seed": head.seed,
        "points": len(collected.plan.points),
        "replications": len(collected.point),
        "failed_replications": collected.failed,
        "complete": collected.complete,
    }
    text = json.dumps(summary, indent=1, ensure_ascii=False) + "\n"
    from sim.outcomes.store import write_text

    write_text(folder / SUMMARY, text)
    return folder


def _shard_table(store: Store, task: Task, outcomes: Sequence[str]) -> pa.Table:
    path = store.shard(task.key)
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise SweepError(f"{path} cannot be read ({str(error).splitlines()[0]}); {AGAIN}") from error
    expected = ["point", "replication", "error", *outcomes]
    if table.column_names != expected or len(table) != task.replications:
        raise SweepError(f"{path} does not hold what its task gives; {AGAIN}")
    return table


def _empty(outcomes: Sequence[str]) -> pa.Table:
    kinds = {"point": pa.string(), "replication": pa.int32(), "error": pa.string(), **dict.fromkeys(outcomes, pa.float64())}
    return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})


def _together(bad: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, int, str]]:
    """One row for replications of a point that failed one after the other for the same reason."""
    rows: list[tuple[int, int, int, str]] = []
    for point, replication, reason in bad:
        if rows and rows[-1][0] == point and rows[-1][3] == reason and rows[-1][1] + rows[-1][2] == replication:
            rows[-1] = (point, rows[-1][1], rows[-1][2] + 1, reason)
        else:
            rows.append((point, replication, 1, reason))
    return rows
