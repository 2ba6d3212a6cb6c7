"""`simulate` owns a run: replications one after the other or side by side, each handed over as it finishes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from joblib import Parallel, delayed

from sim.drawn import drawn
from sim.observing import periods_of, published
from sim.outcomes.results import ReplicationResult
from sim.persons import periods_of as person_periods
from sim.persons import person_figures
from sim.replication import ARMS, PHASES, Advance, run_replication
from sim.results import replication_result
from sim.rules.trouble import SimulationError
from sim.scenario import Scenario

Clock = Literal["compiled", "agents"]
Finish = Callable[[ReplicationResult], ReplicationResult]


class Failure(NamedTuple):
    """A replication that a rule stopped, and why."""

    replication: int
    message: str


class ReplicationsFailed(SimulationError):
    """Some replications failed; all others were run and handed over. `failures` lists them in order."""

    def __init__(self, failures: list[Failure], wanted: int) -> None:
        self.failures = failures
        first = failures[0]
        others = f" ({len(failures)} of {wanted} replications failed)" if wanted > 1 else ""
        super().__init__(f"replication {first.replication}: {first.message}{others}")


def clock_named(clock: Clock) -> Advance:
    """The clock of that name; the agents clock imports Mesa and SimPy only when it is asked for."""
    if clock == "agents":
        from sim.agents.model import advance
    else:
        from sim.compiled.clock import advance
    return advance


def replicate(
    scenario: Scenario,
    seed: int,
    replication: int,
    clock: Clock,
    events: Path | None = None,
    persons: Collection[str] = (),
    arms: Sequence[str] = ARMS,
) -> ReplicationResult:
    """One replication: a new panel, both arms, tallies, and what its evaluation publishes. The same address gives the same numbers.

    events: a folder for the event log, if one is wanted; persons: figures of `sim.outcomes.persons` that are wanted; arms: those that
    are run, usual care at least, and the programme too where there is an evaluation.
    Raises SimulationError when a rule stops the run.
    """
    advance = clock_named(clock)
    scenario = drawn(scenario, seed, replication)
    kept = max(periods_of(scenario), person_periods(persons))
    if events is None:
        course = run_replication(scenario, seed, replication, advance, arms=arms, periods_kept=kept)
    else:
        from sim.outcomes.event_log import EventLog

        with EventLog(events, replication, PHASES) as log:
            course = run_replication(scenario, seed, replication, advance, log, arms=arms, periods_kept=kept)
    result = replication_result(scenario, replication, course)
    if persons:
        result = replace(result, persons=person_figures(course, persons))
    if scenario.evaluation is None:
        return result
    return replace(result, evaluation=published(scenario, seed, replication, advance, course))


def simulate(
    scenario: Scenario,
    *,
    replications: int,
    seed: int,
    clock: Clock = "compiled",
    on_replication: Callable[[ReplicationResult], None] | None = None,
    skip: frozenset[int] = frozenset(),
    workers: int = 1,
    events: Path | None = None,
    persons: Collection[str] = (),
    finish: Finish | None = None,
) -> list[ReplicationResult]:
    """Run the replications 0 .. replications - 1 that are not in `skip`, in order.

    on_replication is called with each result as soon as it and those before it are there. The numbers do not depend on
    `workers`, the number of processes. events: a folder for event logs, a Parquet file for each replication. persons: as `replicate`.
    finish: what else is done with a result, in the process that has it.
    Raises ReplicationsFailed when rules stopped some of them, after all others have been handed over.
    """
    wanted = [replication for replication in range(replications) if replication not in skip]
    results: list[ReplicationResult] = []
    failures: list[Failure] = []
    for result in _each(_Job(scenario, seed, clock, events, persons, finish), wanted, workers):
        if isinstance(result, Failure):
            failures.append(result)
            continue
        results.append(result)
        if on_replication is not None:
            on_replication(result)
    if failures:
        raise ReplicationsFailed(failures, len(wanted))
    return results


class _Job(NamedTuple):
    """What the replications of a run have in common."""

    scenario: Scenario
    seed: int
    clock: Clock
    events: Path | None
    persons: Collection[str]
    finish: Finish | None

    def run(self, replication: int) -> ReplicationResult | Failure:
        """One replication; trouble in it stays its own."""
        try:
            result = replicate(self.scenario, self.seed, replication, self.clock, self.events, self.persons)
            return result if self.finish is None else self.finish(result)
        except SimulationError as error:
            return Failure(replication, str(error))


class _PackedJob(NamedTuple):
    """A job on its way to another process, where it is unpacked once for all the replications that are run there."""

    data: bytes

    def run(self, replication: int) -> ReplicationResult | Failure:
        return _unpacked(self.data).run(replication)


@lru_cache(maxsize=1)
def _unpacked(data: bytes) -> _Job:
    job = pickle.loads(data)
    assert isinstance(job, _Job)
    return job


def _each(job: _Job, wanted: list[int], workers: int) -> Iterator[ReplicationResult | Failure]:
    side_by_side = wanted[1:] if workers > 1 else []
    # the first one here: it compiles the rules into the user's cache, and the other processes find them there
    for replication in wanted[: len(wanted) - len(side_by_side)]:
        yield job.run(replication)
    if side_by_side:
        pool = Parallel(n_jobs=min(workers, len(side_by_side)), return_as="generator", inner_max_num_threads=1, backend="loky")
        packed = _PackedJob(pickle.dumps(job))
        yield from pool(delayed(packed.run)(replication) for replication in side_by_side)
