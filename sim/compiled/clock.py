"""Clock two as a callable: run a world forward with the compiled loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.compiled.loop import LOG_FULL, TASKS_SHORT, TROUBLE, Leg, Room, run_apart, run_together
from sim.compiled.tournament import tournament
from sim.rules.blocks import apart, blocks
from sim.rules.rooms import LOG_MARGIN, lay_out, take_log, task_margin
from sim.rules.routine import close_books
from sim.rules.trouble import explain
from sim.rules.world import World


def advance(world: World, stop: int, on_log: Callable[[Any], None] | None = None) -> World:
    """Run all events before `stop` (microseconds since launch); log rows go to `on_log` in blocks.

    Gives the world at `stop`: the same records, or larger ones when more work was open than there was room for.
    Raises SimulationError when a rule stops the run.
    """
    run = run_apart if apart(world) else run_together
    parts = blocks(world)
    most = max(block.last - block.first for block in parts)
    room = _room(world, most)
    for block in parts:
        leg = Leg(block.first, block.last, stop, LOG_MARGIN, task_margin(world))
        while reason := run(world, leg, room):
            if reason == TROUBLE:
                raise explain(world)
            if reason == TASKS_SHORT:
                world = lay_out(world, 2 * len(world.tasks) + task_margin(world))
                room = _room(world, most)
            elif reason == LOG_FULL and on_log is not None:
                on_log(take_log(world))
    close_books(world, stop, on_log)
    return world


def _room(world: World, patients: int) -> Room:
    """Room for so many patients and their tasks, and for staff and facilities. Patients who live apart keep their tasks themselves."""
    tasks = 0 if apart(world) else len(world.tasks)
    run = world.run[0]
    return Room(tournament(patients + tasks), tournament(int(run.roles_from - run.staff_from)))
