"""The trees of a run as flat rows, each with its name, unit and definition: what tables, CSV files and reports print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from sim.economics.definitions import FIGURES, Figure
from sim.economics.lines import ARM_COLUMNS, LINES
from sim.outcomes.summary import Statistics, statistics

_STATISTICS: Final = tuple(statistics([]))


@dataclass(frozen=True)
class Row:
    """A row. name: path in the JSON object; value: statistics over replications, one number of the run, or None where there is none."""

    name: str
    title: str
    unit: str
    definition: str
    value: Statistics | float | None


def figure_rows(tree: Mapping[str, Any]) -> Iterator[Row]:
    """Savings, contract, returns, cash and actuary, in the order of the tree. What no definition fits (names, lags) is left out."""
    for name, value in leaves({part: tree[part] for part in ("savings", "contract", "roi", "cash", "actuary")}, ""):
        figure = figure_of(name)
        if figure is not None:
            yield Row(name, figure.title, figure.unit, figure.definition, value)


def figure_of(name: str) -> Figure | None:
    """The definition of a path: the one with as many parts that fits it."""
    parts = name.split(".")
    for figure in FIGURES:
        patterns = figure.name.split(".")
        if len(patterns) == len(parts) and all(map(fnmatchcase, parts, patterns)):
            return figure
    return None


def line_rows(tree: Mapping[str, Any]) -> Iterator[Row]:
    """Every line of every party, once for programme, usual care and their difference."""
    for line in LINES:
        for column in ARM_COLUMNS:
            name = f"economics.{line.party}.{line.name}.{column}"
            yield Row(name, line.title, line.unit, line.definition, tree["economics"][line.party][line.name][column])


def leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Statistics, numbers and None by path; a return has both statistics of its own and branches."""
    if isinstance(value, Mapping):
        own = {key: value[key] for key in _STATISTICS} if set(_STATISTICS) <= set(value) else {}
        if own:
            yield name, own
        for key, inner in value.items():
            if key not in own:
                yield from leaves(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, f"{name}.{at + 1}")
    elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield name, value
