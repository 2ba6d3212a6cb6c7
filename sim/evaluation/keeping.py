"""An evaluation as plain data and back, so that a replication can be kept in a file and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sim.evaluation.estimate import Estimate
from sim.evaluation.evaluating import Evaluation, Finding, Key
from sim.evaluation.flow import Flow


def as_data(evaluation: Evaluation) -> dict[str, Any]:
    """Plain data: `findings` a list of rows {design, window, outcome, true, ..., estimate}, the rest as in the evaluation."""
    rows = [
        {"design": design, "window": window, "outcome": outcome, **asdict(finding)}
        for (design, window, outcome), finding in evaluation.findings.items()
    ]
    return {
        "findings": rows,
        "flow": asdict(evaluation.flow),
        "balance": {name: dict(row) for name, row in evaluation.balance.items()},
        "cumulative": dict(evaluation.cumulative),
        "survival": dict(evaluation.survival),
    }


def from_data(data: Mapping[str, Any]) -> Evaluation:
    """The evaluation of `as_data`. Raises KeyError or TypeError for anything else."""
    findings: dict[Key, Finding] = {}
    for row in data["findings"]:
        values = dict(row)
        key: Key = (values.pop("design"), values.pop("window"), values.pop("outcome"))
        estimate = values.pop("estimate")
        findings[key] = Finding(**values, estimate=None if estimate is None else Estimate(**estimate))
    return Evaluation(findings, Flow(**data["flow"]), data["balance"], data["cumulative"], data["survival"])
