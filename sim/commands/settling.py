"""`caseload settle`: what a contract pays on published results, row by row, with no simulation."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from sim.commands.errors import UserError
from sim.economics.contracts.mssp import Settled
from sim.economics.mssp_table import NEAR_SHARE, NEAR_USD, SettledRow, settle_table
from sim.outcomes.store import write_text

SETTLED: Final = tuple(field.name for field in fields(Settled))
COMPARED: Final[dict[str, Callable[[SettledRow], str]]] = {
    "published": lambda row: "" if row.published is None else f"{row.published:.2f}",
    "difference": lambda row: "" if row.difference is None else f"{row.difference:.2f}",
    "agrees": lambda row: "" if row.agrees is None else str(int(row.agrees)),
}
"""Columns of OUT: those that identify a row, SETTLED, a note, and COMPARED if the table says what was paid. USD, shares, 1 or 0."""
MOST_LISTED: Final = 10


def settle_file(table: Path, out: Path) -> str:
    """Settle the table, write OUT whole or not at all, and return the summary. Errors: TableErrors, UserError, OSError."""
    if out.is_dir():
        raise UserError(f"{out} is a folder; --out names a file")
    if out.exists() and not out.is_file():
        raise UserError(f"{out} is not a plain file; --out names one")
    if not out.parent.is_dir():
        raise UserError(f"{out.parent}: no such folder")
    if out.exists() and table.exists() and out.samefile(table):
        raise UserError(f"--out is the table itself ({table}); name another file")
    rows = settle_table(table)
    write_text(out, as_csv(rows))
    return summary(rows)


def as_csv(rows: Sequence[SettledRow]) -> str:
    """The settled table."""
    compared = COMPARED if any(row.published is not None for row in rows) else {}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*rows[0].identity, *SETTLED, "note", *compared])
    for row in rows:
        settled = (_cell(name, getattr(row.settled, name)) for name in SETTLED)
        writer.writerow([*row.identity.values(), *settled, row.note, *(show(row) for show in compared.values())])
    return stream.getvalue()


def _cell(name: str, value: float | bool) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.6f}" if name.endswith("_rate") else f"{value:.2f}"


def summary(rows: Sequence[SettledRow]) -> str:
    """One paragraph: how many rows, what they earn and owe, how many agree, and which do not, the furthest first."""
    earned, owed = sum(row.settled.earned for row in rows), sum(row.settled.owed for row in rows)
    said = [f"{_rows(len(rows))} settled: earned {earned:,.0f} USD, owed {owed:,.0f} USD."]
    known = [row for row in rows if row.published is not None]
    if known:
        differ = sorted((row for row in known if not row.agrees), key=lambda row: -abs(row.difference or 0.0))
        agree = len(known) - len(differ)
        near = f"within {NEAR_SHARE:.1%} or {NEAR_USD:,.0f} USD"
        said.append(f"{agree:,} of {len(known):,} ({agree / len(known):.2%}) agree with the published amount {near}.")
        if differ:
            listed = ", ".join(f"{_name(row)} ({row.difference:+,.0f} USD)" for row in differ[:MOST_LISTED])
            more = f" and {len(differ) - MOST_LISTED:,} more" if len(differ) > MOST_LISTED else ""
            said.append(f"The rest: {listed}{more}.")
    if len(known) < len(rows):
        said.append(f"{_rows(len(rows) - len(known))} without a published amount.")
    noted = sum(bool(row.note) for row in rows)
    if noted:
        said.append(f"{_rows(noted)} with a note on what the table does not give.")
    return " ".join(said)


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"


def _name(row: SettledRow) -> str:
    return f"{row.identity['aco_id']} {row.identity['performance_year']}"
