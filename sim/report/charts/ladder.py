"""Rows with a name, a value in words and an interval: the form that most figures of the report have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import words
from sim.report.reading import Floats
from sim.report.style import INK, MUTED, PROGRAMME, Paper, literal

ROW_HEIGHT: Final = 0.56
"""Inches; what a row needs whose name and label stand on one line."""
STACKED_HEIGHT: Final = 0.88
"""Inches; what it needs when the label stands under the name."""
CHARACTERS_PER_INCH: Final = 12.0
FRAME_HEIGHT: Final = 0.75
"""Inches for title and axis."""
MOST_DOTS: Final = 60
BINS: Final = 30
"""Intervals of equal width that the values of many replications are counted in."""
DEPTH: Final = 0.27
"""Height of the most frequent of them, of a row."""
MILLION: Final = 1e-6


@dataclass(frozen=True)
class Rung:
    """One row. label: its value in words; dots: one value a replication, as drawn; truth: a value to hold it against."""

    name: str
    label: str
    mean: float
    low: float | None
    high: float | None
    colour: str = PROGRAMME
    dots: Floats = field(default_factory=lambda: np.empty(0), repr=False, compare=False)
    truth: float | None = None


def rung(
    name: str, statistics: words.Statistics, label: str, *, scale: float = 1.0, colour: str = PROGRAMME, dots: Floats | None = None
) -> Rung:
    """A row of statistics over replications: mean, and p10 to p90. dots: scaled already."""
    mean, low, high = (None if statistics[key] is None else scale * float(statistics[key] or 0.0) for key in ("mean", "p10", "p90"))
    return Rung(name, label, math.nan if mean is None else mean, low, high, colour, np.empty(0) if dots is None else dots)


def height(rungs: Sequence[Rung], inches: float) -> float:
    """Inches that a panel of these rows needs if it is `inches` wide."""
    return FRAME_HEIGHT + (STACKED_HEIGHT if _stacked(rungs, inches) else ROW_HEIGHT) * max(len(rungs), 1)


def _stacked(rungs: Sequence[Rung], inches: float) -> bool:
    """Whether some name and label do not fit on one line."""
    return any(len(row.name) + len(row.label) + 2 > CHARACTERS_PER_INCH * inches for row in rungs)


def of_one_ladder(rungs: Sequence[Rung], unit: str, *, bars: bool = False) -> Callable[[Paper], Figure]:
    """How to draw a figure that is one ladder and nothing else."""

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, height(rungs, paper.width))
        ladder(axis, rungs, unit, bars=bars)
        return figure

    return draw


def ladder(axis: Axes, rungs: Sequence[Rung], unit: str, *, reference: float | None = 0.0, bars: bool = False) -> None:
    """Draw the rows from top to bottom. reference: where the axis has its line (a break-even, or no difference)."""
    place = axis.get_subplotspec()
    figure = axis.get_figure(root=True)
    assert place is not None
    assert figure is not None
    stacked = _stacked(rungs, figure.get_figwidth() / place.get_gridspec().ncols)
    for at, row in enumerate(rungs):
        _dots(axis, at, row, reference)
        if bars:
            axis.barh(at, row.mean, height=0.34, color=row.colour, alpha=0.45, linewidth=0)
        if row.low is not None and row.high is not None:
            axis.plot([row.low, row.high], [at, at], color=row.colour, linewidth=2.6, solid_capstyle="butt")
        axis.plot([row.mean], [at], "o", color=row.colour, markersize=6.5)
        if row.truth is not None:
            axis.plot([row.truth], [at], "|", color=INK, markersize=14, markeredgewidth=2)
        _name(axis, at, row, stacked=stacked)
    if reference is not None:  # not through the words
        rows = np.arange(len(rungs))
        axis.vlines(np.full(len(rungs), reference), rows - 0.24, rows + 0.4, color=MUTED, linewidth=1.1, zorder=1)
    axis.set_yticks([])
    axis.set_ylim(max(len(rungs), 1) - 0.6, -0.85)
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.06)
    _cut_tails(axis, rungs, reference)
    axis.locator_params(axis="x", nbins=5)
    axis.set_xlabel(unit, fontsize=9)


def _cut_tails(axis: Axes, rungs: Sequence[Rung], reference: float | None) -> None:
    """End the axis a range beyond the bars where a few replications would squeeze all others."""
    ends = [end for row in rungs for end in (row.low, row.high, row.mean) if end is not None and math.isfinite(end)]
    if not ends or len(rungs[0].dots) <= MOST_DOTS:
        return
    ends += [] if reference is None else [reference]
    beyond = max(ends) - min(ends)
    left, right = axis.get_xlim()
    if beyond > 0:
        axis.set_xlim(max(left, min(ends) - beyond), min(right, max(ends) + beyond))


def _name(axis: Axes, at: int, row: Rung, *, stacked: bool) -> None:
    """Name and label above the bar; clear of it, and of each other."""
    words_of_row: dict[str, Any] = {"transform": axis.get_yaxis_transform(), "fontsize": 9, "va": "bottom"}
    axis.text(0.0, at - (0.45 if stacked else 0.3), literal(row.name), **words_of_row)
    side, edge, above = ("left", 0.0, 0.24) if stacked else ("right", 1.0, 0.3)
    axis.text(edge, at - above, literal(row.label), ha=side, color=row.colour, **words_of_row)


def _dots(axis: Axes, at: int, row: Rung, reference: float | None) -> None:
    """Each replication as a tick; of many of them how often each value came, hanging below the bar and darker on the right of the
    reference."""
    values = row.dots[np.isfinite(row.dots)]
    if len(values) <= MOST_DOTS:
        axis.plot(values, np.full(len(values), at + 0.2), "|", color=row.colour, markersize=6, alpha=0.6)
        return
    if values.min() == values.max():
        return
    edges = np.linspace(values.min(), values.max(), BINS + 1)
    if reference is not None and edges[0] < reference < edges[-1]:
        edges = np.sort(np.append(edges, reference))
    counts, _ = np.histogram(values, edges)
    often = np.divide(counts, np.diff(edges), out=np.zeros(len(counts)), where=np.diff(edges) > 0)
    hanging = at + 0.1 + DEPTH * often / often.max()
    split = 0 if reference is None else int(np.searchsorted(edges[:-1], reference))
    for first, last, alpha in ((0, split, 0.25), (split, len(counts), 0.55)):
        if first < last:
            shape = (hanging[first:last], edges[first : last + 1])
            axis.stairs(*shape, baseline=at + 0.1, fill=True, color=row.colour, alpha=alpha, linewidth=0)
