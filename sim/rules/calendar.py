"""Days, weekdays, holidays and the hours of a role."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.units import DAY, HOUR, MONTH, NEVER, WEEK, YEAR
from sim.rules.world import World


@rule
def day_of(t: int) -> int:
    """The day number of an instant; day 0 starts at launch."""
    return t // DAY


@rule
def weekday_of(w: World, day: int) -> int:
    """The weekday of a day number, Monday = 0."""
    return (day + w.run[0].first_weekday) % 7


@rule
def is_holiday(w: World, day: int) -> bool:
    """Whether offices are closed on a weekday."""
    low = 0
    high = len(w.holidays)
    while low < high:
        middle = (low + high) // 2
        if w.holidays[middle] < day:
            low = middle + 1
        else:
            high = middle
    return low < len(w.holidays) and w.holidays[low] == day


@rule
def is_working_day(w: World, weekdays: bool, day: int) -> bool:
    """Whether a calendar that keeps weekdays (or every day) is open on a day."""
    return (not weekdays) or (weekday_of(w, day) < 5 and not is_holiday(w, day))


DAY_OFFSET = 1 << 20  # keeps day numbers positive where they name an occasion

OFFICE_OPENS = 8 * HOUR
OFFICE_CLOSES = 17 * HOUR
OFFICE_HOURS = (OFFICE_CLOSES - OFFICE_OPENS) // HOUR


@rule
def office_is_open(w: World, t: int) -> bool:
    """Whether practices see patients at this instant."""
    into = t % DAY
    return into >= OFFICE_OPENS and into < OFFICE_CLOSES and is_working_day(w, True, day_of(t))


@rule
def office_time(w: World, t: int) -> int:
    """The office hour of the same week that stands for an instant: an even, order-keeping map of the week."""
    shift = w.run[0].first_weekday * DAY
    week = (t + shift) // WEEK
    into = (t + shift - week * WEEK) * 5
    day = into // WEEK
    within = (into - day * WEEK) * OFFICE_HOURS // (WEEK // HOUR)
    return week * WEEK - shift + day * DAY + OFFICE_OPENS + within


@rule
def role_is_open(w: World, r: int, t: int) -> bool:
    """Whether a role's calendar is open at this instant (absences apart)."""
    role = w.roles[r]
    if role.always:
        return True
    into = t % DAY
    return role.opens <= into and into < role.closes and is_working_day(w, role.weekdays == 1, day_of(t))


@rule
def next_opening(w: World, r: int, t: int) -> int:
    """The first opening of a role's calendar after t."""
    role = w.roles[r]
    if role.always:
        return (day_of(t) + 1) * DAY
    day = day_of(t)
    for ahead in range(40):
        opens = (day + ahead) * DAY + role.opens
        if opens > t and is_working_day(w, role.weekdays == 1, day + ahead):
            return opens
    return NEVER


@rule
def add_open_time(w: World, r: int, t: int, us: int) -> int:
    """The instant by which `us` microseconds of open time have passed since t; work rests while closed."""
    role = w.roles[r]
    if role.always:
        return t + us
    left = us
    here = t
    while True:
        closes = day_of(here) * DAY + role.closes
        if role_is_open(w, r, here):
            if here + left <= closes:
                return here + left
            left -= closes - here
        here = next_opening(w, r, here)
        if here == NEVER:
            return NEVER


@rule
def open_time_between(w: World, r: int, start: int, stop: int) -> int:
    """Open microseconds of a role's calendar in [start, stop)."""
    role = w.roles[r]
    if stop <= start:
        return 0
    if role.always:
        return stop - start
    total = 0
    for day in range(day_of(start), day_of(stop) + 1):
        if is_working_day(w, role.weekdays == 1, day):
            total += max(0, min(stop, day * DAY + role.closes) - max(start, day * DAY + role.opens))
    return total


@rule
def tally_month(t: int) -> int:
    """Months since launch, rounded down: 0 is the first programme month, -12 the first of the baseline year."""
    return t // MONTH


@rule
def years(t: int) -> float:
    """Years since launch."""
    return t / YEAR
