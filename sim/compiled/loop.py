"""The event loops: the earliest entity meets its event, and those whose times changed are put back in order."""

from __future__ import annotations

from typing import NamedTuple

from sim.compiled.tournament import ROOT, Tournament, clear, put
from sim.rules.compiling import loop, rule
from sim.rules.events import meet
from sim.rules.vocabulary import Stream
from sim.rules.world import World

# why a loop came back
FINISHED = 0
LOG_FULL = 1
TASKS_SHORT = 2
TROUBLE = 3


class Leg(NamedTuple):
    """What one call runs: patients first .. last - 1 and all that has to do with them, all events before `stop`.

    It comes back early when log or task rows run short of a margin, the most that one event may need.
    """

    first: int
    last: int
    stop: int
    log_margin: int
    task_margin: int


class Room(NamedTuple):
    """Room for what a loop keeps in order.

    many: patients and tasks; few: staff and facilities, who are due most often. Dispatchers, one a role, are so few that they
    are looked at each time.
    """

    many: Tournament
    few: Tournament


@rule
def meet_if_there_is_room(w: World, leg: Leg, entity: int) -> int:
    """An entity's event, unless the log or the task rows run short; gives the reason to come back, or FINISHED."""
    run = w.run[0]
    if run.logging and run.logged + leg.log_margin > len(w.log):
        return LOG_FULL
    if run.free_tasks < leg.task_margin:
        return TASKS_SHORT
    meet(w, entity)
    return TROUBLE if run.trouble != 0 else FINISHED


# --- together: staff or beds tie patients to each other -------------------------------------------------------------


@rule
def put_due(w: World, leg: Leg, room: Room, entity: int) -> None:
    """Put an entity where it belongs; the leaves are those of the patients, then of the tasks. Dispatchers are not kept in order."""
    run = w.run[0]
    if entity < run.staff_from:
        others = run.tasks_from - leg.last if entity >= run.tasks_from else 0
        put(room.many, entity - leg.first - others, w.due[entity], w.turn[entity], leg.stop)
    elif entity < run.roles_from:
        put(room.few, entity - run.staff_from, w.due[entity], w.turn[entity], leg.stop)


@rule
def first_due(w: World, leg: Leg, room: Room) -> int:
    """The entity that comes first, or -1: nobody is due any more. In one instant patients and tasks come first, dispatchers last."""
    run = w.run[0]
    many = room.many.nodes[ROOT].time
    few = room.few.nodes[ROOT].time
    earliest = min(many, few, leg.stop)
    found = -1
    for dispatcher in range(run.roles_from, run.entities):
        found = dispatcher if w.due[dispatcher] < earliest else found
        earliest = min(w.due[dispatcher], earliest)
    if found >= 0:
        return found
    if few < min(many, leg.stop):
        return run.staff_from + room.few.nodes[ROOT].leaf
    if many >= leg.stop:
        return -1
    leaf = room.many.nodes[ROOT].leaf
    return leg.first + leaf + (run.tasks_from - leg.last if leaf >= leg.last - leg.first else 0)


@loop
def run_together(w: World, leg: Leg, room: Room) -> int:
    """Run a leg event by event; gives why it came back."""
    run = w.run[0]
    clear(room.many)
    clear(room.few)
    for i in range(leg.first, leg.last):
        put_due(w, leg, room, i)
        k = w.patients[i].first_task
        while k >= 0:
            put_due(w, leg, room, run.tasks_from + k)
            k = w.tasks[k].sibling
    for entity in range(run.staff_from, run.entities):
        put_due(w, leg, room, entity)
    while True:
        entity = first_due(w, leg, room)
        if entity < 0:
            return FINISHED
        reason = meet_if_there_is_room(w, leg, entity)
        if reason != FINISHED:
            return reason
        for j in range(run.touched):
            put_due(w, leg, room, w.touched[j])


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
def live_on(w: World, leg: Leg, i: int) -> int:
    """Run a patient's own events up to the next crisis candidate, or to the end; gives the reason to come back, or FINISHED."""
    while True:
        entity = first_of(w, i)
        if w.due[entity] >= leg.stop or (entity == i and w.nature[i].first == Stream.CRISIS):
            return FINISHED
        reason = meet_if_there_is_room(w, leg, entity)
        if reason != FINISHED:
            return reason


@loop
def run_apart(w: World, leg: Leg, room: Room) -> int:
    """As `run_together`, for patients who meet in nothing but crises: each lives on alone from one crisis to the next.

    Only crises are put in order among patients, so that a patient's records stay in the fastest memory.
    """
    crises = room.many
    clear(crises)
    for i in range(leg.first, leg.last):
        reason = live_on(w, leg, i)
        if reason != FINISHED:
            return reason
        put(crises, i - leg.first, w.due[i], w.turn[i], leg.stop)
    while crises.nodes[ROOT].time < leg.stop:
        i = leg.first + crises.nodes[ROOT].leaf
        reason = meet_if_there_is_room(w, leg, i)
        if reason == FINISHED:
            reason = live_on(w, leg, i)
        if reason != FINISHED:
            return reason
        put(crises, i - leg.first, w.due[i], w.turn[i], leg.stop)
    return FINISHED
