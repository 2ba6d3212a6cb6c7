"""Tasks: blocks of replications of design points, named by everything that can change what comes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

KEY_LENGTH = 32


class Part(NamedTuple):
    """Replications `first` .. `first + count - 1` of a point; `point` is its number in the plan."""

    point: int
    first: int
    replications: int


class Task(NamedTuple):
    """A block that is run at once and written as one shard."""

    key: str
    parts: tuple[Part, ...]

    @property
    def replications(self) -> int:
        """How many replications it holds."""
        return sum(part.replications for part in self.parts)


def digest(content: Any) -> str:
    """A short hash of plain data."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def point_key(base: str, assignments: dict[str, Any], first: int) -> str:
    """The name of a design point: the scenario's content, what the point changes in it, in whatever order, and its first replication."""
    return digest([base, sorted(assignments.items()), first])


def make_tasks(parts: Iterable[Part], point_keys: Sequence[str], identity: Sequence[Any], size: int) -> Iterator[Task]:
    """Cut replications into tasks of about `size`, in the order of the parts.

    identity: what all tasks have in common and can change a result (seed, model version, outcomes).
    """
    common = digest(list(identity))
    block: list[Part] = []
    room = size
    for part in parts:
        first, left = part.first, part.replications
        while left:
            count = min(left, room)
            block.append(Part(part.point, first, count))
            first, left, room = first + count, left - count, room - count
            if room == 0:
                yield _task(block, point_keys, common)
                block, room = [], size
    if block:
        yield _task(block, point_keys, common)


def _task(block: Sequence[Part], point_keys: Sequence[str], common: str) -> Task:
    content = [common, [[point_keys[part.point], part.first, part.replications] for part in block]]
    return Task(digest(content), tuple(block))


def missing_parts(wanted: Iterable[Part], have: Iterable[Part]) -> Iterator[Part]:
    """What of the wanted replications no part of `have` covers; of each point a range from `first` on is covered or not."""
    covered: dict[int, list[tuple[int, int]]] = {}
    for part in have:
        covered.setdefault(part.point, []).append((part.first, part.first + part.replications))
    for part in wanted:
        at, end = part.first, part.first + part.replications
        for first, last in sorted(covered.get(part.point, ())):
            if last <= at or first >= end:
                continue
            if first > at:
                yield Part(part.point, at, first - at)
            at = max(at, last)
        if at < end:
            yield Part(part.point, at, end - at)
