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
from sim.compiled.tournament import ROOT, Tournament, clear, put, tournament
from sim.replication import run_replication
from sim.results import replication_result
from sim.rules.streams import uniform
from sim.rules.units import NEVER
from sim.rules.world import World
from sim.scenario import load

REPEATS = 9
PENDING = 3_500  # patients of the two cohorts
DRAWS = 4  # an event of this model takes three to five


@numba.njit
def _floor(events: int, tree: Tournament) -> None:
    """The earliest entity gets a new time, drawn by address; as often as asked."""
    clear(tree)
    for entity in range(PENDING):
        put(tree, entity, int(1e9 * uniform(entity, 1, 0)), entity, NEVER)
    for k in range(events):
        entity = tree.nodes[ROOT].leaf
        total = 0.0
        for decision in range(DRAWS):
            total -= math.log(uniform(entity, decision, k))
        put(tree, entity, tree.nodes[ROOT].time + 1 + int(1e9 * total), entity, NEVER)


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

    def once() -> int:
        course = run_replication(scenario, 1, 1, timed)
        replication_result(scenario, 1, course)
        return course.events

    logged = once()
    spent.clear()
    events.clear()
    taken = sorted(seconds(once, 1) for _ in range(REPEATS))
    mean, median = sum(taken) / REPEATS, taken[REPEATS // 2]
    for name, total in spent.items():
        each = total / events[name] * 1e9
        yield Finding(name, f"{total / REPEATS:.3f} s, {events[name] // REPEATS:,} events logged or tallied, {each:.0f} ns each")
    yield Finding("drawing the panel, choosing, copying, counting", f"{mean - sum(spent.values()) / REPEATS:.3f} s")
    yield Finding(
        "one replication", f"{taken[0]:.3f} s least, {median:.3f} s median, {logged:,} events, {median / logged * 1e9:.0f} ns each"
    )
    yield Finding(f"floor: one of {PENDING:,} entities put in order, and {DRAWS} draws", f"{floor_ns():.0f} ns")
