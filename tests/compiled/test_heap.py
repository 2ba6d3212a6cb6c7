"""The indexed heap against the obvious answer: the earliest entity, ties by number, whatever changed in between."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.compiled.heap import build, restore

SIZE = 23
times = st.integers(min_value=0, max_value=6)  # few values, so that ties are the rule
changes = st.lists(st.dictionaries(st.integers(0, SIZE - 1), times, min_size=1, max_size=8), max_size=40)


@given(st.lists(times, min_size=SIZE, max_size=SIZE), changes)
def test_the_first_is_the_earliest_after_any_number_of_changes_at_once(start: list[int], steps: list[dict[int, int]]) -> None:
    due = np.array(start, np.int64)
    heap, place, key = np.empty(SIZE, np.int64), np.empty(SIZE, np.int64), due.copy()
    build(heap, place, key)
    for step in steps:
        for entity, t in step.items():
            due[entity] = t
        for entity in step:
            restore(heap, place, key, entity, due[entity])
        assert heap[0] == min(range(SIZE), key=lambda entity: (due[entity], entity))
        assert all(heap[place[entity]] == entity for entity in range(SIZE))
