"""Runs the simulator at points of its parameters. What is done is kept shard by shard, so that a stopped fit goes on where it was."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from calibration.errors import CalibrationError
from calibration.measures import Asked, Ran, arms_of, persons_of, values_of, variants
from experiments.factors import Base
from experiments.sweep.executors import Executor, WorkerDied
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


def run_batch(batch: Batch, folder: Path, executor: Executor) -> Outputs:
    """Run what is missing and read all of it. The outputs depend neither on who ran it nor on how often it was stopped.

    Several processes may run the same batch in the same folder: they share its tasks. Errors: CalibrationError; SweepError when a
    cluster is gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder)
    tasks = batch.tasks()
    left = _missing(store, tasks)
    deaths = 0
    with SweepProgress(batch.label, len(tasks), len(tasks) - len(left), sum(len(t.points) for t in left) * batch.replications) as shown:
        while left:
            before = len(left)
            died = False
            try:
                for done in executor.run(PointOrder(batch, str(folder), task, model_version()) for task in left):
                    if done.how == "stopped":
                        raise CalibrationError(f"{done.reason}. Finished runs are kept: when that is put right, the same command goes on")
                    if done.how != "taken":
                        shown.ended(done)
            except WorkerDied:
                died = True
            left = _missing(store, tasks)
            deaths = deaths + 1 if died and len(left) == before else 0
            if deaths >= DEATHS_WITHOUT_A_RESULT:
                raise CalibrationError("workers died again and again without finishing a task; use fewer (--workers)")
            if left and not died:
                time.sleep(LOOK_AGAIN)  # another process holds them
    return _collect(batch, store, tasks)


def _missing(store: Store, tasks: Sequence[Block]) -> list[Block]:
    done = store.done()
    return [task for task in tasks if task.key not in done]


class PointOrder(NamedTuple):
    """A block of points of a batch for whoever runs it. model: the version it is to be run with; owner: as in a sweep's order."""

    batch: Batch
    folder: str
    task: Block
    model: str
    owner: int = 0

    def owned_by(self, owner: int) -> Self:
        """The order with its owner."""
        return self._replace(owner=owner)

    def run(self) -> Done:
        """Run the block and write its shard, unless it is done or another process has it."""
        if self.owner and os.getppid() != self.owner:
            os._exit(1)  # nobody is left who wants the result, and another may go on
        if self.model != model_version():
            return Done(self.task.key, "stopped", reason=f"a worker has another model or other libraries ({model_version()})")
        try:
            return self._run(Store(Path(self.folder)))
        except OSError as error:
            return Done(self.task.key, "stopped", reason=f"{error.filename or self.folder}: {(error.strerror or str(error)).lower()}")

    def _run(self, store: Store) -> Done:
        key, count = self.task.key, len(self.task.points) * self.batch.replications
        with store.claimed(key) as mine:
            if not mine:
                return Done(key, "taken")
            if store.is_done(key):
                return Done(key, "there", count)
            begun = time.perf_counter()
            rows = [row for point in self.task.points for row in _rows(self.batch, point)]
            store.write_shard(key, _columns(self.batch), rows)
            return Done(key, "run", count, sum(row[2] is not None for row in rows), time.perf_counter() - begun)


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
    persons, arms = persons_of(batch.asked), arms_of(batch.asked)
    for replication in replications:
        try:
            ran = {
                changes: Ran(scenario, replicate(scenario, batch.seed, replication, "compiled", persons=persons, arms=arms))
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
