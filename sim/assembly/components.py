"""Components of usual care and of the programme as records: trigger, filter, staff, what a task does."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.assembly.law_book import LawBook
from sim.assembly.parameters import us
from sim.rules.records import COMPONENT, RULEBOOK_LISTENS, empty
from sim.rules.streams import key_of, mix
from sim.rules.units import DAY, NEVER
from sim.rules.vocabulary import TRIGGERS, Effect, Mode, Setting, Trigger
from sim.scenario import Quantity, Scenario
from sim.scenario.check_work import MOST_COMPONENTS

ALL_TIERS = 0b1111
EVERYWHERE = (1 << Setting.DEAD) - 1
COHORTS = ("original", "refresh")


def component_names(scenario: Scenario) -> list[tuple[str, bool]]:
    """(name, belongs to the programme) of all components in their stable order: usual care first, each by name."""
    usual = [(name, False) for name in sorted(scenario.usual_care.components)]
    return usual + [(name, True) for name in sorted(scenario.programme.components)]


def component_records(scenario: Scenario, book: LawBook, roles: list[str]) -> Any:
    """All components; `roles` gives the row of each role. Shape (c,)."""
    names = component_names(scenario)
    if len(names) > MOST_COMPONENTS:
        raise ValueError(f"a scenario can have at most {MOST_COMPONENTS} components (got {len(names)})")
    records = empty(COMPONENT, len(names))
    conditions = sorted(scenario.population.conditions)
    rows = {name: row for row, (name, _) in enumerate(names)}
    for row, (name, in_programme) in enumerate(names):
        block = (scenario.programme if in_programme else scenario.usual_care).components[name]
        c = records[row]
        c.key = mix(np.uint64(key_of("component", name)))
        c.programme = 1 if in_programme else 0
        _trigger(c, block, rows)
        _filter(c, block, conditions, in_programme)
        _work(c, block, book, roles)
        _does(c, block.does)
    records.slot_column = _columns(records.every.any(axis=1))
    records.dose_column = _columns(records.dose > 0.0)
    scheduled = np.flatnonzero(records.slot_column >= 0)
    records.scheduled[: len(scheduled)] = scheduled
    for c in records:
        if c.triggers & (1 << Trigger.TASK_DONE):
            for row in range(len(records)):
                if c.by & (1 << row):
                    records[row].does |= 1 << Effect.SET_OFF
    return records


def _columns(needed: Any) -> Any:
    """A column for each component that needs one, in order, and -1 for the others."""
    return np.where(needed, np.cumsum(needed) - 1, -1)


def listeners(components: Any, programme: bool) -> list[int]:
    """For each trigger the bits of the components that react to it, without or with those of the programme."""
    bits = [0] * TRIGGERS
    bits[Trigger.TIER_SET] = bits[Trigger.GONE] = RULEBOOK_LISTENS
    for row, c in enumerate(components):
        if c.programme and not programme:
            continue
        for trigger in range(TRIGGERS):
            if int(c.triggers) >> trigger & 1 or (trigger == Trigger.SCHEDULE and c.slot_column >= 0):
                bits[trigger] |= 1 << row
    return bits


def _trigger(c: Any, block: Any, rows: dict[str, int]) -> None:
    for event in block.after or []:
        c.triggers |= 1 << Trigger[event.upper()]
    for name in block.by or []:
        c.by |= 1 << rows[name]
    every = getattr(block, "every", None)
    if every is None:
        return
    tiers = None if isinstance(every, Quantity) else [every.tier_1, every.tier_2, every.tier_3]
    for tier in range(4):
        if tiers is None:
            c.every[tier] = us(every)
        elif tier > 0 and tiers[tier - 1] is not None:
            c.every[tier] = us(tiers[tier - 1])


def _filter(c: Any, block: Any, conditions: list[str], in_programme: bool) -> None:
    c.tiers = ALL_TIERS
    c.settings = EVERYWHERE
    enrols = block.does.enrol is not None
    c.enrolled = 1 if in_programme and not enrols else 0
    only = block.only_for
    if only is None:
        return
    if only.tiers is not None:
        c.tiers = sum(1 << int(tier) for tier in only.tiers)
    for name in only.conditions_any or []:
        c.conditions |= 1 << conditions.index(name)
    if only.settings is not None:
        c.settings = sum(1 << Setting[setting.upper()] for setting in only.settings)
    if only.medications_at_least is not None:
        c.medications = round(float(only.medications_at_least))
    if only.risk_score_at_least is not None:
        c.risk_score = float(only.risk_score_at_least)
    if only.age_at_least is not None:
        c.age = float(only.age_at_least)
    c.isolated = 1 if only.isolated else 0
    c.behavioural_health = 1 if only.behavioural_health else 0
    c.cohorts = sum(1 << COHORTS.index(cohort) for cohort in only.cohorts or [])
    if only.enrolled is not None:
        c.enrolled = 1 if only.enrolled else 0


def _work(c: Any, block: Any, book: LawBook, roles: list[str]) -> None:
    staff = getattr(block, "staff", None)
    c.role = roles.index(staff) if staff in roles else -1
    c.mode = Mode[(block.mode or "desk").upper()]
    c.chance = 1.0 if block.chance is None else float(block.chance)
    c.chance_trend = 0.0 if block.chance_trend is None else float(block.chance_trend)
    c.delay = book.add(block.delay if block.delay is not None else 0.0, DAY)
    c.hours = book.add(block.hours if block.hours is not None else 0.0, DAY)
    c.attempts = 1 if block.attempts is None else round(float(block.attempts))
    c.starts = -NEVER if block.starts is None else us(block.starts)
    c.stops = NEVER if block.stops is None else us(block.stops)
    c.deadline = NEVER if block.deadline is None else max(1, us(block.deadline))
    c.due = c.deadline if block.due is None else us(block.due)
    c.urgency = 5 if block.urgency is None else round(float(block.urgency))


def _does(c: Any, does: Any) -> None:
    def share(value: Any) -> float:
        return 0.0 if value is None else float(value)

    c.enrol = share(does.enrol)
    c.notice = share(does.notice_warning)
    if does.respond is not None:
        c.averts = float(does.respond.averts)
        c.milder = float(does.respond.milder)
    if does.improve is not None:
        c.dose = float(does.improve.dose)
    c.excess_cut = share(does.shorten_excess)
    c.divert_home = share(does.divert_home)
    c.divert_snf = share(does.divert_to_snf)
    if does.shorten_stay is not None:
        c.shorten = us(does.shorten_stay.by)
    c.directive = share(does.end_of_life_talk)
    c.document = share(does.document)
    c.screen = share(does.screen)
    c.needs_slot = 1 if does.open_urgent_slot else 0
    has = {
        Effect.ENROL: c.enrol > 0.0,
        Effect.ASSESS_TIER: does.assess_tier,
        Effect.SCREEN: c.screen > 0.0,
        Effect.DOCUMENT: c.document > 0.0,
        Effect.IMPROVE: c.dose > 0.0,
        Effect.SHORTEN_EXCESS: c.excess_cut > 0.0,
        Effect.NOTICE_WARNING: c.notice > 0.0,
        Effect.RESPOND: c.averts + c.milder > 0.0,
        Effect.DIVERT: c.divert_home + c.divert_snf > 0.0,
        Effect.SHORTEN_STAY: c.shorten > 0,
        Effect.END_OF_LIFE_TALK: c.directive > 0.0,
    }
    c.does = sum(1 << effect for effect, present in has.items() if present)
