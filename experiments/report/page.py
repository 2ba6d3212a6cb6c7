"""The page of a sweep: tables and figures of its analysis in one HTML file that loads nothing."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from experiments.analysis.analysing import Table
from experiments.analysis.showing import shown
from experiments.report.plots import PLOTS
from experiments.sweep.plan import Plan
from experiments.sweep.store import Collected
from sim.outcomes.summary import UNCALIBRATED_NOTE

REPORT: Final = "report.html"
MOST_ROWS: Final = 60


def write_page(collected: Collected, tables: Sequence[Table]) -> Path:
    """Write report.html into the folder of the sweep. Errors: OSError."""
    from sim.outcomes.store import write_text

    path = collected.plan.folder / REPORT
    write_text(path, page(collected, tables))
    return path


def page(collected: Collected, tables: Sequence[Table]) -> str:
    """The HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("experiments.report", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    plan = collected.plan
    return environment.get_template("page.html").render(
        title=plan.head.title,
        note=UNCALIBRATED_NOTE,
        what=_what(plan, collected),
        sections=[(table, _columns(table), _cells(table), max(0, len(table.rows) - MOST_ROWS), _figure(table)) for table in tables],
        failures=[(point, count, reason) for point, _, count, reason in collected.failures],
        facts={
            "scenario": plan.head.scenario,
            "scenario digest": plan.head.base,
            "model": plan.head.model,
            "seed": str(plan.head.seed),
            "design": ", ".join(f"{key} {value}" for key, value in plan.head.design.items()),
            "outcomes": ", ".join(plan.head.outcomes),
        },
        experiment=(plan.place / "experiment.yaml").read_text(encoding="utf-8"),
    )


def _what(plan: Plan, collected: Collected) -> str:
    state = "" if collected.complete else " The sweep is not finished: this is of what is done."
    moved = len(plan.head.factors)
    return (
        f"{len(plan.points):,} design points of {plan.head.scenario}, {len(collected.point):,} replications; "
        f"{moved:,} factor{'s' if moved != 1 else ''} moved.{state}"
    )


def _columns(table: Table) -> list[str]:
    return [name for name in table.rows[0] if name not in table.in_file_only]


def _cells(table: Table) -> list[list[str]]:
    return [[shown(row[name]) for name in _columns(table)] for row in table.rows[:MOST_ROWS]]


def _figure(table: Table) -> str | None:
    from sim.report.style import png

    plot = PLOTS.get(table.name)
    figure = plot(table) if plot is not None else None
    return None if figure is None else base64.b64encode(png(figure)).decode("ascii")
