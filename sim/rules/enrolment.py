"""The eligibility screen on observed claims, joining, withdrawing, graduating, and the slots of scheduled contacts.

Blind to everything latent but the patient's own willingness, which speaks through the answer.
"""

from __future__ import annotations

from sim.rules.calendar import DAY_OFFSET
from sim.rules.compiling import rule
from sim.rules.contact import tell_silence
from sim.rules.drawing import drawn
from sim.rules.journal import announce, count, note
from sim.rules.nature import gap, replan
from sim.rules.queues import cancel_outreach, cancel_tasks
from sim.rules.streams import Decision, uniform_at
from sim.rules.units import DAY, NEVER
from sim.rules.vocabulary import Counter, Event, Stream, Trigger
from sim.rules.world import World

ENROLMENT_ORIGIN = 5


@rule
def manager_of(w: World, i: int, r: int) -> int:
    """Who of a panel role looks after the patient, by the patient's place in the cohort."""
    role = w.roles[r]
    place = w.patients[i].place
    for m in range(role.first, role.first + role.members - 1):
        if place < w.staff[m].place_to:
            return m
    return role.first + role.members - 1


@rule
def move_caseload(w: World, i: int, by: int) -> None:
    """Add the patient to (or take it from) the caseload of each panel role's manager."""
    for r in range(len(w.roles)):
        if not w.roles[r].pool and w.roles[r].members > 0:
            w.staff[manager_of(w, i, r)].patients += by


@rule
def plan_contacts(w: World, i: int) -> None:
    """Set the next slot of each scheduled component by the patient's tier; a nearer slot that stands is kept."""
    t = w.run[0].now
    patient = w.patients[i]
    first = NEVER
    for s in range(w.slots.shape[1]):
        component = w.components[w.components[s].scheduled]
        every = component.every[patient.tier]
        if not patient.enrolled or every == 0:
            w.slots[i, s] = NEVER
        elif w.slots[i, s] == NEVER:
            phase = uniform_at(patient.key, component.key, Decision.TASK_PHASE, patient.tier)
            w.slots[i, s] = t + 1 + int(phase * every)
        else:
            w.slots[i, s] = min(w.slots[i, s], t + every)
        first = min(first, w.slots[i, s])
    w.nature[i].t[Stream.CONTACT] = first
    replan(w, i)


@rule
def meet_slots(w: World, i: int) -> None:
    """Scheduled contacts that are due now are requested; each moves on to its next slot."""
    t = w.run[0].now
    patient = w.patients[i]
    first = NEVER
    for s in range(w.slots.shape[1]):
        c = w.components[s].scheduled
        if w.slots[i, s] <= t:
            announce(w, i, Trigger.SCHEDULE, t // DAY + DAY_OFFSET, c, True)
            w.slots[i, s] += w.components[c].every[patient.tier]
        first = min(first, w.slots[i, s])
    w.nature[i].t[Stream.CONTACT] = first


@rule
def enrol(w: World, i: int) -> None:
    """The patient joins the programme."""
    p = w.parameters[0]
    t = w.run[0].now
    patient = w.patients[i]
    if patient.enrolled or patient.unenrolled_at < NEVER:
        return
    patient.enrolled = 1
    patient.enrolled_at = t
    patient.contacted_at = t
    count(w, i, Counter.ENROLLED, 1)
    note(w, i, Event.ENROLLED, 0, 0, 0, -1)
    move_caseload(w, i, 1)
    cancel_outreach(w, i)
    nature = w.nature[i]
    if p.graduation >= 0:
        stay = drawn(w, p.graduation, patient.key, Decision.GRADUATION, 0)
        nature.t[Stream.GRADUATION] = t + max(1, int(stay))
    if p.withdrawal > 0.0:
        nature.t[Stream.WITHDRAWAL] = t + gap(patient.key, Decision.WITHDRAWAL_GAP, 0, p.withdrawal)
    plan_contacts(w, i)
    announce(w, i, Trigger.ENROLMENT, ENROLMENT_ORIGIN, -1, True)


@rule
def unenrol(w: World, i: int) -> None:
    """The patient's participation ends; nothing of the programme is planned any more."""
    patient = w.patients[i]
    if not patient.enrolled:
        return
    nature = w.nature[i]
    tell_silence(w, i)
    patient.enrolled = 0
    patient.unenrolled_at = w.run[0].now
    move_caseload(w, i, -1)
    w.slots[i, :] = NEVER
    for s in (Stream.CONTACT, Stream.GRADUATION, Stream.WITHDRAWAL):
        nature.t[s] = NEVER


@rule
def leave_programme(w: World, i: int, event: int) -> None:
    """Withdrawal or graduation."""
    unenrol(w, i)
    cancel_tasks(w, i, True)
    if event == Event.WITHDREW:
        count(w, i, Counter.WITHDRAWN, 1)
    note(w, i, event, 0, 0, 0, -1)


@rule
def meet_entry(w: World, i: int) -> None:
    """The patient becomes eligible: outreach may begin, or enrolment is at once."""
    note(w, i, Event.ELIGIBLE, w.patients[i].cohort, 0, 0, -1)
    if w.parameters[0].enrol_at_entry and w.run[0].programme:
        enrol(w, i)
    announce(w, i, Trigger.ELIGIBILITY, ENROLMENT_ORIGIN, -1, True)
