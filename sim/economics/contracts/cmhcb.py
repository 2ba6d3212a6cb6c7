"""Care Management for High-Cost Beneficiaries (CMHCB): a fee per participant-month at risk for a guaranteed net saving.

    gross = T - E                       T: expected cost of the whole intervention group by its comparison, E: its actual cost, USD
    net   = gross - fees, g = net / T   fees: of participants only
    if g <  G: payback = min(fees, (G - g) * T), share = 0        no cap with payback_cap 'none'
    if g >= G: payback = 0, share = T * sum over bands of share x width of b within the band
    b     = g (base 'net') or gross / T (base 'gross')

The source does not say which base the bands have, so `both` settles on either. On the net base what the provider keeps is
continuous in savings; on the gross base it jumps at the guarantee. Break-even gross saving of the guarantee: G + fees / T.

Source: Kodner 2015 (doi 10.5334/ijic.2245); the cap on the payback is from memory. Constants with grades:
`scenarios/defaults/contracts/cmhcb.yaml`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sim.economics.contracts.bands import Band, bands, shared_rate
from sim.economics.money import amount, to_cent
from sim.scenario.constants import constants

Base = Literal["net", "gross"]
PaybackCap = Literal["fees", "none"]


@dataclass(frozen=True)
class Terms:
    """guarantee: smallest net saving, of the target; bands: what the provider keeps of savings above it; payback_cap: `fees` (no
    more than those) or `none`; base: the savings that the bands are laid on."""

    guarantee: float
    bands: tuple[Band, ...]
    payback_cap: PaybackCap = "fees"
    base: Base = "net"


@dataclass(frozen=True)
class Settled:
    """A settlement; USD to the cent, rates of the target. Payment to the provider and what Medicare keeps add up to `gross`."""

    target: float
    expenditure: float
    fees: float
    gross: float
    net: float
    net_rate: float
    base: Base
    payback: float
    share: float
    guarantee_met: bool
    payback_capped: bool

    @property
    def paid(self) -> float:
        """What Medicare pays the provider under the contract, USD: fees and share less payback."""
        return to_cent(self.fees + self.share - self.payback)

    @property
    def medicare_keeps(self) -> float:
        """Medicare's net saving after settlement, USD."""
        return to_cent(self.gross - self.paid)


def terms(cohort: Literal["original", "refresh"] = "original", *, base: Base | None = None, payback_cap: PaybackCap | None = None) -> Terms:
    """The demonstration's terms for a cohort; base and payback_cap None are as in the YAML."""
    own = constants("cmhcb")
    written = [*own["bands"].value]
    corridors = bands([*written, [written[-1][1], None, own["share_beyond"].value]])
    return Terms(
        guarantee=float(own[f"guarantee.{cohort}"].value),
        bands=corridors,
        payback_cap=payback_cap or own["payback_cap"].value,
        base=base or own["base"].value,
    )


def settle(own: Terms, *, target: float, expenditure: float, fees: float, base: Base | None = None) -> Settled:
    """Settle by the formula above; all amounts USD over the same months. base: None is that of the terms. Raises ValueError for amounts
    below 0."""
    base = base or own.base
    amount("target", target, above_zero=True)
    amount("expenditure", expenditure)
    gross = to_cent(target - expenditure)
    net = to_cent(gross - amount("fees", fees))
    rate = net / target
    met = rate >= own.guarantee
    most = fees if own.payback_cap == "fees" else math.inf
    short = 0.0 if met else max(to_cent(own.guarantee * target - net), 0.0)
    base_rate = rate if base == "net" else gross / target
    return Settled(
        target=target,
        expenditure=expenditure,
        fees=fees,
        gross=gross,
        net=net,
        net_rate=rate,
        base=base,
        payback=to_cent(min(short, most)),
        share=to_cent(target * shared_rate(base_rate, own.bands)) if met else 0.0,
        guarantee_met=met,
        payback_capped=short > most,
    )


def both(own: Terms, *, target: float, expenditure: float, fees: float) -> dict[Base, Settled]:
    """The settlement on either base of the bands."""
    bases: tuple[Base, ...] = ("net", "gross")
    return {base: settle(own, target=target, expenditure=expenditure, fees=fees, base=base) for base in bases}


def break_even_gross_rate(own: Terms, *, target: float, fees: float) -> float:
    """The gross saving, of the target, at which nothing is paid back: G + fees / T."""
    return own.guarantee + amount("fees", fees) / amount("target", target, above_zero=True)
