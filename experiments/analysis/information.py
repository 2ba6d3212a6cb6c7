"""What it would be worth to know parameters before deciding: EVPI and EVPPI of a choice among alternatives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from experiments.analysis.statistics import Floats

PERMUTATIONS: Final = 50
LEAST_DRAWS: Final = 10
KNOTS: Final = 200
"""Values that are told apart; draws between them count together."""


def evpi(net_benefit: Floats) -> float:
    """Expected value of perfect information: E[max] - max E over draws; shape (draws, alternatives)."""
    return float(net_benefit.max(axis=1).mean() - net_benefit.mean(axis=0).max())


def evpi_error(net_benefit: Floats) -> float:
    """Standard error of the EVPI from the draws being few, with the alternative that is best on average taken as known."""
    best = int(net_benefit.mean(axis=0).argmax())
    loss = net_benefit.max(axis=1) - net_benefit[:, best]
    return float(loss.std(ddof=1) / math.sqrt(len(loss))) if len(loss) > 1 else math.nan


def evpi_without_luck(net_benefit: Floats) -> float:
    """The EVPI that luck cannot make up; shape (draws, alternatives, replications). NaN for one replication.

    Means over few replications still hold luck, and the maximum of lucky means promises too much. Here the alternative is chosen
    by all replications but one and judged by that one, in turn: chance alone gives 0 on average. It errs downwards, since fewer
    replications choose, so that the EVPI lies between the two.
    """
    count = net_benefit.shape[2]
    if count < 2:
        return math.nan
    total = net_benefit.sum(axis=2)
    best = int(net_benefit.mean(axis=(0, 2)).argmax())
    gains = []
    for left_out in range(count):
        judged = net_benefit[:, :, left_out]
        chosen = (total - judged).argmax(axis=1)
        gains.append(np.take_along_axis(judged, chosen[:, None], axis=1)[:, 0] - judged[:, best])
    return float(np.mean(gains))


def evppi(values: Floats, net_benefit: Floats) -> float:
    """Expected value of knowing one parameter (Strong, Oakley and Brennan 2014, with a smoothing spline chosen by cross-validation).

    values: the parameter by draw, shape (draws,); net_benefit: shape (draws, alternatives).
    """
    from scipy.interpolate import make_smoothing_spline

    places, inverse = np.unique(values, return_inverse=True)
    if len(places) < LEAST_DRAWS:
        return math.nan
    knots = min(len(places), KNOTS)
    inverse = inverse * knots // len(places)
    counts = np.bincount(inverse)
    ranks = np.arange(knots, dtype=np.float64)  # knowing a rank is knowing the value, and even spacing is well conditioned
    fitted = np.empty_like(net_benefit)
    for alternative in range(net_benefit.shape[1]):
        gain = net_benefit[:, alternative] - net_benefit[:, 0]
        size = float(np.abs(gain).max())
        if size == 0:
            fitted[:, alternative] = 0.0
            continue
        means = np.bincount(inverse, gain / size) / counts
        fitted[:, alternative] = size * make_smoothing_spline(ranks, means, counts.astype(np.float64))(ranks)[inverse]
    return max(0.0, evpi(fitted))


def evppi_of_nothing(net_benefit: Floats, seed: int) -> float:
    """The EVPPI that a parameter without any influence would show: what the method makes of chance. Mean over permutations."""
    draws = len(net_benefit)
    if draws < LEAST_DRAWS:
        return math.nan
    rng = np.random.default_rng(seed)
    places = np.arange(draws, dtype=np.float64)
    return float(np.mean([evppi(places, net_benefit[rng.permutation(draws)]) for _ in range(PERMUTATIONS)]))


def information_rows(parameters: Mapping[str, Floats], net_benefit: Floats) -> list[dict[str, Any]]:
    """Rows {parameter, evppi, share_of_evpi}, the most valuable first."""
    whole = evpi(net_benefit)
    rows = []
    for name, values in parameters.items():
        value = evppi(values, net_benefit)
        rows.append({"parameter": name, "evppi": value, "share_of_evpi": value / whole if whole > 0 else math.nan})
    return sorted(rows, key=lambda row: -row["evppi"])


def complete(net_benefit: Floats) -> npt.NDArray[np.intp]:
    """Draws in which every alternative has a value."""
    return np.flatnonzero(np.isfinite(net_benefit).reshape(len(net_benefit), -1).all(axis=1))
