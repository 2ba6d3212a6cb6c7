"""ACO REACH, Global and Professional: gains and losses from the first dollar, shared within bands.

    B' = B * (1 - discount) - withhold * B * (1 - Q) + H * member_months      discount: Global only; H: USD per member-month
    S  = B' - E
    payment = sign(S) * B' * sum over bands of share x width of |S| / B' within the band

Q: share of the quality withhold that is earned back; H: health-equity adjustment (published range -10 to +30). Sources: as
`scenarios/defaults/contracts/reach.yaml` says of each constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sim.economics.contracts.bands import Band, bands, shared_rate
from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants

Option = Literal["global", "professional"]


@dataclass(frozen=True)
class Terms:
    """discount, withhold: of the benchmark; bands: of savings or losses, the ACO's share."""

    discount: float
    withhold: float
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Settled:
    """A settlement; USD to the cent. benchmark: after discount, withhold and adjustment (B' above). paid: negative when owed."""

    benchmark: float
    expenditure: float
    savings: float
    savings_rate: float
    paid: float

    @property
    def medicare_keeps(self) -> float:
        """Savings against the adjusted benchmark that stay with Medicare, USD."""
        return to_cent(self.savings - self.paid)


def terms(option: Option, year: int) -> Terms:
    """The terms of an option in a performance year. Raises ValueError for a year that is not known."""
    own = constants("reach")
    if f"years.{year}.discount" not in own:
        known = [name.split(".")[1] for name in own if name.startswith("years.") and name.endswith(".discount")]
        raise ValueError(f"performance year must be one of {', '.join(known)} (got {year})")
    narrowed = option == "global" and year >= own["narrowed.year"].value
    written = own["narrowed.global" if narrowed else f"bands.{option}"].value
    discount = own[f"years.{year}.discount"].value if option == "global" else 0.0
    return Terms(discount, own[f"years.{year}.withhold"].value, bands(written))


def settle(
    own: Terms,
    *,
    benchmark: float,
    expenditure: float,
    quality_earned: float,
    equity_adjustment: float = 0.0,
    member_months: float = 0.0,
) -> Settled:
    """Settle by the formula above. benchmark, expenditure: USD; quality_earned: 0..1; equity_adjustment: USD per member-month.

    Raises ValueError for amounts that cannot be and a benchmark that the adjustments leave at 0 or below.
    """
    amount("benchmark", benchmark, above_zero=True)
    amount("expenditure", expenditure)
    lost = own.withhold * (1.0 - share("quality_earned", quality_earned))
    adjusted = to_cent(benchmark * (1.0 - own.discount - lost) + equity_adjustment * member_months)
    amount("benchmark after adjustments", adjusted, above_zero=True)
    savings = to_cent(adjusted - expenditure)
    rate = savings / adjusted
    paid = math.copysign(adjusted * shared_rate(abs(rate), own.bands), savings)
    return Settled(adjusted, expenditure, savings, rate, to_cent(paid))
