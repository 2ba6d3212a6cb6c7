"""The Excel workbook: a sheet a table, real numbers, units in the header."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.economics.rows import figure_rows, line_rows
from sim.evaluation.outcomes import OUTCOMES
from sim.outcomes.measures import BY_NAME, COHORT_CHOICES
from sim.outcomes.staffing import STAFF_BY_NAME
from sim.report import words
from sim.report.appendix import AUTHOR, appendices
from sim.report.chart import Cell, Chart, Data
from sim.report.evidence import differences, parameters_data
from sim.report.reading import Reading, Tree
from sim.report.workload_tables import alert_data, figures_data

STATISTICS: Final = ("mean", "p10", "p50", "p90", "lo", "hi")
_HEADS: Final = ("mean", "p10", "p50", "p90", "95% interval of the mean, from", "to")
_TASKS: Final = ("requested", "done", "not_reached", "refused", "lapsed", "cancelled", "open", "hours", "on_time", "wait_days")
_TASK_UNITS: Final = {"hours": "staff hours", "on_time": "share", "wait_days": "days"}
LONGEST_NAME: Final = 31
WIDEST: Final = 60


@dataclass(frozen=True)
class Sheet:
    """name: at most 31 characters; note: what stands in it, in a sentence."""

    name: str
    note: str
    data: Data


def run_sheets(run: Reading) -> list[Sheet]:
    """Every table of a run."""
    tree = run.summary
    sheets = [
        Sheet("Measures", "Every measure by cohort, whole programme period", Data(*_measures(tree))),
        Sheet("Windows", "Every measure by window, cohort eligible at launch", Data(*_windows(tree))),
        Sheet("Patients", "The panel and the eligible, over replications", Data(*_named(tree["population"], "figure"))),
        Sheet("Staff", "Every figure of each role", Data(*_staff(tree))),
        Sheet("Tasks", "What became of each component's tasks, means over replications", Data(*_tasks(tree))),
    ]
    if tree["staff"]:
        sheets += [
            Sheet("Nurse manager", "Practices of a post, alerts after hours, patients out of touch", figures_data(run)),
            Sheet("Alerts", "How alerts are answered, by when they come, means over replications", alert_data(run)),
        ]
    if run.appraised:
        sheets += [
            Sheet("Money", "Savings, contract, returns, cash, actuary", Data(*_rows(figure_rows(tree)))),
            Sheet("Parties", "Every line of every party's books, nominal, all cohorts", Data(*_rows(line_rows(tree)))),
            Sheet(
                "Money by replication",
                "Savings, contract, returns, each party's gain and the owner's cash: a row a replication",
                _money(run),
            ),
            Sheet("Settlements", "What the contract settles in each replication, and why", _frame(run)),
        ]
    if "evaluation" in tree:
        sheets.append(Sheet("Evaluation", "What each design measures beside the truth", Data(*_evaluation(tree["evaluation"]))))
    if run.parameters:
        sheets.append(Sheet("Parameters", "Every parameter, the weakest evidence first", parameters_data(run.parameters)))
    sheets.append(Sheet("Checklists", "Reporting checklists, filled from the run", Data(*_checklists(run))))
    return sheets


def comparison_sheets(runs: Sequence[Reading]) -> list[Sheet]:
    """What differs between runs, then the measures of each."""
    from sim.report.comparison import distinct_names

    names = distinct_names(runs)
    scenarios = [run.scenario for run in runs]
    sheets = []
    if all(scenario is not None for scenario in scenarios):
        columns = ("setting", *names)
        sheets.append(
            Sheet("What differs", "Settings that are not the same in all scenarios", Data(columns, tuple(differences(scenarios))))
        )
    rows = tuple((name, *row) for name, run in zip(names, runs, strict=True) for row in _measures(run.summary)[1])
    sheets.append(Sheet("Measures", "Every measure by scenario and cohort", Data(("scenario", *_measures(runs[0].summary)[0]), rows)))
    staff = tuple((name, *row) for name, run in zip(names, runs, strict=True) for row in _staff(run.summary)[1])
    sheets.append(Sheet("Staff", "Every figure of each role by scenario", Data(("scenario", *_staff(runs[0].summary)[0]), staff)))
    return sheets


Columns = tuple[str, ...]
Rows = tuple[tuple[Cell, ...], ...]


def _statistics(statistics: words.Statistics) -> tuple[Cell, ...]:
    return tuple(statistics[key] for key in STATISTICS)


def _measures(tree: Tree) -> tuple[Columns, Rows]:
    rows = [
        (cohort, BY_NAME[name].title, name, BY_NAME[name].unit, arm, *_statistics(values[name]))
        for cohort in COHORT_CHOICES
        for arm, values in (*tree["cohorts"][cohort]["arms"].items(), ("difference", tree["cohorts"][cohort]["difference"]))
        for name in values
    ]
    return ("cohort", "measure", "name", "unit", "arm", *_HEADS), tuple(rows)


def _windows(tree: Tree) -> tuple[Columns, Rows]:
    rows = [
        (window, BY_NAME[name].title, name, BY_NAME[name].unit, arm, *_statistics(values[name]))
        for window, arms in tree["windows"].items()
        if arms
        for arm, values in arms.items()
        for name in values
    ]
    return ("window", "measure", "name", "unit", "arm", *_HEADS), tuple(rows)


def _named(values: Mapping[str, words.Statistics], head: str) -> tuple[Columns, Rows]:
    return (head, *_HEADS), tuple((name, *_statistics(statistics)) for name, statistics in values.items())


def _staff(tree: Tree) -> tuple[Columns, Rows]:
    rows = [
        (role, STAFF_BY_NAME[name].title, STAFF_BY_NAME[name].unit, *_statistics(statistics))
        for role, values in tree["staff"].items()
        for name, statistics in values.items()
    ]
    return ("role", "figure", "unit", *_HEADS), tuple(rows)


def _tasks(tree: Tree) -> tuple[Columns, Rows]:
    columns = ("component", *(f"{words.name(key).lower()}, {_TASK_UNITS.get(key, 'tasks')}" for key in _TASKS))
    return columns, tuple((name, *(values[key]["mean"] for key in _TASKS)) for name, values in tree["components"].items())


def _rows(rows: Iterator[Any]) -> tuple[Columns, Rows]:
    cells = []
    for row in rows:
        value = row.value
        numbers = _statistics(value) if isinstance(value, Mapping) else (value, *(None for _ in STATISTICS[1:]))
        cells.append((row.name, row.title, row.unit, *numbers, row.definition))
    return ("name", "figure", "unit", *_HEADS, "definition"), tuple(cells)


_SUMS: Final = ("target", "actual", "fees", "earned", "owed", "paid", "gross", "net")


def _frame(run: Reading) -> Data:
    table = run.table("settlements")
    rows = tuple(tuple(None if value is None or value != value else value for value in row) for row in table.itertuples(index=False))
    return Data(tuple(map(_with_unit, map(str, table.columns))), rows)


_MONEY_UNITS: Final = {"savings_per_dollar": "ratio", "net_saving_rate": "share", "return": "ratio", "payback_month": "months"}
_ARMS: Final = ("programme", "usual_care")


def _money(run: Reading) -> Data:
    """A row a replication; of the parties' books what changes against usual care."""
    table = run.money
    chosen = [column for column in table.columns if column[2] not in _ARMS]
    heads = [
        f"{party}: {words.name(line).lower()}{f' of quarter {quarter}' if quarter else ''}, {perspective}, {_MONEY_UNITS.get(line, 'USD')}"
        for party, line, perspective, quarter in map(tuple, chosen)
    ]
    values = table[chosen].to_numpy(np.float64).tolist()
    rows = ((replication, *map(_known, row)) for replication, row in zip(table.index.tolist(), values, strict=True))
    return Data(("replication", *heads), tuple(rows))


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _with_unit(name: str) -> str:
    return f"{name}, USD" if name in _SUMS or name.startswith(("paid_on", "share_on")) else name


def _evaluation(tree: Tree) -> tuple[Columns, Rows]:
    rows = []
    for design in tree.values():
        if not isinstance(design, Mapping) or "title" not in design:
            continue
        for outcome in OUTCOMES:
            found = design.get(outcome.name)
            if found and found["replications"]:
                measured = (found["measured"][key] for key in ("mean", "p10", "p90"))
                cells = (found["true"]["mean"], *measured, found["se"]["mean"], found["mde"]["mean"])
                rows.append(
                    (design["title"], outcome.title, outcome.unit, *cells, found["coverage"]["share"], found["significant"]["share"])
                )
    columns = ("design", "outcome", "unit", "true, mean", "measured, mean", "measured, p10", "measured, p90", "standard error, mean")
    return (*columns, "smallest effect found, mean", "interval holds truth, share", "significant, share"), tuple(rows)


def _checklists(run: Reading) -> tuple[Columns, Rows]:
    rows = [
        (appendix.title, item.number, item.name, item.text or AUTHOR, item.where) for appendix in appendices(run) for item in appendix.items
    ]
    return ("checklist", "item", "name", "what is reported", "where it comes from"), tuple(rows)


# The file ---------------------------------------------------------------------------------------------------------------------


def workbook(title: str, note: str, sheets: Sequence[Sheet], charts: Sequence[Chart]) -> bytes:
    """The workbook as a file's contents: a list of its sheets, the tables, then the data of each figure."""
    from openpyxl import Workbook

    all_sheets = [*sheets, *(Sheet(f"Figure {chart.key}"[:LONGEST_NAME], chart.title, chart.data) for chart in charts)]
    book = Workbook(write_only=True)
    listed = Data(("sheet", "what stands in it"), tuple((sheet.name, sheet.note) for sheet in all_sheets))
    _write(book, Sheet("Contents", f"{title}. {note}", listed))
    for sheet in all_sheets:
        _write(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(book: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(sheet.name)
    page.freeze_panes = "B4"
    for at, head in enumerate(sheet.data.columns):
        longest = max((len(str(row[at])) for row in sheet.data.rows[:200] if isinstance(row[at], str)), default=10)
        page.column_dimensions[get_column_letter(at + 1)].width = min(WIDEST, max(12, longest + 2, len(head) + 2))
    page.append([_cell(page, sheet.note, Font(bold=True, size=13))])
    page.append([])
    page.append([_cell(page, head, Font(bold=True)) for head in sheet.data.columns])
    for row in sheet.data.rows:
        page.append([_cell(page, value) for value in row])


def _cell(page: Any, value: Any, font: Any = None) -> Any:
    """A number stays one; a text is text, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        cell = WriteOnlyCell(page, value=_UNPRINTABLE.sub(" ", value)[:32_000])
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(page, value=value)
    if font is not None:
        cell.font = font
    return cell


_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
