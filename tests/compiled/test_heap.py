"""The indexed heap against the obvious answer: the earliest entity, ties by turn, whatever changed in between."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.compiled.heap import ABSENT, put

SIZE = 23
STOP = 6  # times from here on are outside
times = st.integers(min_value=0, max_value=8)  # few values, so that ties are the rule
changes = st.lists(st.dictionaries(st.integers(0, SIZE - 1), times, min_size=1, max_size=8), max_size=40)


@given(st.lists(times, min_size=SIZE, max_size=SIZE), changes)
def test_the_first_is_the_earliest_after_any_number_of_changes_at_once(start: list[int], steps: list[dict[int, int]]) -> None:
    due = np.array(start, np.int64)
    time, who, place = np.empty(SIZE, np.int64), np.empty(SIZE, np.int64), np.full(SIZE, ABSENT, np.int32)
    turn = np.arange(SIZE)[::-1].copy()
    size = 0
    for step in [dict(enumerate(start)), *steps]:
        for entity, t in step.items():
            due[entity] = t
        for entity in step:
            size = put(time, who, place, turn, size, entity, due[entity], STOP)
        inside = [entity for entity in range(SIZE) if due[entity] < STOP]
        assert sorted(who[:size]) == inside
        if inside:
            assert who[0] == min(inside, key=lambda entity: (due[entity], turn[entity]))
        assert all(who[place[entity]] == entity for entity in inside)
        assert all(place[entity] == ABSENT for entity in range(SIZE) if entity not in inside)
        assert (time[:size] == due[who[:size]]).all()
