"""How much productive time a post has: on duty, employed, leave and meetings taken off."""

from __future__ import annotations

from sim.rules.calendar import open_time_between, tally_month
from sim.rules.compiling import rule
from sim.rules.streams import Decision, uniform
from sim.rules.units import MONTH, WEEK
from sim.rules.vocabulary import Duty, StaffStatus
from sim.rules.world import World

TENURES = 64  # weeks and tenures share one occasion


@rule
def is_absent(w: World, m: int, t: int) -> bool:
    """Leave, training or sickness: whole weeks, drawn by week."""
    member = w.staff[m]
    absence = w.roles[member.role].absence
    if absence == 0.0:
        return False
    occasion = (t // WEEK) * TENURES + member.tenure % TENURES
    if member.absence_known != occasion + 1:
        member.absence_known = occasion + 1
        member.absent = 1 if uniform(member.key, Decision.STAFF_ABSENT, occasion) < absence else 0
    return member.absent == 1


@rule
def close_tenure(w: World, m: int, t: int) -> None:
    """Add the present holder's time up to t to the months of the role; nothing for a vacant post.

    A tenure as a whole is rounded down to whole microseconds; its months are differences of what has been counted before.
    """
    member = w.staff[m]
    if member.status == StaffStatus.VACANT:
        return
    pace = w.roles[member.role].pace
    start = max(0, member.since)
    here = start
    opened = employed = available = 0
    while here < t:
        month = tally_month(here)
        ends = min(t, (here // WEEK + 1) * WEEK, (month + 1) * MONTH)
        if not is_absent(w, m, here):
            opened += open_time_between(w, member.role, here, ends)
        here = ends
        w.crew[month, member.role, Duty.EMPLOYED_US] += int((here - start) * member.fte) - employed
        w.crew[month, member.role, Duty.AVAILABLE_US] += int(opened * pace * member.fte) - available
        employed = int((here - start) * member.fte)
        available = int(opened * pace * member.fte)
