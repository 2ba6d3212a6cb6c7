"""The economics block: what turns payments into the positions of hospital, practice, SNF, owner, actuary and treasurer.

None of it changes what happens to a patient.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator

from sim.scenario import kinds
from sim.scenario.model.base import Block, Duration, Growth, Money, Share, TimePerMonth
from sim.scenario.model.run import read_date
from sim.scenario.values import Quantity

Margin = Annotated[Quantity, kinds.Kind(name="Margin", unit="share of payment", low=-1.0, high=1.0, example="0.05")]
TrendSpread = Annotated[Quantity, kinds.Rate(name="TrendSpread", high=1.0, example="0.01")]
PositiveShare = Annotated[Quantity, kinds.Share(name="PositiveShare", above=True)]
TailLevel = Annotated[Quantity, kinds.Share(name="TailLevel", low=0.5, high=0.999)]


class HospitalEconomics(Block):
    """`variable_share` of the full cost of a stay is saved when it does not happen. Freed beds: `backfill_share` of them are used
    again, with `backfill_margin` of what Medicare would have paid."""

    variable_share: Share
    backfill_share: Share
    backfill_margin: Margin


class PracticeEconomics(Block):
    """`visit_margin` of visits' payments is left after their cost; physicians spend `physician_time` on each participant."""

    visit_margin: Margin
    physician_time: TimePerMonth
    physician_hour: Money


class SnfEconomics(Block):
    """`margin` of SNF payments is left after their cost."""

    margin: Margin


class PenaltyCap(Block):
    """Largest penalty by year from the start of the rule, of inpatient payments."""

    first_year: Share
    second_year: Share
    later: Share


class ReadmissionPenalty(Block):
    """Hospital Readmissions Reduction Program, for stays from the date `starts`.

    Penalty = `exposed_share` of inpatient payments x (30-day readmission rate / `expected_rate` - 1), from 0 to the cap.
    """

    starts: Annotated[datetime.date, BeforeValidator(read_date)]
    exposed_share: Share
    expected_rate: PositiveShare
    cap: PenaltyCap


class Claims(Block):
    """Each month `paid_in_month` of the claims still outstanding is paid; what is known `run_out` after a period is settled."""

    paid_in_month: PositiveShare
    run_out: Duration


class BenchmarkTrend(Block):
    """Yearly growth of spending that a benchmark assumes, and the standard deviation of its error."""

    trend: Growth
    trend_sd: TrendSpread


class Economics(Block):
    """`owner`: who runs the programme and bears its cost; a hospital also bears the margin of the stays that it averts.

    `fee_lag`, `settlement_lag`: from the end of the month and of the settled period to the cash. `shortfall_level`: of the tail whose
    mean amount owed is reported.
    """

    owner: Literal["hospital", "practice", "independent"]
    hospital: HospitalEconomics
    practice: PracticeEconomics
    snf: SnfEconomics
    readmission_penalty: ReadmissionPenalty
    fee_lag: Duration
    settlement_lag: Duration
    claims: Claims
    benchmark: BenchmarkTrend
    shortfall_level: TailLevel
