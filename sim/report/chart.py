"""A figure of the report with the finding it shows and the data it is drawn from."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from matplotlib.figure import Figure

from sim.report.style import WIDE, Paper, literal, png, styled, svg

Cell = str | float | None
TITLE_WIDTH: Final = 88
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Data:
    """The numbers of a figure or a table. columns: heads with their units; a cell without a value is None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """As CSV. A text that a spreadsheet would take for a formula gets an apostrophe."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell for cell in row])
        return text.getvalue()


@dataclass(frozen=True)
class Chart:
    """key: its name in files; title: what it shows, in a sentence; note: how to read it."""

    key: str
    title: str
    note: str
    data: Data
    draw: Callable[[Paper], Figure] = field(repr=False)

    def on(self, paper: Paper) -> Figure:
        """The figure as it stands on a page, which has the title outside it."""
        with styled():
            return self.draw(paper)

    def files(self) -> dict[str, bytes]:
        """File name -> contents: the figure with its title in it, to put into a proposal, and its data."""
        with styled():
            figure = self.draw(WIDE)
            lines = textwrap.wrap(self.title, TITLE_WIDTH)
            width, height = figure.get_size_inches()
            figure.set_size_inches(width, height + 0.1 + 0.2 * len(lines))
            figure.suptitle(literal("\n".join(lines)), x=0.01, ha="left", fontsize=11.5, fontweight="bold")
            return {
                f"{self.key}.svg": svg(figure).encode(),
                f"{self.key}.png": png(figure),
                f"{self.key}.csv": self.data.csv().encode(),
            }
