"""Money of simulated runs: no work saves exactly nothing, and the ledgers of a shipped programme balance."""

from __future__ import annotations

import json

import numpy as np

from sim.economics.accounts import account
from sim.economics.parties import PAYMENT_CATEGORIES, Category, Party
from sim.economics.statement import statement
from sim.economics.summary import summarise
from sim.economics.terms import economic_terms
from sim.outcomes.results import BASELINE_MONTHS, COUNTERS, PAYMENTS
from sim.scenario import load
from sim.simulate import replicate
from tests.economics.cases import PHASE_1

SMALL = (
    "population.size=300",
    "run.horizon=12 months",
    "run.burn_in=1 months",
    "programme.enrolment.refresh.at=6 months",
    "programme.enrolment.refresh.cap=10",
)


def test_a_programme_without_work_saves_exactly_nothing_and_costs_what_its_staff_costs() -> None:
    # everybody is enrolled at launch and nobody does anything with them
    components = [f"programme.components.{name}=null" for name in load(PHASE_1).programme.components]
    scenario = load(PHASE_1, (*SMALL, *components, "programme.enrolment.at_launch=all"))
    terms = economic_terms(scenario)
    tree = summarise([statement(account(replicate(scenario, 1, number, "compiled"), terms)) for number in range(2)], terms)
    assert set(tree["savings"]["true"].values()) == {0.0}
    assert tree["contract"]["fees"]["p10"] > 0
    assert tree["contract"]["paid"]["mean"] == 0.0  # all fees are paid back
    for party in (Party.payer, Party.hospital, Party.snf, Party.patient, Party.other):
        assert {line: value["difference"]["mean"] for line, value in tree["economics"][party].items() if line == "net"} == {"net": 0.0}
    assert tree["economics"]["owner"]["wages"]["programme"]["mean"] < 0


def test_the_ledgers_of_the_shipped_programme_balance_and_hold_every_cent_of_its_tallies() -> None:
    scenario = load(PHASE_1, SMALL)
    result = replicate(scenario, 1, 0, "compiled")
    one = account(result, economic_terms(scenario))
    for name, ledger in one.ledgers.items():
        assert not np.any(sum(ledger.account(party) for party in Party))
        booked = result.arms[name].tally[:, [COUNTERS.index(payment) for payment in PAYMENTS], BASELINE_MONTHS:].sum()
        assert -ledger.account(Party.payer, *PAYMENT_CATEGORIES).sum() == booked > 0
    staff = one.ledgers["programme"].account(Party.owner, Category.wage, Category.fringe).sum()
    assert -staff == result.arms["programme"].staff["cost_cents"].sum()
    json.dumps(summarise([statement(one)], one.terms), allow_nan=False)
