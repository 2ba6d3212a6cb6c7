"""Working hours: adding open time, measuring it, and the map of a week into office hours."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.tseries.holiday import USFederalHolidayCalendar

from sim.assembly.panel import ground, settle
from sim.assembly.staff import role_names
from sim.population.drawing import draw_panel
from sim.rules.calendar import (
    OFFICE_CLOSES,
    OFFICE_OPENS,
    add_open_time,
    next_opening,
    office_is_open,
    office_time,
    open_time_between,
    role_is_open,
)
from sim.rules.units import DAY, HOUR, MINUTE, NEVER, WEEK
from sim.rules.world import World
from tests.known_answers.running import SEED, scenario

LAUNCH = dt.date(2006, 8, 1)
ROLES = {
    "always": (0, DAY, False),
    "daily": (6 * HOUR + 30 * MINUTE, 22 * HOUR + 15 * MINUTE, False),
    "office": (8 * HOUR, 17 * HOUR, True),
}
NAMES = sorted(ROLES)


@cache
def world() -> World:
    chosen = scenario("calendar")
    assert role_names(chosen) == NAMES
    persons, practices = draw_panel(chosen, SEED, 0)
    return settle(ground(chosen, practices, 1), persons[:3])


@cache
def closed_days() -> frozenset[dt.date]:
    return frozenset(day.date() for day in USFederalHolidayCalendar().holidays("2005-06-01", "2009-12-31"))


def open_in_a_day(role: str, day: int) -> tuple[int, int]:
    """From, to in microseconds since launch, by the calendar of the datetime module."""
    opens, closes, weekdays = ROLES[role]
    date = LAUNCH + dt.timedelta(days=day)
    if weekdays and (date.weekday() >= 5 or date in closed_days()):
        return 0, 0
    return day * DAY + opens, day * DAY + closes


def measured(role: str, start: int, stop: int) -> int:
    """Open microseconds in [start, stop), day by day."""
    total = 0
    for day in range(start // DAY, stop // DAY + 1):
        opens, closes = open_in_a_day(role, day)
        total += max(0, min(stop, closes) - max(start, opens))
    return total


roles = st.sampled_from(NAMES)
# a year before launch to three years after, with the edges of hours more often than chance would have it
instants = st.one_of(
    st.integers(-365 * DAY, 1095 * DAY),
    st.builds(lambda day, hour, off: day * DAY + hour * 15 * MINUTE + off, st.integers(-365, 1095), st.integers(0, 95), st.integers(-1, 1)),
)
spans = st.one_of(st.integers(1, 60 * DAY), st.integers(1, 3 * HOUR), st.sampled_from([1, 9 * HOUR, 45 * HOUR, 9 * HOUR + 1, DAY, WEEK]))


@given(roles, instants, instants)
def test_open_time_is_that_of_the_calendar(role: str, start: int, stop: int) -> None:
    stop = start + (stop - start) % (90 * DAY)
    assert open_time_between(world(), NAMES.index(role), start, stop) == measured(role, start, stop)


@given(roles, instants, spans, spans)
def test_open_time_adds_up(role: str, start: int, one: int, other: int) -> None:
    w, r = world(), NAMES.index(role)
    middle, stop = start + one, start + one + other
    assert open_time_between(w, r, start, stop) == open_time_between(w, r, start, middle) + open_time_between(w, r, middle, stop)
    assert open_time_between(w, r, stop, start) == 0


@given(roles, instants, spans)
def test_added_open_time_has_passed_and_not_a_moment_earlier(role: str, start: int, work: int) -> None:
    w, r = world(), NAMES.index(role)
    ends = add_open_time(w, r, start, work)
    assert measured(role, start, ends) == work
    assert measured(role, start, ends - 1) == work - 1
    assert role_is_open(w, r, ends - 1)


@given(roles, instants, spans, spans)
def test_work_can_be_split(role: str, start: int, one: int, other: int) -> None:
    w, r = world(), NAMES.index(role)
    assert add_open_time(w, r, add_open_time(w, r, start, one), other) == add_open_time(w, r, start, one + other)


@given(roles, instants)
def test_open_or_closed(role: str, t: int) -> None:
    opens, closes = open_in_a_day(role, t // DAY)
    assert role_is_open(world(), NAMES.index(role), t) == (opens <= t < closes)
    opens, closes = open_in_a_day("office", t // DAY)
    assert office_is_open(world(), t) == (opens <= t < closes)


@given(roles, instants)
def test_next_opening_is_the_first(role: str, t: int) -> None:
    opening = next_opening(world(), NAMES.index(role), t)
    assert t < opening < NEVER
    day = t // DAY
    while True:
        opens, closes = open_in_a_day(role, day)
        if closes > opens > t:
            break
        day += 1
    assert opening == opens


@given(instants, st.integers(0, 2 * WEEK))
def test_office_time_keeps_the_order_and_the_week(t: int, later: int) -> None:
    """An instant becomes one in the office hours of a weekday of the same week (Monday to Sunday)."""
    w = world()
    here = office_time(w, t)
    day = here // DAY
    assert OFFICE_OPENS <= here % DAY < OFFICE_CLOSES
    date, was = LAUNCH + dt.timedelta(days=day), LAUNCH + dt.timedelta(days=t // DAY)
    assert date.weekday() < 5
    assert date.isocalendar()[:2] == was.isocalendar()[:2]
    assert office_time(w, t + later) >= here


@pytest.mark.parametrize("weeks", [-20, 0, 50])
def test_office_time_is_even(weeks: int) -> None:
    """Evenly spread instants of a week become evenly spread ones of its 45 office hours."""
    w = world()
    monday = weeks * WEEK - LAUNCH.weekday() * DAY
    steps = 45 * 60
    found = [office_time(w, monday + k * WEEK // steps) for k in range(steps)]
    minutes = [monday + day * DAY + OFFICE_OPENS + minute * MINUTE for day in range(5) for minute in range(9 * 60)]
    assert max(abs(a - b) for a, b in zip(found, minutes, strict=True)) <= 1
