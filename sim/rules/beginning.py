"""The beginning of a run: everybody's streams at their first candidates."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.nature import fix_ageing_supremum, start_life
from sim.rules.world import World


@rule
def begin(w: World) -> None:
    """Start all lives at the start of the run."""
    fix_ageing_supremum(w)
    for i in range(len(w.patients)):
        w.run[0].touched = 0
        start_life(w, i)
    w.run[0].touched = 0
