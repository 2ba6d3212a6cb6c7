"""Both clocks on the same scenario and seed: the same event log, to the bit, or the first difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from sim.drawn import drawn
from sim.replication import PHASES, Advance, PhaseLog, run_replication
from sim.rules.units import DAY
from sim.rules.vocabulary import Event, Setting
from sim.scenario import Scenario
from sim.simulate import Clock, clock_named

FIELDS = ("time", "patient", "event", "staff", "detail", "origin", "amount")


@dataclass(frozen=True)
class Verdict:
    """Whether the clocks agree; `events` is the number of log rows compared; `text` says it to people."""

    identical: bool
    events: int
    text: str


def clocks() -> dict[str, Advance]:
    """The two clocks by name."""
    return {name: clock_named(name) for name in get_args(Clock)}


def verify(scenario: Scenario, *, replications: int = 1, seed: int) -> Verdict:
    """Run both clocks and compare their full event logs, phase by phase."""
    events = 0
    for replication in range(replications):
        logs: dict[str, PhaseLog] = {}
        run = drawn(scenario, seed, replication)
        for name, advance in clocks().items():
            logs[name] = PhaseLog()
            run_replication(run, seed, replication, advance, logs[name])
        for phase in (phase for phase in PHASES if any(phase in log.blocks for log in logs.values())):
            missing = [name for name, log in logs.items() if phase not in log.blocks]
            if missing:
                return Verdict(
                    False, events, f"different: the {missing[0]} clock logged nothing in phase {phase} of replication {replication}"
                )
            one, other = (_by_patient(logs[name].rows(phase)) for name in ("compiled", "agents"))
            same = min(len(one), len(other))
            differ = np.zeros(same, bool)
            for field in FIELDS:
                differ |= one[field][:same] != other[field][:same]
            if differ.any() or len(one) != len(other):
                at = int(np.argmax(differ)) if differ.any() else same
                return Verdict(False, events + at, _difference(replication, phase, at, one, other))
            events += same
    return Verdict(True, events, f"identical: {events:,} events")


def _by_patient(rows: Any) -> Any:
    """Each patient's rows in the order in which they were written: patients who share nothing may be run one after another."""
    return rows[np.argsort(rows["patient"], kind="stable")]


def _difference(replication: int, phase: str, at: int, one: Any, other: Any) -> str:
    lines = [f"different: replication {replication}, phase {phase}, row {at:,}"]
    for name, rows in (("compiled", one), ("agents", other)):
        if at >= len(rows):
            lines.append(f"  {name:9} has no more events")
            continue
        lines.append(f"  {name:9} {describe(rows[at])}")
        patient = rows[at]["patient"]
        before = rows[: at + 1][rows["patient"][: at + 1] == patient][-6:-1]
        lines.extend(f"            before: {describe(row)}" for row in before)
    return "\n".join(lines)


def describe(row: Any) -> str:
    """One row of an event log in words."""
    event = Event(row["event"])
    place = f" from {Setting(row['detail']).name.lower()}" if event is Event.DEATH else f" detail {row['detail']}"
    return (
        f"day {row['time'] / DAY:.6f} patient {row['patient']} {event.name.lower()}{place}"
        f" staff {row['staff']} origin {row['origin']} amount {row['amount']}"
    )
