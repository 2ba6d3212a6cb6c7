"""Runs a plan: what is planned minus what is done, on any executor, until precise enough or out of time."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from experiments.errors import SweepError
from experiments.sweep.executors import Executor, WorkerDied
from experiments.sweep.plan import Plan, PlanChanged, check_model, grown, read_plan
from experiments.sweep.precision import next_counts
from experiments.sweep.progress import SweepProgress
from experiments.sweep.store import Store, collect
from experiments.sweep.work import Done, Order
from sim.commands.errors import say

DEATHS_WITHOUT_A_RESULT: Final = 3
"""So many times in a row a pool may die without finishing a single task."""
LOOK_AGAIN: Final = 1.0
"""Seconds until tasks that another runner holds are looked at again."""


@dataclass(frozen=True)
class Shard:
    """Part `number` (from 1) of `of` equal parts of the tasks: a job of an array."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """`3/8`. Errors: SweepError."""
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise SweepError(f"--shard must be K/N with K from 1 to N, e.g. 3/8 (got '{text[:40]}')")
        return cls(int(number), int(of))


@dataclass(frozen=True)
class Limits:
    """What a run may do: which part of the tasks, until when, with which model.

    events: a folder for the events of the tasks that are run now, a folder for each point.
    """

    shard: Shard | None = None
    seconds: float | None = None
    mix_models: bool = False
    retry_failed: bool = False
    events: Path | None = None


class OutOfTime(Exception):
    """The time that was given is used up; what is done is kept."""


def run(folder: Path, executor: Executor, limits: Limits | None = None) -> Plan:
    """Run what is missing, and go on in rounds until the precision that the plan asks for. Returns the plan as it is then.

    Errors: SweepError, after which everything finished is in the store; OutOfTime.
    """
    limits = limits or Limits()
    plan = read_plan(folder)
    if not limits.mix_models:
        check_model(plan)
    check_writable(folder)
    if limits.retry_failed:
        forget_failed(plan)
    deadline = None if limits.seconds is None else time.monotonic() + limits.seconds
    try:
        while True:
            _round(plan, executor, limits, deadline)
            if plan.precision is None or limits.shard is not None:
                return plan
            try:
                following = next_round(plan)
            except PlanChanged:
                following = read_plan(folder)  # another runner has added what is needed
            if following is None:
                return plan
            plan = following
    finally:
        executor.close()


def next_round(plan: Plan) -> Plan | None:
    """The plan with the replications that its precision still needs; None when nothing is to be added."""
    if plan.precision is None:
        return None
    table = collect(plan).table(plan.precision.outcome)
    counts = next_counts(table, list(plan.counts), plan.precision)
    if counts == list(plan.counts):
        return None
    say(f"Replications are added where the mean of {plan.precision.outcome} is not precise yet: {sum(counts) - sum(plan.counts):,}.")
    return grown(plan, counts=counts)


def check_writable(folder: Path) -> None:
    """Say before anything is run that results cannot be written. Errors: SweepError."""
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    except OSError as error:
        raise SweepError(f"cannot write into {folder}: {(error.strerror or str(error)).lower()}") from error


def forget_failed(plan: Plan) -> None:
    """Take away the shards of tasks in which something failed, so that they are run again."""
    store = Store(plan.folder)
    failed: dict[str, bool] = {}
    for line in store.manifest():
        if line.get("event") == "end":
            failed[line["task"]] = bool(line.get("failed"))
    for task in plan.tasks:
        if failed.get(task.key):
            store.forget(task.key)


def share(plan: Plan, shard: Shard | None) -> range:
    """Numbers of the tasks that a run is to see to, in order."""
    return range(len(plan.tasks)) if shard is None else range(shard.number - 1, len(plan.tasks), shard.of)


def pending(plan: Plan, shard: Shard | None) -> list[int]:
    """Those of them that are not done."""
    done = Store(plan.folder).done()
    return [number for number in share(plan, shard) if plan.tasks[number].key not in done]


def _round(plan: Plan, executor: Executor, limits: Limits, deadline: float | None) -> None:
    """Run every task that is missing; a pool that dies is replaced, tasks of other runners are waited for."""
    left = pending(plan, limits.shard)
    mine = len(share(plan, limits.shard))
    if mine > len(left) > 0:
        say(f"{mine - len(left):,} of {mine:,} tasks are done already; going on with the others.")
    deaths = 0
    told = False
    replications = sum(plan.tasks[number].replications for number in left)
    with SweepProgress(plan.head.title, mine, mine - len(left), replications) as shown:
        while left:
            before = len(left)
            try:
                for done in executor.run(_orders(plan, left, deadline, limits)):
                    _check(done)
                    if done.how != "taken":
                        shown.ended(done)
            except WorkerDied:
                left = pending(plan, limits.shard)
                deaths = 0 if len(left) < before else deaths + 1
                if deaths >= DEATHS_WITHOUT_A_RESULT:
                    raise SweepError(
                        f"workers died {deaths} times without finishing a task (out of memory?). Finished tasks are kept; "
                        "fewer workers (--workers) or smaller tasks may help"
                    ) from None
                say("A worker process died; its task is run again.")
                continue
            left = pending(plan, limits.shard)
            if deadline is not None and time.monotonic() >= deadline and left:
                raise OutOfTime(f"{len(left):,} of {mine:,} tasks are left")
            if left:
                if not told:
                    say(f"{len(left):,} tasks are being run by another runner on the same plan; waiting for them.")
                    told = True
                time.sleep(LOOK_AGAIN)


def _orders(plan: Plan, numbers: Sequence[int], deadline: float | None, limits: Limits) -> Iterator[Order]:
    events = "" if limits.events is None else str(limits.events.absolute())
    for number in numbers:
        if deadline is not None and time.monotonic() >= deadline:
            return
        yield Order(str(plan.folder), plan.generation, number, events=events, mix_models=limits.mix_models)


def _check(done: Done) -> None:
    if done.how == "stopped":
        raise SweepError(f"{done.reason}. Finished tasks are kept: when that is put right, the same command goes on")
