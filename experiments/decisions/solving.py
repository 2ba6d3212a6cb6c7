"""`caseload solve`: the least of a lever that meets a target, or that nothing does and what comes nearest."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from experiments.analysis.statistics import Floats
from experiments.decisions.study import evenly
from experiments.decisions.target import Target

FIRST_VALUES: Final = 7
"""Values of the lever that are looked at first; between neighbours of which one meets the target and one does not, halves follow."""
HALVINGS: Final = 5
"""How often an interval is halved at most when the lever has no step."""

NEVER: Final = (-math.inf, -math.inf, -math.inf)
"""How near a value comes at which the outcome is not defined, or every replication failed."""

Evaluate = Callable[[list[float]], dict[float, Floats]]


@dataclass(frozen=True)
class Solution:
    """What was found. rows: every value looked at. least: the smallest that meets the target, most: the largest; None: nothing does."""

    target: Target
    rows: list[dict[str, Any]]
    least: float | None
    most: float | None
    best: float

    def row(self, value: float) -> dict[str, Any]:
        """The row of a value."""
        return next(row for row in self.rows if row["value"] == value)

    @property
    def sure(self) -> bool:
        """Whether the interval of the least value lies wholly above what is wanted."""
        return self.least is not None and self.row(self.least)["lo"] >= self.target.wanted


def solve(target: Target, low: float, high: float, step: float | None, evaluate: Evaluate) -> Solution:
    """Find where the target is met between low and high, with the same patients, parameters and luck at every value.

    The values need not rise with the lever: the ends of what meets the target are each searched between neighbours that do and
    do not. evaluate: values of the lever -> outcome of each, shape (draws, replications).
    """
    found: dict[float, tuple[float, float, float]] = {}

    def look(values: list[float]) -> None:
        fresh = [value for value in values if value not in found]
        if fresh:
            for value, cells in evaluate(fresh).items():
                near = target.measure(cells)
                found[value] = near if math.isfinite(near[0]) else NEVER

    look(evenly(low, high, FIRST_VALUES, step))
    if not _meeting(found, target):
        for _ in range(HALVINGS):  # nothing yet: look on both sides of the nearest
            best = max(found, key=lambda value: found[value][0])
            around = [middle for middle in _middles(found, best, low, step) if middle is not None]
            if not around:
                break
            look(around)
            if _meeting(found, target):
                break
    for _ in range(HALVINGS if step is None else 64):
        places = sorted(found)
        edges = [pair for pair in itertools.pairwise(places) if _meets(found, pair[0], target) != _meets(found, pair[1], target)]
        ends = [edges[0], edges[-1]] if edges else []
        middles = {middle for pair in ends if (middle := _between(*pair, low, step)) is not None}
        if not middles:
            break
        look(sorted(middles))
    meeting = _meeting(found, target)
    rows = [
        {"value": value, "reached": measure[0], "lo": measure[1], "hi": measure[2], "meets": _meets(found, value, target)}
        for value, measure in sorted(found.items())
    ]
    best = max(sorted(found), key=lambda value: found[value][0])
    return Solution(target, rows, min(meeting, default=None), max(meeting, default=None), best)


def _meets(found: dict[float, tuple[float, float, float]], value: float, target: Target) -> bool:
    return found[value][0] >= target.wanted


def _meeting(found: dict[float, tuple[float, float, float]], target: Target) -> list[float]:
    return [value for value in found if _meets(found, value, target)]


def _middles(found: dict[float, tuple[float, float, float]], best: float, low: float, step: float | None) -> list[float | None]:
    places = sorted(found)
    at = places.index(best)
    pairs = [pair for pair in ((places[at - 1], best) if at else None, (best, places[at + 1]) if at + 1 < len(places) else None) if pair]
    return [_between(*pair, low, step) for pair in pairs]


def _between(below: float, above: float, low: float, step: float | None) -> float | None:
    """A value halfway, on the steps; None when there is none between."""
    middle = (below + above) / 2
    if step is not None:
        middle = low + round((middle - low) / step) * step
    return middle if below < middle < above else None
