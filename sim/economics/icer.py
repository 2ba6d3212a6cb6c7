"""Incremental cost-effectiveness ratios (ICER) of mutually exclusive strategies, with the reason why one is not on the frontier.

    ICER of a strategy = (its cost - cost of the one before it) / (its effect - effect of the one before it)

the one before it on the frontier, from the cheapest on. A strategy is `dominated` when another costs no more and does at least as much,
and `extended_dominated` when a mix of two others does: its ICER would be above that of the next more effective one. The convex
hull of cost on effect is the frontier. Source: the standard algorithm (VA HERC's worked example in the tests).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["frontier", "dominated", "extended_dominated"]


@dataclass(frozen=True)
class Strategy:
    """cost: USD; effect: any unit in which more is better; both per person or in total, alike for all strategies."""

    name: str
    cost: float
    effect: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.cost) and math.isfinite(self.effect)):
            raise ValueError(f"{self.name}: cost and effect must be finite (got {self.cost} and {self.effect})")


@dataclass(frozen=True)
class Compared:
    """A strategy in the table. against: the one before it on the frontier; icer: USD per unit of effect. Both None off the frontier and
    for the cheapest strategy on it."""

    strategy: Strategy
    status: Status
    against: str | None = None
    icer: float | None = None


def icers(strategies: Iterable[Strategy]) -> list[Compared]:
    """The table by effect, then cost. Of strategies with equal cost and effect the first stays on the frontier.

    Raises ValueError for none, or two of one name.
    """
    given = list(strategies)
    if not given or len({one.name for one in given}) < len(given):
        raise ValueError(f"strategies need names of their own (got {', '.join(one.name for one in given) or 'none'})")
    status: dict[str, Status] = dict.fromkeys((one.name for one in given), "dominated")
    frontier: list[Strategy] = []
    for one in sorted(given, key=lambda one: (one.cost, -one.effect)):
        if frontier and one.effect <= frontier[-1].effect:
            continue  # a cheaper one does at least as much
        while len(frontier) > 1 and _ratio(one, frontier[-1]) <= _ratio(frontier[-1], frontier[-2]):
            status[frontier.pop().name] = "extended_dominated"
        frontier.append(one)
        status[one.name] = "frontier"
    before = dict(zip((one.name for one in frontier[1:]), frontier, strict=False))
    return [
        Compared(one, status[one.name], before[one.name].name, _ratio(one, before[one.name]))
        if one.name in before
        else Compared(one, status[one.name])
        for one in sorted(given, key=lambda one: (one.effect, one.cost))
    ]


def _ratio(one: Strategy, other: Strategy) -> float:
    return (one.cost - other.cost) / (one.effect - other.effect)
