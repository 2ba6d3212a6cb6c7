"""Open work: rows of tasks, queues ordered by an explicit key (pairing heaps), and how a piece of work ends.

Nothing here reads what staff could not see.
"""

from __future__ import annotations

from sim.rules.calendar import next_opening, role_is_open, tally_month
from sim.rules.compiling import rule
from sim.rules.journal import note, set_due, stop_run, tell_work
from sim.rules.records import TURN_STEP
from sim.rules.units import MONTH, NEVER
from sim.rules.vocabulary import Duty, Event, Outcome, TaskState, Trouble
from sim.rules.world import World

UNTIERED = 2  # patients without a tier wait among tier II


@rule
def comes_before(w: World, a: int, b: int) -> bool:
    """The order of work: urgency, tier, due time, how long it has waited; then patient, component and occasion, so that it is total."""
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
    if x.ready_at != y.ready_at:
        return x.ready_at < y.ready_at
    if x.patient != y.patient:
        return x.patient < y.patient
    if x.component != y.component:
        return x.component < y.component
    return x.occasion < y.occasion


@rule
def change_length(w: World, q: int, by: int) -> None:
    """Count a task into a queue or out of it, and into the exact integral of the queue's length by month."""
    queue = w.queues[q]
    t = w.run[0].now
    month = tally_month(t)
    queue.length += by
    w.roles[queue.role].waiting += by
    w.crew[month, queue.role, Duty.QUEUED] += by
    w.crew[month, queue.role, Duty.QUEUE_US] += by * ((month + 1) * MONTH - t)


@rule
def link(w: World, a: int, b: int) -> int:
    """Join two heaps of tasks by their first tasks; gives the one that comes first, which takes the other as its first child."""
    if a < 0:
        return b
    if b < 0:
        return a
    if comes_before(w, b, a):
        a, b = b, a
    below = w.tasks[b]
    child = w.tasks[a].child
    below.previous = a
    below.next = child
    if child >= 0:
        w.tasks[child].previous = b
    w.tasks[a].child = b
    return a


@rule
def link_children(w: World, k: int) -> int:
    """One heap of all that stand below task k: its children in pairs, then the pairs from the last to the first."""
    pairs = -1
    here = w.tasks[k].child
    w.tasks[k].child = -1
    while here >= 0:
        other = w.tasks[here].next
        after = -1
        w.tasks[here].next = -1
        if other >= 0:
            after = w.tasks[other].next
            w.tasks[other].next = -1
        pair = link(w, here, other)
        w.tasks[pair].next = pairs
        pairs = pair
        here = after
    root = -1
    while pairs >= 0:
        after = w.tasks[pairs].next
        w.tasks[pairs].next = -1
        root = link(w, root, pairs)
        pairs = after
    if root >= 0:
        w.tasks[root].previous = -1
    return root


@rule
def enqueue(w: World, k: int) -> None:
    """Put a task into its queue, a pairing heap in the order of work, and wake the dispatcher if somebody could take it."""
    task = w.tasks[k]
    queue = w.queues[task.queue]
    task.state = TaskState.QUEUED
    task.child = -1
    task.next = -1
    task.previous = -1
    queue.head = link(w, queue.head, k)
    change_length(w, task.queue, 1)
    set_due(w, w.run[0].tasks_from + k, task.deadline)
    call_dispatcher(w, w.components[task.component].role)


@rule
def call_dispatcher(w: World, r: int) -> None:
    """Have waiting work given out: now, or at the next opening; while nobody is free, the first to be free will call."""
    if w.roles[r].idle == 0:
        return
    entity = w.run[0].roles_from + r
    t = w.run[0].now
    if role_is_open(w, r, t):
        set_due(w, entity, t)
    elif w.due[entity] == NEVER:
        set_due(w, entity, next_opening(w, r, t))


@rule
def dequeue(w: World, k: int) -> None:
    """Take a task out of its queue, wherever it stands in it."""
    task = w.tasks[k]
    queue = w.queues[task.queue]
    below = link_children(w, k)
    if queue.head == k:
        queue.head = below
    else:
        if w.tasks[task.previous].child == k:
            w.tasks[task.previous].child = task.next
        else:
            w.tasks[task.previous].next = task.next
        if task.next >= 0:
            w.tasks[task.next].previous = task.previous
        queue.head = link(w, queue.head, below)
    change_length(w, task.queue, -1)


@rule
def take_turn(w: World, k: int) -> None:
    """In one instant tasks come in the order in which they were asked for, whatever their rows."""
    run = w.run[0]
    run.serial += 1
    w.turn[run.tasks_from + k] = TURN_STEP + run.serial


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
    take_turn(w, k)
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
