"""Small worlds for tests of the model: scenarios as plain data, one replication with its event log, and who did what in it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from sim.compiled.clock import advance
from sim.replication import Advance, Course, PhaseLog, run_replication
from sim.scenario import Scenario, load

Data = dict[str, Any]


class Log(PhaseLog):
    """The event log of a replication by phase, in the order of time; dtype LOG."""

    def __getitem__(self, phase: str) -> Any:
        rows = self.rows(phase)
        return rows[np.argsort(rows["time"], kind="stable")]

    def of(self, phase: str, *events: int) -> Any:
        """The rows of some events."""
        rows = self[phase]
        return rows[np.isin(rows["event"], [int(event) for event in events])]


def written(folder: Path, data: Data, overrides: Iterable[str] = (), name: str = "small.yaml") -> Scenario:
    """The scenario that a planner would get from this data in a YAML file."""
    path = folder / name
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(json.loads(json.dumps(data)), stream)  # no block twice: anchors are refused
    return load(path, overrides)


def run(scenario: Scenario, seed: int = 1, replication: int = 0, clock: Advance = advance) -> tuple[Course, Log]:
    """One replication and its event log."""
    log = Log()
    return run_replication(scenario, seed, replication, clock, log), log


def role(**changes: Any) -> Data:
    """One post in a pool, office hours, always there; change what matters."""
    block: Data = {
        "fte": 1,
        "assignment": "pool",
        "hours": {"days": "weekdays", "from": "08:00", "to": "17:00"},
        "productive_hours": "8 hours",
        "meetings": "0 hours",
        "absence": 0.0,
        "cover": False,
        "turnover": 0.0,
        "vacancy": "30 days",
        "hiring": {"first_on": "0 days", "last_on": "0 days"},
        "training": {"duration": "0 days", "productivity_at_start": 1.0},
        "cost": "100000 USD",
    }
    return {**block, **changes}


def task(staff: str, does: Data | None = None, **changes: Any) -> Data:
    """A component: desk work of an hour; say when it arises (after, on or every)."""
    block: Data = {"staff": staff, "mode": "desk", "hours": "1 hours", "does": does or {}}
    return {**block, **changes}


BASE: Data = {
    "title": "Small world",
    "run": {
        "launch": "2007-03-05",
        "horizon": "6 months",
        "burn_in": "1 months",
        "price_year": 2006,
        "currency": "USD",
        "discount_rate": 0.0,
        "discounting": "none",
        "holidays": "none",
    },
    "population": {"size": 60},
    "sites": {
        "hospitals": {"main": {"alerts": True}, "elsewhere": {"outside": True}},
        "snfs": {"near": {"share": 0.6, "network": True, "telerounding": True}, "far": {"share": 0.4}},
        "practices": {
            "one": {"count": 2, "size": 0.5, "physicians": 4, "urgent_slots": 1, "champion": True, "integration": 0.8, "hospital": "main"}
        },
    },
    "usual_care": {},
    "programme": {"enrolment": {"at_launch": "all"}, "staff": {}, "components": {}},
    "contract": {"fee": {"value": "120 USD", "unit": "per participant-month"}},
}
"""Everybody in the panel is eligible and enrolled at launch; nobody does anything yet."""


def small(**changes: Any) -> Data:
    """BASE with changes by dotted key, written with double underscores: `run__horizon`, `programme__staff`."""
    data = copy.deepcopy(BASE)
    for key, value in changes.items():
        here = data
        *path, last = key.split("__")
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return data
