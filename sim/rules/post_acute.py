"""Skilled nursing: the 72-hour rule and its waiver, beds, the stay and where it leads."""

from __future__ import annotations

from sim.rules.calendar import day_of
from sim.rules.compiling import rule
from sim.rules.drawing import drawn
from sim.rules.journal import announce, count, note
from sim.rules.stays import become_resident, choose_facility, close_snf, enter, go_home, has_free_bed
from sim.rules.streams import Decision, uniform
from sim.rules.units import DAY
from sim.rules.vocabulary import Counter, Event, Kind, Setting, Trigger
from sim.rules.world import World


@rule
def midnights(start: int, stop: int) -> int:
    """Inpatient midnights of a stay."""
    return day_of(stop) - day_of(start)


@rule
def earliest_covered_discharge(w: World, start: int) -> int:
    """The discharge of a stay that is kept until the 72-hour rule is satisfied."""
    p = w.parameters[0]
    return (day_of(start) + p.midnights_required) * DAY + p.leaves_after_midnight


@rule
def network_snf(w: World, u: float) -> int:
    """A SNF of the network, or -1 if there is none."""
    total = 0.0
    for f in range(len(w.facilities)):
        if w.facilities[f].kind == Kind.SNF and w.facilities[f].network:
            total += w.facilities[f].share
    left = u * total
    last = -1
    for f in range(len(w.facilities)):
        facility = w.facilities[f]
        if facility.kind == Kind.SNF and facility.network:
            last = f
            left -= facility.share
            if left < 0.0:
                return f
    return last


@rule
def waiver_applies(w: World, i: int, origin: int) -> bool:
    """Whether this patient may enter a network SNF without three midnights: waiver, aligned, approved by a physician."""
    p = w.parameters[0]
    if not (p.waiver and w.run[0].programme and w.run[0].now >= 0 and w.patients[i].cohort >= 0):
        return False
    if w.nature[i].residence != Setting.HOME:
        return False
    key = w.patients[i].key
    return uniform(key, Decision.PHYSICIAN_APPROVAL, origin) < p.snf_approval and network_snf(w, 0.5) >= 0


@rule
def snf_for(w: World, i: int, origin: int, in_network: bool) -> int:
    """The SNF that this stay would use."""
    u = uniform(w.patients[i].key, Decision.SNF_CHOICE, origin)
    return network_snf(w, u) if in_network else choose_facility(w, Kind.SNF, u)


@rule
def enter_snf(w: World, i: int, f: int) -> None:
    """Start a SNF stay; nature.covered and nature.waiver_stay say on whose account."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    key = w.patients[i].key
    origin = nature.origin
    if t - nature.spell_end > p.snf_spell_break:
        nature.snf_used_days = 0
    law = p.snf_waiver_stay if nature.waiver_stay else p.snf_stay
    stay = int(drawn(w, law, key, Decision.SNF_STAY, origin))
    last_free_day = p.snf_copayment_from - DAY
    if stay > last_free_day and not w.patients[i].supplemental and uniform(key, Decision.SNF_DAY_20, origin) < p.snf_day_20:
        stay = last_free_day
    w.facilities[f].occupied += 1
    if nature.covered:
        count(w, i, Counter.SNF_ADMISSIONS, 1)
        if nature.waiver_stay:
            count(w, i, Counter.SNF_DIRECT_ADMISSIONS, 1)
    note(w, i, Event.SNF_ADMISSION, f, origin, 2 * nature.waiver_stay + nature.covered, -1)
    enter(w, i, Setting.SNF, f, t + max(1, stay))
    announce(w, i, Trigger.SNF_ADMISSION, origin, -1, w.facilities[f].alerts == 1)


@rule
def try_direct_snf(w: World, i: int) -> bool:
    """From the ED, observation or the community straight to a network SNF, if a bed is free there."""
    nature = w.nature[i]
    f = snf_for(w, i, nature.origin, True)
    if f < 0 or not has_free_bed(w, f):
        return False
    nature.covered = 1
    nature.waiver_stay = 1
    nature.destination = 0
    enter_snf(w, i, f)
    return True


@rule
def end_snf(w: World, i: int) -> None:
    """A SNF stay has run its course: home, with or without home health, or long stay."""
    p = w.parameters[0]
    nature = w.nature[i]
    key = w.patients[i].key
    f = w.patients[i].facility
    close_snf(w, i)
    note(w, i, Event.SNF_DISCHARGE, f, nature.origin, 0, -1)
    if uniform(key, Decision.SNF_DESTINATION, nature.origin) < p.snf_to_long_stay:
        become_resident(w, i)
    else:
        go_home(w, i, uniform(key, Decision.SNF_HOME_HEALTH, nature.origin) < p.snf_home_health)
    announce(w, i, Trigger.SNF_DISCHARGE, nature.origin, -1, w.facilities[f].alerts == 1)
