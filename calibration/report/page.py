"""The page of a calibration: what was met, what was not, and what the targets do not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from calibration.calibrating import WEAKLY, Calibrated
from calibration.keeping import about
from calibration.report import charts
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
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.fit import fit_chart, fit_table, fitted_of
from sim.report.publishing import publish
from sim.report.section import Origin, Page, Section
from sim.report.tables import Table
from sim.report.workbook import Sheet

REPORT: Final = "report.html"
EMULATORS: Final = (
    "SDs are on the working scale (the logarithm for rates, shares and ratios). Emulator: of the expected figure; chance: of one "
    "replication; earlier: what the parameters of earlier stages leave open. Explained: by all parameters that varied, those of earlier "
    "stages too. z: root mean square of standardised errors, 1 for an emulator that knows how wrong it is; those of the next wave were "
    "foretold before it was run."
)
VARIANTS: Final = (
    "Emulated means under other posteriors: another discrepancy, no term for comparisons that were not randomised, and without each target "
    "that the fit misses. A target that another one keeps out comes in when that one is left out: the two cannot hold together."
)
NOTHING: Final = 0.0005
CHAINS_AGREE: Final = 1.05
"""Share of the prior below which nothing is plausible, and R-hat up to which chains agree."""
BANNER: Final = (
    "A fit says which parameters go with what was published; it does not say that the model is right, nor what other places will see."
)
PARAMETERS: Final = "SD ratio: of posterior to prior, in quantiles of the prior; 1: nothing was learnt."

Rows = Sequence[Mapping[str, Any]]


def write_page(done: Calibrated, folder: Path) -> Path:
    """Write report.html, its figures and its workbook. Errors: StoreError."""
    path = folder / REPORT
    publish(page(done), sheets(done), path)
    return path


def page(done: Calibrated) -> Page:
    """What the calibration found, misses first."""
    rows = fit_rows(done)
    fitted = [fitted_of(row) for row in rows]
    name = words.printable(done.opened.targets.title)
    answer = findings(done)
    return Page(
        title=words.printable(f"Calibration: {done.opened.specification.title}"),
        subtitle=words.printable(done.opened.scenario_name),
        banner=BANNER,
        answer=tuple(answer[:2]),
        uncertainty=f"Means and p10 to p90 over {len(done.posterior_runs):,} runs at joint draws of the posterior. The mean decides.",
        first=Section("fit", "Published and simulated", (fit_chart(name, fitted), charts.predictive(done, rows))),
        sections=tuple(section for section in _sections(done, answer[2:]) if section.holds or section.points),
        origins=(_origin(done),),
    )


def _sections(done: Calibrated, misses: Sequence[str]) -> list[Section]:
    return [
        Section("misses", "What is missed", tables=(fit_table([fitted_of(row) for row in fit_rows(done)]),), points=tuple(misses)),
        Section("unidentified", "What is not identified", points=tuple(unidentified(done))),
        Section(
            "parameters",
            "Parameters before and after",
            _some(charts.marginals(done), charts.pairs(done), charts.correlations(done)),
            more=(_table("Parameters", parameter_rows(done), PARAMETERS),),
        ),
        Section(
            "assumptions",
            "Under other assumptions",
            more=_tables(
                _table("Figures under other assumptions", variant_target_rows(done), VARIANTS),
                _table("Medians of parameters under other assumptions", variant_parameter_rows(done)),
            ),
        ),
        Section(
            "method",
            "How far the method can be trusted",
            more=_tables(
                _table("Emulators", emulator_rows(done), EMULATORS),
                _table("Waves", wave_rows(done), "Plausible: the share of the prior that is not cut away after the wave."),
                _table("Chains", chain_rows(done)),
            ),
        ),
        Section("not_measured", "Published, but not measured", tables=_tables(_table("Not measured", _unmeasured(done))), reading=True),
    ]


def sheets(done: Calibrated) -> list[Sheet]:
    """Every table with its numbers."""
    parts: dict[str, Rows] = {
        "Fit": fit_rows(done),
        "Parameters": parameter_rows(done),
        "Other assumptions, figures": variant_target_rows(done),
        "Other assumptions, medians": variant_parameter_rows(done),
        "Emulators": emulator_rows(done),
        "Waves": wave_rows(done),
        "Chains": chain_rows(done),
    }
    notes = {"Parameters": PARAMETERS, "Emulators": EMULATORS, "Other assumptions, figures": VARIANTS}
    return [Sheet(name, notes.get(name, name), data_of(rows)) for name, rows in parts.items() if rows]


def data_of(rows: Rows) -> Data:
    """Rows as the numbers of a sheet."""
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    return Data(columns, tuple(tuple(row.get(column) for column in columns) for row in rows))


def findings(done: Calibrated) -> list[str]:
    """The result in sentences: how many figures are met, then each that is not."""
    shown = [fitted_of(row) for row in fit_rows(done)]
    titles = {row.target: row.title for row in shown}
    used = {row.target for row in shown if row.use == "fit"}
    counted, missed = [], _doubts(done)
    for names, what in ((used, "fitted figures"), (titles.keys() - used, "figures that were only predicted")):
        rows = [row for row in done.posterior if row.name in names]
        inside = sum(row.inside for row in rows)
        counted.append(f"{inside} of {len(rows)} {what} lie inside their tolerance.")
        for row in rows:
            if not row.inside:
                span = f"{number(row.lo)} to {number(row.hi)}"
                missed.append(
                    f"{titles[row.name]}: simulated {number(row.simulated)} (p10-p90 {number(row.sim_lo)} to {number(row.sim_hi)}), "
                    f"published {number(row.value)} ({span})."
                )
    if done.failures:
        missed.append(f"Runs that failed: {'; '.join(done.failures[:5])}.")
    return [*counted, *missed]


def _doubts(done: Calibrated) -> list[str]:
    """Stages whose posterior should not be believed as it stands."""
    found = []
    for name, fit in done.stages.items():
        if fit.waves[-1].plausible < NOTHING:
            found.append(f"Stage {name}: nothing in the priors comes near all of its figures at once; what is shown comes nearest.")
        if not fit.chain.r_hat <= CHAINS_AGREE:
            found.append(f"Stage {name}: the chains do not agree (R-hat {fit.chain.r_hat:.2f}): more steps are needed.")
    return found


def unidentified(done: Calibrated) -> list[str]:
    """What the targets do not say, in words."""
    none = done.not_identified()
    found = []
    if none:
        found.append(
            f"The targets say next to nothing about {', '.join(none)}: the posterior is at least {WEAKLY:.0%} as wide as the prior. "
            "A result that depends on them rests on the prior."
        )
    for first, second, correlation in done.together():
        alike = "one may be high where the other is low" if correlation < 0 else "they may be high or low together"
        found.append(f"{first} and {second} are known together, not one by one: {alike} ({correlation:+.2f}).")
    others = Counter(name.split(".")[0] for name in done.opened.base.uncertain if name not in done.names)
    if others:
        of = ", ".join(f"{count} of {branch}" for branch, count in others.most_common())
        found.append(
            f"Not free, as one programme cannot identify them: {others.total()} other uncertain numbers of the scenario ({of}). They stay "
            "at their values here and vary over their priors in a probabilistic sensitivity analysis."
        )
    return found


def _unmeasured(done: Calibrated) -> Rows:
    return [{"figure": name, "published": block.value, "why": block.why} for name, block in done.opened.targets.not_measured.items()]


def _origin(done: Calibrated) -> Origin:
    facts = {key: _flat(value) for key, value in about(done).items()}
    kept = ("scenario", "scenario_digest", "targets", "targets_digest", "model_version", "caseload", "date", "seed", "draws", "discrepancy")
    said = "; ".join(f"{key.replace('_', ' ')} {facts[key]}" for key in kept)
    return Origin("caseload calibrate FILE", words.printable(f"{said}. Stages: {facts['stages']}. R-hat: {facts['r_hat']}."))


def _some(*made: Chart | None) -> tuple[Chart, ...]:
    return tuple(chart for chart in made if chart is not None)


def _tables(*made: Table) -> tuple[Table, ...]:
    return tuple(table for table in made if table.rows)


def _table(title: str, rows: Rows, note: str = "") -> Table:
    data = data_of(rows)
    return Table(
        title, tuple(f"{name[:1].upper()}{name[1:]}" for name in data.columns), tuple(tuple(map(_cell, row)) for row in data.rows), note
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return words.printable(value)
    return f"{value:,}" if isinstance(value, int) else number(float(value))


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_flat(part)}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
