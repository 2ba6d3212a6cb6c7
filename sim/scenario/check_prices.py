"""Faults of prices: amounts of one year that are said to be of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.scenario.looking import Fault, Look

SHIPPED_YEAR: Final = 2006
"""The price year of `scenarios/defaults/prices.yaml`."""
MOST_NAMED: Final = 3


def price_faults(look: Look) -> Iterator[Fault]:
    """Shipped amounts beside a price year that is not theirs: they would be taken for dollars of that year."""
    year = look.plain("run.price_year")
    if not isinstance(year, int) or year == SHIPPED_YEAR:
        return
    shipped = [name for name in look.names("prices") if _is_shipped_amount(look, name)]
    if shipped:
        named = ", ".join(f"prices.{name}" for name in shipped[:MOST_NAMED]) + (", ..." if len(shipped) > MOST_NAMED else "")
        yield Fault.at(
            "run.price_year",
            f"must be {SHIPPED_YEAR} (got {year}): shipped prices are dollars of that year, and {len(shipped)} are in use ({named}); "
            f"prices.trend moves them to the years of the run. Or state all of these in dollars of {year}. Wages, fees and thresholds are "
            "dollars of the years in which they are paid, and never moved",
        )


def _is_shipped_amount(look: Look, name: str) -> bool:
    amount = next((node for key in ("mean", "value") if (node := look.tree.find("prices", name, key)) is not None), None)
    return amount is not None and amount.origin.layer == "default" and "USD" in str(amount.plain())
