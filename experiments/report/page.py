"""The page of a sweep, and what a sweep adds to the report of a run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from experiments.analysis.analysing import Table, analyse
from experiments.report.parts import sections, sheets
from experiments.sweep.plan import generations, read_plan
from experiments.sweep.store import Collected, collect
from sim.drawn import applied
from sim.outcomes.store import REPORT
from sim.report import tables as report_tables
from sim.report import words
from sim.report.chart import FORMATS
from sim.report.charts.fit import banner
from sim.report.findings import Findings
from sim.report.publishing import publish
from sim.report.section import Origin, Page, Section

MOST_FIRST: Final = 4
MOST_SAID: Final = 3


def write_page(collected: Collected, tables: Sequence[Table], formats: Sequence[str] = FORMATS) -> Path:
    """Write report.html, its figures and its workbook into the folder of the sweep. Errors: StoreError."""
    path = collected.plan.folder / REPORT
    publish(page(collected, tables), sheets(tables), path, formats)
    return path


def page(collected: Collected, tables: Sequence[Table]) -> Page:
    """What the sweep found, the decision first."""
    parts = sections(collected, tables)
    charts = [chart for part in parts for chart in part.charts]
    first = charts[:MOST_FIRST]
    rest = [replace(part, charts=tuple(chart for chart in part.charts if chart not in first)) for part in parts]
    return Page(
        title=words.printable(collected.plan.head.title),
        subtitle=f"sweep of {words.printable(collected.plan.head.scenario)}",
        banner=_banner(collected),
        answer=tuple(f"{chart.title}." for chart in charts[:MOST_SAID]) or ("Nothing has been run that this page could show.",),
        uncertainty=_what(collected),
        first=Section("pictures", "In pictures", tuple(first)),
        sections=tuple(part for part in (*rest, _failures(collected)) if part.holds),
        origins=(_origin(collected), Origin(_experiment(collected), "The experiment as it was written.")),
    )


def read_findings(folder: Path) -> Findings | None:
    """What a sweep adds to the report of a run: an entry point of `caseload report`. None: no folder of a sweep. Errors: SweepError."""
    if not generations(folder):
        return None
    collected = collect(read_plan(folder.absolute()))
    made = analyse(collected, collected.outcomes)
    said = f"From the sweep '{words.printable(collected.plan.head.title)}': {_what(collected)}"
    parts = tuple(
        replace(part, charts=tuple(replace(chart, note=f"{chart.note} {said}") for chart in part.charts))
        for part in sections(collected, made)
    )
    return Findings(_origin(collected), parts, tuple(sheets(made)))


def _banner(collected: Collected) -> str:
    use = applied(collected.plan.base.scenario)
    return banner(None if use is None else words.printable(str(use.posterior.about.get("title", use.posterior.name))), None)


def _what(collected: Collected) -> str:
    plan = collected.plan
    moved = f"{len(plan.head.factors):,} factor{'' if len(plan.head.factors) == 1 else 's'} moved"
    state = "" if collected.complete else " The sweep is not finished: this is of what is done."
    done = f"{len(plan.points):,} design points, {len(collected.point):,} replications; {moved}."
    return f"{done} Every point has the same patients and the same luck.{state}"


def _failures(collected: Collected) -> Section:
    rows = tuple((f"{point}", f"{count:,}", words.printable(reason)) for point, _, count, reason in collected.failures)
    shown = (report_tables.Table("Replications that failed", ("Point", "Replications", "Reason"), rows),) if rows else ()
    return Section("failures", "What failed", tables=shown, reading=True)


def _origin(collected: Collected) -> Origin:
    head = collected.plan.head
    design = ", ".join(f"{key} {value}" for key, value in head.design.items())
    facts = (
        f"{head.title}: scenario {head.scenario} (digest {head.base}), seed {head.seed}, design {design}, model {head.model}. "
        f"Outcomes: {', '.join(head.outcomes)}."
    )
    return Origin(shlex.join(["caseload", "sweep", "run", collected.plan.folder.name]), words.printable(facts))


def _experiment(collected: Collected) -> str:
    return (collected.plan.place / "experiment.yaml").read_text(encoding="utf-8").strip()
