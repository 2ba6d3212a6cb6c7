"""A small calibration: two parameters of usual care, two published figures, 200 patients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STAGE = {"parameters": ["usual_care.crises.rate", "usual_care.decline.onset"], "targets": ["N3", "N9"]}
"""Its waves are to be added."""
SMALL: dict[str, Any] = {
    "title": "Small",
    "scenario": "caseload:mgh_cmp/phase1.yaml",
    "targets": "targets.yaml",
    "posterior": "small",
    "seed": 3,
    "set": {"population.size": 200, "run.horizon": "18 months", "programme.enrolment.refresh": "none"},
    "discrepancy": 0.02,
    "implausible_beyond": 3,
    "sampler": {"walkers": 16, "steps": 300, "burn_in": 100},
    "draws": 20,
    "predictive": 8,
}


def write_small(folder: Path, targets: str, **changes: Any) -> Path:
    """Write the calibration with these keys changed, and its targets; the file. JSON is YAML too."""
    (folder / "targets.yaml").write_text(targets, encoding="utf-8")
    file = folder / "fit.yaml"
    file.write_text(json.dumps(SMALL | changes), encoding="utf-8")
    return file
