"""Figures of an analysis, each from one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure

from experiments.analysis.analysing import Table
from sim.report.style import GREEN, MUTED, PROGRAMME, PURPLE, SKY, USUAL, YELLOW

COLOURS: Final = (PROGRAMME, USUAL, GREEN, YELLOW, PURPLE, SKY, MUTED)
STYLES: Final = ("-", "--", "-.", ":")
MOST_BARS: Final = 15
MOST_PANELS: Final = 6
MOST_LINES: Final = 8

Rows = Sequence[Mapping[str, Any]]


def _panels(rows: Rows, height: float) -> tuple[Figure, list[tuple[Any, str, Rows]]]:
    """A panel for each outcome, one below the other."""
    outcomes = list(dict.fromkeys(row["outcome"] for row in rows))[:MOST_PANELS]
    figure = Figure(figsize=(9, height * len(outcomes)), layout="constrained")
    axes = figure.subplots(len(outcomes), 1, squeeze=False)[:, 0]
    return figure, [(ax, name, [row for row in rows if row["outcome"] == name]) for ax, name in zip(axes, outcomes, strict=True)]


def _lines(rows: Rows, levers: Sequence[str]) -> tuple[str, dict[str, list[tuple[float, Mapping[str, Any]]]]] | None:
    """The lever that is a number, and the rows of each combination of the others by it; None when no lever is a number."""
    along = next((lever for lever in levers if len({row[lever] for row in rows}) > 1 and all(_is_number(row[lever]) for row in rows)), None)
    if along is None:
        return None
    found: dict[str, list[tuple[float, Mapping[str, Any]]]] = {}
    for row in rows:
        others = ", ".join(str(row[lever]) for lever in levers if lever != along)
        found.setdefault(others, []).append((float(row[along]), row))
    return along, {name: sorted(points, key=lambda point: point[0]) for name, points in list(found.items())[:MOST_LINES]}


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def _curves(table: Table, value: str, low: str, high: str, label: str) -> Figure | None:
    if _lines(table.rows, table.in_file_only) is None:
        return None
    figure, panels = _panels(table.rows, 3.2)
    for ax, outcome, rows in panels:
        lines = _lines(rows, table.in_file_only)
        assert lines is not None
        for position, (name, points) in enumerate(lines[1].items()):
            x = [at for at, _ in points]
            colour, style = COLOURS[position % len(COLOURS)], STYLES[position % len(STYLES)]
            ax.plot(x, [row[value] for _, row in points], style, color=colour, marker="o", markersize=4, label=name)
            ax.fill_between(x, [row[low] for _, row in points], [row[high] for _, row in points], color=colour, alpha=0.15, linewidth=0)
        ax.set_xlabel(lines[0])
        ax.set_ylabel(label)
        ax.set_title(outcome, loc="left")
        if len(lines[1]) > 1:
            ax.legend(fontsize=8)
    return figure


def levers(table: Table) -> Figure | None:
    """Each outcome over the lever that is a number; bands: p10 to p90."""
    return _curves(table, "mean", "p10", "p90", "mean, p10 to p90")


def reached(table: Table) -> Figure | None:
    """The probability of reaching a target over the lever that is a number; bands: 95% intervals."""
    return _curves(table, "probability", "lo", "hi", "probability")


def tornado(table: Table) -> Figure:
    """The widest swings."""
    figure, panels = _panels(table.rows, 4.5)
    for ax, outcome, rows in panels:
        names = list(dict.fromkeys(row["factor"] for row in rows))[:MOST_BARS]
        for place, name in enumerate(reversed(names)):
            for colour, row in zip((USUAL, PROGRAMME), (row for row in rows if row["factor"] == name), strict=False):
                ax.barh(place, row["difference"], xerr=row["error"], color=colour, alpha=0.8, error_kw={"elinewidth": 1})
        ax.set_yticks(range(len(names)), [*reversed(names)], fontsize=7)
        ax.axvline(0, color=MUTED, linewidth=0.8)
        ax.set_title(f"{outcome}: difference to the scenario as it is", loc="left")
    return figure


def sobol(table: Table) -> Figure:
    """First-order and total indices with their intervals."""
    return _index_bars(table, ("ST", "S1"))


def morris(table: Table) -> Figure:
    """Mean absolute elementary effects with their intervals."""
    return _index_bars(table, ("mu_star",))


def _index_bars(table: Table, indices: Sequence[str]) -> Figure:
    figure, panels = _panels(table.rows, 4.5)
    for ax, outcome, rows in panels:
        shown = [*reversed(rows[:MOST_BARS])]
        height = 0.8 / len(indices)
        for position, index in enumerate(indices):
            places = [place + position * height for place in range(len(shown))]
            error = [row[f"{index}_conf"] for row in shown]
            ax.barh(places, [row[index] for row in shown], height, xerr=error, color=COLOURS[position], label=index)
        ax.set_yticks(range(len(shown)), [row["factor"] for row in shown], fontsize=7)
        ax.set_title(outcome, loc="left")
        ax.legend(fontsize=8)
    return figure


def acceptability(table: Table) -> Figure:
    """The probability of being best over the willingness to pay."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    ax = figure.subplots()
    for position, name in enumerate(list(dict.fromkeys(row["alternative"] for row in table.rows))[:MOST_LINES]):
        rows = [row for row in table.rows if row["alternative"] == name]
        x, y = [row["willingness"] for row in rows], [row["probability_best"] for row in rows]
        ax.plot(x, y, STYLES[position % len(STYLES)], color=COLOURS[position % len(COLOURS)], marker="o", markersize=4, label=name)
        best = [(row["willingness"], row["probability_best"]) for row in rows if row["best_on_average"]]
        ax.scatter([at for at, _ in best], [share for _, share in best], s=60, facecolors="none", edgecolors="black")
    ax.set_xlabel("willingness to pay, USD per unit of effect")
    ax.set_ylabel("probability of being best (ring: best on average)")
    ax.legend(fontsize=8)
    return figure


def variance(table: Table) -> Figure:
    """The shares of parameters and chance in the variance."""
    figure = Figure(figsize=(9, 0.4 * len(table.rows) + 1.2), layout="constrained")
    ax = figure.subplots()
    rows = [*reversed(table.rows)]
    names = [f"{row['outcome']}, {row['alternative']}" for row in rows]
    shares = [row["parameters_share"] for row in rows]
    ax.barh(names, shares, color=PROGRAMME, label="parameters")
    ax.barh(names, [row["chance_share"] for row in rows], left=shares, color=YELLOW, label="chance")
    ax.tick_params(axis="y", labelsize=7)
    ax.set_xlim(0, 1)
    ax.legend(fontsize=8)
    return figure


PLOTS: Final[Mapping[str, Callable[[Table], Figure | None]]] = {
    "levers": levers,
    "reached": reached,
    "tornado": tornado,
    "sobol": sobol,
    "morris": morris,
    "acceptability": acceptability,
    "variance": variance,
}
