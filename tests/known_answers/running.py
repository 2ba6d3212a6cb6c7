"""Scenario files of the known answers, and what their runs leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.compiled.clock import advance
from sim.outcomes.results import ArmResult
from sim.replication import Course, run_replication
from sim.scenario import Scenario, load
from sim.simulate import simulate

SCENARIOS = Path(__file__).parent / "scenarios"
SEED = 2006


def scenario(name: str) -> Scenario:
    """One of the scenario files beside the tests."""
    return load(SCENARIOS / f"{name}.yaml")


def programme_arms(name: str, replications: int) -> list[ArmResult]:
    """The programme arm of each replication."""
    return [result.arms["programme"] for result in simulate(scenario(name), replications=replications, seed=SEED)]


def courses(name: str, replications: int) -> Iterator[Course]:
    """The records that each replication leaves behind."""
    chosen = scenario(name)
    return (run_replication(chosen, SEED, replication, advance) for replication in range(replications))


def logged(name: str, replications: int, phase: str, events: tuple[int, ...]) -> Iterator[tuple[Course, Any]]:
    """Each replication with the log rows of these events in one phase, in the order in which they happened."""
    chosen = scenario(name)
    for replication in range(replications):
        kept: list[Any] = []

        def keep(of: str, rows: Any, kept: list[Any] = kept) -> None:
            if of == phase:
                kept.append(rows[np.isin(rows["event"], events)])

        course = run_replication(chosen, SEED, replication, advance, keep)
        yield course, np.concatenate(kept)
