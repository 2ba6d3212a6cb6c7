"""Measures of staff and of components: how busy each role was and what became of the tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from numpy.typing import NDArray

from sim.outcomes.measures import divide
from sim.outcomes.results import MICROSECONDS_PER_DAY, MICROSECONDS_PER_HOUR, MICROSECONDS_PER_MONTH, ArmResult

TASK_ENDS: Final = ("done", "not_reached", "refused", "lapsed", "cancelled", "open")
TASK_COUNTS: Final = ("requested", *TASK_ENDS)
COMPONENT_FIGURES: Final = (*TASK_COUNTS, "attempts", "on_time", "wait_days", "hours")


@dataclass(frozen=True)
class RoleRecord:
    """One role of one arm: its staff row, its components' rows added up, and the participant time of all cohorts."""

    staff: dict[str, Any]
    tasks: dict[str, int]
    participant_us: int
    horizon_us: int


@dataclass(frozen=True)
class StaffMeasure:
    """One measure of a role, defined once."""

    name: str
    title: str
    definition: str
    unit: str
    compute: Callable[[RoleRecord], float] = field(repr=False)


def _judged(tasks: dict[str, int]) -> int:
    """Tasks somebody could be held to: not those still open or cancelled because the patient died, left or withdrew."""
    return tasks["requested"] - tasks["cancelled"] - tasks["open"]


def on_time_share(tasks: dict[str, int]) -> float:
    """Of the tasks that were started or lapsed, the share whose first attempt began by the due time."""
    return divide(tasks["on_time"], tasks["started"] + tasks["lapsed"])


def mean_wait(tasks: dict[str, int]) -> float:
    """Days from readiness to the first attempt, over the tasks that were started, those without a wait included."""
    return divide(tasks["wait_us"] / MICROSECONDS_PER_DAY, tasks["started"])


def _count(end: str) -> StaffMeasure:
    words = {
        "requested": "tasks asked for",
        "done": "tasks done",
        "not_reached": "tasks given up because the patient could not be reached",
        "refused": "tasks the patient refused",
        "lapsed": "tasks that passed their deadline undone: their benefit is lost",
        "cancelled": "tasks cancelled because the patient died, left or withdrew",
        "open": "tasks still open at the end of the run",
    }[end]
    return StaffMeasure(f"tasks_{end}", words[0].upper() + words[1:], f"Number of {words}.", "count", lambda role: float(role.tasks[end]))


STAFF_MEASURES: Final[tuple[StaffMeasure, ...]] = (
    StaffMeasure("fte", "FTE planned", "Full-time equivalents in the scenario.", "FTE", lambda role: float(role.staff["fte"])),
    StaffMeasure(
        "fte_employed",
        "FTE in post",
        "Average full-time equivalents employed over the programme months, vacancies counted as zero.",
        "FTE",
        lambda role: role.staff["employed_us"] / role.horizon_us,
    ),
    StaffMeasure(
        "utilisation",
        "Utilisation",
        "Time spent on tasks / productive time on duty (leave and meetings taken off).",
        "share",
        lambda role: divide(role.staff["busy_us"], role.staff["available_us"]),
    ),
    StaffMeasure(
        "caseload",
        "Caseload",
        "Patients enrolled per full-time post at month 6.",
        "count",
        lambda role: float(role.staff["caseload"]),
    ),
    StaffMeasure(
        "practices",
        "Practices per post",
        "Mean over the posts of the number of practices from which the patients of the post come who are enrolled at month 6.",
        "count",
        lambda role: float(role.staff["practices"]),
    ),
    StaffMeasure(
        "most_practices",
        "Practices per post, at most",
        "Largest number of practices from which the patients of one post come who are enrolled at month 6.",
        "count",
        lambda role: float(role.staff["most_practices"]),
    ),
    StaffMeasure(
        "hours_per_participant_month",
        "Hours per participant-month",
        "Hours spent on tasks per month of an enrolled patient, all cohorts.",
        "hours",
        lambda role: divide(role.staff["busy_us"] / MICROSECONDS_PER_HOUR, role.participant_us / MICROSECONDS_PER_MONTH),
    ),
    *(_count(end) for end in TASK_COUNTS),
    StaffMeasure(
        "on_time",
        "On time",
        "Tasks whose first attempt began by the due time / tasks that were started or lapsed.",
        "share",
        lambda role: on_time_share(role.tasks),
    ),
    StaffMeasure(
        "lapsed_share",
        "Lapsed",
        "Tasks that passed their deadline undone / tasks that were not cancelled and not still open.",
        "share",
        lambda role: divide(role.tasks["lapsed"], _judged(role.tasks)),
    ),
    StaffMeasure(
        "not_reached_share",
        "Not reached",
        "Tasks given up because the patient could not be reached / tasks that were not cancelled and not still open.",
        "share",
        lambda role: divide(role.tasks["not_reached"], _judged(role.tasks)),
    ),
    StaffMeasure(
        "unmet_share",
        "Not done",
        "Tasks of which nothing came, because they passed their deadline or the patient could not be reached / tasks that were not"
        " cancelled and not still open.",
        "share",
        lambda role: divide(role.tasks["lapsed"] + role.tasks["not_reached"], _judged(role.tasks)),
    ),
    StaffMeasure(
        "wait_days",
        "Wait",
        "Mean days from readiness to the first attempt, over tasks that were started.",
        "days",
        lambda role: mean_wait(role.tasks),
    ),
    StaffMeasure(
        "queue_length",
        "Queue",
        "Mean number of tasks waiting over the programme months, all staff of the role together.",
        "count",
        lambda role: role.staff["queue_area"] / role.horizon_us,
    ),
    StaffMeasure(
        "cost",
        "Cost",
        "Cost of the role over the run, overhead excluded, not discounted.",
        "USD",
        lambda role: role.staff["cost_cents"] / 100,
    ),
)

STAFF_BY_NAME: Final = {measure.name: measure for measure in STAFF_MEASURES}


def staff_values(arm: ArmResult, horizon_us: int) -> dict[str, dict[str, float]]:
    """role -> measure -> value of one arm of one replication. Tables, summary and comparison ask for the same: it is made once."""
    known = _measured.setdefault(arm, {})
    if horizon_us not in known:
        known[horizon_us] = _measure(arm, horizon_us)
    return known[horizon_us]


_measured: WeakKeyDictionary[ArmResult, dict[int, dict[str, dict[str, float]]]] = WeakKeyDictionary()


def _measure(arm: ArmResult, horizon_us: int) -> dict[str, dict[str, float]]:
    participant_us = int(arm.participant_time.sum())
    table: dict[str, dict[str, float]] = {}
    for row in arm.staff:
        tasks = _task_sums(arm.tasks[arm.tasks["role"] == row["name"]])
        role = RoleRecord(_row(row), tasks, participant_us, horizon_us)
        table[str(row["name"])] = {measure.name: measure.compute(role) for measure in STAFF_MEASURES}
    return table


def component_values(arm: ArmResult) -> dict[str, dict[str, float]]:
    """component -> what became of its tasks, on-time share, mean wait in days and hours of work."""
    table: dict[str, dict[str, float]] = {}
    for row in arm.tasks:
        sums = _task_sums(arm.tasks[arm.tasks["name"] == row["name"]])
        table[str(row["name"])] = {
            **{end: float(sums[end]) for end in TASK_COUNTS},
            "attempts": float(sums["attempts"]),
            "on_time": on_time_share(sums),
            "wait_days": mean_wait(sums),
            "hours": sums["work_us"] / MICROSECONDS_PER_HOUR,
        }
    return table


def _row(row: Any) -> dict[str, Any]:
    return {name: row[name].item() for name in row.dtype.names}


def _task_sums(rows: NDArray[Any]) -> dict[str, int]:
    return {name: int(rows[name].sum()) for name in rows.dtype.names or () if name not in ("name", "role")}
