"""The report: one HTML file with everything in it, the figures as files beside it, and a workbook; made from results folders only."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from sim.outcomes.measures import MEASURES
from sim.outcomes.provenance import model_version
from sim.outcomes.staffing import STAFF_MEASURES
from sim.outcomes.store import StoreError, write_bytes, write_text
from sim.outcomes.windows import windows
from sim.report import evidence, tables, words
from sim.report.answer import answer, uncertainty
from sim.report.appendix import appendices
from sim.report.chart import Chart, Rendered
from sim.report.charts.care import care_charts, flow, watch
from sim.report.charts.evaluation import evaluation_chart
from sim.report.charts.log import Log, log_charts, read_log
from sim.report.charts.money import carried_fee, cash, returns, savings
from sim.report.charts.parties import gains_table, parties, payers_waterfall
from sim.report.charts.staff import staff_charts
from sim.report.comparison import comparison_answer, comparison_charts, comparison_tables, distinct_names
from sim.report.economics_tables import detailed_tables, settlement_tables
from sim.report.evaluation_tables import evaluation_tables
from sim.report.reading import Reading, read
from sim.report.tables import Table
from sim.report.workbook import comparison_sheets, run_sheets, workbook


@dataclass(frozen=True)
class Section:
    """A part of the page. anchor: its place for links; more: tables shown when asked for; reading: its tables hold text, not numbers."""

    anchor: str
    title: str
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    more: tuple[Table, ...] = ()
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    reading: bool = False


@dataclass(frozen=True)
class Page:
    """What a page says, in its order."""

    title: str
    subtitle: str
    banner: str
    answer: tuple[str, ...]
    uncertainty: str
    first: Section
    sections: tuple[Section, ...]
    runs: tuple[dict[str, str], ...]

    @property
    def parts(self) -> tuple[Section, ...]:
        """The first screen's and all others."""
        return (self.first, *self.sections)

    @property
    def charts(self) -> list[Chart]:
        """All figures, in the order of the page."""
        return [chart for section in self.parts for chart in section.charts]


def write_report(folders: Sequence[Path], path: Path, events: Path | None = None) -> None:
    """Read one or more results folders and write the page, `<stem>_files/` with the figures, and `<stem>.xlsx`.

    events: the folder of the event log of a single run. Errors: StoreError.
    """
    runs = [read(folder) for folder in folders]
    try:
        log = None if events is None else read_log(events, runs[0])
        page = run_page(runs[0], log) if len(runs) == 1 else comparison_page(runs)
        sheets = run_sheets(runs[0]) if len(runs) == 1 else comparison_sheets(runs)
    except KeyError as error:
        others = [str(run.folder) for run in runs if run.record.get("model_version") != model_version()]
        if not others:
            raise
        raise StoreError(f"{', '.join(others)}: written by another version of caseload, without {error}; run it again") from error
    beside = path.with_name(f"{path.stem}_files")
    try:
        beside.mkdir(exist_ok=True)
        drawn = {chart.key: chart.rendered() for chart in page.charts}
        for rendered in drawn.values():
            for name, content in rendered.files.items():
                write_bytes(beside / name, content)
        write_bytes(path.with_suffix(".xlsx"), workbook(page.title, page.banner, sheets, page.charts))
        write_text(path, html(page, drawn))
    except OSError as error:
        raise StoreError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


# One run ----------------------------------------------------------------------------------------------------------------------


def run_page(run: Reading, log: Log | None = None) -> Page:
    """The page of one run, with what its event log tells if there is one."""
    tree = run.summary
    period = f"programme months 1-{run.months}"
    return Page(
        title=run.title,
        subtitle=run.name,
        banner=tree["note"],
        answer=tuple(answer(run)),
        uncertainty=uncertainty(run),
        first=Section("pictures", "In four pictures", charts=(*_money_first(run), *care_charts(run))),
        sections=tuple(section for section in _sections(run, log, period) if section.charts or section.tables or section.more),
        runs=(_provenance(run),),
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
    drawn = (parties(run), payers_waterfall(run), cash(run), *_some(carried_fee(run))) if run.appraised else ()
    listed = (evidence.parameters_table(run.parameters),) if run.parameters else ()
    return [
        _foundations(run),
        Section("use", "Patients and their care", _some(flow(run)), use, more=tuple(by_part)),
        Section("money", "Who pays and who gains", drawn, tuple(money), tuple(more_money)),
        Section("evaluation", "What an evaluation would find", _some(evaluation_chart(run)), *_split(evaluated)),
        Section("staff", "Staff and their work", tuple(staff_charts(run)), *_split(staff)),
        Section("log", "What averted the crises, and when the work was done", tuple(log_charts(log)) if log is not None else ()),
        Section("watch", "What to watch in the first year", _some(watch(run))),
        Section("parameters", "Every parameter, the weakest evidence first", more=listed, reading=True),
        Section("appendices", "Reporting checklists", more=tuple(appendix.table() for appendix in appendices(run)), reading=True),
        Section("definitions", "What each measure means", more=(definitions_table(),), reading=True),
    ]


def _split(each: Sequence[Table]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """The first table, and those that are shown when asked for."""
    return tuple(each[:1]), tuple(each[1:])


def _some(chart: Chart | None) -> tuple[Chart, ...]:
    return () if chart is None else (chart,)


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
        banner=runs[0].summary["note"],
        answer=tuple(comparison_answer(runs, names)),
        uncertainty=luck,
        first=Section("pictures", "What differs, and what follows", charts=tuple(first), tables=differing),
        sections=(
            Section("numbers", "In numbers", tuple(rest), tuple(comparison_tables(runs, names)), text=(tables.HOW_TO_READ,)),
            _foundations(runs[0]),
        ),
        runs=tuple(_provenance(run) for run in runs),
    )


# HTML -------------------------------------------------------------------------------------------------------------------------


def html(page: Page, drawn: Mapping[str, Rendered]) -> str:
    """The page as one file that needs no other. drawn: its figures by key."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("sim.report", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = files("sim.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    shown = {key: {paper: Markup(svg) for paper, svg in rendered.shown.items()} for key, rendered in drawn.items()}
    data = {chart.key: f"data:text/csv;charset=utf-8,{quote(chart.data.csv())}" for chart in page.charts}
    return environment.get_template("report.html.j2").render(page=page, style=Markup(style), drawn=shown, data=data)


def _provenance(run: Reading) -> dict[str, str]:
    record = run.record
    versions = record.get("versions") or {}
    again = shlex.join(["caseload", "run", str(run.folder / "scenario.yaml"), "--seed", str(run.summary["seed"])])
    return {
        "scenario": run.name,
        "command": words.printable(str(record.get("command") or again)),
        "seed": str(run.summary["seed"]),
        "replications": f"{run.replications:,}",
        "clock": str(run.summary["clock"]),
        "finished": str(record.get("finished", "")),
        "caseload": str(record.get("caseload", "")),
        "commit": str(record.get("git_commit") or "not known"),
        "digest": str(run.summary["digest"]),
        "versions": ", ".join(f"{name} {number}" for name, number in versions.items() if number),
    }
