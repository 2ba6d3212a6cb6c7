"""Return on investment by three definitions that are never mixed, and where each breaks even.

    gross   = gross savings / payments                                       breaks even at 1
    net     = (gross savings - payments) / target                            breaks even at 0, and at the guarantee
    owner   = (received - programme cost + change of own margin) / programme cost      breaks even at 0

Each on up to three bases, of one replication and in nominal USD of the whole run:

    true      savings are true, payments are the fees; the owner receives what the contract pays on the true figures
    measured  savings as measured, payments are the fees
    paid      savings are true, payments are fees and settlement on the measured figures; so is what the owner receives

Source: inputs 5.10 (definitions); the bases are ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from sim.economics.measured import Measured
from sim.economics.settling import Settlement, cmhcb_terms, risk_adjusted_target, settle_contract
from sim.outcomes.measures import divide
from sim.outcomes.summary import statistics

if TYPE_CHECKING:
    from sim.scenario.model.contract import Contract

Definition = Literal["gross", "net", "owner"]
Basis = Literal["true", "measured", "paid"]
Point = Literal["break_even", "guarantee"]
Lever = Literal["fee", "enrolment", "effect", "staffing"]

BASES: Final[dict[Definition, tuple[Basis, ...]]] = {
    "gross": ("true", "measured", "paid"),
    "net": ("true", "measured", "paid"),
    "owner": ("true", "paid"),
}
LEVERS: Final[tuple[Lever, ...]] = ("fee", "enrolment", "effect", "staffing")
GRID: Final = 24
"""Stretches of a lever's range in which a break-even is looked for."""
WIDEST: Final = 10.0
"""A factor on effect or staffing is looked for up to here."""


@dataclass(frozen=True)
class Plan:
    """What a return depends on, over the whole run and all cohorts; USD.

    truth, measured: figures of the same periods; staff_cost: grows with staff, overhead and recruitment included; fixed_cost:
    management; physician_cost: grows with participants; own_margin: change of the owner's own margin, below 0 when foregone.
    """

    contract: Contract
    truth: tuple[Measured, ...]
    measured: tuple[Measured, ...]
    staff_cost: float
    fixed_cost: float
    physician_cost: float
    own_margin: float

    @property
    def programme_cost(self) -> float:
        """What the owner spends."""
        return self.staff_cost + self.fixed_cost + self.physician_cost

    def figures(self, basis: Basis) -> tuple[Measured, ...]:
        """Those whose savings count."""
        return self.measured if basis == "measured" else self.truth

    @cached_property
    def settled_on_truth(self) -> tuple[Settlement, ...]:
        """Settlements of the true figures."""
        return tuple(settle_contract(self.contract, one) for one in self.truth)

    @cached_property
    def settled(self) -> tuple[Settlement, ...]:
        """Settlements of the measured figures: what is paid."""
        return tuple(settle_contract(self.contract, one) for one in self.measured)

    def target(self, basis: Basis) -> float:
        """Target of the whole run."""
        return math.fsum(one.target for one in self.figures(basis))

    def savings(self, basis: Basis) -> float:
        """Gross savings; measured ones against the target that the contract is settled on, which its rule for risk has moved."""
        if basis == "measured":
            return math.fsum(risk_adjusted_target(self.contract.kind, one) - one.actual for one in self.measured)
        return math.fsum(one.gross for one in self.truth)

    def payments(self, basis: Basis) -> float:
        """What the payer pays for the programme."""
        if basis == "paid":
            return math.fsum(one.paid for one in self.settled)
        return float(self.contract.fee) * math.fsum(one.participant_months for one in self.figures(basis))

    def received(self, basis: Basis) -> float:
        """What the owner receives and keeps, co-insurance of codes included."""
        return math.fsum(one.paid - one.outlay + one.patient for one in (self.settled_on_truth if basis == "true" else self.settled))

    # -- levers --------------------------------------------------------------------------------------------------------

    def at(self, lever: Lever, value: float) -> Plan:
        """The plan with a fee of `value` USD per participant-month, or with enrolment, effect or staffing times `value`.

        True savings and own margin grow with enrolment and with effect; measured savings move with the true ones and keep their error.
        The effect does not change with staffing.
        """
        if lever == "fee":
            fee = replace(self.contract.fee, value=value)
            return replace(self, contract=self.contract.model_copy(update={"fee": fee}))
        if lever == "staffing":
            return replace(self, staff_cost=self.staff_cost * value)
        participants, physicians = (value, self.physician_cost * value) if lever == "enrolment" else (1.0, self.physician_cost)
        added = [(value - 1.0) * one.gross for one in self.truth]
        return replace(
            self,
            truth=tuple(_with(one, more, participants) for one, more in zip(self.truth, added, strict=True)),
            measured=tuple(_with(one, more, participants) for one, more in zip(self.measured, added, strict=True)),
            physician_cost=physicians,
            own_margin=self.own_margin * value,
        )

    def widest(self, lever: Lever) -> float:
        """Up to where a lever can go: everybody enrolled, nothing left to save, a fee that nothing could pay for."""
        if lever == "fee":
            months = math.fsum(one.participant_months for one in self.truth)
            return divide(max(self.target("true"), self.target("measured"), 2 * self.programme_cost), months)
        if lever == "enrolment":
            limits = [one.eligible_months / one.participant_months for one in self.truth if one.participant_months > 0]
        else:
            limits = [WIDEST]
        if lever != "staffing":
            limits += [
                1.0 + _in_programme(one) / true.gross
                for seen in (self.truth, self.measured)
                for true, one in zip(self.truth, seen, strict=True)
                if true.gross > 0
            ]
        return min(limits, default=1.0)


def _in_programme(one: Measured) -> float:
    """Spending that the programme can save."""
    return max(0.0, one.actual - (one.assigned.elsewhere if one.assigned else 0.0))


def _with(one: Measured, savings: float, participants: float) -> Measured:
    """Figures with so many USD more saved, and so many times the participants."""
    return replace(one, actual=max(0.0, one.actual - savings), participant_months=one.participant_months * participants)


def surplus(plan: Plan, definition: Definition, basis: Basis, point: Point = "break_even") -> float:
    """USD above the point of a definition, below 0 for what is missing."""
    if definition == "owner":
        return plan.received(basis) - plan.programme_cost + plan.own_margin
    return plan.savings(basis) - plan.payments(basis) - (promised(plan, basis) if point == "guarantee" else 0.0)


def promised(plan: Plan, basis: Basis) -> float:
    """The net saving that the contract guarantees, USD; 0 for a kind without a guarantee."""
    if plan.contract.kind != "cmhcb":
        return 0.0
    return math.fsum(cmhcb_terms(plan.contract, one.period.cohort).guarantee * one.target for one in plan.figures(basis))


def returned(plan: Plan, definition: Definition, basis: Basis) -> float:
    """The return; NaN where nothing is paid or spent, so that there is none."""
    if definition == "gross":
        paid = plan.payments(basis)
        return plan.savings(basis) / paid if paid > 0 else math.nan
    return divide(surplus(plan, definition, basis), plan.target(basis) if definition == "net" else plan.programme_cost)


def points_of(definition: Definition, contract: Contract) -> tuple[Point, ...]:
    """The points that a definition can pass: its own break-even and, of the net saving rate with cmhcb, the guarantee."""
    return ("break_even", "guarantee") if definition == "net" and contract.kind == "cmhcb" else ("break_even",)


def break_even(plans: Sequence[Plan], lever: Lever, definition: Definition, basis: Basis, point: Point = "break_even") -> float | None:
    """The value of a lever at which the mean surplus over replications is 0, the nearest to where it stands; None: there is none.

    Where the surplus jumps over 0 (a contract that pays all at once) it is the place of the jump. Staffing moves the owner's return only.
    Enrolment moves measured savings and fees alike, all but the error of measurement: where that is 0 on average as far as the
    replications tell, there is no break-even.
    """
    if lever == "staffing" and definition != "owner":
        return None
    if (
        lever == "enrolment"
        and basis == "measured"
        and _zero_on_average([surplus(plan.at(lever, 0.0), definition, basis, point) for plan in plans])
    ):
        return None
    now = float(plans[0].contract.fee) if lever == "fee" else 1.0
    high = min((plan.widest(lever) for plan in plans), default=math.nan)
    if not (math.isfinite(high) and high > 0):
        return None

    def mean(value: float) -> float:
        return math.fsum(surplus(plan.at(lever, value), definition, basis, point) for plan in plans) / len(plans)

    settles = lever != "staffing" and (definition == "owner" or basis == "paid")  # else the surplus is a straight line
    return nearest_root(mean, 0.0, max(high, now), now, stretches=GRID if settles else 1)


def _zero_on_average(values: Sequence[float]) -> bool:
    """Whether 0 is within the Monte-Carlo error of a mean; not where that error is unknown."""
    seen = statistics(values)
    return seen["lo"] is not None and seen["hi"] is not None and seen["lo"] <= 0.0 <= seen["hi"]


def nearest_root(function: Callable[[float], float], low: float, high: float, near: float, stretches: int = GRID) -> float | None:
    """Of the places above `low` and up to `high` where a function passes 0 the one nearest to `near`; None: it does not.

    It is looked for in `stretches` parts of the range. A zero at `low` itself does not count: without participants everything is 0.
    """
    from scipy.optimize import brentq

    places = sorted({low + (high - low) * at / stretches for at in range(stretches + 1)} | {near})
    values = [function(place) for place in places]
    roots = []
    for (left, at_left), (right, at_right) in pairwise(zip(places, values, strict=True)):
        if at_left * at_right < 0:
            roots.append(float(brentq(function, left, right, xtol=1e-9 * max(1.0, high))))
        elif at_right == 0 and at_left != 0:
            roots.append(right)
        elif at_left == 0 and at_right != 0 and left > low:
            roots.append(left)
    return min(roots, key=lambda root: abs(root - near), default=None)
