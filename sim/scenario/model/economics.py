"""The economics block: what turns payments into the positions of hospital, practice, SNF, owner, actuary and treasurer.

None of it changes what happens to a patient.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Duration,
    Growth,
    Money,
    Share,
    TimePerMonth,
    says,
)
from sim.scenario.model.run import read_date
from sim.scenario.values import Quantity

Margin = Annotated[Quantity, kinds.Kind(name="Margin", unit="share of payment", low=-1.0, high=1.0, example="0.05")]
TrendSpread = Annotated[Quantity, kinds.Rate(name="TrendSpread", high=1.0, example="0.01")]
PositiveShare = Annotated[Quantity, kinds.Share(name="PositiveShare", above=True)]
TailLevel = Annotated[Quantity, kinds.Share(name="TailLevel", low=0.5, high=0.999)]


class HospitalEconomics(Block):
    """`variable_share` of the full cost of a stay is saved when it does not happen. Freed beds: `backfill_share` of them are used
    again, with `backfill_margin` of what Medicare would have paid."""

    variable_share: Annotated[Share, says("Share of a stay's full cost that is saved when it does not happen")]
    backfill_share: Annotated[Share, says("Share of freed beds that are used again")]
    backfill_margin: Annotated[Margin, says("Margin of a stay in a freed bed; of what Medicare would have paid")]


class PracticeEconomics(Block):
    """`visit_margin` of visits' payments is left after their cost; physicians spend `physician_time` on each participant."""

    visit_margin: Annotated[Margin, says("What is left of visits' payments after their cost")]
    physician_time: Annotated[TimePerMonth, says("Physicians' time for each participant, outside visits")]
    physician_hour: Annotated[Money, says("Cost of an hour of a physician")]


class SnfEconomics(Block):
    """`margin` of SNF payments is left after their cost."""

    margin: Annotated[Margin, says("What is left of SNF payments after their cost")]


class PenaltyCap(Block):
    """Largest penalty by year from the start of the rule, of inpatient payments."""

    first_year: Annotated[Share, says("Largest penalty in the first year of the rule, of inpatient payments")]
    second_year: Annotated[Share, says("Largest penalty in its second year, of inpatient payments")]
    later: Annotated[Share, says("Largest penalty from its third year on, of inpatient payments")]


class ReadmissionPenalty(Block):
    """Hospital Readmissions Reduction Program, for stays from the date `starts`.

    Penalty = `exposed_share` of inpatient payments x (30-day readmission rate / `expected_rate` - 1), from 0 to the cap.
    """

    starts: Annotated[datetime.date, BeforeValidator(read_date), says("Date from which stays count for the penalty")]
    exposed_share: Annotated[Share, says("Share of inpatient payments for the conditions that are penalised")]
    expected_rate: Annotated[PositiveShare, says("30-day readmission rate above which a hospital is penalised")]
    cap: Annotated[PenaltyCap, says("Largest penalty, by year of the rule")]


class Claims(Block):
    """Each month `paid_in_month` of the claims still outstanding is paid; what is known `run_out` after a period is settled."""

    paid_in_month: Annotated[PositiveShare, says("Share of outstanding claims that is paid each month")]
    run_out: Annotated[Duration, says("Time after a period until it is settled on what is known")]


class BenchmarkTrend(Block):
    """Yearly growth of spending that a benchmark assumes, and the standard deviation of its error."""

    trend: Annotated[Growth, says("Yearly growth of spending that the benchmark assumes")]
    trend_sd: Annotated[TrendSpread, says("Error of the benchmark's trend; standard deviation")]


class Economics(Block):
    """`owner`: who runs the programme and bears its cost; a hospital also bears the margin of the stays that it averts.

    `fee_lag`, `settlement_lag`: from the end of the month and of the settled period to the cash. `shortfall_level`: of the tail whose
    mean amount owed is reported.
    """

    owner: Annotated[
        Literal["hospital", "practice", "independent"],
        says("Who runs the programme, gets its fees and bears its cost; a hospital also bears the margin of averted stays"),
    ]
    hospital: Annotated[HospitalEconomics, says("What averted stays mean for the hospital")]
    practice: Annotated[PracticeEconomics, says("What the programme means for the practices")]
    snf: Annotated[SnfEconomics, says("What days of care leave with the SNFs")]
    readmission_penalty: Annotated[ReadmissionPenalty, says("Medicare's penalty for readmissions")]
    fee_lag: Annotated[Duration, says("Time from the end of a month to its fees")]
    settlement_lag: Annotated[Duration, says("Time from the end of a settled period to its cash")]
    claims: Annotated[Claims, says("How fast claims become known")]
    benchmark: Annotated[BenchmarkTrend, says("Growth of spending that benchmarks assume")]
    shortfall_level: Annotated[TailLevel, says("Tail whose mean amount owed is reported as expected shortfall: 0.9 is the worst tenth")]
