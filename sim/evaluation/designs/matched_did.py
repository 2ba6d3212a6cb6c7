"""Matched comparison group with difference-in-differences, by intention to treat.

    y_it = a + b * Post_t + c * I_i + d * (I_i * Post_t) + x_i'g + e_it      effect = d

t: the baseline year and the window. Weights: denominator of y (eligible months), times the weight of matching; errors clustered by
person or practice. Source: evidence 6.1 (estimator of RTI and McCall).

The stated error takes the matching as given. Where people are matched on the cost of the baseline year itself, their baselines are
alike by more than chance, which the regression does not know: its error is then too large and its interval covers more than it states.
"""

from __future__ import annotations

import numpy as np

from sim.evaluation.estimate import Estimate, publish
from sim.evaluation.observations import clusters, observe
from sim.evaluation.outcomes import Outcome
from sim.evaluation.regression import fit
from sim.evaluation.study import Study
from sim.evaluation.windows import BASELINE_YEAR, Window


def estimate(study: Study, outcome: Outcome, window: Window) -> Estimate | None:
    """The difference in differences; None where a group is empty or has no denominator."""
    groups = (study.observed.intervention, study.observed.comparison)
    matched = np.concatenate([np.ones(len(groups[0])), study.comparison_weights])
    in_programme = np.repeat([1.0, 0.0], [len(group) for group in groups])
    before = observe(groups, outcome, BASELINE_YEAR, study.settings)
    after = observe(groups, outcome, window.periods, study.settings)
    post = np.repeat([0.0, 1.0], len(matched))
    regressors = {
        "post": post,
        "intervention": np.tile(in_programme, 2),
        "effect": np.tile(in_programme, 2) * post,
        **{name: np.tile(values, 2) for name, values in study.covariates(groups).items()},
    }
    fitted = fit(
        np.concatenate([values.value for values in (*before, *after)]),
        regressors,
        np.concatenate([values.weight for values in (*before, *after)]) * np.tile(matched, 2),
        np.tile(np.concatenate(clusters(groups, study.settings.cluster)), 2),
    )
    if fitted is None:
        return None
    effect, variance = fitted.contrast({"effect": 1.0})
    return publish(
        effect,
        variance,
        fitted.degrees_of_freedom,
        study.settings.test,
        expected=after[0].mean - effect,
        intervention=len(groups[0]),
        comparison=int((study.comparison_weights > 0).sum()),
    )
