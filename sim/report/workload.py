"""What a run's tables say of the staff's work: by role and month, by week, task and tier; alerts after hours; patients out of touch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.outcomes.results import CAME, MICROSECONDS_PER_HOUR, MICROSECONDS_PER_MONTH
from sim.outcomes.staff_months import MONTH_MEASURES, MonthMeasure
from sim.outcomes.summary import Statistics, statistics
from sim.report.reading import Floats, Reading
from sim.rules.units import SILENCE_MONTHS

if TYPE_CHECKING:
    import pandas as pd

TIERS: Final = {1: "Tier I", 2: "Tier II", 3: "Tier III", 0: "Tier not known yet"}
ANSWERS: Final = ("asked", "started", "started_after_hours", "wait_us")


def main_role(run: Reading) -> str:
    """The role with most full-time posts."""
    staff = run.summary["staff"]
    return str(max(staff, key=lambda role: float(staff[role]["fte"]["mean"] or 0.0)))


# By month ---------------------------------------------------------------------------------------------------------------------


def monthly_values(run: Reading) -> dict[tuple[str, str], Floats]:
    """(role, measure of MONTH_MEASURES) -> shape (replication, month); a measure that a role cannot have is left out."""
    table = run.table("staff_by_month")
    table = table[table["arm"] == "programme"]
    people = run.by_month
    people = people[(people["arm"] == "programme") & (people["month"] > 0)]
    enrolled = people.groupby(["replication", "month"])["participant_us"].sum().to_numpy(np.float64).reshape(run.replications, -1)
    found = {}
    for role, own in table.groupby("role"):
        columns = [name for name in own.columns if name not in ("replication", "arm", "role", "month")]
        sums = {name: own[name].to_numpy(np.float64).reshape(run.replications, -1) for name in columns}
        for measure in MONTH_MEASURES:
            if has(run, str(role), measure):
                found[str(role), measure.name] = measure.values(sums | {"participant_us": enrolled})
    return found


def has(run: Reading, role: str, measure: MonthMeasure) -> bool:
    """Whether a role can have the measure."""
    return not measure.panel_only or run.summary["staff"][role]["caseload"]["mean"] is not None


def by_month_statistics(values: Floats) -> list[Statistics]:
    """Over the replications, month by month."""
    return [statistics(list(map(float, month))) for month in values.T]


# By week, task and tier -------------------------------------------------------------------------------------------------------


def mean_hours(run: Reading) -> pd.DataFrame:
    """Staff hours by week, component, role and tier: the mean over all replications, those without such work included."""
    table = run.table("staff_hours")
    table = table[table["arm"] == "programme"]
    sums = table.groupby(["week", "component", "role", "tier"])["work_us"].sum() / MICROSECONDS_PER_HOUR / run.replications
    return sums.rename("hours").reset_index()


# Alerts -----------------------------------------------------------------------------------------------------------------------


class Alerts(NamedTuple):
    """Alerts to one component, means over the replications. Each pair: those that came in office hours, and after hours."""

    component: str
    role: str
    asked: tuple[float, ...]
    started: tuple[float, ...]
    started_after_hours: tuple[float, ...]
    wait_hours: tuple[float | None, ...]


def alerts(run: Reading) -> list[Alerts]:
    """One for each component that staff do and that had alerts, most alerts first."""
    table = run.table("tasks")
    table = table[table["arm"] == "programme"]
    numbers = [name for name in table.columns if name.startswith("alerts_")]
    found = []
    for (component, role), own in table.groupby(["name", "role"]):
        sums = {name: float(own[name].sum()) for name in numbers}
        asked, started, after, waited = (tuple(sums[f"alerts_{came}_{answer}"] for came in CAME) for answer in ANSWERS)
        if not sum(asked):
            continue
        waits = tuple(wait / MICROSECONDS_PER_HOUR / number if number else None for wait, number in zip(waited, started, strict=True))
        asked, started, after = (tuple(number / run.replications for number in pair) for pair in (asked, started, after))
        found.append(Alerts(str(component), str(role), asked, started, after, waits))
    return sorted(found, key=lambda row: -sum(row.asked))


# For whom the nurses answer ---------------------------------------------------------------------------------------------------


class Figure(NamedTuple):
    """One figure with its definition. over: its denominator."""

    title: str
    unit: str
    values: Statistics
    definition: str
    over: str


def figures(run: Reading) -> list[Figure]:
    """Practices of a post, alerts after hours, patients out of touch; over replications."""
    return [*_practices(run), *_alert_figures(run), *_unreached(run)]


def _practices(run: Reading) -> Iterator[Figure]:
    for role, values in run.summary["staff"].items():
        if values["practices"]["mean"] is None:
            continue
        name = role.replace("_", " ")
        definition = "different practices of the patients who are enrolled at month 6 and belong to the post"
        yield Figure(f"Practices per {name}, mean", "count", values["practices"], f"Sum over the posts of the {definition}", "posts")
        yield Figure(f"Practices per {name}, most", "count", values["most_practices"], f"Largest number of {definition}", "")


def _ratio(top: Floats, under: Floats) -> Statistics:
    return statistics([float(a / b) if b else float("nan") for a, b in zip(top, under, strict=True)])


def _alert_figures(run: Reading) -> Iterator[Figure]:
    table = run.table("tasks")
    table = table[table["arm"] == "programme"]
    sums = table.groupby("replication").sum(numeric_only=True)

    def of(came: str, answer: str) -> Floats:
        return sums[f"alerts_{came}_{answer}"].to_numpy(np.float64)

    asked = of("in_hours", "asked") + of("after_hours", "asked")
    if not asked.any():
        return
    started = of("in_hours", "started") + of("after_hours", "started")
    answered = of("in_hours", "started_after_hours") + of("after_hours", "started_after_hours")
    yield Figure(
        "Alerts",
        "count",
        statistics(list(map(float, asked))),
        "Tasks for staff that a move to or from the ED, observation, hospital or SNF, or a noticed warning, asked for",
        "",
    )
    yield Figure(
        "Alerts that come after hours",
        "share",
        _ratio(of("after_hours", "asked"), asked),
        "Alerts whose task could be begun first while offices were closed (weekdays 8 to 17 are open)",
        "alerts",
    )
    yield Figure(
        "Alerts answered after hours", "share", _ratio(answered, started), "First attempts made while offices were closed", "first attempts"
    )
    for came, name in zip(CAME, ("in office hours", "after hours"), strict=True):
        yield Figure(
            f"Answer to an alert that comes {name}",
            "hours",
            _ratio(of(came, "wait_us") / MICROSECONDS_PER_HOUR, of(came, "started")),
            "Hours from when the task could be begun to its first attempt",
            "first attempts",
        )


def _unreached(run: Reading) -> Iterator[Figure]:
    table = run.by_month
    table = table[(table["arm"] == "programme") & (table["month"] > 0)]
    columns = ["unreached", "unreached_us", "participant_us", "enrolled"]
    sums = table.groupby("replication")[columns].sum()
    spells, silent, enrolled, joined = (sums[name].to_numpy(np.float64) for name in columns)
    if not joined.any():
        return
    silence = f"no contact (a task done with patient or family, not at a desk) for {SILENCE_MONTHS} months"
    yield Figure(
        "Unreached patients",
        "count",
        statistics(list(map(float, silent / MICROSECONDS_PER_MONTH / run.months))),
        f"Patient-months enrolled with {silence} or more",
        "programme months",
    )
    yield Figure(
        "Time unreached", "share", _ratio(silent, enrolled), f"Patient-months enrolled with {silence} or more", "patient-months enrolled"
    )
    yield Figure("Losses of touch", "count", statistics(list(map(float, spells))), f"How often an enrolled patient had had {silence}", "")
    yield Figure(
        "Months without contact",
        "months",
        _ratio(silent / MICROSECONDS_PER_MONTH + SILENCE_MONTHS * spells, spells),
        "Months from the last contact (or enrolment) to the next one, the end of participation or of the run",
        "losses of touch",
    )
    people = run.summary["population"]
    yield Figure(
        "Never contacted", "count", people["never_contacted"], "Patients enrolled with whom there was no contact after they had joined", ""
    )
    yield Figure(
        "Months enrolled without any contact",
        "months",
        people["never_contacted_months"],
        "Months from enrolment to the end of participation or of the run",
        "patients never contacted",
    )
