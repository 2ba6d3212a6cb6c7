"""Blocks of patients who share neither staff nor beds with the others, so that they can run one after another.

A block that fits the processor's cache runs faster than a million patients side by side, with the same results.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.world import World

WORTHWHILE = 400  # patients: smaller practices run together


class Block(NamedTuple):
    """Patients first .. last - 1."""

    first: int
    last: int


def _shares_staff_or_beds(world: World) -> bool:
    staffed = world.run[0].programme == 1 and len(world.staff) > 0
    return bool(staffed or (world.facilities.beds >= 0).any())


def apart(world: World) -> bool:
    """Whether patients share nothing but urgent slots, and take those in crises only: no work that is going on asks for one."""
    at_work = world.components.programme <= world.run[0].programme
    return not _shares_staff_or_beds(world) and not (world.components.needs_slot[at_work] == 1).any()


def blocks(world: World) -> list[Block]:
    """The blocks of a world in the order in which they run; patients stand practice by practice.

    Patients of one practice share its urgent slots. Where a programme's staff or a limited number of beds serves several
    practices, all patients are one block.
    """
    n = len(world.patients)
    if _shares_staff_or_beds(world):
        return [Block(0, n)]
    ends = [*(np.flatnonzero(np.diff(world.patients.practice)) + 1).tolist(), n]
    found: list[Block] = []
    first = 0
    for end in ends:
        if end - first >= WORTHWHILE or end == n:
            found.append(Block(first, end))
            first = end
    return found
