"""Matching by the propensity score: nearest neighbours on its logit, with replacement.

The standard method (Rosenbaum and Rubin's propensity score by logistic regression). With replacement every eligible is matched, so
that the estimate stays one of all eligibles (intention to treat) whatever the size of the comparison group.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from sim.evaluation.people import Floats, People
from sim.evaluation.regression import standardised
from sim.scenario.model.evaluation import Covariate


def covariate(people: People, name: Covariate) -> Floats:
    """A covariate of each person; [n]."""
    return people.female.astype(np.float64) if name == "sex" else np.asarray(getattr(people, name), np.float64)


def propensity_logits(intervention: People, comparison: People, covariates: Sequence[Covariate]) -> tuple[Floats, Floats] | None:
    """Logit of the chance to be in the intervention, of both groups; prior cost enters by its logarithm (of 1 USD at least).

    None where there is nothing to match on: no covariate varies, or they tell the groups apart without fail.
    """
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

    groups = (intervention, comparison)
    member = np.repeat([1.0, 0.0], [len(group) for group in groups])
    columns = [np.concatenate([_matched_value(group, name) for group in groups]) for name in covariates]
    columns = [standardised(column) for column in columns if np.ptp(column) > 0]
    if not columns:
        return None
    design = np.column_stack([np.ones(len(member)), *columns])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PerfectSeparationWarning)
            fitted = Logit(member, design).fit(method="newton", disp=0, warn_convergence=False)
    except (np.linalg.LinAlgError, PerfectSeparationError, PerfectSeparationWarning):
        return None
    logits = design @ np.asarray(fitted.params)
    return logits[: len(intervention)], logits[len(intervention) :]


def _matched_value(people: People, name: Covariate) -> Floats:
    values = covariate(people, name)
    return np.log(np.maximum(values, 1.0)) if name == "prior_cost" else values


def matched_weights(intervention: People, comparison: People, covariates: Sequence[Covariate], neighbours: int) -> Floats:
    """Weight of each comparison person: how often it was matched, over `neighbours`; they add up to the intervention's n. [m].

    Equal weights where there is nothing to match on. Of several at one distance the lowest number comes first.
    """
    from scipy.spatial import KDTree

    if not len(comparison) or not len(intervention):
        return np.zeros(len(comparison))
    logits = propensity_logits(intervention, comparison, covariates)
    if logits is None:
        return np.full(len(comparison), len(intervention) / len(comparison))
    mine, theirs = logits
    order = np.lexsort((comparison.number, theirs))
    wanted = min(neighbours, len(order))
    _, nearest = KDTree(theirs[order, None]).query(mine[:, None], k=[*range(1, wanted + 1)])
    weights = np.zeros(len(order))
    weights[order] = np.bincount(nearest.reshape(-1), minlength=len(order)) / wanted
    return weights
