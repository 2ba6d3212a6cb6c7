"""`caseload parameters`: every number of a scenario with its source, for people and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from sim.commands.showing import console, print_table
from sim.report.tables import Table
from sim.report.words import printable

if TYPE_CHECKING:
    from sim.scenario import Scenario

COLUMNS: Final = ("name", "value", "unit", "written", "uncertainty", "source", "grade", "set_by")
_HEADS: Final = {
    "name": "Parameter",
    "value": "Value",
    "unit": "Unit",
    "uncertainty": "Uncertainty",
    "source": "Source",
    "grade": "Grade",
    "set_by": "Set by",
}
_FORMULA_STARTS: Final = ("=", "+", "@", "\t", "\r")


def parameters_csv(scenario: Scenario) -> str:
    """One row per parameter. A text that a spreadsheet would take for a formula gets an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in scenario.parameters():
        cells = (str(getattr(row, column)) for column in COLUMNS)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells])
    return text.getvalue()


def _number(value: float) -> str:
    """Six digits, and whole numbers in full: a seed is a name, and a year has no thousands."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}" if 9999 < abs(value) < 1e7 else str(int(value))
    return f"{value:,.6g}"


def show_parameters(scenario: Scenario) -> None:
    """The table on the terminal."""
    rows = tuple(
        tuple(_number(row.value) if column == "value" else printable(str(getattr(row, column))) for column in _HEADS)
        for row in scenario.parameters()
    )
    print_table(console(), Table(f"{len(rows):,} parameters", tuple(_HEADS.values()), rows))
