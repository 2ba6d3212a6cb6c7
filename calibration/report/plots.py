"""Figures of a calibration."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from calibration.calibrating import Calibrated
from sim.report.style import MUTED, PROGRAMME, USUAL

ACROSS: Final = 4
BINS: Final = 20
MOST_PAIRS: Final = 8
PRIOR_DRAWS: Final = np.linspace(0.0005, 0.9995, 1000)


def short(name: str) -> str:
    """The last parts of a dotted name."""
    return ".".join(name.split(".")[-2:])


def marginals(done: Calibrated) -> Figure:
    """Prior and posterior of every parameter."""
    count = len(done.names)
    down = math.ceil(count / ACROSS)
    figure = Figure(figsize=(11, 2.0 * down), layout="constrained")
    axes = figure.subplots(down, ACROSS, squeeze=False).ravel()
    for column, (ax, name) in enumerate(zip(axes, done.names, strict=False)):
        prior = done.opened.base.uncertain[name].quantile(PRIOR_DRAWS)
        edges = np.linspace(min(prior.min(), done.values[:, column].min()), max(prior.max(), done.values[:, column].max()), BINS)
        ax.hist(prior, edges, density=True, color=MUTED, alpha=0.4, label="prior")
        ax.hist(done.values[:, column], edges, density=True, histtype="step", color=PROGRAMME, linewidth=1.6, label="posterior")
        ax.axvline(done.opened.base.rows[name].value, color=USUAL, linestyle=":", linewidth=1.2)
        ax.set_title(short(name), fontsize=8)
        ax.set_yticks([])
        ax.tick_params(labelsize=7)
    for ax in axes[count:]:
        ax.set_axis_off()
    axes[0].legend(fontsize=7, frameon=False)
    return figure


def correlations(done: Calibrated) -> Figure:
    """Rank correlations of all pairs in the posterior."""
    from scipy.stats import rankdata

    correlation = np.corrcoef(np.apply_along_axis(rankdata, 0, done.unit), rowvar=False)
    size = 0.32 * len(done.names) + 2.6
    figure = Figure(figsize=(size + 1, size), layout="constrained")
    ax = figure.subplots()
    image = ax.imshow(correlation, cmap="RdBu_r", vmin=-1, vmax=1)
    places = range(len(done.names))
    ax.set_xticks(places, [short(name) for name in done.names], rotation=90, fontsize=7)
    ax.set_yticks(places, [short(name) for name in done.names], fontsize=7)
    figure.colorbar(image, ax=ax, shrink=0.7, label="rank correlation")
    return figure


def pairs(done: Calibrated) -> Figure | None:
    """Draws of the pairs that are known together rather than one by one; None when there are none."""
    together = done.together()[:MOST_PAIRS]
    if not together:
        return None
    down = math.ceil(len(together) / ACROSS)
    figure = Figure(figsize=(11, 2.7 * down), layout="constrained")
    axes = figure.subplots(down, ACROSS, squeeze=False).ravel()
    for ax, (first, second, correlation) in zip(axes, together, strict=False):
        x, y = (done.values[:, done.names.index(name)] for name in (first, second))
        ax.plot(x, y, ".", color=PROGRAMME, markersize=2.5, alpha=0.6)
        ax.set_xlabel(short(first), fontsize=7)
        ax.set_ylabel(short(second), fontsize=7)
        ax.set_title(f"{correlation:+.2f}", fontsize=8)
        ax.tick_params(labelsize=7)
    for ax in axes[len(together) :]:
        ax.set_axis_off()
    return figure


def predictive(done: Calibrated) -> Figure:
    """Prior and posterior predictive of every target, as distances from what is published in half-widths of its tolerance."""
    figure = Figure(figsize=(9, 0.34 * len(done.posterior) + 1.4), layout="constrained")
    ax = figure.subplots()
    ax.axvspan(-1, 1, color=MUTED, alpha=0.25, label="tolerance")
    for row, (before, after) in enumerate(zip(done.prior, done.posterior, strict=True)):
        for shown, colour, label, offset in ((before, USUAL, "prior", 0.16), (after, PROGRAMME, "posterior", -0.16)):
            if shown.simulated is None or shown.sim_lo is None or shown.sim_hi is None:
                continue
            centre, half = (shown.lo + shown.hi) / 2, (shown.hi - shown.lo) / 2
            low, mean, high = ((value - centre) / half for value in (shown.sim_lo, shown.simulated, shown.sim_hi))
            name = label if row == 0 else None
            ax.plot([low, high], [-row + offset] * 2, color=colour, linewidth=2)
            ax.plot([mean], [-row + offset], "o", color=colour, markersize=4, label=name)
    ax.set_yticks([-row for row in range(len(done.posterior))], [_label(row.name, row.use) for row in done.posterior], fontsize=8)
    ax.set_xlabel("distance from the middle of the tolerance, in half-widths; dots are means, lines p10 to p90")
    ax.set_xlim(-6, 6)
    ax.legend(fontsize=8, frameon=False)
    return figure


def _label(name: str, use: str) -> str:
    return name if use == "fit" else f"{name} (not fitted)"
