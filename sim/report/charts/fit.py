"""How a calibrated model stands to what is published: the fit that a calibration keeps beside its posterior."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from sim.outcomes.store import StoreError
from sim.outcomes.summary import caveat
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import CHARACTERS_PER_INCH, Rung, height, ladder
from sim.report.reading import Reading
from sim.report.section import Section
from sim.report.style import PROGRAMME, PURPLE, SHADE, USUAL, Paper
from sim.report.tables import Table
from sim.report.wording import inside
from sim.scenario.posterior import fit_beside

UNIT: Final = "half-widths of the tolerance from its middle"
CHECK: Final = " (check)"
FARTHEST: Final = 6.0
"""Half-widths of the tolerance beyond which a figure is drawn at the edge; its label says where it is."""
_OF: Final = {
    "usual_care": "usual care",
    "programme": "programme",
    "ratio": "programme / usual care",
    "difference": "programme - usual care",
    "m7_18": "months 7-18",
    "baseline": "baseline",
}
"""The first word of `of` is an arm, a second one a window, a third one what it is divided by."""


@dataclass(frozen=True)
class Fitted:
    """A published figure (with its tolerance lo to hi) and the simulated one: mean, p10 to p90 over draws of the posterior."""

    target: str
    measure: str
    of: str
    use: str
    published: float
    lo: float
    hi: float
    prior: float | None
    simulated: float | None
    p10: float | None
    p90: float | None
    inside: bool

    @property
    def title(self) -> str:
        """`C3: Hospital admissions, programme / usual care, months 7-18 / baseline`."""
        parts = [_said(word) for word in self.of.split()]
        known = [part for at, part in enumerate(parts) if not (at and part == "programme")]
        relative = f"{', '.join(known[:2])} / {known[2]}" if len(known) > 2 else ", ".join(known)
        return f"{self.short}{f', {relative}' if relative else ''}"

    @property
    def short(self) -> str:
        """`C3: Hospital admissions`."""
        name = self.measure if "." not in self.measure else words.name(_end(self.measure))
        return f"{self.target}: {name}"

    def within(self, longest: int) -> str:
        """The title with so many of its parts as `longest` characters hold."""
        parts = self.title.split(", ")
        while len(parts) > 1 and len(", ".join(parts)) > longest:
            parts.pop()
        return ", ".join(parts)

    def placed(self, value: float | None) -> float:
        """Distance from the middle of the tolerance in its half-widths, no farther than the figure reaches."""
        if value is None:
            return float("nan")
        return max(-FARTHEST, min(FARTHEST, (value - (self.lo + self.hi) / 2) / ((self.hi - self.lo) / 2)))


def _said(word: str) -> str:
    """An arm, a window or a change of the scenario in words."""
    key, changed, value = word.partition("=")
    return f"{inside(words.name(_end(key)))} {value}" if changed else _OF.get(word, word)


def _end(name: str) -> str:
    """The last two parts of a dotted name."""
    return " ".join(name.split(".")[-2:])


def fitted_of(row: Mapping[str, Any]) -> Fitted:
    """A row of a fit, as a calibration's table or its CSV file has it. Errors: KeyError, ValueError."""
    fields: dict[str, Any] = {key: words.printable(str(row[key] or "")) for key in ("target", "measure", "of", "use")}
    fields |= {key: float(row[key]) for key in ("published", "lo", "hi")}
    fields |= {key: _number(row[key]) for key in ("prior", "simulated", "p10", "p90")}
    return Fitted(**fields, inside=row["inside"] == "in")


def _number(value: Any) -> float | None:
    return None if value is None or value == "" or value != value else float(value)


def read_fit(path: Path) -> list[Fitted]:
    """The fit in a CSV file. Errors: StoreError."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [fitted_of(row) for row in csv.DictReader(stream)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read as the fit of a calibration ({type(error).__name__}: {error})") from error


def fit_of(run: Reading) -> tuple[str, list[Fitted]] | None:
    """The posterior that a run draws from and its fit; None when it draws from none, or from one that keeps no fit."""
    if run.loaded is None or run.loaded.drawn_from is None:
        return None
    posterior = run.loaded.drawn_from.posterior
    found = fit_beside(posterior)
    return None if found is None else (words.printable(posterior.stem), read_fit(found))


def banner(posterior: str | None, fit: Sequence[Fitted] | None) -> str:
    """What must be known before any dollar is read. posterior: that parameters are drawn from, None if they are not drawn."""
    return caveat(posterior, "" if fit is None else f", which meets {_met(fit)}")


def _met(rows: Sequence[Fitted]) -> str:
    """`15 of 19 published figures it was fitted to, and 2 of 6 that it was not`."""
    fitted, checks = ([row for row in rows if row.use == use] for use in ("fit", "check"))
    text = f"{sum(row.inside for row in fitted)} of {len(fitted)} published figures it was fitted to"
    return f"{text}, and {sum(row.inside for row in checks)} of {len(checks)} that it was not" if checks else text


def fit_section(name: str, rows: Sequence[Fitted]) -> Section:
    """The fit as a part of a page."""
    return Section("fit", "How the calibrated model stands to what is published", (fit_chart(name, rows),), more=(fit_table(rows),))


def fit_chart(name: str, rows: Sequence[Fitted]) -> Chart:
    """Published against simulated, each as a distance from the middle of what is published."""
    title = f"Calibrated to {name}, the model meets {_met(rows)}"

    def draw(paper: Paper) -> Figure:
        longest = int(CHARACTERS_PER_INCH * paper.width) - len(CHECK)
        rungs = [_rung(row, row.title if paper.columns > 1 else row.within(longest)) for row in rows]
        figure, (axis,) = paper.panels(1, height(rungs, paper.width))
        axis.axvspan(-1, 1, color=SHADE, zorder=0)
        ladder(axis, rungs, UNIT, reference=None)
        axis.set_xlim(-FARTHEST - 0.3, FARTHEST + 0.3)
        return figure

    note = (
        "Numbers: what is published, with its tolerance, then what is simulated. Grey: the tolerance. Dot and bar: mean and p10 to p90 "
        "over runs at joint draws of the posterior; dark stroke: mean before fitting. Blue: inside; orange: outside; purple: a check, "
        "only predicted, and outside. The mean decides."
    )
    columns = ("target", "figure", "use", "published", "tolerance, from", "to", "before fitting, mean", "simulated, mean", "p10", "p90")
    data = tuple(
        (row.target, row.title, row.use, row.published, row.lo, row.hi, row.prior, row.simulated, row.p10, row.p90) for row in rows
    )
    return Chart("fit", title, note, Data(columns, data), draw)


def _rung(row: Fitted, name: str) -> Rung:
    label = f"{_shown(row.published)} ({_shown(row.lo)} to {_shown(row.hi)}), simulated {_shown(row.simulated)}"
    colour = PROGRAMME if row.inside else PURPLE if row.use == "check" else USUAL
    low, high = (None if value is None else row.placed(value) for value in (row.p10, row.p90))
    truth = None if row.prior is None else row.placed(row.prior)
    return Rung(name if row.use == "fit" else f"{name}{CHECK}", label, row.placed(row.simulated), low, high, colour, truth=truth)


def fit_table(rows: Sequence[Fitted]) -> Table:
    """The same in numbers."""
    columns = ("Figure", "Published", "Tolerance", "Before fitting", "Simulated, mean", "p10 to p90", "Inside")
    return Table("Published and simulated figures", columns, tuple(_cells(rows)), "Checks were predicted and never fitted.")


def _cells(rows: Sequence[Fitted]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        name = row.title if row.use == "fit" else f"{row.title}{CHECK}"
        spans = [f"{_shown(low)} to {_shown(high)}" for low, high in ((row.lo, row.hi), (row.p10, row.p90))]
        verdict = "yes" if row.inside else "no"
        yield name, _shown(row.published), spans[0], _shown(row.prior), _shown(row.simulated), spans[1], verdict


def _shown(value: float | None) -> str:
    if value is None:
        return words.NOT_KNOWN
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
