"""Balance of two groups at baseline: standardised mean differences before and after matching."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim.evaluation.matching import covariate
from sim.evaluation.outcomes import BY_NAME
from sim.evaluation.people import Floats, People
from sim.evaluation.windows import BASELINE_YEAR
from sim.scenario.model.evaluation import Covariate

_TRAITS: Final[tuple[Covariate, ...]] = ("age", "sex", "risk_score", "prior_cost")
_OUTCOMES: Final = ("pbpm", "admissions_per_1000_py", "ed_visits_per_1000_py")


def balance(intervention: People, comparison: People, weights: Floats) -> dict[str, dict[str, float]]:
    """Per trait and baseline outcome {intervention, comparison, matched, before, after}: means, and standardised mean differences.

    weights: of the comparison persons from matching, [m]. A standardised mean difference is (mean - comparison mean) / sqrt((variance
    + comparison variance) / 2), with the variances before matching in both cases (Austin 2009); sex is the share of women. NaN where
    nothing varies.
    """
    pairs: dict[str, tuple[Floats, Floats]] = {name: (covariate(intervention, name), covariate(comparison, name)) for name in _TRAITS}
    pairs |= {f"baseline_{name}": (_yearly(intervention, name), _yearly(comparison, name)) for name in _OUTCOMES}
    return {name: _row(mine, theirs, weights) for name, (mine, theirs) in pairs.items()}


def _yearly(people: People, name: str) -> Floats:
    top, bottom = BY_NAME[name].sums(people, BASELINE_YEAR)
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _row(mine: Floats, theirs: Floats, weights: Floats) -> dict[str, float]:
    if not len(mine) or not len(theirs):
        return dict.fromkeys(("intervention", "comparison", "matched", "before", "after"), math.nan)
    matched = float(np.average(theirs, weights=weights))
    spread = math.sqrt((float(mine.var()) + float(theirs.var())) / 2)
    ours, others = float(mine.mean()), float(theirs.mean())
    return {
        "intervention": ours,
        "comparison": others,
        "matched": matched,
        "before": (ours - others) / spread if spread > 0 else math.nan,
        "after": (ours - matched) / spread if spread > 0 else math.nan,
    }
