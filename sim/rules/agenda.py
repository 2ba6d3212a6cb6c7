"""After an event: which components react to what could be seen, and the work they ask for."""

from __future__ import annotations

from sim.rules.alerts import tell_alert
from sim.rules.compiling import rule
from sim.rules.drawing import drawn_at
from sim.rules.effects import chance_now, complete
from sim.rules.enrolment import manager_of, plan_contacts, unenrol
from sim.rules.journal import set_due, tell_work
from sim.rules.queues import cancel_tasks, end_task, enqueue, lapse, new_task
from sim.rules.records import RULEBOOK_LISTENS
from sim.rules.streams import Decision, uniform_at
from sim.rules.units import NEVER
from sim.rules.vocabulary import Event, Outcome, TaskState, Trigger, Trouble
from sim.rules.world import World


@rule
def is_for(w: World, i: int, c: int) -> bool:
    """The component's filter on observed fields."""
    component = w.components[c]
    patient = w.patients[i]
    if component.enrolled and not patient.enrolled:
        return False
    if component.settings & (1 << patient.setting) == 0 or component.tiers & (1 << patient.tier) == 0:
        return False
    if component.conditions and component.conditions & patient.documented == 0:
        return False
    if component.cohorts and (patient.cohort < 0 or component.cohorts & (1 << patient.cohort) == 0):
        return False
    if component.isolated and not patient.isolated:
        return False
    if component.behavioural_health and not patient.behavioural_health:
        return False
    return patient.medications >= component.medications and patient.risk_score >= component.risk_score and patient.age >= component.age


@rule
def reacts(w: World, c: int, row: int) -> bool:
    """Whether a component that listens to the trigger reacts to this item of the agenda."""
    item = w.agenda[row]
    component = w.components[c]
    run = w.run[0]
    if item.trigger == Trigger.SCHEDULE:
        return item.by == c
    if component.by and item.by >= 0 and component.by & (1 << item.by) == 0:
        return False
    if component.programme:
        return run.programme == 1 and run.now >= 0 and item.alert == 1 and run.now <= component.stops
    return True


@rule
def hand_over(w: World, i: int, c: int, occasion: int) -> None:
    """Ask for a piece of work: into a queue, or for work in nobody's queue, by chance and after a delay."""
    component = w.components[c]
    t = w.run[0].now
    key = w.patients[i].key
    delay = int(drawn_at(w, component.delay, key, component.key, Decision.TASK_DELAY, occasion))
    if component.role < 0:
        chance = chance_now(w, c)
        if delay > component.deadline or (chance < 1.0 and uniform_at(key, component.key, Decision.TASK_CHANCE, occasion) >= chance):
            return
        if delay == 0:
            tell_work(w, c, Outcome.REQUESTED, 1)
            tell_work(w, c, complete(w, i, c, occasion), 1)
            return
    k = new_task(w, i, c, occasion)
    if k < 0:
        return
    task = w.tasks[k]
    ready = max(t + delay, component.starts)
    task.ready_at = ready
    task.due_at = min(NEVER, ready + component.due)
    task.deadline = min(NEVER, ready + component.deadline)
    if component.role >= 0:
        tell_alert(w, k)
        role = w.roles[component.role]
        task.queue = role.first_queue if role.pool else w.staff[manager_of(w, i, component.role)].queue
    if ready > t:
        task.state = TaskState.DELAYED
        set_due(w, w.run[0].tasks_from + k, ready)
    else:
        enqueue(w, k)


@rule
def meet_task(w: World, k: int) -> None:
    """A task's own time has come: its deadline, or the end of its delay."""
    task = w.tasks[k]
    c = task.component
    if task.state == TaskState.QUEUED or w.run[0].now >= task.deadline:
        lapse(w, k)
    elif w.components[c].role >= 0:
        enqueue(w, k)
    else:
        task.state = TaskState.IN_SERVICE
        outcome = complete(w, task.patient, c, task.occasion)
        end_task(w, k, outcome, Event.TASK_CANCELLED if outcome == Outcome.CANCELLED else Event.TASK_DONE, -1)


@rule
def work_off_agenda(w: World) -> None:
    """React to everything that this event announced, in order; reactions may announce more."""
    run = w.run[0]
    row = 0
    while row < run.agenda and run.trouble == Trouble.NONE:
        item = w.agenda[row]
        i = item.patient
        if item.trigger == Trigger.GONE:
            cancel_tasks(w, i, False)
            unenrol(w, i)
        else:
            if item.trigger == Trigger.TIER_SET:
                plan_contacts(w, i)
            listeners = run.listeners[item.trigger] & ~RULEBOOK_LISTENS
            c = item.by if item.trigger == Trigger.SCHEDULE else 0
            listeners >>= c
            while listeners:
                if listeners & 1 and reacts(w, c, row) and is_for(w, i, c):
                    hand_over(w, i, c, item.occasion * 32 + item.trigger)
                if item.trigger == Trigger.SCHEDULE:
                    break
                listeners >>= 1
                c += 1
        row += 1
    run.agenda = 0
