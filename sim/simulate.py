"""`simulate` owns a run: replications one after the other, each handed over as it finishes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

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
) -> list[ReplicationResult]:
    """Run the replications 0 .. replications - 1 that are not in `skip`, in order.

    on_replication is called with each result as soon as it is there. Raises SimulationError when a rule stops a run.
    """
    results = []
    for replication in range(replications):
        if replication in skip:
            continue
        results.append(replicate(scenario, seed, replication, clock))
        if on_replication is not None:
            on_replication(results[-1])
    return results
