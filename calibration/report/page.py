"""The page of a calibration: one HTML file that loads nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from calibration.calibrating import TOGETHER, WEAKLY, Calibrated
from calibration.keeping import about
from calibration.report import plots
from calibration.showing import number
from calibration.tables import (
    chain_rows,
    emulator_rows,
    fit_rows,
    parameter_rows,
    variant_parameter_rows,
    variant_target_rows,
    wave_rows,
)
from sim.outcomes.store import write_text

REPORT: Final = "report.html"
EMULATORS: Final = (
    "SDs are on the working scale (the logarithm for rates, shares and ratios). z: root mean square of standardised errors, 1 for an "
    "emulator that knows how wrong it is; those of the next wave were foretold before it was run."
)
VARIANTS: Final = (
    "Emulated means under other posteriors: another discrepancy, no term for comparisons that were not randomised, and without each target "
    "that the fit misses. A target that another one keeps out comes in when that one is left out: the two cannot hold together."
)
NOT_FREE: Final = (
    "Prices, contact modes, half-lives and usual care's frequencies were not free: one programme cannot identify them. They stay at "
    "their values here and vary over their priors in a probabilistic sensitivity analysis."
)


@dataclass(frozen=True)
class Section:
    """A part of the page: words, a figure, rows."""

    title: str
    words: tuple[str, ...] = ()
    image: str | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def write_page(done: Calibrated, folder: Path) -> Path:
    """Write report.html. Errors: OSError."""
    path = folder / REPORT
    write_text(path, page(done))
    return path


def page(done: Calibrated) -> str:
    """The HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("calibration.report", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    facts = {key: _flat(value) for key, value in about(done).items()}
    title = f"Calibration: {done.opened.specification.title}"
    return environment.get_template("page.html").render(title=title, sections=sections(done), facts=facts)


def sections(done: Calibrated) -> list[Section]:
    """The parts of the page in order."""
    left = [{"figure": name, "published": block.value, "why": block.why} for name, block in done.opened.targets.not_measured.items()]
    return [
        Section("What came out", tuple(findings(done))),
        _table("Fit", fit_rows(done), "Means and p10-p90 over runs at joint draws; the mean decides. Checks were not fitted."),
        _figure("Prior and posterior predictive", plots.predictive(done)),
        _table("Parameters", parameter_rows(done), "SD ratio: of posterior to prior, in quantiles of the prior; 1: nothing was learnt."),
        _figure("Prior against posterior", plots.marginals(done), "Grey: prior; line: posterior; dotted: the scenario's value."),
        Section("What is not identified", tuple(unidentified(done))),
        _figure("Pairs", plots.pairs(done), f"Pairs with a rank correlation beyond {TOGETHER:g}."),
        _figure("All correlations", plots.correlations(done), "Draws of different stages are independent of each other."),
        _table("Emulators", emulator_rows(done), EMULATORS),
        _table("Waves", wave_rows(done), "Plausible: the share of the prior that is not cut away after the wave."),
        _table("Chains", chain_rows(done)),
        _table("Other assumptions: figures", variant_target_rows(done), VARIANTS),
        _table("Other assumptions: medians of parameters", variant_parameter_rows(done)),
        _table("Not measured", left),
    ]


def findings(done: Calibrated) -> list[str]:
    """The result in sentences."""
    fitted = [row for row in done.posterior if row.use == "fit"]
    checks = [row for row in done.posterior if row.use == "check"]
    words = []
    for rows, what in ((fitted, "fitted figures"), (checks, "figures that were only predicted")):
        inside = sum(row.inside for row in rows)
        words.append(f"{inside} of {len(rows)} {what} lie inside their tolerance.")
        for row in rows:
            if not row.inside:
                span = f"{number(row.lo)} to {number(row.hi)}"
                words.append(
                    f"{row.name}, {row.title}: simulated {number(row.simulated)} (p10-p90 {number(row.sim_lo)} to {number(row.sim_hi)}), "
                    f"published {number(row.value)} ({span})."
                )
    if done.failures:
        words.append(f"Runs that failed: {'; '.join(done.failures[:5])}.")
    return words


def unidentified(done: Calibrated) -> list[str]:
    """What the targets do not say, in words."""
    none = done.not_identified()
    words = []
    if none:
        words.append(
            f"The targets say next to nothing about {', '.join(none)}: the posterior is at least {WEAKLY:.0%} as wide as the prior. "
            "A result that depends on them rests on the prior."
        )
    for first, second, correlation in done.together():
        alike = "one may be high where the other is low" if correlation < 0 else "they may be high or low together"
        words.append(f"{first} and {second} are known together, not one by one: {alike} ({correlation:+.2f}).")
    words.append(NOT_FREE)
    return words


def _table(title: str, rows: Sequence[Mapping[str, Any]], *words: str) -> Section:
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = tuple(tuple(_cell(row.get(column)) for column in columns) for row in rows)
    return Section(title, words, None, columns, cells)


def _figure(title: str, figure: Figure | None, *words: str) -> Section:
    from sim.report.style import png

    if figure is None:
        return Section(title, (*words, "There are none."))
    return Section(title, words, base64.b64encode(png(figure)).decode("ascii"))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else number(float(value))


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_flat(part)}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
