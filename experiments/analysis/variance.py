"""How much of the spread of an outcome is not knowing the parameters, and how much is chance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from experiments.analysis.statistics import Floats


def variance_split(cells: Floats, common_luck: bool) -> dict[str, Any]:
    """{total, parameters, chance, parameters_share, chance_share, parameters_of_means} of a table (draws, replications).

    Two-way random effects when all draws have the same luck (parameters; luck and what is left), one-way when each has its own.
    parameters_of_means: the variance of the draws' means, which holds some chance; `parameters` has that taken out, and is 0 where
    chance alone explains the means. Draws with a failed replication are left out.
    """
    table = cells[np.isfinite(cells).all(axis=1)]
    draws, replications = table.shape
    if draws < 2 or replications < 2:
        none = dict.fromkeys(("parameters", "chance", "parameters_share", "chance_share"), math.nan)
        known = cells[np.isfinite(cells)]
        return {"total": float(known.var(ddof=1)) if len(known) > 1 else math.nan, **none, "parameters_of_means": math.nan}
    mean = table.mean()
    by_draw = table.mean(axis=1) - mean
    of_draws = replications * float((by_draw**2).sum()) / (draws - 1)
    if common_luck:
        by_luck = table.mean(axis=0) - mean
        of_luck = draws * float((by_luck**2).sum()) / (replications - 1)
        left = table - mean - by_draw[:, None] - by_luck[None, :]
        of_rest = float((left**2).sum()) / ((draws - 1) * (replications - 1))
        chance = max(0.0, (of_luck - of_rest) / draws) + of_rest
    else:
        left = table - table.mean(axis=1, keepdims=True)
        of_rest = float((left**2).sum()) / (draws * (replications - 1))
        chance = of_rest
    parameters = max(0.0, (of_draws - of_rest) / replications)
    total = parameters + chance
    share = parameters / total if total else math.nan
    return {
        "total": total,
        "parameters": parameters,
        "chance": chance,
        "parameters_share": share,
        "chance_share": 1 - share,
        "parameters_of_means": float(by_draw.var(ddof=1)),
    }
