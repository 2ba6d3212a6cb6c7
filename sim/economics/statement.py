"""What is kept of the account of one replication: figures that a run's summary and tables are made from, without the ledgers.

It can be made where the replication was run, and handed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sim.economics import actuary
from sim.economics.accounts import Account
from sim.economics.assigned import answers_for_panel
from sim.economics.lines import Positions, of_cohort, reported_periods
from sim.economics.measured import CohortChoice, Measured, Period, from_truth
from sim.economics.roi import Plan
from sim.economics.settling import Settlement
from sim.economics.terms import DAYS_PER_MONTH, EconomicTerms
from sim.economics.treasury import Cash

Way = Literal["nominal", "discounted"]
NODES: Final = 101
"""Errors of the trend that a replication is settled at."""


@dataclass(frozen=True)
class Statement:
    """views: positions by column for each period and way of `views_of`; trend: what the benchmark's error does; rebased: None with too
    few years; churn: `actuary.churn`; completed: share of payments known after the run-out; without_completion: settlement if the rest
    were forgotten, USD."""

    replication: int
    plan: Plan
    settlements: tuple[Settlement, ...]
    views: Mapping[tuple[Period, Way], Mapping[str, Positions]]
    cash: Cash
    trend: actuary.TrendRisk
    rebased: actuary.Rebased | None
    churn: Mapping[str, float]
    completed: float
    without_completion: float

    @property
    def truth(self) -> tuple[Measured, ...]:
        return self.plan.truth

    @property
    def measured(self) -> tuple[Measured, ...]:
        return self.plan.measured


def whole_run(terms: EconomicTerms) -> Period:
    """The whole run, all cohorts."""
    return reported_periods(terms.months)["run"]


def views_of(terms: EconomicTerms) -> Iterator[tuple[CohortChoice, str, Period, Way]]:
    """(cohort, name of the period, period, way) of all positions that are reported; discounted only when the run discounts."""
    ways: tuple[Way, ...] = get_args(Way)[: 1 if terms.run.discounting == "none" else 2]
    for cohort in get_args(CohortChoice):
        for name, whole in reported_periods(terms.months).items():
            for way in ways:
                yield cohort, name, of_cohort(whole, cohort), way


def statement(one: Account) -> Statement:
    """The statement of an account."""
    terms = one.terms
    benchmark, claims = terms.economics.benchmark, terms.economics.claims
    trend = float(benchmark.trend)
    share = actuary.completed_share(one.monthly_payments(), float(claims.run_out) / DAYS_PER_MONTH, float(claims.paid_in_month))
    by_year = [from_truth(one.result, period) for name, period in reported_periods(terms.months).items() if name != "run"]
    years = one.truth if answers_for_panel(terms.contract) else by_year  # whose benchmark it is
    return Statement(
        replication=one.result.replication,
        plan=one.plan,
        settlements=one.settlements,
        views={(period, way): one.positions(period, discounted=way == "discounted") for _, _, period, way in views_of(terms)},
        cash=one.cash,
        trend=actuary.trend_risk(terms.contract, one.measured, trend, float(benchmark.trend_sd), NODES),
        rebased=actuary.rebase(years, trend),
        churn=actuary.churn(one.result.arms["programme"]),
        completed=share,
        without_completion=actuary.settle_all(terms.contract, [actuary.without_completion(figures, share) for figures in one.measured]),
    )
