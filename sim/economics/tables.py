"""Tables of published results in CSV: UTF-8, commas between cells, a decimal point in numbers, the first line names the columns.

Names of columns are read in capitals and small letters alike (`columns` has small ones); columns that nobody reads are left alone, since
published files have many. Cells are converted, never executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from sim.scenario.errors import nearest, shown
from sim.tabular import CellFault, TableErrors, TableProblem, lines

LARGEST_FILE: Final = 100_000_000
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Column:
    """One column. needed: whether it must be there and filled; read: cell -> value, raising CellFault."""

    read: Callable[[str], Any]
    needed: bool = True


@dataclass(frozen=True)
class Row:
    """One row. line: where it begins in the file; values: column -> value, None for a cell that is empty or not there."""

    line: int
    values: Mapping[str, Any]


def number(low: float, high: float, *, hint: str = "") -> Callable[[str], float]:
    """Reads a number between two bounds, both allowed. hint: what would be right, for a number outside them."""

    def read(cell: str) -> float:
        if not _DECIMAL.fullmatch(cell):
            how = "; write it without currency sign, separators of thousands and %" if set(cell) & set("$%,") else ""
            raise CellFault(f"must be a number (got {shown(cell)}){how}")
        value = float(cell)
        if not low <= value <= high:
            raise CellFault(f"must be between {low:,.15g} and {high:,.15g} (got {shown(cell)}){hint}")
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between two bounds; 9039.0 is one too."""
    inner = number(low, high)

    def read(cell: str) -> int:
        value = inner(cell)
        if value != int(value):
            raise CellFault(f"must be a whole number (got {shown(cell)})")
        return int(value)

    return read


def one_of(names: Sequence[str]) -> Callable[[str], str]:
    """Reads one of the given words."""

    def read(cell: str) -> str:
        if cell not in names:
            raise CellFault(f"must be one of {', '.join(names)} (got {shown(cell)}){nearest(cell, names)}")
        return cell

    return read


def yes_or_no(cell: str) -> bool:
    """Reads 1 or 0."""
    if cell not in ("0", "1", "0.0", "1.0"):
        raise CellFault(f"must be 1 (yes) or 0 (no) (got {shown(cell)})")
    return cell.startswith("1")


def text(cell: str) -> str:
    """Reads a name."""
    if not cell.isprintable() or len(cell) > 100:
        raise CellFault(f"must be a name of at most 100 printable characters (got {shown(cell)})")
    return cell


Check = Callable[[Row], Iterable[tuple[str, str]]]
"""What single cells cannot show: (column, message) of each fault of a row whose cells are right."""


def read_table(path: Path, columns: Mapping[str, Column], check: Check) -> tuple[tuple[str, ...], list[Row]]:
    """(the names of the file's columns, its rows). Raises TableErrors with every fault of the file."""
    name = shown(str(path), 200)[1:-1]
    problems: list[TableProblem] = []
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    try:
        if path.is_dir() or (path.exists() and not path.is_file()):
            raise TableErrors([TableProblem(name, 0, "", "is not a plain file")])
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise TableErrors([TableProblem(name, 0, "", f"must be at most {LARGEST_FILE:,} bytes (got {size:,})")])
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header, rows = _read(stream, name, columns, check, problems)
    except (OSError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            message = "is not UTF-8 text; save the file as CSV in UTF-8"
        else:
            message = f"cannot be read: {(getattr(error, 'strerror', None) or str(error)).lower()}"
        problems = [TableProblem(name, 0, "", message)]
    if problems:
        raise TableErrors(problems)
    return header, rows


def _read(
    stream: TextIO, file: str, columns: Mapping[str, Column], check: Check, problems: list[TableProblem]
) -> tuple[tuple[str, ...], list[Row]]:
    rows_of_file = lines(stream, file, problems)
    first, written = next(rows_of_file, (0, []))
    header = [name.strip().lower() if name.strip().lower() in columns else name for name in written]
    needed = [name for name, column in columns.items() if column.needed]
    if not header:
        problems.append(TableProblem(file, 0, "", f"is empty; the first line must name the columns: {','.join(needed)}"))
        return (), []
    problems += [TableProblem(file, first, name, "stands twice in the first line") for name in columns if header.count(name) > 1]
    for name in needed:
        if name not in header:
            like = nearest(name, [other for other in header if other not in columns])
            problems.append(TableProblem(file, first, name, f"this column is missing{like}"))
    if problems:
        return (), []
    rows: list[Row] = []
    for line, cells in rows_of_file:
        if len(cells) != len(header):
            problems.append(TableProblem(file, line, "", f"must have {len(header)} cells, as the first line has (got {len(cells)})"))
            continue
        given = dict(zip(header, cells, strict=True))
        values: dict[str, Any] = dict.fromkeys(columns)
        faulty = len(problems)
        for name, column in columns.items():
            cell = given.get(name, "")
            if not cell:
                if column.needed:
                    problems.append(TableProblem(file, line, name, "is empty; a settlement needs it"))
                continue
            try:
                values[name] = column.read(cell)
            except CellFault as fault:
                problems.append(TableProblem(file, line, name, str(fault)))
        row = Row(line, values)
        if len(problems) == faulty:
            problems += [TableProblem(file, line, column, message) for column, message in check(row)]
        rows.append(row)
    if not rows and not problems:
        problems.append(TableProblem(file, 0, "", "has no rows under its first line"))
    return tuple(header), rows
