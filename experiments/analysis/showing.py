"""Tables on a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from experiments.analysis.analysing import Table

ROWS_SHOWN: Final = 15
LONGEST_LINE: Final = 18
WIDTH_OF_A_PIPE: Final = 160


def show(tables: Sequence[Table]) -> None:
    """Print the first rows of each table."""
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_OF_A_PIPE)
    for table in tables:
        console.print(table.title, markup=False, style="bold")
        grid = Grid(box=None, pad_edge=False)
        names = [name for name in table.rows[0] if name not in table.in_file_only]
        for name in names:
            words = any(isinstance(row[name], str) for row in table.rows)
            grid.add_column(broken(name), justify="left" if words else "right", overflow="fold")
        for row in table.rows[:ROWS_SHOWN]:
            grid.add_row(*(shown(row[name]) for name in names))
        console.print(grid)
        left = len(table.rows) - ROWS_SHOWN
        if left > 0:
            console.print(f"... and {left:,} more rows in {table.name}.csv", markup=False)
        if table.note:
            console.print(table.note, markup=False, style="dim")
        console.print()


def broken(name: str) -> str:
    """A dotted name over several lines that break behind dots, as few as LONGEST_LINE allows."""
    lines = [""]
    for part in name.replace(".", ".\n").split("\n"):
        if lines[-1] and len(lines[-1]) + len(part) > LONGEST_LINE:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def shown(value: Any) -> str:
    """A cell for people: four digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
