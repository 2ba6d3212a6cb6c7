"""Every line of every party's position, defined once: tables, JSON and reports print from here.

A line is in USD as it stands in the party's own books: what comes in is positive, what goes out negative. `net` is the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.economics.ledger import Ledger
from sim.economics.measured import CohortChoice, Period
from sim.economics.parties import PAID_TO, PAYMENT_CATEGORIES, Category, Party
from sim.economics.terms import EconomicTerms
from sim.outcomes.measures import PAYMENT_WORDS

ARM_COLUMNS: Final = ("programme", "usual_care", "difference")
"""What is reported of a line; difference: programme - usual care."""


@dataclass(frozen=True)
class Books:
    """The ledger of an arm beside that of usual care, over a period. discounted: by the run's convention, to launch."""

    own: Ledger
    usual: Ledger
    period: Period
    terms: EconomicTerms
    discounted: bool = False

    @cached_property
    def _factors(self) -> NDArray[np.float64]:
        months = range(self.period.first, self.period.last + 1)
        return np.array([self.terms.run.discount_factor(month) if self.discounted else 1.0 for month in months])

    def taken(self, party: Party, *categories: str) -> float:
        """What a party took in (negative: paid) for the categories, USD; for all of them when none is named."""
        return self._sum(self.own, party, categories)

    def change(self, party: Party, *categories: str) -> float:
        """The same less that of usual care, USD."""
        return self.taken(party, *categories) - self._sum(self.usual, party, categories)

    def all_taken(self) -> list[float]:
        """What is taken of every account in ACCOUNTS, USD."""
        return self._sums(np.stack([self.own.account(party, *categories) for party, categories in ACCOUNTS]))

    def _sum(self, ledger: Ledger, party: Party, categories: tuple[str, ...]) -> float:
        return self._sums(ledger.account(party, *categories)[None])[0]

    def _sums(self, accounts: NDArray[np.int64]) -> list[float]:
        """USD of cents [account, cohort, programme month] over the period."""
        rows, months = self.period.cells()
        by_month = accounts[:, rows][:, :, months].sum(axis=1)
        dollars: list[float] = (np.vecdot(by_month.astype(np.float64), self._factors) / 100).tolist()
        return dollars


@dataclass(frozen=True)
class Line:
    """One line of a party: what it takes in for the categories (all of them when none is named), or what `compute` says."""

    party: Party
    name: str
    title: str
    definition: str
    categories: tuple[str, ...] = ()
    compute: Callable[[Books], float] | None = field(default=None, repr=False)
    unit: str = "USD"


def _line(party: Party, name: str, title: str, definition: str, *categories: str) -> Line:
    return Line(party, name, title, definition, categories)


_SHARES: Final = (Category.patient_share, Category.supplement_share)
_COSTS: Final = (Category.variable_cost, Category.fixed_cost)
STAFF_COST: Final = (Category.wage, Category.fringe, Category.recruitment, Category.overhead)
PROGRAMME_COST: Final = (*STAFF_COST, Category.management, Category.physician_payment)


def _paid_to(party: Party) -> tuple[str, ...]:
    return tuple(category for category, receiver in PAID_TO.items() if receiver == party)


HOSPITAL_INCOME: Final = (*_paid_to(Party.hospital), *_SHARES)


def _owners_own_business(books: Books) -> float:
    """What averted and added care changes in the owner's own books beside the programme, USD."""
    owner = books.terms.economics.owner
    if owner == "hospital":  # fixed cost stays when a stay does not happen
        affected = (*HOSPITAL_INCOME, Category.variable_cost, Category.readmission_penalty, Category.backfill)
        return books.change(Party.hospital, *affected) * books.terms.own_hospital
    if owner == "practice":
        return books.change(Party.practice)
    return 0.0


def _payment(category: str) -> Line:
    what = PAYMENT_WORDS[category][1]
    return _line(Party.payer, f"payments_{category}", f"Payments: {what}", f"What the payer pays for {what}.", category)


LINES: Final[tuple[Line, ...]] = (
    *map(_payment, PAYMENT_CATEGORIES),
    _line(Party.payer, "payments", "Payments for care", "All payments for care, fees left out.", *PAYMENT_CATEGORIES),
    _line(Party.payer, "fees", "Fees", "Fee per participant-month x participant months.", Category.fee),
    _line(Party.payer, "earned", "Shared savings paid", "What settlements pay besides the fees, codes included.", Category.earned),
    _line(
        Party.payer,
        "outlay",
        "Administration and subcontracts",
        "What a capitation pays for administration and subcontracts, which the owner hands on.",
        Category.outlay,
    ),
    _line(Party.payer, "owed", "Paid back to the payer", "What settlements bring back: fees or a share of losses.", Category.owed),
    _line(Party.payer, "readmission_penalty", "Readmission penalties", "Penalties for readmissions.", Category.readmission_penalty),
    _line(Party.payer, "net", "Payer, net", "All of the payer's lines. Its difference to usual care is the payer's net saving."),
    _line(
        Party.supplement, "cost_sharing", "Cost sharing", "Co-insurance, deductibles and co-payments it pays.", Category.supplement_share
    ),
    _line(Party.supplement, "net", "Supplemental payer, net", "All of the supplemental payers' lines."),
    _line(Party.patient, "cost_sharing", "Cost sharing", "What patients owe themselves for care.", Category.patient_share),
    _line(Party.patient, "code_coinsurance", "Co-insurance of codes", "Co-insurance of care-management codes.", Category.code_coinsurance),
    _line(Party.patient, "net", "Patients, net", "All of the patients' lines."),
    _line(Party.hospital, "payments", "Payments", "The payer's payments for stays, ED visits and observation.", *_paid_to(Party.hospital)),
    _line(Party.hospital, "cost_sharing", "Cost sharing", "Its part of the cost sharing.", *_SHARES),
    _line(Party.hospital, "variable_cost", "Variable cost", "Cost that is saved when care does not happen.", Category.variable_cost),
    _line(Party.hospital, "fixed_cost", "Fixed cost", "Full cost less variable cost.", Category.fixed_cost),
    _line(
        Party.hospital,
        "margin_full_cost",
        "Margin at full cost",
        "Payments and cost sharing less full cost.",
        *HOSPITAL_INCOME,
        *_COSTS,
    ),
    _line(
        Party.hospital,
        "margin_variable_cost",
        "Margin at variable cost",
        "Payments and cost sharing less variable cost: the contribution margin.",
        *HOSPITAL_INCOME,
        Category.variable_cost,
    ),
    _line(
        Party.hospital,
        "backfill",
        "Backfill of freed beds",
        "Margin of other payers' stays in beds that the programme freed.",
        Category.backfill,
    ),
    _line(Party.hospital, "readmission_penalty", "Readmission penalties", "Penalties for readmissions.", Category.readmission_penalty),
    _line(Party.hospital, "net", "Hospitals, net", "All of the hospitals' lines, at full cost."),
    _line(Party.snf, "payments", "Payments", "The payer's payments for SNF stays.", *_paid_to(Party.snf)),
    _line(Party.snf, "cost_sharing", "Cost sharing", "Their part of the cost sharing.", *_SHARES),
    _line(Party.snf, "cost", "Cost", "What the stays cost them.", Category.variable_cost),
    _line(Party.snf, "net", "SNFs, net", "All of the SNFs' lines."),
    _line(Party.practice, "visits", "Visits", "The payer's payments for primary care visits.", *_paid_to(Party.practice)),
    _line(Party.practice, "cost_sharing", "Cost sharing", "Their part of the cost sharing.", *_SHARES),
    _line(Party.practice, "visit_cost", "Cost of visits", "What the visits cost them.", Category.variable_cost),
    _line(
        Party.practice,
        "physician_payments",
        "Payments from the programme",
        "Physician payment x participant years.",
        Category.physician_payment,
    ),
    _line(
        Party.practice, "physician_time", "Physicians' time", "Time of physicians on participants, outside visits.", Category.physician_time
    ),
    _line(Party.practice, "net", "Practices, net", "All of the practices' lines."),
    _line(Party.other, "payments", "Payments", "The payer's payments to all other providers.", *_paid_to(Party.other)),
    _line(Party.other, "cost_sharing", "Cost sharing", "Their part of the cost sharing.", *_SHARES),
    _line(Party.other, "net", "Other providers, income", "All of the other providers' lines; their cost is not modelled."),
    _line(Party.owner, "fees", "Fees", "Fee per participant-month x participant months.", Category.fee),
    _line(Party.owner, "earned", "Shared savings received", "What settlements pay besides the fees, codes included.", Category.earned),
    _line(Party.owner, "code_coinsurance", "Co-insurance of codes", "Patients' part of care-management codes.", Category.code_coinsurance),
    _line(Party.owner, "owed", "Paid back", "What settlements take back: fees or a share of losses.", Category.owed),
    _line(Party.owner, "wages", "Wages", "Wages of staff; the whole loaded cost of roles without cost_parts.", Category.wage),
    _line(Party.owner, "fringe", "Fringe benefits", "Fringe benefits of roles with cost_parts.", Category.fringe),
    _line(
        Party.owner,
        "recruitment",
        "Turnover and hiring",
        "How often posts were filled again x what that costs, of roles with cost_parts.",
        Category.recruitment,
    ),
    _line(Party.owner, "overhead", "Overhead", "Overhead share x loaded cost of staff.", Category.overhead),
    _line(Party.owner, "management", "Management", "What does not grow with staff or participants.", Category.management),
    _line(
        Party.owner, "physician_payments", "Payments to physicians", "Physician payment x participant years.", Category.physician_payment
    ),
    _line(Party.owner, "programme_cost", "Programme cost", "Staff, overhead, management and payments to physicians.", *PROGRAMME_COST),
    _line(Party.owner, "net", "Owner, net", "Fees and settlements less programme cost."),
    Line(
        Party.owner,
        "foregone_margin",
        "Change of own margin",
        "Difference to usual care of the owner's own business: of a hospital its part (the patients' mean loyalty) of margin at "
        "variable cost, backfill and penalties (negative: margin foregone); of a practice all of its lines; of an independent owner 0.",
        compute=_owners_own_business,
    ),
    Line(
        Party.owner,
        "net_with_margin",
        "Owner, net with own margin",
        "Owner, net, and the change of own margin.",
        compute=lambda books: books.taken(Party.owner) + _owners_own_business(books),
    ),
)
ACCOUNTS: Final = tuple((line.party, line.categories) for line in LINES if line.compute is None)
"""Party and categories of the lines that are sums of accounts, in the order of LINES."""

Positions = dict[Party, dict[str, float]]
"""party -> line -> USD."""


def positions(books: Books) -> Positions:
    """Every line of one ledger over one period."""
    table: Positions = {party: {} for party in Party if party is not Party.outside}
    booked = iter(books.all_taken())
    for line in LINES:
        table[line.party][line.name] = next(booked) if line.compute is None else line.compute(books)
    return table


def side_by_side(ledgers: Mapping[str, Ledger], period: Period, terms: EconomicTerms, *, discounted: bool = False) -> dict[str, Positions]:
    """Positions by ARM_COLUMNS."""
    usual = ledgers["usual_care"]
    own = positions(Books(ledgers["programme"], usual, period, terms, discounted))
    before = positions(Books(usual, usual, period, terms, discounted))
    difference = {party: {name: value - before[party][name] for name, value in lines.items()} for party, lines in own.items()}
    return {"programme": own, "usual_care": before, "difference": difference}


def reported_periods(months: int) -> dict[str, Period]:
    """The whole run and each programme year, all cohorts."""
    years = {f"year_{at // 12 + 1}": Period("all", at + 1, min(at + 12, months)) for at in range(0, months, 12)}
    return {"run": Period("all", 1, months), **years}


def of_cohort(period: Period, cohort: CohortChoice) -> Period:
    """The same months of another cohort choice."""
    return Period(cohort, period.first, period.last)
