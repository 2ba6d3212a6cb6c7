"""The yardstick of the event queue: an indexed heap of entities ordered by (pending time, turn), four children a node.

Only entities with a pending time before the stop of the run are in it. It keeps times of its own beside the entities, so
that a comparison reads one place in memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.rules.compiling import rule

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
ABSENT = -1


@rule
def precedes(time: Ints, who: Ints, turn: Ints, a: int, b: int) -> bool:
    """Whether the entity at position a comes before the one at b; no branch on which time is earlier, as nobody can foretell it."""
    if time[a] == time[b]:
        return turn[who[a]] < turn[who[b]]
    return time[a] < time[b]


@rule
def first_child(time: Ints, who: Ints, turn: Ints, size: int, child: int) -> int:
    """The position that comes first among the up to four from `child` on."""
    if child + 4 <= size:
        left = child + precedes(time, who, turn, child + 1, child)
        right = child + 2 + precedes(time, who, turn, child + 3, child + 2)
        return left + (right - left) * precedes(time, who, turn, right, left)
    first = child
    for other in range(child + 1, size):
        if precedes(time, who, turn, other, first):
            first = other
    return first


@rule
def sift_up(time: Ints, who: Ints, place: Places, turn: Ints, j: int) -> None:
    """Move the entity at position j towards the root as far as it belongs."""
    t = time[j]
    entity = who[j]
    while j > 0:
        up = (j - 1) >> 2
        if time[up] < t or (time[up] == t and turn[who[up]] < turn[entity]):
            break
        time[j] = time[up]
        who[j] = who[up]
        place[who[j]] = j
        j = up
    time[j] = t
    who[j] = entity
    place[entity] = j


@rule
def sift_down(time: Ints, who: Ints, place: Places, turn: Ints, size: int, j: int) -> None:
    """Move the entity at position j away from the root as far as it belongs."""
    t = time[j]
    entity = who[j]
    while True:
        child = 4 * j + 1
        if child >= size:
            break
        first = first_child(time, who, turn, size, child)
        if t < time[first] or (t == time[first] and turn[entity] < turn[who[first]]):
            break
        time[j] = time[first]
        who[j] = who[first]
        place[who[j]] = j
        j = first
    time[j] = t
    who[j] = entity
    place[entity] = j


@rule
def put(time: Ints, who: Ints, place: Places, turn: Ints, size: int, entity: int, t: int, stop: int) -> int:
    """Give one entity its pending time, take it in or take it out; gives the new size of the heap.

    One event can change the times of several entities: they are put one by one, since the order can be mended only while
    a single entity is out of place.
    """
    j = place[entity]
    if t >= stop:
        if j != ABSENT:
            size -= 1
            place[entity] = ABSENT
            if j < size:
                time[j] = time[size]
                who[j] = who[size]
                place[who[j]] = j
                sift_up(time, who, place, turn, j)
                sift_down(time, who, place, turn, size, place[who[j]])
    elif j == ABSENT:
        time[size] = t
        who[size] = entity
        sift_up(time, who, place, turn, size)
        size += 1
    elif t != time[j]:
        earlier = t < time[j]
        time[j] = t
        if earlier:
            sift_up(time, who, place, turn, j)
        else:
            sift_down(time, who, place, turn, size, j)
    return size
