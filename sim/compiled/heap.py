"""An indexed binary heap of entities ordered by (pending time, kind and id): every entity is in it exactly once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.rules.compiling import rule

Ints = npt.NDArray[np.int64]


@rule
def before(key: Ints, a: int, b: int) -> bool:
    """Whether entity a comes before entity b: by time, then by entity number (kind rank, then stable id)."""
    return key[a] < key[b] or (key[a] == key[b] and a < b)


@rule
def sift_up(heap: Ints, place: Ints, key: Ints, j: int) -> None:
    """Move the entity at position j towards the root as far as it belongs."""
    entity = heap[j]
    while j > 0:
        up = (j - 1) >> 1
        if not before(key, entity, heap[up]):
            break
        heap[j] = heap[up]
        place[heap[j]] = j
        j = up
    heap[j] = entity
    place[entity] = j


@rule
def sift_down(heap: Ints, place: Ints, key: Ints, j: int) -> None:
    """Move the entity at position j away from the root as far as it belongs."""
    n = len(heap)
    entity = heap[j]
    while True:
        down = 2 * j + 1
        if down >= n:
            break
        if down + 1 < n and before(key, heap[down + 1], heap[down]):
            down += 1
        if not before(key, heap[down], entity):
            break
        heap[j] = heap[down]
        place[heap[j]] = j
        j = down
    heap[j] = entity
    place[entity] = j


@rule
def restore(heap: Ints, place: Ints, key: Ints, entity: int, t: int) -> None:
    """Give one entity its new time and put it back where it belongs.

    One event can change the times of several entities: the heap keeps times of its own and takes the new ones over one
    by one, since its order can be mended only while a single entity is out of place.
    """
    key[entity] = t
    sift_up(heap, place, key, place[entity])
    sift_down(heap, place, key, place[entity])


@rule
def build(heap: Ints, place: Ints, key: Ints) -> None:
    """Order all entities from scratch."""
    for j in range(len(heap)):
        heap[j] = j
        place[j] = j
    for j in range(len(heap) // 2 - 1, -1, -1):
        sift_down(heap, place, key, j)
