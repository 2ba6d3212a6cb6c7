"""Naive pre/post: the group after launch less itself in the baseline year. No comparison group.

Biased: people selected for a costly year cost less in the next (regression to the mean), while age, decline and prices raise costs.
"""

from __future__ import annotations

import numpy as np

from sim.evaluation.estimate import Estimate, publish
from sim.evaluation.observations import clusters, observe
from sim.evaluation.outcomes import Outcome
from sim.evaluation.regression import Fit, fit
from sim.evaluation.study import Study
from sim.evaluation.windows import BASELINE_YEAR, Window


def before_and_after(study: Study, outcome: Outcome, window: Window) -> Fit | None:
    """The group's level in the baseline year (`constant`) and its change to the window (`post`)."""
    group = (study.observed.intervention,)
    (before,) = observe(group, outcome, BASELINE_YEAR, study.settings)
    (after,) = observe(group, outcome, window.periods, study.settings)
    return fit(
        np.concatenate([before.value, after.value]),
        {"post": np.repeat([0.0, 1.0], len(group[0]))},
        np.concatenate([before.weight, after.weight]),
        np.tile(clusters(group, study.settings.cluster)[0], 2),
    )


def estimate(study: Study, outcome: Outcome, window: Window) -> Estimate | None:
    """The change; expected is the baseline year's level."""
    fitted = before_and_after(study, outcome, window)
    if fitted is None:
        return None
    effect, variance = fitted.contrast({"post": 1.0})
    return publish(
        effect,
        variance,
        fitted.degrees_of_freedom,
        study.settings.test,
        expected=fitted.contrast({"constant": 1.0})[0],
        intervention=len(study.observed.intervention),
    )
