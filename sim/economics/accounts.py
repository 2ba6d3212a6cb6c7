"""The money of one replication: settlements, ledgers, plan and cash, from its tallies and what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sim.economics.assigned import answers_for_panel, assigned_panel, with_luck, with_panel
from sim.economics.booking import counted, ledgers
from sim.economics.ledger import Ledger
from sim.economics.lines import STAFF_COST, Books, Positions, side_by_side
from sim.economics.measured import Measured, Period, from_truth, settled_periods
from sim.economics.parties import PAYMENT_CATEGORIES, Party
from sim.economics.roi import Plan
from sim.economics.settling import Settlement, settle_contract
from sim.economics.terms import EconomicTerms
from sim.economics.treasury import Cash, owners_cash
from sim.outcomes.results import ReplicationResult


@dataclass(frozen=True)
class Account:
    """One replication. truth, measured: figures of the contract's periods, in the same order; ledgers: by arm, checked."""

    result: ReplicationResult
    terms: EconomicTerms
    truth: tuple[Measured, ...]
    measured: tuple[Measured, ...]
    _positions: dict[tuple[Period, bool], dict[str, Positions]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def settlements(self) -> tuple[Settlement, ...]:
        """Settlements on the measured figures: what is paid."""
        return tuple(settle_contract(self.terms.contract, one) for one in self.measured)

    @cached_property
    def ledgers(self) -> dict[str, Ledger]:
        """By arm. Raises LedgerError unless transfers sum to 0."""
        return ledgers(self.result, self.terms, self.settlements)

    @cached_property
    def run(self) -> Period:
        """The whole run, all cohorts."""
        return Period("all", 1, self.terms.months)

    @cached_property
    def plan(self) -> Plan:
        """What the returns depend on."""
        books = Books(self.ledgers["programme"], self.ledgers["usual_care"], self.run, self.terms)
        lines = self.positions(self.run)["programme"][Party.owner]
        return Plan(
            contract=self.terms.contract,
            truth=self.truth,
            measured=self.measured,
            staff_cost=-books.taken(Party.owner, *STAFF_COST),
            fixed_cost=-lines["management"],
            physician_cost=-lines["physician_payments"],
            own_margin=lines["foregone_margin"],
        )

    def positions(self, period: Period, *, discounted: bool = False) -> dict[str, Positions]:
        """Positions by column: programme, usual care, difference."""
        view = (period, discounted)
        if view not in self._positions:  # plan, summary and table all ask for the whole run
            self._positions[view] = side_by_side(self.ledgers, period, self.terms, discounted=discounted)
        return self._positions[view]

    @cached_property
    def cash(self) -> Cash:
        """The owner's."""
        return owners_cash(self.ledgers["programme"], self.settlements, self.terms)

    def monthly_payments(self) -> list[float]:
        """The payer's payments in the programme arm by programme month, USD."""
        arm = self.result.arms["programme"]
        return [
            float(sum(int(counted(arm, f"pay_{category}")[:, month].sum()) for category in PAYMENT_CATEGORIES)) / 100
            for month in range(self.terms.months)
        ]


def account(
    result: ReplicationResult,
    terms: EconomicTerms,
    *,
    truth: Sequence[Measured] | None = None,
    measured: Sequence[Measured] | None = None,
) -> Account:
    """The account of a replication.

    truth: None is `true_figures` (a contract that `needs` more has to be given it); measured: None is the truth, for a contract that
    answers for a panel with the luck of each year. Raises ValueError when the periods of the two differ, or figures are missing that the
    contract needs.
    """
    periods = settled_periods(terms.contract, terms.months)
    true = true_figures(result, terms) if truth is None else tuple(truth)
    seen = _seen(result, terms, true) if measured is None else tuple(measured)
    if [one.period for one in true] != [one.period for one in seen]:
        raise ValueError(f"measured must have the periods that the contract settles: {', '.join(map(str, periods))}")
    return Account(result, terms, true, seen)


def true_figures(result: ReplicationResult, terms: EconomicTerms) -> tuple[Measured, ...]:
    """The truth of the contract's periods, of all whom the contract answers for."""
    true = (from_truth(result, period) for period in settled_periods(terms.contract, terms.months))
    return tuple(with_panel(one, assigned_panel(result), terms) for one in true) if answers_for_panel(terms.contract) else tuple(true)


def _seen(result: ReplicationResult, terms: EconomicTerms, true: tuple[Measured, ...]) -> tuple[Measured, ...]:
    """What is known of the true figures where nobody compares: a panel's with the luck of its year, others as they are."""
    if not answers_for_panel(terms.contract):
        return true
    return tuple(with_luck(one, assigned_panel(result), terms) for one in true)
