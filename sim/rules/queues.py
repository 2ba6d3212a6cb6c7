"""Open work: rows of tasks, queues ordered by an explicit key, and how a piece of work ends.

Nothing here reads what staff could not see.
"""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.journal import note, set_due, stop_run, tell_work
from sim.rules.units import NEVER
from sim.rules.vocabulary import Event, Outcome, TaskState, Trouble
from sim.rules.world import World

UNTIERED = 2  # patients without a tier wait among tier II


@rule
def comes_before(w: World, a: int, b: int) -> bool:
    """The order of work: urgency, tier, due time; then patient, component and occasion, so that it is total."""
    x = w.tasks[a]
    y = w.tasks[b]
    ux = w.components[x.component].urgency
    uy = w.components[y.component].urgency
    if ux != uy:
        return ux < uy
    if x.tier != y.tier:
        return x.tier < y.tier
    if x.due_at != y.due_at:
        return x.due_at < y.due_at
    if x.patient != y.patient:
        return x.patient < y.patient
    if x.component != y.component:
        return x.component < y.component
    return x.occasion < y.occasion


@rule
def change_length(w: World, q: int, by: int) -> None:
    """Keep the exact integral of the queue's length."""
    queue = w.queues[q]
    t = w.run[0].now
    if t > 0:
        queue.area += queue.length * (t - max(queue.changed_at, 0))
    queue.changed_at = t
    queue.length += by


@rule
def enqueue(w: World, k: int) -> None:
    """Put a task into its queue at its place in the order, searching from the back."""
    task = w.tasks[k]
    queue = w.queues[task.queue]
    task.state = TaskState.QUEUED
    before = queue.tail
    while before >= 0 and comes_before(w, k, before):
        before = w.tasks[before].previous
    after = queue.head if before < 0 else w.tasks[before].next
    task.previous = before
    task.next = after
    if before < 0:
        queue.head = k
    else:
        w.tasks[before].next = k
    if after < 0:
        queue.tail = k
    else:
        w.tasks[after].previous = k
    change_length(w, task.queue, 1)
    set_due(w, w.run[0].tasks_from + k, task.deadline)
    set_due(w, w.run[0].roles_from + w.components[task.component].role, w.run[0].now)


@rule
def dequeue(w: World, k: int) -> None:
    """Take a task out of its queue."""
    task = w.tasks[k]
    queue = w.queues[task.queue]
    if task.previous < 0:
        queue.head = task.next
    else:
        w.tasks[task.previous].next = task.next
    if task.next < 0:
        queue.tail = task.previous
    else:
        w.tasks[task.next].previous = task.previous
    change_length(w, task.queue, -1)


@rule
def new_task(w: World, i: int, c: int, occasion: int) -> int:
    """A free row for a piece of work of patient i; requested now."""
    run = w.run[0]
    k = run.free_task
    if k < 0:
        stop_run(w, Trouble.POOL_FULL, i, float(len(w.tasks)), 0.0, c)
        return -1
    task = w.tasks[k]
    run.free_task = task.next
    run.free_tasks -= 1
    task.component = c
    task.patient = i
    task.occasion = occasion
    task.attempt = 0
    task.reached = 0
    task.queue = -1
    task.tier = w.patients[i].tier if w.patients[i].tier > 0 else UNTIERED
    task.requested_at = run.now
    task.work_us = 0
    task.sibling = w.patients[i].first_task
    w.patients[i].first_task = k
    tell_work(w, c, Outcome.REQUESTED, 1)
    note(w, i, Event.TASK_REQUESTED, c, occasion, 0, -1)
    return k


@rule
def end_task(w: World, k: int, outcome: int, event: int, staff: int) -> None:
    """Book how a piece of work ended and free its row."""
    run = w.run[0]
    task = w.tasks[k]
    i = task.patient
    tell_work(w, task.component, outcome, 1)
    note(w, i, event, task.component, task.occasion, 0, staff)
    if w.patients[i].first_task == k:
        w.patients[i].first_task = task.sibling
    else:
        here = w.patients[i].first_task
        while w.tasks[here].sibling != k:
            here = w.tasks[here].sibling
        w.tasks[here].sibling = task.sibling
    task.state = TaskState.FREE
    task.next = run.free_task
    run.free_task = k
    run.free_tasks += 1
    set_due(w, run.tasks_from + k, NEVER)


@rule
def lapse(w: World, k: int) -> None:
    """The deadline has passed: the benefit is lost."""
    if w.tasks[k].state == TaskState.QUEUED:
        dequeue(w, k)
    if w.tasks[k].attempt > 0:
        end_task(w, k, Outcome.NOT_REACHED, Event.TASK_NOT_REACHED, -1)
    else:
        end_task(w, k, Outcome.LAPSED, Event.TASK_LAPSED, -1)


@rule
def cancel(w: World, k: int) -> None:
    """Cancel open work; what is in hand is finished by its holder, who then finds out."""
    state = w.tasks[k].state
    if state == TaskState.IN_SERVICE:
        return
    if state == TaskState.QUEUED:
        dequeue(w, k)
    end_task(w, k, Outcome.CANCELLED, Event.TASK_CANCELLED, -1)


@rule
def cancel_outreach(w: World, i: int) -> None:
    """Nobody goes on inviting a patient who has joined."""
    k = w.patients[i].first_task
    while k >= 0:
        after = w.tasks[k].sibling
        if w.components[w.tasks[k].component].enrol > 0.0:
            cancel(w, k)
        k = after


@rule
def cancel_tasks(w: World, i: int, programme_only: bool) -> None:
    """Cancel a patient's open work, all of it or the programme's."""
    k = w.patients[i].first_task
    while k >= 0:
        after = w.tasks[k].sibling
        if not programme_only or w.components[w.tasks[k].component].programme:
            cancel(w, k)
        k = after
