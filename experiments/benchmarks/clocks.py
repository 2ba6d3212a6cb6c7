"""This model on both clocks: one replication of phase 1 with a small panel, and at full size on the compiled clock."""

from __future__ import annotations

from collections.abc import Iterator

from experiments.benchmarks.measuring import PHASE_1, Finding, seconds
from sim.scenario import load
from sim.simulate import replicate

SMALL = ["population.size=600"]
ALONE = ["evaluation=none", "parameters=none"]  # neither is work of a clock


def run() -> Iterator[Finding]:
    """Time per replication and events per second (rows logged or tallied), and the ratio of the clocks."""
    small, full = load(PHASE_1, [*SMALL, *ALONE]), load(PHASE_1, ALONE)
    events = replicate(small, 1, 0, "compiled").events
    compiled = seconds(lambda: replicate(small, 1, 0, "compiled"), 5)
    agents = seconds(lambda: replicate(small, 1, 0, "agents"), 1)
    yield Finding("panel of 600, compiled clock", f"{compiled:.3f} s, {events / compiled / 1e6:.2f} million events/s")
    yield Finding("panel of 600, agents clock", f"{agents:.2f} s, {events / agents / 1e6:.3f} million events/s")
    yield Finding("agents / compiled", f"{agents / compiled:.0f}")
    events = replicate(full, 1, 0, "compiled").events
    whole = seconds(lambda: replicate(full, 1, 0, "compiled"))
    yield Finding("panel of 15,230, compiled clock", f"{whole:.2f} s, {events:,} events, {whole / events * 1e9:.0f} ns an event")
