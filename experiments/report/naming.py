"""What outcomes and parameters are called on a page, and the unit of an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.economics.lines import LINES
from sim.economics.rows import figure_of
from sim.outcomes.measures import BY_NAME, COHORT_CHOICES
from sim.outcomes.staffing import STAFF_BY_NAME
from sim.outcomes.windows import WINDOW_NAMES
from sim.report import words
from sim.report.wording import inside, parameter

ARMS: Final = {"usual_care": "usual care", "programme": "programme", "difference": "programme - usual care"}
BASES: Final = ("true", "measured", "paid")
SHARES: Final = ("share", "probability")
_PARTIES: Final = {(str(line.party.value), line.name): line.title for line in LINES}


@dataclass(frozen=True)
class Named:
    """title: in words; unit: as measures give it; empty where nobody says."""

    title: str
    unit: str

    @property
    def scale(self) -> float:
        """Factor from the outcome to what a figure's axis shows: shares in %, large sums in millions."""
        return 100.0 if self.unit in SHARES else 1e-6 if self.unit == "USD" else 1.0

    @property
    def axis(self) -> str:
        """The unit of a figure's axis."""
        return "%" if self.unit in SHARES else "million USD" if self.unit == "USD" else self.unit

    def text(self, value: float | None, *, signed: bool = False) -> str:
        """A value of the outcome, short: sums from 100,000 USD on in millions."""
        if value is None or value != value:
            return words.NOT_KNOWN
        if signed and self.unit in SHARES:
            return f"{100 * value:+.1f} points"
        if self.unit == "USD" and abs(value) >= 1e5:
            return f"{'-' if value < 0 else '+' if signed else ''}${abs(value) / 1e6:,.2f}m"
        return words.number(value, self.unit, signed=signed)

    def said(self, value: float | None, *, signed: bool = False) -> str:
        """The same with its unit, for a sentence."""
        plain = self.unit in (*SHARES, "USD", "ratio", "count", "")
        unit = {"USD per month": "a month"}.get(self.unit, self.unit)
        return f"{self.text(value, signed=signed)}{'' if plain else f' {unit}'}"

    @property
    def inside(self) -> str:
        """The title within a sentence."""
        return inside(self.title)


def named(outcome: str) -> Named:
    """The name of an outcome; one with - in front is wanted small."""
    if outcome.startswith("-"):
        inner = named(outcome[1:])
        return Named(f"-({inner.title})", inner.unit)
    parts = outcome.split(".")
    if parts[0] in ARMS and parts[-1] in BY_NAME:
        measure = BY_NAME[parts[-1]]
        arm = "" if measure.programme_only and parts[0] == "programme" else f" ({ARMS[parts[0]]})"
        return Named(", ".join((measure.title + arm, *map(_inside, parts[1:-1]))), measure.unit)
    if parts[0] == "staff" and len(parts) == 3 and parts[-1] in STAFF_BY_NAME:
        measure_of_staff = STAFF_BY_NAME[parts[-1]]
        return Named(f"{measure_of_staff.title}, {_plain(parts[1])}", measure_of_staff.unit)
    if parts[0] == "economics" and len(parts) >= 3:
        line = _PARTIES.get((parts[1], parts[2]), words.name(parts[2]))
        party = "" if line.lower().startswith(parts[1][:4]) else f"{words.name(parts[1])}: "
        return Named(f"{party}{line} ({ARMS['difference' if parts[-1] == 'difference' else 'programme']})", "USD")
    figure = figure_of(outcome)
    if figure is not None:
        basis = f" ({parts[-1]})" if parts[0] == "roi" and parts[-1] in BASES else ""
        return Named(figure.title + basis, figure.unit)
    if outcome == "contract.pays_back":
        return Named("Chance of paying back", "probability")
    shares = parts[-1].endswith("_share")
    return Named(words.name(" ".join(parts[1:])), "share" if shares else "count" if parts[0] in ("population", "components") else "")


def _inside(part: str) -> str:
    """A cohort or window."""
    if part in COHORT_CHOICES:
        return f"cohort {part}"
    return f"months {part[1:].replace('_', '-')}" if part in WINDOW_NAMES and part[1:2].isdigit() else _plain(part)


def _plain(identifier: str) -> str:
    return words.printable(identifier).replace("_", " ")


def factor_inside(name: str) -> str:
    """A factor's name within a sentence."""
    return inside(parameter(name))


def level(value: object) -> str:
    """The level of a factor."""
    if value is None:
        return "as in the scenario"
    return f"{value:.4g}" if isinstance(value, float) else words.printable(str(value)).replace("_", " ")
