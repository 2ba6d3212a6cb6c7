"""Every figure of contract, return, cash and actuary, defined once: tables, JSON and reports print from here.

The lines of the parties' positions stand in `sim.economics.lines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["count", "USD", "USD per month", "share", "ratio", "probability", "months", "per year", "factor"]


@dataclass(frozen=True)
class Figure:
    """A figure. name: its path in the JSON object, `*` for any part; of several that fit a path the first is meant."""

    name: str
    title: str
    unit: Unit
    definition: str


LINES_OF_SETTLEMENTS: Final[tuple[tuple[str, str, Unit, str], ...]] = (
    ("number_of_beneficiaries", "People answered for", "count", "Of the panel."),
    ("unadjusted_target", "Benchmark before adjustment for risk", "USD", "What the assigned people were expected to cost."),
    ("savings", "Savings (below 0: losses)", "USD", "Benchmark less expenditure."),
    ("gross", "Savings before fees", "USD", "Target less actual spending."),
    ("net", "Savings after fees", "USD", "The same less fees."),
    ("savings_rate", "Savings rate", "share", "Of the benchmark."),
    ("net_rate", "Net saving rate", "share", "Savings after fees, of the target."),
    ("guarantee_rate", "Guarantee", "share", "Least net saving, of the target."),
    ("minimum_rate", "Minimum rate (MSR, and MLR if two-sided)", "share", "Of the benchmark; savings or losses below it are not shared."),
    ("corridor_rate", "Corridor", "share", "Of the target; nothing is shared within it."),
    ("sharing_rate", "Sharing rate", "share", "Of savings, after quality where that counts."),
    ("loss_rate", "Loss rate", "share", "Of losses, of a two-sided track."),
    ("most_shared", "Cap on what is shared", "USD", "Before sequestration."),
    ("sequestered", "Sequestered", "USD", "Taken off what is shared, by law."),
    ("forgiven", "Losses forgiven", "USD", "For a disaster or a public health emergency."),
)
"""Lines that several kinds have: name, title, unit, definition."""

FIGURES: Final[tuple[Figure, ...]] = (
    Figure(
        "savings.true", "True gross savings", "USD", "Usual care's payments per month x the programme's eligible months, less its payments."
    ),
    Figure(
        "savings.measured",
        "Measured gross savings",
        "USD",
        "Target less actual spending as measured: what the contract is settled on, adjustment for risk included.",
    ),
    Figure("contract.fees", "Fees", "USD", "Fee per participant-month x participant months."),
    Figure("contract.earned", "Earned", "USD", "What settlements on the measured figures pay besides the fees."),
    Figure("contract.owed", "Owed", "USD", "What settlements on the measured figures take back."),
    Figure(
        "contract.paid",
        "Paid",
        "USD",
        "Fees and earned less owed, and what a capitation pays for administration and subcontracts: what the payer pays in the end.",
    ),
    Figure("contract.paid_on_truth", "Paid, had the truth been known", "USD", "Fees and settlements on the true figures."),
    Figure("contract.probability_of_payback", "Chance of paying back", "probability", "Share of replications in which anything is owed."),
    Figure("contract.probability_of_payback_on_truth", "Chance, had the truth been known", "probability", "The same on the true figures."),
    Figure("contract.payback_by_mistake", "Paid back by mistake", "probability", "Owed on the measured figures and not on the true ones."),
    Figure("contract.earned_by_mistake", "Earned by mistake", "probability", "Earned on the measured figures and not on the true ones."),
    Figure("contract.periods.*.probability_of_payback", "Chance of paying back, of a period", "probability", "Share of replications."),
    *(
        Figure(f"contract.periods.*.{name}", f"{title}, of a period", "USD", definition)
        for name, title, definition in (
            ("target", "Target", "What was compared with, after adjustment for risk."),
            ("actual", "Actual spending", "As measured, after stop-loss where the contract has one."),
            ("fees", "Fees", "Paid in the period."),
            ("earned", "Earned", "Paid besides the fees."),
            ("owed", "Owed", "Taken back."),
            ("paid", "Paid", "Fees and earned less owed, and what is handed on to others."),
        )
    ),
    *(Figure(f"contract.periods.*.lines.{name}", title, unit, definition) for name, title, unit, definition in LINES_OF_SETTLEMENTS),
    Figure("contract.periods.*.reasons.*", "Came out for this reason", "share", "Share of replications."),
    Figure("contract.periods.*.lines.number_of_*", "Codes billed", "count", "Number of a code."),
    Figure("contract.periods.*.lines.*", "Amount of the settlement", "USD", "A line of the contract's own."),
    Figure("roi.gross.*", "Savings per dollar paid", "ratio", "Gross savings / payments of the payer. Breaks even at 1."),
    Figure(
        "roi.net.*",
        "Net saving rate",
        "share",
        "(Gross savings - payments) / target, of the panel where it is answered for. Breaks even at 0 and at the guarantee.",
    ),
    Figure(
        "roi.owner.*", "Owner's return", "ratio", "(Received - programme cost + change of own margin) / programme cost. Breaks even at 0."
    ),
    Figure("roi.*.*.undefined", "Without a return", "share", "Share of replications in which nothing was paid or spent."),
    Figure("roi.*.*.probability.*", "Chance of passing", "probability", "Share of replications at or above the point."),
    Figure("roi.*.*.*.fee", "Break-even fee", "USD per month", "Fee per participant-month at which the mean return is at the point."),
    Figure(
        "roi.*.*.*.enrolment", "Break-even enrolment", "factor", "Factor on participant months, with savings in proportion, at the point."
    ),
    Figure("roi.*.*.*.effect", "Break-even effect", "factor", "Factor on gross savings at the point."),
    Figure("roi.*.*.*.staffing", "Break-even staffing", "factor", "Factor on staff cost at the point, the effect unchanged."),
    Figure("cash.quarters.*", "Cash of a quarter", "USD", "Owner's fees and settlements as they come in less spending as it is due."),
    Figure("cash.start_up", "Start-up money", "USD", "Largest cumulative deficit of the owner's cash."),
    Figure("cash.payback_month", "Payback month", "months", "First month from whose end on cumulative cash is never below 0."),
    Figure("cash.probability_of_payback", "Chance of payback", "probability", "Share of replications with a payback month."),
    Figure("actuary.owed.p*", "Quantile of the amount owed", "USD", "Over replications."),
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
        "actuary.trend.over_errors",
        "Settlement over errors of the trend",
        "USD",
        "Mean of earned less owed over normally distributed errors.",
    ),
    Figure("actuary.trend.owed_chance", "Chance of owing", "probability", "Over errors of the trend."),
    Figure("actuary.noise.sd", "Error of measured savings", "USD", "Standard deviation over replications of measured less true savings."),
    Figure(
        "actuary.noise.settlement",
        "Paid for noise",
        "USD",
        "Mean of earned less owed if nothing were saved and savings were measured with that error.",
    ),
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
