"""Choosing who goes on, and forking the two arms by copying records."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.assembly.components import listeners
from sim.rules.moving import arm_patients, bring_rows, bring_tasks, bring_waiting
from sim.rules.records import TASK, duplicate, empty
from sim.rules.rooms import lay_out, task_margin
from sim.rules.streams import Decision, uniforms
from sim.rules.vocabulary import Setting, Stream
from sim.rules.world import World, copy

IN_BED = (Setting.HOSPITAL, Setting.SNF)


class Cohort(NamedTuple):
    """Rows of a world that join a study cohort at a time."""

    world: World
    rows: Any  # i8, shape (k,)
    cohort: int
    entry: int  # microseconds since launch


def as_words(records: Any) -> Any:
    """The same memory as words of four bytes, shape (rows, words): records are copied much faster so than field by field."""
    width = records.dtype.itemsize // 4 * math.prod(records.shape[1:])
    return records.view(np.ndarray).view(np.int32).reshape(len(records), width)


def gather(cohorts: list[Cohort]) -> World:
    """A world of the chosen patients only, practice by practice and there by key, each in the state of the world they come from.

    Beds are counted for these patients alone; they keep their pending times, so that those who join later are simply
    not due before.
    """
    first = cohorts[0].world
    rows = [np.asarray(c.rows, np.int64) for c in cohorts]
    keys, practices = (
        np.concatenate([c.world.patients[field][r] for c, r in zip(cohorts, rows, strict=True)]) for field in ("key", "practice")
    )
    order = np.lexsort((keys, practices))
    new_place = np.empty(len(order), np.int64)
    new_place[order] = np.arange(len(order))
    places = np.split(new_place, np.cumsum([len(r) for r in rows])[:-1])

    def merged(field: str) -> Any:
        arrays = [getattr(c.world, field) for c in cohorts]
        together = np.empty((len(order), *arrays[0].shape[1:]), arrays[0].dtype)
        for array, chosen, new in zip(arrays, rows, places, strict=True):
            bring_rows(as_words(array), chosen, as_words(together), new)
        return together.view(type(arrays[0]))

    label = np.concatenate([np.full(len(r), c.cohort) for c, r in zip(cohorts, rows, strict=True)])[order]
    entry = np.concatenate([np.full(len(r), c.entry) for c, r in zip(cohorts, rows, strict=True)])[order]
    world = first.replace(
        patients=merged("patients"),
        nature=merged("nature"),
        dose=merged("dose"),
        slots=merged("slots"),
        own=merged("own"),
        tasks=empty(TASK, 0),
        due=np.zeros(0, np.int64),
        turn=np.zeros(0, np.int64),
        roles=duplicate(first.roles),
        staff=duplicate(first.staff),
        queues=duplicate(first.queues),
        practices=duplicate(first.practices),
        facilities=duplicate(first.facilities),
        run=duplicate(first.run),
        touched=duplicate(first.touched),
        agenda=duplicate(first.agenda),
        tally=np.zeros_like(first.tally),
        work=np.zeros_like(first.work),
    )
    world.run[0].free_task = -1
    world.run[0].free_tasks = 0
    world.run[0].events = 0
    under_way = sum(int(np.count_nonzero(c.world.tasks.state)) for c in cohorts)
    world = lay_out(world, 4 * task_margin(world) + len(world.patients) + under_way)
    world.facilities.waiting = world.facilities.waiting_last = -1
    for cohort, chosen, new in zip(cohorts, rows, places, strict=True):
        place = np.full(len(cohort.world.patients), -1, np.int64)
        place[chosen] = new
        bring_tasks(cohort.world, world, place)
        bring_waiting(cohort.world, world, place)
    _count_beds(world)
    world.patients.cohort = label
    joins = label >= 0
    world.nature.t[joins, Stream.ENTRY] = entry[joins]
    # what follows a discharge from before a cohort joined is no readmission of that cohort, which does not count the discharge
    world.nature.index_30[entry > 0] = 1
    world.nature.index_90[entry > 0] = 1
    arm_patients(world)
    return world


def _count_beds(world: World) -> None:
    """Occupied beds, counted from where the patients are; a bed that those left behind gave up is dispatched at once."""
    run = world.run[0]
    world.facilities.occupied = 0
    for setting in IN_BED:
        inside = world.patients.facility[world.patients.setting == setting]
        np.add.at(world.facilities.occupied, inside, 1)
    for f in range(len(world.facilities)):
        if world.facilities[f].waiting >= 0:
            world.due[run.facilities_from + f] = run.now


def settle_places(world: World) -> None:
    """Give every patient a place in their cohort, practice by practice, and every post its home practice.

    A panel role's managers take equal parts of that order in proportion to their FTE.
    """
    patients = world.patients
    for cohort in np.unique(patients.cohort):
        rows = np.flatnonzero(patients.cohort == cohort)
        order = rows[np.lexsort((patients.key[rows], patients.practice[rows]))]
        patients.place[order] = (np.arange(len(order)) + 0.5) / max(1, len(order))
    rows = np.flatnonzero(patients.cohort == 0)
    for m in range(len(world.staff)):
        member = world.staff[m]
        if world.roles[member.role].pool:
            continue
        low = world.staff[m - 1].place_to if m > world.roles[member.role].first else 0.0
        own = rows[(patients.place[rows] >= low) & (patients.place[rows] < member.place_to)]
        if len(own):
            member.home_practice = np.bincount(patients.practice[own]).argmax()


def start_arm(base: World, programme: bool) -> World:
    """One arm: an independent copy of the records, with or without the programme."""
    world = copy(base)
    run = world.run[0]
    run.programme = 1 if programme else 0
    run.events = 0
    run.listeners[:] = listeners(world.components, programme)
    if programme:
        for m in range(len(world.staff)):
            world.due[run.staff_from + m] = max(0, world.staff[m].change_at)
    return world


def draw_by_lot(world: World, rows: Any, cap: int) -> Any:
    """At most `cap` of the rows, drawn by keyed lot."""
    if len(rows) <= cap:
        return rows
    lots = uniforms(world.patients.key[rows].astype(np.uint64), int(Decision.REFRESH_LOT), 0)
    return np.sort(rows[np.argsort(lots, kind="stable")[:cap]])
