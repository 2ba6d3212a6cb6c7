"""Every figure of contract, return, cash and actuary, defined once: tables, JSON and reports print from here.

The lines of the parties' positions stand in `sim.economics.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["USD", "USD per month", "share", "ratio", "probability", "months", "per year", "factor"]


@dataclass(frozen=True)
class Figure:
    """A figure. name: its path in the JSON object, `*` for any part."""

    name: str
    title: str
    unit: Unit
    definition: str


FIGURES: Final[tuple[Figure, ...]] = (
    Figure(
        "savings.true", "True gross savings", "USD", "Usual care's payments per month x the programme's eligible months, less its payments."
    ),
    Figure("savings.measured", "Measured gross savings", "USD", "Target less actual spending, as the evaluation reports them."),
    Figure("contract.fees", "Fees", "USD", "Fee per participant-month x participant months."),
    Figure("contract.earned", "Earned", "USD", "What settlements on the measured figures pay besides the fees."),
    Figure("contract.owed", "Owed", "USD", "What settlements on the measured figures take back."),
    Figure("contract.paid", "Paid", "USD", "Fees and earned less owed: what the payer pays in the end."),
    Figure("contract.paid_on_truth", "Paid, had the truth been known", "USD", "Fees and settlements on the true figures."),
    Figure("contract.probability_of_payback", "Chance of paying back", "probability", "Share of replications in which anything is owed."),
    Figure("contract.probability_of_payback_on_truth", "Chance, had the truth been known", "probability", "The same on the true figures."),
    Figure("contract.payback_by_mistake", "Paid back by mistake", "probability", "Owed on the measured figures and not on the true ones."),
    Figure("contract.earned_by_mistake", "Earned by mistake", "probability", "Earned on the measured figures and not on the true ones."),
    Figure("roi.gross.*", "Savings per dollar paid", "ratio", "Gross savings / payments of the payer. Breaks even at 1."),
    Figure("roi.net.*", "Net saving rate", "share", "(Gross savings - payments) / target. Breaks even at 0 and at the guarantee."),
    Figure(
        "roi.owner.*", "Owner's return", "ratio", "(Received - programme cost + change of own margin) / programme cost. Breaks even at 0."
    ),
    Figure("roi.*.*.break_even.fee", "Break-even fee", "USD per month", "Fee per participant-month at which the mean return breaks even."),
    Figure(
        "roi.*.*.break_even.enrolment",
        "Break-even enrolment",
        "factor",
        "Factor on participant months, with savings in proportion, at which the mean return breaks even.",
    ),
    Figure("roi.*.*.break_even.effect", "Break-even effect", "factor", "Factor on gross savings at which the mean return breaks even."),
    Figure(
        "roi.*.*.break_even.staffing",
        "Break-even staffing",
        "factor",
        "Factor on staff cost at which the mean return breaks even, the effect unchanged.",
    ),
    Figure("cash.quarters.*", "Cash of a quarter", "USD", "Owner's fees and settlements as they come in less spending as it is due."),
    Figure("cash.start_up", "Start-up money", "USD", "Largest cumulative deficit of the owner's cash."),
    Figure("cash.payback_month", "Payback month", "months", "First month from whose end on cumulative cash is never below 0."),
    Figure("cash.probability_of_payback", "Chance of payback", "probability", "Share of replications with a payback month."),
    Figure("actuary.owed.*", "Quantile of the amount owed", "USD", "Over replications."),
    Figure(
        "actuary.owed.expected_shortfall",
        "Expected shortfall",
        "USD",
        "Mean amount owed in the worst replications (economics.shortfall_level).",
    ),
    Figure(
        "actuary.trend.low", "Settlement, trend too low", "USD", "Earned less owed with a benchmark trend one standard deviation lower."
    ),
    Figure(
        "actuary.trend.high", "Settlement, trend too high", "USD", "Earned less owed with a benchmark trend one standard deviation higher."
    ),
    Figure("actuary.trend.expected", "Settlement, trend right", "USD", "Earned less owed with the benchmark's trend as assumed."),
    Figure(
        "actuary.trend.mean", "Settlement over errors of the trend", "USD", "Mean of earned less owed over normally distributed errors."
    ),
    Figure("actuary.trend.owed_chance", "Chance of owing", "probability", "Over errors of the trend."),
    Figure(
        "actuary.rebasing.benchmark", "Next benchmark", "USD per month", "Benchmark that follows on the run's last three years, per person."
    ),
    Figure("actuary.rebasing.without", "Next benchmark without programme", "USD per month", "The same had there been no programme."),
    Figure(
        "actuary.rebasing.lost",
        "Lost to rebasing",
        "USD per month",
        "What own savings take off the next benchmark, after what is given back.",
    ),
    Figure("actuary.churn.left_per_person_year", "Left the plan", "per year", "Per person-year of the programme arm."),
    Figure("actuary.churn.died_per_person_year", "Died", "per year", "Per person-year of the programme arm."),
    Figure("actuary.churn.withdrew_per_participant_year", "Withdrew", "per year", "Per participant-year."),
    Figure("actuary.churn.retained_share", "Still there at the end", "share", "Person-time of the last month / that of the best month."),
    Figure(
        "actuary.claims.completed", "Claims known at settlement", "share", "Share of the run's payments that is known after the run-out."
    ),
    Figure(
        "actuary.claims.settlement_without_completion",
        "Settlement without completion factor",
        "USD",
        "Earned less owed if claims that are not yet known were forgotten.",
    ),
)
