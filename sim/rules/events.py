"""One event of one entity: the single entry that both clocks call."""

from __future__ import annotations

from sim.rules.acute import dispatch_beds, end_ed, end_hospital, end_observation, planned_admission
from sim.rules.agenda import meet_task, work_off_agenda
from sim.rules.compiling import rule
from sim.rules.course import meet_visit, move_acuity
from sim.rules.crises import meet_crisis
from sim.rules.enrolment import leave_programme, meet_entry, meet_slots
from sim.rules.journal import set_due
from sim.rules.nature import happens, is_gone, next_candidate, next_visit, planned_hazard, put_off_routine, replan
from sim.rules.passing import die, meet_death, meet_decline, meet_leaving
from sim.rules.post_acute import end_snf
from sim.rules.routine import write_up
from sim.rules.staffing import dispatch, meet_staff
from sim.rules.streams import Decision
from sim.rules.units import NEVER
from sim.rules.vocabulary import Event, Setting, Stream
from sim.rules.world import World


@rule
def end_stay(w: World, i: int) -> None:
    """The present stay has come to its end."""
    setting = w.patients[i].setting
    w.nature[i].t[Stream.STAY] = NEVER
    if setting == Setting.ED:
        end_ed(w, i)
    elif setting == Setting.OBSERVATION:
        end_observation(w, i)
    elif setting == Setting.HOSPITAL:
        end_hospital(w, i)
    elif setting == Setting.SNF:
        end_snf(w, i)
    elif setting == Setting.HOSPICE:
        die(w, i)


@rule
def meet_patient(w: World, i: int) -> None:
    """The patient's earliest pending time has come."""
    nature = w.nature[i]
    write_up(w, i, w.run[0].now)
    stream = nature.first
    if stream == Stream.STAY:
        end_stay(w, i)
    elif stream == Stream.ENTRY:
        nature.t[Stream.ENTRY] = NEVER
        meet_entry(w, i)
    elif stream == Stream.DEATH:
        meet_death(w, i)
        if not is_gone(w, i):
            next_candidate(w, i, Stream.DEATH, Decision.DEATH_GAP, nature.death_bound)
    elif stream == Stream.LEAVING:
        meet_leaving(w, i)
        if not is_gone(w, i):
            next_candidate(w, i, Stream.LEAVING, Decision.LEAVING_GAP, nature.leaving_bound)
    elif stream == Stream.DECLINE:
        meet_decline(w, i)
        next_candidate(w, i, Stream.DECLINE, Decision.DECLINE_GAP, nature.decline_bound)
    elif stream == Stream.ACUITY:
        move_acuity(w, i)
        next_candidate(w, i, Stream.ACUITY, Decision.ACUITY_GAP, w.parameters[0].acuity_jumps)
    elif stream == Stream.CRISIS:
        meet_crisis(w, i)
    elif stream == Stream.PLANNED:
        if happens(w, i, Stream.PLANNED, Decision.PLANNED_HAPPENS, planned_hazard(w, i), nature.planned_bound):
            planned_admission(w, i)
        next_candidate(w, i, Stream.PLANNED, Decision.PLANNED_GAP, nature.planned_bound)
    elif stream == Stream.VISIT:
        meet_visit(w, i)
        next_visit(w, i)
    elif stream == Stream.GRADUATION:
        leave_programme(w, i, Event.GRADUATED)
    elif stream == Stream.WITHDRAWAL:
        leave_programme(w, i, Event.WITHDREW)
    elif stream == Stream.ROUTINE:
        put_off_routine(w, i, w.run[0].now)
    else:
        meet_slots(w, i)
    replan(w, i)


@rule
def meet(w: World, entity: int) -> None:
    """One event: the pending time of an entity has come. Writes records, lists the entities whose time changed."""
    run = w.run[0]
    run.now = w.due[entity]
    run.touched = 0
    if entity < run.tasks_from:
        meet_patient(w, entity)
    elif entity < run.staff_from:
        meet_task(w, entity - run.tasks_from)
    elif entity < run.facilities_from:
        meet_staff(w, entity - run.staff_from)
    elif entity < run.roles_from:
        set_due(w, entity, NEVER)
        dispatch_beds(w, entity - run.facilities_from)
    else:
        dispatch(w, entity - run.roles_from)
    work_off_agenda(w)
