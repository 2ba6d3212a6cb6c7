"""What became of the eligibles: enrolled or not, and for what reason lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.evaluation.people import BASELINE, Bools, People

REASONS: Final = ("died", "left", "withdrew", "stayed")
_HAIR: Final = 1e-6


@dataclass(frozen=True)
class Flow:
    """eligible: persons; enrolled, never_enrolled: persons by what became of them ({all, died, left, withdrew, stayed})."""

    eligible: int
    enrolled: Mapping[str, float]
    never_enrolled: Mapping[str, float]


def flow(people: People) -> Flow:
    """Every person stands in one place.

    died, left the plan: what ends the follow-up, also after withdrawal. withdrew: alive and in the plan, but enrolled for less than the
    eligible months since enrolment (graduation included). A half-year table does not show when within a half-year somebody enrolled:
    whoever was enrolled in the last half-year only has stayed.
    """
    enrolled = people.participants
    return Flow(
        eligible=len(people),
        enrolled=_ends(people, enrolled, withdrew=_withdrew(people)),
        never_enrolled=_ends(people, ~enrolled, withdrew=np.zeros(len(people), np.bool_)),
    )


def _withdrew(people: People) -> Bools:
    """Enrolled before the last period and not through all of it."""
    last_short = people.enrolled_months[:, -1] < people.months[:, -1] - _HAIR
    before = people.enrolled_months[:, BASELINE + 1 : -1].sum(axis=1) > 0
    return np.asarray(before & last_short, np.bool_)


def _ends(people: People, rows: Bools, *, withdrew: Bools) -> dict[str, float]:
    here = ~people.died & ~people.left
    reasons = {
        "died": people.died,
        "left": people.left & ~people.died,
        "withdrew": here & withdrew,
        "stayed": here & ~withdrew,
    }
    return {"all": float(rows.sum())} | {name: float((rows & reasons[name]).sum()) for name in REASONS}
