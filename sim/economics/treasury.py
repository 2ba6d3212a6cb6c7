"""The owner's cash: fees as they come in, wages as they are due, settlements with their lag."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.economics.ledger import Ledger
from sim.economics.parties import Category, Party
from sim.economics.settling import Settlement
from sim.economics.terms import DAYS_PER_MONTH, EconomicTerms

QUARTER = 3
BILLED: Final = ("ffs_codes",)
"""Kinds of contract whose payments are claims: they come in month by month as fees do, spread evenly over the settled period."""


@dataclass(frozen=True)
class Cash:
    """Cash of the owner by month from launch, USD, nominal; the first entry is that of month 1. It goes on after the run until the last
    settlement is paid."""

    income: tuple[float, ...]
    spending: tuple[float, ...]
    settlements: tuple[float, ...]

    @property
    def months(self) -> int:
        """How many there are."""
        return len(self.income)

    def net(self) -> list[float]:
        """What comes in less what goes out, by month."""
        return [fee + settled - spent for fee, spent, settled in zip(self.income, self.spending, self.settlements, strict=True)]

    def cumulative(self) -> list[float]:
        """Cash since launch at the end of each month."""
        total, each = 0.0, []
        for net in self.net():
            total += net
            each.append(total)
        return each

    def by_quarter(self) -> list[float]:
        """Net cash by quarter; a last one that is not whole included."""
        net = self.net()
        return [math.fsum(net[at : at + QUARTER]) for at in range(0, len(net), QUARTER)]

    @property
    def start_up(self) -> float:
        """Money needed before the programme carries itself: the largest cumulative deficit."""
        return max(0.0, -min(self.cumulative(), default=0.0))

    @property
    def payback_month(self) -> int | None:
        """The first month from whose end on cumulative cash is never below 0; None: never within the run and its settlements."""
        cumulative = self.cumulative()
        below = [month for month, total in enumerate(cumulative, start=1) if total < 0]
        if not below:
            return 1
        return below[-1] + 1 if below[-1] < len(cumulative) else None


def owners_cash(ledger: Ledger, settlements: Sequence[Settlement], terms: EconomicTerms) -> Cash:
    """The owner's cash in a programme arm: what the ledger books in a month, moved by the lags of fees and settlements; codes as fees."""
    own = terms.economics
    fee_lag, settlement_lag = lag_months(float(own.fee_lag)), lag_months(float(own.settlement_lag))
    months = terms.months + max(fee_lag, settlement_lag if settlements else 0)
    fees = _by_month(ledger, Category.fee)
    settled = (Category.fee, Category.earned, Category.owed, Category.code_coinsurance)
    all_of_it = ledger.account(Party.owner).sum(axis=0)
    spent = ledger.account(Party.owner, *settled).sum(axis=0) - all_of_it
    later = [0.0] * months
    for one in settlements:
        amount = one.earned - one.owed + one.patient
        if one.kind in BILLED:
            for month in range(one.period.first, one.period.last + 1):
                later[month - 1 + fee_lag] += amount / one.period.months
        else:
            later[one.period.last - 1 + settlement_lag] += amount
    return Cash(
        income=_moved(fees, fee_lag, months),
        spending=_moved([float(cents) / 100 for cents in spent], 0, months),
        settlements=tuple(later),
    )


def lag_months(days: float) -> int:
    """A lag in whole months, rounded to the nearest."""
    return round(days / DAYS_PER_MONTH)


def _by_month(ledger: Ledger, category: str) -> list[float]:
    return [float(cents) / 100 for cents in ledger.account(Party.owner, category).sum(axis=0)]


def _moved(amounts: Sequence[float], lag: int, months: int) -> tuple[float, ...]:
    return (*([0.0] * lag), *amounts, *([0.0] * (months - lag - len(amounts))))
