"""Cumulative cost per person beside PBPM: who lives longer costs longer, which a rate per month does not show."""

from __future__ import annotations

import numpy as np

from sim.evaluation.people import BASELINE, MONTHS_PER_PERIOD, Floats, Observed, People
from sim.outcomes.measures import divide


def cumulative(people: People, weights: Floats | None = None) -> list[dict[str, float]]:
    """One row per programme period, from launch to its end, of {month, cost, months, pbpm}.

    month: nominal end of the period; cost: USD per person who entered; months: eligible months per person who entered; pbpm: one over
    the other. weights: of persons, from matching; [n].
    """
    each = np.ones(len(people)) if weights is None else weights
    total = float(each.sum())
    cost = np.cumsum(each @ people.amounts["cost"][:, BASELINE + 1 :])
    months = np.cumsum(each @ people.months[:, BASELINE + 1 :])
    return [
        {"month": float(MONTHS_PER_PERIOD * (k + 1)), "cost": divide(c, total), "months": divide(m, total), "pbpm": divide(c, m)}
        for k, (c, m) in enumerate(zip(cost.tolist(), months.tolist(), strict=True))
    ]


def survival_cost(observed: Observed) -> dict[str, float]:
    """The true difference in cost per person until the end, split exactly: {cost, by_pbpm, by_months}; USD per person.

    by_pbpm: change in PBPM at usual care's months; by_months: change in months at the programme's PBPM. cost = by_pbpm + by_months.
    """
    mine, usual = cumulative(observed.intervention)[-1], cumulative(observed.counterfactual)[-1]
    by_pbpm = (mine["pbpm"] - usual["pbpm"]) * usual["months"]
    by_months = (mine["months"] - usual["months"]) * mine["pbpm"]
    return {"cost": mine["cost"] - usual["cost"], "by_pbpm": by_pbpm, "by_months": by_months}
