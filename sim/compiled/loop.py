"""The event loop: the earliest entity meets its event, and those whose times changed are put back in order."""

from __future__ import annotations

import numpy as np

from sim.compiled.heap import Ints, build, restore
from sim.rules.compiling import rule
from sim.rules.events import meet
from sim.rules.world import World

# why the loop came back
FINISHED = 0
LOG_FULL = 1
TASKS_SHORT = 2
TROUBLE = 3


@rule
def run_until(w: World, stop: int, log_margin: int, task_margin: int) -> int:
    """Run all events before `stop`; come back early when the log or the task rows run short, or a rule stops the run."""
    run = w.run[0]
    n = run.entities
    heap = np.empty(n, np.int64)
    place = np.empty(n, np.int64)
    due: Ints = w.due
    key = due.copy()
    build(heap, place, key)
    while True:
        entity = heap[0]
        if due[entity] >= stop:
            return FINISHED
        if run.logging and run.logged + log_margin > len(w.log):
            return LOG_FULL
        if run.free_tasks < task_margin:
            return TASKS_SHORT
        meet(w, entity)
        if run.trouble != 0:
            return TROUBLE
        for j in range(run.touched):
            restore(heap, place, key, w.touched[j], due[w.touched[j]])
        restore(heap, place, key, entity, due[entity])
