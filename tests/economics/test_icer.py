"""The published worked example, and what holds for any strategies."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economics.icer import Strategy, icers

HERC = {"E": (55_000, 5), "D": (35_000, 4), "C": (25_000, 3), "B": (10_000, 2), "A": (12_000, 1.5), "UC": (5_000, 1)}
"""VA HERC: cost and effect."""


def test_the_worked_example_of_va_herc() -> None:
    rows = icers(Strategy(name, *values) for name, values in HERC.items())
    assert [(row.strategy.name, row.status, row.against, row.icer) for row in rows] == [
        ("UC", "frontier", None, None),
        ("A", "dominated", None, None),
        ("B", "frontier", "UC", 5_000),
        ("C", "extended_dominated", None, None),
        ("D", "frontier", "B", 12_500),
        ("E", "frontier", "D", 20_000),
    ]


def test_equal_strategies_leave_the_first_and_a_cost_saving_one_has_no_ratio() -> None:
    rows = icers([Strategy("usual", 100, 1), Strategy("twin", 100, 1), Strategy("dearer", 120, 1), Strategy("saves", 90, 2)])
    assert {row.strategy.name: (row.status, row.icer) for row in rows} == {
        "usual": ("dominated", None),
        "twin": ("dominated", None),
        "dearer": ("dominated", None),
        "saves": ("frontier", None),
    }


@pytest.mark.parametrize("names", [[], ["a", "a"]])
def test_names_must_tell_strategies_apart(names: list[str]) -> None:
    with pytest.raises(ValueError, match="names of their own"):
        icers(Strategy(name, 1, at) for at, name in enumerate(names))


def test_a_cost_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a: cost and effect must be finite"):
        Strategy("a", math.nan, 1)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12), st.floats(0, 60))
def test_the_strategy_with_the_greatest_net_benefit_is_on_the_frontier(pairs: list[tuple[int, int]], willingness: float) -> None:
    rows = icers(Strategy(str(at), cost, effect) for at, (cost, effect) in enumerate(pairs))

    def benefit(cost: float, effect: float) -> float:
        return willingness * effect - cost

    best = max(benefit(*pair) for pair in pairs)
    frontier = [row for row in rows if row.status == "frontier"]
    assert max(benefit(row.strategy.cost, row.strategy.effect) for row in frontier) == pytest.approx(best, abs=1e-9)
    ratios = [row.icer for row in frontier if row.icer is not None]
    assert all(one < other for one, other in pairwise(ratios))
    assert [row.icer for row in frontier].count(None) == 1
