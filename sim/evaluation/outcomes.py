"""The outcomes that evaluators report, each a ratio of sums: numerator, denominator, unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from sim.evaluation.people import MONTHS_PER_YEAR, Floats, People

Unit = Literal["USD per month", "per 1,000 person-years", "share"]
MONTHS: Final = "months"


@dataclass(frozen=True)
class Outcome:
    """sum(top) / sum(bottom) x scale. top: one of AMOUNTS; bottom: eligible `months` or one of AMOUNTS; money: extremes are trimmed."""

    name: str
    title: str
    unit: Unit
    top: str
    bottom: str = MONTHS
    scale: float = 1.0
    money: bool = False

    def sums(self, people: People, periods: slice) -> tuple[Floats, Floats]:
        """Numerator (in the outcome's unit) and denominator of each person over the periods; both [n]."""
        below = people.months if self.bottom == MONTHS else people.amounts[self.bottom]
        return self.scale * people.amounts[self.top][:, periods].sum(axis=1), below[:, periods].sum(axis=1)

    def level(self, people: People, periods: slice) -> float:
        """The outcome of a group; NaN with an empty denominator."""
        top, bottom = self.sums(people, periods)
        total = float(bottom.sum())
        return float(top.sum()) / total if total > 0 else math.nan


def _per_1000(name: str, title: str, top: str) -> Outcome:
    return Outcome(f"{name}_per_1000_py", title, "per 1,000 person-years", top, scale=1000.0 * MONTHS_PER_YEAR)


COST: Final = Outcome("pbpm", "Payments per eligible month", "USD per month", "cost", money=True)

OUTCOMES: Final = (
    COST,
    _per_1000("admissions", "Hospital admissions", "admissions"),
    _per_1000("acsc_admissions", "Avoidable-type admissions", "acsc_admissions"),
    _per_1000("ed_visits", "ED visits", "ed_visits"),
    _per_1000("snf_admissions", "SNF admissions", "snf_admissions"),
    Outcome("readmission_90_day", "90-day readmissions per index discharge", "share", "readmitted_90", "index_discharges"),
    _per_1000("readmissions_90_day", "90-day readmissions", "readmitted_90"),
    _per_1000("deaths", "Deaths", "deaths"),
)
"""Every outcome over eligible months counts all eligibles, enrolled or not (intention to treat)."""

BY_NAME: Final = {outcome.name: outcome for outcome in OUTCOMES}
