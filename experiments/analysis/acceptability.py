"""Which alternative is best, and how surely, at each willingness to pay for a unit of effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.analysis.statistics import Floats


def acceptability(cost: Floats, effect: Floats, willingness: Sequence[float], names: Sequence[str]) -> list[dict[str, Any]]:
    """Rows {willingness, alternative, net_benefit, probability_best, best_on_average}.

    cost (USD) and effect: shape (cells, alternatives), each row one state of the world. The alternative that is best on average
    (the frontier) need not be the one that is most often best.
    """
    rows = []
    for value in willingness:
        benefit = value * effect - cost
        means = benefit.mean(axis=0)
        best = benefit == benefit.max(axis=1, keepdims=True)
        share = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)  # alternatives that tie share the state
        for position, name in enumerate(names):
            rows.append(
                {
                    "willingness": value,
                    "alternative": name,
                    "net_benefit": float(means[position]),
                    "probability_best": float(share[position]),
                    "best_on_average": bool(position == int(means.argmax())),
                }
            )
    return rows
