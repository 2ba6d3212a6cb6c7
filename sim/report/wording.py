"""Short pieces of sentences for titles and labels."""

from __future__ import annotations

from sim.report import words
from sim.scenario.meaning import meaning_of


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


def parameter(name: str) -> str:
    """A parameter in the planner's words: its meaning up to the first semicolon, after the role or component that it belongs to.

    `usual_care.decline.onset` -> `Onset of terminal decline at risk score 1 and age 76`, `programme.staff.case_manager.fte` ->
    `Case manager: full-time posts`. A name that the schema does not know, such as a lever's own, in words.
    """
    found = meaning_of(name)
    if found is None:
        return words.name(words.printable(name.rpartition(".")[2]))
    meaning = found[0].partition(";")[0]
    return f"{words.printable(words.name(found[1]))}: {inside(meaning)}" if found[1] else meaning


def inside(title: str) -> str:
    """A title within a sentence: with a small first letter, unless the first word is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
