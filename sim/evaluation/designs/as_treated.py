"""As-treated: those who enrolled against a matched comparison group, by difference-in-differences.

Biased on purpose: whoever is willing and well enough to enrol would have fared otherwise in usual care too, and must have lived to
enrol. Its truth is the effect on the same participants.
"""

from __future__ import annotations

from sim.evaluation.designs import matched_did
from sim.evaluation.estimate import Estimate
from sim.evaluation.outcomes import Outcome
from sim.evaluation.study import Study
from sim.evaluation.windows import Window


def population(study: Study) -> Study:
    """The study of those who enrolled."""
    return study.of_participants


def estimate(study: Study, outcome: Outcome, window: Window) -> Estimate | None:
    """The difference in differences of the participants."""
    return matched_did.estimate(population(study), outcome, window)
