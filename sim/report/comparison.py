"""Several runs side by side: the answer, the figures and the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.outcomes.measures import BY_NAME
from sim.outcomes.summary import statistics
from sim.report import tables, words
from sim.report.answer import bracket, team
from sim.report.chart import Cell, Chart, Data
from sim.report.charts.care import FOREST
from sim.report.charts.ladder import Rung, height, ladder, of_one_ladder, rung
from sim.report.evidence import differences
from sim.report.money_compared import money_table, values_of
from sim.report.reading import Floats, Reading
from sim.report.style import GREEN, MUTED, PROGRAMME, PURPLE, USUAL, Paper, literal, plain
from sim.report.tables import Table
from sim.report.wording import interval, parameter, percent

MILLION: Final = 1e-6


def distinct_names(runs: Sequence[Reading]) -> list[str]:
    """The scenarios' names, or where two are the same those of the folders."""
    names = [run.name for run in runs]
    return names if len(set(names)) == len(names) else [words.printable(run.folder.name) for run in runs]


def paired(runs: Sequence[Reading]) -> bool:
    """Whether replication n of each run has the same seed as that of the others."""
    return len({(run.summary["seed"], run.replications) for run in runs}) == 1


def varied_role(runs: Sequence[Reading]) -> str | None:
    """The role whose planned FTE differs between the runs; the one that differs most when several do."""
    staffs = [run.summary["staff"] for run in runs]
    ranges = {}
    for role in staffs[0]:
        if all(role in staff for staff in staffs):
            posts = [staff[role]["fte"]["mean"] or 0.0 for staff in staffs]
            ranges[role] = max(posts) - min(posts)
    widest = max(ranges, key=lambda role: ranges[role], default=None)
    return widest if widest is not None and ranges[widest] > 0 else None


# The answer -------------------------------------------------------------------------------------------------------------------


def comparison_answer(runs: Sequence[Reading], names: Sequence[str]) -> list[str]:
    """A sentence for each of a few runs, or for the best and the worst of many; then what the difference is."""
    if len(runs) == 2:
        return [*(_one(run, name) for run, name in zip(runs, names, strict=True)), _difference(runs, names)]
    savings = [_mean_of(run.true_savings) for run in runs]
    order = np.argsort(savings)
    most, least = int(order[-1]), int(order[0])
    return [_one(runs[most], names[most]), _one(runs[least], names[least]), _best_for_owner(runs, names)]


def _one(run: Reading, name: str) -> str:
    tree = run.summary
    saved = statistics([float(value) for value in -run.values("difference", "original", "pbpm")])
    text = f"{name}: {team(tree)} save {words.number(saved['mean'], 'USD per month')} per patient-month before fees"
    text += bracket(saved, "USD per month")
    if run.appraised:
        text += f"; the chance that the owner breaks even is {percent(tree['roi']['owner']['paid']['probability']['break_even'])}"
    return text + "."


def _difference(runs: Sequence[Reading], names: Sequence[str]) -> str:
    if not paired(runs):
        return "The runs have other seeds or numbers of replications: their differences are not paired."
    parts = [_changed("gross savings", runs[1].true_savings - runs[0].true_savings, "USD")]
    if all(run.appraised for run in runs):
        parts.append(_changed("left with the owner", _left(runs[1]) - _left(runs[0]), "USD"))
    admissions = differences_of(runs, "admissions_per_1000_py")
    parts.append(_changed("hospital admissions", admissions, "count", " per 1,000 patients a year"))
    return f"{names[1]} instead of {names[0]}, on the same luck: {'; '.join(parts)}."


def _changed(what: str, change: Floats, unit: str, each: str = "") -> str:
    """A paired difference with its interval, and whether it may be chance."""
    found = statistics(change.tolist())
    doubt = " (may be chance)" if words.unclear(found) else ""
    return f"{what} {words.number(found['mean'], unit, signed=True)}{each}{bracket(found, unit, signed=True)}{doubt}"


def _left(run: Reading) -> Floats:
    """Fees and settlement less what the programme costs its owner, USD, one value a replication."""
    return run.amounts("owner", "net", "difference")


def _best_for_owner(runs: Sequence[Reading], names: Sequence[str]) -> str:
    if not all(run.appraised for run in runs):
        return ""
    left = [_left(run) for run in runs]
    best = ahead(left, runs)
    amount = f"{words.number(_mean_of(left[best[0]]), 'USD', signed=True)} after settlement and programme cost"
    if len(best) == 1:
        return f"For the owner {names[best[0]]} is best: {amount}."
    return f"For the owner {listing(names, best)} do not differ clearly; {names[best[0]]} leaves {amount}."


def ahead(values: Sequence[Floats], runs: Sequence[Reading]) -> list[int]:
    """The runs that may have the largest mean, that with the largest first: those whose paired difference to it may be chance.

    values: one array a run, a value for each replication. Runs that are not paired, or of one replication, cannot be told apart.
    """
    order = sorted(range(len(values)), key=lambda at: -_mean_of(values[at]))
    if not paired(runs):
        return order
    leads = {at: statistics((values[order[0]] - values[at]).tolist()) for at in order[1:]}
    return [order[0], *(at for at, lead in leads.items() if not (lead["lo"] or 0.0) > 0 or words.unclear(lead))]


def listing(names: Sequence[str], which: Sequence[int]) -> str:
    """`A, B and C`."""
    chosen = [names[at] for at in which]
    return f"{', '.join(chosen[:-1])} and {chosen[-1]}" if len(chosen) > 1 else chosen[0]


def differences_of(runs: Sequence[Reading], measure: str) -> Floats:
    """Second run - first, programme arms, those eligible at launch, one value a replication."""
    first, second = (run.values("programme", "original", measure) for run in runs)
    return second - first


def _mean_of(values: Floats) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0


# Figures ----------------------------------------------------------------------------------------------------------------------


def comparison_charts(runs: Sequence[Reading], names: Sequence[str]) -> tuple[list[Chart], list[Chart]]:
    """Those of the first screen, and the others."""
    role = varied_role(runs)
    chances = chance_map(runs, names)
    first = [_by_run(runs, names)]
    if chances is not None:
        first.append(chances)
    elif role is not None:
        first.append(caseload_curve(runs, names, role))
    rest = [paired_changes(runs, names)] if len(runs) == 2 and paired(runs) else []
    return first, rest


def _by_run(runs: Sequence[Reading], names: Sequence[str]) -> Chart:
    """What the payer saves and the owner is left with, by scenario."""
    saved = [run.true_savings for run in runs]
    panels = {"Saved before fees": [_rung(name, values, PROGRAMME) for name, values in zip(names, saved, strict=True)]}
    rows: list[tuple[Cell, ...]] = [
        (name, "gross savings", *_three(statistics(list(map(float, values))))) for name, values in zip(names, saved, strict=True)
    ]
    if all(run.appraised for run in runs):
        nets = [run.summary["economics"]["owner"]["net"]["difference"] for run in runs]
        panels["Left with the owner"] = [
            rung(name, net, interval(net, "USD", signed=True), scale=MILLION, colour=GREEN if (net["mean"] or 0) >= 0 else USUAL)
            for name, net in zip(names, nets, strict=True)
        ]
        rows += [(name, "owner, net", *_three(net)) for name, net in zip(names, nets, strict=True)]
    best = ahead(saved, runs)
    amount = words.number(_mean_of(saved[best[0]]), "USD")
    title = (
        f"{names[best[0]]} saves the payer most before fees: {amount}"
        if len(best) == 1
        else f"{listing(names, best)} save the payer much the same before fees; {names[best[0]]} {amount}"
    )

    def draw(paper: Paper) -> Figure:
        across = min(len(panels), paper.columns, 2)
        figure, axes = paper.panels(len(panels), max(height(rows_, paper.width / across) for rows_ in panels.values()), columns=2)
        for axis, (heading, rungs) in zip(axes, panels.items(), strict=True):
            ladder(axis, rungs, f"million US dollars{next((run.mark for run in runs if run.mark), '')}", bars=True)
            axis.set_title(heading)
        return figure

    dollars = ", ".join(dict.fromkeys("nominal dollars" if run.appraised else run.dollars for run in runs))
    note = f"Dot and bar: mean; thick line: p10 to p90. All cohorts, whole programme, {dollars}."
    return Chart("scenarios", title, note, Data(("scenario", "figure", "mean, USD", "p10, USD", "p90, USD"), tuple(rows)), draw)


def _rung(name: str, values: Floats, colour: str) -> Rung:
    found = statistics([float(value) for value in values])
    return rung(name, found, interval(found, "USD"), scale=MILLION, colour=colour)


def _three(found: Mapping[str, float | None]) -> tuple[float | None, ...]:
    return tuple(found[key] for key in ("mean", "p10", "p90"))


_CURVES: Final = (
    ("Caseload", "patients per post, month 6", "caseload", 1.0, GREEN),
    ("Tasks that lapse", "% of the role's tasks", "lapsed_share", 100.0, USUAL),
    ("Time on tasks", "% of productive time", "utilisation", 100.0, PURPLE),
)


def caseload_curve(runs: Sequence[Reading], names: Sequence[str], role: str) -> Chart:
    """The runs by FTE of one role: its work, admissions averted, savings, and the chance that the owner breaks even."""
    order = sorted(range(len(runs)), key=lambda at: runs[at].summary["staff"][role]["fte"]["mean"] or 0.0)
    posts = [float(runs[at].summary["staff"][role]["fte"]["mean"] or 0.0) for at in order]
    series: list[tuple[str, str, list[Mapping[str, float | None]], float, str]] = [
        (title, unit, [runs[at].summary["staff"][role][name] for at in order], scale, colour)
        for title, unit, name, scale, colour in _CURVES
    ]
    averted: list[Mapping[str, float | None]] = [
        statistics([float(v) for v in -runs[at].values("difference", "original", "admissions_per_1000_py")]) for at in order
    ]
    series.append(("Admissions averted", "per 1,000 patients a year", averted, 1.0, PROGRAMME))
    gross: list[Mapping[str, float | None]] = [statistics([float(v) for v in runs[at].true_savings]) for at in order]
    series.append(("Saved before fees", "million US dollars", gross, MILLION, PROGRAMME))
    if all(run.appraised for run in runs):
        nets = [runs[at].summary["economics"]["owner"]["net"]["difference"] for at in order]
        series.append(("Left with the owner", "million US dollars", nets, MILLION, GREEN))
    what = plain(role).lower()
    low, high = (words.number(averted[at]["mean"], "count") for at in (0, -1))
    title = f"From {posts[0]:g} to {posts[-1]:g} {what}s the programme averts {low} to {high} admissions per 1,000 patients a year"

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(len(series), 2.4)
        for axis, (heading, unit, found, scale, colour) in zip(axes, series, strict=True):
            _curve(axis, posts, found, scale, colour)
            axis.set_title(heading)
            axis.set_ylabel(unit, fontsize=9)
            axis.set_xlabel(f"{what}s, FTE", fontsize=9)
        return figure

    rows = tuple(
        (
            names[order[at]],
            posts[at],
            heading,
            unit,
            *(None if item[key] is None else scale * float(item[key] or 0.0) for key in ("mean", "p10", "p90")),
        )
        for heading, unit, found, scale, _ in series
        for at, item in enumerate(found)
    )
    note = "Dots: means; vertical lines: p10 to p90 over replications."
    return Chart("caseload", title, note, Data(("scenario", f"{role}, FTE", "figure", "unit", "mean", "p10", "p90"), rows), draw)


def _curve(axis: Axes, x: Sequence[float], found: Sequence[Mapping[str, float | None]], scale: float, colour: str) -> None:
    def of(key: str) -> list[float]:
        return [np.nan if item[key] is None else scale * float(item[key] or 0.0) for item in found]

    axis.plot(x, of("mean"), marker="o", color=colour, linewidth=1.8)
    axis.vlines(x, of("p10"), of("p90"), color=colour, linewidth=1.4)
    axis.set_xlim(0, 1.08 * max(x))
    if min([0.0, *(value for value in of("p10") if np.isfinite(value))]) < 0:
        axis.axhline(0, color=MUTED, linewidth=1)
    else:
        axis.set_ylim(0, 1.08 * max(value for value in (*of("mean"), *of("p90"), 1e-9) if np.isfinite(value)))


def _number(text: str) -> float | None:
    """The number that a setting begins with; None for words."""
    try:
        return float(text.split(" ")[0])
    except ValueError:
        return None


def chance_map(runs: Sequence[Reading], names: Sequence[str]) -> Chart | None:
    """The chance that the owner breaks even by two settings; None unless the runs differ in exactly two, both of them numbers."""
    scenarios = [run.scenario for run in runs]
    if len(runs) < 4 or not all(run.appraised for run in runs) or any(scenario is None for scenario in scenarios):
        return None
    differing = differences(scenarios)
    values = [[_number(text) for text in row[1:]] for row in differing]
    if len(differing) != 2 or any(value is None for row in values for value in row):
        return None
    across, up = ([float(value or 0.0) for value in row] for row in values)
    chances = [float(run.summary["roi"]["owner"]["paid"]["probability"]["break_even"]) for run in runs]
    columns, rows = sorted(set(across)), sorted(set(up))
    best = ahead([(_left(run) >= 0).astype(float) for run in runs], runs)
    title = (
        f"The owner breaks even most often in {names[best[0]]}: {percent(chances[best[0]])} of replications"
        if len(best) == 1
        else f"No choice is clearly best for the owner; in {names[best[0]]} it breaks even in {percent(chances[best[0]])} of replications"
    )

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, 1.2 + 0.5 * len(rows))
        for x, y, chance in zip(across, up, chances, strict=True):
            at = (columns.index(x), rows.index(y))
            axis.add_patch(Rectangle((at[0] - 0.5, at[1] - 0.5), 1, 1, facecolor=GREEN, alpha=0.08 + 0.6 * chance, linewidth=0))
            axis.text(*at, percent(chance), ha="center", va="center")
        axis.set_xticks(range(len(columns)), [f"{value:g}" for value in columns])
        axis.set_yticks(range(len(rows)), [f"{value:g}" for value in rows])
        axis.set_xlim(-0.5, len(columns) - 0.5)
        axis.set_ylim(-0.5, len(rows) - 0.5)
        axis.grid(visible=False)
        axis.set_xlabel(literal(parameter(differing[0][0])), fontsize=9)
        axis.set_ylabel(literal(parameter(differing[1][0])), fontsize=9)
        return figure

    data = Data(("scenario", differing[0][0], differing[1][0], "chance, share"), tuple(zip(names, across, up, chances, strict=True)))
    return Chart("chances", title, "Share of replications in which fees and settlement cover what the programme costs.", data, draw)


def paired_changes(runs: Sequence[Reading], names: Sequence[str]) -> Chart:
    """The second run against the first, measure by measure, paired by replication."""
    rungs, rows = [], []
    for name in FOREST:
        first = runs[0].values("programme", "original", name)
        change = differences_of(runs, name)
        found = statistics([float(v) for v in np.divide(change, first, out=np.full_like(first, np.nan), where=first != 0)])
        absolute = statistics([float(value) for value in change])
        if found["mean"] is None:
            continue
        unclear = words.unclear(absolute)
        label = f"{100 * found['mean']:+.1f}%: {tables.difference_text(absolute, BY_NAME[name].unit)}"
        rungs.append(rung(tables.measure_label(name), found, label, scale=100.0, colour=MUTED if unclear else PROGRAMME))
        rows.append((BY_NAME[name].title, BY_NAME[name].unit, *_three(found), absolute["mean"]))
    admissions = statistics([float(value) for value in differences_of(runs, FOREST[0])])
    mean = admissions["mean"] or 0.0
    size = f"{words.number(abs(mean), 'count')} {'fewer' if mean < 0 else 'more'}"
    title = (
        f"Hospital admissions do not differ clearly between {names[1]} and {names[0]}"
        if words.unclear(admissions)
        else f"{names[1]} has {size} hospital admissions per 1,000 patients a year than {names[0]}"
    )

    note = "Programme arms of both runs on the same luck. Dot: mean; bar: p10 to p90. Grey, '?': may be chance."
    columns = ("measure", "unit", "relative difference, mean, share", "p10, share", "p90, share", "difference in the unit, mean")
    return Chart("paired", title, note, Data(columns, tuple(rows)), of_one_ladder(rungs, f"{names[1]} compared with {names[0]}, %"))


# Tables -----------------------------------------------------------------------------------------------------------------------


def comparison_tables(runs: Sequence[Reading], names: Sequence[str]) -> list[Table]:
    """Measures by run, for two paired runs with their difference; then the staff of each."""
    two = len(runs) == 2 and paired(runs)
    settled = all(run.appraised for run in runs)
    shown = [money_table([values_of(run.money) for run in runs], names, paired=two)] if settled else []
    for title, measures in tables.SECTIONS:
        if tables.is_money(measures):
            if settled:
                continue
            title = f"{title}, {', '.join(dict.fromkeys(run.dollars for run in runs))}"
        rows = tuple(_row(runs, name, two=two) for name in measures)
        columns = ("", *names, f"{names[1]} - {names[0]}") if two else ("", *names)
        shown.append(Table(f"{title} with the programme, whole programme period", columns, rows))
    for name, run in zip(names, runs, strict=True):
        staff: Any = tables.staff_table(run.summary)
        if staff.rows:
            shown.append(Table(f"{name}: staff (means)", staff.columns, staff.rows, staff.note))
    return shown


def _row(runs: Sequence[Reading], name: str, *, two: bool) -> tuple[str, ...]:
    unit = BY_NAME[name].unit
    cells = [words.spread(run.summary["arms"]["programme"][name], unit) for run in runs]
    if two:
        found = statistics([float(value) for value in differences_of(runs, name)])
        cells.append(tables.difference_text(found, unit))
    return (tables.measure_label(name), *cells)
