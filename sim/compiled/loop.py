"""The event loop: the earliest entity meets its event, and those whose times changed are put back in order."""

from __future__ import annotations

from sim.compiled.heap import ABSENT, Ints, Places, put
from sim.rules.compiling import rule
from sim.rules.events import meet
from sim.rules.world import World

# why the loop came back
FINISHED = 0
LOG_FULL = 1
TASKS_SHORT = 2
TROUBLE = 3


@rule
def take_in(w: World, first: int, last: int, stop: int, time: Ints, who: Ints, place: Places) -> int:
    """Put patients first .. last - 1 and their open work into an empty heap; gives its size."""
    size = 0
    tasks_from = w.run[0].tasks_from
    for i in range(first, last):
        size = put(time, who, place, size, i, w.due[i], stop)
        k = w.patients[i].first_task
        while k >= 0:
            size = put(time, who, place, size, tasks_from + k, w.due[tasks_from + k], stop)
            k = w.tasks[k].sibling
    return size


@rule
def take_in_others(w: World, size: int, stop: int, time: Ints, who: Ints, place: Places) -> int:
    """Put staff, facilities and dispatchers into the heap; gives its size."""
    for entity in range(w.run[0].staff_from, w.run[0].entities):
        size = put(time, who, place, size, entity, w.due[entity], stop)
    return size


@rule
def run_until(w: World, first: int, last: int, stop: int, log_margin: int, task_margin: int, time: Ints, who: Ints, place: Places) -> int:
    """Run the events before `stop` of patients first .. last - 1 and of all that has to do with them.

    Comes back early when the log or the task rows run short, or a rule stops the run. time, who, place: room for the heap,
    each of as many rows as there are entities; `place` is all ABSENT before and after.
    """
    run = w.run[0]
    due: Ints = w.due
    size = take_in(w, first, last, stop, time, who, place)
    size = take_in_others(w, size, stop, time, who, place)
    reason = FINISHED
    while size > 0:
        entity = who[0]
        if run.logging and run.logged + log_margin > len(w.log):
            reason = LOG_FULL
            break
        if run.free_tasks < task_margin:
            reason = TASKS_SHORT
            break
        meet(w, entity)
        if run.trouble != 0:
            reason = TROUBLE
            break
        for j in range(run.touched):
            size = put(time, who, place, size, w.touched[j], due[w.touched[j]], stop)
        size = put(time, who, place, size, entity, due[entity], stop)
    for j in range(size):
        place[who[j]] = ABSENT
    return reason
