"""A person's outcome over a stretch of time, as regressions want it: a value and the weight of its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.evaluation.outcomes import Outcome
from sim.evaluation.people import Floats, Ints, People
from sim.evaluation.settings import Settings
from sim.scenario.model.evaluation import Cluster


@dataclass(frozen=True)
class Values:
    """value: numerator / denominator of each person, 0 where nothing is divided by; weight: the denominator; both [n]."""

    value: Floats
    weight: Floats

    @property
    def mean(self) -> float:
        """The outcome of the group."""
        return float(np.average(self.value, weights=self.weight)) if self.weight.sum() > 0 else float("nan")


def observe(groups: Sequence[People], outcome: Outcome, periods: slice, settings: Settings) -> list[Values]:
    """The outcome of each person of each group.

    Payments are capped at the percentile `settings.trim_at` of all groups together, so that one cut-off holds for all.
    """
    observed = []
    for group in groups:
        top, bottom = outcome.sums(group, periods)
        value = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
        observed.append(Values(value, bottom))
    if not outcome.money or settings.trim_at is None:
        return observed
    seen = np.concatenate([values.value[values.weight > 0] for values in observed])
    if not seen.size:
        return observed
    cap = float(np.quantile(seen, settings.trim_at))
    return [Values(np.minimum(values.value, cap), values.weight) for values in observed]


def clusters(groups: Sequence[People], cluster: Cluster) -> list[Ints]:
    """Whole numbers that tell clusters apart, also across groups; one array [n] for each group."""
    own = [group.practice if cluster == "practice" else np.arange(len(group)) for group in groups]
    numbered, start = [], 0
    for ids in own:
        places = np.unique(ids, return_inverse=True)[1].astype(np.int64) + start
        numbered.append(places)
        start += int(places.max()) + 1 if places.size else 0
    return numbered
