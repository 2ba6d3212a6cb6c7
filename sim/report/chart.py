"""A figure of the report with the finding it shows and the data it is drawn from."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

from matplotlib.figure import Figure

from sim.report.style import NARROW, SAVED, WIDE, Paper, inline, literal, settle, styled

Cell = str | float | None
TITLE_WIDTH: Final = 88
FORMATS: Final = ("svg", "png")
"""What a figure is written as unless something else is asked for; its data come as CSV."""
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
class Rendered:
    """shown: SVG element for a page by paper; files: name -> contents."""

    shown: Mapping[str, str]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Chart:
    """key: its name in files; title: what it shows, in a sentence; note: how to read it."""

    key: str
    title: str
    note: str
    data: Data
    draw: Callable[[Paper], Figure] = field(repr=False)

    def rendered(self, formats: Sequence[str] = FORMATS) -> Rendered:
        """The figure drawn for a page on both papers, and its files: with the title in it, to put into a proposal, and the data."""
        label = escape(self.title, quote=True)
        with styled():
            wide = self.draw(WIDE)
            settle(wide)
            shown = {WIDE.name: inline(wide, f"{self.key}-{WIDE.name}", label)}
            self._add_title(wide)
            settle(wide)
            narrow = self.draw(NARROW)
            settle(narrow)
            shown[NARROW.name] = inline(narrow, f"{self.key}-{NARROW.name}", label)
            saved = {name: SAVED[name](wide) for name in formats} | {"csv": self.data.csv().encode()}
        return Rendered(shown, {f"{self.key}.{kind}": content for kind, content in saved.items()})

    def _add_title(self, figure: Figure) -> None:
        lines = textwrap.wrap(self.title, TITLE_WIDTH)
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height + 0.1 + 0.2 * len(lines))
        figure.suptitle(literal("\n".join(lines)), x=0.01, ha="left", fontsize=11.5, fontweight="bold")
