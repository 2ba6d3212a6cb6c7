"""M/M/12 at a load of 0.9: as a scenario, as a SimPy and a Ciw program, and as a bare compiled loop.

A model event is an arrival or a departure. The mean wait that each finds stands beside its speed (0.533 by Erlang C).
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import simpy

from experiments.benchmarks.heap import ABSENT, put
from experiments.benchmarks.measuring import Finding, seconds
from sim.assembly.arms import start_arm
from sim.compiled.clock import advance
from sim.replication import run_replication
from sim.rules.streams import uniform
from sim.rules.vocabulary import Outcome
from sim.rules.world import World
from sim.scenario import load

SCENARIO = Path(__file__).parents[2] / "tests" / "known_answers" / "scenarios" / "mm12.yaml"
SERVERS = 12
ARRIVALS = 10.8  # an hour; a service takes an hour on average
HOUR_US = 3_600_000_000
REPEATS = 15


class Speed(NamedTuple):
    """Customers served, mean wait in hours, seconds taken."""

    customers: int
    wait: float
    seconds: float

    @property
    def events(self) -> float:
        """Model events per second."""
        return 2 * self.customers / self.seconds

    def finding(self, what: str) -> Finding:
        """In words."""
        return Finding(what, f"{self.events / 1e6:.3f} million model events/s (mean wait {self.wait:.3f} h, {self.customers:,} customers)")


def _live(base: World, programme: bool) -> tuple[World, float]:
    """One arm at its horizon, and the median time that it took, in seconds."""
    taken = []
    for _ in range(REPEATS):
        arm = start_arm(base, programme)
        start = time.perf_counter()
        arm = advance(arm, int(arm.run[0].horizon))
        taken.append(time.perf_counter() - start)
    return arm, statistics.median(taken)


def as_scenario() -> tuple[Speed, float]:
    """The programme arm of the scenario; and how long the same arrivals take in usual care, where nobody serves them, in seconds."""
    base = run_replication(load(SCENARIO), 1, 0, advance).base  # its rules are compiled with this
    arm, taken = _live(base, programme=True)
    work = arm.work.sum(axis=(0, 1))
    served = Speed(int(work[Outcome.STARTED]), float(work[Outcome.WAIT_US] / work[Outcome.STARTED] / HOUR_US), taken)
    return served, _live(base, programme=False)[1]


def in_simpy(customers: int = 20_000) -> Speed:
    """The textbook program: a process per customer and a resource."""
    luck = random.Random(1)
    environment = simpy.Environment()
    servers = simpy.Resource(environment, SERVERS)
    waits: list[float] = []

    def customer() -> Iterator[simpy.Event]:
        arrived = environment.now
        with servers.request() as request:
            yield request
            waits.append(environment.now - arrived)
            yield environment.timeout(luck.expovariate(1.0))

    def arrivals() -> Iterator[simpy.Event]:
        for _ in range(customers):
            yield environment.timeout(luck.expovariate(ARRIVALS))
            environment.process(customer())  # type: ignore[arg-type]

    environment.process(arrivals())  # type: ignore[arg-type]
    start = time.perf_counter()
    environment.run()
    return Speed(customers, sum(waits) / customers, time.perf_counter() - start)


def in_ciw(hours: float = 1000.0) -> Speed | None:
    """Ciw's program of the same queue; None where it is not installed."""
    try:
        import ciw
    except ImportError:
        return None
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(ARRIVALS)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[SERVERS],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    start = time.perf_counter()
    simulation.simulate_until_max_time(hours)
    taken = time.perf_counter() - start
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return Speed(len(waits), sum(waits) / len(waits), taken)


@numba.njit
def _bare(customers: int, key: int, time_of: np.ndarray, who: np.ndarray, place: np.ndarray, turn: np.ndarray, line: np.ndarray) -> float:
    """The least that such a queue needs: pending times in a heap, keyed draws, a ring of those who wait; total wait in us."""
    never = 1 << 62
    size = 0
    arrived = served = waiting = head = 0
    total = 0.0
    free = SERVERS
    size = put(time_of, who, place, turn, size, SERVERS, 1 + int(-math.log(uniform(key, 1, 0)) * HOUR_US / ARRIVALS), never)
    while served < customers:
        entity = who[0]
        now = time_of[0]
        if entity == SERVERS:
            line[(head + waiting) % len(line)] = now
            waiting += 1
            arrived += 1
            gap = 1 + int(-math.log(uniform(key, 1, arrived)) * HOUR_US / ARRIVALS)
            size = put(time_of, who, place, turn, size, SERVERS, now + gap, never)
        else:
            served += 1
            free += 1
            size = put(time_of, who, place, turn, size, entity, never, never)
        if free > 0 and waiting > 0:
            total += now - line[head]
            head = (head + 1) % len(line)
            waiting -= 1
            free -= 1
            server = 0
            while place[server] != ABSENT:
                server += 1
            length = 1 + int(-math.log(uniform(key, 2, arrived)) * HOUR_US)
            size = put(time_of, who, place, turn, size, server, now + length, never)
    return total


def bare(customers: int = 2_000_000) -> Speed:
    """A compiled loop with an indexed heap and the same kind of draws, and nothing else."""
    rows = SERVERS + 1

    def once(count: int) -> float:
        room = np.empty(rows, np.int64), np.empty(rows, np.int64), np.full(rows, ABSENT, np.int32), np.arange(rows)
        return float(_bare(count, 1, *room, np.empty(100_000, np.int64)))

    total = once(customers)
    return Speed(customers, total / customers / HOUR_US, seconds(lambda: once(customers)))


def run() -> Iterator[Finding]:
    """Speeds and their ratios."""
    (scenario, unserved), program, floor, ciw = as_scenario(), in_simpy(), bare(), in_ciw()
    yield scenario.finding("Caseload, a scenario")
    for part, taken in (("arrives, is seen in the ED and goes home", unserved), ("is served", scenario.seconds - unserved)):
        yield Finding(f"of this: a customer {part}", f"{taken / scenario.customers * 1e9:.0f} ns")
    yield program.finding("SimPy")
    yield ciw.finding("Ciw") if ciw is not None else Finding("Ciw", "not installed")
    yield floor.finding("bare compiled loop, a heap and the same draws")
    yield Finding("Caseload / SimPy", f"{scenario.events / program.events:.1f}")
    yield Finding("bare loop / Caseload", f"{floor.events / scenario.events:.1f}")
