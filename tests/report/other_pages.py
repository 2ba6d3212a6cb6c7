"""Small sweeps and a small calibration with their pages, for tests of what they look like and of what they add to a run's report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from calibration.calibrating import Calibrator
from calibration.keeping import write_posterior, write_tables
from calibration.report.page import write_page as write_calibration
from calibration.specification import open_calibration
from experiments.analysis.analysing import analyse
from experiments.report.page import write_page as write_sweep
from experiments.sweep.executors import local
from experiments.sweep.plan import read_plan
from experiments.sweep.store import collect
from tests.calibration.small import STAGE, write_small
from tests.experiments.sweeping import finish, planned

FTE = "programme.staff.case_manager.fte"
THRESHOLDS = [f"programme.enrolment.criteria.any_of.{at}.risk_score_at_least" for at in (0, 1)]
COMPONENTS = ("comprehensive_assessment", "transition_call", "ed_alert")
SWEEPS: dict[str, dict[str, Any]] = {
    "map": {
        "title": "How many managers, for whom",
        "levers": {
            FTE: [0.2, 0.5, 2],
            "threshold": {"scale": THRESHOLDS, "from": 0.6, "to": 1.2, "step": 0.3},
            "waiver": {"alternatives": {"none": {}, "later": {"programme.components.ed_alert.due": "4 hours"}}},
        },
        "outcomes": ["programme.roi_fees", "roi.owner.true", "programme.net_savings", "population.eligible"],
        "decision": {"net_benefit": "programme.net_savings", "at_least": {"programme.roi_fees": 1}},
    },
    "tornado": {
        "title": "One parameter at a time",
        "levers": None,
        "uncertainties": {"include": ["usual_care.crises.*"]},
        "design": {"kind": "one_way"},
    },
    "leave_one_out": {
        "title": "Without each",
        "levers": {
            "without": {"alternatives": {"nothing": {}} | {name: {f"programme.components.{name}": None} for name in COMPONENTS}},
        },
        "outcomes": ["programme.averted_crises_per_1000_py", "programme.gross_savings"],
    },
    "psa": {
        "title": "Twelve or six",
        "levers": {FTE: [0.5, 1]},
        "uncertainties": {"include": ["usual_care.crises.*"]},
        "outcomes": ["programme.net_savings", "difference.deaths"],
        "design": {"kind": "psa", "draws": 5},
        "decision": {"cost": "-programme.net_savings", "effect": "-difference.deaths", "willingness": [0, 100000, 500000]},
    },
}


def make_sweep(folder: Path, name: str) -> Path:
    """Run a sweep and write its page; its folder."""
    place = planned(folder / name, task_size=20, **SWEEPS[name])
    finish(place)
    collected = collect(read_plan(place))
    write_sweep(collected, analyse(collected, collected.outcomes))
    return place


def make_calibration(folder: Path, targets: str) -> Path:
    """Calibrate two parameters to two published figures and write the page; its folder."""
    folder.mkdir()
    stage = STAGE | {"waves": [{"points": 16, "replications": 1}]}
    file = write_small(folder, targets, draws=40, predictive=6, stages={"natural_history": stage})
    done = Calibrator(open_calibration(file), folder / "out", local(1), None, lambda line: None).calibrate()
    write_posterior(done, folder / "out")
    write_tables(done, folder / "out")
    write_calibration(done, folder / "out")
    return folder / "out"
