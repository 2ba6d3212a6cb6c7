"""The event loops: the earliest entity meets its event, and those whose times changed are put back in order."""

from __future__ import annotations

from sim.compiled.heap import ABSENT, Ints, Places, put
from sim.rules.compiling import loop, rule
from sim.rules.events import meet
from sim.rules.vocabulary import Stream
from sim.rules.world import World

# why a loop came back
FINISHED = 0
LOG_FULL = 1
TASKS_SHORT = 2
TROUBLE = 3


@rule
def meet_if_there_is_room(w: World, entity: int, log_margin: int, task_margin: int) -> int:
    """An entity's event, unless the log or the task rows run short; gives the reason to come back, or FINISHED."""
    run = w.run[0]
    if run.logging and run.logged + log_margin > len(w.log):
        return LOG_FULL
    if run.free_tasks < task_margin:
        return TASKS_SHORT
    meet(w, entity)
    return TROUBLE if run.trouble != 0 else FINISHED


# --- together: staff or beds tie patients to each other -------------------------------------------------------------


@rule
def take_in(w: World, first: int, last: int, stop: int, time: Ints, who: Ints, place: Places) -> int:
    """Put patients first .. last - 1 and their open work into an empty heap; gives its size."""
    size = 0
    tasks_from = w.run[0].tasks_from
    for i in range(first, last):
        size = put(time, who, place, w.turn, size, i, w.due[i], stop)
        k = w.patients[i].first_task
        while k >= 0:
            size = put(time, who, place, w.turn, size, tasks_from + k, w.due[tasks_from + k], stop)
            k = w.tasks[k].sibling
    return size


@loop
def run_together(
    w: World, first: int, last: int, stop: int, log_margin: int, task_margin: int, time: Ints, who: Ints, place: Places
) -> int:
    """Run the events before `stop` of patients first .. last - 1 and of all that has to do with them; gives why it came back.

    time, who, place: room for the heaps, each of as many rows as there are entities; `place` is all ABSENT before and after.

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
        few = put(few_time, few_who, place, w.turn, few, entity, due[entity], stop)
    reason = FINISHED
    while size > 0 or few > 0:
        entity = few_who[0] if few > 0 and (size == 0 or few_time[0] < time[0]) else who[0]
        reason = meet_if_there_is_room(w, entity, log_margin, task_margin)
        if reason != FINISHED:
            break
        for j in range(run.touched + 1):
            other = w.touched[j] if j < run.touched else entity
            if other >= few_from:
                few = put(few_time, few_who, place, w.turn, few, other, due[other], stop)
            else:
                size = put(time, who, place, w.turn, size, other, due[other], stop)
    for j in range(size):
        place[who[j]] = ABSENT
    for j in range(few):
        place[few_who[j]] = ABSENT
    return reason


# --- apart: only the urgent slots of a practice tie patients to each other, and only crises take those ---------------


@rule
def first_of(w: World, i: int) -> int:
    """The entity that comes first among a patient and the work asked for them."""
    tasks_from = w.run[0].tasks_from
    best = i
    k = w.patients[i].first_task
    while k >= 0:
        task = tasks_from + k
        if w.due[task] < w.due[best] or (w.due[task] == w.due[best] and w.turn[task] < w.turn[best]):
            best = task
        k = w.tasks[k].sibling
    return best


@rule
def live_on(w: World, i: int, stop: int, log_margin: int, task_margin: int) -> int:
    """Run a patient's own events up to the next crisis candidate, or to `stop`; gives the reason to come back, or FINISHED."""
    while True:
        entity = first_of(w, i)
        if w.due[entity] >= stop or (entity == i and w.nature[i].first == Stream.CRISIS):
            return FINISHED
        reason = meet_if_there_is_room(w, entity, log_margin, task_margin)
        if reason != FINISHED:
            return reason


@loop
def run_apart(w: World, first: int, last: int, stop: int, log_margin: int, task_margin: int, time: Ints, who: Ints, place: Places) -> int:
    """As `run_together`, for patients who meet in nothing but crises: each lives on alone from one crisis to the next.

    Only crises are put in order among patients, so that a patient's records stay in the fastest memory.
    """
    size = 0
    reason = FINISHED
    i = first
    while i < last and reason == FINISHED:
        reason = live_on(w, i, stop, log_margin, task_margin)
        if reason == FINISHED:
            size = put(time, who, place, w.turn, size, i, w.due[i], stop)
        i += 1
    while size > 0 and reason == FINISHED:
        i = who[0]
        reason = meet_if_there_is_room(w, i, log_margin, task_margin)
        if reason == FINISHED:
            reason = live_on(w, i, stop, log_margin, task_margin)
        if reason == FINISHED:
            size = put(time, who, place, w.turn, size, i, w.due[i], stop)
    for j in range(size):
        place[who[j]] = ABSENT
    return reason
