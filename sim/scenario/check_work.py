"""Faults between components, staff and enrolment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.scenario.circles import way_back
from sim.scenario.errors import listed, nearest, shown
from sim.scenario.looking import Fault, Look
from sim.scenario.model.work import EVENTS_OF_COMPONENTS, IN_PASSING

PROGRAMME: Final = "programme.components"
USUAL_CARE: Final = "usual_care.components"
MOST_COMPONENTS: Final = 62  # bits of a component's record
QUEUED: Final = ("mode", "hours", "attempts", "due", "urgency")
CHANCY: Final = ("chance", "chance_trend")


def work_faults(look: Look) -> Iterator[Fault]:
    """Everything that can be wrong between components and what they refer to."""
    usual, programme = look.names(USUAL_CARE), look.names(PROGRAMME)
    for table in (USUAL_CARE, PROGRAMME):
        for name in look.names(table):
            here = f"{table}.{name}"
            if look.mapping(here) is None:
                continue
            yield from _trigger_faults(look, table, name)
            yield from _filter_faults(look, here)
            yield from _does_faults(look, table, name)
            yield from _time_faults(look, here)
    for name in programme:
        here = f"{PROGRAMME}.{name}"
        if name in usual:
            yield Fault.at(here, "usual care has a component of this name too; choose another")
        if look.mapping(here) is not None:
            yield from _staff_faults(look, here)
    if len(usual) + len(programme) > MOST_COMPONENTS:
        yield Fault.at(PROGRAMME, f"usual care and programme can have {MOST_COMPONENTS} components (got {len(usual) + len(programme)})")
    yield from _enrolment_route(look)
    yield from _endless(look)


def _trigger_faults(look: Look, table: str, name: str) -> Iterator[Fault]:
    here = f"{table}.{name}"
    after = look.texts(f"{here}.after")
    if table == PROGRAMME:
        given = [key for key in ("after", "every", "on") if look.has(f"{here}.{key}")]
        if not given:
            yield Fault.at(here, "must say when work arises: after, every or on")
        elif len(given) > 1:
            hint = f"remove an inherited one with {given[0]}: null"
            yield Fault.at(f"{here}.{given[1]}", f"only one of {listed(given)} can be stated; {hint}")
        tiers = look.mapping(f"{here}.every")
        if tiers is not None and not tiers:
            yield Fault.at(f"{here}.every", "must name at least one of tier_1, tier_2 and tier_3")
        if tiers is not None and "all" in tiers and len(tiers) > 1:
            yield Fault.at(f"{here}.every.all", "must stand alone: it counts for every tier")
    if look.plain(f"{here}.after") == []:
        yield Fault.at(f"{here}.after", "must name at least one event")
    by = look.texts(f"{here}.by")
    if by and not set(after) & set(EVENTS_OF_COMPONENTS):
        yield Fault.at(f"{here}.by", f"has an effect only after {listed(EVENTS_OF_COMPONENTS)}")
    if "task_done" in after and not by:
        yield Fault.at(f"{here}.after", "task_done needs 'by' with the components whose tasks count")
    known = look.names(USUAL_CARE) + (look.names(PROGRAMME) if table == PROGRAMME else [])
    for other in by:
        if other not in known:
            yield Fault.at(f"{here}.by", f"there is no component {shown(other)}{nearest(other, known)}")
        elif after == ["warning_noticed"] and not _notices(look, other):
            yield Fault.at(f"{here}.by", f"component {shown(other)} never notices a warning: it has no does.notice_warning")


def _endless(look: Look) -> Iterator[Fault]:
    """Work in nobody's queue that sets itself off again in the same instant, directly or through other such work."""
    at_once = {
        name: f"{table}.{name}"
        for table in (USUAL_CARE, PROGRAMME)
        for name in look.names(table)
        if (table == USUAL_CARE or look.text(f"{table}.{name}.staff") == IN_PASSING) and _without_delay(look, f"{table}.{name}")
    }
    sets_off = {name: [other for other in at_once if _sets_off(look, at_once[name], name, at_once[other])] for name in at_once}
    for name, where in at_once.items():
        circle = way_back(name, sets_off)
        if circle and name == min(circle):
            message = f"would never stop: {' -> '.join([*circle, name])} happen in the same instant; give one of them a delay"
            yield Fault.at(f"{where}.after", message)


def _without_delay(look: Look, here: str) -> bool:
    law = look.law(f"{here}.delay")
    return law is None or law.mean == 0.0


def _sets_off(look: Look, where: str, name: str, other: str) -> bool:
    """Whether finished work of one component gives the other one work at once."""
    after, by = look.texts(f"{other}.after"), look.texts(f"{other}.by")
    announced = {
        "task_done": True,
        "warning_noticed": look.has(f"{where}.does.notice_warning"),
        "tier_set": look.has(f"{where}.does.assess_tier"),
    }
    return any(announced.get(event, False) and (name in by or (event != "task_done" and not by)) for event in after)


def _notices(look: Look, name: str) -> bool:
    return any(look.has(f"{table}.{name}.does.notice_warning") for table in (PROGRAMME, USUAL_CARE))


def _filter_faults(look: Look, here: str) -> Iterator[Fault]:
    known = look.names("population.conditions")
    for condition in look.texts(f"{here}.for.conditions_any"):
        if condition not in known:
            yield Fault.at(f"{here}.for.conditions_any", f"there is no condition {shown(condition)}{nearest(condition, known)}")
    for key in ("tiers", "settings", "conditions_any", "cohorts"):
        if look.plain(f"{here}.for.{key}") == []:
            yield Fault.at(f"{here}.for.{key}", "is empty: nobody would match")
    every, only = look.mapping(f"{here}.every"), look.plain(f"{here}.for.tiers")
    tiers = only if isinstance(only, list) else [only] if only is not None else []
    if every and tiers and "all" not in every and not any(f"tier_{tier}" in every for tier in tiers):
        yield Fault.at(f"{here}.for.tiers", f"nobody would match: every states only {', '.join(every)}")
    if look.texts(f"{here}.for.cohorts") == ["refresh"] and not look.has("programme.enrolment.refresh"):
        yield Fault.at(f"{here}.for.cohorts", "there is no refresh cohort: programme.enrolment.refresh is absent")


def _does_faults(look: Look, table: str, name: str) -> Iterator[Fault]:
    here = f"{table}.{name}.does"
    does = look.mapping(here)
    if does is None:
        return
    active = [key for key in does if look.plain(f"{here}.{key}") is not False]
    averts, milder = look.number(f"{here}.respond.averts"), look.number(f"{here}.respond.milder")
    if averts is not None and milder is not None and averts + milder > 1 + 1e-9:
        where = look.latest([f"{here}.respond.averts", f"{here}.respond.milder"])
        yield Fault.at(where, f"averts + milder must be at most 1 (got {averts + milder:.6g})")
    if "open_urgent_slot" in active and "respond" not in active:
        yield Fault.at(f"{here}.open_urgent_slot", "has an effect only together with respond")
    if "respond" in active and "warning_noticed" not in look.texts(f"{table}.{name}.after"):
        yield Fault.at(f"{here}.respond", "answers a noticed warning: the component must be after: [warning_noticed]")
    if table == USUAL_CARE:
        for key in ("enrol", "assess_tier"):
            if key in active:
                yield Fault.at(f"{here}.{key}", "is for programmes; usual care has neither enrolment nor tiers")
    elif "enrol" in active:
        if "enrolment" in look.texts(f"{table}.{name}.after"):
            yield Fault.at(f"{here}.enrol", "comes too late: the component starts after enrolment; use after: [eligibility]")
        if look.plain(f"{table}.{name}.for.enrolled") is True:
            yield Fault.at(f"{table}.{name}.for.enrolled", "must not be true for a component that enrols")


def _time_faults(look: Look, here: str) -> Iterator[Fault]:
    horizon = look.number("run.horizon")
    queued = look.text(f"{here}.staff") not in (None, IN_PASSING)
    if look.has(f"{here}.deadline") and not queued and _without_delay(look, here):
        yield Fault.at(f"{here}.deadline", "has no effect: work in nobody's queue and without a delay is done at once")
    due, deadline = look.number(f"{here}.due"), look.number(f"{here}.deadline")
    if due is not None and deadline is not None and due > deadline:
        written = f"{look.written(f'{here}.due')} and {look.written(f'{here}.deadline')}"
        yield Fault.at(f"{here}.due", f"must be at most the deadline (got {written})")
    starts, stops = look.number(f"{here}.starts"), look.number(f"{here}.stops")
    if starts is not None and stops is not None and starts >= stops:
        yield Fault.at(f"{here}.stops", f"must be later than starts (got {look.written(f'{here}.stops')})")
    if starts is not None and horizon is not None and starts >= horizon:
        written = look.written("run.horizon")
        yield Fault.at(f"{here}.starts", f"must be before the horizon, {written} (got {look.written(f'{here}.starts')})")


def _staff_faults(look: Look, here: str) -> Iterator[Fault]:
    role = look.text(f"{here}.staff")
    roles = look.names("programme.staff")
    if role is None:
        return
    if role == IN_PASSING:
        if not look.has(f"{here}.chance"):
            yield Fault.at(here, "needs chance: the practice does it in passing")
        for key in (*QUEUED, "every"):
            if look.has(f"{here}.{key}"):
                yield Fault.at(f"{here}.{key}", "has no effect with staff: practice, which does it in passing and has no queue")
        return
    if role not in roles:
        hint = nearest(role, [*roles, IN_PASSING]) or (f"; there are {listed(sorted(roles))}" if roles else "; programme.staff is empty")
        yield Fault.at(f"{here}.staff", f"there is no role {shown(role)}{hint}")
    for key in ("mode", "hours"):
        if not look.has(f"{here}.{key}"):
            yield Fault.at(f"{here}.{key}", "missing; work by staff needs it")
    attempts = look.number(f"{here}.attempts")
    if look.text(f"{here}.mode") == "desk" and attempts is not None and attempts > 1:
        yield Fault.at(f"{here}.attempts", "has no effect with mode: desk, where nobody has to be reached")
    for key in CHANCY:
        if look.has(f"{here}.{key}"):
            yield Fault.at(f"{here}.{key}", "is for usual care and for staff: practice; staff work through a queue instead")


def _enrolment_route(look: Look) -> Iterator[Fault]:
    components = look.names(PROGRAMME)
    if not components or look.plain("programme.enrolment.at_launch") == "all":
        return
    if not any(look.has(f"{PROGRAMME}.{name}.does.enrol") for name in components):
        message = "nobody is ever enrolled: give a component does.enrol, or set programme.enrolment.at_launch: all"
        yield Fault.at(PROGRAMME, message)
