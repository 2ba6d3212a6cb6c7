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
from sim.report.economics_tables import detailed_tables
from sim.report.evaluation_tables import evaluation_tables
from sim.report.story import story

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT_OUT: Final = (
    "Parameters are defaults from published sources and stated assumptions. They have not been fitted to the results of "
    "any programme, and what is not known about them is not in the ranges: those are the spread between simulated panels "
    "only.",
    "Until a refresh date new patients join the practices at an assumed rate, afterwards nobody does. Where fewer become newly "
    "eligible than in a real programme, the managers have that much less to do.",
    "Everybody in the panel is alive and in the plan at launch. A simulated past that ends in death or leaving is drawn "
    "again for the same person.",
    "Crises know no hour of the day, weekday or season; there is no influenza, heat wave or epidemic. Routine visits and "
    "staff do keep office hours.",
    "After launch only the study's own patients fill beds: where a scenario limits the beds of a hospital or SNF, nobody "
    "else competes for them. Emergency departments never fill up. Shipped scenarios have unlimited beds.",
    "Physicians and practices have no queue. They have urgent slots, a chance to yield one and a time to answer; their "
    "workload is not counted.",
    "Effects come only from work done for a patient. A change in how physicians practise in general, for better or worse, "
    "is left out, and so is harm from contacts. Routine visits do not become more frequent because of the programme.",
    "Case review, mentoring, care plans, payments to physicians and information systems cost time or money and have no benefit.",
    "Engagement, isolation, family carers and loyalty of a patient stay as they are. Screening finds isolation; nothing ends it.",
    "Staff leave at a constant rate: an overload makes work late but drives nobody out, and a long-serving manager is not "
    "better than one who has just been trained.",
    "Cost is what the payer pays for hospital, ED, observation, SNF, home health, hospice, physicians and outpatient care. "
    "Prescription drugs from the pharmacy, ambulances, inpatient rehabilitation, long-term care hospitals and nursing-home "
    "care are not in it, nor are the time of carers and lost earnings.",
    "Transfers between hospitals, quality of life, symptoms and satisfaction are not simulated.",
    "The contract is a fee per participant-month. Shared savings, guarantees, and what an evaluator would find with a "
    "comparison group are not modelled yet.",
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
        (
            "Use of care, payments and deaths by month; the baseline year is one average. Lines: means; bands: p10 to p90.",
            plots.by_month(run.results),
        ),
        ("Each measure with the programme, compared with usual care on the same patients.", plots.forest(run.results, run.terms)),
        ("What the payer saves and the owner earns.", plots.money(run.results, run.terms)),
    ]
    if run.appraisal:
        shown += detailed_tables(run.appraisal, period)
    if "evaluation" in run.appraisal:
        shown += evaluation_tables(run.appraisal["evaluation"], period)
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
