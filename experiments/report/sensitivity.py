"""What the outcomes depend on: tornado, global indices, and how much of the spread is parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.analysing import Table
from experiments.analysis.statistics import clearly
from experiments.report.naming import Named, factor_inside, level, named
from sim.report.chart import Cell, Chart, Data
from sim.report.charts.ladder import CHARACTERS_PER_INCH, ROW_HEIGHT, Rung, height, ladder
from sim.report.style import INK, MUTED, PROGRAMME, PURPLE, USUAL, Paper, literal
from sim.report.wording import parameter, percent

MOST_BARS: Final = 12
MOST_OUTCOMES: Final = 4
LONGEST_UNIT: Final = 12
"""A longer unit would run into the name of its parameter; the data have it."""
NO_UNITS: Final = ("factor", "exponent", "share", "shape", "excess", "correlation", "dose", "")
"""First words of units that say nothing to a reader; a share is shown in %."""
STACKED: Final = 1.45
"""Height of a row with its name above its label, in rows."""
Z: Final = 1.959963984540054

Row = Mapping[str, Any]


def _parts(table: Table) -> list[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        found.setdefault(row["outcome"], []).append(row)
    return list(found.items())


def _data(table: Table) -> Data:
    columns = tuple(name for name in table.rows[0] if name not in table.in_file_only)
    return Data(columns, tuple(tuple(cell(row[name]) for name in columns) for row in table.rows))


def cell(value: Any) -> Cell:
    """A value of an analysis as a cell of data."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int | float) else str(value)


# One factor at a time -------------------------------------------------------------------------------------------------------


def tornado_charts(table: Table, units: Mapping[str, str]) -> list[Chart]:
    """A tornado for each outcome. units: of the parameters by name."""
    whole = _data(table)
    whole = Data((*whole.columns, "unit of the factor"), tuple((*row, units.get(str(row[1]), "")) for row in whole.rows))
    charts = []
    for outcome, rows in _parts(table)[:MOST_OUTCOMES]:
        own = Data(whole.columns, tuple(row for row in whole.rows if row[0] == outcome))
        charts.append(_tornado(outcome, rows, own, units))
    return charts


def _tornado(outcome: str, rows: Sequence[Row], data: Data, units: Mapping[str, str]) -> Chart:
    by_factor: dict[str, list[Row]] = {}
    for row in rows:
        by_factor.setdefault(row["factor"], []).append(row)
    shown = dict(list(by_factor.items())[:MOST_BARS])
    about = named(outcome)
    widest, ends = next(iter(shown.items()))
    changes = ", ".join(f"{about.said(row['difference'], signed=True)} at {_at([row], units.get(widest, ''))}" for row in ends)
    title = f"{about.title} depends most on '{factor_inside(widest)}': {changes}"
    if not any(clearly(abs(row["difference"]), row["error"]) for row in ends):
        title = f"No parameter alone moves '{about.inside}' by more than chance; most '{factor_inside(widest)}': {changes}"
    left = len(by_factor) - len(shown)
    note = (
        "Difference to the scenario as it is when one parameter alone moves to either end of what is known about it, on the same patients "
        f"and luck. Orange: the lower end; blue: the upper end; dark lines: 95% interval from few replications."
        f"{f' {left} more parameters move it less; they are in the data.' if left else ''}"
    )

    def draw(paper: Paper) -> Figure:
        labels = {name: (parameter(name), _at(pair, units.get(name, ""))) for name, pair in shown.items()}
        stacked = any(len(name) + len(label) + 2 > _room(paper) for name, label in labels.values())
        figure, (axis,) = paper.panels(1, 0.75 + (STACKED if stacked else 1.0) * ROW_HEIGHT * len(shown))
        for at, (name, pair) in enumerate(shown.items()):
            _swing(axis, at, pair, about)
            _words(axis, at, *labels[name], paper, stacked=stacked)
        axis.axvline(0, color=MUTED, linewidth=1.1, zorder=1)
        _bare(axis, len(shown))
        axis.set_xlabel(f"change of the mean, {about.axis or 'in its own unit'}", fontsize=9)
        return figure

    return Chart(f"tornado_{outcome.replace('.', '_')}", title, note, data, draw)


def _at(pair: Sequence[Row], unit: str) -> str:
    """Where a parameter stands at its ends, with its unit: shares in %."""
    if unit == "share":
        return " to ".join(f"{100 * row['at']:.3g}%" for row in pair)
    span = " to ".join(level(row["at"]) for row in pair)
    return f"{span} {unit}" if unit.split(" ")[0] not in NO_UNITS and len(unit) <= LONGEST_UNIT else span


def _swing(axis: Axes, at: int, pair: Sequence[Row], about: Named) -> None:
    for colour, row in zip((USUAL, PROGRAMME), pair, strict=False):
        size, error = about.scale * row["difference"], about.scale * Z * row["error"]
        axis.barh(at + 0.12, size, height=0.3, color=colour, alpha=0.75, linewidth=0)
        axis.plot([size - error, size + error], [at + 0.12] * 2, color=INK, linewidth=1.1)


def _room(paper: Paper) -> int:
    """Characters that a line of a figure holds."""
    return int(CHARACTERS_PER_INCH * paper.width)


def _words(axis: Axes, at: int, name: str, label: str, paper: Paper, *, stacked: bool = False) -> None:
    """Name and label above a bar, on one line or the label below the name; a name that is too long gives way."""
    room = _room(paper) - (0 if stacked else len(label) + 2)
    name = name if len(name) <= room else f"{name[: room - 1]}…"
    place = axis.get_yaxis_transform()
    axis.text(0.0, at - (0.37 if stacked else 0.12), literal(name), transform=place, fontsize=9, va="bottom")
    aside = {"x": 0.0} if stacked else {"x": 1.0, "ha": "right"}
    axis.text(y=at - 0.12, s=literal(label), transform=place, fontsize=9, va="bottom", color=MUTED, **aside)


def _bare(axis: Axes, rows: int) -> None:
    axis.set_yticks([])
    axis.set_ylim(rows - 0.5, -0.75)
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.06)
    axis.locator_params(axis="x", nbins=5)


# Global indices -------------------------------------------------------------------------------------------------------------


def sobol_chart(table: Table) -> Chart:
    """Total Sobol indices, and the part of the factor alone."""
    return _indices(table, "ST", "share of the variance, with all interactions; dark stroke: the factor alone", "S1", percent)


def morris_chart(table: Table) -> Chart:
    """Mean absolute elementary effects."""
    return _indices(table, "mu_star", "mean absolute effect of the whole range, in the outcome's unit", None, lambda value: f"{value:.3g}")


def _indices(table: Table, name: str, unit: str, alone: str | None, text: Any) -> Chart:
    parts = _parts(table)[:MOST_OUTCOMES]
    rungs = {outcome: [_index(row, name, alone, text) for row in rows[:MOST_BARS]] for outcome, rows in parts}
    outcome, rows = parts[0]
    title = f"{named(outcome).title}: {parameter(rows[0]['factor'])} matters most ({text(rows[0][name])})"

    def draw(paper: Paper) -> Figure:
        across = min(len(rungs), paper.columns, 2)
        figure, axes = paper.panels(len(rungs), max(height(each, paper.width / across) for each in rungs.values()), columns=2)
        for axis, (what, each) in zip(axes, rungs.items(), strict=True):
            ladder(axis, each, unit if across == 1 else unit.split(";")[0], bars=True)
            axis.set_title(literal(named(what).title))
        return figure

    note = f"{table.note} Bar: {unit}; line: 95% interval from the design."
    return Chart(table.name, title, note, _data(table), draw)


def _index(row: Row, name: str, alone: str | None, text: Any) -> Rung:
    half = row[f"{name}_conf"]
    return Rung(
        parameter(row["factor"]),
        f"{text(row[name])} (± {text(half)})",
        row[name],
        row[name] - half,
        row[name] + half,
        truth=None if alone is None else row[alone],
    )


def variance_chart(table: Table) -> Chart | None:
    """How much of the spread is not knowing the parameters, and how much is chance; None where one replication cannot tell."""
    rows = [row for row in table.rows if row["parameters_share"] is not None and math.isfinite(row["parameters_share"])]
    if not rows:
        return None
    alternatives = len({row["alternative"] for row in rows})
    names = [named(row["outcome"]).title + (f", {row['alternative']}" if alternatives > 1 else "") for row in rows][: 2 * MOST_BARS]
    title = f"{names[0]}: {percent(rows[0]['parameters_share'])} of the variance is not knowing the parameters, the rest is chance"

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, 0.75 + ROW_HEIGHT * len(names))
        for at, (name, row) in enumerate(zip(names, rows, strict=False)):
            share = 100 * row["parameters_share"]
            axis.barh(at + 0.12, share, height=0.3, color=PROGRAMME, alpha=0.75, linewidth=0)
            axis.barh(at + 0.12, 100 - share, left=share, height=0.3, color=PURPLE, alpha=0.35, linewidth=0)
            _words(axis, at, name, f"{share:.0f}% parameters", paper)
        _bare(axis, len(names))
        axis.set_xlim(0, 100)
        axis.set_xlabel("% of the variance (blue: parameters, purple: chance)", fontsize=9)
        return figure

    return Chart("variance", title, table.note, _data(table), draw)
