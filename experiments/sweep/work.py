"""What a worker does: run one task of a plan and write its shard. Workers share nothing but the results folder."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, Self

from experiments.sweep.plan import Plan, read_generation
from experiments.sweep.store import Row, Store
from experiments.sweep.tasks import Part, Task
from sim.flat import as_needed, flat_outcomes
from sim.outcomes.provenance import model_version
from sim.simulate import replicate


class Work(Protocol):
    """What an executor runs, here or in another process; small, since it travels."""

    def run(self) -> Done:
        """Do it, and say how it ended."""
        ...

    def owned_by(self, owner: int) -> Self:
        """The same work for a worker that is to end when this process has ended."""
        ...


def run_work(work: Work) -> Done:
    """Do a piece of work."""
    return work.run()


class Order(NamedTuple):
    """Which task of which plan; small, since it travels to other processes.

    owner: the process that started the worker, or 0. events: a folder for every event of every replication, if they are wanted.
    """

    folder: str
    generation: int
    number: int
    owner: int = 0
    events: str = ""
    mix_models: bool = False

    def run(self) -> Done:
        """Run the task."""
        return run_order(self)

    def owned_by(self, owner: int) -> Self:
        """The order with its owner."""
        return self._replace(owner=owner)


@dataclass(frozen=True)
class Done:
    """How a task ended. `taken`: another runner had it. `stopped`: it could not be run or written, and why."""

    key: str
    how: Literal["run", "there", "taken", "stopped"]
    replications: int = 0
    failed: int = 0
    seconds: float = 0.0
    simulated: float = 0.0
    reason: str = ""


def run_order(order: Order) -> Done:
    """Run one task, unless it is done or another runner has it. What goes wrong in a replication becomes its row."""
    if order.owner and os.getppid() != order.owner:
        os._exit(1)  # whoever started this worker is gone, and another may go on with the sweep
    plan = read_generation(Path(order.folder), order.generation)
    task = plan.tasks[order.number]
    if plan.head.model != model_version() and not order.mix_models:
        return Done(task.key, "stopped", reason=f"a worker has another model or other libraries ({model_version()}) than the plan")
    store = Store(plan.folder)
    try:
        if store.is_done(task.key):
            return Done(task.key, "there", task.replications)
        with store.claimed(task.key) as mine:
            if not mine:
                return Done(task.key, "taken")
            if store.is_done(task.key):
                return Done(task.key, "there", task.replications)
            return _run(plan, task, store, Path(order.events) if order.events else None)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else f"{plan.folder}: "
        return Done(task.key, "stopped", reason=name + (error.strerror or str(error)).lower())


def _run(plan: Plan, task: Task, store: Store, events: Path | None) -> Done:
    started = time.perf_counter()
    store.note({"task": task.key, "event": "begin"})
    inside = Stopwatch()
    rows = [row for part in task.parts for row in _part_rows(plan, part, events, inside)]
    store.write_shard(task.key, plan.head.outcomes, rows)
    failed = sum(row[2] is not None for row in rows)
    seconds = time.perf_counter() - started
    end = {"task": task.key, "event": "end", "seconds": round(seconds, 4), "simulated": round(inside.seconds, 4), "failed": failed}
    error = next((row[2] for row in rows if row[2] is not None), None)
    store.note(end if error is None else {**end, "error": error})
    return Done(task.key, "run", task.replications, failed, seconds, inside.seconds)


class Stopwatch:
    """Adds up the seconds spent in its `with` blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._begun


def _part_rows(plan: Plan, part: Part, events: Path | None, inside: Stopwatch) -> Iterator[Row]:
    """A row per replication of a point. A scenario that cannot be loaded fails all of them."""
    key = plan.point_keys[part.point]
    none = [math.nan] * len(plan.head.outcomes)
    replications = range(part.first, part.first + part.replications)
    try:
        changes = plan.points.changes(part.point, plan.factors, plan.base)
        scenario = as_needed(plan.base.changed(changes), plan.head.outcomes)
    except OSError:
        raise
    except Exception as error:
        yield from ((key, replication, _reason(error), none) for replication in replications)
        return
    log = None if events is None else events / key
    for replication in replications:
        try:
            with inside:
                result = replicate(scenario, plan.head.seed, replication, "compiled", log)
            row = list(flat_outcomes(result, scenario, plan.head.outcomes).values())
        except OSError:
            raise
        except Exception as error:
            yield key, replication, _reason(error), none
            continue
        yield key, replication, None, row


def _reason(error: Exception) -> str:
    """What went wrong in words that are the same wherever it happened."""
    known = type(error).__module__.startswith("sim.")
    return str(error) if known else f"{type(error).__name__}: {error}"
