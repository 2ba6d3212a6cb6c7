"""CSV files that people give us: their rows, and faults named by file, line and column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TextIO

MOST_PROBLEMS: Final = 50


class CellFault(ValueError):
    """What is wrong with one cell, and what would be right."""


@dataclass(frozen=True)
class TableProblem:
    """One fault: `file:line: column: message`; line 0 and an empty column where there is none."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.column}: {self.message}" if self.column else f"{where}: {self.message}"


class TableErrors(Exception):
    """Every fault of a file: the first 50, then how many more there are. `problems` lists them, `count` counts all of them."""

    def __init__(self, problems: Sequence[TableProblem]) -> None:
        self.count = len(problems)
        self.problems = list(problems[:MOST_PROBLEMS])
        if self.count > MOST_PROBLEMS:
            self.problems.append(TableProblem(problems[0].file, 0, "", f"and {self.count - MOST_PROBLEMS} more problems"))
        super().__init__("\n".join(map(str, self.problems)))


def lines(stream: TextIO, file: str, problems: list[TableProblem]) -> Iterator[tuple[int, list[str]]]:
    """(line at which it begins, cells) of every row that is not blank; what cannot be read as CSV goes to `problems`."""
    reader = csv.reader(stream, strict=True)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(TableProblem(file, before + 1, "", f"cannot be read as CSV from here on: {error}"))
            return
        if any(cell.strip() for cell in cells):
            yield before + 1, [cell.strip() for cell in cells]
        before = reader.line_num
