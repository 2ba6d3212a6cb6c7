"""One factor at a time: how far each moves an outcome, in the order of the widest swing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.analysis.statistics import Floats, mean_error


def tornado(base: Floats, moved: Sequence[tuple[str, object, Floats]]) -> list[dict[str, Any]]:
    """Rows {factor, at, difference, error, swing} of factors by swing, the widest first.

    base: the outcome by replication at the scenario's own values; moved: (factor, its value, the outcome by replication). All on
    the same replications, so that a difference is paired and `error` is its Monte-Carlo standard error.
    """
    rows: list[dict[str, Any]] = []
    for name, value, outcome in moved:
        difference, error = mean_error(outcome - base)
        rows.append({"factor": name, "at": value, "difference": difference, "error": error})
    swings: dict[str, float] = {}
    for name in dict.fromkeys(row["factor"] for row in rows):
        ends = [0.0, *(row["difference"] for row in rows if row["factor"] == name)]
        swings[name] = float(np.nanmax(ends) - np.nanmin(ends))
    for row in rows:
        row["swing"] = swings[row["factor"]]
    return sorted(rows, key=lambda row: -row["swing"])
