"""Specialist and outpatient visits: written up in arrears.

Nobody reacts to them, so that they need no place among the pending times. They are written up, each at its own time, before
anything changes on which they depend (where the patient is, the risk), and at the end of a run. In the event log they so
stand after other rows of a later time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.rules.compiling import rule
from sim.rules.drawing import drawn
from sim.rules.journal import book_at, count_at, note_at
from sim.rules.nature import next_routine, other_visits, put_off_routine, trend_of_visits
from sim.rules.rooms import LOG_MARGIN, take_log
from sim.rules.streams import Decision, uniform
from sim.rules.vocabulary import Counter, Event, Setting, Visit
from sim.rules.world import World

ROUTINE_ORIGIN = 6  # origins are 8 x candidate + the stream they come from


@rule
def write_up(w: World, i: int, t: int) -> None:
    """Write up the specialist and outpatient visits before t; the patient's state is that of all this time."""
    if w.nature[i].routine_t < t:
        work_off_arrears(w, i, t)


@rule
def work_off_arrears(w: World, i: int, t: int) -> None:
    """The visits before t, of which there is one at least."""
    nature = w.nature[i]
    setting = w.patients[i].setting
    at_home = setting == Setting.HOME or setting == Setting.LONG_STAY
    steady = other_visits(w) * nature.routine_growth
    key = w.patients[i].key
    while nature.routine_t < t:
        at = nature.routine_t
        k = nature.routine_k
        if at_home and uniform(key, Decision.ROUTINE_HAPPENS, k) * nature.routine_bound < steady * trend_of_visits(w, at):
            visit(w, i, at, k)
        next_routine(w, i)
    put_off_routine(w, i, t)


@rule
def visit(w: World, i: int, t: int, k: int) -> None:
    """A specialist or an outpatient visit at time t, and its payment."""
    p = w.parameters[0]
    key = w.patients[i].key
    origin = 8 * k + ROUTINE_ORIGIN
    specialist = uniform(key, Decision.ROUTINE_KIND, k) * other_visits(w) < p.visits_specialist
    count_at(w, i, Counter.VISITS, 1, t)
    note_at(w, i, t, Event.VISIT, Visit.SPECIALIST if specialist else Visit.OUTPATIENT, origin, 0, -1)
    law = p.price_specialist if specialist else p.price_outpatient
    paid = drawn(w, law, key, Decision.PRICE_VISIT, origin)
    book_at(w, i, t, Counter.PAY_SPECIALIST if specialist else Counter.PAY_OUTPATIENT, paid)


@rule
def write_up_from(w: World, first: int, t: int, log_margin: int) -> int:
    """Write up the patients from row `first` on; gives the row at which the log ran short, or the number of patients."""
    run = w.run[0]
    for i in range(first, len(w.patients)):
        if run.logging and run.logged + log_margin > len(w.log):
            return i
        write_up(w, i, t)
    return len(w.patients)


def close_books(world: World, stop: int, on_log: Callable[[Any], None] | None) -> None:
    """The end of a run: everybody's visits before `stop` are written up, and what is left of the log goes out."""
    first = 0
    while first < len(world.patients):
        first = write_up_from(world, first, stop, LOG_MARGIN)
        if on_log is not None and world.run[0].logged:
            on_log(take_log(world))
    world.run[0].now = stop
