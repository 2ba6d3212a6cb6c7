"""Dose-response: change in outcome against contacts per eligible month, within the intervention group.

    y_i(window) - y_i(baseline year) = a + s * contacts per month_i + x_i'g + e_i      weights: denominator of y in the window
    effect = s x mean contacts per month: what the programme would have done, were the slope its doing

Biased on purpose: the sick get more contacts, so contacts seem to cause illness; those who cannot be reached get few.
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
    """The slope times the mean dose; None when contacts do not vary."""
    people = study.observed.intervention
    group = (people,)
    (before,) = observe(group, outcome, BASELINE_YEAR, study.settings)
    (after,) = observe(group, outcome, window.periods, study.settings)
    months = people.months[:, window.periods].sum(axis=1)
    contacts = people.contacts[:, window.periods].sum(axis=1)
    dose = np.divide(contacts, months, out=np.zeros_like(months), where=months > 0)
    known = after.weight * (before.weight > 0)
    if not known.any():
        return None
    fitted = fit(
        after.value - before.value,
        {"dose": dose, **study.covariates(group)},
        known,
        clusters(group, study.settings.cluster)[0],
    )
    if fitted is None:
        return None
    mean_dose = float(np.average(dose, weights=known))
    effect, variance = fitted.contrast({"dose": mean_dose})
    return publish(
        effect,
        variance,
        fitted.degrees_of_freedom,
        study.settings.test,
        expected=after.mean - effect,
        intervention=int((known > 0).sum()),
    )
