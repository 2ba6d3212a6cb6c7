"""Over replications: positions, contract, returns, cash and the actuary's figures as plain data that JSON can hold.

    economics.{party}.{line}.{programme,usual_care,difference}         statistics; whole run, all cohorts, nominal
    positions.{cohort}.{run,year_1,...}.{nominal,discounted}.{party}.{line}.{programme,difference}
    savings.{true,measured}, contract, roi.{definition}.{basis}, cash, actuary      as `sim.economics.definitions` says

`discounted` stands there only when the run discounts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, get_args

from sim.economics import actuary
from sim.economics.accounts import Account
from sim.economics.lines import ARM_COLUMNS, Positions, of_cohort, reported_periods
from sim.economics.measured import CohortChoice, Measured, from_truth
from sim.economics.parties import Party
from sim.economics.roi import BASES, LEVERS, Basis, Definition, Plan, break_even, points_of, returned, surplus
from sim.economics.settling import Settlement, needs
from sim.economics.terms import DAYS_PER_MONTH
from sim.economics.treasury import lag_months
from sim.outcomes.summary import statistics

TRUTH: Final = "truth"
NODES: Final = 101
"""Errors of the trend that a replication is settled at."""


def summarise(accounts: Sequence[Account], *, settled_on: str = TRUTH) -> dict[str, Any]:
    """The trees of a run. settled_on: what the measured figures come from, `truth` or the name of a design.

    Raises ValueError without accounts, LedgerError when a ledger does not balance.
    """
    if not accounts:
        raise ValueError("a summary needs at least one replication")
    terms = accounts[0].terms
    return {
        "economics": _lines([one.positions(one.run) for one in accounts], ARM_COLUMNS),
        "positions": _positions(accounts),
        "savings": {basis: statistics([one.plan.savings(basis) for one in accounts]) for basis in ("true", "measured")},
        "contract": {"kind": terms.contract.kind, "settled_on": settled_on, **_contract(accounts)},
        "roi": _returns([one.plan for one in accounts]),
        "cash": _cash(accounts),
        "actuary": _actuary(accounts),
    }


def _lines(each: Sequence[Mapping[str, Positions]], columns: Sequence[str]) -> dict[str, Any]:
    parties = [party for party in Party if party is not Party.outside]
    return {
        str(party): {
            line: {column: statistics([one[column][party][line] for one in each]) for column in columns}
            for line in each[0]["programme"][party]
        }
        for party in parties
    }


def _positions(accounts: Sequence[Account]) -> dict[str, Any]:
    terms = accounts[0].terms
    ways = {"nominal": False} if terms.run.discounting == "none" else {"nominal": False, "discounted": True}
    tree: dict[str, Any] = {}
    for cohort in get_args(CohortChoice):
        tree[cohort] = {}
        for name, whole in reported_periods(terms.months).items():
            period = of_cohort(whole, cohort)
            tree[cohort][name] = {
                way: _lines([one.positions(period, discounted=discounted) for one in accounts], ("programme", "difference"))
                for way, discounted in ways.items()
            }
    return tree


def _contract(accounts: Sequence[Account]) -> dict[str, Any]:
    def over(amount: Callable[[Settlement], float]) -> dict[str, float | None]:
        return statistics([math.fsum(amount(settled) for settled in one.settlements) for one in accounts])

    return {
        "fees": over(lambda settled: settled.fees),
        "earned": over(lambda settled: settled.earned),
        "owed": over(lambda settled: settled.owed),
        "paid": over(lambda settled: settled.paid),
        "paid_on_truth": statistics([math.fsum(settled.paid for settled in one.plan.settled_on_truth) for one in accounts]),
        "probability_of_payback": _share(accounts, lambda one: _any_owed(one.settlements)),
        "probability_of_payback_on_truth": _share(accounts, lambda one: _any_owed(one.plan.settled_on_truth)),
        "payback_by_mistake": _share(accounts, lambda one: _any_owed(one.settlements) and not _any_owed(one.plan.settled_on_truth)),
        "earned_by_mistake": _share(accounts, lambda one: _any_earned(one.settlements) and not _any_earned(one.plan.settled_on_truth)),
        "periods": _periods(accounts),
    }


def _periods(accounts: Sequence[Account]) -> list[dict[str, Any]]:
    """One entry for each settled period: its amounts, the lines of its kind, the chance that something is owed."""
    entries = []
    for at, first in enumerate(accounts[0].settlements):
        each = [one.settlements[at] for one in accounts]
        names = list(dict.fromkeys(name for settled in each for name in settled.lines))
        entries.append(
            {
                "cohort": first.period.cohort,
                "first_month": first.period.first,
                "last_month": first.period.last,
                **{
                    name: statistics([getattr(settled, name) for settled in each])
                    for name in ("target", "actual", "fees", "earned", "owed", "paid")
                },
                "lines": {name: statistics([settled.lines.get(name, math.nan) for settled in each]) for name in names},
                "probability_of_payback": math.fsum(settled.pays_back for settled in each) / len(each),
            }
        )
    return entries


def settlement_rows(accounts: Sequence[Account]) -> list[dict[str, Any]]:
    """One flat row for each replication and settled period, with the reason in words: a table for whoever asks why."""
    return [
        {
            "replication": one.result.replication,
            "cohort": settled.period.cohort,
            "first_month": settled.period.first,
            "last_month": settled.period.last,
            "target": settled.target,
            "actual": settled.actual,
            "fees": settled.fees,
            "earned": settled.earned,
            "owed": settled.owed,
            "paid": settled.paid,
            "why": settled.why,
            **settled.lines,
        }
        for one in accounts
        for settled in one.settlements
    ]


def _any_owed(settlements: Sequence[Settlement]) -> bool:
    return any(one.pays_back for one in settlements)


def _any_earned(settlements: Sequence[Settlement]) -> bool:
    return any(one.earned > 0 for one in settlements)


def _share(accounts: Sequence[Account], holds: Callable[[Account], bool]) -> float:
    return sum(holds(one) for one in accounts) / len(accounts)


def _returns(plans: Sequence[Plan]) -> dict[str, Any]:
    return {definition: {basis: _return(plans, definition, basis) for basis in bases} for definition, bases in BASES.items()}


MOST_PLANS: Final = 100
"""Replications whose mean a break-even point is looked for with: each place that is tried settles all of them again."""


def _return(plans: Sequence[Plan], definition: Definition, basis: Basis) -> dict[str, Any]:
    values = [returned(plan, definition, basis) for plan in plans]
    points = points_of(definition, plans[0].contract)
    return {
        **statistics(values),
        "undefined": sum(not math.isfinite(value) for value in values) / len(values),
        "probability": {point: sum(surplus(plan, definition, basis, point) >= 0 for plan in plans) / len(plans) for point in points},
        **{point: {lever: break_even(plans[:MOST_PLANS], lever, definition, basis, point) for lever in LEVERS} for point in points},
    }


def _cash(accounts: Sequence[Account]) -> dict[str, Any]:
    cash = [one.cash for one in accounts]
    months = [one.payback_month for one in cash]
    return {
        "fee_lag_months": lag_months(float(accounts[0].terms.economics.fee_lag)),
        "settlement_lag_months": lag_months(float(accounts[0].terms.economics.settlement_lag)),
        "quarters": [statistics(list(quarter)) for quarter in zip(*(one.by_quarter() for one in cash), strict=True)],
        "start_up": statistics([one.start_up for one in cash]),
        "payback_month": statistics([math.nan if month is None else float(month) for month in months]),
        "probability_of_payback": sum(month is not None for month in months) / len(months),
    }


def _actuary(accounts: Sequence[Account]) -> dict[str, Any]:
    terms = accounts[0].terms
    own = terms.economics
    owed = [math.fsum(settled.owed for settled in one.settlements) for one in accounts]
    trend, sd = float(own.benchmark.trend), float(own.benchmark.trend_sd)
    risks = [actuary.trend_risk(terms.contract, one.measured, trend, sd, NODES) for one in accounts]
    rebased = [actuary.rebase(_by_year(one), trend) for one in accounts]
    losses = [actuary.churn(one.result.arms["programme"]) for one in accounts]
    return {
        "owed": {
            **actuary.owed_quantiles(owed),
            "expected_shortfall": actuary.expected_shortfall(owed, float(own.shortfall_level)),
            "level": float(own.shortfall_level),
        },
        "trend": {
            name: statistics([getattr(risk, name) for risk in risks]) for name in ("low", "expected", "high", "over_errors", "owed_chance")
        },
        "noise": _noise(accounts),
        "rebasing": {
            name: statistics([math.nan if one is None else getattr(one, name) for one in rebased])
            for name in ("benchmark", "without", "lost")
        },
        "churn": {name: statistics([one[name] for one in losses]) for name in losses[0]},
        "claims": _claims(accounts),
    }


def _noise(accounts: Sequence[Account]) -> dict[str, float | None]:
    """What is paid when nothing is saved, with the error of measurement seen over the replications, on their mean target and months."""
    contract = accounts[0].terms.contract
    errors = [[seen.gross - true.gross for seen, true in zip(one.measured, one.truth, strict=True)] for one in accounts]
    sds = [statistics(each)["sd"] for each in zip(*errors, strict=True)]
    if needs(contract) or None in sds:
        return {"sd": None, "settlement": None}
    known = [sd or 0.0 for sd in sds]
    periods = [_mean([one.measured[at] for one in accounts]) for at in range(len(known))]
    settled = actuary.paid_for_noise(contract, list(zip(periods, known, strict=True)))
    return {"sd": statistics([math.fsum(each) for each in errors])["sd"], "settlement": settled}


def _mean(each: Sequence[Measured]) -> Measured:
    def over(name: str) -> float:
        return math.fsum(getattr(one, name) for one in each) / len(each)

    return Measured(each[0].period, over("target"), over("actual"), over("participant_months"), over("eligible_months"))


def _by_year(one: Account) -> list[Measured]:
    return [from_truth(one.result, period) for name, period in reported_periods(one.terms.months).items() if name != "run"]


def _claims(accounts: Sequence[Account]) -> dict[str, Any]:
    own = accounts[0].terms.economics.claims
    run_out = float(own.run_out) / DAYS_PER_MONTH
    shares = [actuary.completed_share(one.monthly_payments(), run_out, float(own.paid_in_month)) for one in accounts]
    settled = [
        actuary.settle_all(one.terms.contract, [actuary.without_completion(figures, share) for figures in one.measured])
        for one, share in zip(accounts, shares, strict=True)
    ]
    return {"completed": statistics(shares), "settlement_without_completion": statistics(settled)}
