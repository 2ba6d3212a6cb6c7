"""What the levers do to the outcomes: curves over a number, maps over two, rows where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.analysing import Table
from experiments.analysis.statistics import clearly
from experiments.report.naming import Named, factor_inside, level, named
from sim.report.chart import Cell, Chart, Data
from sim.report.charts.ladder import Rung, height, ladder
from sim.report.style import GREEN, INK, MUTED, PROGRAMME, PURPLE, USUAL, Paper, literal
from sim.report.wording import parameter, percent

COLOURS: Final = (PROGRAMME, USUAL, GREEN, PURPLE, MUTED)
MARKS: Final = ("o", "s", "^", "D", "v")
MOST_LINES: Final = len(COLOURS)
MOST_PANELS: Final = 6
MOST_MAPS: Final = 4
MOST_MEANS: Final = 3
MOST_ROWS: Final = 24
HALF: Final = 0.5

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Layout:
    """How combinations of levers lie: numbers that vary, and the other levers that vary."""

    numbers: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Row], levers: Sequence[str]) -> Layout:
        """The layout of rows that have these levers as columns."""
        varied = [lever for lever in levers if len({row[lever] for row in rows}) > 1]
        numbers = tuple(lever for lever in varied if all(_number(row[lever]) is not None for row in rows))
        return cls(numbers, tuple(lever for lever in varied if lever not in numbers))

    def rest(self, row: Row, along: Sequence[str]) -> str:
        """What a row has of the levers that no axis shows, in words."""
        return ", ".join(f"{factor_inside(name)} {level(row[name])}" for name in (*self.numbers, *self.others) if name not in along)

    def lines(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        """The rows along the first number, by what else varies."""
        along = self.numbers[0]
        found: dict[str, list[Row]] = {}
        for row in sorted(rows, key=lambda row: _number(row[along]) or 0.0):
            found.setdefault(self.rest(row, (along,)), []).append(row)
        return found


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _by_outcome(table: Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        found.setdefault(row["outcome"], []).append(row)
    return found


def label(row: Row, levers: Sequence[str]) -> str:
    """A combination of levers in words."""
    return ", ".join(f"{factor_inside(lever)} {level(row[lever])}" for lever in levers) or "as in the scenario"


# The probability of a target ------------------------------------------------------------------------------------------------


def reached_charts(table: Table, eligible: Mapping[str, float] | None = None) -> list[Chart]:
    """The chance of each target over the levers. eligible: mean patients by combination, to be shown beside a lever of enrolment."""
    made = (_reached(outcome, rows, table.in_file_only, eligible or {}) for outcome, rows in _by_outcome(table).items())
    return [chart for chart in made if chart is not None]


def _reached(outcome: str, rows: Sequence[Row], levers: Sequence[str], eligible: Mapping[str, float]) -> Chart | None:
    known = [row for row in rows if not math.isnan(row["probability"])]
    if not known:
        return None
    target = f"{named(outcome).inside} is at least {rows[0]['at_least']:g}"
    best, worst = (pick(known, key=lambda row: row["probability"]) for pick in (max, min))
    shares = dict.fromkeys(percent(row["probability"]) for row in (worst, best))
    if len(shares) == 1:
        title = f"The chance that {target} is {percent(best['probability'])} everywhere"
    elif not _worse(worst, best):
        title = f"The chance that {target} does not differ clearly: {' to '.join(shares)}"
    else:
        span = f"{percent(best['lo'])} to {percent(best['hi'])}"
        title = (
            f"The chance that {target} is highest with {label(best, levers)}: {percent(best['probability'])} (95% interval {span})"
            f"{_as_good(known, best)}; lowest, {percent(worst['probability'])}, with {label(worst, levers)}"
        )
    layout = Layout.of(rows, levers)
    note = "Share of replications (and draws); {}."
    key = f"chance_{outcome.replace('.', '_')}"
    data = Data(
        ("outcome", "at least", *levers, "probability, share", "95% interval, from", "to"),
        tuple(
            (outcome, row["at_least"], *(row[lever] for lever in levers), *(_cell(row[k]) for k in ("probability", "lo", "hi")))
            for row in rows
        ),
    )
    if len(layout.numbers) >= 2:
        maps = _Maps(rows, layout, _chance_square, "Chance, %", eligible)
        how = note.format(
            "bold with a frame: more likely than not beyond the error of the simulation (95% interval above 50%); italics: the interval "
            f"holds 50%{maps.about_eligible}"
        )
        return Chart(key, title, how, data, maps.figure)
    if layout.numbers and len(layout.lines(rows)) <= MOST_LINES:
        panel = _Curve("Chance", "%", "probability", "lo", "hi", 100.0)
        return Chart(
            key, title, note.format("vertical lines: its 95% interval"), data, lambda paper: _curves([(panel, rows)], layout, paper)
        )
    rungs = [
        Rung(label(row, levers), f"{percent(row['probability'])} ({percent(row['lo'])} to {percent(row['hi'])})", *_hundred(row))
        for row in sorted(rows, key=lambda row: -row["probability"])[:MOST_ROWS]
    ]
    return Chart(key, title, note.format("bars: its 95% interval"), data, lambda paper: _ladders([(rungs, "chance, %", None)], paper))


def _worse(row: Row, best: Row) -> bool:
    """Whether a choice's chance is lower than the best one's beyond chance: on the same luck, or where all cells agree by its interval."""
    return clearly(row["behind"], row["behind_error"]) if row["behind_error"] > 0 else bool(row["hi"] < best["lo"])


def _as_good(rows: Sequence[Row], best: Row) -> str:
    """How many other choices may be as good as the best."""
    others = sum(not _worse(row, best) for row in rows if row is not best)
    return f", and {others} other{'' if others == 1 else 's'} may be as good" if others else ""


def _hundred(row: Row) -> tuple[float, float, float]:
    return 100 * row["probability"], 100 * row["lo"], 100 * row["hi"]


def _cell(value: Any) -> Cell:
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


# Maps -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Square:
    """A cell of a map. shade: 0 to 1; sure: framed and bold; doubtful: in italics."""

    text: str
    shade: float
    sure: bool = False
    doubtful: bool = False


def _chance_square(row: Row) -> _Square | None:
    chance = row["probability"]
    if math.isnan(chance):
        return None
    return _Square(f"{100 * chance:.0f}", chance, row["lo"] > HALF, row["lo"] <= HALF <= row["hi"])


@dataclass(frozen=True)
class _Maps:
    """A figure by two numbers, a panel for each combination of the other levers. square: what a row's cell says; None: nothing yet."""

    rows: Sequence[Row]
    layout: Layout
    square: Callable[[Row], _Square | None]
    title: str
    eligible: Mapping[str, float]

    @property
    def axes(self) -> tuple[str, str]:
        """The levers along and up."""
        return self.layout.numbers[0], self.layout.numbers[1]

    @property
    def panels(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(self.layout.rest(row, self.axes), []).append(row)
        return dict(list(found.items())[:MOST_MAPS])

    @property
    def patients(self) -> dict[Any, float]:
        """Eligible patients by level of the lever up, where that lever alone decides them."""
        found: dict[Any, set[float]] = {}
        for row in self.rows:
            if row["alternative"] in self.eligible:
                found.setdefault(row[self.axes[1]], set()).add(self.eligible[row["alternative"]])
        alone = found and all(max(values) - min(values) < 1e-9 for values in found.values())
        return {place: next(iter(values)) for place, values in found.items()} if alone else {}

    @property
    def about_eligible(self) -> str:
        return "; in brackets: eligible patients, mean" if self.patients else ""

    def figure(self, paper: Paper) -> Figure:
        across, up = self.axes
        columns, rows = (sorted({float(row[lever]) for row in self.rows}) for lever in self.axes)
        patients = self.patients
        figure, axes = paper.panels(len(self.panels), 0.9 + 0.34 * len(rows), columns=2)
        for axis, (heading, cells) in zip(axes, self.panels.items(), strict=True):
            for row in cells:
                self._draw(axis, row, (columns.index(float(row[across])), rows.index(float(row[up]))))
            axis.set_xticks(range(len(columns)), [f"{value:g}" for value in columns], fontsize=8)
            named_rows = [f"{value:g}" + (f" ({patients[value]:,.0f})" if value in patients else "") for value in rows]
            axis.set_yticks(range(len(rows)), named_rows, fontsize=8)
            axis.set_xlim(-0.5, len(columns) - 0.5)
            axis.set_ylim(-0.5, len(rows) - 0.5)
            axis.grid(visible=False)
            axis.tick_params(length=0)
            for side in ("left", "bottom"):
                axis.spines[side].set_visible(False)
            axis.set_xlabel(literal(parameter(across)), fontsize=9)
            axis.set_ylabel(literal(parameter(up)), fontsize=9)
            axis.set_title(literal(f"{self.title}{f': {heading}' if heading else ''}"))
        return figure

    def _draw(self, axis: Axes, row: Row, at: tuple[int, int]) -> None:
        square = self.square(row)
        if square is None:
            axis.text(*at, "-", ha="center", va="center", fontsize=8, color=MUTED)
            return
        left, bottom = at[0] - 0.5, at[1] - 0.5
        axis.add_patch(Rectangle((left, bottom), 1, 1, facecolor=GREEN, alpha=0.05 + 0.5 * square.shade, linewidth=0))
        if square.sure:
            axis.add_patch(Rectangle((left + 0.04, bottom + 0.04), 0.92, 0.92, fill=False, edgecolor=GREEN, linewidth=1.2))
        weight, style = "bold" if square.sure else "normal", "italic" if square.doubtful else "normal"
        axis.text(*at, literal(square.text), ha="center", va="center", fontsize=8, fontweight=weight, fontstyle=style, color=INK)


# Outcomes -------------------------------------------------------------------------------------------------------------------


def levers_charts(table: Table, first: Sequence[str] = ()) -> list[Chart]:
    """The outcomes over the levers, those in `first` before the others: curves, rows, or maps where two numbers vary a lot."""
    by_outcome = _by_outcome(table)
    chosen = [name for name in dict.fromkeys((*first, *by_outcome)) if name in by_outcome][:MOST_PANELS]
    levers = table.in_file_only
    layout = Layout.of(table.rows, levers)
    columns = ("outcome", "unit", *levers, "mean", "p10", "p90", "difference to the first", "its standard error")
    keys = ("mean", "p10", "p90", "difference", "difference_error")
    data = Data(
        columns,
        tuple(
            (name, named(name).unit, *(row[lever] for lever in levers), *(_cell(row[key]) for key in keys))
            for name, rows in by_outcome.items()
            for row in rows
        ),
    )
    if layout.numbers and len(layout.lines(by_outcome[chosen[0]])) <= MOST_LINES:
        parts = [(_curve_of(named(name)), by_outcome[name]) for name in chosen]
        title = _moved(named(chosen[0]), by_outcome[chosen[0]], layout)
        note = "Dots: means; vertical lines: p10 to p90 over replications (and draws)."
        return [Chart("levers", title, note, data, lambda paper: _curves(parts, layout, paper))]
    if len(layout.numbers) >= 2:
        return [_mean_map(name, by_outcome[name], layout, data) for name in chosen[:MOST_MEANS]]
    if len(by_outcome[chosen[0]]) > MOST_ROWS:
        return []
    ladders = [(_rungs(named(name), by_outcome[name], levers), named(name).axis, named(name).title) for name in chosen]
    note = "Dot: mean; bar: p10 to p90 over replications (and draws)."
    title = _best(named(chosen[0]), by_outcome[chosen[0]], levers)
    return [Chart("levers", title, note, data, lambda paper: _ladders(ladders, paper))]


def _mean_map(outcome: str, rows: Sequence[Row], layout: Layout, data: Data) -> Chart:
    about = named(outcome)
    known = [row["mean"] for row in rows if not math.isnan(row["mean"])]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)

    def square(row: Row) -> _Square | None:
        if math.isnan(row["mean"]):
            return None
        value = about.scale * row["mean"]
        shade = (row["mean"] - low) / (high - low) if high > low else 0.5
        return _Square(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}", shade)

    own = Data(data.columns, tuple(row for row in data.rows if row[0] == outcome))
    maps = _Maps(rows, layout, square, f"Mean{f', {about.axis}' if about.axis else ''}", {})
    note = "Means over replications (and draws); p10 to p90 of each are in the data and in the table."
    title = _best(about, rows, tuple(layout.numbers) + tuple(layout.others)) if known else about.title
    return Chart(f"levers_{outcome.replace('.', '_')}", title, note, own, maps.figure)


@dataclass(frozen=True)
class _Curve:
    """A panel of curves: the columns that it draws."""

    title: str
    unit: str
    mean: str
    low: str
    high: str
    scale: float


def _curve_of(outcome: Named) -> _Curve:
    return _Curve(outcome.title, outcome.axis, "mean", "p10", "p90", outcome.scale)


def _curves(parts: Sequence[tuple[_Curve, Sequence[Row]]], layout: Layout, paper: Paper) -> Figure:
    figure, axes = paper.panels(len(parts), 2.7, columns=1 if len(parts) == 1 else 2)
    names = list(layout.lines(parts[0][1]))
    handles = []
    for axis, (curve, rows) in zip(axes, parts, strict=True):
        handles = [
            _line(axis, curve, line, layout, COLOURS[at], MARKS[at], (at - (len(names) - 1) / 2) * 0.006)
            for at, line in enumerate(layout.lines(rows).values())
        ]
        axis.set_title(literal("\n".join(_wrapped(curve.title, 46))))
        axis.set_ylabel(curve.unit, fontsize=9)
        axis.set_xlabel(literal(parameter(layout.numbers[0])), fontsize=9)
        low, high = axis.get_ylim()
        if low < 0 < high:
            axis.axhline(0, color=MUTED, linewidth=1, zorder=1)
    if len(names) > 1:
        labels = [literal(name) for name in names]
        figure.legend(handles, labels, loc="outside lower left", ncols=2 if paper.columns > 1 else 1, fontsize=9, frameon=False)
    return figure


def _line(axis: Axes, curve: _Curve, rows: Sequence[Row], layout: Layout, colour: str, mark: str, aside: float) -> Any:
    at = np.array([_number(row[layout.numbers[0]]) or 0.0 for row in rows])
    at = at + aside * max(float(np.ptp(at)), 1.0)
    mean, low, high = (curve.scale * np.array([row[key] for row in rows], float) for key in (curve.mean, curve.low, curve.high))
    axis.vlines(at, low, high, color=colour, linewidth=1.3, alpha=0.7)
    return axis.plot(at, mean, color=colour, marker=mark, markersize=5, linewidth=1.6)[0]


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def _ladders(parts: Sequence[tuple[Sequence[Rung], str, str | None]], paper: Paper) -> Figure:
    across = min(len(parts), paper.columns, 2)
    tall = max(height(rungs, paper.width / across) for rungs, _, _ in parts)
    figure, axes = paper.panels(len(parts), tall, columns=2)
    for axis, (rungs, unit, heading) in zip(axes, parts, strict=True):
        signs = {value > 0 for rung in rungs for value in (rung.low, rung.high) if value}
        ladder(axis, rungs, unit, reference=0.0 if len(signs) > 1 else None)
        if heading is not None:
            axis.set_title(literal("\n".join(_wrapped(heading, 52))))
    return figure


def _rungs(outcome: Named, rows: Sequence[Row], levers: Sequence[str]) -> list[Rung]:
    made = []
    for row in rows:
        text = f"{outcome.text(row['mean'])} ({outcome.text(row['p10'])} to {outcome.text(row['p90'])})"
        made.append(Rung(label(row, levers), text, *(outcome.scale * row[key] for key in ("mean", "p10", "p90"))))
    return made


def _moved(outcome: Named, rows: Sequence[Row], layout: Layout) -> str:
    known = [row for row in rows if not math.isnan(row["mean"])]
    if not known:
        return outcome.title
    line = next(iter(layout.lines(known).values()))
    along = layout.numbers[0]
    ends = [f"{outcome.said(row['mean'])} at {level(row[along])}" for row in (line[0], line[-1])]
    others = layout.rest(line[0], (along,))
    return f"{outcome.title} by {factor_inside(along)}: {', '.join(dict.fromkeys(ends))}{f' ({others})' if others else ''}"


def _best(outcome: Named, rows: Sequence[Row], levers: Sequence[str]) -> str:
    known = [row for row in rows if not math.isnan(row["mean"])]
    ends = [pick(known, key=lambda row: row["mean"]) for pick in (max, min)]
    most, least = (f"{label(row, levers)}: {outcome.said(row['mean'])}" for row in ends)
    if not clearly(ends[1]["behind"], ends[1]["behind_error"]):
        return f"{outcome.title} does not differ clearly: {outcome.said(ends[1]['mean'])} to {outcome.said(ends[0]['mean'])}"
    return f"{outcome.title} is largest with {most}; smallest with {least}"
