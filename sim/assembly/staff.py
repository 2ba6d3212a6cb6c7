"""Roles, posts and queues of a programme as records."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sim.assembly.parameters import us
from sim.rules.records import QUEUE, ROLE, STAFF, empty
from sim.rules.streams import key_of
from sim.rules.units import DAY, NEVER
from sim.rules.vocabulary import StaffStatus
from sim.scenario import Scenario

WORKING_DAYS = {"weekdays": 5 / 7, "all": 1.0}


class Crew(NamedTuple):
    """Roles [r], posts [s] and queues [q]."""

    roles: Any
    staff: Any
    queues: Any


def role_names(scenario: Scenario) -> list[str]:
    """Roles in their stable order."""
    return sorted(scenario.programme.staff)


def posts_of(fte: float) -> list[float]:
    """The FTE of each post of a role: whole posts, then a part-time one."""
    whole = math.floor(fte + 1e-9)
    rest = fte - whole
    return [1.0] * whole + ([rest] if rest > 1e-9 else [])


def crew_records(scenario: Scenario, seed_key: int) -> Crew:
    """All roles, posts and queues; everybody is still to be hired."""
    names = role_names(scenario)
    roles = empty(ROLE, len(names))
    posts: list[tuple[int, int, float]] = []
    queue_owners: list[int] = []
    for r, name in enumerate(names):
        block = scenario.programme.staff[name]
        role = roles[r]
        _role(role, name, block)
        shares = posts_of(float(block.fte))
        role.first = len(posts)
        role.members = len(shares)
        role.first_queue = len(queue_owners)
        if role.pool or not shares:
            queue_owners.append(-1)
        else:
            queue_owners.extend(range(len(posts), len(posts) + len(shares)))
        role.queues = len(queue_owners) - role.first_queue
        posts.extend((r, slot, share) for slot, share in enumerate(shares))
    return Crew(roles, _staff(scenario, names, roles, posts, seed_key), _queues(queue_owners, roles))


def _role(role: Any, name: str, block: Any) -> None:
    role.key = key_of("role", name)
    role.pool = 1 if block.assignment == "pool" else 0
    if block.hours == "always":
        role.always, role.opens, role.closes = 1, 0, DAY
        days = 1.0
    else:
        role.weekdays = 1 if block.hours.days == "weekdays" else 0
        role.opens, role.closes = us(block.hours.opens), us(block.hours.closes)
        days = WORKING_DAYS[block.hours.days]
    open_a_day = role.closes - role.opens
    meetings_a_day = float(block.meetings) / (days * 365.25 / 12) * DAY  # days of meetings a month, spread over open days
    role.pace = max(1e-6, (us(block.productive_hours) - meetings_a_day) / open_a_day)
    role.absence = float(block.absence)
    role.cover = 1 if block.cover else 0
    role.turnover = float(block.turnover)
    role.vacancy = max(1, us(block.vacancy))
    role.training = us(block.training.duration)
    role.productivity = float(block.training.productivity_at_start)


def _staff(scenario: Scenario, names: list[str], roles: Any, posts: list[tuple[int, int, float]], seed_key: int) -> Any:
    staff = empty(STAFF, len(posts))
    for m, (r, slot, fte) in enumerate(posts):
        block = scenario.programme.staff[names[r]]
        member, role = staff[m], roles[r]
        member.key = key_of(seed_key, "staff", names[r], slot)
        member.role = r
        member.queue = role.first_queue if role.pool else role.first_queue + slot
        member.fte = fte
        member.status = StaffStatus.VACANT
        first, last = us(block.hiring.first_on), us(block.hiring.last_on)
        member.change_at = first + (last - first) * slot // max(1, int(role.members) - 1)
        member.leaves_on = NEVER if block.leaves_on is None else us(block.leaves_on)
        member.task = -1
        member.home_practice = -1
        before = staff[m - 1].place_to if slot else 0.0
        member.place_to = before + fte / float(block.fte)
    return staff


def _queues(owners: list[int], roles: Any) -> Any:
    queues = empty(QUEUE, len(owners))
    for q, owner in enumerate(owners):
        queues[q].owner = owner
        queues[q].head = -1
    for r, role in enumerate(roles):
        queues.role[int(role.first_queue) : int(role.first_queue + role.queues)] = r
    return queues


def yearly_cost(scenario: Scenario, role: str) -> float:
    """Loaded cost of a full-time holder of a role, USD a year."""
    return float(scenario.programme.staff[role].cost)
