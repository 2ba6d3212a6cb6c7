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
    findings = {_key(row): _finding(row) for row in data["findings"]}
    return Evaluation(findings, Flow(**data["flow"]), data["balance"], data["cumulative"], data["survival"])


def finding_from(data: Mapping[str, Any], key: Key) -> Finding | None:
    """One finding of the evaluation of `as_data`; None if it does not have it."""
    return next((_finding(row) for row in data["findings"] if _key(row) == key), None)


def _key(row: Mapping[str, Any]) -> Key:
    return row["design"], row["window"], row["outcome"]


def _finding(row: Mapping[str, Any]) -> Finding:
    values = dict(row)
    for name in ("design", "window", "outcome"):
        del values[name]
    if row["estimate"] is not None:
        values["estimate"] = _restored(Estimate, row["estimate"])
    found: Finding = _restored(Finding, values)
    return found


def _restored(kind: type[Any], values: Mapping[str, Any]) -> Any:
    """A frozen dataclass as unpickling makes it: setting field by field is most of the time of a run's hundred thousand findings."""
    if values.keys() != kind.__dataclass_fields__.keys():
        raise TypeError(f"{kind.__name__} has other fields than {', '.join(values)}")
    made = object.__new__(kind)
    made.__dict__.update(values)
    return made
