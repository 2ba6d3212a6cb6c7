"""A page written down: one HTML file with everything in it, each figure as files beside it, and a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sim.outcomes.store import StoreError, write_bytes, write_text
from sim.report.chart import FORMATS, Rendered
from sim.report.section import Page
from sim.report.workbook import Sheet, workbook

PRINTED: Final = (*FORMATS, "pdf")
"""What a figure is written as on request."""


def publish(page: Page, sheets: Sequence[Sheet], path: Path, formats: Sequence[str] = FORMATS) -> None:
    """Write the page, `<stem>_files/` with each figure in these formats and as CSV, and `<stem>.xlsx`. Errors: StoreError."""
    beside = path.with_name(f"{path.stem}_files")
    try:
        beside.mkdir(exist_ok=True)
        drawn = {chart.key: chart.rendered(formats) for chart in page.charts}
        for rendered in drawn.values():
            for name, content in rendered.files.items():
                write_bytes(beside / name, content)
        write_bytes(path.with_suffix(".xlsx"), workbook(page.title, page.banner, sheets, page.charts))
        write_text(path, html(page, drawn))
    except OSError as error:
        raise StoreError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


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
