"""Every measure, defined once: what is counted, over what, in which window, in which unit. Tables, JSON and reports print from here."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.results import (
    ARMS,
    COHORTS,
    COUNTERS,
    MICROSECONDS_PER_DAY,
    MICROSECONDS_PER_MONTH,
    MICROSECONDS_PER_YEAR,
    PAYMENTS,
    TABLE_DTYPES,
    ArmResult,
    ReplicationResult,
)
from sim.outcomes.terms import Terms
from sim.outcomes.windows import MAIN_WINDOW, Window, label, windows

Unit = Literal["per 1,000 person-years", "share", "probability", "days", "USD", "USD per month", "ratio", "count", "months"]

COHORT_CHOICES: Final = ("original", "refresh", "all")
FOLLOW_UP_METHOD: Final = (
    "complete follow-up: index discharges of months whose follow-up would pass the end of the run (or launch, in the baseline year) "
    "are left out; a death before a readmission counts as no readmission"
)
DISCOUNTED: Final = "Discounted to launch if the run discounts (run.discounting); contracts are settled in nominal dollars."
WHOLE_WINDOW: Final = "all months of the window"

_TIMES: Final = ("person_us", "participant_us")
_INDEX: Final = {name: position for position, name in enumerate(COUNTERS)}


@dataclass(frozen=True)
class Slice:
    """One arm, one cohort choice, one window: sums over the months of the window."""

    arm: ArmResult
    cohort: str
    window: Window
    terms: Terms

    @cached_property
    def _rows(self) -> list[int]:
        return list(range(len(COHORTS))) if self.cohort == "all" else [COHORTS.index(self.cohort)]

    @cached_property
    def _tally(self) -> NDArray[np.int64]:
        """Counters by month [counter, month]."""
        tally: NDArray[np.int64] = self.arm.tally[self._rows].sum(axis=0)
        return tally

    def _series(self, name: str) -> list[int]:
        """Monthly values of a counter, or of person and participant time, over the whole axis."""
        times = {"person_us": self.arm.person_time, "participant_us": self.arm.participant_time}
        by_month: list[int] = (times[name][self._rows].sum(axis=0) if name in times else self._tally[_INDEX[name]]).tolist()
        return by_month

    @cached_property
    def _totals(self) -> dict[int, dict[str, int]]:
        return {}

    def total(self, *names: str, follow_days: int = 0) -> int:
        """Sum over the window of the named series; with `follow_days`, over the months with complete follow-up only."""
        if follow_days not in self._totals:  # measures share numerators and denominators
            months = self.window.followed_months(follow_days, self.terms.horizon_us) if follow_days else self.window.months()
            counted = self._tally[:, months.start : months.stop].sum(axis=1).tolist()
            times = ((name, sum(self._series(name)[months.start : months.stop])) for name in _TIMES)  # whole numbers of any size
            self._totals[follow_days] = dict(zip(COUNTERS, counted, strict=True)) | dict(times)
        totals = self._totals[follow_days]
        return sum(totals[name] for name in names)

    @cached_property
    def _present_values(self) -> dict[tuple[str, ...], float]:
        return {}

    def present_value(self, *names: str) -> float:
        """Sum over the window of the named series, each month weighted by its discount factor."""
        if names not in self._present_values:
            months = self.window.months()
            factors = [self.terms.discount_factor(label(month)) for month in months]
            weighted = ((factors, self._series(name)[months.start : months.stop]) for name in names)
            self._present_values[names] = sum(factor * value for pair in weighted for factor, value in zip(*pair, strict=True))
        return self._present_values[names]


@dataclass(frozen=True)
class Cell:
    """What a measure is computed from: the arm's own slice and, for comparisons, that of usual care."""

    own: Slice
    usual: Slice
    is_programme: bool


@dataclass(frozen=True)
class Measure:
    """One measure with its definition in words; `compute` gives NaN where it is not defined (a zero denominator, no follow-up).

    programme_only: not defined for usual care (it has no fee, staff or saving); the difference between arms is then the programme's value.
    """

    name: str
    title: str
    definition: str
    numerator: str
    denominator: str
    unit: Unit
    compute: Callable[[Cell], float] = field(repr=False)
    window: str = WHOLE_WINDOW
    programme_only: bool = False
    money: bool = False


def divide(top: float, bottom: float) -> float:
    """top / bottom, NaN where nothing is divided by."""
    return top / bottom if bottom else math.nan


def _ratio(top: str | tuple[str, ...], bottom: str, scale: float = 1.0, follow_days: int = 0) -> Callable[[Cell], float]:
    names = (top,) if isinstance(top, str) else top

    def compute(cell: Cell) -> float:
        below = cell.own.total(bottom, follow_days=follow_days)
        return divide(scale * cell.own.total(*names, follow_days=follow_days), below)

    return compute


def _total(name: str, scale: float = 1.0) -> Callable[[Cell], float]:
    return lambda cell: scale * cell.own.total(name)


def _mortality(cell: Cell) -> float:
    rate = divide(cell.own.total("deaths") * float(MICROSECONDS_PER_YEAR), cell.own.total("person_us"))
    return -math.expm1(-rate)


def _gross_savings(cell: Cell) -> float:
    return _benchmark(cell) - cell.own.present_value(*PAYMENTS) / 100


def _benchmark(cell: Cell) -> float:
    """USD the programme arm's eligible months would have cost at usual care's PBPM."""
    usual_per_us = divide(cell.usual.present_value(*PAYMENTS) / 100, cell.usual.present_value("person_us"))
    return usual_per_us * cell.own.present_value("person_us")


def _fees(cell: Cell) -> float:
    return cell.own.terms.fee * cell.own.present_value("participant_us") / MICROSECONDS_PER_MONTH


def _per_1000(name: str, counter: str, title: str, what: str) -> Measure:
    return Measure(
        name,
        title,
        f"{what}, per 1,000 person-years alive and in the plan.",
        what,
        "person-years of the cohort, enrolled or not (intention to treat)",
        "per 1,000 person-years",
        _ratio(counter, "person_us", 1000.0 * MICROSECONDS_PER_YEAR),
    )


def _readmission(days: int) -> Measure:
    return Measure(
        f"readmission_{days}_day",
        f"{days}-day readmission",
        f"Share of index discharges followed by an unplanned admission within {days} days. Method: {FOLLOW_UP_METHOD}.",
        f"index discharges with an unplanned admission within {days} days, in the month of the index discharge",
        "index discharges: patients who left the hospital alive",
        "share",
        _ratio(f"readmitted_{days}", "index_discharges", follow_days=days),
        window=f"months of the window whose discharges can be followed for {days} days",
    )


def _pbpm(category: str, title: str, what: str) -> Measure:
    return Measure(
        f"pbpm_{category}",
        title,
        f"Payer's payments for {what} per beneficiary per eligible month. Nominal dollars, not discounted.",
        f"payer's payments for {what}",
        "eligible months: months alive and in the plan, enrolled or not",
        "USD per month",
        _ratio(f"pay_{category}", "person_us", MICROSECONDS_PER_MONTH / 100),
        money=True,
    )


def _programme(name: str, title: str, definition: str, top: str, bottom: str, unit: Unit, compute: Callable[[Cell], float]) -> Measure:
    return Measure(name, title, definition, top, bottom, unit, compute, programme_only=True, money=True)


PAYMENT_WORDS: Final = {
    "inpatient": ("Inpatient", "hospital stays"),
    "professional": ("Professional", "physicians' services in hospital"),
    "ed": ("ED", "ED visits"),
    "observation": ("Observation", "observation stays"),
    "snf": ("SNF", "skilled nursing facility stays"),
    "home_health": ("Home health", "home health"),
    "hospice": ("Hospice", "hospice"),
    "primary": ("Primary care", "primary care visits"),
    "specialist": ("Specialist", "specialist visits"),
    "outpatient": ("Outpatient", "other outpatient care"),
}
"""Payment category -> title, and what is paid for."""

_STAY_DAYS: Final = 1.0 / MICROSECONDS_PER_DAY

MEASURES: Final[tuple[Measure, ...]] = (
    _per_1000(
        "admissions_per_1000_py",
        "admissions",
        "Hospital admissions",
        "acute hospital admissions, planned ones included, transfers counted once",
    ),
    _per_1000(
        "acsc_admissions_per_1000_py",
        "acsc_admissions",
        "Avoidable-type admissions",
        "admissions for ambulatory-care-sensitive conditions",
    ),
    _per_1000("planned_admissions_per_1000_py", "planned_admissions", "Planned admissions", "planned admissions"),
    _per_1000("ed_visits_per_1000_py", "ed_visits", "ED visits", "emergency department visits, those that end in an admission included"),
    _per_1000("observation_stays_per_1000_py", "observation_stays", "Observation stays", "hospital observation stays"),
    _readmission(30),
    _readmission(90),
    Measure(
        "readmissions_90_day_per_1000_py",
        "90-day readmissions",
        f"Index discharges followed by an unplanned admission within 90 days, per 1,000 person-years. Method: {FOLLOW_UP_METHOD}.",
        "index discharges with an unplanned admission within 90 days, in the month of the index discharge",
        "person-years of the same months",
        "per 1,000 person-years",
        _ratio("readmitted_90", "person_us", 1000.0 * MICROSECONDS_PER_YEAR, follow_days=90),
        window="months of the window whose discharges can be followed for 90 days",
    ),
    Measure(
        "inpatient_los",
        "Length of hospital stay",
        "Mean length of the hospital stays that ended in the window, in days.",
        "days of the stays that ended (booked at discharge)",
        "discharges, alive or dead",
        "days",
        _ratio("stay_us", "discharges", _STAY_DAYS),
    ),
    Measure(
        "hospital_days_per_1000_py",
        "Hospital days",
        "Days in hospital of the stays that ended in the window, per 1,000 person-years.",
        "days in hospital (booked at discharge)",
        "person-years of the cohort",
        "per 1,000 person-years",
        _ratio("hospital_us", "person_us", 1000.0 * MICROSECONDS_PER_YEAR / MICROSECONDS_PER_DAY),
    ),
    _per_1000("snf_admissions_per_1000_py", "snf_admissions", "SNF admissions", "admissions to a skilled nursing facility"),
    _per_1000(
        "snf_direct_admissions_per_1000_py",
        "snf_direct_admissions",
        "Direct SNF admissions",
        "SNF admissions under the waiver, without a hospital stay of three midnights",
    ),
    Measure(
        "snf_los",
        "Length of SNF stay",
        "Mean length of the SNF stays that ended in the window, in days.",
        "days of the SNF stays that ended",
        "SNF discharges, alive or dead",
        "days",
        _ratio("snf_us", "snf_discharges", _STAY_DAYS),
    ),
    Measure(
        "snf_admissions_per_admission",
        "SNF admissions per hospital admission",
        "SNF admissions divided by hospital admissions.",
        "SNF admissions",
        "hospital admissions",
        "ratio",
        _ratio("snf_admissions", "admissions"),
    ),
    Measure(
        "hospital_days_per_snf_bound_stay",
        "Hospital days before SNF",
        "Mean days in hospital of patients who went on to a SNF.",
        "hospital days of stays bound for a SNF",
        "stays bound for a SNF",
        "days",
        _ratio("snf_bound_us", "snf_bound_stays", _STAY_DAYS),
    ),
    Measure(
        "annual_mortality",
        "Annual mortality",
        "Probability of dying within a year: 1 - exp(-deaths / person-years).",
        "deaths",
        "person-years of the cohort",
        "probability",
        _mortality,
    ),
    Measure("deaths", "Deaths", "Deaths of the cohort in the window.", "deaths", "none", "count", _total("deaths")),
    Measure(
        "hospice_share_of_deaths",
        "Deaths in hospice",
        "Share of deaths that occurred in hospice.",
        "deaths in hospice",
        "deaths",
        "share",
        _ratio("hospice_deaths", "deaths"),
    ),
    Measure(
        "hospital_share_of_deaths",
        "Deaths in hospital",
        "Share of deaths that occurred in hospital.",
        "deaths in hospital",
        "deaths",
        "share",
        _ratio("hospital_deaths", "deaths"),
    ),
    _per_1000("office_visits_per_1000_py", "visits", "Office visits", "visits to the practice"),
    _per_1000("urgent_visits_per_1000_py", "urgent_visits", "Urgent office visits", "urgent visits to the practice in place of the ED"),
    _per_1000("crises_per_1000_py", "crises", "Health crises", "health crises that happened"),
    _per_1000("averted_crises_per_1000_py", "averted", "Averted crises", "health crises averted by the work of staff or of usual care"),
    Measure(
        "pbpm",
        "Payments per month (PBPM)",
        "Payer's payments per beneficiary per eligible month, all categories together, fees excluded. Nominal dollars, not discounted.",
        "payer's payments, all categories",
        "eligible months: months alive and in the plan, enrolled or not",
        "USD per month",
        _ratio(PAYMENTS, "person_us", MICROSECONDS_PER_MONTH / 100),
        money=True,
    ),
    *(_pbpm(category, *PAYMENT_WORDS[category]) for category in (name.removeprefix("pay_") for name in PAYMENTS)),
    Measure(
        "patient_share_per_month",
        "Patients' own payments",
        "Deductibles, co-payments and other payments by patients, per eligible month.",
        "payments by patients",
        "eligible months",
        "USD per month",
        _ratio("patient_share", "person_us", MICROSECONDS_PER_MONTH / 100),
        money=True,
    ),
    Measure(
        "hospital_cost_per_month",
        "Hospitals' cost of care",
        "What the care cost the hospitals (not what they were paid), per eligible month.",
        "hospitals' own cost",
        "eligible months",
        "USD per month",
        _ratio("hospital_cost", "person_us", MICROSECONDS_PER_MONTH / 100),
        money=True,
    ),
    Measure(
        "eligible_months",
        "Eligible months",
        "Months alive and in the plan, summed over the cohort, enrolled or not.",
        "time alive and in the plan",
        "none",
        "months",
        _total("person_us", 1 / MICROSECONDS_PER_MONTH),
    ),
    Measure(
        "participant_months",
        "Participant months",
        "Months enrolled in the programme, summed over the cohort.",
        "time enrolled",
        "none",
        "months",
        _total("participant_us", 1 / MICROSECONDS_PER_MONTH),
        programme_only=True,
    ),
    _programme(
        "gross_savings",
        "Gross savings",
        "(usual care's PBPM - the programme's PBPM) x the programme arm's eligible months, before the fee. " + DISCOUNTED,
        "usual care's PBPM x eligible months - payments in the programme arm",
        "none",
        "USD",
        _gross_savings,
    ),
    _programme(
        "fees",
        "Fees",
        "What the payer pays the programme: the fee per participant-month x participant months. " + DISCOUNTED,
        "fee x participant months",
        "none",
        "USD",
        _fees,
    ),
    _programme(
        "net_savings",
        "Net savings",
        f"Gross savings less the fees. {DISCOUNTED}",
        "gross savings - fees",
        "none",
        "USD",
        lambda cell: _gross_savings(cell) - _fees(cell),
    ),
    _programme(
        "gross_saving_rate",
        "Gross saving rate",
        "Gross savings as a share of what the same eligible months would have cost at usual care's PBPM.",
        "gross savings",
        "usual care's PBPM x the programme arm's eligible months",
        "share",
        lambda cell: divide(_gross_savings(cell), _benchmark(cell)),
    ),
    _programme(
        "net_saving_rate",
        "Net saving rate",
        "Gross savings less fees, as a share of what the same eligible months would have cost. Breaks even at 0 (or at the guarantee).",
        "gross savings - fees",
        "usual care's PBPM x the programme arm's eligible months",
        "share",
        lambda cell: divide(_gross_savings(cell) - _fees(cell), _benchmark(cell)),
    ),
    _programme(
        "roi_fees",
        "Savings per dollar of fee",
        "Gross savings divided by fees: the payer's return. Breaks even at 1.",
        "gross savings",
        "fees",
        "ratio",
        lambda cell: divide(_gross_savings(cell), _fees(cell)),
    ),
)

BY_NAME: Final = {measure.name: measure for measure in MEASURES}


def evaluate(cell: Cell) -> dict[str, float]:
    """All measures of one cell; programme-only measures are NaN for usual care and in the baseline year."""
    baseline = cell.own.window.first < 0
    return {
        measure.name: math.nan if measure.programme_only and (baseline or not cell.is_programme) else measure.compute(cell)
        for measure in MEASURES
    }


Values = dict[tuple[str, str, str], dict[str, float]]
"""(arm, cohort choice, window) -> measure -> value. The arm may also be `difference`."""


def measure_replication(result: ReplicationResult, terms: Terms, only: Container[tuple[str, str]] | None = None) -> Values:
    """Every measure of one replication, for each arm and for the paired difference programme - usual care.

    only: the (cohort choice, window) that are wanted; left out, all of them.
    """
    if only is None:  # tables, summary and page all ask for the same
        known = _measured.setdefault(result, {})
        if terms not in known:
            known[terms] = _measure(result, terms, None)
        return known[terms]
    return _measure(result, terms, only)


_measured: WeakKeyDictionary[ReplicationResult, dict[Terms, Values]] = WeakKeyDictionary()


def _measure(result: ReplicationResult, terms: Terms, only: Container[tuple[str, str]] | None) -> Values:
    check_shapes(result, terms)
    values: Values = {}
    for cohort, window in _choices(terms):
        if only is not None and (cohort, window.name) not in only:
            continue
        usual = Slice(result.arms["usual_care"], cohort, window, terms)
        own = Slice(result.arms["programme"], cohort, window, terms)
        values["usual_care", cohort, window.name] = at_usual = evaluate(Cell(usual, usual, is_programme=False))
        values["programme", cohort, window.name] = at_programme = evaluate(Cell(own, usual, is_programme=True))
        values["difference", cohort, window.name] = paired_difference(at_programme, at_usual)
    return values


def paired_difference(programme: dict[str, float], usual: dict[str, float]) -> dict[str, float]:
    """programme - usual care; for programme-only measures, which usual care does not have, the programme's value."""
    return {name: value if BY_NAME[name].programme_only else value - usual[name] for name, value in programme.items()}


def check_shapes(result: ReplicationResult, terms: Terms) -> None:
    """Refuse a result whose arrays do not have the promised shape: a shifted axis would give wrong rates without a word."""
    window = windows(terms.horizon_us)[MAIN_WINDOW]
    assert window is not None
    months = window.months().stop
    for name in ARMS:
        arm = result.arms[name]
        by_month = (len(COHORTS), months)
        expected = {"tally": (len(COHORTS), len(COUNTERS), months), "person_time": by_month, "participant_time": by_month}
        for attribute, shape in expected.items():
            array = getattr(arm, attribute)
            if array.shape != shape or array.dtype != np.int64:
                raise ValueError(f"{name}.{attribute}: expected int64 {shape}, got {array.dtype} {array.shape}")
        if arm.risk.shape != by_month:
            raise ValueError(f"{name}.risk: expected {by_month}, got {arm.risk.shape}")
        for attribute, dtype in TABLE_DTYPES.items():
            found = set(getattr(arm, attribute).dtype.names or ())
            if found != set(dtype.names or ()):
                raise ValueError(f"{name}.{attribute}: expected the fields {dtype.names}, got {sorted(found)}")


def _choices(terms: Terms) -> Iterator[tuple[str, Window]]:
    present: Iterable[Window | None] = windows(terms.horizon_us).values()
    for window in present:
        if window is not None:
            for cohort in COHORT_CHOICES:
                yield cohort, window
