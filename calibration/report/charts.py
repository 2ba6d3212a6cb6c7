"""Figures of a calibration besides its fit."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calibration.calibrating import IDENTIFIED, TOGETHER, WEAKLY, Calibrated
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.fit import UNIT, fitted_of
from sim.report.style import INK, MUTED, PROGRAMME, SHADE, SILVER, USUAL, Paper, literal

BINS: Final = 20
MOST_PAIRS: Final = 6
PRIOR_DRAWS: Final = np.linspace(0.0005, 0.9995, 1000)
MOST_NAMED: Final = 30
"""Correlations are shown as squares, named on both sides, for so many parameters at most."""


def short(name: str) -> str:
    """The last parts of a dotted name, in words."""
    return words.printable(" ".join(name.split(".")[-2:])).replace("_", " ")


def predictive(done: Calibrated, rows: list[dict[str, object]]) -> Chart:
    """Prior and posterior predictive of every target, as distances from what is published in half-widths of its tolerance.

    rows: the fit, as `calibration.tables.fit_rows` gives it.
    """
    fitted = [fitted_of(row) for row in rows]
    both = [
        (one.placed(before.simulated), one.placed(after.simulated))
        for one, before, after in zip(fitted, done.prior, done.posterior, strict=True)
    ]
    known = [(before, after) for before, after in both if before == before and after == after]
    closer = sum(abs(after) < abs(before) for before, after in known)
    title = f"After fitting {closer} of {len(known)} figures lie closer to what is published than before"
    lines = [
        (one.placed(row.sim_lo), one.placed(row.simulated), one.placed(row.sim_hi), colour, offset)
        for at, one in enumerate(fitted)
        for row, colour, offset in ((done.prior[at], MUTED, at - 0.14), (done.posterior[at], PROGRAMME, at + 0.14))
    ]

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, 0.75 + 0.3 * len(fitted))
        axis.axvspan(-1, 1, color=SHADE, zorder=0)
        for low, mean, high, colour, at in lines:
            axis.plot([low, high], [at, at], color=colour, linewidth=2.2, solid_capstyle="butt")
            axis.plot([mean], [at], "o", color=colour, markersize=4.5)
        axis.set_yticks(range(len(fitted)), [one.target + ("" if one.use == "fit" else ", check") for one in fitted], fontsize=8)
        axis.set_ylim(len(fitted) - 0.4, -0.6)
        axis.set_xlim(-6.3, 6.3)
        axis.set_xlabel(UNIT, fontsize=9)
        return figure

    note = "Grey: prior; blue: posterior. Dot: mean; bar: p10 to p90 over runs at joint draws. Shaded: the published tolerance."
    columns = ("target", "use", "published", "prior, mean", "p10", "p90", "posterior, mean", "p10", "p90")
    data = tuple(
        (before.name, before.use, before.value, before.simulated, before.sim_lo, before.sim_hi, after.simulated, after.sim_lo, after.sim_hi)
        for before, after in zip(done.prior, done.posterior, strict=True)
    )
    return Chart("predictive", title, note, Data(columns, data), draw)


def marginals(done: Calibrated) -> Chart:
    """Prior and posterior of every parameter."""
    narrowing = done.narrowing()
    identified = sum(ratio < IDENTIFIED for ratio in narrowing.values())
    nothing = len(done.not_identified())
    title = f"Of {len(done.names)} parameters the targets identify {identified}, and say next to nothing about {nothing}"

    def draw(paper: Paper) -> Figure:
        columns = 4 if paper.columns > 1 else 2
        down = -(-len(done.names) // columns)
        figure = Figure(figsize=(paper.width, 1.45 * down))
        axes = list(figure.subplots(down, columns, squeeze=False).flat)
        for column, (axis, name) in enumerate(zip(axes, done.names, strict=False)):
            _marginal(axis, done, column, name)
        for axis in axes[len(done.names) :]:
            axis.set_axis_off()
        return figure

    note = (
        "Grey: prior; blue: posterior; orange stroke: the value in the scenario. Identified: the posterior's SD is below "
        f"{IDENTIFIED:.0%} of the prior's; next to nothing: at least {WEAKLY:.0%}."
    )
    quantiles = [np.quantile(done.values[:, column], (0.1, 0.5, 0.9)).tolist() for column in range(len(done.names))]
    columns = ("parameter", "in the scenario", "posterior p10", "median", "p90", "posterior SD / prior SD")
    data = tuple((name, done.opened.base.rows[name].value, *quantiles[column], narrowing[name]) for column, name in enumerate(done.names))
    return Chart("marginals", title, note, Data(columns, data), draw)


def _marginal(axis: Axes, done: Calibrated, column: int, name: str) -> None:
    drawn = done.values[:, column]
    prior = done.opened.base.uncertain[name].quantile(PRIOR_DRAWS)
    edges = np.linspace(min(prior.min(), drawn.min()), max(prior.max(), drawn.max()), BINS).tolist()
    axis.hist(prior, edges, density=True, color=SILVER)
    axis.hist(drawn, edges, density=True, histtype="step", color=PROGRAMME, linewidth=1.6)
    axis.axvline(done.opened.base.rows[name].value, color=USUAL, linewidth=1.4)
    axis.set_title("\n".join(_wrapped(short(name))), fontsize=8, fontweight="normal")
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False)
    axis.tick_params(labelsize=7)
    axis.locator_params(axis="x", nbins=3)


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 24)[:2] or [""]


def correlations(done: Calibrated) -> Chart | None:
    """Rank correlations of all pairs in the posterior; None for more parameters than can be named."""
    from scipy.stats import rankdata

    if not 1 < len(done.names) <= MOST_NAMED:
        return None
    correlation = np.corrcoef(np.apply_along_axis(rankdata, 0, done.unit), rowvar=False)
    names = [short(name) for name in done.names]
    pairs = [(i, j) for i in range(len(names)) for j in range(i)]
    strong = sum(abs(correlation[pair]) >= TOGETHER for pair in pairs)
    title = f"{strong} of {len(pairs)} pairs of parameters are known together rather than one by one"

    def draw(paper: Paper) -> Figure:
        numbers = paper.columns == 1
        size = min(paper.width * (0.75 if numbers else 0.62), 0.24 * len(names) + 1.2)
        figure = Figure(figsize=(paper.width, size + (0.0 if numbers else 0.9)))
        axis = figure.subplots()
        image = axis.imshow(correlation, cmap="PuOr", vmin=-1, vmax=1, aspect="auto")
        at = range(len(names))
        labels = [str(place + 1) for place in at] if numbers else [literal(name) for name in names]
        axis.set_xticks(at, labels, rotation=0 if numbers else 90, fontsize=6 if numbers else 7)
        axis.set_yticks(at, labels if numbers else [literal(name) for name in names], fontsize=6 if numbers else 7)
        axis.grid(visible=False)
        figure.colorbar(image, ax=axis, shrink=0.7, label="rank correlation")
        return figure

    note = "Purple: high together; orange: one high where the other is low. Draws of different stages are independent of each other. "
    note += "On narrow screens parameters have the numbers of the table of parameters."
    data = Data(("parameter", *done.names), tuple((name, *map(float, row)) for name, row in zip(done.names, correlation, strict=True)))
    return Chart("correlations", title, note, data, draw)


def pairs(done: Calibrated) -> Chart | None:
    """Draws of the pairs that are known together rather than one by one; None when there are none."""
    together = done.together()
    if not together:
        return None
    first, second, strongest = together[0]
    title = f"{short(first)} and {short(second)} are known only together (rank correlation {strongest:+.2f})"
    title = title[:1].upper() + title[1:]
    shown = together[:MOST_PAIRS]

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(len(shown), 2.6)
        for axis, (one, other, correlation) in zip(axes, shown, strict=True):
            x, y = (done.values[:, done.names.index(name)] for name in (one, other))
            axis.plot(x, y, ".", color=PROGRAMME, markersize=2.5, alpha=0.6, rasterized=True)
            axis.set_xlabel(literal(short(one)), fontsize=8)
            axis.set_ylabel(literal(short(other)), fontsize=8)
            axis.set_title(f"{correlation:+.2f}", fontsize=9, color=INK)
            axis.tick_params(labelsize=7)
        return figure

    left = len(together) - len(shown)
    note = f"Draws of the posterior; pairs beyond {TOGETHER:g}.{f' {left} more pairs are in the data.' if left else ''}"
    return Chart("pairs", title, note, Data(("parameter", "and", "rank correlation"), tuple(together)), draw)
