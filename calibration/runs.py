"""Runs the simulator at points of its parameters. What is done is kept shard by shard, so that a stopped fit goes on where it was."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import joblib
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from calibration.errors import CalibrationError
from calibration.measures import Asked, Ran, persons_of, values_of, variants
from experiments.factors import Base
from experiments.sweep.progress import SweepProgress
from experiments.sweep.store import Row, Store
from experiments.sweep.tasks import digest
from experiments.sweep.work import Done
from sim.outcomes.provenance import model_version
from sim.rules.trouble import SimulationError
from sim.scenario import Scenario, ScenarioErrors
from sim.simulate import replicate

Floats = npt.NDArray[np.float64]
FORMAT: Final = "caseload-calibration-1"
REPLICATIONS_IN_A_TASK: Final = 16
"""About ten seconds of a full-size panel: little is lost when a worker dies."""
DEATHS_WITHOUT_A_RESULT: Final = 3
LOOK_AGAIN: Final = 1.0


@dataclass(frozen=True)
class Batch:
    """Points to be run. Point i has the replications i x replications .. , luck of its own, so that an emulator averages it out.

    values: canonical units, shape (points, names).
    """

    label: str
    scenario: Scenario
    asked: tuple[Asked, ...]
    seed: int
    names: tuple[str, ...]
    values: Floats
    replications: int

    @cached_property
    def base(self) -> Base:
        """The scenario as the point from which parameters move."""
        return Base(self.scenario)

    @cached_property
    def identity(self) -> str:
        """What all tasks have in common and can change a result."""
        asked = [[one.measure, one.arm, one.window, one.relative_to, *one.changes] for one in self.asked]
        return digest([FORMAT, model_version(), self.scenario.digest(), self.seed, self.replications, asked, list(self.names)])

    def tasks(self) -> list[Block]:
        """The points in blocks."""
        size = max(1, REPLICATIONS_IN_A_TASK // self.replications)
        blocks = (range(first, min(first + size, len(self.values))) for first in range(0, len(self.values), size))
        return [Block(digest([self.identity, self.values[block].tolist(), block.start]), block) for block in blocks]

    def at(self, point: int) -> Scenario:
        """The scenario of a point. Raises ScenarioErrors."""
        changes = [self.base.write(name, value) for name, value in zip(self.names, self.values[point], strict=True)]
        return self.base.changed(changes) if changes else self.scenario


class Block(NamedTuple):
    """A block of points that is run at once and written as one shard."""

    key: str
    points: range


@dataclass(frozen=True)
class Outputs:
    """What the points gave: `values`, shape (points, replications, asked), NaN where a replication failed, and why they failed."""

    values: Floats
    failures: tuple[str, ...]


def run_batch(batch: Batch, folder: Path, workers: int = 1) -> Outputs:
    """Run what is missing and read all of it. The outputs depend neither on `workers` nor on how often it was stopped.

    Several processes may run the same batch in the same folder: they share its tasks. Errors: CalibrationError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder)
    tasks = batch.tasks()
    left = _missing(store, tasks)
    deaths = 0
    with SweepProgress(batch.label, len(tasks), len(tasks) - len(left), sum(len(t.points) for t in left) * batch.replications) as shown:
        while left:
            before = len(left)
            try:
                for done in _run(batch, folder, left, workers):
                    if done.how != "taken":
                        shown.ended(done)
            except _WorkerDied:
                deaths = deaths + 1 if len(_missing(store, tasks)) == before else 0
                if deaths >= DEATHS_WITHOUT_A_RESULT:
                    raise CalibrationError("workers died again and again without finishing a task; use fewer (--workers)") from None
            left = _missing(store, tasks)
            if len(left) == before:
                time.sleep(LOOK_AGAIN)  # another process holds them
    return _collect(batch, store, tasks)


class _WorkerDied(Exception):
    """A worker process ended in the middle of a task."""


def _missing(store: Store, tasks: Sequence[Block]) -> list[Block]:
    done = store.done()
    return [task for task in tasks if task.key not in done]


def _run(batch: Batch, folder: Path, tasks: Sequence[Block], workers: int) -> Iterator[Done]:
    if workers == 1:
        yield from (run_task(batch, folder, task) for task in tasks)
        return
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    owner = os.getpid()
    with joblib.parallel_config("loky", inner_max_num_threads=1):
        pool = joblib.Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")
        try:
            yield from pool(joblib.delayed(run_task)(batch, folder, task, owner) for task in tasks)
        except TerminatedWorkerError as error:
            raise _WorkerDied from error


def run_task(batch: Batch, folder: Path, task: Block, owner: int = 0) -> Done:
    """Run one block of points and write its shard, unless it is done or another process has it. owner: whoever started the worker."""
    if owner and os.getppid() != owner:
        os._exit(1)  # nobody is left who wants the result, and another may go on
    store = Store(folder)
    count = len(task.points) * batch.replications
    with store.claimed(task.key) as mine:
        if not mine:
            return Done(task.key, "taken")
        if store.is_done(task.key):
            return Done(task.key, "there", count)
        begun = time.perf_counter()
        rows = [row for point in task.points for row in _rows(batch, point)]
        store.write_shard(task.key, _columns(batch), rows)
        failed = sum(row[2] is not None for row in rows)
        return Done(task.key, "run", count, failed, time.perf_counter() - begun)


def _columns(batch: Batch) -> list[str]:
    return [f"{position}" for position in range(len(batch.asked))]


def _rows(batch: Batch, point: int) -> Iterator[Row]:
    none = [np.nan] * len(batch.asked)
    first = point * batch.replications
    replications = range(first, first + batch.replications)
    try:
        scenarios = variants(batch.asked, batch.at(point))
    except ScenarioErrors as error:
        yield from ((str(point), replication, str(error), none) for replication in replications)
        return
    persons = persons_of(batch.asked)
    for replication in replications:
        try:
            ran = {
                changes: Ran(scenario, replicate(scenario, batch.seed, replication, "compiled", persons=persons))
                for changes, scenario in scenarios.items()
            }
        except SimulationError as error:
            yield str(point), replication, str(error), none
            continue
        yield str(point), replication, None, values_of(batch.asked, ran)


def _collect(batch: Batch, store: Store, tasks: Sequence[Block]) -> Outputs:
    values = np.full((len(batch.values), batch.replications, len(batch.asked)), np.nan)
    failures: dict[str, None] = {}
    for task in tasks:
        table: Any = pq.read_table(store.shard(task.key))
        shape = (len(task.points), batch.replications, len(batch.asked))
        rows = np.column_stack([table.column(name).to_numpy() for name in _columns(batch)])
        values[task.points.start : task.points.stop] = rows.reshape(shape)
        failures.update(dict.fromkeys(error for error in table.column("error").to_pylist() if error is not None))
    return Outputs(values, tuple(failures))
