"""What a completed piece of work does. No work done, no effect."""

from __future__ import annotations

import math

from sim.rules.calendar import DAY_OFFSET, day_of, years
from sim.rules.compiling import rule
from sim.rules.course import find_undocumented
from sim.rules.crises import take_urgent_slot
from sim.rules.drawing import drawn_at
from sim.rules.enrolment import enrol
from sim.rules.journal import announce, count, note
from sim.rules.nature import is_gone, natural_excess, replan, warning_now
from sim.rules.post_acute import earliest_covered_discharge, waiver_applies
from sim.rules.streams import Decision, uniform, uniform_at
from sim.rules.tiers import assign_tier
from sim.rules.vocabulary import Counter, Destination, Disposition, Effect, Event, Mode, Outcome, Setting, Stream, Trigger
from sim.rules.world import World


@rule
def attempt_address(occasion: int, attempt: int) -> int:
    """The occasion of one attempt of a task."""
    return occasion * 16 + attempt


@rule
def can_meet(w: World, i: int, c: int) -> bool:
    """Whether the patient is where this mode of contact, and the component's filter, can meet them."""
    component = w.components[c]
    setting = w.patients[i].setting
    if setting >= Setting.DEAD or component.settings & (1 << setting) == 0:
        return False
    if component.mode == Mode.DESK:
        return True
    acute = setting == Setting.ED or setting == Setting.OBSERVATION or setting == Setting.HOSPITAL
    if component.mode == Mode.HOSPITAL:
        return acute or setting == Setting.SNF
    if component.mode == Mode.PHONE:
        return not acute
    return setting == Setting.HOME or setting == Setting.HOSPICE or setting == Setting.LONG_STAY


@rule
def reaches(w: World, i: int, c: int, occasion: int, attempt: int) -> bool:
    """Whether an attempt reaches the patient: mode, engagement, isolation and family carer."""
    if not can_meet(w, i, c):
        return False
    p = w.parameters[0]
    component = w.components[c]
    if component.mode == Mode.DESK:
        return True
    nature = w.nature[i]
    chance = p.reach[component.mode] * (1.0 + p.reach_engagement * (nature.engagement - 0.6))
    if nature.isolated:
        chance *= p.reach_isolated
    if nature.family_carer:
        chance *= p.reach_carer
    return uniform_at(w.patients[i].key, component.key, Decision.TASK_REACH, attempt_address(occasion, attempt)) < chance


@rule
def add_dose(w: World, i: int, c: int, dose: float) -> None:
    """Standing improvement: earlier doses decay to now, then this one is added."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    fade = math.exp(-math.log(2.0) * (t - nature.dose_at) / p.half_life)
    for j in range(w.dose.shape[1]):
        w.dose[i, j] *= fade
    nature.dose_at = t
    w.dose[i, w.components[c].dose_column] += dose


@rule
def notice_warning(w: World, i: int, c: int, u: float) -> None:
    """Notice the signs of a coming crisis, if there are any; those who can respond hear of it."""
    t = w.run[0].now
    if u >= w.components[c].notice:
        return
    k = warning_now(w, i, t)
    if k < 0:
        return
    nature = w.nature[i]
    if nature.help_k == k:
        return
    nature.noticed_k = k
    nature.noticed_by = c
    count(w, i, Counter.WARNINGS_NOTICED, 1)
    note(w, i, Event.WARNING_NOTICED, c, 8 * k, 0, -1)
    announce(w, i, Trigger.WARNING_NOTICED, 8 * k, c, True)


@rule
def respond(w: World, i: int, c: int, k: int, occasion: int) -> None:
    """Help against a noticed crisis; where it takes the practice, only if that yields a slot, and when it answers."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    component = w.components[c]
    if nature.noticed_k != k or nature.help_k == k:
        return
    arrives = t
    if component.needs_slot:
        office = w.practices[w.patients[i].practice]
        tie = min(1.0, office.integration + (p.champion if office.champion else 0.0))
        key = w.patients[i].key
        if uniform(key, Decision.SLOT_YIELDED, k) >= tie or not take_urgent_slot(w, w.patients[i].practice):
            return
        answer = drawn_at(w, p.practice_answer, key, component.key, Decision.TASK_ANSWER, occasion)
        arrives = t + int(answer / tie)
    nature.help_k = k
    nature.help_by = c
    nature.help_from = arrives
    note(w, i, Event.RESPONSE, c, 8 * k, 0, -1)


@rule
def divert(w: World, i: int, c: int, occasion: int) -> None:
    """Someone present in the ED turns an admission into something else."""
    nature = w.nature[i]
    patient = w.patients[i]
    if patient.setting != Setting.ED or nature.diverted:
        return
    component = w.components[c]
    u = uniform_at(patient.key, component.key, Decision.TASK_DIVERTS, occasion)
    if nature.snf_candidate and u < component.divert_snf and waiver_applies(w, i, nature.origin):
        nature.diverted = 1 + Disposition.SNF
    elif nature.disposition == Disposition.ADMISSION and u < component.divert_home:
        nature.diverted = 1 + Disposition.HOME


@rule
def shorten_stay(w: World, i: int, by: int) -> None:
    """Bring the end of a hospital or SNF stay forward; not below the third midnight that a SNF stay still needs."""
    t = w.run[0].now
    nature = w.nature[i]
    setting = w.patients[i].setting
    if setting != Setting.HOSPITAL and setting != Setting.SNF:
        return
    ends = nature.t[Stream.STAY]
    if ends <= t or nature.waiting_for >= 0:
        return
    earlier = max(t, ends - by)
    if setting == Setting.HOSPITAL and nature.destination == Destination.SNF and not nature.waiver_stay:
        earlier = max(earlier, min(ends, earliest_covered_discharge(w, nature.admitted)))
    nature.t[Stream.STAY] = earlier
    replan(w, i)


@rule
def accepts(w: World, i: int, c: int, occasion: int) -> bool:
    """Whether the patient agrees to enrol through this channel."""
    p = w.parameters[0]
    cohort = max(0, w.patients[i].cohort)
    if w.nature[i].willingness < p.refusal[cohort]:
        return False
    return uniform_at(w.patients[i].key, w.components[c].key, Decision.TASK_ACCEPTED, occasion) < w.components[c].enrol


@rule
def has(does: int, effect: int) -> bool:
    """Whether an effect is among the bits of what a component does."""
    return (does >> effect) & 1 == 1


@rule
def complete(w: World, i: int, c: int, occasion: int) -> int:
    """Everything that a completed task of a component does; gives how the task ended."""
    if is_gone(w, i):
        return Outcome.CANCELLED
    component = w.components[c]
    patient = w.patients[i]
    nature = w.nature[i]
    key = patient.key
    ckey = component.key
    does = component.does
    if has(does, Effect.ENROL):
        if not accepts(w, i, c, occasion):
            return Outcome.REFUSED
        enrol(w, i)
    if component.enrolled and not patient.enrolled:
        return Outcome.CANCELLED
    if has(does, Effect.ASSESS_TIER):
        assign_tier(w, i, c, occasion)
    if has(does, Effect.SCREEN):
        u = uniform_at(key, ckey, Decision.TASK_FINDS, occasion)
        if nature.isolated and u < component.screen:
            patient.isolated = 1
        if nature.behavioural_health and u < component.screen:
            patient.behavioural_health = 1
    if has(does, Effect.DOCUMENT):
        find_undocumented(w, i, component.document, Decision.TASK_DOCUMENTS, occasion)
    if has(does, Effect.IMPROVE):
        add_dose(w, i, c, component.dose)
    if has(does, Effect.SHORTEN_EXCESS) and component.excess_cut > nature.excess_cut and natural_excess(w, i, w.run[0].now) > 0.0:
        nature.excess_cut = component.excess_cut
        nature.excess_cut_by = c
    if has(does, Effect.NOTICE_WARNING):
        notice_warning(w, i, c, uniform_at(key, ckey, Decision.TASK_NOTICES, occasion))
    if has(does, Effect.RESPOND) and occasion % 32 == Trigger.WARNING_NOTICED:
        respond(w, i, c, occasion // 32 // 8, occasion)
    if has(does, Effect.DIVERT):
        divert(w, i, c, occasion)
    if has(does, Effect.SHORTEN_STAY):
        shorten_stay(w, i, component.shorten)
    if has(does, Effect.END_OF_LIFE_TALK) and uniform_at(key, ckey, Decision.TASK_DIRECTIVE, occasion) < component.directive:
        patient.directive = 1
    if has(does, Effect.SET_OFF):
        announce(w, i, Trigger.TASK_DONE, day_of(w.run[0].now) + DAY_OFFSET, c, True)
    return Outcome.DONE


@rule
def chance_now(w: World, c: int) -> float:
    """The chance that nobody's-queue work is done on an occasion, on its path over time."""
    component = w.components[c]
    return min(1.0, max(0.0, component.chance + component.chance_trend * years(w.run[0].now)))
