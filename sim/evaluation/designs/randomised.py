"""Randomised control group: regression-adjusted difference after launch, by intention to treat.

    y_i = a + d * I_i + b * y_i(baseline year) + x_i'g + e_i      weights: denominator of y (eligible months), errors clustered
    effect = d

Source: evidence 6.1 and 6.3 (ANCOVA on baseline).
"""

from __future__ import annotations

import numpy as np

from sim.evaluation.estimate import Estimate, publish
from sim.evaluation.observations import clusters, observe
from sim.evaluation.outcomes import Outcome
from sim.evaluation.regression import fit, standardised
from sim.evaluation.study import Study
from sim.evaluation.windows import BASELINE_YEAR, Window


def estimate(study: Study, outcome: Outcome, window: Window) -> Estimate | None:
    """The effect on all who were randomised to the programme; None without a control group."""
    if study.observed.control is None:
        return None
    groups = (study.observed.intervention, study.observed.control)
    before = observe(groups, outcome, BASELINE_YEAR, study.settings)
    after = observe(groups, outcome, window.periods, study.settings)
    regressors = {
        "intervention": np.repeat([1.0, 0.0], [len(group) for group in groups]),
        "before": standardised(np.concatenate([values.value for values in before])),
        **study.covariates(groups),
    }
    fitted = fit(
        np.concatenate([values.value for values in after]),
        regressors,
        np.concatenate([values.weight for values in after]),
        np.concatenate(clusters(groups, study.settings.cluster)),
    )
    if fitted is None:
        return None
    effect, variance = fitted.contrast({"intervention": 1.0})
    return publish(
        effect,
        variance,
        fitted.degrees_of_freedom,
        study.settings.test,
        expected=after[0].mean - effect,
        intervention=len(groups[0]),
        comparison=len(groups[1]),
    )
