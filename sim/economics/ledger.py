"""Double entry: every flow is debited to one party and credited to another, in whole cents by cohort and month.

A ledger covers one arm and the programme months. What stays after all flows is each party's position; over all parties, outside
included, it is 0 to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.economics.parties import Party
from sim.outcomes.results import COHORTS

Cents = NDArray[np.int64]
"""Whole cents [cohort, programme month]."""


class LedgerError(Exception):
    """A flow that is not what double entry allows, or accounts that do not balance; the message names the flow."""


@dataclass(frozen=True)
class Flow:
    """Money from one party to another. cents: negative for a flow that turned round."""

    origin: Party
    to: Party
    category: str
    cents: Cents

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.category} from {self.origin} to {self.to}"


class Ledger:
    """The accounts of one arm over `months` programme months."""

    def __init__(self, months: int, flows: Iterable[Flow] = ()) -> None:
        self.months: Final = months
        self.flows: list[Flow] = []
        self._accounts: dict[tuple[Party, str], Cents] = {}
        self._totals: dict[tuple[Party, tuple[str, ...]], Cents] = {}  # accounts that were asked for; every line asks again
        for flow in flows:
            self.post(flow)

    def post(self, flow: Flow) -> None:
        """Book a flow on both sides. Raises LedgerError for one to its own origin, of another shape or not in whole cents."""
        shape = (len(COHORTS), self.months)
        if flow.origin == flow.to:
            raise LedgerError(f"{flow.name}: must go to another party")
        if flow.cents.dtype != np.int64 or flow.cents.shape != shape:
            raise LedgerError(f"{flow.name}: must be int64 cents of shape {shape} (got {flow.cents.dtype} {flow.cents.shape})")
        self.flows.append(flow)
        self._totals.clear()
        self._entry(flow.origin, flow.category)[:] -= flow.cents
        self._entry(flow.to, flow.category)[:] += flow.cents

    def _entry(self, party: Party, category: str) -> Cents:
        return self._accounts.setdefault((party, category), np.zeros((len(COHORTS), self.months), np.int64))

    def account(self, party: Party, *categories: str) -> Cents:
        """What a party took in (negative: paid) for the categories; for all of them when none is named. Not to be written to."""
        if (party, categories) not in self._totals:
            total = np.zeros((len(COHORTS), self.months), np.int64)
            for category in categories or [category for whose, category in self._accounts if whose == party]:
                if (party, category) in self._accounts:
                    total += self._accounts[party, category]
            total.flags.writeable = False
            self._totals[party, categories] = total
        return self._totals[party, categories]

    def check(self) -> None:
        """Raise LedgerError unless the transfers of every category sum to 0 over all parties, in every cohort and month."""
        sums: dict[str, Cents] = {}
        for (_, category), entries in self._accounts.items():
            sums[category] = sums[category] + entries if category in sums else entries.copy()
        for category, total in sums.items():
            if total.any():
                cohort, month = (int(at) for at in np.argwhere(total)[0])
                between = "; ".join(dict.fromkeys(flow.name for flow in self.flows if flow.category == category))
                where = f"{COHORTS[cohort]} cohort, month {month + 1}"
                raise LedgerError(f"{between}: transfers must sum to 0 (got {int(total[cohort, month])} cents, {where})")
