"""The report: one HTML file with everything in it, the figures as files beside it, and a workbook; made from results folders only."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from sim.outcomes.measures import MEASURES
from sim.outcomes.provenance import model_version
from sim.outcomes.staff_months import MONTH_MEASURES
from sim.outcomes.staffing import STAFF_MEASURES
from sim.outcomes.store import StoreError
from sim.outcomes.windows import windows
from sim.report import evidence, tables, words
from sim.report.answer import answer, uncertainty
from sim.report.appendix import appendices
from sim.report.chart import FORMATS, Chart
from sim.report.charts.care import care_charts, flow, watch
from sim.report.charts.evaluation import evaluation_chart
from sim.report.charts.fit import banner, fit_of, fit_section
from sim.report.charts.log import Log, log_charts, read_log
from sim.report.charts.money import carried_fee, cash, returns, savings
from sim.report.charts.parties import gains_table, parties, payers_waterfall
from sim.report.charts.staff import staff_charts
from sim.report.charts.workload import weeks, workload_charts
from sim.report.comparison import comparison_answer, comparison_charts, comparison_tables, distinct_names
from sim.report.economics_tables import detailed_tables, settlement_tables
from sim.report.enrolment import enrolment_table
from sim.report.evaluation_tables import evaluation_tables
from sim.report.findings import joined, read_findings, sheets_of
from sim.report.publishing import publish
from sim.report.reading import Reading, is_run, read
from sim.report.section import Origin, Page, Section
from sim.report.tables import Table
from sim.report.workbook import comparison_sheets, run_sheets
from sim.report.workload_tables import workload_tables


def write_report(folders: Sequence[Path], path: Path, events: Path | None = None, formats: Sequence[str] = FORMATS) -> None:
    """Read results folders and write the page of one run or the comparison of several, its figures and its workbook.

    folders: of runs, at least one, and of what others have found about them, as `findings` reads it. events: the folder of the event
    log of a single run. Errors: StoreError.
    """
    runs = [read(folder) for folder in folders if is_run(folder)]
    found = [read_findings(folder) for folder in folders if not is_run(folder)]
    if not runs:
        raise StoreError(
            f"{', '.join(map(str, folders))}: no folder of a run among them; a sweep and a calibration have pages of their own"
        )
    if events is not None and len(runs) > 1:
        raise StoreError("an event log is for the report of one run; leave it out for several")
    try:
        log = None if events is None else read_log(events, runs[0])
        page = run_page(runs[0], log) if len(runs) == 1 else comparison_page(runs)
        sheets = run_sheets(runs[0]) if len(runs) == 1 else comparison_sheets(runs)
    except KeyError as error:
        others = [str(run.folder) for run in runs if run.record.get("model_version") != model_version()]
        if not others:
            raise
        raise StoreError(f"{', '.join(others)}: written by another version of caseload, without {error}; run it again") from error
    publish(joined(page, found), [*sheets, *sheets_of(found)], path, formats)


# One run ----------------------------------------------------------------------------------------------------------------------


def run_page(run: Reading, log: Log | None = None) -> Page:
    """The page of one run, with what its event log tells if there is one."""
    period = f"programme months 1-{run.months}"
    return Page(
        title=run.title,
        subtitle=run.name,
        banner=_banner(run),
        answer=tuple(answer(run)),
        uncertainty=uncertainty(run),
        first=Section("pictures", "In four pictures", charts=(*_money_first(run), *care_charts(run))),
        sections=tuple(section for section in _sections(run, log, period) if section.holds),
        origins=(_origin(run),),
    )


def _money_first(run: Reading) -> list[Chart]:
    return [savings(run), returns(run)] if run.appraised else []


def _sections(run: Reading, log: Log | None, period: str) -> list[Section]:
    tree = run.summary
    titles = {name: window.title for name, window in windows(run.horizon_us).items() if window}
    by_part = [tables.window_table(tree, titles)]
    if (tree["population"].get("refresh") or {"mean": None})["mean"]:
        by_part.append(tables.cohort_table(tree))
    use = (tables.population_table(tree), *tables.outcome_tables(tree, period))
    money = [gains_table(run, period), *settlement_tables(tree)] if run.appraised else []
    more_money = [table for table in detailed_tables(tree, period) if table not in money] if run.appraised else []
    evaluated = evaluation_tables(tree["evaluation"], period) if "evaluation" in tree else []
    staff = [tables.staff_table(tree), tables.component_table(tree)] if tree["staff"] else []
    enrolled = enrolment_table(run)
    drawn = (parties(run), payers_waterfall(run), cash(run), *_some(carried_fee(run))) if run.appraised else ()
    listed = (evidence.parameters_table(run.parameters),) if run.parameters else ()
    return [
        _foundations(run),
        Section("use", "Patients and their care", _some(flow(run)), use, more=tuple(by_part)),
        Section("money", "Who pays and who gains", drawn, tuple(money), tuple(more_money)),
        Section("evaluation", "What an evaluation would find", _some(evaluation_chart(run)), *_split(evaluated)),
        Section(
            "staff",
            "Staff and their work",
            (*staff_charts(run), *workload_charts(run)),
            (*staff[:1], *(() if enrolled is None else (enrolled,))),
            tuple(staff[1:]),
        ),
        Section("nurses", "For the nurse manager", _some(weeks(run)), *_split(workload_tables(run))),
        Section("log", "What averted the crises, and when the work was done", tuple(log_charts(log)) if log is not None else ()),
        Section("watch", "What to watch in the first year", _some(watch(run))),
        *_fit(run),
        Section("parameters", "Every parameter, the weakest evidence first", more=listed, reading=True),
        Section("appendices", "Reporting checklists", more=tuple(appendix.table() for appendix in appendices(run)), reading=True),
        Section("definitions", "What each measure means", more=(definitions_table(),), reading=True),
    ]


def _split(each: Sequence[Table]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """The first table, and those that are shown when asked for."""
    return tuple(each[:1]), tuple(each[1:])


def _some(chart: Chart | None) -> tuple[Chart, ...]:
    return () if chart is None else (chart,)


def _banner(run: Reading) -> str:
    posterior, found = run.record.get("posterior"), fit_of(run)
    return banner(None if posterior is None else words.printable(str(posterior["name"])), None if found is None else found[1])


def _fit(run: Reading) -> list[Section]:
    found = fit_of(run)
    return [] if found is None else [fit_section(*found)]


def _foundations(run: Reading) -> Section:
    parameters = run.parameters
    text = (
        "The weakest parts first: what the model leaves out, then how well its numbers are known. Each number's source is further below.",
    )
    shown = (evidence.grades_table(parameters),) if parameters else ()
    return Section("evidence", "What this rests on", tables=shown, text=text, points=tuple(evidence.limits()), reading=True)


def definitions_table() -> Table:
    """Every measure with its definition, numerator, denominator and unit."""
    rows: list[tuple[str, ...]] = [(m.title, m.name, m.definition, m.numerator, m.denominator, m.unit) for m in MEASURES]
    rows += [(m.title, m.name, m.definition, "", "", m.unit) for m in STAFF_MEASURES]
    rows += [(f"{m.title}, by month", m.name, "Of a role in a month.", m.numerator, m.denominator, m.unit) for m in MONTH_MEASURES]
    return Table("Measures", ("Measure", "Name in files", "Definition", "Numerator", "Denominator", "Unit"), tuple(rows))


# Several runs -----------------------------------------------------------------------------------------------------------------


def comparison_page(runs: Sequence[Reading]) -> Page:
    """The page of several runs side by side: what differs between them, then what follows."""
    names = distinct_names(runs)
    scenarios = [run.scenario for run in runs]
    known = all(scenario is not None for scenario in scenarios)
    differing = (evidence.differences_table(scenarios, names),) if known else ()
    seeds = {run.summary["seed"] for run in runs}
    luck = (
        "All have the same seed: differences are paired replication by replication."
        if len(seeds) == 1
        else "The runs have different seeds: part of their differences is chance."
    )
    first, rest = comparison_charts(runs, names)
    return Page(
        title=f"{len(runs)} scenarios compared",
        subtitle=", ".join(names),
        banner=_banner(next((run for run in runs if run.summary["uncalibrated"]), runs[0])),
        answer=tuple(comparison_answer(runs, names)),
        uncertainty=luck,
        first=Section("pictures", "What differs, and what follows", charts=tuple(first), tables=differing),
        sections=(
            Section("numbers", "In numbers", tuple(rest), tuple(comparison_tables(runs, names)), text=(tables.HOW_TO_READ,)),
            _foundations(runs[0]),
        ),
        origins=tuple(_origin(run) for run in runs),
    )


def _origin(run: Reading) -> Origin:
    record, tree = run.record, run.summary
    again = shlex.join(["caseload", "run", str(run.folder / "scenario.yaml"), "--seed", str(tree["seed"])])
    versions = ", ".join(f"{name} {number}" for name, number in (record.get("versions") or {}).items() if number)
    facts = (
        f"{run.name}: seed {tree['seed']}, {run.replications:,} replications, {tree['clock']} clock, "
        f"finished {record.get('finished', '')}. "
        f"Caseload {record.get('caseload', '')}, commit {record.get('git_commit') or 'not known'}, scenario digest {tree['digest']}. "
        f"{versions}."
    )
    return Origin(words.printable(str(record.get("command") or again)), facts)
