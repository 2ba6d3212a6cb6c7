"""The evaluator's stretches of time, as whole periods of a table of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.evaluation.people import BASELINE, MONTHS_PER_PERIOD, MONTHS_PER_YEAR, Floats, People
from sim.outcomes.windows import MAIN_WINDOW
from sim.scenario.model.evaluation import WindowName

BASELINE_YEAR: Final = slice(BASELINE, BASELINE + 1)
_YEAR: Final = MONTHS_PER_YEAR // MONTHS_PER_PERIOD
_AFTER_OUTREACH: Final = slice(2, 2 + _YEAR)


@dataclass(frozen=True)
class Window:
    """Consecutive programme periods."""

    name: WindowName
    periods: slice

    def years_after_baseline(self, people: People) -> float:
        """Years from the middle of the baseline year to the middle of the people's eligible months in the window."""
        months: Floats = people.months[:, self.periods]
        starts = MONTHS_PER_PERIOD * (np.arange(self.periods.start, self.periods.stop) - 1.0)
        middles = starts + months.max(axis=0) / 2
        middle = float(months.sum(axis=0) @ middles / months.sum())
        return (middle - float(people.entry_month.mean()) + MONTHS_PER_YEAR / 2) / MONTHS_PER_YEAR


def window(name: WindowName, people: People) -> Window | None:
    """The window of that name; None when the table is too short for it.

    programme: all programme months; m7_18: months 7-18, the first half-year being outreach; last_12: the last two half-years.
    """
    count = people.periods
    if name == MAIN_WINDOW:
        return Window(name, slice(1, count))
    periods = _AFTER_OUTREACH if name == "m7_18" else slice(count - _YEAR, count)
    return Window(name, periods) if periods.start >= 1 and periods.stop <= count else None


def year(number: int) -> slice:
    """The periods of programme year `number`, counted from 1."""
    return slice(1 + (number - 1) * _YEAR, 1 + number * _YEAR)


def whole_years(people: People) -> int:
    """Programme years that the table covers in full."""
    lengths: Floats = people.months[:, BASELINE + 1 :].max(axis=0)
    return int(round(float(lengths.sum()), 6) // MONTHS_PER_YEAR)
