"""Where the time of one replication of phase 1 goes, part by part, beside the least that its events could take."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numba

from experiments.benchmarks.measuring import PHASE_1, Finding, seconds
from sim.compiled.clock import advance
from sim.compiled.tournament import ROOT, Tournament, put, tournament
from sim.replication import run_replication
from sim.results import replication_result
from sim.rules.streams import uniform
from sim.rules.world import World
from sim.scenario import load

PENDING = 3_500  # patients of the two cohorts
DRAWS = 4  # an event of this model takes three to five


@numba.njit
def _floor(events: int, tree: Tournament) -> None:
    """The earliest entity gets a new time, drawn by address; as often as asked."""
    never = 1 << 62
    for entity in range(PENDING):
        put(tree, entity, int(1e9 * uniform(entity, 1, 0)), entity, never)
    for k in range(events):
        entity = tree.nodes[ROOT].leaf
        total = 0.0
        for decision in range(DRAWS):
            total -= math.log(uniform(entity, decision, k))
        put(tree, entity, tree.nodes[ROOT].time + 1 + int(1e9 * total), entity, never)


def floor_ns(events: int = 1_000_000) -> float:
    """Nanoseconds of putting one entity in order and a few draws."""
    tree = tournament(PENDING)
    _floor(10, tree)
    return seconds(lambda: _floor(events, tree)) / events * 1e9


def run() -> Iterator[Finding]:
    """Seconds and nanoseconds per event of each phase, what is left for Python, and the floor."""
    scenario = load(PHASE_1)
    spent: defaultdict[str, float] = defaultdict(float)
    events: defaultdict[str, int] = defaultdict(int)

    def timed(world: World, stop: int, on_log: Any) -> World:
        if stop <= 0:
            name = "before launch"
        elif (world.patients.cohort >= 0).any():
            name = ("usual care", "programme")[world.run[0].programme]
        else:
            name = "until the refresh date"
        start = time.perf_counter()
        world = advance(world, stop, on_log)
        spent[name] += time.perf_counter() - start
        events[name] += int(world.run[0].events)
        return world

    run_replication(scenario, 1, 0, advance)
    start = time.perf_counter()
    course = run_replication(scenario, 1, 1, timed)
    replication_result(scenario, 1, course)
    whole = time.perf_counter() - start
    for name, taken in spent.items():
        yield Finding(name, f"{taken:.2f} s, {events[name]:,} events logged or tallied, {taken / events[name] * 1e9:.0f} ns each")
    yield Finding("drawing the panel, choosing, copying, counting", f"{whole - sum(spent.values()):.2f} s")
    yield Finding("one replication", f"{whole:.2f} s, {course.events:,} events, {whole / course.events * 1e9:.0f} ns each")
    yield Finding(f"floor: one of {PENDING:,} entities put in order, and {DRAWS} draws", f"{floor_ns():.0f} ns")
