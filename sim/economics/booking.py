"""Turns the tallies of an arm into flows of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.economics.ledger import Cents, Flow, Ledger
from sim.economics.money import cents, spread, spread_each
from sim.economics.parties import CO_INSURED, PAID_TO, PAYMENT_CATEGORIES, PROVIDERS, Category, Party
from sim.economics.settling import Settlement
from sim.economics.terms import EconomicTerms, StaffTerms
from sim.outcomes.results import (
    BASELINE_MONTHS,
    COHORTS,
    COUNTERS,
    MICROSECONDS_PER_MONTH,
    MICROSECONDS_PER_YEAR,
    ArmResult,
    ReplicationResult,
)
from sim.outcomes.windows import MAIN_WINDOW, windows

HOURS_PER_DAY: Final = 24
FOLLOW_UP_DAYS: Final = 30
_SETTLED: Final = (
    (Category.earned, "earned"),
    (Category.owed, "owed"),
    (Category.code_coinsurance, "patient"),
    (Category.outlay, "outlay"),
)
"""What a settlement adds to fees, by the name that it has there."""


def ledgers(result: ReplicationResult, terms: EconomicTerms, settlements: Sequence[Settlement]) -> dict[str, Ledger]:
    """The checked ledgers of both arms. settlements: of the programme arm. Raises LedgerError."""
    usual, programme = result.arms["usual_care"], result.arms["programme"]
    books = {
        "usual_care": Ledger(terms.months, care(usual, terms)),
        "programme": Ledger(terms.months, (*care(programme, terms), *programme_flows(programme, terms))),
    }
    for flow in (*settled(settlements, programme, terms), backfilled(books["programme"], books["usual_care"], terms)):
        books["programme"].post(flow)
    for ledger in books.values():
        ledger.check()
    return books


def care(arm: ArmResult, terms: EconomicTerms) -> Iterator[Flow]:
    """Payments for care by payer, supplemental insurers and patients, and what the care costs hospitals, practices and SNFs.

    The tally says of cost sharing only how much it is: it is divided among providers as it is likely to have come about (_sharing).
    """
    received = {party: _zero(terms) for party in PROVIDERS}
    for category in PAYMENT_CATEGORIES:
        paid = counted(arm, f"pay_{category}")
        received[PAID_TO[category]] += paid
        yield Flow(Party.payer, PAID_TO[category], category, paid)
    likely = _sharing(arm, terms)
    for origin, category in ((Party.patient, Category.patient_share), (Party.supplement, Category.supplement_share)):
        for party, shared in _divided(counted(arm, category), likely).items():
            received[party] += shared
            yield Flow(origin, party, category, shared)
    yield from _costs(arm, terms, received)
    yield _penalty(arm, terms)


def counted(arm: ArmResult, counter: str) -> Cents:
    """A counter over the programme months [cohort, month]."""
    return arm.tally[:, COUNTERS.index(counter), BASELINE_MONTHS:].copy()


def _sharing(arm: ArmResult, terms: EconomicTerms) -> dict[Party, NDArray[np.float64]]:
    """Likely cost sharing by provider [cohort, month]: co-insurance of Part B services, and the rest (deductibles of stays, co-payments of
    SNF days) as the payer's payments for stays and SNF days."""
    shared = (counted(arm, Category.patient_share) + counted(arm, Category.supplement_share)).astype(np.float64)
    likely = {party: np.zeros_like(shared) for party in PROVIDERS}
    for category in CO_INSURED:
        likely[PAID_TO[category]] += terms.co_insurance * counted(arm, f"pay_{category}")
    rest = np.maximum(shared - np.sum([*likely.values()], axis=0), 0.0)
    facility = {category: counted(arm, f"pay_{category}").astype(np.float64) for category in ("inpatient", "snf")}
    whole = np.sum([*facility.values()], axis=0)
    for category, paid in facility.items():
        likely[PAID_TO[category]] += np.divide(rest * paid, whole, out=np.zeros_like(rest), where=whole > 0)
    return likely


def _divided(total: Cents, among: Mapping[Party, NDArray[Any]]) -> dict[Party, Cents]:
    weights = np.stack([np.maximum(likely, 0.0).ravel() for likely in among.values()], axis=1)
    # cost sharing without any payment of the payer (days that only the patient pays) is left with the last, the other providers
    weights[~weights.any(axis=1), -1] = 1.0
    parts = spread_each(total.ravel(), weights)
    return {party: np.ascontiguousarray(part).reshape(total.shape) for party, part in zip(among, parts.T, strict=True)}


def _costs(arm: ArmResult, terms: EconomicTerms, received: dict[Party, Cents]) -> Iterator[Flow]:
    own = terms.economics
    # the tally knows the full cost of stays by the payer's payment; margins are of all income, the patients' share included
    others = received[Party.hospital] - counted(arm, "pay_inpatient")
    full = counted(arm, "hospital_cost") + _scaled(others, terms.hospital_cost)
    variable = _scaled(full, float(own.hospital.variable_share))
    yield Flow(Party.hospital, Party.outside, Category.variable_cost, variable)
    yield Flow(Party.hospital, Party.outside, Category.fixed_cost, full - variable)
    for party, margin in ((Party.snf, own.snf.margin), (Party.practice, own.practice.visit_margin)):
        yield Flow(party, Party.outside, Category.variable_cost, _scaled(received[party], 1.0 - float(margin)))


def _penalty(arm: ArmResult, terms: EconomicTerms) -> Flow:
    """The readmission penalty by the rate of the whole run, both cohorts together, over months with complete follow-up."""
    own = terms.economics.readmission_penalty
    window = windows(terms.run.horizon_us)[MAIN_WINDOW]
    assert window is not None
    followed = window.followed_months(FOLLOW_UP_DAYS, terms.run.horizon_us)
    index, again = (int(arm.tally[:, COUNTERS.index(name), list(followed)].sum()) for name in ("index_discharges", "readmitted_30"))
    excess = max(0.0, again / index / float(own.expected_rate) - 1.0) if index else 0.0
    rates = [min(float(own.exposed_share) * excess, terms.penalty_cap(month)) for month in range(1, terms.months + 1)]
    paid = counted(arm, "pay_inpatient")
    return Flow(Party.hospital, Party.payer, Category.readmission_penalty, np.rint(paid * np.array(rates)).astype(np.int64))


def programme_flows(arm: ArmResult, terms: EconomicTerms) -> Iterator[Flow]:
    """Staff, overhead, management, and payments to and time of physicians.

    What is known for the run only is spread over months: staff by the posts planned, management evenly. In a month the cohorts share it
    by their participants (before there are any, by the eligible).
    """
    run = terms.run
    enrolled = arm.participant_time[:, BASELINE_MONTHS:]
    months = enrolled / MICROSECONDS_PER_MONTH
    hour = float(terms.economics.practice.physician_hour)
    hours_a_month = float(terms.economics.practice.physician_time) * HOURS_PER_DAY
    yield Flow(Party.owner, Party.practice, Category.physician_payment, _dollars(months * run.physician_payment / 12))
    yield Flow(Party.practice, Party.outside, Category.physician_time, _dollars(months * hours_a_month * hour))

    lengths = terms.month_lengths()
    lines = (Category.wage, Category.fringe, Category.recruitment, Category.overhead)
    by_line = {line: np.zeros(len(lengths), np.int64) for line in lines}
    for row in arm.staff:
        role = terms.staff.get(str(row["name"]), StaffTerms(0.0, 0.0, lengths))
        loaded = int(row["cost_cents"])
        wage = round(loaded / (1.0 + role.fringe))
        filled_again = max(0, int(row["hires"]) - int(row["members"]))
        amounts = {
            Category.wage: wage,
            Category.fringe: loaded - wage,
            Category.recruitment: cents(filled_again * role.recruitment),
            Category.overhead: round(loaded * run.overhead_share),
        }
        when = role.planned if any(role.planned) else lengths
        for line, total in amounts.items():
            if total:
                by_line[line] += spread(total, when)
    for line, by_month in by_line.items():
        yield Flow(Party.owner, Party.outside, line, _over_cohorts(by_month, arm))
    management = cents(run.management * run.horizon_us / MICROSECONDS_PER_YEAR)
    by_month = np.array(spread(management, lengths), np.int64)
    yield Flow(Party.owner, Party.outside, Category.management, _over_cohorts(by_month, arm))


def _over_cohorts(by_month: NDArray[np.int64], arm: ArmResult) -> Cents:
    """Cents of each month over cohorts by participants."""
    enrolled, present = (time[:, BASELINE_MONTHS:].T for time in (arm.participant_time, arm.person_time))
    some, anybody = (time.sum(axis=1, keepdims=True) > 0 for time in (enrolled, present))
    weights = np.where(some, enrolled, np.where(anybody, present, 1))
    return np.ascontiguousarray(spread_each(by_month, weights).T)


def _by_time(total: int, *times: NDArray[Any]) -> NDArray[np.int64]:
    """Cents divided by the first of several spans of time in which there is any; evenly when there is none."""
    weights = next((time for time in times if time.any()), np.ones_like(times[0]))
    return np.array(spread(total, weights.ravel().tolist()), np.int64).reshape(weights.shape)


def settled(settlements: Sequence[Settlement], arm: ArmResult, terms: EconomicTerms) -> Iterator[Flow]:
    """Fees, in the months of participation, and what settlements add to them, in the last month of their period.

    Both add up to the settlements' own amounts to the cent; of cohorts that are settled together each has its part of the time.
    """
    booked = {category: _zero(terms) for category in (Category.fee, *(category for category, _ in _SETTLED))}
    for one in settlements:
        rows, months = one.period.cells()
        enrolled, eligible = (time[rows][:, BASELINE_MONTHS:][:, months] for time in (arm.participant_time, arm.person_time))
        booked[Category.fee][rows, months] += _by_time(cents(one.fees), enrolled, eligible)
        for category, name in _SETTLED:
            booked[category][rows, one.period.last - 1] += _by_time(cents(getattr(one, name)), eligible.sum(axis=1, dtype=np.float64))
    yield Flow(Party.payer, Party.owner, Category.fee, booked[Category.fee])
    yield Flow(Party.payer, Party.owner, Category.earned, booked[Category.earned])
    yield Flow(Party.owner, Party.payer, Category.owed, booked[Category.owed])
    yield Flow(Party.patient, Party.owner, Category.code_coinsurance, booked[Category.code_coinsurance])
    yield Flow(Party.payer, Party.owner, Category.outlay, booked[Category.outlay])
    yield Flow(Party.owner, Party.outside, Category.outlay, booked[Category.outlay])


def backfilled(programme: Ledger, usual: Ledger, terms: EconomicTerms) -> Flow:
    """Margin of other payers' stays in beds that the programme freed; negative where it filled more beds than usual care."""
    own = terms.economics.hospital
    freed = usual.account(Party.hospital, "inpatient") - programme.account(Party.hospital, "inpatient")
    margin = float(own.backfill_share) * float(own.backfill_margin)
    return Flow(Party.outside, Party.hospital, Category.backfill, _scaled(freed, margin))


def _zero(terms: EconomicTerms) -> Cents:
    return np.zeros((len(COHORTS), terms.months), np.int64)


def _scaled(amounts: NDArray[Any], factor: float) -> Cents:
    return np.rint(amounts * factor).astype(np.int64)


def _dollars(amounts: NDArray[np.float64]) -> Cents:
    return _scaled(amounts, 100.0)
