"""What one replication hands over: tallies, person time, tasks and staff of both arms.

Time is whole microseconds and money whole cents, so that the two clocks can be compared to the bit. Measures are made from these
in `sim.outcomes.measures`; nothing here is a rate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.rules.vocabulary import FIRST_PAYMENT, LAST_PAYMENT, Answer, Counter

ARMS: Final = ("usual_care", "programme")
COHORTS: Final = ("original", "refresh")
BASELINE_MONTHS: Final = 12
"""Months 0..11 of the month axis are the baseline months -12..-1; month 12 of the axis is programme month 1."""

MICROSECONDS_PER_DAY: Final = 86_400_000_000
MICROSECONDS_PER_YEAR: Final = 31_557_600_000_000
"""365.25 days."""
MICROSECONDS_PER_MONTH: Final = MICROSECONDS_PER_YEAR // 12
MICROSECONDS_PER_HOUR: Final = 3_600_000_000

COUNTERS: Final = tuple(counter.name.lower() for counter in Counter)
"""Names along the counter axis of a tally. Readmissions are booked in the month of the index discharge, stays at discharge."""

PAYMENTS: Final = COUNTERS[FIRST_PAYMENT : LAST_PAYMENT + 1]
"""The payer's payments by category, in integer cents."""

PANEL_LUCK: Final = "panel_luck_year_"
"""Figures of the panel whose names begin so: a standard normal draw for each programme year."""

NAME_DTYPE: Final = "U64"

CAME: Final = ("in_hours", "after_hours")
"""When an alert came: offices were open, or closed."""

TASKS_DTYPE: Final = np.dtype(
    [
        ("name", NAME_DTYPE),
        ("role", NAME_DTYPE),
        ("requested", np.int64),
        ("done", np.int64),
        ("not_reached", np.int64),
        ("refused", np.int64),
        ("lapsed", np.int64),
        ("cancelled", np.int64),
        ("open", np.int64),
        ("started", np.int64),
        ("on_time", np.int64),
        ("waited", np.int64),
        ("wait_us", np.int64),
        ("work_us", np.int64),
        ("attempts", np.int64),
        *((f"alerts_{came}_{answer.name.lower()}", np.int64) for came in CAME for answer in Answer),
    ]
)
"""One row per component. requested = done + not_reached + refused + lapsed + cancelled + open.

started: tasks with at least one attempt; on_time: those whose first attempt began by the due time; lapsed: never started;
waited: those whose first attempt did not begin at once, wait_us: the sum of all waits from readiness to first attempt;
work_us: staff time spent on all attempts, travel and documentation included.
alerts_in_hours_*, alerts_after_hours_*: tasks for staff that an alert asked for (a move to or from the ED, observation, hospital or
SNF, or a noticed warning), by whether offices were open when they could be begun: asked, started, of these started after hours (while
offices were closed), and wait_us from then to the first attempt.
"""

STAFF_DTYPE: Final = np.dtype(
    [
        ("name", NAME_DTYPE),
        ("members", np.int64),
        ("fte", np.float64),
        ("employed_us", np.int64),
        ("available_us", np.int64),
        ("busy_us", np.int64),
        ("hires", np.int64),
        ("cost_cents", np.int64),
        ("caseload", np.float64),
        ("queue_area", np.int64),
        ("practices", np.float64),
        ("most_practices", np.float64),
    ]
)
"""One row per role.

employed_us: sum over members of time employed times FTE; available_us: productive time on duty (leave, meetings and training
taken off); busy_us: time spent on tasks; hires: how often a post was filled, the first time included; caseload: patients
enrolled at month 6 per full-time post (NaN without a panel); queue_area: integral of the queue's length over the programme
months (tasks x microseconds); practices, most_practices: from how many practices the patients of a post come that are enrolled at
month 6, on average and at most (NaN without a panel).
"""

MONTH_TASKS: Final = ("requested", "started", "on_time", "done", "not_reached", "refused", "lapsed", "cancelled")
STAFF_MONTHS_DTYPE: Final = np.dtype(
    [
        ("role", np.int16),
        ("month", np.int16),
        *((name, np.int64) for name in ("employed_us", "available_us", "busy_us", "queue_us", "waiting", *MONTH_TASKS)),
    ]
)
"""One row per role and programme month (1, 2, ...). role: row of the role among the staff.

employed_us, available_us, busy_us and the tasks as above, in this month (work is booked when its attempt ends, a task when it is asked
for, first attempted, ended); queue_us: integral of the queue's length; waiting: tasks in the queue at the month's end. Each adds up
over the months to what the role or its components have in the whole run.
"""

HOURS_DTYPE: Final = np.dtype([("week", np.int16), ("component", np.int16), ("tier", np.int16), ("work_us", np.int64)])
"""One row per week since launch (1, 2, ...), component and tier in which there was work. component: its row among the tasks; tier: the
patient's when the attempt ended, 0 before it is known; work_us: staff time of the attempts that ended. Adds up to work_us of the component.
"""


TABLE_DTYPES: Final = {"tasks": TASKS_DTYPE, "staff": STAFF_DTYPE, "staff_months": STAFF_MONTHS_DTYPE, "hours": HOURS_DTYPE}
"""The tables of an arm, by attribute."""


@dataclass(frozen=True, eq=False)
class ArmResult:
    """One arm of one replication.

    tally: int64 [cohort, counter, month]; person_time: int64 [cohort, month], microseconds alive and in the plan;
    participant_time: int64 [cohort, month], microseconds enrolled; tasks: TASKS_DTYPE; staff: STAFF_DTYPE; risk: float64 [cohort,
    month], mean documented risk score at the end of the month of those who are there, known at launch and by programme year;
    staff_months: STAFF_MONTHS_DTYPE; hours: HOURS_DTYPE.
    """

    tally: NDArray[np.int64]
    person_time: NDArray[np.int64]
    participant_time: NDArray[np.int64]
    tasks: NDArray[Any]
    staff: NDArray[Any]
    risk: NDArray[np.float64]
    staff_months: NDArray[Any]
    hours: NDArray[Any]


@dataclass(frozen=True, eq=False)
class ReplicationResult:
    """Both arms of one replication on the same patients and luck, with the panel they come from.

    evaluation: what an evaluator would publish, by cohort, as plain data (`sim.evaluation.keeping`); None without an evaluation.
    persons: the figures of `sim.outcomes.persons` that were asked for.
    statement: that of its account (`sim.economics.statement`), if it was made where the replication was run; not kept in files.
    """

    replication: int
    population: dict[str, float]
    arms: dict[str, ArmResult]
    events: int
    evaluation: dict[str, Any] | None = None
    persons: dict[str, float] = field(default_factory=dict)
    statement: Any = None
