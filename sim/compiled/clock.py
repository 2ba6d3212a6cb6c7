"""Clock two as a callable: run a world forward with the compiled loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.compiled.loop import FINISHED, LOG_FULL, TASKS_SHORT, run_until
from sim.rules.rooms import LOG_MARGIN, lay_out, take_log, task_margin
from sim.rules.trouble import explain
from sim.rules.world import World


def advance(world: World, stop: int, on_log: Callable[[Any], None] | None = None) -> World:
    """Run all events before `stop` (microseconds since launch); log rows go to `on_log` in blocks.

    Gives the world at `stop`: the same records, or larger ones when more work was open than there was room for.
    Raises SimulationError when a rule stops the run.
    """
    while True:
        reason = run_until(world, stop, LOG_MARGIN, task_margin(world))
        if reason == TASKS_SHORT:
            world = lay_out(world, 2 * len(world.tasks) + task_margin(world))
        elif reason in (LOG_FULL, FINISHED):
            if on_log is not None and world.run[0].logged:
                on_log(take_log(world))
            if reason == FINISHED:
                world.run[0].now = stop
                return world
        else:
            raise explain(world)
