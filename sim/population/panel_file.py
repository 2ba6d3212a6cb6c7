"""A panel from a CSV file: one row per patient, the first line names the columns.

UTF-8, commas between cells, a decimal point in numbers. `age`, `sex` and one of `risk_score` and `conditions` are required;
the other columns of `sim.population.columns.COLUMNS` may be there, in any order. A cell that is empty, or a column that is not
there, is drawn as in a synthetic panel, given what the row says and keyed by `id`; so an empty `conditions` means "not known",
and `none` means that no condition is documented. Without an `id` column a patient is known by the place of the row, so that
the order of rows then matters. Cells are text that is compared and converted; nothing in a file is ever executed.

    id,age,sex,risk_score,conditions,practice
    A17,81,female,2.41,heart_failure;copd,large_3
    A18,58.5,male,,none,
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TextIO

import numpy as np
from numpy.typing import NDArray

from sim.population.columns import COLUMNS, Names, shown
from sim.tabular import CellFault, TableErrors, TableProblem, lines

LARGEST_FILE: Final = 500_000_000
REQUIRED: Final = ("age", "sex")
KNOWN_MEANS_TRUE: Final = {"isolated_known": "isolated", "behavioural_health_known": "behavioural_health"}


class PanelErrors(TableErrors):
    """Every fault of a panel."""


@dataclass(frozen=True)
class Rows:
    """What the rows say. ids: one text per row; values: field -> (value per row, whether the row gives one)."""

    ids: tuple[str, ...]
    values: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]


def signature(path: Path) -> tuple[int, int]:
    """(size in bytes, time of the last change) of a readable, plain file that is not too large. Raises PanelErrors."""

    def refused(message: str) -> PanelErrors:
        return PanelErrors([TableProblem(path.name, 0, "", message)])

    try:
        status = os.stat(path)
    except OSError as error:
        raise refused(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except ValueError:
        raise refused("is not the name of a file") from None
    if not path.is_file():
        raise refused("is not a plain file")
    if status.st_size > LARGEST_FILE:
        raise refused(f"must be at most {LARGEST_FILE // 1_000_000} MB (got {status.st_size // 1_000_000} MB)")
    if status.st_size == 0:
        raise refused("is empty; the first line must name the columns, for example id,age,sex,risk_score")
    return status.st_size, status.st_mtime_ns


def read_rows(path: Path, names: Names) -> Rows:
    """What a file says. Raises PanelErrors."""
    problems: list[TableProblem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = _read(stream, path.name, names, problems)
    except OSError as error:
        problems = [TableProblem(path.name, 0, "", f"cannot be read: {(error.strerror or str(error)).lower()}")]
    except UnicodeDecodeError:
        problems = [TableProblem(path.name, _line_not_utf_8(path), "", "is not UTF-8 text; save the file as CSV in UTF-8")]
    if problems:
        raise PanelErrors(problems)
    return rows


def _line_not_utf_8(path: Path) -> int:
    """The first line that is not UTF-8; 0 if none is by itself."""
    with path.open("rb") as stream:
        for line, content in enumerate(stream, start=1):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError:
                return line
    return 0


def _read(stream: TextIO, file: str, names: Names, problems: list[TableProblem]) -> Rows:
    """The rows of an open file; what is wrong goes to `problems`."""
    rows_of_file = lines(stream, file, problems)
    line, header = next(rows_of_file, (0, []))
    if not header and not problems:
        problems.append(TableProblem(file, 0, "", "is empty; the first line must name the columns, for example id,age,sex,risk_score"))
    faulty = len(problems)
    problems += [TableProblem(file, line, column, message) for column, message in _header_faults(header)] if header else []
    if len(problems) > faulty or not header:
        return Rows((), {})
    columns = [COLUMNS[name] for name in header]
    numbers: dict[str, list[float]] = {column.field: [] for column in columns if column.name != "id"}
    missing = float("nan")
    ids: list[str] = []
    first_line_of: dict[str, int] = {}
    for line, cells in rows_of_file:
        if len(cells) != len(header):
            problems.append(TableProblem(file, line, "", f"must have {len(header)} cells, as the first line has (got {len(cells)})"))
            continue
        said: dict[str, float | int | str] = {}
        wrong: set[str] = set()
        for column, cell in zip(columns, cells, strict=True):
            try:
                if cell:
                    said[column.name] = column.read(cell, names)
            except CellFault as fault:
                wrong.add(column.name)
                problems.append(TableProblem(file, line, column.name, str(fault)))
        for name, message in _row_faults(said, wrong, "id" in header):
            problems.append(TableProblem(file, line, name, message))
        name = str(said.get("id", f"row {len(ids) + 1}"))
        if "id" in said and first_line_of.setdefault(name, line) != line:
            problems.append(TableProblem(file, line, "id", f"{shown(name)} stands in line {first_line_of[name]} already"))
        ids.append(name)
        for column in columns:
            if column.name != "id":
                numbers[column.field].append(float(said.get(column.name, missing)))
    if not ids and not problems:
        problems.append(TableProblem(file, 0, "", "has no patients: there is nothing below the line that names the columns"))
    if problems:
        return Rows((), {})
    values = {field: np.array(column, np.float64) for field, column in numbers.items()}
    present = {field: ~np.isnan(column) for field, column in values.items()}
    for known, truth in ((known, truth) for known, truth in KNOWN_MEANS_TRUE.items() if known in values):
        value, there = values.get(truth, np.full(len(ids), missing)), present.get(truth, np.zeros(len(ids), np.bool_))
        on_record = values[known] == 1.0
        values[truth], present[truth] = np.where(on_record, 1.0, value), there | on_record
    return Rows(tuple(ids), {field: (values[field], present[field]) for field in values})


def _header_faults(header: list[str]) -> Iterator[tuple[str, str]]:
    """(column, message) of everything wrong with the line that names the columns."""
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield "", "columns must have commas between them (got a line with semicolons or tabs)"
        return
    for place, name in enumerate(header):
        if name not in COLUMNS:
            near = get_close_matches(name.lower()[:80], COLUMNS, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; columns are {', '.join(COLUMNS)}"
            yield (name if name.isidentifier() else "", f"there is no column {shown(name)}{hint}")
        elif name in header[:place]:
            yield name, "the column stands here twice"
    for name in REQUIRED:
        if name not in header:
            yield name, "the column is missing; age, sex and one of risk_score and conditions are required"
    if "risk_score" not in header and "conditions" not in header:
        yield "", "a column risk_score or a column conditions is required"


def _row_faults(said: dict[str, float | int | str], wrong: set[str], has_ids: bool) -> Iterator[tuple[str, str]]:
    """(column, message) of what is missing from a row or contradicts itself; `wrong` are the columns complained about already."""
    for name in (*REQUIRED, "id") if has_ids else REQUIRED:
        if name not in said and name not in wrong:
            yield name, "must not be empty"
    if not {"risk_score", "conditions"} & (set(said) | wrong):
        yield "risk_score", "must not be empty unless conditions are given (none if no condition is documented)"
    for known, truth in KNOWN_MEANS_TRUE.items():
        if said.get(known) == 1 and said.get(truth) == 0:
            yield known, f"cannot be yes when {truth} is no"
