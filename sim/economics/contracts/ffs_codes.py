"""Fee-for-service care-management codes (CCM, PCM, TCM): paid only for work that was done.

    a patient-month of m minutes, by a service's first code (from a minutes) and its further code (each b minutes more, at most k):
    first   = 1 if m >= a and the patient has enough conditions, else 0
    further = first * min(floor((m - a) / b), k)
    billed  = first * price + further * further_price

    a discharge: billed once, and only if the contact was made within the contact days and the visit within the visit days:
    high complexity and visit within the high code's days: that code; else at least moderate and within the moderate code's days: that
    one; else nothing. A discharge within the period of one that was billed is not billed.

    patient = coinsurance * billed, paid = billed - patient        to the cent, code by code

A patient-month is billed as one service: minutes are never counted twice. Consent, plan and access at any hour are the caller's to
grant. Prices are of different years. Sources: as `scenarios/defaults/contracts/ffs_codes.yaml` says of each constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants

Service = Literal["ccm", "complex_ccm", "ccm_physician", "pcm_physician", "pcm_staff"]
Complexity = Literal["low", "moderate", "high"]


@dataclass(frozen=True)
class Terms:
    """A timed service. minutes: of the first code; further_minutes: of each further one; further_most: None has no limit; prices: USD;
    conditions: fewest; condition_months: how long a condition must last to count; coinsurance: the patient's share, 0..1."""

    code: str
    minutes: float
    price: float
    conditions: int
    condition_months: int
    coinsurance: float
    further_code: str | None = None
    further_minutes: float = math.inf
    further_price: float = 0.0
    further_most: int | None = 0

    def __post_init__(self) -> None:
        share("coinsurance", self.coinsurance)
        amount("price", self.price)
        amount("further_price", self.further_price)
        if not (self.minutes > 0 and self.further_minutes > 0):
            raise ValueError(f"minutes of a code must be above 0 (got {self.minutes} and {self.further_minutes})")


@dataclass(frozen=True)
class TransitionTerms:
    """Transitional care. contact_days: business days, visit days and period_days: days, all from discharge; prices: USD."""

    contact_days: float
    moderate_code: str
    moderate_days: float
    moderate_price: float
    high_code: str
    high_days: float
    high_price: float
    period_days: float
    coinsurance: float

    def __post_init__(self) -> None:
        share("coinsurance", self.coinsurance)
        amount("moderate_price", self.moderate_price)
        amount("high_price", self.high_price)


@dataclass(frozen=True)
class Discharge:
    """A discharge and what followed. day: of discharge; contact: business days to the first contact, visit: days to the visit, None
    where there was none; complexity: of medical decision making."""

    day: float
    contact: float | None
    visit: float | None
    complexity: Complexity = "moderate"


@dataclass(frozen=True)
class Settled:
    """What was billed, USD to the cent. codes: number billed of each; billed = paid (by Medicare) + patient (coinsurance)."""

    codes: dict[str, int]
    billed: float
    patient: float

    @property
    def paid(self) -> float:
        """What Medicare pays, USD."""
        return to_cent(self.billed - self.patient)


def _constant(name: str) -> Any:
    return constants("ffs_codes")[name].value


def terms(service: Service) -> Terms:
    """The terms of a timed service."""
    own = f"timed.{service}"
    return Terms(
        code=_constant(f"{own}.code"),
        minutes=float(_constant(f"{own}.minutes")),
        price=float(_constant(f"{own}.price")),
        conditions=int(_constant(f"{own}.conditions")),
        condition_months=int(_constant(f"{own}.condition_months")),
        coinsurance=float(_constant("coinsurance")),
        further_code=_constant(f"{own}.further_code"),
        further_minutes=float(_constant(f"{own}.further_minutes")),
        further_price=float(_constant(f"{own}.further_price")),
        further_most=_constant(f"{own}.further_most"),
    )


def transition_terms() -> TransitionTerms:
    """The terms of transitional care management."""
    return TransitionTerms(
        contact_days=float(_constant("tcm.contact_days")),
        moderate_code=_constant("tcm.moderate.code"),
        moderate_days=float(_constant("tcm.moderate.visit_days")),
        moderate_price=float(_constant("tcm.moderate.price")),
        high_code=_constant("tcm.high.code"),
        high_days=float(_constant("tcm.high.visit_days")),
        high_price=float(_constant("tcm.high.price")),
        period_days=float(_constant("tcm.period_days")),
        coinsurance=float(_constant("coinsurance")),
    )


def units(own: Terms, minutes: float, conditions: int) -> tuple[int, int]:
    """How often the first and the further code are billed for a patient-month. conditions: those that last long enough.

    Raises ValueError for minutes that are negative or not finite.
    """
    if not 0.0 <= minutes < math.inf:
        raise ValueError(f"minutes must be at least 0 and finite (got {minutes})")
    if minutes < own.minutes or conditions < own.conditions:
        return 0, 0
    further = math.floor((minutes - own.minutes) / own.further_minutes)
    return 1, further if own.further_most is None else min(further, own.further_most)


def settle(own: Terms, months: Iterable[tuple[float, int]]) -> Settled:
    """Bill patient-months, each its minutes and the patient's number of conditions, by the formula above."""
    return settle_alike(own, ((minutes, conditions, 1) for minutes, conditions in months))


def settle_alike(own: Terms, months: Iterable[tuple[float, int, int]]) -> Settled:
    """The same with patient-months that are alike counted together: minutes, conditions, how many."""
    billed = [(units(own, minutes, conditions), number) for minutes, conditions, number in months]
    first, further = sum(one * number for (one, _), number in billed), sum(more * number for (_, more), number in billed)
    lines = [(own.code, first, own.price)]
    if own.further_code is not None:
        lines.append((own.further_code, further, own.further_price))
    return _settled(lines, own.coinsurance)


def transition_code(own: TransitionTerms, discharge: Discharge) -> str | None:
    """The code that a discharge can be billed with, None for none."""
    if discharge.contact is None or discharge.visit is None or discharge.contact > own.contact_days:
        return None
    if discharge.complexity == "high" and discharge.visit <= own.high_days:
        return own.high_code
    return own.moderate_code if discharge.complexity != "low" and discharge.visit <= own.moderate_days else None


def settle_transitions(own: TransitionTerms, discharges: Iterable[Discharge]) -> Settled:
    """Bill the discharges of one patient by the formula above, in the order of their days."""
    counts = {own.moderate_code: 0, own.high_code: 0}
    free_from = -math.inf
    for discharge in sorted(discharges, key=lambda one: one.day):
        code = transition_code(own, discharge)
        if code is not None and discharge.day >= free_from:
            counts[code] += 1
            free_from = discharge.day + own.period_days
    prices = {own.moderate_code: own.moderate_price, own.high_code: own.high_price}
    return _settled([(code, number, prices[code]) for code, number in counts.items()], own.coinsurance)


def _settled(lines: Iterable[tuple[str, int, float]], coinsurance: float) -> Settled:
    own = [(code, number, to_cent(price), to_cent(coinsurance * price)) for code, number, price in lines if number]
    billed = to_cent(math.fsum(number * price for _, number, price, _ in own))
    patient = to_cent(math.fsum(number * part for _, number, _, part in own))
    return Settled({code: number for code, number, _, _ in own}, billed, patient)
