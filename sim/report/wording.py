"""Short pieces of sentences for titles and labels."""

from __future__ import annotations

from sim.report import words


def percent(share: float | None) -> str:
    """A chance or share in whole percents; what is not quite all or nothing does not read as all or nothing."""
    if share is None:
        return words.NOT_KNOWN
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 < share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"


def interval(statistics: words.Statistics, unit: str, *, signed: bool = False) -> str:
    """Mean with p10 to p90; sums in millions say so once."""
    low, high = statistics["p10"], statistics["p90"]
    mean = statistics["mean"]
    if unit == "USD" and mean is not None and low is not None and high is not None and statistics["sd"] and abs(mean) >= 1e6:
        ends = [words.number(value, unit, signed=signed).replace(" million", "m") for value in (mean, low, high)]
        return f"{ends[0]} ({ends[1]} to {ends[2]})"
    return words.spread(statistics, unit, signed=signed)
