"""Writes what a calibration found: the posterior for later runs, and its tables."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from calibration.calibrating import Calibrated
from calibration.tables import fit_rows, parameter_rows
from experiments.sweep.parquet import write_table
from sim.fingerprint import fingerprint
from sim.outcomes.provenance import model_version, version
from sim.outcomes.store import write_text
from sim.scenario.posterior import ABOUT, DRAWS, FIT

DIGITS: Final = 6
PARAMETERS: Final = "parameters.csv"


def write_posterior(done: Calibrated, folder: Path) -> Path:
    """Write NAME.parquet and NAME.yaml into a folder; returns the first. Errors: OSError."""
    from ruamel.yaml import YAML

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{done.opened.specification.posterior}{DRAWS}"
    columns = {name: pa.array(done.values[:, column], pa.float64()) for column, name in enumerate(done.names)}
    write_table(path, pa.table(columns))
    yaml = YAML()
    yaml.width = 140
    text = io.StringIO()
    yaml.dump(about(done), text)
    write_text(path.with_suffix(ABOUT), text.getvalue())
    return path


def about(done: Calibrated) -> dict[str, Any]:
    """What a posterior says about itself, as plain data."""
    block = done.opened.specification
    return {
        "title": block.title,
        "scenario": done.opened.scenario_name,
        "scenario_digest": done.opened.base.scenario.digest(),
        "targets": done.opened.targets.title,
        "targets_digest": done.opened.targets.digest(),
        "model_version": model_version(),
        "fingerprint": fingerprint(done.opened.scenario_name),
        "caseload": version(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seed": done.seed,
        "draws": len(done.values),
        "effective_draws": {name: round(fit.chain.effective) for name, fit in done.stages.items()},
        "predictive": block.predictive,
        "discrepancy": block.discrepancy,
        "grade": "calibrated",
        "stages": {
            stage.name: {"parameters": list(stage.parameters), "targets": [target.name for target in stage.targets]}
            for stage in done.opened.stages
        },
        "r_hat": {name: round(fit.chain.r_hat, 4) for name, fit in done.stages.items()},
        "not_identified": done.not_identified(),
        "known_only_together": [f"{first} and {second}: {correlation:+.2f}" for first, second, correlation in done.together()],
        "outside_their_targets": [row.name for row in done.posterior if not row.inside],
    }


def write_tables(done: Calibrated, folder: Path) -> None:
    """Write fit.csv and parameters.csv. Errors: OSError."""
    for name, rows in ((FIT, fit_rows(done)), (PARAMETERS, parameter_rows(done))):
        write_text(folder / name, _csv(rows))


def _csv(rows: Iterable[dict[str, Any]]) -> str:
    return pd.DataFrame(list(rows)).to_csv(index=False, float_format=f"%.{DIGITS}g")
