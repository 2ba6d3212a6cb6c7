"""Over replications: positions, contract, returns, cash and the actuary's figures as plain data that JSON can hold.

    economics.{party}.{line}.{programme,usual_care,difference}         statistics; whole run, all cohorts, nominal
    positions.{cohort}.{run,year_1,...}.{nominal,discounted}.{party}.{line}.{programme,difference}
    savings.{true,measured}, contract, roi.{definition}.{basis}, cash, actuary      as `sim.economics.definitions` says

`discounted` stands there only when the run discounts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sim.economics import actuary
from sim.economics.lines import ARM_COLUMNS, Positions
from sim.economics.measured import Measured
from sim.economics.parties import Party
from sim.economics.roi import BASES, LEVERS, Basis, Definition, Lever, Plan, Point, break_even, points_of, returned, surplus
from sim.economics.settling import Settlement, needs
from sim.economics.statement import Statement, views_of, whole_run
from sim.economics.terms import EconomicTerms
from sim.economics.treasury import lag_months
from sim.outcomes.summary import statistics

TRUTH: Final = "truth"


def summarise(accounts: Sequence[Statement], terms: EconomicTerms, *, settled_on: str = TRUTH) -> dict[str, Any]:
    """The trees of a run. accounts: statements of its replications; settled_on: what the measured figures come from, `truth` or the
    name of a design. Raises ValueError without accounts.
    """
    if not accounts:
        raise ValueError("a summary needs at least one replication")
    run = whole_run(terms)
    return {
        "economics": _lines([one.views[run, "nominal"] for one in accounts], ARM_COLUMNS),
        "positions": _positions(accounts, terms),
        "savings": {basis: statistics([one.plan.savings(basis) for one in accounts]) for basis in ("true", "measured")},
        "contract": {"kind": terms.contract.kind, "settled_on": settled_on, **_contract(accounts)},
        "roi": _returns([one.plan for one in accounts]),
        "cash": _cash(accounts, terms),
        "actuary": _actuary(accounts, terms),
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


def _positions(accounts: Sequence[Statement], terms: EconomicTerms) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for cohort, name, period, way in views_of(terms):
        lines = _lines([one.views[period, way] for one in accounts], ("programme", "difference"))
        tree.setdefault(cohort, {}).setdefault(name, {})[way] = lines
    return tree


def _contract(accounts: Sequence[Statement]) -> dict[str, Any]:
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


def _periods(accounts: Sequence[Statement]) -> list[dict[str, Any]]:
    """One entry for each settled period: its amounts, the lines of its kind, how often it came out for what reason."""
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
                "reasons": {reason: number / len(each) for reason, number in Counter(s.reason for s in each if s.reason).most_common()},
            }
        )
    return entries


def settlement_rows(accounts: Sequence[Statement]) -> list[dict[str, Any]]:
    """One flat row for each replication and settled period, with the reason in words: a table for whoever asks why."""
    return [
        {
            "replication": one.replication,
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


def _share(accounts: Sequence[Statement], holds: Callable[[Statement], bool]) -> float:
    return sum(holds(one) for one in accounts) / len(accounts)


def _returns(plans: Sequence[Plan]) -> dict[str, Any]:
    @cache
    def found(whose: Definition, basis: Basis, point: Point, lever: Lever) -> float | None:
        return break_even(plans[:MOST_PLANS], lever, whose, basis, point)

    def levers(definition: Definition, basis: Basis, point: Point) -> dict[str, float | None]:
        # both returns of the payer are at a point where the same sum is left
        whose: Definition = "owner" if definition == "owner" else "net"
        return {lever: found(whose, basis, point, lever) for lever in LEVERS}

    return {
        definition: {
            basis: _return(plans, definition, basis)
            | {point: levers(definition, basis, point) for point in points_of(definition, plans[0].contract)}
            for basis in bases
        }
        for definition, bases in BASES.items()
    }


MOST_PLANS: Final = 100
"""Replications whose mean a break-even point is looked for with: each place that is tried settles all of them again."""


def _return(plans: Sequence[Plan], definition: Definition, basis: Basis) -> dict[str, Any]:
    values = [returned(plan, definition, basis) for plan in plans]
    points = points_of(definition, plans[0].contract)
    return {
        **statistics(values),
        "undefined": sum(not math.isfinite(value) for value in values) / len(values),
        "probability": {point: sum(surplus(plan, definition, basis, point) >= 0 for plan in plans) / len(plans) for point in points},
    }


def _cash(accounts: Sequence[Statement], terms: EconomicTerms) -> dict[str, Any]:
    cash = [one.cash for one in accounts]
    months = [one.payback_month for one in cash]
    return {
        "fee_lag_months": lag_months(float(terms.economics.fee_lag)),
        "settlement_lag_months": lag_months(float(terms.economics.settlement_lag)),
        "quarters": [statistics(list(quarter)) for quarter in zip(*(one.by_quarter() for one in cash), strict=True)],
        "start_up": statistics([one.start_up for one in cash]),
        "payback_month": statistics([math.nan if month is None else float(month) for month in months]),
        "probability_of_payback": sum(month is not None for month in months) / len(months),
    }


def _actuary(accounts: Sequence[Statement], terms: EconomicTerms) -> dict[str, Any]:
    level = float(terms.economics.shortfall_level)
    owed = [math.fsum(settled.owed for settled in one.settlements) for one in accounts]
    return {
        "owed": {**actuary.owed_quantiles(owed), "expected_shortfall": actuary.expected_shortfall(owed, level), "level": level},
        "trend": {
            name: statistics([getattr(one.trend, name) for one in accounts])
            for name in ("low", "expected", "high", "over_errors", "owed_chance")
        },
        "noise": _noise(accounts, terms),
        "rebasing": {
            name: statistics([math.nan if one.rebased is None else getattr(one.rebased, name) for one in accounts])
            for name in ("benchmark", "without", "lost")
        },
        "churn": {name: statistics([one.churn[name] for one in accounts]) for name in accounts[0].churn},
        "claims": {
            "completed": statistics([one.completed for one in accounts]),
            "settlement_without_completion": statistics([one.without_completion for one in accounts]),
        },
    }


def _noise(accounts: Sequence[Statement], terms: EconomicTerms) -> dict[str, float | None]:
    """What is paid when nothing is saved, with the error of measurement seen over the replications, on their mean target and months."""
    errors = [[seen.gross - true.gross for seen, true in zip(one.measured, one.truth, strict=True)] for one in accounts]
    sds = [statistics(each)["sd"] for each in zip(*errors, strict=True)]
    if needs(terms.contract) or None in sds:
        return {"sd": None, "settlement": None}
    known = [sd or 0.0 for sd in sds]
    periods = [_mean([one.measured[at] for one in accounts]) for at in range(len(known))]
    settled = actuary.paid_for_noise(terms.contract, list(zip(periods, known, strict=True)))
    return {"sd": statistics([math.fsum(each) for each in errors])["sd"], "settlement": settled}


def _mean(each: Sequence[Measured]) -> Measured:
    def over(name: str) -> float:
        return math.fsum(getattr(one, name) for one in each) / len(each)

    months = over("participant_months"), over("eligible_months")
    return Measured(each[0].period, over("target"), over("actual"), *months, assigned=each[0].assigned)
