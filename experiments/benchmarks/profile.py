"""Where the time of one replication of phase 1 goes, part by part, beside the least that its events could take."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numba
import numpy as np

from experiments.benchmarks.measuring import PHASE_1, Finding, seconds
from sim.compiled.clock import advance
from sim.compiled.heap import ABSENT, put
from sim.replication import run_replication
from sim.results import replication_result
from sim.rules.streams import uniform
from sim.rules.world import World
from sim.scenario import load

PENDING = 3_500  # patients of the two cohorts
DRAWS = 4  # an event of this model takes three to five


@numba.njit
def _floor(events: int, time_of: np.ndarray, who: np.ndarray, place: np.ndarray, turn: np.ndarray) -> int:
    """The earliest entity gets a new time, drawn by address; as often as asked."""
    never = 1 << 62
    size = 0
    for entity in range(len(place)):
        size = put(time_of, who, place, turn, size, entity, int(1e9 * uniform(entity, 1, 0)), never)
    for k in range(events):
        entity = who[0]
        total = 0.0
        for decision in range(DRAWS):
            total -= math.log(uniform(entity, decision, k))
        size = put(time_of, who, place, turn, size, entity, time_of[0] + 1 + int(1e9 * total), never)
    return size


def floor_ns(events: int = 1_000_000) -> float:
    """Nanoseconds of one heap operation and a few draws."""
    room = np.empty(PENDING, np.int64), np.empty(PENDING, np.int64), np.full(PENDING, ABSENT, np.int32), np.arange(PENDING)

    def once() -> None:
        room[2][:] = ABSENT
        _floor(events, *room)

    once()
    return seconds(once) / events * 1e9


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
    yield Finding(f"floor: one heap operation among {PENDING:,} and {DRAWS} draws", f"{floor_ns():.0f} ns")
