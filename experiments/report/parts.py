"""The tables of an analysis as parts of a page: figures, tables for people, sheets with every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from experiments.analysis.analysing import Table, alternatives
from experiments.analysis.showing import shown
from experiments.report.decision import acceptability_chart, leave_one_out_chart
from experiments.report.levers import levers_charts, reached_charts
from experiments.report.naming import named
from experiments.report.sensitivity import cell, morris_chart, sobol_chart, tornado_charts, variance_chart
from experiments.sweep.store import Collected
from sim.report import tables as report_tables
from sim.report.chart import Chart, Data
from sim.report.section import Section
from sim.report.wording import parameter
from sim.report.workbook import Sheet

MOST_ROWS: Final = 60
ELIGIBLE: Final = "population.eligible"
_PLACES: Final = {
    "reached": ("decision", "Which choice reaches the target"),
    "acceptability": ("decision", "Which choice reaches the target"),
    "leave_one_out": ("log", "What each component adds"),
    "levers": ("levers", "What the levers do"),
    "steps": ("levers", "What the levers do"),
}
"""Where a table stands on the page: anchor and title of its section. A run's report has the shares of the components under `log`."""
_ELSEWHERE: Final = ("sensitivity", "What the result depends on")


def sections(collected: Collected, tables: Sequence[Table]) -> list[Section]:
    """A section for each kind of question that the analysis answers."""
    found: dict[str, Section] = {}
    told = {table.name for table in tables}
    for table in tables:
        if table.name == "levers" and "leave_one_out" in told:
            continue  # the same as differences to the whole programme
        anchor, title = _PLACES.get(table.name, _ELSEWHERE)
        before = found.get(anchor, Section(anchor, title))
        charts = (*before.charts, *_charts(collected, table))
        found[anchor] = Section(anchor, title, charts, more=(*before.more, *_readable(table)))
    order = [*dict.fromkeys((*(anchor for anchor, _ in _PLACES.values()), _ELSEWHERE[0]))]
    return [found[anchor] for anchor in order if anchor in found]


def sheets(tables: Sequence[Table]) -> list[Sheet]:
    """Every row of every table."""
    return [Sheet(f"Sweep {table.name.replace('_', ' ')}"[:31], f"{table.title}. {table.note}", _data(table)) for table in tables]


def _data(table: Table) -> Data:
    columns = tuple(table.rows[0])
    return Data(columns, tuple(tuple(cell(row[name]) for name in columns) for row in table.rows))


def _charts(collected: Collected, table: Table) -> list[Chart]:
    if table.name == "levers":
        return levers_charts(table, _decided(collected))
    if table.name == "reached":
        return reached_charts(table, _eligible(collected))
    if table.name == "tornado":
        return tornado_charts(table, {name: row.unit for name, row in collected.plan.base.rows.items()})
    one = {"sobol": sobol_chart, "morris": morris_chart, "variance": variance_chart}
    one |= {"acceptability": acceptability_chart, "leave_one_out": leave_one_out_chart}
    made = one[table.name](table) if table.name in one else None
    return [] if made is None else [made]


def _decided(collected: Collected) -> list[str]:
    """The outcomes that the decision names."""
    decision = collected.plan.decision
    if decision is None:
        return []
    names = [decision.net_benefit, *decision.at_least, decision.cost, decision.effect]
    return [outcome for name in names if name for outcome in collected.outcomes if outcome.endswith(name.removeprefix("-"))]


def _eligible(collected: Collected) -> dict[str, float]:
    """Mean number of eligible patients by combination of levers, where the sweep measured it."""
    if ELIGIBLE not in collected.outcomes:
        return {}
    table = collected.table(ELIGIBLE)
    cells = {group.label: table[list(group.points)] for group in alternatives(collected)}
    return {label: float(np.nanmean(values)) for label, values in cells.items() if np.isfinite(values).any()}


# For people -----------------------------------------------------------------------------------------------------------------


def _readable(table: Table) -> list[report_tables.Table]:
    """The table in ready text; one with several outcomes becomes a table for each."""
    if "outcome" not in table.rows[0]:
        return [_generic(table, table.rows, "")]
    outcomes = list(dict.fromkeys(row["outcome"] for row in table.rows))
    return [_generic(table, [row for row in table.rows if row["outcome"] == outcome], outcome) for outcome in outcomes]


def _generic(table: Table, rows: Sequence[Mapping[str, Any]], outcome: str) -> report_tables.Table:
    about = named(outcome) if outcome else None
    unit = f", {about.unit}" if about and about.unit else ""
    title = f"{table.title}: {about.title}{unit}" if about else table.title
    names = [name for name in rows[0] if name not in table.in_file_only and name != "outcome"]
    cells = [tuple(_text(name, row[name]) for name in names) for row in rows[:MOST_ROWS]]
    left = len(rows) - len(cells)
    note = f"{table.note}{f' {left:,} more rows are in the workbook and in analysis/{table.name}.csv.' if left > 0 else ''}"
    return report_tables.Table(title, tuple(_head(name) for name in names), tuple(cells), note)


def _head(name: str) -> str:
    return {"lo": "95% interval, from", "hi": "to", "error": "Standard error", "difference_error": "Its standard error"}.get(
        name, name.replace("_", " ") if name[:1].isupper() or name[:1] == "p" else name.replace("_", " ").capitalize()
    )


def _text(column: str, value: Any) -> str:
    return parameter(value) if column == "factor" and isinstance(value, str) else shown(value)
