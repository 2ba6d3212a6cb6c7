"""Lives: the same person with the same traits under other luck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.population.person import Persons
from sim.rules.streams import derived_keys


class Lives(NamedTuple):
    """Lives to be lived side by side; one row each, practice by practice, there in ascending order of key.

    The number of a life is its row, since a person has several.
    """

    persons: Persons
    owner: NDArray[np.intp]  # whose life it is: the place of the person
    life: NDArray[np.int64]  # which of the person's lives


def lives_of(persons: Persons, first: int, count: int) -> Lives:
    """The lives `first` .. `first + count - 1` of each person; life 0 is lived under the person's own key."""
    owner = np.repeat(np.arange(len(persons)), count)
    life = np.tile(np.arange(first, first + count), len(persons))
    lived = persons[owner]
    later = life > 0
    lived["key"][later] = derived_keys(np.ascontiguousarray(lived["key"][later]), life[later])
    order = np.lexsort((lived["key"], lived["practice"]))
    lived = lived[order]
    lived["number"] = np.arange(len(lived))
    return Lives(lived, owner[order], life[order])
