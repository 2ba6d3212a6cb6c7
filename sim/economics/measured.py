"""What a contract is settled on: target and actual spending of a period, from the truth or from an evaluation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.economics.contracts.ffs_codes import Discharge
from sim.economics.money import amount, share
from sim.outcomes.results import (
    BASELINE_MONTHS,
    COHORTS,
    COUNTERS,
    MICROSECONDS_PER_MONTH,
    PAYMENTS,
    ArmResult,
    ReplicationResult,
)
from sim.rules.vocabulary import WORKED_MINUTES

if TYPE_CHECKING:
    from sim.scenario.model.contract import Contract

CohortChoice = Literal["original", "refresh", "all"]

_EACH_COHORT: Final[tuple[CohortChoice, ...]] = get_args(CohortChoice)[:-1]
ENOUGH_CONDITIONS: Final = 2
_PAYMENT_ROWS: Final = [COUNTERS.index(name) for name in PAYMENTS]


@dataclass(frozen=True)
class Period:
    """What is settled together: a cohort (or all) over programme months `first`..`last`, both included and counted from 1."""

    cohort: CohortChoice
    first: int
    last: int

    @property
    def year(self) -> int:
        """The programme year, from 1, in which it begins."""
        return (self.first - 1) // 12 + 1

    @property
    def months(self) -> int:
        """Its length."""
        return self.last - self.first + 1

    def cells(self) -> tuple[list[int], slice]:
        """Rows (cohorts) and programme months of arrays [cohort, programme month]."""
        rows = list(range(len(COHORTS))) if self.cohort == "all" else [COHORTS.index(self.cohort)]
        return rows, slice(self.first - 1, self.last)


@dataclass(frozen=True)
class PatientMonths:
    """`number` patient-months in which staff spent `minutes` on each of patients with `conditions` lasting conditions."""

    minutes: float
    conditions: int
    number: int


@dataclass(frozen=True)
class BillableWork:
    """Completed work that codes can be billed for. discharges: those of each patient, since one in 30 days can be billed."""

    patient_months: tuple[PatientMonths, ...] = ()
    discharges: tuple[tuple[Discharge, ...], ...] = ()


@dataclass(frozen=True)
class Assigned:
    """The panel that an accountable care organisation answers for (`sim.economics.assigned`).

    people: how many at a time; months: their person-months of the period; elsewhere: USD of the target, and of the actual spending on
    average, that belong to people outside the programme.
    """

    people: float
    months: float
    elsewhere: float


@dataclass(frozen=True)
class Measured:
    """Figures of one period, as somebody measured them.

    target: what the eligibles would have cost without the programme, at the risk score `baseline_risk`; actual: what they cost;
    episodes: the same two for episodes of a bundle; member_costs: by member and year; all USD, nominal, fees left out.
    participant_months, eligible_months: person-months in the programme; assigned: the panel that target and actual are of, None: they
    are those of the eligibles; beneficiaries, member_months: of whom the contract answers for.
    quality: score 0..1, None: the one that the contract assumes. baseline_risk, period_risk: mean documented scores; for a target from
    a comparison in the same months, the comparison's and the programme's. work: what codes can be billed for.

    Raises ValueError for amounts, months or scores that cannot be.
    """

    period: Period
    target: float
    actual: float
    participant_months: float
    eligible_months: float
    quality: float | None = None
    baseline_risk: float = 1.0
    period_risk: float = 1.0
    member_costs: tuple[float, ...] | None = None
    episodes: tuple[float, float] | None = None
    work: BillableWork | None = None
    assigned: Assigned | None = None

    def __post_init__(self) -> None:
        amount("target", self.target)
        amount("actual", self.actual)
        for name in ("participant_months", "eligible_months"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be at least 0 and finite (got {getattr(self, name)})")
        if self.quality is not None:
            share("quality", self.quality)
        if not (0.0 < self.baseline_risk < math.inf and 0.0 < self.period_risk < math.inf):
            raise ValueError(f"risk scores must be above 0 (got {self.baseline_risk} and {self.period_risk})")

    @property
    def gross(self) -> float:
        """Gross savings, USD."""
        return self.target - self.actual

    @property
    def beneficiaries(self) -> float:
        """How many people the contract answers for: the assigned, or the mean number of eligibles over the period."""
        return self.eligible_months / self.period.months if self.assigned is None else self.assigned.people

    @property
    def member_months(self) -> float:
        """Their person-months."""
        return self.eligible_months if self.assigned is None else self.assigned.months

    @property
    def risk_ratio(self) -> float:
        """Growth of the documented risk score."""
        return self.period_risk / self.baseline_risk


def settled_periods(contract: Contract, months: int) -> tuple[Period, ...]:
    """What a contract settles in a run of `months` programme months: each cohort over the run (fee_only, cmhcb), else all by year."""
    if contract.kind in ("fee_only", "cmhcb"):
        return tuple(Period(cohort, 1, months) for cohort in _EACH_COHORT)
    return tuple(Period("all", first, min(first + 11, months)) for first in range(1, months + 1, 12))


def from_truth(result: ReplicationResult, period: Period) -> Measured:
    """The truth of a replication: target is the programme arm's eligible months at usual care's payments per month.

    Whole cents and microseconds, so that arms that do not differ save exactly nothing.
    """
    usual, programme = result.arms["usual_care"], result.arms["programme"]
    usual_cents, usual_us = payments(usual, period), _time(usual.person_time, period)
    own_us = _time(programme.person_time, period)
    target = round_ratio(usual_cents * own_us, usual_us) if usual_us else 0
    return _measured(programme, period, target, _mean_risk(usual, period), _mean_risk(programme, period))


def trend_years(period: Period) -> float:
    """From the middle of the baseline year to the middle of the period."""
    return ((period.first - 1 + period.last) / 2 + BASELINE_MONTHS / 2) / 12


def round_ratio(top: int, bottom: int) -> int:
    """top / bottom to the nearest whole number, exactly: halves go up."""
    return (2 * top + bottom) // (2 * bottom)


def payments(arm: ArmResult, period: Period) -> int:
    """The payer's payments, cents."""
    rows, months = period.cells()
    return int(arm.tally[rows][:, _PAYMENT_ROWS, BASELINE_MONTHS:][:, :, months].sum())


def _time(by_month: NDArray[np.int64], period: Period) -> int:
    rows, months = period.cells()
    return sum(by_month[rows][:, BASELINE_MONTHS:][:, months].ravel().tolist())  # whole numbers of any size


def _mean_risk(arm: ArmResult, period: Period) -> float:
    """Mean documented risk score at the ends of the months of a period for which it is known, by eligible time; 1 where it is not.

    The month before the first is launch (Period(cohort, 0, 0)).
    """
    rows, _ = period.cells()
    months = slice(BASELINE_MONTHS + period.first - 1, BASELINE_MONTHS + period.last)
    risk, time = arm.risk[rows][:, months], arm.person_time[rows][:, months].astype(float)
    known = np.isfinite(risk) & (time > 0)
    return float((risk[known] * time[known]).sum() / time[known].sum()) if known.any() else 1.0


def _work(arm: ArmResult, period: Period) -> BillableWork:
    """Patient-months by the highest threshold of minutes that the programme's work passed.

    The eligible are taken to have the conditions that a service asks for: the screen selects for them. Transitions are not billed: a run
    does not hand over contact and visit of each discharge.
    """
    rows, months = period.cells()
    counted = arm.tally[rows][:, :, BASELINE_MONTHS:][:, :, months].sum(axis=(0, 2))
    reached = [int(counted[COUNTERS.index(f"worked_{minutes}")]) for minutes in WORKED_MINUTES]
    beyond = [*reached[1:], 0]
    return BillableWork(
        tuple(PatientMonths(minutes, ENOUGH_CONDITIONS, n - more) for minutes, n, more in zip(WORKED_MINUTES, reached, beyond, strict=True))
    )


def _measured(programme: ArmResult, period: Period, target_cents: int, baseline_risk: float, period_risk: float) -> Measured:
    return Measured(
        period,
        target=target_cents / 100,
        actual=payments(programme, period) / 100,
        participant_months=_time(programme.participant_time, period) / MICROSECONDS_PER_MONTH,
        eligible_months=_time(programme.person_time, period) / MICROSECONDS_PER_MONTH,
        baseline_risk=baseline_risk,
        period_risk=period_risk,
        work=_work(programme, period),
    )
