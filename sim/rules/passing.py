"""Decline, death and leaving."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.journal import announce, count, note
from sim.rules.nature import death_hazard, decline_hazard, happens, leaving_hazard, look_ahead, replan
from sim.rules.routine import write_up
from sim.rules.stays import close_stay, enter_hospice
from sim.rules.streams import Decision, uniform
from sim.rules.units import NEVER
from sim.rules.vocabulary import STREAMS, Counter, Event, Setting, Stream, Trigger
from sim.rules.world import World

DEATH_ORIGIN = 3  # origins are 8 x candidate + the stream they come from


@rule
def stop_waiting(w: World, i: int) -> None:
    """Leave a waiting list for a bed."""
    nature = w.nature[i]
    if nature.waiting_for < 0:
        return
    facility = w.facilities[nature.waiting_for]
    before = -1
    here = facility.waiting
    while here != i:
        before = here
        here = w.nature[here].waiting_next
    after = nature.waiting_next
    if before < 0:
        facility.waiting = after
    else:
        w.nature[before].waiting_next = after
    if facility.waiting_last == i:
        facility.waiting_last = before
    nature.waiting_for = -1


@rule
def go(w: World, i: int, setting: int) -> None:
    """Leave for good: nothing more happens to this patient."""
    nature = w.nature[i]
    patient = w.patients[i]
    write_up(w, i, w.run[0].now)
    nature.routine_t = NEVER
    stop_waiting(w, i)
    close_stay(w, i)
    patient.setting = setting
    patient.setting_since = w.run[0].now
    patient.left_at = w.run[0].now
    patient.facility = -1
    for s in range(STREAMS):
        nature.t[s] = NEVER
    replan(w, i)
    announce(w, i, Trigger.GONE, 0, -1, True)


@rule
def die(w: World, i: int) -> None:
    """Death, wherever the patient is."""
    setting = w.patients[i].setting
    count(w, i, Counter.DEATHS, 1)
    if setting == Setting.HOSPICE:
        count(w, i, Counter.HOSPICE_DEATHS, 1)
    elif setting == Setting.HOSPITAL or setting == Setting.ED or setting == Setting.OBSERVATION:
        count(w, i, Counter.HOSPITAL_DEATHS, 1)
    note(w, i, Event.DEATH, setting, w.nature[i].origin, 0, -1)
    go(w, i, Setting.DEAD)


@rule
def meet_death(w: World, i: int) -> None:
    """A death candidate: at home, some of those who die elect hospice first and die there."""
    p = w.parameters[0]
    nature = w.nature[i]
    t = w.run[0].now
    patient = w.patients[i]
    if patient.setting == Setting.HOSPICE:
        return  # the hospice stay ends in death by itself
    if not happens(w, i, Stream.DEATH, Decision.DEATH_HAPPENS, death_hazard(w, i, t), nature.death_bound):
        return
    if patient.setting == Setting.HOME or patient.setting == Setting.LONG_STAY:
        k = nature.k[Stream.DEATH]
        share = p.hospice_share * (p.directive_effect if patient.directive else 1.0)
        if uniform(patient.key, Decision.HOSPICE, 8 * k + DEATH_ORIGIN) < share:
            nature.origin = 8 * k + DEATH_ORIGIN
            enter_hospice(w, i, nature.origin)
            return
    die(w, i)


@rule
def meet_decline(w: World, i: int) -> None:
    """A candidate for the onset of decline, or for its remission."""
    nature = w.nature[i]
    t = w.run[0].now
    if not happens(w, i, Stream.DECLINE, Decision.DECLINE_HAPPENS, decline_hazard(w, i, t), nature.decline_bound):
        return
    nature.in_decline = 0 if nature.in_decline else 1
    note(w, i, Event.DECLINE if nature.in_decline else Event.REMISSION, 0, 0, 0, -1)
    look_ahead(w, i, t)


@rule
def meet_leaving(w: World, i: int) -> None:
    """A candidate for leaving the plan; nobody in an acute bed leaves."""
    nature = w.nature[i]
    if not happens(w, i, Stream.LEAVING, Decision.LEAVING_HAPPENS, leaving_hazard(w, i), nature.leaving_bound):
        return
    setting = w.patients[i].setting
    if setting == Setting.ED or setting == Setting.OBSERVATION or setting == Setting.HOSPITAL:
        return
    count(w, i, Counter.LEFT, 1)
    note(w, i, Event.LEFT, 0, 0, 0, -1)
    go(w, i, Setting.LEFT)
