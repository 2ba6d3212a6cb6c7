"""Members of staff: who is on duty, who takes which task, how long it takes, and how people come and go.

Blind to everything latent; whether an attempt reaches the patient is asked of nature.
"""

from __future__ import annotations

import math

from sim.rules.alerts import tell_answer
from sim.rules.availability import close_tenure, is_absent
from sim.rules.calendar import add_open_time, next_opening, role_is_open
from sim.rules.compiling import rule
from sim.rules.contact import hear_from
from sim.rules.drawing import drawn_at
from sim.rules.effects import attempt_address, complete, reaches
from sim.rules.enrolment import manager_of
from sim.rules.journal import count, note, set_due, tell_hours, tell_start, tell_work
from sim.rules.queues import comes_before, dequeue, end_task
from sim.rules.streams import Decision, uniform
from sim.rules.units import MINUTE, MONTH, NEVER, YEAR
from sim.rules.vocabulary import WORKED_MINUTES, Counter, Event, Mode, Outcome, Setting, StaffStatus, TaskState
from sim.rules.world import World


@rule
def is_missing(w: World, m: int, t: int) -> bool:
    """Whether nobody fills the post at present: vacant or absent."""
    return w.staff[m].status == StaffStatus.VACANT or is_absent(w, m, t)


@rule
def pick(w: World, m: int) -> int:
    """The task that comes first for a member who is there: from the own queue, or with cover from those of missing colleagues."""
    t = w.run[0].now
    member = w.staff[m]
    role = w.roles[member.role]
    best = w.queues[member.queue].head
    if role.cover and not role.pool:
        for q in range(role.first_queue, role.first_queue + role.queues):
            if is_missing(w, w.queues[q].owner, t):  # asked first: few are, whereas any queue can be empty
                head = w.queues[q].head
                if head >= 0 and (best < 0 or comes_before(w, head, best)):
                    best = head
    return best


@rule
def productivity(w: World, m: int, t: int) -> float:
    """Productivity of a member, rising to 1 over the training time."""
    member = w.staff[m]
    role = w.roles[member.role]
    into = t - member.since
    if into >= role.training:
        return 1.0
    return role.productivity + (1.0 - role.productivity) * into / role.training


@rule
def task_time(w: World, m: int, k: int) -> int:
    """Productive working time of this attempt, microseconds: contact, documentation, travel."""
    p = w.parameters[0]
    task = w.tasks[k]
    c = task.component
    component = w.components[c]
    patient = w.patients[task.patient]
    address = attempt_address(task.occasion, task.attempt)
    if task.reached:
        work = drawn_at(w, component.hours, patient.key, component.key, Decision.TASK_HOURS, address) * p.duration_scale
        if component.mode != Mode.DESK:
            work *= 1.0 + p.documentation
    else:
        work = float(p.failed_attempt)
    if component.mode == Mode.HOME:
        work += drawn_at(w, p.home_travel, patient.key, component.key, Decision.TASK_TRAVEL, address)
    elif component.mode == Mode.OFFICE and w.staff[m].home_practice >= 0 and w.staff[m].home_practice != patient.practice:
        work += p.practice_travel
    return max(1, int(work))


@rule
def start_task(w: World, m: int, k: int) -> None:
    """A member takes a task in hand."""
    t = w.run[0].now
    member = w.staff[m]
    role = w.roles[member.role]
    task = w.tasks[k]
    dequeue(w, k)
    task.state = TaskState.IN_SERVICE
    set_due(w, w.run[0].tasks_from + k, NEVER)
    c = task.component
    if task.attempt == 0:
        tell_start(w, c, t - task.ready_at, t <= task.due_at)
        tell_answer(w, k)
    task.reached = 1 if reaches(w, task.patient, c, task.occasion, task.attempt) else 0
    task.work_us = task_time(w, m, k)
    tell_work(w, c, Outcome.ATTEMPTS, 1)
    elapsed = int(task.work_us / (role.pace * member.fte * productivity(w, m, t)))
    member.status = StaffStatus.BUSY
    role.idle -= 1
    member.task = k
    member.free_at = add_open_time(w, member.role, t, max(1, elapsed))
    note(w, task.patient, Event.TASK_STARTED, c, task.occasion, task.work_us, m)
    arm(w, m)


@rule
def arm(w: World, m: int) -> None:
    """A member's pending time: the end of the task in hand, or the next change of post."""
    member = w.staff[m]
    busy = member.status == StaffStatus.BUSY
    set_due(w, w.run[0].staff_from + m, member.free_at if busy else member.change_at)


@rule
def become_idle(w: World, m: int) -> None:
    """A member is free to take work."""
    member = w.staff[m]
    role = w.roles[member.role]
    member.status = StaffStatus.IDLE
    role.idle_from = min(role.idle_from, m) if role.idle > 0 else m
    role.idle += 1


@rule
def dispatch(w: World, r: int) -> None:
    """Give waiting work to members who are free and on duty, in the order of posts: last in its instant."""
    t = w.run[0].now
    role = w.roles[r]
    if role_is_open(w, r, t):
        m = max(role.first, role.idle_from)
        idle = role.idle  # left to look at
        left_idle = -1  # the first who has got no work
        while idle > 0 and role.waiting > 0:
            if w.staff[m].status == StaffStatus.IDLE:
                idle -= 1
                k = -1 if is_absent(w, m, t) else pick(w, m)
                if k >= 0:
                    start_task(w, m, k)
                elif left_idle < 0:
                    left_idle = m
            m += 1
        role.idle_from = left_idle if left_idle >= 0 else m
    set_due(w, w.run[0].roles_from + r, next_opening(w, r, t) if role.waiting > 0 else NEVER)


@rule
def count_work(w: World, i: int, c: int, us: int) -> None:
    """Count a programme task that is done: as a contact, and towards the thresholds of time worked for the patient this month."""
    t = w.run[0].now
    patient = w.patients[i]
    if w.components[c].mode != Mode.DESK:
        count(w, i, Counter.CONTACTS, 1)
        hear_from(w, i)
    month = t // MONTH
    if patient.worked_month != month:
        patient.worked_month = month
        patient.worked_us = 0
    before = patient.worked_us
    patient.worked_us += us
    for j in range(len(WORKED_MINUTES)):
        threshold = WORKED_MINUTES[j] * MINUTE
        if before + us < threshold:
            break
        if before < threshold:
            count(w, i, Counter.WORKED_20 + j, 1)


@rule
def finish_task(w: World, m: int) -> None:
    """The task in hand is over: done, or the patient was not reached and is tried again, or given up."""
    p = w.parameters[0]
    t = w.run[0].now
    member = w.staff[m]
    k = member.task
    task = w.tasks[k]
    c = task.component
    i = task.patient
    become_idle(w, m)
    member.task = -1
    tell_work(w, c, Outcome.WORK_US, task.work_us)
    tell_hours(w, c, w.patients[i].tier, task.work_us)
    if task.reached:
        outcome = complete(w, i, c, task.occasion)
        event = Event.TASK_DONE
        if outcome == Outcome.DONE and w.components[c].programme:
            count_work(w, i, c, task.work_us)
        if outcome == Outcome.REFUSED:
            event = Event.TASK_REFUSED
        elif outcome == Outcome.CANCELLED:
            event = Event.TASK_CANCELLED
        end_task(w, k, outcome, event, m)
    else:
        again = t + p.retry_after
        task.attempt += 1
        gone = w.patients[i].setting >= Setting.DEAD or (w.components[c].enrolled and not w.patients[i].enrolled)
        if gone:
            end_task(w, k, Outcome.CANCELLED, Event.TASK_CANCELLED, m)
        elif task.attempt < w.components[c].attempts and again < task.deadline:
            note(w, i, Event.TASK_ATTEMPT_FAILED, c, task.occasion, 0, m)
            task.state = TaskState.DELAYED
            set_due(w, w.run[0].tasks_from + k, again)
        else:
            end_task(w, k, Outcome.NOT_REACHED, Event.TASK_NOT_REACHED, m)
    if w.roles[member.role].waiting > 0:
        set_due(w, w.run[0].roles_from + member.role, t)


@rule
def change_post(w: World, m: int) -> None:
    """A post is filled, or its holder leaves; a vacancy follows, and part of the standing improvement goes too."""
    t = w.run[0].now
    member = w.staff[m]
    role = w.roles[member.role]
    if member.status == StaffStatus.VACANT:
        if t >= member.leaves_on:  # the role has gone for good
            member.change_at = NEVER
            return
        become_idle(w, m)
        member.since = t
        member.tenure += 1
        member.change_at = member.leaves_on
        if role.turnover > 0.0:
            u = uniform(member.key, Decision.STAFF_TENURE, member.tenure)
            member.change_at = min(member.change_at, t + max(1, int(-math.log(u) * YEAR / role.turnover)))
        note(w, -1, Event.STAFF_HIRED, member.role, member.tenure, 0, m)
        set_due(w, w.run[0].roles_from + member.role, t)
        return
    close_tenure(w, m, t)
    member.status = StaffStatus.VACANT
    role.idle -= 1
    member.change_at = NEVER
    if t < member.leaves_on:
        u = uniform(member.key, Decision.STAFF_VACANCY, member.tenure)
        member.change_at = t + max(1, int(-math.log(u) * role.vacancy))
    note(w, -1, Event.STAFF_LEFT, member.role, member.tenure, 0, m)
    if not role.pool:
        lose_standing(w, m)


@rule
def lose_standing(w: World, m: int) -> None:
    """When a manager leaves, a share of what they built up with their patients is lost."""
    p = w.parameters[0]
    r = w.staff[m].role
    if p.lost_with_manager == 0.0:
        return
    for i in range(len(w.patients)):
        if w.patients[i].enrolled and manager_of(w, i, r) == m:
            for c in range(len(w.components)):
                if w.components[c].role == r and w.components[c].dose_column >= 0:
                    w.dose[i, w.components[c].dose_column] *= 1.0 - p.lost_with_manager


@rule
def meet_staff(w: World, m: int) -> None:
    """A member's own time has come: a task ends, or the post changes hands."""
    t = w.run[0].now
    member = w.staff[m]
    if member.status == StaffStatus.BUSY:
        finish_task(w, m)
    if member.status != StaffStatus.BUSY and member.change_at <= t:
        change_post(w, m)
    arm(w, m)
