"""Nature's rules: the hazards of crises, decline, death, leaving and routine use, and their candidate streams.

Each stream is a Poisson stream of candidates at a rate that bounds any hazard the patient can have; a candidate
happens if its uniform is below hazard / bound. Candidates are the same in all arms: care changes hazards only.
"""

from __future__ import annotations

import math

import numpy as np

from sim.rules.calendar import office_time, years
from sim.rules.compiling import rule
from sim.rules.drawing import drawn
from sim.rules.journal import set_due, stop_run
from sim.rules.laws import FAR, normal_quantile, waiting_time
from sim.rules.records import LAYERS
from sim.rules.streams import Decision, uniform
from sim.rules.units import NEVER, WEEK, YEAR
from sim.rules.vocabulary import STREAMS, Setting, Stream, Trouble
from sim.rules.world import World

MOST_ARREARS = 100.0  # candidates of routine visits that may be waiting to be written up, on average
ACUITY_SPAN = 3.0  # acuity scores are cut at +-3 standard deviations, so that the multiplier has a supremum


@rule
def is_gone(w: World, i: int) -> bool:
    """Whether the patient has died or left the plan."""
    return w.patients[i].setting >= Setting.DEAD


@rule
def replan(w: World, i: int) -> None:
    """The patient's pending time is the earliest of its streams."""
    times = w.nature[i].t
    earliest = times[0]
    for s in range(1, STREAMS):
        earliest = min(earliest, times[s])
    first = 0
    while times[first] != earliest:
        first += 1
    w.nature[i].first = first
    set_due(w, i, min(earliest, NEVER))


@rule
def age_at(w: World, i: int, t: int) -> float:
    """Age in years."""
    return w.patients[i].age + years(t)


# --- multipliers of the crisis hazard and their suprema -------------------------------------------------------------


@rule
def acuity_multiplier(w: World, score: float) -> float:
    """Log-normal multiplier with mean about 1 at a standard normal score."""
    sd = w.parameters[0].acuity_sd
    return math.exp(sd * score - 0.5 * sd * sd)


@rule
def ageing_multiplier(w: World, t: int) -> float:
    """Growth of the crisis hazard with time, ageing and admission trend together."""
    p = w.parameters[0]
    return math.exp((p.ageing + p.admission_trend) * years(t))


@rule
def fix_ageing_supremum(w: World) -> None:
    """Write down the largest ageing multiplier between the start of the run and its horizon."""
    run = w.run[0]
    run.ageing_supremum = max(ageing_multiplier(w, run.start), ageing_multiplier(w, run.horizon))


@rule
def natural_excess(w: World, i: int, t: int) -> float:
    """Post-discharge excess of the hazard before anybody shortens it: it decays exponentially from the discharge."""
    nature = w.nature[i]
    if nature.excess == 0.0:
        return 0.0
    return nature.excess * math.exp(-(t - nature.excess_from) / w.parameters[0].excess_decay)


@rule
def home_health_factor(w: World, i: int, t: int) -> float:
    """The factor of the excess while home health visits."""
    return w.parameters[0].home_health_excess if t < w.patients[i].home_health_until else 1.0


@rule
def excess_supremum(w: World) -> float:
    """The largest post-discharge excess."""
    p = w.parameters[0]
    return p.excess * max(1.0, p.home_instead_excess)


@rule
def constant_hazard(w: World, i: int, risk: float) -> float:
    """The part of the crisis hazard that only risk and frailty decide, per year."""
    p = w.parameters[0]
    return p.crisis_rate * risk**p.crisis_risk_exponent * w.nature[i].frailty


@rule
def fix_levels(w: World, i: int) -> None:
    """Write down what risk, frailty and acuity alone decide; to be called when one of them has changed."""
    nature = w.nature[i]
    nature.crisis_level = constant_hazard(w, i, nature.risk) * acuity_multiplier(w, nature.acuity)
    nature.death_level = nature.risk ** w.parameters[0].death_risk_exponent


@rule
def state_hazard(w: World, i: int) -> float:
    """The crisis hazard of the patient's present state without time-varying parts, per year."""
    nature = w.nature[i]
    p = w.parameters[0]
    h = nature.crisis_level * p.setting_factor[w.patients[i].setting]
    if nature.in_decline:
        h *= p.decline_multiplier
    return h


@rule
def dose_sum(w: World, i: int, t: int) -> float:
    """Standing improvement now: doses decayed with their half-life, summed over components, up to the ceiling."""
    p = w.parameters[0]
    total = 0.0
    for c in range(w.dose.shape[1]):
        total += w.dose[i, c]
    if total == 0.0:
        return 0.0
    total *= math.exp(-math.log(2.0) * (t - w.nature[i].dose_at) / p.half_life)
    return min(total, p.dose_ceiling)


@rule
def crisis_hazard(w: World, i: int, t: int, cut: float, dose: float) -> float:
    """The crisis hazard now, per year, with a given cut of the excess and a given standing improvement."""
    excess = natural_excess(w, i, t) * home_health_factor(w, i, t) * (1.0 - cut)
    hazard = state_hazard(w, i) * ageing_multiplier(w, t) * (1.0 + excess)
    return hazard * math.exp(-dose) if dose > 0.0 else hazard


@rule
def crisis_supremum(w: World, i: int) -> float:
    """The product of the suprema of all multipliers over the horizon, per year: fixed at entry, the same in all arms."""
    p = w.parameters[0]
    risk = w.nature[i].risk + p.most_added_risk
    places = 0.0
    for factor in p.setting_factor:
        places = max(places, factor)
    return (
        constant_hazard(w, i, risk)
        * acuity_multiplier(w, ACUITY_SPAN if p.acuity_sd > 0.0 else 0.0)
        * w.run[0].ageing_supremum
        * (1.0 + excess_supremum(w))
        * max(1.0, p.decline_multiplier)
        * places
    )


# --- the crisis stream ----------------------------------------------------------------------------------------------


@rule
def gap(key: int, decision: int, k: int, per_year: float) -> int:
    """Microseconds from candidate k - 1 to candidate k of a stream; NEVER for a stream without candidates."""
    if per_year <= 0.0:
        return NEVER
    return waiting_time(uniform(key, decision, k), YEAR / per_year)


# The candidates of one patient are a Poisson stream at the rate `crisis_bound`, each with a uniform that decides whether
# it happens. They are kept in layers by the height of that uniform: layer j holds those between 2^-(j+1) and 2^-j, the
# last one all below. Each layer is a Poisson stream of its own, so that a patient at low risk never meets the many
# candidates that only the worst state could make happen. A candidate's number says its layer: number = k * LAYERS + layer.


LAYER_FLOOR = np.append(0.5 ** np.arange(1, LAYERS), 0.0)  # the lowest uniform of each layer
LAYER_WIDTH = np.append(0.5 ** np.arange(1, LAYERS), 0.5 ** (LAYERS - 1))  # its share of all candidates


@rule
def candidate_level(key: int, number: int) -> float:
    """The uniform that decides whether a crisis candidate happens."""
    j = number % LAYERS
    return LAYER_FLOOR[j] + LAYER_WIDTH[j] * uniform(key, Decision.CRISIS_HAPPENS, number)


@rule
def layer_gap(w: World, i: int, j: int, k: int) -> int:
    """Microseconds from candidate k - 1 to candidate k of layer j."""
    return gap(w.patients[i].key, Decision.CRISIS_GAP, k * LAYERS + j, w.nature[i].crisis_bound * LAYER_WIDTH[j])


@rule
def pass_over(w: World, i: int, j: int) -> None:
    """Move layer j to its next candidate."""
    nature = w.nature[i]
    nature.layer_k[j] += 1
    nature.layer_t[j] += layer_gap(w, i, j, nature.layer_k[j])


@rule
def first_layer(w: World, i: int, highest: int) -> int:
    """The layer, from `highest` down, whose next candidate comes first."""
    times = w.nature[i].layer_t
    found = LAYERS - 1
    first = times[found]
    for back in range(1, LAYERS - highest):
        j = LAYERS - 1 - back
        found = j if times[j] < first else found  # chosen without a branch, which nobody could foretell
        first = min(first, times[j])
    return found


@rule
def look_ahead(w: World, i: int, t: int) -> None:
    """Find the next crisis candidate that could happen in the patient's present state.

    Candidates whose uniform is above even the best case of the present state are passed over here and never enter
    the clock. Whenever the state can have changed the search is made again.
    """
    nature = w.nature[i]
    if is_gone(w, i) or nature.crisis_bound <= 0.0:
        nature.t[Stream.CRISIS] = NEVER
        return
    ceiling = state_hazard(w, i) * w.run[0].ageing_supremum * (1.0 + natural_excess(w, i, t))
    if ceiling > nature.crisis_bound * (1.0 + 1e-9):
        stop_run(w, Trouble.HAZARD_ABOVE_BOUND, i, ceiling, nature.crisis_bound, Stream.CRISIS)
    level = ceiling / nature.crisis_bound
    if level == nature.looked_below and nature.t[Stream.CRISIS] > t:
        return  # what was found stands
    nature.looked_below = level
    nature.t[Stream.CRISIS] = NEVER
    highest = 0
    while highest < LAYERS and LAYER_FLOOR[highest] >= level:
        highest += 1
    if highest == LAYERS:
        return
    j = first_layer(w, i, highest)
    while nature.layer_t[j] <= t:  # the layer of the candidate that has just been met, or one that was of no account before now
        while nature.layer_t[j] <= t:
            pass_over(w, i, j)
        j = first_layer(w, i, highest)
    k = nature.layer_k[j]
    at = nature.layer_t[j]
    horizon = w.run[0].horizon
    if j == highest and LAYER_FLOOR[j] + LAYER_WIDTH[j] > level:  # some candidates of this layer are above the level
        lower = first_layer(w, i, j + 1) if j + 1 < LAYERS else j
        limit = min(horizon, nature.layer_t[lower]) if lower != j else horizon
        key = w.patients[i].key
        while at < limit and candidate_level(key, k * LAYERS + j) >= level:
            k += 1
            at += layer_gap(w, i, j, k)
        if at >= limit and lower != j:
            j = lower
            k = nature.layer_k[j]
            at = nature.layer_t[j]
    if at < horizon:
        nature.k[Stream.CRISIS] = k * LAYERS + j
        nature.t[Stream.CRISIS] = at


@rule
def warning_time(w: World, i: int, k: int) -> float:
    """Microseconds before crisis candidate k in which signs are there to be noticed; 0 if it is sudden."""
    p = w.parameters[0]
    key = w.patients[i].key
    if uniform(key, Decision.CRISIS_WARNED, k) >= p.warned_share:
        return 0.0
    return drawn(w, p.warning, key, Decision.CRISIS_WARNING_TIME, k)


@rule
def is_modifiable(w: World, i: int, k: int, t: int) -> bool:
    """Whether candidate k could be averted: its mark against the modifiable share of the patient's state at t."""
    p = w.parameters[0]
    nature = w.nature[i]
    if nature.in_decline:
        share = p.modifiable_decline
    elif nature.discharged > -NEVER and t - nature.discharged < p.post_discharge_window:
        share = p.modifiable_post_discharge
    else:
        share = p.modifiable_community
    return uniform(w.patients[i].key, Decision.CRISIS_MODIFIABLE, k) < share


@rule
def warning_now(w: World, i: int, t: int) -> int:
    """The number of the next coming crisis whose signs are there to be noticed at t, or -1."""
    nature = w.nature[i]
    if nature.crisis_bound <= 0.0 or is_gone(w, i):
        return -1
    key = w.patients[i].key
    natural = crisis_hazard(w, i, t, nature.excess_cut, 0.0)
    improved = natural * math.exp(-dose_sum(w, i, t))
    first = t + int(w.laws[w.parameters[0].warning].high) + 1
    found = -1
    for back in range(LAYERS):
        j = LAYERS - 1 - back
        if LAYER_FLOOR[j] * nature.crisis_bound >= natural:
            return found
        while nature.layer_t[j] <= t:
            pass_over(w, i, j)
        k = nature.layer_k[j]
        at = nature.layer_t[j]
        while at < first:
            number = k * LAYERS + j
            if at - warning_time(w, i, number) <= t:
                hazard = improved if is_modifiable(w, i, number, at) else natural
                if candidate_level(key, number) * nature.crisis_bound < hazard:
                    first = at
                    found = number
                    break
            k += 1
            at += layer_gap(w, i, j, k)
    return found


# --- the other streams ----------------------------------------------------------------------------------------------


@rule
def death_hazard(w: World, i: int, t: int) -> float:
    """Hazard of death besides crises, per year: Gompertz background x risk, decline, SNF."""
    p = w.parameters[0]
    nature = w.nature[i]
    h = p.gompertz_level * math.exp(p.gompertz_slope * age_at(w, i, t)) * nature.death_level
    if nature.in_decline:
        h += p.decline_death
    if w.patients[i].setting == Setting.SNF:
        h += p.snf_death
    return h


@rule
def decline_hazard(w: World, i: int, t: int) -> float:
    """Hazard of the onset of decline, or of its remission, per year."""
    p = w.parameters[0]
    nature = w.nature[i]
    if nature.in_decline:
        return p.decline_remission
    return p.decline_onset * nature.risk * math.exp(p.decline_age_slope * (age_at(w, i, t) - 76.0))


@rule
def leaving_hazard(w: World, i: int) -> float:
    """Hazard of leaving the plan, per year: moves follow need, Medicare Advantage attracts the healthier."""
    p = w.parameters[0]
    risk = w.nature[i].risk
    return p.moves * risk**p.leaving_gradient + p.joins_ma * risk ** (-p.leaving_gradient)


@rule
def planned_hazard(w: World, i: int) -> float:
    """Hazard of a planned admission, per year."""
    return w.parameters[0].planned * w.nature[i].risk


@rule
def routine_growth(w: World, risk: float) -> float:
    """How routine ambulatory use grows with the risk score, against risk 1."""
    return risk ** w.parameters[0].visits_risk_exponent


@rule
def trend_of_visits(w: World, t: int) -> float:
    """Routine use at t against that at launch."""
    trend = w.parameters[0].visits_trend
    return 1.0 if trend == 0.0 else math.exp(trend * years(t))


@rule
def primary_appointments(w: World) -> float:
    """Appointments in primary care per year at risk 1, kept or missed."""
    p = w.parameters[0]
    return p.visits_primary / (1.0 - p.missed_share)


@rule
def other_visits(w: World) -> float:
    """Specialist and outpatient visits per year at risk 1."""
    return w.parameters[0].visits_specialist + w.parameters[0].visits_outpatient


@rule
def next_candidate(w: World, i: int, stream: int, decision: int, per_year: float) -> None:
    """Move a stream to its next candidate."""
    nature = w.nature[i]
    if per_year <= 0.0:
        nature.t[stream] = NEVER
        return
    nature.k[stream] += 1
    nature.t[stream] += gap(w.patients[i].key, decision, nature.k[stream], per_year)


@rule
def next_visit(w: World, i: int) -> None:
    """Find the next appointment in primary care at the patient's present risk; visits fall into office hours.

    Candidates that do not happen are passed over here and never enter the clock. When the risk rises, the search starts
    again from the last candidate before now.
    """
    nature = w.nature[i]
    nature.t[Stream.VISIT] = NEVER
    if nature.visit_bound <= 0.0:
        return
    run = w.run[0]
    key = w.patients[i].key
    steady = primary_appointments(w) * nature.routine_growth
    k = nature.visit_k
    raw = nature.visit_raw
    while True:
        k += 1
        raw += gap(key, Decision.VISIT_GAP, k, nature.visit_bound)
        if raw >= run.horizon + WEEK:
            return
        at = office_time(w, raw)
        if at <= run.now:
            nature.visit_k = k
            nature.visit_raw = raw
        elif uniform(key, Decision.VISIT_HAPPENS, k) * nature.visit_bound < steady * trend_of_visits(w, at):
            nature.k[Stream.VISIT] = k
            nature.t[Stream.VISIT] = at
            return


@rule
def next_routine(w: World, i: int) -> None:
    """Move on to the next candidate of a specialist or outpatient visit."""
    nature = w.nature[i]
    if nature.routine_bound <= 0.0:
        nature.routine_t = NEVER
        return
    nature.routine_k += 1
    nature.routine_raw += gap(w.patients[i].key, Decision.ROUTINE_GAP, nature.routine_k, nature.routine_bound)
    nature.routine_t = office_time(w, nature.routine_raw)


@rule
def put_off_routine(w: World, i: int, t: int) -> None:
    """Specialist and outpatient visits are written up with the patient's next event, at the latest after so many candidates."""
    nature = w.nature[i]
    if nature.routine_bound > 0.0:
        nature.t[Stream.ROUTINE] = t + int(min(YEAR * MOST_ARREARS / nature.routine_bound, FAR))


@rule
def happens(w: World, i: int, stream: int, decision: int, hazard: float, bound: float) -> bool:
    """Whether the present candidate of a stream happens; a hazard above its bound stops the run."""
    if hazard > bound * (1.0 + 1e-9):
        stop_run(w, Trouble.HAZARD_ABOVE_BOUND, i, hazard, bound, stream)
    return uniform(w.patients[i].key, decision, w.nature[i].k[stream]) * bound < hazard


@rule
def fix_bounds(w: World, i: int) -> None:
    """Fix the bounds of all candidate streams at entry: suprema over the horizon, the same in all arms."""
    p = w.parameters[0]
    run = w.run[0]
    nature = w.nature[i]
    most = nature.risk + p.most_added_risk
    nature.crisis_bound = crisis_supremum(w, i)
    nature.death_bound = (
        p.gompertz_level * math.exp(p.gompertz_slope * age_at(w, i, run.horizon)) * max(most, nature.risk) ** p.death_risk_exponent
        + p.decline_death
        + p.snf_death
    )
    onset = p.decline_onset * most
    oldest = max(
        math.exp(p.decline_age_slope * (age_at(w, i, run.horizon) - 76.0)),
        math.exp(p.decline_age_slope * (age_at(w, i, run.start) - 76.0)),
    )
    nature.decline_bound = max(onset * oldest, p.decline_remission)
    nature.leaving_bound = p.moves * max(most**p.leaving_gradient, nature.risk**p.leaving_gradient) + p.joins_ma * max(
        nature.risk ** (-p.leaving_gradient), most ** (-p.leaving_gradient)
    )
    nature.planned_bound = p.planned * most
    nature.routine_growth = routine_growth(w, nature.risk)
    growth = max(routine_growth(w, most), nature.routine_growth)
    growth *= max(trend_of_visits(w, run.start), trend_of_visits(w, run.horizon + WEEK))
    nature.visit_bound = primary_appointments(w) * growth
    nature.routine_bound = other_visits(w) * growth


@rule
def start_life(w: World, i: int) -> None:
    """Put the patient's streams at their first candidates, at the start of the run."""
    p = w.parameters[0]
    nature = w.nature[i]
    start = w.run[0].start
    key = w.patients[i].key
    if p.acuity_sd > 0.0:
        score = normal_quantile(uniform(key, Decision.START_ACUITY, 0))
        nature.acuity = min(max(score, -ACUITY_SPAN), ACUITY_SPAN)
    if uniform(key, Decision.START_IN_DECLINE, 0) < p.decline_at_start:
        nature.in_decline = 1
    fix_levels(w, i)
    fix_bounds(w, i)
    for s in range(STREAMS):
        nature.t[s] = NEVER
        nature.k[s] = 0
    if nature.crisis_bound > 0.0:
        for j in range(LAYERS):
            nature.layer_k[j] = 0
            nature.layer_t[j] = start
        look_ahead(w, i, start)
    for s in (Stream.DEATH, Stream.DECLINE, Stream.LEAVING, Stream.PLANNED, Stream.ACUITY):
        nature.t[s] = start
    next_candidate(w, i, Stream.DEATH, Decision.DEATH_GAP, nature.death_bound)
    next_candidate(w, i, Stream.DECLINE, Decision.DECLINE_GAP, nature.decline_bound)
    next_candidate(w, i, Stream.LEAVING, Decision.LEAVING_GAP, nature.leaving_bound)
    next_candidate(w, i, Stream.PLANNED, Decision.PLANNED_GAP, nature.planned_bound)
    next_candidate(w, i, Stream.ACUITY, Decision.ACUITY_GAP, p.acuity_jumps)
    nature.visit_k = 0
    nature.visit_raw = max(start, w.run[0].visits_from)
    next_visit(w, i)
    nature.routine_k = 0
    nature.routine_raw = nature.visit_raw
    next_routine(w, i)
    put_off_routine(w, i, start)
    replan(w, i)
