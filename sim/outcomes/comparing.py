"""Two runs side by side on the same seed: programme arms, and the paired difference B - A replication by replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.outcomes.measures import COHORT_CHOICES, measure_replication
from sim.outcomes.results import ReplicationResult
from sim.outcomes.staffing import staff_values
from sim.outcomes.summary import nested, over_replications
from sim.outcomes.terms import Terms
from sim.outcomes.windows import MAIN_WINDOW


def same_usual_care(a: Sequence[ReplicationResult], b: Sequence[ReplicationResult]) -> bool:
    """Whether usual care is equal to the bit in both runs, so that a difference is the programme's alone."""
    return len(a) == len(b) and all(
        np.array_equal(x.arms["usual_care"].tally, y.arms["usual_care"].tally)
        and np.array_equal(x.arms["usual_care"].person_time, y.arms["usual_care"].person_time)
        for x, y in zip(a, b, strict=True)
    )


def paired(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    """b - a for the names both have."""
    return {name: b[name] - value for name, value in a.items() if name in b}


def difference_tree(a: Sequence[ReplicationResult], b: Sequence[ReplicationResult], terms_a: Terms, terms_b: Terms) -> dict[str, Any]:
    """{difference, cohorts.<cohort>, staff.<role>, same_usual_care}: B - A of the programme arms, paired by replication."""
    values_a = [measure_replication(result, terms_a) for result in a]
    values_b = [measure_replication(result, terms_b) for result in b]

    def of(cohort: str) -> dict[str, Any]:
        key = ("programme", cohort, MAIN_WINDOW)
        return over_replications([paired(x[key], y[key]) for x, y in zip(values_a, values_b, strict=True)])

    staff_a = [staff_values(result.arms["programme"], terms_a.horizon_us) for result in a]
    staff_b = [staff_values(result.arms["programme"], terms_b.horizon_us) for result in b]
    cohorts = {cohort: of(cohort) for cohort in COHORT_CHOICES}
    return {
        "difference": cohorts["original"],
        "cohorts": cohorts,
        "staff": nested(
            [{role: paired(x[role], y[role]) for role in x if role in y} for x, y in zip(staff_a, staff_b, strict=True)],
        ),
        "same_usual_care": same_usual_care(a, b),
    }
