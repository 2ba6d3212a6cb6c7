"""Measures of a role by programme month, each defined once over sums that stand in staff_by_month.parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.results import MICROSECONDS_PER_MONTH

Floats = NDArray[np.float64]
Sums = Mapping[str, Floats]
"""Columns of STAFF_MONTHS_DTYPE, and participant_us (all cohorts); any one shape."""


@dataclass(frozen=True)
class MonthMeasure:
    """One measure of a role in a month. of, over: numerator and denominator; a number has no denominator."""

    name: str
    title: str
    numerator: str
    denominator: str
    unit: str
    of: Callable[[Sums], Any] = field(repr=False)
    over: Callable[[Sums], Any] | None = field(default=None, repr=False)
    panel_only: bool = False
    """Whether it needs patients of a post's own."""

    def values(self, sums: Sums) -> Floats:
        """The measure of each cell; NaN where the denominator is zero."""
        top: Floats = np.asarray(self.of(sums), np.float64)
        values = top.copy()
        if self.over is not None:
            under: Floats = np.asarray(self.over(sums), np.float64)
            values[:] = np.nan
            np.divide(top, under, out=values, where=under != 0)
        return values


_JUDGED: Final = "tasks that ended done, not reached, refused or lapsed in the month"


def _judged(sums: Sums) -> Any:
    return sums["done"] + sums["not_reached"] + sums["refused"] + sums["lapsed"]


def _decided(sums: Sums) -> Any:
    return sums["started"] + sums["lapsed"]


MONTH_MEASURES: Final[tuple[MonthMeasure, ...]] = (
    MonthMeasure(
        "utilisation",
        "Utilisation",
        "hours of the attempts that ended in the month",
        "productive hours on duty in the month (leave and meetings taken off)",
        "share",
        lambda sums: sums["busy_us"],
        lambda sums: sums["available_us"],
    ),
    MonthMeasure(
        "queue_length",
        "Tasks waiting",
        "sum over the month of the time that each task waited in the queues of the role",
        "length of the month",
        "count",
        lambda sums: sums["queue_us"] / MICROSECONDS_PER_MONTH,
    ),
    MonthMeasure(
        "waiting", "Tasks waiting at the month's end", "tasks in the queues of the role", "", "count", lambda sums: sums["waiting"]
    ),
    MonthMeasure(
        "on_time",
        "Started on time",
        "tasks whose first attempt began in the month, by the due time",
        "tasks that were started or lapsed in the month",
        "share",
        lambda sums: sums["on_time"],
        _decided,
    ),
    MonthMeasure(
        "late",
        "Started late",
        "tasks whose first attempt began in the month, after the due time",
        "tasks that were started or lapsed in the month",
        "share",
        lambda sums: sums["started"] - sums["on_time"],
        _decided,
    ),
    MonthMeasure("lapsed", "Lapsed", "tasks that passed their deadline undone", _JUDGED, "share", lambda sums: sums["lapsed"], _judged),
    MonthMeasure(
        "not_reached",
        "Not reached",
        "tasks given up because the patient could not be reached",
        _JUDGED,
        "share",
        lambda sums: sums["not_reached"],
        _judged,
    ),
    MonthMeasure("done", "Tasks done", "tasks that were done in the month", "", "count", lambda sums: sums["done"]),
    MonthMeasure(
        "caseload",
        "Caseload",
        "patient-months enrolled, all cohorts",
        "full-time months in post, vacancies not counted",
        "count",
        lambda sums: sums["participant_us"],
        lambda sums: sums["employed_us"],
        panel_only=True,
    ),
)

MONTH_MEASURE: Final = {measure.name: measure for measure in MONTH_MEASURES}
