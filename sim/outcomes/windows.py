"""The stretches of time a measure is taken over, and the months whose follow-up is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.outcomes.results import BASELINE_MONTHS, MICROSECONDS_PER_DAY, MICROSECONDS_PER_MONTH

MAIN_WINDOW: Final = "programme"
WINDOW_NAMES: Final = (MAIN_WINDOW, "baseline", "m7_18", "last_12")


@dataclass(frozen=True)
class Window:
    """Whole months `first`..`last`, both included; baseline months are -12..-1, programme months 1, 2, ... (there is no month 0)."""

    name: str
    title: str
    first: int
    last: int

    def months(self) -> range:
        """Positions on the month axis of a tally."""
        return range(axis(self.first), axis(self.last) + 1)

    def followed_months(self, follow_days: int, horizon_us: int) -> range:
        """Positions of the months all of whose discharges can be followed for `follow_days`.

        The follow-up may not pass the end of the run, nor launch for baseline months (or the arms would differ in the baseline).
        """
        end_us = 0 if self.first < 0 else horizon_us
        complete = (end_us - follow_days * MICROSECONDS_PER_DAY) // MICROSECONDS_PER_MONTH
        months = self.months()
        return range(months.start, max(months.start, min(months.stop, complete + BASELINE_MONTHS)))


def axis(month: int) -> int:
    """Month label (-12..-1, 1..) to position on the month axis of a tally."""
    return month + BASELINE_MONTHS if month < 0 else month + BASELINE_MONTHS - 1


def label(position: int) -> int:
    """Position on the month axis to month label: the inverse of `axis`."""
    return position - BASELINE_MONTHS if position < BASELINE_MONTHS else position - BASELINE_MONTHS + 1


def windows(horizon_us: int) -> dict[str, Window | None]:
    """The windows of a run of `horizon_us` microseconds; None where the run is too short for one."""
    whole = horizon_us // MICROSECONDS_PER_MONTH
    every = -(-horizon_us // MICROSECONDS_PER_MONTH)
    return {
        MAIN_WINDOW: Window(MAIN_WINDOW, f"programme months 1-{every}", 1, every),
        "baseline": Window("baseline", "baseline year (the 12 months before launch)", -BASELINE_MONTHS, -1),
        "m7_18": Window("m7_18", "programme months 7-18", 7, 18) if whole >= 18 else None,
        "last_12": Window("last_12", f"last 12 months (programme months {whole - 11}-{whole})", whole - 11, whole) if whole >= 12 else None,
    }
