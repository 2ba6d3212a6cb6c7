"""Growth from 2,600 to 1,000,000 patients in many practices: three years of usual care, one arm, each size in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from experiments.benchmarks.measuring import PHASE_1, Finding, resident_bytes

SIZES = (2_600, 26_000, 260_000, 1_000_000)
PATIENTS_PER_PRACTICE = 800
LIKE_A_LARGE_ONE = "physicians: 17, urgent_slots: 0.5, champion: true, integration: 0.8, hospital: mgh"


def live(size: int) -> tuple[float, int, int]:
    """(seconds of the event loop, events, bytes of the records and all that the loop needs) for so many patients."""
    from sim.assembly.panel import ground, settle
    from sim.compiled.clock import advance
    from sim.population.drawing import draw_panel
    from sim.population.lives import lives_of
    from sim.rules.streams import key_of
    from sim.scenario import load

    practices = max(1, round(size / PATIENTS_PER_PRACTICE))
    scenario = load(
        PHASE_1,
        [
            f"population.size={size}",
            "run.burn_in=0 days",
            f"sites.practices={{only: {{count: {practices}, size: {1 / practices!r}, {LIKE_A_LARGE_ONE}}}}}",
            *(f"sites.practices.{name}=null" for name in ("large", "medium", "small")),
            *(f"programme.components.{name}=null" for name in load(PHASE_1).programme.components),
        ],
    )
    persons, named = draw_panel(scenario, 1, 0)
    land = ground(scenario, named, key_of(1, 0))
    lives = lives_of(persons, 0, 1).persons
    del persons
    before = resident_bytes()
    world = settle(land, lives)
    start = time.perf_counter()
    world = advance(world, int(world.run[0].horizon) - int(world.run[0].horizon) // 3)
    taken = time.perf_counter() - start
    return taken, int(world.run[0].events), resident_bytes() - before


def run() -> Iterator[Finding]:
    """Time, speed and memory by size, and how they grow."""
    live(2_600)  # compiles, if need be
    earlier: tuple[int, float, float] | None = None
    for size in SIZES:
        code = f"from experiments.benchmarks.scale import live; live(100); print(*live({size}))"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        taken, events, memory = float(said[0]), int(said[1]), int(said[2])
        speed = events / taken
        growth = ""
        if earlier is not None:
            factor = (size / earlier[0]) / 10
            growth = f"; time x {taken / earlier[1] / factor:.1f} for a tenfold size; speed {speed / earlier[2]:.0%} of the smallest"
        yield Finding(
            f"{size:,} patients", f"{taken:.2f} s, {speed / 1e6:.2f} million events/s, {memory / size:,.0f} bytes a patient{growth}"
        )
        earlier = (size, taken, earlier[2] if earlier is not None else speed)
