"""Medicaid ACO of the MassHealth type: a total-cost-of-care target shared outside a corridor, and a care-management add-on.

    T = rate * risk * member_months              target, USD of the year; carve-outs are in neither T nor E
    E = sum over members of min(c, a) + (1 - k) * max(0, c - a)        c: cost, a: stop-loss attachment, k: its share
    S = T - E
    |S| / T < d:  shared = 0
    otherwise:    shared = r * clip(S, -cap * T, cap * T), times the quality modifier if S > 0
    paid = shared + add_on

First-dollar sharing: once outside the corridor d the whole of S is shared, so that the payment jumps at d by r * d * T and is
continuous elsewhere. The exact corridors of MassHealth were not found: generic parameters, all of grade assumption, in
`scenarios/defaults/contracts/medicaid_aco.yaml`; the corridor and the attachment must be stated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants


@dataclass(frozen=True)
class Terms:
    """corridor, cap: of the target; sharing_rate: of savings and losses; attachment: USD of a member-year, infinity for no stop-loss;
    stop_loss_share: of a member's cost above it; quality_least: smallest modifier of a gain. Shares are 0..1."""

    corridor: float
    attachment: float
    sharing_rate: float
    cap: float
    stop_loss_share: float
    quality_least: float

    def __post_init__(self) -> None:
        for name in ("corridor", "sharing_rate", "cap", "stop_loss_share", "quality_least"):
            share(name, getattr(self, name))
        if not self.attachment >= 0.0:
            raise ValueError(f"attachment must be at least 0 USD (got {self.attachment})")


@dataclass(frozen=True)
class Settled:
    """A settlement; USD to the cent. One of earned and owed is 0; capped: the cap was what decided; add_on: care-management payment."""

    target: float
    expenditure: float
    savings: float
    savings_rate: float
    earned: float
    owed: float
    add_on: float
    capped: bool

    @property
    def paid(self) -> float:
        """What Medicaid pays, USD; negative when the ACO owes more than its add-on."""
        return to_cent(self.earned - self.owed + self.add_on)

    @property
    def medicaid_keeps(self) -> float:
        """Savings that stay with Medicaid, USD: savings less what it pays."""
        return to_cent(self.savings - self.paid)


def terms(*, corridor: float, attachment: float, sharing_rate: float | None = None, cap: float | None = None) -> Terms:
    """The generic terms with a stated corridor and attachment; None is as in the YAML."""
    own = constants("medicaid_aco")
    return Terms(
        corridor=corridor,
        attachment=attachment,
        sharing_rate=own["sharing_rate"].value if sharing_rate is None else sharing_rate,
        cap=own["cap"].value if cap is None else cap,
        stop_loss_share=own["stop_loss_share"].value,
        quality_least=own["quality_least"].value,
    )


def target(rate: float, risk: float, member_months: float) -> float:
    """The target, USD. rate: USD per member-month at a risk score of 1; risk: mean score (clinical and social)."""
    return to_cent(amount("target", rate * risk * member_months))


def expenditure(own: Terms, costs: Iterable[float]) -> float:
    """The expenditure that counts, USD, of members' costs in scope (USD of the year): what stop-loss takes over is left out."""
    counted = (
        min(amount("cost of a member", cost), own.attachment) + (1.0 - own.stop_loss_share) * max(0.0, cost - own.attachment)
        for cost in costs
    )
    return to_cent(math.fsum(counted))


def settle(own: Terms, *, target: float, expenditure: float, quality_modifier: float = 1.0, add_on: float = 0.0) -> Settled:
    """Settle by the formula above; USD of the year. add_on: of all members and months.

    Raises ValueError for amounts below 0 and a modifier outside `quality_least` to 1.
    """
    amount("target", target, above_zero=True)
    amount("expenditure", expenditure)
    amount("add_on", add_on)
    if not own.quality_least <= quality_modifier <= 1.0:
        raise ValueError(f"quality_modifier must be between {own.quality_least} and 1 (got {quality_modifier})")
    savings = to_cent(target - expenditure)
    rate = savings / target
    counts = savings != 0 and abs(rate) >= own.corridor
    most = own.cap * target
    shared = own.sharing_rate * min(abs(savings), most) if counts else 0.0
    return Settled(
        target=target,
        expenditure=expenditure,
        savings=savings,
        savings_rate=rate,
        earned=to_cent(quality_modifier * shared) if savings > 0 else 0.0,
        owed=to_cent(shared) if savings < 0 else 0.0,
        add_on=to_cent(add_on),
        capped=counts and abs(savings) > most,
    )
