"""Moving between settings: entering one, closing the one before, beds, payments of a finished stay."""

from __future__ import annotations

from sim.rules.calendar import day_of
from sim.rules.compiling import rule
from sim.rules.drawing import drawn
from sim.rules.journal import announce, book, count, count_at, note, owe, set_due, stop_run
from sim.rules.nature import look_ahead
from sim.rules.routine import write_up
from sim.rules.streams import Decision, uniform
from sim.rules.units import DAY, NEVER
from sim.rules.vocabulary import Counter, Destination, Event, Kind, Setting, Stream, Trigger, Trouble, Way
from sim.rules.world import World


@rule
def enter(w: World, i: int, setting: int, facility: int, until: int) -> None:
    """Put the patient into a setting until a time (NEVER: open-ended), and look ahead from the new state.

    Whose event it is plans anew: `replan` is called once, at the end of it.
    """
    t = w.run[0].now
    write_up(w, i, t)
    patient = w.patients[i]
    if patient.setting >= Setting.DEAD:
        stop_run(w, Trouble.IMPOSSIBLE_TRANSITION, i, 0.0, 0.0, setting)
        return
    patient.setting = setting
    patient.setting_since = t
    patient.facility = facility
    w.nature[i].t[Stream.STAY] = until
    look_ahead(w, i, t)


@rule
def has_free_bed(w: World, f: int) -> bool:
    """Whether a facility can take one more patient."""
    facility = w.facilities[f]
    return facility.beds < 0 or facility.occupied < facility.beds


@rule
def free_bed(w: World, f: int) -> None:
    """Give a bed back; the dispatch of beds follows, last in this instant."""
    facility = w.facilities[f]
    facility.occupied -= 1
    if facility.waiting >= 0:
        set_due(w, w.run[0].facilities_from + f, w.run[0].now)


@rule
def choose_facility(w: World, kind: int, u: float) -> int:
    """A facility of a kind in proportion to the shares, by one uniform."""
    last = -1
    for f in range(len(w.facilities)):
        facility = w.facilities[f]
        if facility.kind == kind and not facility.outside:
            last = f
            if u < facility.cumulative:
                return f
    return last


@rule
def outside_hospital(w: World, otherwise: int) -> int:
    """A hospital outside the network, if the scenario has one."""
    for f in range(len(w.facilities)):
        if w.facilities[f].kind == Kind.HOSPITAL and w.facilities[f].outside:
            return f
    return otherwise


@rule
def usual_or_other_hospital(w: World, i: int, origin: int) -> int:
    """The hospital of the patient's practice with the chance of their loyalty, else one outside."""
    usual = w.practices[w.patients[i].practice].hospital
    if uniform(w.patients[i].key, Decision.HOSPITAL_CHOICE, origin) < w.nature[i].loyalty:
        return usual
    return outside_hospital(w, usual)


@rule
def price(w: World, i: int, law: int, decision: int, occasion: int) -> float:
    """A payment drawn from a price law, cents of the price year."""
    return drawn(w, law, w.patients[i].key, decision, occasion)


@rule
def close_hospital(w: World, i: int) -> None:
    """Book a finished hospital stay: length, payment, cost; give the bed back."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    length = t - nature.admitted
    count(w, i, Counter.DISCHARGES, 1)
    count(w, i, Counter.STAY_US, length)
    count(w, i, Counter.HOSPITAL_US, length)
    if nature.destination == Destination.SNF:
        count(w, i, Counter.SNF_BOUND_STAYS, 1)
        count(w, i, Counter.SNF_BOUND_US, length)
    factor = p.price_planned_factor if nature.way == Way.PLANNED else 1.0
    paid = price(w, i, p.price_inpatient, Decision.PRICE_INPATIENT, nature.origin) * factor
    book(w, i, Counter.PAY_INPATIENT, paid)
    book(w, i, Counter.HOSPITAL_COST, paid * p.hospital_full_cost)
    book(w, i, Counter.PAY_PROFESSIONAL, price(w, i, p.price_professional, Decision.PRICE_PROFESSIONAL, nature.origin))
    if nature.admitted - nature.spell_end > p.snf_spell_break:  # a deductible for each spell of illness
        owe(w, i, p.price_deductible)
    nature.spell_end = t
    free_bed(w, w.patients[i].facility)


@rule
def close_snf(w: World, i: int) -> None:
    """Book a finished SNF stay: covered days up to the benefit, co-payment from its day on; give the bed back."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    since = w.patients[i].setting_since
    if nature.covered:
        days = day_of(t) - day_of(since)
        used = nature.snf_used_days
        days = max(0, min(days, p.snf_benefit // DAY - used))
        first_copayment = p.snf_copayment_from // DAY - 1
        copayment_days = max(0, used + days - max(used, first_copayment))
        nature.snf_used_days += days
        count(w, i, Counter.SNF_DISCHARGES, 1)
        count(w, i, Counter.SNF_US, t - since)
        book(w, i, Counter.PAY_SNF, max(0.0, days * p.price_snf_day - copayment_days * p.price_snf_copayment))
        owe(w, i, copayment_days * p.price_snf_copayment)
    nature.spell_end = t
    free_bed(w, w.patients[i].facility)


@rule
def close_stay(w: World, i: int) -> None:
    """Book and close whatever stay the patient is in, because they move, die or leave."""
    p = w.parameters[0]
    setting = w.patients[i].setting
    if setting == Setting.HOSPITAL:
        close_hospital(w, i)
    elif setting == Setting.SNF:
        close_snf(w, i)
    elif setting == Setting.HOSPICE:
        days = day_of(w.run[0].now) - day_of(w.patients[i].setting_since)
        book(w, i, Counter.PAY_HOSPICE, days * p.price_hospice_day)
    elif setting == Setting.OBSERVATION:
        book(w, i, Counter.PAY_OBSERVATION, price(w, i, p.price_observation, Decision.PRICE_OBSERVATION, w.nature[i].origin))


@rule
def close_index(w: World, i: int) -> None:
    """Mark an index discharge: alive, from which readmissions count and the post-discharge excess decays."""
    p = w.parameters[0]
    t = w.run[0].now
    nature = w.nature[i]
    nature.discharged = t
    nature.index_30 = 0
    nature.index_90 = 0
    nature.excess = p.excess * (p.home_instead_excess if nature.home_instead else 1.0)
    nature.excess_from = t
    nature.excess_cut = 0.0
    nature.excess_cut_by = -1
    count_at(w, i, Counter.INDEX_DISCHARGES, 1, t)


@rule
def go_home(w: World, i: int, home_health: bool) -> None:
    """Home (or back to long stay, where some live), with home health if ordered."""
    p = w.parameters[0]
    t = w.run[0].now
    if home_health and w.nature[i].residence == Setting.HOME:
        w.patients[i].home_health_until = t + p.home_health_episode
        note(w, i, Event.HOME_HEALTH, 0, w.nature[i].origin, 0, -1)
        book(w, i, Counter.PAY_HOME_HEALTH, price(w, i, p.price_home_health, Decision.PRICE_HOME_HEALTH, w.nature[i].origin))
        announce(w, i, Trigger.HOME_HEALTH, w.nature[i].origin, -1, True)
    enter(w, i, w.nature[i].residence, -1, NEVER)


@rule
def become_resident(w: World, i: int) -> None:
    """Long stay in a nursing facility."""
    w.nature[i].residence = Setting.LONG_STAY
    note(w, i, Event.LONG_STAY, 0, w.nature[i].origin, 0, -1)
    enter(w, i, Setting.LONG_STAY, -1, NEVER)


@rule
def enter_hospice(w: World, i: int, origin: int) -> None:
    """Hospice until death: a setting, not a way to leave."""
    p = w.parameters[0]
    t = w.run[0].now
    stay = drawn(w, p.hospice_stay, w.patients[i].key, Decision.HOSPICE_STAY, origin)
    note(w, i, Event.HOSPICE, 0, origin, 0, -1)
    enter(w, i, Setting.HOSPICE, -1, t + max(1, int(stay)))
