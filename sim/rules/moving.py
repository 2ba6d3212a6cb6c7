"""Moving patients from one world to another together with what is under way for them."""

from __future__ import annotations

import numpy as np

from sim.rules.compiling import rule
from sim.rules.nature import replan
from sim.rules.queues import take_turn
from sim.rules.vocabulary import Outcome
from sim.rules.world import World


@rule
def bring_rows(source: np.ndarray, rows: np.ndarray, target: np.ndarray, places: np.ndarray) -> None:
    """Copy rows of words: target[places[k]] = source[rows[k]]."""
    for k in range(len(rows)):
        for word in range(source.shape[1]):
            target[places[k], word] = source[rows[k], word]


@rule
def arm_patients(w: World) -> None:
    """Every patient's pending time is the earliest of its streams, as after `replan`."""
    for i in range(len(w.patients)):
        w.run[0].touched = 0
        replan(w, i)
    w.run[0].touched = 0


@rule
def bring_task(source: World, target: World, k: int, i: int) -> None:
    """Task k of the source goes on as the newest task of patient i."""
    run = target.run[0]
    row = run.free_task
    run.free_task = target.tasks[row].next
    run.free_tasks -= 1
    target.tasks[row] = source.tasks[k]
    take_turn(target, row)
    moved = target.tasks[row]
    moved.patient = i
    moved.sibling = target.patients[i].first_task
    target.patients[i].first_task = row
    target.work[0, moved.component, Outcome.REQUESTED] += 1
    target.due[run.tasks_from + row] = source.due[source.run[0].tasks_from + k]


@rule
def bring_tasks(source: World, target: World, place: np.ndarray) -> None:
    """Work under way moves with its patients, the oldest first, and counts as requested there; place[i]: row of source patient i, or -1."""
    for i in range(len(place)):
        if place[i] < 0:
            continue
        target.patients[place[i]].first_task = -1
        count = 0
        k = source.patients[i].first_task
        while k >= 0:
            count += 1
            k = source.tasks[k].sibling
        for newer in range(count - 1, -1, -1):
            k = source.patients[i].first_task
            for _ in range(newer):
                k = source.tasks[k].sibling
            bring_task(source, target, k, place[i])


@rule
def bring_waiting(source: World, target: World, place: np.ndarray) -> None:
    """Those who wait for a bed keep their order."""
    for f in range(len(source.facilities)):
        facility = target.facilities[f]
        here = source.facilities[f].waiting
        while here >= 0:
            i = place[here]
            if i >= 0:
                if facility.waiting < 0:
                    facility.waiting = i
                else:
                    target.nature[facility.waiting_last].waiting_next = i
                facility.waiting_last = i
                target.nature[i].waiting_next = -1
            here = source.nature[here].waiting_next
