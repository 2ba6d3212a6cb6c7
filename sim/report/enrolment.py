"""How patients came to be enrolled: each channel with what became of its tasks, and which of them had an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from sim.report import words
from sim.report.reading import Reading
from sim.report.tables import Table

NEARLY_ALL: Final = 0.99
_ENDS: Final = ("requested", "done", "refused", "not_reached", "lapsed", "cancelled", "open")
_COLUMNS: Final = ("Channel", "Until", "Asked for", "Enrolled", "Refused", "Not reached", "Lapsed", "Cancelled", "Open")


def enrolment_table(run: Reading) -> Table | None:
    """Tasks of the components that enrol, means over replications, all cohorts; None where nobody is enrolled by a task."""
    channels = _channels(run)
    found = run.summary["components"]
    rows = tuple(
        (
            words.printable(words.name(name)),
            _until(block),
            *(words.number(round(found[name][end]["mean"] or 0.0), "count") for end in _ENDS),
        )
        for name, block in channels.items()
    )
    return Table(_title(run), _COLUMNS, rows, _note(run, channels)) if rows else None


def _channels(run: Reading) -> dict[str, Mapping[str, Any]]:
    """The components of the programme that enrol, by name."""
    components = ((run.scenario or {}).get("programme") or {}).get("components") or {}
    done = run.summary["components"]
    return {name: block for name, block in components.items() if name in done and (block.get("does") or {}).get("enrol")}


def _written(block: Mapping[str, Any], key: str) -> str:
    """A duration as it is written; empty where there is none."""
    found = block.get(key)
    value = found.get("value", "") if isinstance(found, Mapping) else found or ""
    return words.printable(str(value))


def _until(block: Mapping[str, Any]) -> str:
    """What ends a channel: a deadline of each task, a date, or nothing."""
    deadline, stops = _written(block, "deadline"), _written(block, "stops")
    ends = [f"{deadline} after it was asked for"] if deadline else []
    ends += [f"{stops} after launch"] if stops else []
    return "; ".join(ends) or "the end of the run"


def _title(run: Reading) -> str:
    """By which month nearly all had joined who ever did, of those eligible at launch; mean over replications."""
    table = run.by_month
    own = table[(table["arm"] == "programme") & (table["cohort"] == "original") & (table["month"] > 0)]
    joined = own.groupby("month")["enrolled"].sum().to_numpy(np.float64)
    if not joined.any():
        return "Enrolment by channel: nobody joined"
    month = int(np.searchsorted(np.cumsum(joined), NEARLY_ALL * joined.sum())) + 1
    return f"Enrolment by channel: of those eligible at launch who ever join, 99% have joined by month {month} of {run.months}"


def _note(run: Reading, channels: Mapping[str, Mapping[str, Any]]) -> str:
    text = "Tasks, all cohorts, means. Cancelled: died, left, or enrolled by another channel before. "
    found = run.summary["components"]
    lost = {name: found[name]["lapsed"]["mean"] or 0.0 for name in channels if _written(channels[name], "deadline")}
    worst = max(lost, key=lambda name: lost[name], default=None)
    if worst is None or lost[worst] < 1:
        return text + "No deadline ended the attempts to enrol a patient."
    size = words.number(round(lost[worst]), "count")
    return (
        f"{text}The deadline of {_written(channels[worst], 'deadline')} ended most attempts: {size} tasks of "
        f"'{words.printable(words.name(worst).lower())}' lapsed before a patient could be asked."
    )
