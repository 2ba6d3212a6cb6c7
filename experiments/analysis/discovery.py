"""Scenario discovery: the box of factor values in which an outcome is reached (PRIM of the EMA Workbench, an optional extra)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from experiments.analysis.statistics import Floats
from experiments.errors import SweepError

LEAST_DENSITY: Final = 0.8
"""Share of the points in a box that must be of interest."""


def discover(factors: Mapping[str, Sequence[Any]], reached: Floats) -> list[dict[str, Any]]:
    """Rows {factor, low, high, p_value, coverage, density} of the box that covers most of what is reached at sufficient density.

    factors: values by point; reached: 1 or 0 by point. p_value: of the limit being chance alone. Empty when nothing, or
    everything, is reached. Errors: SweepError without the library.
    """
    try:
        import pandas as pd
        from ema_workbench.analysis import prim
    except ImportError as error:
        raise SweepError("scenario discovery needs the EMA Workbench: pip install 'caseload[discovery]'") from error
    interest = reached > 0.5
    if not interest.any() or interest.all():
        return []
    table = pd.DataFrame({name: list(values) for name, values in factors.items()})
    asked = {"threshold": LEAST_DENSITY} if "threshold" in inspect.signature(prim.Prim).parameters else {}  # not since version 3
    box = prim.Prim(table, interest, **asked).find_box()
    if box is None:
        return []
    path = box.peeling_trajectory
    dense = path.index[path["density"] >= LEAST_DENSITY]
    chosen = int(dense[np.argmax(path.loc[dense, "coverage"].to_numpy())]) if len(dense) else int(path["density"].idxmax())
    limits = box.box_lims[chosen]
    chances = (box.p_values if hasattr(box, "p_values") else box.qp)[chosen]  # before version 3 they were called qp
    rows = []
    for name in chances:
        low, high = limits[name].tolist() if not isinstance(table[name].iloc[0], str) else (str(sorted(limits[name].iloc[0])), "")
        rows.append(
            {
                "factor": name,
                "low": low,
                "high": high,
                "p_value": float(max(np.atleast_1d(chances[name]))),
                "coverage": float(path.loc[chosen, "coverage"]),
                "density": float(path.loc[chosen, "density"]),
            }
        )
    return rows
