"""Tables on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sim.commands.running import FinishedRun
from sim.outcomes.results import BASELINE_MONTHS
from sim.outcomes.summary import summarise
from sim.report import tables, words

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH: Final = 132
"""Columns where stdout is a file or a pipe."""


def console() -> Console:
    """Stdout, wide enough for a table when it is not a terminal."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def print_table(out: Console, table: tables.Table) -> None:
    """One aligned table with its note below."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(title=Text(table.title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(table.columns):
        drawn.add_column(Text(column), justify="left" if position == 0 else "right")
    for row in table.rows:
        drawn.add_row(*(Text(cell) for cell in row))
    out.print(drawn)
    if table.note:
        out.print(Text(table.note, style="dim"))
        out.print()


def period(run: FinishedRun) -> str:
    """`programme months 1-36`."""
    months = run.results[0].arms["programme"].tally.shape[2] - BASELINE_MONTHS
    return f"programme months 1-{months}"


def show_run(run: FinishedRun, summary: Mapping[str, Any] | None = None) -> None:
    """What a planner reads after `caseload run`."""
    from rich.text import Text

    from sim.report.story import story

    summary = summary or summarise(run.summary, run.results, run.terms)
    out = console()
    out.print(Text(words.printable(run.summary.title), style="bold"))
    for sentence in story(summary, run.terms):
        out.print(Text(sentence))
    out.print()
    for table in tables.outcome_tables(summary, period(run)):
        print_table(out, table)
    if summary["staff"]:
        print_table(out, tables.staff_table(summary))
    out.print(Text(tables.HOW_TO_READ, style="dim"))
    out.print()
    for table in _appraised(summary, period(run)):
        print_table(out, table)
    out.print(Text(str(summary["note"]), style="bold"))
    out.print()


def _appraised(summary: Mapping[str, Any], months: str) -> Iterator[tables.Table]:
    """The money, and what an evaluation would find."""
    if "contract" in summary:
        from sim.report.economics_tables import economics_tables

        yield from economics_tables(summary, months)
    if "evaluation" in summary:
        from sim.report.evaluation_tables import evaluation_tables

        yield from evaluation_tables(summary["evaluation"], months)[:2]
