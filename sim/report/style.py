"""How every figure looks: colours, type, paper, and the files it becomes.

Hues are Okabe and Ito's, which people with any form of colour blindness can tell apart, darkened until text in them can be read on white.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.report import words

INK: Final = "#1d1d1f"
MUTED: Final = "#5a5a61"
GRID: Final = "#e4e4e8"
SHADE: Final = "#f1f1f4"
PROGRAMME: Final = "#0068a8"
USUAL: Final = "#b84c00"
GREEN: Final = "#00775a"
PURPLE: Final = "#a34e84"
SKY: Final = "#56b4e9"
YELLOW: Final = "#e69f00"
SILVER: Final = "#b9b9c0"

THEMED: Final = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--grid",
    SHADE: "--shade",
    PROGRAMME: "--programme",
    USUAL: "--usual",
    GREEN: "--green",
    PURPLE: "--purple",
}
"""Colours that a page replaces by its own for light and dark."""

ARMS: Final = {"usual_care": ("Usual care", USUAL, "--"), "programme": ("Programme", PROGRAMME, "-")}

STYLE: Final[dict[Any, Any]] = {
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "svg.hashsalt": "caseload",
    "hatch.linewidth": 0.6,
}
DPI: Final = 150
PAD: Final = 0.13
"""Inches around each panel."""
_NAMESPACES: Final = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
LARGEST_NAME: Final = 34


@dataclass(frozen=True)
class Paper:
    """What a figure is drawn on. width: inches; columns: panels that stand side by side at most."""

    name: str
    width: float
    columns: int

    def panels(self, count: int, height: float, *, columns: int | None = None) -> tuple[Figure, list[Axes]]:
        """A figure of `count` panels, each `height` inches high, in as many columns as fit (`columns` at most)."""
        across = max(1, min(count, self.columns, columns or count))
        down = -(-count // across)
        figure = Figure(figsize=(self.width, height * down))
        axes = list(figure.subplots(down, across, squeeze=False).flat)
        for empty in axes[count:]:
            empty.set_axis_off()
        return figure, axes[:count]


WIDE: Final = Paper("wide", 9.2, 3)
NARROW: Final = Paper("narrow", 4.4, 1)


def plain(text: str) -> str:
    """An identifier of the user's as text: a dollar sign would start a formula."""
    shown = words.name(words.printable(text)).replace("$", r"\$")
    return shown if len(shown) <= LARGEST_NAME else shown[: LARGEST_NAME - 1] + "…"


def literal(text: str) -> str:
    """Text for a figure in which dollar signs are dollar signs."""
    return text.replace("$", r"\$")


def settle(figure: Figure) -> None:
    """Lay the panels out once: saving a figure would do it again for each file."""
    FigureCanvasAgg(figure)
    figure.set_layout_engine(ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD / 2))
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def styled() -> Any:
    """The context in which figures are drawn, settled and saved, whatever the caller's settings are."""
    return mpl.rc_context(STYLE)


def png(figure: Figure) -> bytes:
    """The figure as PNG; the same results give the same bytes."""
    return _saved(figure, format="png", dpi=DPI, metadata={"Software": None})


def svg(figure: Figure) -> bytes:
    """The figure as an SVG document; the same results give the same text."""
    return _saved(figure, format="svg", metadata={"Date": None, "Creator": None})


def pdf(figure: Figure) -> bytes:
    """The figure as a PDF page with letters that can be searched; the same results give the same bytes."""
    return _saved(figure, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})


def _saved(figure: Figure, **how: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, facecolor="white", **how)
    return buffer.getvalue()


SAVED: Final[Mapping[str, Callable[[Figure], bytes]]] = {"svg": svg, "png": png, "pdf": pdf}
"""The forms in which a figure is written, by the ending of its file."""


def inline(figure: Figure, prefix: str, label: str) -> str:
    """The figure as an element of a page: colours follow the page's, no id meets another's, `label` (escaped already) is read aloud."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r"url\(#", f"url(#{prefix}-", text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    for colour, variable in THEMED.items():
        text = text.replace(colour, f"var({variable})")
    view = re.search(r'viewBox="[^"]*"', text)
    assert view is not None
    opening = f'<svg {_NAMESPACES} {view.group()} role="img" aria-label="{label}">'
    return re.sub(r"<svg[^>]*>", lambda _: opening, text, count=1)
