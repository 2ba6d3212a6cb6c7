"""The table of design points: a column per factor, a row per point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.factors import Base, Factor, Value


@dataclass(frozen=True)
class Points:
    """Values of the factors by point; None is the scenario's own value.

    draw: which draw of the uncertainties a point has (-1: none). first: the number of its first replication; points with the
    same replications have the same patients and luck.
    """

    columns: Mapping[str, Sequence[Value]]
    draw: Sequence[int]
    first: Sequence[int]

    def __len__(self) -> int:
        return len(self.draw)

    def changes(self, point: int, factors: Sequence[Factor], base: Base) -> list[str]:
        """Everything that a point changes in the scenario."""
        found: list[str] = []
        for factor in factors:
            value = self.columns[factor.name][point]
            if value is not None:
                found.extend(factor.changes(value, base))
        return found

    def assignments(self, point: int) -> dict[str, Value]:
        """The values of a point that are not the scenario's own, by factor."""
        return {name: values[point] for name, values in self.columns.items() if values[point] is not None}


def plain_points(columns: Mapping[str, Sequence[Value]]) -> Points:
    """Points without draws; all have the same replications."""
    count = len(next(iter(columns.values())))
    return Points(columns, [-1] * count, [0] * count)


def joined(first: Points, second: Points) -> Points:
    """The points of both, those of the first before those of the second, each once."""
    seen = {_identity(first, point) for point in range(len(first))}
    fresh = [point for point in range(len(second)) if _identity(second, point) not in seen]
    return Points(
        {name: [*values, *(second.columns[name][point] for point in fresh)] for name, values in first.columns.items()},
        [*first.draw, *(second.draw[point] for point in fresh)],
        [*first.first, *(second.first[point] for point in fresh)],
    )


def _identity(points: Points, point: int) -> tuple[object, ...]:
    return (points.first[point], *(values[point] for values in points.columns.values()))
