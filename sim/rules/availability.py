"""How much productive time a post has: on duty, employed, leave and meetings taken off."""

from __future__ import annotations

from sim.rules.calendar import open_time_between
from sim.rules.compiling import rule
from sim.rules.streams import Decision, uniform
from sim.rules.units import WEEK
from sim.rules.vocabulary import StaffStatus
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
def on_duty_us(w: World, m: int, start: int, stop: int) -> int:
    """Productive microseconds of a post's present holder in [start, stop)."""
    member = w.staff[m]
    total = 0
    here = start
    while here < stop:
        ends = min(stop, (here // WEEK + 1) * WEEK)
        if not is_absent(w, m, here):
            total += open_time_between(w, member.role, here, ends)
        here = ends
    return int(total * w.roles[member.role].pace * member.fte)


@rule
def close_tenure(w: World, m: int, t: int) -> None:
    """Add the present holder's time up to t to what the post has had; nothing for a vacant post."""
    member = w.staff[m]
    if member.status == StaffStatus.VACANT:
        return
    start = max(0, member.since)
    member.employed_us += int((t - start) * member.fte)
    member.available_us += on_duty_us(w, m, start, t)
