"""Global capitation of a group by a Medicare Advantage plan, with carve-outs, specific stop-loss and subcontracts.

    RAF        = raw / normalisation * (1 - coding)
    revenue    = (min(bid, benchmark) + rebate * max(0, benchmark - bid)) * RAF * member_months
    benchmark  = (quartile's share + bonus from bonus_from stars) * county fee-for-service cost
    capitation = p * revenue * (1 - C)                                      C: share of the capitation that is carved out
    recovery   = sum over members of k * max(0, c - a)                      c: cost in scope, a: attachment, k: plan's share above it
    margin     = capitation - sum of c - subcontracts - admin - premium + recovery
    a subcontract = units * ((1 - leakage) * price + leakage * leaked_price)

What is carved out is in neither the capitation nor the cost in scope. A subcontracted service stays in scope: the group buys it at a
price, but for the part that leaks to others; its cost is not in the members' costs that stop-loss is laid on. The plan itself
reinsures, so that premium and recovery cancel between plan and group. All continuous; the formula of a subcontract is ours.

Not here: aggregate stop-loss, withholds and hospital risk pools, of which only ranges are known. Sources: as
`scenarios/defaults/contracts/capitation.yaml` says of each constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants


@dataclass(frozen=True)
class Terms:
    """revenue_share: of the plan's revenue; carve_out: of the capitation, for services that are out of scope; attachment: USD of a
    member-year, infinity for no stop-loss; stop_loss_share: what the plan pays of a member's cost above it. Shares are 0..1."""

    carve_out: float
    attachment: float
    stop_loss_share: float
    revenue_share: float

    def __post_init__(self) -> None:
        for name in ("carve_out", "stop_loss_share", "revenue_share"):
            share(name, getattr(self, name))
        if not self.attachment >= 0.0:
            raise ValueError(f"attachment must be at least 0 USD (got {self.attachment})")


@dataclass(frozen=True)
class Subcontract:
    """A service that the group buys. units: of the year; price, leaked_price: USD a unit, from the subcontractor and from others;
    leakage: share of the units that others provide."""

    units: float
    price: float
    leakage: float = 0.0
    leaked_price: float = 0.0

    @property
    def cost(self) -> float:
        """Cost to the group, USD to the cent. Raises ValueError for amounts below 0 and a leakage outside 0..1."""
        share("leakage", self.leakage)
        amount("price", self.price)
        amount("leaked_price", self.leaked_price)
        mean = (1.0 - self.leakage) * self.price + self.leakage * self.leaked_price
        return to_cent(amount("cost of a subcontract", self.units * mean))


@dataclass(frozen=True)
class Settled:
    """A settlement; USD of the year, to the cent. carved_out: capitation that stays with the plan for services out of scope; cost: of
    members in scope, before stop-loss; subcontracts: what the group pays for them."""

    revenue: float
    capitation: float
    carved_out: float
    cost: float
    subcontracts: float
    admin: float
    premium: float
    recovery: float

    @property
    def paid(self) -> float:
        """What the plan pays the group, USD: capitation and recovery less premium."""
        return to_cent(self.capitation + self.recovery - self.premium)

    @property
    def margin(self) -> float:
        """The group's margin, USD."""
        return to_cent(self.paid - self.cost - self.subcontracts - self.admin)

    @property
    def plan_keeps(self) -> float:
        """What is left to the plan, USD, before the cost of carve-outs and its own administration."""
        return to_cent(self.revenue - self.paid)


def terms(*, carve_out: float, attachment: float, stop_loss_share: float, revenue_share: float | None = None) -> Terms:
    """Full delegation with stated carve-out and stop-loss; revenue_share None is as in the YAML."""
    own = constants("capitation")["revenue_share"].value
    return Terms(carve_out, attachment, stop_loss_share, own if revenue_share is None else revenue_share)


def payment_risk(raw: float, normalisation: float) -> float:
    """The risk score that is paid for: normalised, less the coding adjustment. Raises ValueError unless both scores can be."""
    if not (math.isfinite(raw) and raw >= 0.0 and math.isfinite(normalisation) and normalisation > 0.0):
        raise ValueError(f"risk score must be at least 0 and normalisation above 0 (got {raw} and {normalisation})")
    return raw / normalisation * (1.0 - float(constants("capitation")["coding_adjustment"].value))


def benchmark_share(quartile: int, stars: float) -> float:
    """The benchmark, of the county's fee-for-service cost. quartile: from 1, the costliest counties, to 4; stars: 0..5."""
    own = constants("capitation")
    by_quartile = own["benchmark"].value
    if not 1 <= quartile <= len(by_quartile):
        raise ValueError(f"quartile must be between 1 and {len(by_quartile)} (got {quartile})")
    bonus = own["bonus"].value if _stars(stars) >= own["bonus_from"].value else 0.0
    return float(by_quartile[quartile - 1] + bonus)


def rebate_share(stars: float) -> float:
    """The share of the benchmark less the bid that is paid as a rebate. stars: 0..5."""
    rows = constants("capitation")["rebate"].value
    return float(next(part for least, part in reversed(rows) if _stars(stars) >= least))


def _stars(stars: float) -> float:
    if not 0.0 <= stars <= 5.0:
        raise ValueError(f"stars must be between 0 and 5 (got {stars})")
    return stars


def revenue(*, bid: float, benchmark: float, rebate: float, risk: float, member_months: float) -> float:
    """The plan's revenue, USD. bid, benchmark: USD per member-month at a risk score of 1; rebate: 0..1; risk: as paid for."""
    amount("bid", bid)
    amount("benchmark", benchmark)
    base = min(bid, benchmark) + share("rebate", rebate) * max(0.0, benchmark - bid)
    return to_cent(amount("revenue", base * risk * member_months))


def recovery(own: Terms, costs: Iterable[float]) -> float:
    """What stop-loss pays of members' costs in scope (USD of the year), USD."""
    return to_cent(math.fsum(own.stop_loss_share * max(0.0, amount("cost of a member", cost) - own.attachment) for cost in costs))


def settle(
    own: Terms,
    *,
    revenue: float,
    costs: Iterable[float],
    subcontracts: Iterable[Subcontract] = (),
    admin: float = 0.0,
    premium: float = 0.0,
) -> Settled:
    """Settle a year by the formula above; USD. costs: of each member, in scope and not subcontracted; premium: of stop-loss.

    Raises ValueError for amounts below 0.
    """
    whole = to_cent(own.revenue_share * amount("revenue", revenue))
    capitation = to_cent(whole * (1.0 - own.carve_out))
    each = list(costs)
    return Settled(
        revenue=to_cent(revenue),
        capitation=capitation,
        carved_out=to_cent(whole - capitation),
        cost=to_cent(math.fsum(amount("cost of a member", cost) for cost in each)),
        subcontracts=to_cent(math.fsum(one.cost for one in subcontracts)),
        admin=to_cent(amount("admin", admin)),
        premium=to_cent(amount("premium", premium)),
        recovery=recovery(own, each),
    )
