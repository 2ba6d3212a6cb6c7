"""ED, observation and hospital."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.drawing import drawn
from sim.rules.journal import announce, book, count, count_at, in_claims_year, note
from sim.rules.nature import replan
from sim.rules.passing import die
from sim.rules.post_acute import earliest_covered_discharge, enter_snf, midnights, snf_for, try_direct_snf, waiver_applies
from sim.rules.records import RECENT, SCREENS
from sim.rules.stays import (
    become_resident,
    close_hospital,
    close_index,
    close_stay,
    enter,
    enter_hospice,
    go_home,
    has_free_bed,
    outside_hospital,
    price,
    usual_or_other_hospital,
)
from sim.rules.streams import Decision, uniform
from sim.rules.units import DAY, MINUTE, NEVER
from sim.rules.vocabulary import Counter, Destination, Disposition, Event, Kind, Setting, Stream, Trigger, Way
from sim.rules.world import World

PLANNED_ORIGIN = 1  # origins are 8 x candidate + the stream they come from
CRISIS_ORIGIN = 0


@rule
def go_to_ed(w: World, i: int, disposition: int) -> None:
    """Arrive at an ED; what it will end in is decided by severity, and can still be changed by work there."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    patient = w.patients[i]
    f = usual_or_other_hospital(w, i, nature.origin)
    nature.disposition = disposition
    nature.diverted = 0
    count(w, i, Counter.ED_VISITS, 1)
    patient.ed_at[patient.ed_count % RECENT] = t // MINUTE
    patient.ed_count += 1
    note(w, i, Event.ED_ARRIVAL, f, nature.origin, 0, -1)
    stay = drawn(w, p.ed_stay, patient.key, Decision.ED_STAY, nature.origin)
    enter(w, i, Setting.ED, f, t + int(stay))
    announce(w, i, Trigger.ED_VISIT, nature.origin, -1, w.facilities[f].alerts == 1)


@rule
def end_ed(w: World, i: int) -> None:
    """Leave the ED: home, observation, admission or, with the waiver, a SNF."""
    p = w.parameters[0]
    nature = w.nature[i]
    f = w.patients[i].facility
    disposition = nature.diverted - 1 if nature.diverted else nature.disposition
    note(w, i, Event.ED_DEPARTURE, disposition, nature.origin, 0, -1)
    if disposition == Disposition.ADMISSION:
        admit(w, i, f, Way.ED)
        return
    if disposition == Disposition.OBSERVATION:
        stay = drawn(w, p.observation, w.patients[i].key, Decision.OBSERVATION_STAY, nature.origin)
        count(w, i, Counter.OBSERVATION_STAYS, 1)
        note(w, i, Event.OBSERVATION, f, nature.origin, 0, -1)
        enter(w, i, Setting.OBSERVATION, f, w.run[0].now + int(stay))
        announce(w, i, Trigger.OBSERVATION, nature.origin, -1, w.facilities[f].alerts == 1)
        return
    book(w, i, Counter.PAY_ED, price(w, i, p.price_ed, Decision.PRICE_ED, nature.origin))
    if disposition == Disposition.SNF and try_direct_snf(w, i):
        return
    go_home(w, i, False)


@rule
def end_observation(w: World, i: int) -> None:
    """After observation: admission, home, or with the waiver a SNF for those who need it."""
    p = w.parameters[0]
    nature = w.nature[i]
    f = w.patients[i].facility
    if uniform(w.patients[i].key, Decision.OBSERVATION_THEN_ADMITTED, nature.origin) < p.observed_then_admitted:
        admit(w, i, f, Way.OBSERVATION)
        return
    close_stay(w, i)
    if nature.snf_candidate and waiver_applies(w, i, nature.origin) and try_direct_snf(w, i):
        return
    go_home(w, i, False)


@rule
def destination_of(w: World, i: int, origin: int) -> int:
    """Where a stay leads, by marks fixed at the crisis and the patient's state at admission."""
    p = w.parameters[0]
    key = w.patients[i].key
    nature = w.nature[i]
    fatality = p.fatality
    if nature.in_decline:
        fatality *= p.fatality_decline
    if uniform(key, Decision.FATALITY, origin) < fatality:
        return Destination.DEATH
    if nature.in_decline:
        hospice = p.to_hospice * (p.directive_effect if w.patients[i].directive else 1.0)
        if uniform(key, Decision.HOSPICE, origin) < hospice:
            return Destination.HOSPICE
    u = uniform(key, Decision.DESTINATION, origin)
    if u < p.to_snf:
        return Destination.SNF
    u -= p.to_snf
    if u < p.to_home_health:
        return Destination.HOME_HEALTH
    u -= p.to_home_health
    if u < p.to_long_stay:
        return Destination.LONG_STAY
    return Destination.HOME


@rule
def needed_stay(w: World, i: int, origin: int, destination: int) -> int:
    """How long the stay is medically needed."""
    p = w.parameters[0]
    t = w.run[0].now
    stay = drawn(w, p.stay, w.patients[i].key, Decision.STAY, origin)
    if destination == Destination.SNF or destination == Destination.HOME_HEALTH:
        stay *= p.stay_post_acute
    if t - w.nature[i].discharged < 30 * DAY:
        stay += p.readmission_extra
    return max(1, int(stay))


@rule
def find_hospital_bed(w: World, i: int, f: int) -> int:
    """The hospital that takes the patient: the chosen one, or when it is full one outside."""
    if has_free_bed(w, f):
        return f
    count(w, i, Counter.BED_DIVERSIONS, 1)
    note(w, i, Event.BED_DIVERSION, f, w.nature[i].origin, 0, -1)
    other = outside_hospital(w, -1)
    if other >= 0 and has_free_bed(w, other):
        return other
    for g in range(len(w.facilities)):
        if w.facilities[g].kind == Kind.HOSPITAL and has_free_bed(w, g):
            return g
    return f


@rule
def count_readmission(w: World, i: int) -> None:
    """An unplanned admission within 30 or 90 days of the index discharge, booked in the month of that discharge."""
    t = w.run[0].now
    nature = w.nature[i]
    since = t - nature.discharged
    if since <= 30 * DAY and not nature.index_30:
        nature.index_30 = 1
        count_at(w, i, Counter.READMITTED_30, 1, nature.discharged)
    if since <= 90 * DAY and not nature.index_90:
        nature.index_90 = 1
        count_at(w, i, Counter.READMITTED_90, 1, nature.discharged)


@rule
def admit(w: World, i: int, wished: int, way: int) -> None:
    """Admission to hospital: bed, length of stay, destination, and how the 72-hour rule shapes both."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    patient = w.patients[i]
    origin = nature.origin
    f = find_hospital_bed(w, i, wished)
    w.facilities[f].occupied += 1
    count(w, i, Counter.ADMISSIONS, 1)
    if way == Way.PLANNED:
        count(w, i, Counter.PLANNED_ADMISSIONS, 1)
    else:
        count_readmission(w, i)
        if uniform(patient.key, Decision.CRISIS_AMBULATORY_SENSITIVE, origin // 8) < p.ambulatory_sensitive_share:
            count(w, i, Counter.ACSC_ADMISSIONS, 1)
        if way != Way.DIRECT:
            count(w, i, Counter.ED_ADMISSIONS, 1)
    patient.admitted_at[patient.admitted_count % RECENT] = t // MINUTE
    patient.admitted_count += 1
    own = w.practices[patient.practice].hospital == f
    for screen in range(SCREENS):
        if in_claims_year(w, screen, t):
            patient.claims_admissions[screen] += 1
            if own:
                patient.claims_home_admissions[screen] += 1
    nature.way = way
    nature.admitted = t
    nature.home_instead = 0
    nature.covered = 1
    nature.waiver_stay = 0
    destination = destination_of(w, i, origin)
    needed = needed_stay(w, i, origin, destination)
    if destination == Destination.SNF and midnights(t, t + needed) < p.midnights_required:
        if waiver_applies(w, i, origin):
            nature.waiver_stay = 1
        else:
            u = uniform(patient.key, Decision.RULE_RESPONSE, origin)
            if u < p.kept_for_rule:
                needed = earliest_covered_discharge(w, t) - t
            elif u < p.kept_for_rule + p.pays_privately:
                nature.covered = 0
            else:
                nature.home_instead = 1
    nature.destination = destination
    note(w, i, Event.ADMISSION, f, origin, way, -1)
    enter(w, i, Setting.HOSPITAL, f, t + needed)
    announce(w, i, Trigger.ADMISSION, origin, -1, w.facilities[f].alerts == 1)


@rule
def wait_for_bed(w: World, i: int, f: int) -> None:
    """Stay in hospital until the SNF has a bed: first come, first served, ties by patient."""
    nature = w.nature[i]
    facility = w.facilities[f]
    count(w, i, Counter.BED_WAITS, 1)
    note(w, i, Event.BED_WAIT, f, nature.origin, 0, -1)
    nature.waiting_for = f
    nature.waiting_next = -1
    if facility.waiting < 0:
        facility.waiting = i
    else:
        w.nature[facility.waiting_last].waiting_next = i
    facility.waiting_last = i
    nature.t[Stream.STAY] = NEVER
    replan(w, i)


@rule
def end_hospital(w: World, i: int) -> None:
    """The stay is no longer needed: leave, or wait for a SNF bed."""
    nature = w.nature[i]
    if nature.destination == Destination.SNF and not nature.home_instead:
        f = snf_for(w, i, nature.origin, nature.waiver_stay == 1)
        if f >= 0:
            if has_free_bed(w, f):
                leave_hospital(w, i, f)
            else:
                wait_for_bed(w, i, f)
            return
        nature.home_instead = 1
    leave_hospital(w, i, -1)


@rule
def leave_hospital(w: World, i: int, snf: int) -> None:
    """Discharge, alive or dead; snf: the facility that has a bed, or -1."""
    nature = w.nature[i]
    origin = nature.origin
    f = w.patients[i].facility
    alerts = w.facilities[f].alerts == 1
    destination = nature.destination
    note(w, i, Event.DISCHARGE, f, origin, destination, -1)
    if destination == Destination.DEATH:
        die(w, i)
        return
    close_hospital(w, i)
    if destination == Destination.HOSPICE:
        enter_hospice(w, i, origin)
        return
    close_index(w, i)
    if destination == Destination.SNF and snf >= 0:
        enter_snf(w, i, snf)
    elif destination == Destination.LONG_STAY:
        become_resident(w, i)
    else:
        go_home(w, i, destination == Destination.HOME_HEALTH)
    announce(w, i, Trigger.DISCHARGE, origin, -1, alerts)


@rule
def dispatch_beds(w: World, f: int) -> None:
    """Give free beds of a SNF to those who wait for them, in the order in which they began to wait."""
    facility = w.facilities[f]
    while facility.waiting >= 0 and has_free_bed(w, f):
        i = facility.waiting
        facility.waiting = w.nature[i].waiting_next
        w.nature[i].waiting_for = -1
        leave_hospital(w, i, f)
        replan(w, i)


@rule
def planned_admission(w: World, i: int) -> None:
    """A planned admission at home; those in decline or elsewhere do not have one."""
    nature = w.nature[i]
    if w.patients[i].setting != Setting.HOME or nature.in_decline:
        return
    nature.origin = 8 * nature.k[Stream.PLANNED] + PLANNED_ORIGIN
    nature.snf_candidate = 0
    admit(w, i, usual_or_other_hospital(w, i, nature.origin), Way.PLANNED)
