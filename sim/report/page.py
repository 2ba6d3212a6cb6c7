"""The report: one HTML file with everything in it, made from results folders only."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.outcomes.measures import BY_NAME, MEASURES
from sim.outcomes.results import BASELINE_MONTHS
from sim.outcomes.staffing import STAFF_MEASURES
from sim.outcomes.store import StoredRun, StoreError, read_run, write_text
from sim.outcomes.summary import summarise
from sim.outcomes.windows import windows
from sim.report import plots, tables, words
from sim.report.story import story

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT_OUT: Final = (
    "The parameters are defaults from published sources and stated assumptions; they have not been fitted to a programme's results.",
    "The ranges are the spread between simulated panels; what is not known about the parameters is not in them yet.",
    "The contract is a fee per participant-month; shared savings, guarantees and a comparison group are not modelled here.",
    "Payments to physicians, case review, mentoring and information systems cost money and have no benefit in the model.",
    "Effects come only from work that staff do for patients; a programme's effect on how physicians practise in general is left out.",
    "Results describe the simulated panel. Another population needs its own panel and its own usual care.",
)


def write_report(folders: Sequence[Path], path: Path) -> None:
    """Read one or more results folders and write the page. Errors: StoreError."""
    runs = [read_run(folder) for folder in folders]
    html = run_page(runs[0]) if len(runs) == 1 else comparison_page(runs)
    try:
        write_text(path, html)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def run_page(run: StoredRun) -> str:
    """The page of one run."""
    summary = summarise(run.summary, run.results, run.terms)
    period = f"programme months 1-{run.results[0].arms['programme'].tally.shape[2] - BASELINE_MONTHS}"
    titles = {name: window.title for name, window in windows(run.terms.horizon_us).items() if window}
    shown = [tables.population_table(summary), *tables.outcome_tables(summary, period), tables.window_table(summary, titles)]
    if _mean(summary["population"].get("refresh")):
        shown.append(tables.cohort_table(summary))
    figures = [
        ("Use of care, payments and deaths by month. Lines: means; bands: p10 to p90 over replications.", plots.by_month(run.results)),
        ("Each measure with the programme, compared with usual care on the same patients.", plots.forest(run.results, run.terms)),
        ("What the payer saves and the owner earns.", plots.money(run.results, run.terms)),
    ]
    staff_tables = []
    if summary["staff"]:
        staff_tables = [tables.staff_table(summary), tables.component_table(summary)]
        figures.append(("How busy each role is, where its hours go and what becomes of the tasks.", plots.staff(summary)))
    return _render(
        "run.html",
        title=words.printable(run.summary.title),
        scenario=words.printable(run.summary.scenario),
        note=summary["note"],
        story=story(summary, run.terms),
        figures=_embedded(figures),
        tables=shown,
        staff_tables=staff_tables,
        how_to_read=tables.HOW_TO_READ,
        left_out=LEFT_OUT,
        definitions=[
            *((m.title, m.name, m.definition, m.unit) for m in MEASURES),
            *((m.title, m.name, m.definition, m.unit) for m in STAFF_MEASURES),
        ],
        runs=[_provenance(run)],
    )


def comparison_page(runs: Sequence[StoredRun]) -> str:
    """The page of several runs side by side, with the caseload curve when they differ in one role's posts."""
    summaries = [summarise(run.summary, run.results, run.terms) for run in runs]
    names = _distinct([run.summary.scenario for run in runs], [run.folder.name for run in runs])
    shown = []
    for title, measures in tables.SECTIONS:
        rows = tuple(
            (tables.measure_label(name), *(words.spread(summary["arms"]["programme"][name], BY_NAME[name].unit) for summary in summaries))
            for name in measures
        )
        shown.append(tables.Table(f"{title} with the programme, whole programme period", ("", *names), rows))
    staff_tables = []
    for name, summary in zip(names, summaries, strict=True):
        table = tables.staff_table(summary)
        staff_tables.append(tables.Table(f"{name}: staff (means)", table.columns, table.rows, table.note))
    figures = []
    role = varied_role(summaries)
    if role:
        figures.append((f"The same programme with different numbers of {role.replace('_', ' ')}s.", plots.caseload_curve(summaries, role)))
    seeds = {run.summary.seed for run in runs}
    lines = [f"{len(runs)} runs side by side: {', '.join(names)}."]
    lines.append("All have the same seed." if len(seeds) == 1 else "The runs have different seeds: part of their differences is chance.")
    return _render(
        "run.html",
        title="Comparison of runs",
        scenario="",
        note=summaries[0]["note"],
        story=lines,
        figures=_embedded(figures),
        tables=shown,
        staff_tables=staff_tables,
        how_to_read=tables.HOW_TO_READ,
        left_out=LEFT_OUT,
        definitions=[],
        runs=[_provenance(run) for run in runs],
    )


def varied_role(summaries: Sequence[Mapping[str, Any]]) -> str | None:
    """The role whose planned FTE differs between the runs; the one that differs most when several do."""
    shared = [role for role in summaries[0]["staff"] if all(role in summary["staff"] for summary in summaries)]
    ranges = {}
    for role in shared:
        posts = [_mean(summary["staff"][role]["fte"]) or 0.0 for summary in summaries]
        ranges[role] = max(posts) - min(posts)
    widest = max(ranges, key=lambda role: ranges[role], default=None)
    return widest if widest is not None and ranges[widest] > 0 else None


def _distinct(names: list[str], folders: list[str]) -> list[str]:
    return [words.printable(name) for name in (names if len(set(names)) == len(names) else folders)]


def _mean(statistics: Mapping[str, float | None] | None) -> float | None:
    return statistics["mean"] if statistics else None


def _embedded(figures: Sequence[tuple[str, Figure]]) -> list[tuple[str, str]]:
    return [(caption, base64.b64encode(plots.png(figure)).decode("ascii")) for caption, figure in figures]


def _provenance(run: StoredRun) -> dict[str, str]:
    record = run.record
    versions = record.get("versions") or {}
    command = str(
        record.get("command") or shlex.join(["caseload", "run", str(run.folder / "scenario.yaml"), "--seed", str(run.summary.seed)])
    )
    return {
        "scenario": words.printable(run.summary.scenario),
        "command": words.printable(command),
        "seed": str(run.summary.seed),
        "replications": str(len(run.results)),
        "clock": run.summary.clock,
        "finished": str(record.get("finished", "")),
        "caseload": str(record.get("caseload", "")),
        "commit": str(record.get("git_commit") or "not known"),
        "digest": run.summary.digest,
        "versions": ", ".join(f"{name} {number}" for name, number in versions.items() if number),
    }


def _render(template: str, **values: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(template).render(**values)
