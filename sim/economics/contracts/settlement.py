"""What settlements have in common that end in an amount earned or an amount owed."""

from __future__ import annotations

from sim.economics.money import to_cent


class EarnedOrOwed:
    """Of earned and owed one is 0; savings: against the benchmark, USD, below 0 for losses."""

    savings: float
    earned: float
    owed: float

    @property
    def paid(self) -> float:
        """What Medicare pays, USD; negative when the other party owes."""
        return to_cent(self.earned - self.owed)

    @property
    def medicare_keeps(self) -> float:
        """Savings that stay with Medicare, USD: savings less what it pays."""
        return to_cent(self.savings - self.paid)
