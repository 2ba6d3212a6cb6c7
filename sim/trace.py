"""One patient's two lives side by side: the same luck with and without the programme."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from sim.assembly.components import component_names
from sim.assembly.sites import facility_names
from sim.drawn import drawn
from sim.replication import PhaseLog, run_replication
from sim.rules.crises import PER_MILLION
from sim.rules.vocabulary import Counter, Destination, Event, Setting, Visit, Way
from sim.scenario import Scenario

SHOWN = frozenset(Event) - {Event.PAYMENT, Event.CREDIT, Event.ACUITY, Event.ELIGIBLE}
WIDTH = 52
CONVENTION = (
    "Shares say how the programme's components divide the log-hazard removed at that moment (for a warning: half to the one\n"
    "that noticed it, half to the one that responded). They sum to 1 and are a convention, not a measurement."
)


class UnknownPatientError(Exception):
    """The patient number is not in the panel, or not in the study cohorts."""


def trace(scenario: Scenario, *, patient: int, replication: int, seed: int) -> str:
    """The time lines of one patient in both arms, each averted crisis and what shares in it.

    patient: the number people know the patient by, as in event logs. Raises UnknownPatientError.
    """
    from sim.compiled.clock import advance

    log = PhaseLog()
    scenario = drawn(scenario, seed, replication)
    course = run_replication(scenario, seed, replication, advance, lambda phase, rows: log(phase, rows[rows["patient"] == patient]))
    if patient not in course.panel.patients.number:
        first, last = int(course.panel.patients.number.min()), int(course.panel.patients.number.max())
        raise UnknownPatientError(f"no patient {patient} in this panel: numbers go from {first} to {last}")
    if patient not in course.base.patients.number:
        some = ", ".join(str(n) for n in np.sort(course.base.patients.number)[:8])
        raise UnknownPatientError(f"patient {patient} is not eligible in replication {replication}; eligible are, for example: {some}")
    logs = {phase: log.rows(phase) for phase in log.blocks}
    words = _Words(scenario)
    row = int(np.flatnonzero(course.base.patients.number == patient)[0])
    cohort = ("original", "refresh")[int(course.base.patients.cohort[row])]
    lines = [f"Patient {patient}, {cohort} cohort, replication {replication}, seed {seed}", ""]
    lines += _side_by_side(logs["usual_care"], logs["programme"], words)
    lines += _averted(logs["usual_care"], logs["programme"], words)
    return "\n".join(lines)


class _Words:
    """Log rows in words."""

    def __init__(self, scenario: Scenario) -> None:
        self.launch = scenario.run.launch
        self.components = [name for name, _ in component_names(scenario)]
        self.facilities = facility_names(scenario)

    def date(self, time: int) -> str:
        moment = dt.datetime.combine(self.launch, dt.time()) + dt.timedelta(microseconds=int(time))
        return f"{moment:%Y-%m-%d %H:%M}"

    def say(self, row: Any) -> str:
        event, detail = Event(row["event"]), int(row["detail"])
        name = event.name.lower().replace("_", " ")
        if event.name.startswith("TASK_") or event in (Event.WARNING_NOTICED, Event.RESPONSE, Event.CREDIT):
            return f"{name}: {self.components[detail]}"
        if event in (Event.ED_ARRIVAL, Event.SNF_ADMISSION, Event.SNF_DISCHARGE, Event.OBSERVATION, Event.BED_WAIT, Event.BED_DIVERSION):
            return f"{name} ({self.facilities[detail]})"
        if event is Event.ADMISSION:
            return f"admission ({Way(row['amount']).name.lower()})"
        if event is Event.DISCHARGE:
            return f"discharge to {Destination(row['amount']).name.lower().replace('_', ' ')}"
        if event is Event.DEATH:
            return f"death ({Setting(detail).name.lower()})"
        if event in (Event.VISIT, Event.MISSED_VISIT):
            return f"{name}: {Visit(detail).name.lower()}"
        if event is Event.TIER:
            return f"tier {'I' * detail}"
        return name

    def cost(self, rows: Any) -> str:
        paid = rows[rows["event"] == Event.PAYMENT]
        inpatient = int(paid["amount"][paid["detail"] == Counter.PAY_INPATIENT].sum()) / 100
        return f"${int(paid['amount'].sum()) / 100:,.0f} (inpatient ${inpatient:,.0f})"


def _side_by_side(usual: Any, programme: Any, words: _Words) -> list[str]:
    entries: list[tuple[int, int, str]] = []
    for side, rows in enumerate((usual, programme)):
        entries += [(int(row["time"]), side, words.say(row)) for row in rows if Event(row["event"]) in SHOWN]
    entries.sort(key=lambda entry: (entry[0], entry[2], entry[1]))
    lines = [f"{'':18}{'usual care':{WIDTH}}programme", "-" * (18 + 2 * WIDTH)]
    position = 0
    while position < len(entries):
        time, side, text = entries[position]
        both = position + 1 < len(entries) and entries[position + 1] == (time, 1, text) and side == 0
        left = text if side == 0 else ""
        right = text if side == 1 or both else ""
        lines.append(f"{words.date(time):18}{left:{WIDTH}}{right}".rstrip())
        position += 2 if both else 1
    return [*lines, "", f"{'payer pays':18}{words.cost(usual):{WIDTH}}{words.cost(programme)}", ""]


def _averted(usual: Any, programme: Any, words: _Words) -> list[str]:
    averted = programme[programme["event"] == Event.CRISIS_AVERTED]
    lines = [f"Crises averted at the moment they would have happened: {len(averted)}"]
    happened = set(usual["origin"][usual["event"] == Event.CRISIS].tolist())
    for row in averted:
        also = "it happened in usual care" if int(row["origin"]) in happened else "usual care had taken another course by then"
        lines.append(f"  {words.date(row['time'])}  candidate {int(row['origin']) // 8} ({also})")
        credit = programme[(programme["event"] == Event.CREDIT) & (programme["origin"] == row["origin"])]
        lines += [f"      {words.components[int(c['detail'])]:30} {int(c['amount']) / PER_MILLION:.3f}" for c in credit]
    before = {int(r["origin"]) for r in programme[programme["event"] == Event.CRISIS]}
    added = before - happened
    lines.append(f"Crises in the programme arm only (survivors, freed time): {len(added)}")
    return [*lines, "", CONVENTION] if len(averted) else lines
