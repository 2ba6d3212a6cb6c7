"""The records that hold all state of a run, every pending time included.

An arm is forked by copying them, and a clock can be rebuilt from them at any instant. What staff may see is in
`patients`; what only nature's rules may read is in `nature`. Times are microseconds since launch, money is cents,
rates are per year, shares are 0 to 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.rules.vocabulary import STREAMS, TRIGGERS, Setting

RECENT = 8  # how many recent admissions and ED visits the record keeps for tiering
LAYERS = 8  # of the crisis stream, see nature.py
SCREENS = 2  # eligibility is decided at launch and at the refresh date


def _record(fields: list[Any]) -> np.dtype[Any]:
    """A record type with its widest fields first, so that nothing is lost between them."""
    return np.dtype(sorted(fields, key=lambda field: -np.dtype(field[1]).itemsize), align=True)


PATIENT = _record(
    [
        ("key", "u8"),
        ("number", "i4"),
        ("cohort", "i1"),  # -1 none, 0 original, 1 refresh
        ("practice", "i2"),
        ("age", "f8"),  # at launch, years
        ("female", "i1"),
        ("documented", "i4"),
        ("risk_score", "f8"),
        ("medications", "i2"),
        ("isolated", "i1"),
        ("behavioural_health", "i1"),
        ("directive", "i1"),
        ("supplemental", "i1"),
        ("in_service_area", "i1"),
        ("exclusions", "i2"),
        ("setting", "i1"),
        ("setting_since", "i8"),
        ("facility", "i2"),
        ("enrolled", "i1"),
        ("enrolled_at", "i8"),
        ("unenrolled_at", "i8"),
        ("contacted_at", "i8"),  # the last contact since enrolment; enrolled_at when there was none
        ("left_at", "i8"),
        ("tier", "i1"),
        ("place", "f8"),  # place among the patients of its cohort, 0 to 1: decides who of a panel role looks after it
        ("admitted_at", "i4", (RECENT,)),  # minutes since launch
        ("ed_at", "i4", (RECENT,)),
        ("admitted_count", "i4"),
        ("ed_count", "i4"),
        ("home_health_until", "i8"),
        ("first_task", "i4"),
        ("worked_month", "i4"),  # the last month in which the programme's staff worked for the patient, and for how long
        ("worked_us", "i8"),
        # the claims years of the two eligibility screens: at launch, at the refresh date
        ("claims_cost", "i8", (SCREENS,)),
        ("claims_admissions", "i4", (SCREENS,)),
        ("claims_home_admissions", "i4", (SCREENS,)),
        ("claims_visits", "i4", (SCREENS,)),
    ],
)

NATURE = _record(
    [
        ("frailty", "f8"),
        ("burden", "f8"),
        ("engagement", "f8"),
        ("loyalty", "f8"),
        ("willingness", "f8"),
        ("isolated", "i1"),
        ("behavioural_health", "i1"),
        ("family_carer", "i1"),
        ("conditions", "i4"),
        ("risk", "f8"),
        ("added_risk", "f8"),
        ("acuity", "f8"),  # standard normal score
        # what risk, frailty and acuity alone decide, written anew when one of them changes
        ("crisis_level", "f8"),  # crisis hazard at home, per year
        ("death_level", "f8"),  # factor of the background hazard of death
        ("in_decline", "i1"),
        ("residence", "i1"),  # where the patient lives: Setting.HOME or Setting.LONG_STAY
        # post-discharge excess of the crisis hazard
        ("excess", "f8"),
        ("excess_from", "i8"),
        ("excess_cut", "f8"),
        ("excess_cut_by", "i2"),
        # bounds of the candidate streams, per year
        ("crisis_bound", "f8"),
        ("death_bound", "f8"),
        ("decline_bound", "f8"),
        ("leaving_bound", "f8"),
        ("planned_bound", "f8"),
        ("visit_bound", "f8"),
        ("routine_bound", "f8"),
        ("routine_growth", "f8"),  # of routine use with the patient's risk, against risk 1
        # pending times and candidate numbers by stream
        ("t", "i8", (STREAMS,)),
        ("first", "i1"),  # the stream that comes first
        ("k", "i4", (STREAMS,)),
        ("layer_k", "i4", (LAYERS,)),  # the next crisis candidate of each layer, and when it comes
        ("layer_t", "i8", (LAYERS,)),
        ("looked_below", "f8"),  # candidates below this uniform were looked for last
        ("visit_k", "i4"),  # the last primary visit's candidate known to lie before now
        ("visit_raw", "i8"),
        ("routine_k", "i4"),  # the next candidate of a specialist or outpatient visit
        ("routine_raw", "i8"),
        ("routine_t", "i8"),
        # the present stay
        ("origin", "i8"),  # the candidate from which it follows
        ("way", "i1"),
        ("disposition", "i1"),
        ("destination", "i1"),
        ("admitted", "i8"),
        ("snf_candidate", "i1"),
        ("home_instead", "i1"),
        ("diverted", "i1"),
        ("waiting_for", "i2"),
        ("waiting_next", "i4"),
        ("waiver_stay", "i1"),
        ("covered", "i1"),
        ("snf_used_days", "i4"),
        ("spell_end", "i8"),
        # the last index discharge
        ("discharged", "i8"),
        ("index_30", "i1"),
        ("index_90", "i1"),
        # a warning that was noticed, and the help that came
        ("noticed_k", "i4"),
        ("noticed_by", "i2"),
        ("help_k", "i4"),
        ("help_by", "i2"),
        ("help_from", "i8"),
        # standing improvement
        ("dose_at", "i8"),
    ],
)

COMPONENT = _record(
    [
        ("key", "u8"),
        ("programme", "i1"),
        ("role", "i2"),  # -1: nobody's queue
        ("mode", "i1"),
        ("triggers", "i8"),
        ("by", "i8"),
        ("every", "i8", (4,)),  # by tier 0..3; 0 = not scheduled
        ("chance", "f8"),
        ("chance_trend", "f8"),
        ("delay", "i8"),  # number of a law
        ("hours", "i8"),  # number of a law
        ("attempts", "i2"),
        ("starts", "i8"),
        ("stops", "i8"),
        ("due", "i8"),
        ("deadline", "i8"),
        ("urgency", "i1"),
        # for whom
        ("tiers", "i8"),
        ("conditions", "i8"),
        ("settings", "i8"),
        ("medications", "i2"),
        ("risk_score", "f8"),
        ("age", "f8"),
        ("isolated", "i1"),
        ("behavioural_health", "i1"),
        ("cohorts", "i8"),
        ("enrolled", "i1"),
        # what a completed task does
        ("does", "i8"),  # bits of the effects it has at all
        ("enrol", "f8"),
        ("notice", "f8"),
        ("averts", "f8"),
        ("milder", "f8"),
        ("dose", "f8"),
        ("excess_cut", "f8"),
        ("divert_home", "f8"),
        ("divert_snf", "f8"),
        ("shorten", "i8"),
        ("directive", "f8"),
        ("document", "f8"),
        ("screen", "f8"),
        ("needs_slot", "i1"),
        # columns of world.slots and world.dose; -1: not scheduled, leaves no standing improvement
        ("slot_column", "i2"),
        ("dose_column", "i2"),
        ("scheduled", "i2"),  # in row s: the component of slot column s
    ],
)

TASK = _record(
    [
        ("component", "i2"),
        ("patient", "i4"),
        ("occasion", "i8"),
        ("attempt", "i2"),
        ("state", "i1"),
        ("reached", "i1"),
        ("after_hours", "i1"),  # for an alert: whether offices are closed when the task can be begun first
        ("queue", "i4"),
        ("tier", "i1"),
        ("requested_at", "i8"),
        ("ready_at", "i8"),
        ("due_at", "i8"),
        ("deadline", "i8"),
        ("work_us", "i8"),
        # in its queue, a pairing heap: first child, next sibling, and previous sibling or parent; `next` also links free rows
        ("child", "i4"),
        ("next", "i4"),
        ("previous", "i4"),
        ("sibling", "i4"),  # next open task of the same patient
    ],
)

ROLE = _record(
    [
        ("key", "u8"),
        ("first", "i4"),
        ("members", "i4"),
        ("pool", "i1"),
        ("first_queue", "i4"),
        ("queues", "i4"),
        ("waiting", "i8"),  # tasks in its queues
        ("idle", "i4"),  # members whose status is idle, absent ones among them
        ("idle_from", "i4"),  # none before this one is
        ("always", "i1"),
        ("weekdays", "i1"),
        ("opens", "i8"),
        ("closes", "i8"),
        ("pace", "f8"),  # productive share of an open hour
        ("absence", "f8"),
        ("cover", "i1"),
        ("turnover", "f8"),
        ("vacancy", "i8"),  # mean, microseconds
        ("training", "i8"),
        ("productivity", "f8"),
    ],
)

STAFF = _record(
    [
        ("key", "u8"),
        ("role", "i2"),
        ("queue", "i4"),
        ("fte", "f8"),
        ("status", "i1"),
        ("tenure", "i4"),
        ("since", "i8"),
        ("change_at", "i8"),  # next hiring or departure
        ("leaves_on", "i8"),
        ("free_at", "i8"),  # end of the task in hand
        ("task", "i4"),
        ("home_practice", "i2"),
        ("absence_known", "i8"),  # the week and tenure for which `absent` was drawn last, plus one
        ("absent", "i1"),
        ("place_to", "f8"),  # patients with a place below this, and not below the member before, are theirs
        ("patients", "i4"),
    ],
)

QUEUE = _record([("owner", "i4"), ("role", "i4"), ("head", "i4"), ("length", "i8")])

PRACTICE = _record(
    [
        ("key", "u8"),
        ("hospital", "i2"),
        ("physicians", "i4"),
        ("slots", "i4"),  # urgent slots a day, whole practice
        ("champion", "i1"),
        ("integration", "f8"),
        ("slot_day", "i8"),
        ("slots_used", "i4"),
    ],
)

FACILITY = _record(
    [
        ("key", "u8"),
        ("kind", "i1"),
        ("share", "f8"),
        ("cumulative", "f8"),  # share of all up to and with this one, by kind
        ("outside", "i1"),
        ("alerts", "i1"),
        ("network", "i1"),
        ("beds", "i8"),  # -1: unlimited
        ("occupied", "i8"),
        ("waiting", "i4"),  # first patient who waits for a bed
        ("waiting_last", "i4"),
    ],
)

# superseded_by: conditions in whose presence this one adds nothing (the HCC hierarchy)
CONDITION = _record([("prevalence", "f8"), ("coefficient", "f8"), ("superseded_by", "i8")])

# conditions that together add to the score
INTERACTION = _record([("conditions", "i8"), ("coefficient", "f8")])

PARAMETERS = _record(
    [
        # crises
        ("crisis_rate", "f8"),
        ("crisis_risk_exponent", "f8"),
        ("ageing", "f8"),
        ("warned_share", "f8"),
        ("warning", "i8"),
        ("ambulatory_sensitive_share", "f8"),
        ("modifiable_community", "f8"),
        ("modifiable_post_discharge", "f8"),
        ("modifiable_decline", "f8"),
        ("post_discharge_window", "i8"),
        ("setting_factor", "f8", (Setting.DEAD,)),  # of the crisis hazard, by setting
        ("excess", "f8"),
        ("excess_decay", "f8"),
        ("admission_trend", "f8"),
        # acuity
        ("acuity_sd", "f8"),
        ("acuity_jumps", "f8"),
        ("acuity_memory", "f8"),
        ("new_condition_chance", "f8"),
        ("most_added_risk", "f8"),
        ("documented_share", "f8"),
        ("model_factor", "f8"),
        ("acute_hcc", "f8"),
        # decline
        ("decline_onset", "f8"),
        ("decline_age_slope", "f8"),
        ("decline_multiplier", "f8"),
        ("decline_death", "f8"),
        ("decline_remission", "f8"),
        ("decline_at_start", "f8"),
        # death and leaving
        ("gompertz_level", "f8"),
        ("gompertz_slope", "f8"),
        ("death_risk_exponent", "f8"),
        ("moves", "f8"),
        ("joins_ma", "f8"),
        ("leaving_gradient", "f8"),
        # visits
        ("visits_primary", "f8"),
        ("visits_specialist", "f8"),
        ("visits_outpatient", "f8"),
        ("visits_risk_exponent", "f8"),
        ("visits_trend", "f8"),
        ("missed_share", "f8"),
        ("group_share", "f8"),
        # acute care
        ("mild_share", "f8"),
        ("ed_stay", "i8"),
        ("direct_share", "f8"),
        ("admitted_share", "f8"),
        ("observed_share", "f8"),
        ("observation", "i8"),
        ("observed_then_admitted", "f8"),
        ("snf_candidate_share", "f8"),
        ("snf_candidate_admitted", "f8"),
        ("stay", "i8"),
        ("stay_post_acute", "f8"),
        ("readmission_extra", "i8"),
        ("complication", "i8"),
        ("fatality", "f8"),
        ("fatality_decline", "f8"),
        ("planned", "f8"),
        ("to_snf", "f8"),
        ("to_home_health", "f8"),
        ("to_hospice", "f8"),
        ("to_long_stay", "f8"),
        ("kept_for_rule", "f8"),
        ("pays_privately", "f8"),
        ("home_instead_excess", "f8"),
        # post-acute care
        ("snf_stay", "i8"),
        ("snf_waiver_stay", "i8"),
        ("snf_day_20", "f8"),
        ("snf_to_long_stay", "f8"),
        ("snf_death", "f8"),
        ("midnights_required", "i8"),
        ("leaves_after_midnight", "i8"),
        ("snf_benefit", "i8"),
        ("snf_copayment_from", "i8"),
        ("snf_spell_break", "i8"),
        ("snf_approval", "f8"),
        ("snf_home_health", "f8"),
        ("home_health_episode", "i8"),
        ("home_health_excess", "f8"),
        ("hospice_share", "f8"),
        ("hospice_stay", "i8"),
        ("directive_effect", "f8"),
        ("directive_terminal", "f8"),
        ("waiver", "i1"),
        # work
        ("duration_scale", "f8"),
        ("documentation", "f8"),
        ("home_travel", "i8"),
        ("practice_travel", "i8"),
        ("practice_answer", "i8"),
        ("champion", "f8"),
        ("failed_attempt", "i8"),
        ("retry_after", "i8"),
        ("reach", "f8", (5,)),
        ("reach_engagement", "f8"),
        ("reach_isolated", "f8"),
        ("reach_carer", "f8"),
        ("half_life", "f8"),
        ("dose_ceiling", "f8"),
        ("lost_with_manager", "f8"),
        ("tier_risk_score", "f8"),
        ("tier_admission", "f8"),
        ("tier_ed", "f8"),
        ("tier_behavioural_health", "f8"),
        ("tier_isolated", "f8"),
        ("tier_medications", "f8"),
        ("tier_noise", "f8"),
        ("tier_1", "f8"),
        ("tier_2", "f8"),
        ("tier_look_back", "i8"),
        # enrolment
        ("enrol_at_entry", "i1"),
        ("refusal", "f8", (2,)),
        ("withdrawal", "f8"),
        ("graduation", "i8"),  # number of a law, -1 none
        # prices: numbers of laws in cents, or plain cents
        ("price_inpatient", "i8"),
        ("price_planned_factor", "f8"),
        ("price_professional", "i8"),
        ("price_ed", "i8"),
        ("price_observation", "i8"),
        ("price_snf_day", "f8"),
        ("price_snf_copayment", "f8"),
        ("price_deductible", "f8"),
        ("co_insurance", "f8"),  # what the patient owes per dollar that the payer pays under Part B
        ("price_home_health", "i8"),
        ("price_hospice_day", "f8"),
        ("price_primary", "i8"),
        ("price_urgent", "i8"),
        ("price_specialist", "i8"),
        ("price_outpatient", "i8"),
        ("hospital_full_cost", "f8"),
    ],
)

RUN = _record(
    [
        ("now", "i8"),
        ("start", "i8"),
        ("programme", "i1"),
        ("horizon", "i8"),
        ("ageing_supremum", "f8"),  # the largest ageing multiplier of the crisis hazard between start and horizon
        ("claims_from", "i8", (SCREENS,)),
        ("claims_to", "i8", (SCREENS,)),
        ("visits_from", "i8"),  # the first claims or baseline year: routine visits before it would leave nothing behind
        ("first_weekday", "i8"),  # weekday of the launch, Monday = 0
        ("months", "i8"),  # months of the tally: the baseline year, then one for each programme month
        ("first_price_month", "i8"),
        ("free_task", "i4"),
        ("free_tasks", "i8"),
        ("serial", "i8"),  # of the last task requested
        ("touched", "i8"),
        ("agenda", "i8"),  # triggers announced in this event
        ("listeners", "i8", (TRIGGERS,)),  # bits of the components that react to a trigger, and RULEBOOK_LISTENS
        ("logging", "i1"),
        ("logged", "i8"),
        ("events", "i8"),
        # where each kind of entity starts in `due`
        ("tasks_from", "i8"),
        ("staff_from", "i8"),
        ("facilities_from", "i8"),
        ("roles_from", "i8"),
        ("entities", "i8"),
        ("trouble", "i1"),
        ("trouble_patient", "i8"),
        ("trouble_value", "f8"),
        ("trouble_bound", "f8"),
        ("trouble_what", "i8"),
    ],
)

LOG = _record(
    [("time", "i8"), ("patient", "i4"), ("event", "i2"), ("staff", "i2"), ("detail", "i4"), ("origin", "i8"), ("amount", "i8")],
)


AGENDA = _record([("patient", "i4"), ("trigger", "i1"), ("alert", "i1"), ("by", "i2"), ("occasion", "i8")])


def empty(dtype: np.dtype[Any], rows: int) -> Any:
    """Zeroed records that can be read by name in Python and in compiled code; shape (rows,)."""
    return np.zeros(rows, dtype).view(np.recarray)


def duplicate(array: Any) -> Any:
    """A copy of a contiguous array, byte by byte: NumPy copies records field by field, which is much slower."""
    same = np.empty(array.shape, array.dtype)
    same.view(np.uint8)[...] = array.view(np.ndarray).view(np.uint8)
    return same.view(type(array))


TURN_STEP = 1 << 40  # a turn is rank * TURN_STEP + number; ranks: patient, task, staff, facility, dispatcher
RULEBOOK_LISTENS = 1 << 62  # a rule reacts to the trigger by itself
TOUCHED_ROWS = 4096
AGENDA_ROWS = 512
