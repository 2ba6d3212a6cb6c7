"""Benchmark: the group's payments less its baseline PBPM carried forward by a trend, as benchmark contracts reckon.

    expected = baseline PBPM x (1 + trend)^t      t: years from the middle of the baseline year to that of the window's eligible months
    effect   = PBPM in the window - expected
    variance = sampling variance of the two levels + (d expected / d trend x standard error of the trend)^2

Biased where the trend is not that of these people: one cost trend for all knows nothing of how a selected group ages.
"""

from __future__ import annotations

from sim.evaluation.designs.pre_post import before_and_after
from sim.evaluation.estimate import Estimate, publish
from sim.evaluation.outcomes import Outcome
from sim.evaluation.study import Study
from sim.evaluation.windows import Window


def estimate(study: Study, outcome: Outcome, window: Window) -> Estimate | None:
    """The effect on payments; None for other outcomes, which no benchmark is stated for."""
    fitted = before_and_after(study, outcome, window) if outcome.money else None
    if fitted is None:
        return None
    years = window.years_after_baseline(study.observed.intervention)
    growth = (1.0 + study.settings.trend) ** years
    baseline = fitted.contrast({"constant": 1.0})[0]
    effect, variance = fitted.contrast({"constant": 1.0 - growth, "post": 1.0})
    of_trend = baseline * years * growth / (1.0 + study.settings.trend) * study.settings.trend_error
    return publish(
        effect,
        variance + of_trend**2,
        fitted.degrees_of_freedom,
        study.settings.test,
        expected=baseline * growth,
        intervention=len(study.observed.intervention),
    )
