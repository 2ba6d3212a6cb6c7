"""A patient's own course: acuity that comes and goes, new conditions, routine visits, what gets documented."""

from __future__ import annotations

import math

from sim.rules.compiling import rule
from sim.rules.journal import announce, book, count, in_claims_year, note
from sim.rules.laws import normal_quantile
from sim.rules.nature import ACUITY_SPAN, fix_levels, look_ahead, next_visit, routine_growth
from sim.rules.records import SCREENS
from sim.rules.routine import write_up
from sim.rules.stays import price
from sim.rules.streams import Decision, uniform
from sim.rules.units import YEAR
from sim.rules.vocabulary import Counter, Event, Setting, Stream, Trigger, Visit
from sim.rules.world import World

VISIT_ORIGIN = 2
ACUITY_ORIGIN = 4


@rule
def move_acuity(w: World, i: int) -> None:
    """A jump of the mean-reverting acuity score; some jumps bring a new condition."""
    p = w.parameters[0]
    nature = w.nature[i]
    key = w.patients[i].key
    k = nature.k[Stream.ACUITY]
    fresh = normal_quantile(uniform(key, Decision.ACUITY_SIZE, k))
    score = p.acuity_memory * nature.acuity + math.sqrt(1.0 - p.acuity_memory * p.acuity_memory) * fresh
    nature.acuity = min(max(score, -ACUITY_SPAN), ACUITY_SPAN)
    fix_levels(w, i)
    note(w, i, Event.ACUITY, int(nature.acuity * 1000.0), 8 * k + ACUITY_ORIGIN, 0, -1)
    if uniform(key, Decision.NEW_CONDITION, k) < p.new_condition_chance * min(nature.burden, 1.0 / max(p.new_condition_chance, 1e-12)):
        acquire_condition(w, i, k)
    look_ahead(w, i, w.run[0].now)


@rule
def condition_score(w: World, mask: int) -> float:
    """What a set of conditions adds to the risk score: coefficients under the hierarchy, and interactions."""
    total = 0.0
    for c in range(len(w.conditions)):
        if mask & (1 << c) and mask & w.conditions[c].superseded_by == 0:
            total += w.conditions[c].coefficient
    for j in range(len(w.interactions)):
        together = w.interactions[j].conditions
        if mask & together == together:
            total += w.interactions[j].coefficient
    return total * w.parameters[0].model_factor


@rule
def acquire_condition(w: World, i: int, k: int) -> None:
    """A new true condition, drawn by prevalence; it raises the risk up to the declared bound."""
    p = w.parameters[0]
    nature = w.nature[i]
    total = 0.0
    for c in range(len(w.conditions)):
        total += w.conditions[c].prevalence
    left = uniform(w.patients[i].key, Decision.NEW_CONDITION_WHICH, k) * total
    for c in range(len(w.conditions)):
        left -= w.conditions[c].prevalence
        if left < 0.0:
            with_it = nature.conditions | (1 << c)
            more = condition_score(w, with_it) - condition_score(w, nature.conditions)
            if with_it != nature.conditions and more >= 0.0 and nature.added_risk + more <= p.most_added_risk:
                write_up(w, i, w.run[0].now)
                nature.conditions = with_it
                nature.added_risk += more
                nature.risk += more
                fix_levels(w, i)
                nature.routine_growth = routine_growth(w, nature.risk)
                next_visit(w, i)
                note(w, i, Event.NEW_CONDITION, c, 8 * k + ACUITY_ORIGIN, 0, -1)
            return


@rule
def find_undocumented(w: World, i: int, share: float, decision: int, occasion: int) -> None:
    """Document each true but undocumented condition with a chance; the observed risk score follows."""
    patient = w.patients[i]
    missing = w.nature[i].conditions & ~patient.documented
    if missing == 0:
        return
    found = 0
    for c in range(len(w.conditions)):
        if missing & (1 << c) and uniform(patient.key, decision, occasion * 64 + c) < share:
            found |= 1 << c
    if found:
        before = condition_score(w, patient.documented)
        patient.documented |= found
        patient.risk_score += condition_score(w, patient.documented) - before


@rule
def document(w: World, i: int) -> None:
    """What claims document: each true condition has one chance a year to be written down at a visit or stay."""
    year = w.run[0].now // YEAR
    find_undocumented(w, i, w.parameters[0].documented_share, Decision.DOCUMENTED, year + 1000)


@rule
def meet_visit(w: World, i: int) -> None:
    """An appointment in primary care: kept, or missed."""
    p = w.parameters[0]
    t = w.run[0].now
    patient = w.patients[i]
    k = w.nature[i].k[Stream.VISIT]
    origin = 8 * k + VISIT_ORIGIN
    if patient.setting != Setting.HOME and patient.setting != Setting.LONG_STAY:
        return
    if uniform(patient.key, Decision.VISIT_MISSED, k) < p.missed_share:
        count(w, i, Counter.MISSED_VISITS, 1)
        note(w, i, Event.MISSED_VISIT, Visit.PRIMARY, origin, 0, -1)
        announce(w, i, Trigger.MISSED_VISIT, origin, -1, True)
        return
    count(w, i, Counter.VISITS, 1)
    note(w, i, Event.VISIT, Visit.PRIMARY, origin, 0, -1)
    book(w, i, Counter.PAY_PRIMARY, price(w, i, p.price_primary, Decision.PRICE_VISIT, origin))
    if uniform(patient.key, Decision.VISIT_IN_GROUP, k) < p.group_share:
        for screen in range(SCREENS):
            if in_claims_year(w, screen, t):
                patient.claims_visits[screen] += 1
    document(w, i)
    announce(w, i, Trigger.VISIT, origin, -1, True)
