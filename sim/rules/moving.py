"""Moving patients from one world to another together with what is under way for them."""

from __future__ import annotations

import numpy as np

from sim.rules.compiling import rule
from sim.rules.vocabulary import Outcome, TaskState
from sim.rules.world import World


@rule
def bring_tasks(source: World, target: World, place: np.ndarray) -> None:
    """Work under way moves with its patients and counts as requested there; place[i]: row of source patient i, or -1."""
    run = target.run[0]
    for i in range(len(place)):
        if place[i] >= 0:
            target.patients[place[i]].first_task = -1
    for k in range(len(source.tasks)):
        task = source.tasks[k]
        if task.state == TaskState.FREE or place[task.patient] < 0:
            continue
        row = run.free_task
        run.free_task = target.tasks[row].next
        run.free_tasks -= 1
        target.tasks[row] = task
        moved = target.tasks[row]
        moved.patient = place[task.patient]
        moved.sibling = target.patients[moved.patient].first_task
        target.patients[moved.patient].first_task = row
        target.work[task.component, Outcome.REQUESTED] += 1
        target.due[run.tasks_from + row] = source.due[source.run[0].tasks_from + k]


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
