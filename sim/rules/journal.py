"""The one way in which anything is counted, booked or logged, and in which a pending time is written."""

from __future__ import annotations

from sim.rules.calendar import tally_month
from sim.rules.compiling import rule
from sim.rules.records import SCREENS
from sim.rules.units import BASELINE_MONTHS, BASELINE_START, MINUTE, MONTH, PERIOD, WEEK
from sim.rules.vocabulary import CO_INSURED, FIRST_PAYMENT, LAST_PAYMENT, OWN_COUNTERS, TIME_COUNTERS, Counter, Event, Outcome, Trouble
from sim.rules.world import World

TOUCHED, LOGGED = 0, 1  # what an event had too much of


@rule
def stop_run(w: World, trouble: int, patient: int, value: float, bound: float, what: int) -> None:
    """Note why the run cannot go on; the clock stops after this event and says so."""
    run = w.run[0]
    if run.trouble == Trouble.NONE:
        run.trouble = trouble
        run.trouble_patient = patient
        run.trouble_value = value
        run.trouble_bound = bound
        run.trouble_what = what


@rule
def set_due(w: World, entity: int, t: int) -> None:
    """Write an entity's pending time and list it for the clock to re-arm."""
    if w.due[entity] != t:
        w.due[entity] = t
        run = w.run[0]
        if run.touched >= len(w.touched):
            stop_run(w, Trouble.EVENT_TOO_LARGE, 0, float(run.touched), 0.0, TOUCHED)
            return
        w.touched[run.touched] = entity
        run.touched += 1


@rule
def note(w: World, i: int, event: int, detail: int, origin: int, amount: int, staff: int) -> None:
    """Write one row of the event log at this moment, if a log is kept. i = -1: no patient; staff = -1: nobody."""
    note_at(w, i, w.run[0].now, event, detail, origin, amount, staff)


@rule
def note_at(w: World, i: int, t: int, event: int, detail: int, origin: int, amount: int, staff: int) -> None:
    """Write one row of the event log for time t, if a log is kept."""
    run = w.run[0]
    run.events += 1
    if run.logging:
        if run.logged >= len(w.log):
            stop_run(w, Trouble.EVENT_TOO_LARGE, max(i, 0), float(run.logged), 0.0, LOGGED)
            return
        row = w.log[run.logged]
        row.time = t
        row.patient = w.patients[i].number if i >= 0 else -1
        row.event = event
        row.detail = detail
        row.origin = origin
        row.amount = amount
        row.staff = staff
        run.logged += 1


@rule
def is_time(counter: int) -> bool:
    """Whether a counter adds up microseconds; a patient's own baseline year keeps them in whole minutes."""
    return (TIME_COUNTERS >> counter) & 1 == 1


@rule
def count_at(w: World, i: int, counter: int, amount: int, t: int) -> None:
    """Add to a counter of the patient's cohort in the month of t, and to the patient's own period, if that is kept."""
    kept = w.own.shape[1]
    if t < 0:
        if t >= BASELINE_START and counter < OWN_COUNTERS:
            w.own[i, 0, counter] += amount // MINUTE if is_time(counter) else amount
        return
    if kept > 1 and counter < OWN_COUNTERS:
        period = 1 + t // PERIOD
        if period < kept:
            w.own[i, period, counter] += amount // MINUTE if is_time(counter) else amount
    cohort = w.patients[i].cohort
    if cohort >= 0:
        month = BASELINE_MONTHS + tally_month(t)
        if month < w.run[0].months:
            w.tally[cohort, counter, month] += amount


@rule
def count(w: World, i: int, counter: int, amount: int) -> None:
    """Add to a counter now."""
    count_at(w, i, counter, amount, w.run[0].now)


@rule
def price_level(w: World, t: int) -> float:
    """The price level of the month of t against the price year."""
    return w.price_factor[t // MONTH - w.run[0].first_price_month]


@rule
def in_claims_year(w: World, screen: int, t: int) -> bool:
    """Whether t falls into the claims year that an eligibility screen sees."""
    run = w.run[0]
    return run.claims_from[screen] <= t and t < run.claims_to[screen]


@rule
def book(w: World, i: int, counter: int, dollars_cents: float) -> None:
    """Book a payment by category now, in cents of the price year; it is rounded to whole cents at today's prices."""
    book_at(w, i, w.run[0].now, counter, dollars_cents)


@rule
def book_at(w: World, i: int, t: int, counter: int, dollars_cents: float) -> None:
    """Book a payment at time t."""
    cents = int(dollars_cents * price_level(w, t) + 0.5)
    if cents == 0:
        return
    count_at(w, i, counter, cents, t)
    if counter >= FIRST_PAYMENT and counter <= LAST_PAYMENT:
        note_at(w, i, t, Event.PAYMENT, counter, 0, cents, -1)
        if (CO_INSURED >> counter) & 1:
            owe_at(w, i, t, int(cents * w.parameters[0].co_insurance + 0.5))
        for screen in range(SCREENS):
            if in_claims_year(w, screen, t):
                w.patients[i].claims_cost[screen] += cents


@rule
def owe_at(w: World, i: int, t: int, cents: int) -> None:
    """Book what the patient owes beside the payer's payment, at today's prices: their own, or their supplemental insurer's."""
    if cents > 0:
        count_at(w, i, Counter.SUPPLEMENT_SHARE if w.patients[i].supplemental else Counter.PATIENT_SHARE, cents, t)


@rule
def owe(w: World, i: int, dollars_cents: float) -> None:
    """Book now what the patient owes, in cents of the price year."""
    t = w.run[0].now
    owe_at(w, i, t, int(dollars_cents * price_level(w, t) + 0.5))


@rule
def announce(w: World, i: int, trigger: int, occasion: int, by: int, alert: bool) -> None:
    """Put on the agenda what components can react to once this event is over.

    by: the component that noticed it, or -1; alert: whether a programme's staff hear of it.
    """
    run = w.run[0]
    if run.listeners[trigger] == 0:
        return
    if run.agenda >= len(w.agenda):
        stop_run(w, Trouble.AGENDA_FULL, i, float(run.agenda), 0.0, trigger)
        return
    row = w.agenda[run.agenda]
    row.patient = i
    row.trigger = trigger
    row.alert = 1 if alert else 0
    row.by = by
    row.occasion = occasion
    run.agenda += 1


@rule
def tell_work(w: World, component: int, outcome: int, amount: int) -> None:
    """Add to a component's book of work (programme arm and usual care alike), by month from launch on."""
    t = w.run[0].now
    if t >= 0:
        w.work[tally_month(t), component, outcome] += amount


@rule
def tell_start(w: World, component: int, wait: int, on_time: bool) -> None:
    """Add the first attempt at a task, now, to its component's book of work."""
    t = w.run[0].now
    if t >= 0:
        book = w.work[tally_month(t), component]
        book[Outcome.STARTED] += 1
        book[Outcome.WAIT_US] += wait
        book[Outcome.WAITED] += 1 if wait > 0 else 0
        book[Outcome.ON_TIME] += 1 if on_time else 0


@rule
def tell_hours(w: World, component: int, tier: int, us: int) -> None:
    """Add staff time to a component's hours for patients of a tier, by week from launch on."""
    t = w.run[0].now
    if t >= 0:
        w.hours[t // WEEK, component, tier] += us
