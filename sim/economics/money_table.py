"""The money of every replication as one tidy table: replication, party, line, perspective, quarter, value.

party is whose purse it is. perspective says from where a line is seen:

    programme, usual_care, difference   the party's books in an arm, and between the arms: every line of `sim.economics.lines`, USD
    true, measured, paid                the bases of `sim.economics.roi`

Lines of the second kind (USD unless it says otherwise), whole run, all cohorts, nominal:

    payer  gross_savings                savings before payments
           programme_payments           what the payer pays for the programme
           net_savings                  gross savings less those payments; savings per dollar and net saving rate break even at 0 of it
           net_savings_above_guarantee  the same less what the contract guarantees, where it does
           savings_per_dollar           gross savings / payments, a ratio
           net_saving_rate              net savings / target, a share
           contract_{fees,earned,owed}  what settlements on the measured figures come to (paid), or would on the true ones (true)
           contract_paid                fees and earned less owed, and what is handed on to others
    owner  surplus                      received less programme cost, and the change of the own margin; the return breaks even at 0 of it
           return                       surplus / programme cost, a ratio
           cash                         net cash of a quarter since launch, counted from 1 in `quarter`
           start_up                     largest cumulative deficit of cash
           payback_month                first month from whose end on cumulative cash is never below 0, months

A value that is not defined (nothing was paid, no month of payback) is missing, and so is `quarter` in all lines but cash.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sim.economics.lines import ARM_COLUMNS, LINES, Positions
from sim.economics.measured import Period
from sim.economics.parties import Party
from sim.economics.roi import BASES, Basis, Definition, points_of, returned, surplus
from sim.economics.settling import Settlement
from sim.economics.statement import Statement, whole_run
from sim.economics.terms import EconomicTerms

RETURNS: Final[dict[Definition, tuple[Party, str]]] = {
    "gross": (Party.payer, "savings_per_dollar"),
    "net": (Party.payer, "net_saving_rate"),
    "owner": (Party.owner, "return"),
}
"""Whose return it is, and the line of its value."""
SURPLUSES: Final[dict[Definition, tuple[Party, str]]] = {
    "gross": (Party.payer, "net_savings"),
    "net": (Party.payer, "net_savings"),
    "owner": (Party.owner, "surplus"),
}
"""The line that is at 0 where a return breaks even."""
ABOVE_GUARANTEE: Final = (Party.payer, "net_savings_above_guarantee")


class Entry(NamedTuple):
    """One line of one replication; quarter: 0 for the whole run."""

    party: str
    line: str
    perspective: str
    value: float
    quarter: int = 0


def money_table(accounts: Sequence[Statement], terms: EconomicTerms) -> dict[str, list[Any]]:
    """Columns of the table, replication by replication, every one with the same lines in the same order."""
    run = whole_run(terms)
    first, times = list(entries(accounts[0], run)), len(accounts)
    values = (entry.value for one in accounts for entry in entries(one, run))
    return {
        "replication": [one.replication for one in accounts for _ in first],
        "party": [str(entry.party) for entry in first] * times,
        "line": [entry.line for entry in first] * times,
        "perspective": [entry.perspective for entry in first] * times,
        "quarter": [entry.quarter or None for entry in first] * times,
        "value": [value if math.isfinite(value) else None for value in values],
    }


def entries(one: Statement, run: Period) -> Iterator[Entry]:
    """The lines of one replication. run: its whole length."""
    yield from _returns(one)
    yield from _contract(one)
    yield from _books(one.views[run, "nominal"])
    yield from _cash(one)


def _returns(one: Statement) -> Iterator[Entry]:
    plan = one.plan
    bases: tuple[Basis, ...] = BASES["gross"]
    for basis in bases:
        if basis != "paid":  # savings are true where the contract has paid
            yield Entry(Party.payer, "gross_savings", basis, plan.savings(basis))
        yield Entry(Party.payer, "programme_payments", basis, plan.payments(basis))
        yield Entry(*SURPLUSES["net"], basis, surplus(plan, "net", basis))
        if "guarantee" in points_of("net", plan.contract):
            yield Entry(*ABOVE_GUARANTEE, basis, surplus(plan, "net", basis, "guarantee"))
    for definition, (party, line) in RETURNS.items():
        for basis in BASES[definition]:
            yield Entry(party, line, basis, returned(plan, definition, basis))
    for basis in BASES["owner"]:
        yield Entry(*SURPLUSES["owner"], basis, surplus(plan, "owner", basis))


def _contract(one: Statement) -> Iterator[Entry]:
    settled: dict[str, tuple[Settlement, ...]] = {"true": one.plan.settled_on_truth, "paid": one.settlements}
    for perspective, settlements in settled.items():
        for name in ("fees", "earned", "owed", "paid"):
            yield Entry(Party.payer, f"contract_{name}", perspective, math.fsum(getattr(settlement, name) for settlement in settlements))


def _books(positions: Mapping[str, Positions]) -> Iterator[Entry]:
    for line in LINES:
        for column in ARM_COLUMNS:
            yield Entry(line.party, line.name, column, positions[column][line.party][line.name])


def _cash(one: Statement) -> Iterator[Entry]:
    for quarter, amount in enumerate(one.cash.by_quarter(), 1):
        yield Entry(Party.owner, "cash", "paid", amount, quarter)
    yield Entry(Party.owner, "start_up", "paid", one.cash.start_up)
    month = one.cash.payback_month
    yield Entry(Party.owner, "payback_month", "paid", math.nan if month is None else float(month))
