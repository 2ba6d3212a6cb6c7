"""What a calibration adds to the report of a run: its fit, from the tables that it keeps."""

from __future__ import annotations

import csv
from pathlib import Path

from calibration.keeping import PARAMETERS
from calibration.report.page import data_of
from sim.outcomes.store import StoreError
from sim.report import words
from sim.report.charts.fit import fit_section, read_fit
from sim.report.findings import Findings
from sim.report.section import Origin
from sim.report.workbook import Sheet
from sim.scenario.posterior import FIT


def read_findings(folder: Path) -> Findings | None:
    """The findings of a calibration's folder: an entry point of `caseload report`. None: no such folder. Errors: StoreError."""
    fit = folder / FIT
    if not fit.is_file():
        return None
    rows = read_fit(fit)
    name = words.printable(folder.name)
    sheets = [Sheet("Calibration parameters", "Prior and posterior of each parameter", data_of(_parameters(folder / PARAMETERS)))]
    origin = Origin("caseload calibrate FILE", f"Calibration {name}: {len(rows)} figures; its own page has what is not identified.")
    return Findings(origin, (fit_section(name, rows),), tuple(sheets))


def _parameters(path: Path) -> list[dict[str, str | float | None]]:
    """The rows of parameters.csv, numbers as numbers."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(stream)]
    except OSError as error:
        raise StoreError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _value(text: str) -> str | float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text
