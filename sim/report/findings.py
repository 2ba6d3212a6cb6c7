"""What folders of other packages (sweeps, calibrations) add to the report of a run, each figure in its place.

A package names its reader under the entry point group `caseload.findings`: a function of a folder that gives its Findings, or None
when the folder is not of its kind.
"""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sim.outcomes.store import StoreError
from sim.report.chart import Chart
from sim.report.section import Origin, Page, Section
from sim.report.workbook import Sheet

GROUP: Final = "caseload.findings"
LAST: Final = "parameters"
"""Sections of their own stand before this one."""


@dataclass(frozen=True)
class Findings:
    """sections: one whose anchor the page has already is added to that one."""

    origin: Origin
    sections: tuple[Section, ...]
    sheets: tuple[Sheet, ...] = ()


def read_findings(folder: Path) -> Findings:
    """Ask each package whether the folder is one of its own. Errors: StoreError, and those of the package that it belongs to."""
    for entry in importlib.metadata.entry_points(group=GROUP):
        reader: Callable[[Path], Findings | None] = entry.load()
        found = reader(folder)
        if found is not None:
            return found
    raise StoreError(f"{folder} is no folder of a run, a sweep or a calibration: it has none of their files")


def joined(page: Page, findings: Sequence[Findings]) -> Page:
    """The page with what was found, in its place; a figure whose name is taken gets a number."""
    taken = Counter(chart.key for chart in page.charts)
    sections = list(page.sections)
    for found in findings:
        for section in found.sections:
            section = replace(section, charts=tuple(_named(chart, taken) for chart in section.charts))
            at = next((at for at, own in enumerate(sections) if own.anchor == section.anchor), None)
            if at is not None:
                sections[at] = _together(sections[at], section)
            else:
                before = next((at for at, own in enumerate(sections) if own.anchor == LAST), len(sections))
                sections.insert(before, section)
    return replace(page, sections=tuple(sections), origins=(*page.origins, *(found.origin for found in findings)))


def sheets_of(findings: Sequence[Findings]) -> list[Sheet]:
    """Their sheets, none with the name of another."""
    taken: Counter[str] = Counter()
    sheets = []
    for sheet in (sheet for found in findings for sheet in found.sheets):
        taken[sheet.name] += 1
        sheets.append(sheet if taken[sheet.name] == 1 else replace(sheet, name=f"{sheet.name[:28]} {taken[sheet.name]}"))
    return sheets


def _named(chart: Chart, taken: Counter[str]) -> Chart:
    taken[chart.key] += 1
    return chart if taken[chart.key] == 1 else replace(chart, key=f"{chart.key}_{taken[chart.key]}")


def _together(first: Section, second: Section) -> Section:
    """The second's figures stand beside the first's leading one, its tables at the end."""
    return replace(
        first,
        charts=(*first.charts[:1], *second.charts, *first.charts[1:]),
        tables=(*first.tables, *second.tables),
        more=(*first.more, *second.more),
        text=(*first.text, *second.text),
    )
