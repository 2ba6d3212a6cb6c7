"""`simulate` owns a run: replications one after the other or side by side, each handed over as it finishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from joblib import Parallel, delayed

from sim.outcomes.results import ReplicationResult
from sim.replication import Advance, run_replication
from sim.results import replication_result
from sim.scenario import Scenario

Clock = Literal["compiled", "agents"]


def clock_named(clock: Clock) -> Advance:
    """The clock of that name; the agents clock imports Mesa and SimPy only when it is asked for."""
    if clock == "agents":
        from sim.agents.model import advance
    else:
        from sim.compiled.clock import advance
    return advance


def replicate(scenario: Scenario, seed: int, replication: int, clock: Clock) -> ReplicationResult:
    """One replication: a new panel, both arms, tallies. The same address gives the same numbers anywhere."""
    course = run_replication(scenario, seed, replication, clock_named(clock))
    return replication_result(scenario, replication, course)


def simulate(
    scenario: Scenario,
    *,
    replications: int,
    seed: int,
    clock: Clock = "compiled",
    on_replication: Callable[[ReplicationResult], None] | None = None,
    skip: frozenset[int] = frozenset(),
    workers: int = 1,
) -> list[ReplicationResult]:
    """Run the replications 0 .. replications - 1 that are not in `skip`, in order.

    on_replication is called with each result as soon as it and those before it are there. The numbers do not depend on
    `workers`, the number of processes. Raises SimulationError when a rule stops a run.
    """
    wanted = [replication for replication in range(replications) if replication not in skip]
    results = []
    for result in _each(scenario, wanted, seed, clock, workers):
        results.append(result)
        if on_replication is not None:
            on_replication(result)
    return results


def _each(scenario: Scenario, wanted: list[int], seed: int, clock: Clock, workers: int) -> Iterator[ReplicationResult]:
    side_by_side = wanted[1:] if workers > 1 else []
    # the first one here: it compiles the rules into the user's cache, and the other processes find them there
    for replication in wanted[: len(wanted) - len(side_by_side)]:
        yield replicate(scenario, seed, replication, clock)
    if side_by_side:
        pool = Parallel(n_jobs=min(workers, len(side_by_side)), return_as="generator", inner_max_num_threads=1, backend="loky")
        yield from pool(delayed(replicate)(scenario, seed, replication, clock) for replication in side_by_side)
