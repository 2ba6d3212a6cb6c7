"""A crisis candidate: whether it happens, whether help averts it, and where it takes the patient."""

from __future__ import annotations

import math

from sim.rules.acute import CRISIS_ORIGIN, admit, go_to_ed
from sim.rules.calendar import day_of, office_is_open
from sim.rules.compiling import rule
from sim.rules.drawing import drawn
from sim.rules.journal import book, count, note, stop_run
from sim.rules.nature import (
    candidate_level,
    crisis_hazard,
    dose_sum,
    home_health_factor,
    is_modifiable,
    look_ahead,
    natural_excess,
    replan,
)
from sim.rules.post_acute import try_direct_snf, waiver_applies
from sim.rules.stays import close_stay, enter_hospice, price, usual_or_other_hospital
from sim.rules.streams import Decision, uniform
from sim.rules.units import NEVER
from sim.rules.vocabulary import Counter, Disposition, Event, Setting, Stream, Trouble, Way
from sim.rules.world import World

PER_MILLION = 1_000_000


@rule
def is_programme(w: World, c: int) -> bool:
    """Whether a component belongs to the programme rather than to usual care."""
    return c >= 0 and w.components[c].programme == 1


@rule
def natural_cut(w: World, i: int) -> float:
    """The cut of the excess that would stand without the programme."""
    nature = w.nature[i]
    return 0.0 if is_programme(w, nature.excess_cut_by) else nature.excess_cut


@rule
def dose_of(w: World, i: int, c: int) -> float:
    """What a component has left behind with the patient, not decayed since the last addition."""
    column = w.components[c].dose_column
    return w.dose[i, column] if column >= 0 else 0.0


@rule
def give_credit(w: World, i: int, t: int, k: int, dose: float) -> None:
    """Log how the programme's components share the log-hazard that they removed; the shares sum to one million.

    A convention: standing improvements count with their doses, a shortened excess with its log ratio.
    """
    nature = w.nature[i]
    c_count = len(w.components)
    raw = 0.0
    for c in range(c_count):
        if is_programme(w, c):
            raw += dose_of(w, i, c)
    excess = natural_excess(w, i, t) * home_health_factor(w, i, t)
    cut_by = nature.excess_cut_by
    cut = math.log((1.0 + excess) / (1.0 + excess * (1.0 - nature.excess_cut))) if is_programme(w, cut_by) else 0.0
    standing = dose if raw > 0.0 else 0.0
    total = standing + cut
    if total <= 0.0:
        return
    given = 0
    last = -1
    for c in range(c_count):
        if is_programme(w, c) and ((raw > 0.0 and dose_of(w, i, c) > 0.0) or (c == cut_by and cut > 0.0)):
            last = c
    for c in range(c_count):
        share = 0.0
        if is_programme(w, c) and raw > 0.0:
            share += standing * dose_of(w, i, c) / raw
        if c == cut_by:
            share += cut
        if share > 0.0:
            part = PER_MILLION - given if c == last else int(PER_MILLION * share / total)
            given += part
            note(w, i, Event.CREDIT, c, 8 * k, part, -1)


@rule
def note_averted(w: World, i: int, k: int) -> None:
    """A crisis that would have happened at this moment without the programme."""
    count(w, i, Counter.AVERTED, 1)
    note(w, i, Event.CRISIS_AVERTED, 0, 8 * k, 0, -1)


@rule
def credit_warning(w: World, i: int, k: int) -> None:
    """Half to the component that noticed, half to the one that responded: a convention."""
    nature = w.nature[i]
    note(w, i, Event.CREDIT, nature.noticed_by, 8 * k, PER_MILLION // 2, -1)
    note(w, i, Event.CREDIT, nature.help_by, 8 * k, PER_MILLION - PER_MILLION // 2, -1)


@rule
def meet_crisis(w: World, i: int) -> None:
    """The crisis candidate of now: happen, be averted, or be nothing."""
    nature = w.nature[i]
    t = w.run[0].now
    key = w.patients[i].key
    k = nature.k[Stream.CRISIS]
    dose = dose_sum(w, i, t)
    if dose > 0.0 and not is_modifiable(w, i, k, t):
        dose = 0.0
    hazard = crisis_hazard(w, i, t, nature.excess_cut, dose)
    if hazard > nature.crisis_bound * (1.0 + 1e-9):
        stop_run(w, Trouble.HAZARD_ABOVE_BOUND, i, hazard, nature.crisis_bound, Stream.CRISIS)
    level = candidate_level(key, k) * nature.crisis_bound
    if level >= hazard:
        if w.run[0].programme and level < crisis_hazard(w, i, t, natural_cut(w, i), 0.0):
            note_averted(w, i, k)
            give_credit(w, i, t, k, dose)
        look_ahead(w, i, t)
        return
    milder = False
    if nature.help_k == k and nature.help_from <= t and is_modifiable(w, i, k, t):
        v = uniform(key, Decision.RESPONSE_AVERTS, k)
        help_given = w.components[nature.help_by]
        if v < help_given.averts:
            if is_programme(w, nature.help_by):
                note_averted(w, i, k)
                credit_warning(w, i, k)
            look_ahead(w, i, t)
            return
        milder = v < help_given.averts + help_given.milder
    happen(w, i, k, milder)


@rule
def happen(w: World, i: int, k: int, milder: bool) -> None:
    """A crisis: a complication in an acute bed; else an urgent visit if mild enough and a slot is open, else the ED.

    Whoever enters another setting looks ahead from there; who stays looks ahead here.
    """
    p = w.parameters[0]
    nature = w.nature[i]
    patient = w.patients[i]
    key = patient.key
    severity = uniform(key, Decision.CRISIS_SEVERITY, k)
    count(w, i, Counter.CRISES, 1)
    note(w, i, Event.CRISIS, int(severity * 1000.0), 8 * k + CRISIS_ORIGIN, 0, -1)
    setting = patient.setting
    if setting == Setting.ED or setting == Setting.OBSERVATION or setting == Setting.HOSPITAL:
        complicate(w, i, k)
        look_ahead(w, i, w.run[0].now)
        return
    close_stay(w, i)
    nature.origin = 8 * k + CRISIS_ORIGIN
    nature.snf_candidate = 1 if uniform(key, Decision.CRISIS_SNF_CANDIDATE, k) < p.snf_candidate_share else 0
    mild = milder or severity < p.mild_share
    if mild and setting == Setting.HOME and take_urgent_slot(w, patient.practice):
        count(w, i, Counter.URGENT_VISITS, 1)
        note(w, i, Event.URGENT_VISIT, patient.practice, nature.origin, 0, -1)
        book(w, i, Counter.PAY_PRIMARY, price(w, i, p.price_urgent, Decision.PRICE_VISIT, nature.origin))
        if not (nature.snf_candidate and waiver_applies(w, i, nature.origin) and try_direct_snf(w, i)):
            look_ahead(w, i, w.run[0].now)
        return
    disposition = disposition_of(w, i, k, severity, mild)
    terminal = disposition == Disposition.ADMISSION and nature.in_decline and patient.directive
    if terminal and uniform(key, Decision.TERMINAL_ADMISSION, k) >= p.directive_terminal:
        enter_hospice(w, i, nature.origin)
        return
    if disposition == Disposition.ADMISSION and uniform(key, Decision.CRISIS_DIRECT, k) < p.direct_share:
        admit(w, i, usual_or_other_hospital(w, i, nature.origin), Way.DIRECT)
        return
    go_to_ed(w, i, disposition)


@rule
def disposition_of(w: World, i: int, k: int, severity: float, mild: bool) -> int:
    """What the ED would do by severity: the most severe are admitted, the next observed, the others sent home."""
    p = w.parameters[0]
    if not mild and p.mild_share < 1.0:
        height = (severity - p.mild_share) / (1.0 - p.mild_share)
        if height >= 1.0 - p.admitted_share:
            return Disposition.ADMISSION
        if height >= 1.0 - p.admitted_share - p.observed_share:
            return Disposition.OBSERVATION
    candidate = w.nature[i].snf_candidate
    if candidate and uniform(w.patients[i].key, Decision.SNF_CANDIDATE_ADMITTED, k) < p.snf_candidate_admitted:
        return Disposition.ADMISSION
    return Disposition.HOME


@rule
def complicate(w: World, i: int, k: int) -> None:
    """A complication lengthens the stay."""
    p = w.parameters[0]
    nature = w.nature[i]
    note(w, i, Event.COMPLICATION, 0, 8 * k, 0, -1)
    if nature.t[Stream.STAY] < NEVER:
        more = drawn(w, p.complication, w.patients[i].key, Decision.COMPLICATION, k)
        nature.t[Stream.STAY] += int(more)
        replan(w, i)


@rule
def take_urgent_slot(w: World, practice: int) -> bool:
    """Use an urgent slot of the practice today, if the office is open and one is left."""
    t = w.run[0].now
    if not office_is_open(w, t):
        return False
    office = w.practices[practice]
    day = day_of(t)
    if office.slot_day != day:
        office.slot_day = day
        office.slots_used = 0
    if office.slots_used >= office.slots:
        return False
    office.slots_used += 1
    return True
