"""The tournament against the obvious answer: the earliest entity, ties by turn, whatever changed in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.compiled.tournament import ROOT, clear, put, tournament

MOST = 37
STOP = 6  # times from here on are outside
times = st.integers(min_value=0, max_value=8)  # few values, so that ties are the rule
changes = st.lists(st.dictionaries(st.integers(0, MOST - 1), times, min_size=1, max_size=8), max_size=40)


@given(st.integers(1, MOST), st.permutations(range(MOST)), changes, changes)
def test_the_first_is_the_earliest_whatever_changes(
    size: int, turn: list[int], before: list[dict[int, int]], steps: list[dict[int, int]]
) -> None:
    tree = tournament(size)
    for emptied in (before, steps):
        clear(tree)
        due: dict[int, int] = {}
        for step in emptied:
            for entity, t in step.items():
                if entity >= size:
                    continue
                put(tree, entity, t, turn[entity], STOP)
                due[entity] = t
                inside = [one for one, at in due.items() if at < STOP]
                if inside:
                    first = min(inside, key=lambda one: (due[one], turn[one]))
                    assert (tree.nodes[ROOT].leaf, tree.nodes[ROOT].time) == (first, due[first])
                else:
                    assert tree.nodes[ROOT].time >= STOP


def test_a_turn_that_changes_counts_from_then_on() -> None:
    tree = tournament(3)
    clear(tree)
    for entity in range(3):
        put(tree, entity, 5, entity, STOP)
    put(tree, 0, 5, 7, STOP)
    assert tree.nodes[ROOT].leaf == 1
