"""One estimate with everything that is published about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.evaluation.settings import SignificanceTest


@dataclass(frozen=True)
class Estimate:
    """An effect on an outcome, in the outcome's unit; negative is lower with the programme.

    effect, se; lo, hi: interval of the test's confidence; p_value; significant: the test rejects (with one side: towards a reduction);
    mde: smallest effect that would be found with the wanted power; expected: what the intervention group would have had without the
    programme, as the evaluator reckons; intervention, comparison: persons that count (comparison 0 without such a group).
    """

    effect: float
    se: float
    lo: float
    hi: float
    p_value: float
    significant: bool
    mde: float
    expected: float
    intervention: int
    comparison: int

    def covers(self, truth: float) -> bool:
        """Whether the interval holds the truth."""
        return self.lo <= truth <= self.hi


def publish(
    effect: float,
    variance: float,
    degrees_of_freedom: float,
    test: SignificanceTest,
    *,
    expected: float,
    intervention: int,
    comparison: int = 0,
) -> Estimate | None:
    """The estimate by Student's t; None where effect or variance is not defined or nothing varies."""
    from scipy.stats import t as student

    if not (math.isfinite(effect) and math.isfinite(variance) and variance > 0 and degrees_of_freedom >= 1):
        return None
    se = math.sqrt(variance)
    law = student(degrees_of_freedom)
    critical = float(law.ppf(1 - test.significance / test.sides))
    p_value = float(law.cdf(effect / se)) if test.sides == 1 else 2 * float(law.sf(abs(effect) / se))
    return Estimate(
        effect=effect,
        se=se,
        lo=effect - critical * se,
        hi=effect + critical * se,
        p_value=p_value,
        significant=p_value < test.significance,
        mde=(critical + float(law.ppf(test.power))) * se,
        expected=expected,
        intervention=intervention,
        comparison=comparison,
    )
