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
def run_until(w: World, first: int, last: int, stop: int, log_margin: int, task_margin: int, time: Ints, who: Ints, place: Places) -> int:
    """Run the events before `stop` of patients first .. last - 1 and of all that has to do with them.

    Comes back early when the log or the task rows run short, or a rule stops the run. time, who, place: room for the heaps,
    each of as many rows as there are entities; `place` is all ABSENT before and after.

    Staff, facilities and dispatchers have a heap of their own: they are few, they are due most often, and at one instant they
    come after patients and tasks.
    """
    run = w.run[0]
    due: Ints = w.due
    few_from = run.staff_from
    few_time: Ints = time[few_from:]
    few_who: Ints = who[few_from:]
    size = take_in(w, first, last, stop, time, who, place)
    few = 0
    for entity in range(few_from, run.entities):
        few = put(few_time, few_who, place, few, entity, due[entity], stop)
    reason = FINISHED
    while size > 0 or few > 0:
        entity = few_who[0] if few > 0 and (size == 0 or few_time[0] < time[0]) else who[0]
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
        for j in range(run.touched + 1):
            other = w.touched[j] if j < run.touched else entity
            if other >= few_from:
                few = put(few_time, few_who, place, few, other, due[other], stop)
            else:
                size = put(time, who, place, size, other, due[other], stop)
    for j in range(size):
        place[who[j]] = ABSENT
    for j in range(few):
        place[few_who[j]] = ABSENT
    return reason
