"""What a decision needs: which alternative is best at each willingness to pay, and what is lost without each component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.figure import Figure

from experiments.analysis.analysing import Table
from experiments.report.naming import Named, named
from experiments.report.sensitivity import Z, cell
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import Rung, height, ladder
from sim.report.style import GREEN, INK, MUTED, PROGRAMME, PURPLE, USUAL, Paper, literal
from sim.report.wording import percent

COLOURS: Final = (PROGRAMME, USUAL, GREEN, PURPLE, MUTED)
STYLES: Final = ("-", "--", "-.", ":", "-")
MOST_OUTCOMES: Final = 4

Row = Mapping[str, Any]


def acceptability_chart(table: Table) -> Chart:
    """The chance of being best over the willingness to pay, for the alternatives that are ever likely to be."""
    names = list(dict.fromkeys(row["alternative"] for row in table.rows))
    most = {name: max(row["probability_best"] for row in table.rows if row["alternative"] == name) for name in names}
    shown = sorted(names, key=lambda name: -most[name])[: len(COLOURS)]
    lines = {name: [row for row in table.rows if row["alternative"] == name] for name in shown}
    highest = max(row["willingness"] for row in table.rows)
    best = next(row for row in table.rows if row["willingness"] == highest and row["best_on_average"])
    title = (
        f"At {words.number(highest, 'USD')} per unit of effect the best on average is {_said(best['alternative'])}, which is best in "
        f"{percent(best['probability_best'])} of draws"
    )

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, 3.4)
        for (name, rows), colour, style in zip(lines.items(), COLOURS, STYLES, strict=False):
            x, y = [row["willingness"] / 1000 for row in rows], [100 * row["probability_best"] for row in rows]
            axis.plot(x, y, style, color=colour, marker="o", markersize=4, label=literal(_said(name)))
            ahead = [row for row in rows if row["best_on_average"]]
            at, chance = [row["willingness"] / 1000 for row in ahead], [100 * row["probability_best"] for row in ahead]
            axis.scatter(at, chance, s=80, facecolors="none", edgecolors=INK, zorder=4)
        axis.set_ylim(-3, 103)
        axis.set_xlabel("willingness to pay, thousand USD per unit of effect")
        axis.set_ylabel("chance of being best, %")
        figure.legend(loc="outside lower left", ncols=2 if paper.columns > 1 else 1, fontsize=9, frameon=False)
        return figure

    left = len(names) - len(shown)
    note = f"{table.note} Ring: best on average.{f' {left} more alternatives are less often best; they are in the data.' if left else ''}"
    columns = ("willingness, USD per unit of effect", "alternative", "net benefit, mean, USD", "best, share of draws", "best on average")
    keys = ("willingness", "alternative", "net_benefit", "probability_best", "best_on_average")
    return Chart("acceptability", title, note, Data(columns, tuple(tuple(cell(row[key]) for key in keys) for row in table.rows)), draw)


def _said(alternative: str) -> str:
    return "no programme" if alternative == "nothing" else words.printable(alternative).replace("_", " ")


def leave_one_out_chart(table: Table) -> Chart:
    """What is lost when each component alone is taken out."""
    parts: dict[str, list[Row]] = {}
    for row in table.rows:
        parts.setdefault(row["outcome"], []).append(row)
    parts = dict(list(parts.items())[:MOST_OUTCOMES])
    outcome, rows = next(iter(parts.items()))
    about = named(outcome)
    order = [row["without"] for row in sorted(rows, key=lambda row: -abs(row["difference"]))]
    first = next(row for row in rows if row["without"] == order[0])
    half = Z * first["error"]
    span = " to ".join(about.text(first["difference"] + side, signed=True) for side in (-half, half))
    title = (
        f"{words.name(order[0])} is missed most: without it {about.inside} change by {about.said(first['difference'], signed=True)} "
        f"(95% interval {span})"
    )
    ladders = {name: [_rung(named(name), row) for row in _ordered(each, order)] for name, each in parts.items()}

    def draw(paper: Paper) -> Figure:
        across = min(len(ladders), paper.columns, 2)
        figure, axes = paper.panels(len(ladders), max(height(each, paper.width / across) for each in ladders.values()), columns=2)
        for axis, (name, each) in zip(axes, ladders.items(), strict=True):
            ladder(axis, each, f"change without it, {named(name).axis}")
            axis.set_title(literal(named(name).title))
        return figure

    note = (
        "The programme without one component against the whole programme, on the same patients and luck. Dot: mean change; line: its 95% "
        "interval from few replications; grey, '?': may be chance. The staff's hours that it frees go to the other components, so that a "
        "loss can be a gain."
    )
    columns = ("outcome", "unit", "without", "change, mean", "its standard error", "p10", "p90")
    keys = ("difference", "error", "p10", "p90")
    data = tuple((row["outcome"], named(row["outcome"]).unit, row["without"], *(cell(row[key]) for key in keys)) for row in table.rows)
    return Chart("leave_one_out", title, note, Data(columns, data), draw)


def _ordered(rows: Sequence[Row], order: Sequence[str]) -> list[Row]:
    return sorted(rows, key=lambda row: order.index(row["without"]))


def _rung(about: Named, row: Row) -> Rung:
    mean, half = row["difference"], Z * row["error"]
    unclear = abs(mean) <= half
    label = f"{about.text(mean, signed=True)} ({about.text(mean - half, signed=True)} to {about.text(mean + half, signed=True)})"
    at, low, high = (about.scale * value for value in (mean, mean - half, mean + half))
    return Rung(words.name(row["without"]), f"{label}{' ?' if unclear else ''}", at, low, high, MUTED if unclear else PROGRAMME)
