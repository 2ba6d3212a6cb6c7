"""CSV files that an experiment names: a list of design points, posterior draws of a calibration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from experiments.factors import Base, Choice, Factor, Value
from sim.scenario.errors import nearest
from sim.tabular import TableErrors, TableProblem, lines

MOST_ROWS: Final = 1_000_000


@dataclass(frozen=True)
class Posterior:
    """Draws of parameters together: `values` in canonical units, shape (draws, names). `path`: the file they come from."""

    names: tuple[str, ...]
    values: npt.NDArray[np.float64]
    path: Path


@dataclass(frozen=True)
class Listing:
    """Design points as people wrote them: a choice for each column, and for each point a label or None."""

    factors: tuple[Factor, ...]
    columns: Mapping[str, list[Value]]


class _Table:
    """Rows of a CSV file with their lines; raises TableErrors when the file has none or a row is too short or long."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.problems: list[TableProblem] = []
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = list(lines(stream, self.file, self.problems))
        except UnicodeDecodeError:
            raise TableErrors([TableProblem(self.file, 0, "", "is not UTF-8 text; save it as UTF-8")]) from None
        if not rows:
            self.problem(0, "", "is empty: the first line names the columns")
            self.stop()
        self.header = rows[0][1]
        self.rows = rows[1:]
        for name in {name for name in self.header if self.header.count(name) > 1}:
            self.problem(rows[0][0], name, "stands twice in the first line")
        for line, cells in self.rows:
            if len(cells) != len(self.header):
                self.problem(line, "", f"has {len(cells)} cells, the first line has {len(self.header)}")
        if not self.rows:
            self.problem(0, "", "has no rows below its first line")
        self.stop()

    def problem(self, line: int, column: str, message: str) -> None:
        self.problems.append(TableProblem(self.file, line, column, message))

    def stop(self) -> None:
        if self.problems:
            raise TableErrors(self.problems)


def read_posterior(path: Path, base: Base) -> Posterior:
    """Posterior draws: a column per parameter in its canonical unit (as `caseload parameters --csv` shows). Raises TableErrors."""
    table = _Table(path)
    for name in table.header:
        if name not in base.rows:
            table.problem(1, name, f"is no parameter of the scenario{nearest(name, base.rows)}")
    values = np.empty((len(table.rows), len(table.header)))
    for row, (line, cells) in enumerate(table.rows):
        for column, cell in enumerate(cells):
            try:
                values[row, column] = float(cell)
            except ValueError:
                values[row, column] = math.nan
            if not math.isfinite(values[row, column]):
                table.problem(line, table.header[column], f"must be a number (got '{cell[:40]}')")
    table.stop()
    return Posterior(tuple(table.header), values, path)


def read_listing(path: Path, base: Base, levers: Mapping[str, Factor]) -> Listing:
    """Design points: a column per scenario key or lever of the experiment; a cell is what `--set` takes. Raises TableErrors."""
    table = _Table(path)
    known = [*levers, *base.scenario.numeric_keys()]
    factors: list[Factor] = []
    columns: dict[str, list[Value]] = {}
    for position, name in enumerate(table.header):
        cells = [cells[position] or None for _, cells in table.rows]
        lever = levers.get(name)
        if isinstance(lever, Choice):
            for (line, _), cell in zip(table.rows, cells, strict=True):
                if cell is not None and cell not in lever.choices:
                    table.problem(line, name, f"is no level of this lever{nearest(cell, lever.choices)}")
            factors.append(lever)
        elif name in known or "." in name:
            if name not in known:
                table.problem(1, name, f"is no number of the scenario{nearest(name, known)}")
            factors.append(Choice(name, {cell: (f"{name}={cell}",) for cell in dict.fromkeys(cells) if cell is not None}))
        else:
            table.problem(1, name, f"is neither a lever nor a key of the scenario{nearest(name, known)}")
        columns[name] = list(cells)
    table.stop()
    return Listing(tuple(factors), columns)
