"""Room for records that grow while a run goes on: task rows and the event log."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.rules.records import LOG, TASK, TURN_STEP, duplicate, empty
from sim.rules.units import NEVER
from sim.rules.world import World

LOG_MARGIN = 4096  # more rows than any one event writes
LOG_ROWS = 65536


def task_margin(world: World) -> int:
    """Free task rows that one event may need: each item of its agenda can ask for one of each component."""
    return 8 * max(1, len(world.components))


def lay_out(world: World, task_rows: int) -> World:
    """The same world with `task_rows` task rows: entities are numbered patients, tasks, staff, facilities, roles."""
    old = len(world.tasks)
    run = duplicate(world.run)
    tasks: Any = empty(TASK, task_rows)
    tasks[:old] = world.tasks
    if task_rows > old:
        tasks.next[old:] = np.arange(old + 1, task_rows + 1)
        tasks.next[-1] = run[0].free_task
        run[0].free_task = old
        run[0].free_tasks += task_rows - old
    n, staff, facilities, roles = len(world.patients), len(world.staff), len(world.facilities), len(world.roles)
    due = np.full(n + task_rows + staff + facilities + roles, NEVER, np.int64)
    counts = (n, task_rows, staff, facilities, roles)
    turn = np.concatenate([rank * TURN_STEP + np.arange(count) for rank, count in enumerate(counts)])
    if len(world.due):
        due[: n + old] = world.due[: n + old]
        due[n + task_rows :] = world.due[n + old :]
        turn[n : n + old] = world.turn[n : n + old]
    r = run[0]
    r.tasks_from = n
    r.staff_from = n + task_rows
    r.facilities_from = r.staff_from + staff
    r.roles_from = r.facilities_from + facilities
    r.entities = len(due)
    return world.replace(tasks=tasks, due=due, turn=turn, run=run)


def keep_log(world: World, logging: bool) -> World:
    """The same world with or without an event log."""
    world.run[0].logging = 1 if logging else 0
    world.run[0].logged = 0
    return world.replace(log=empty(LOG, LOG_ROWS if logging else 1))


def take_log(world: World) -> Any:
    """The rows logged since the last call, copied; the log is empty afterwards."""
    rows = world.log[: world.run[0].logged].copy()
    world.run[0].logged = 0
    return rows
