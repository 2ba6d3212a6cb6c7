"""What a finished replication leaves behind, as tallies for the measures: arms, person time, work, staff, panel."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.assembly.components import component_names
from sim.assembly.parameters import us
from sim.assembly.staff import role_names, yearly_cost
from sim.outcomes.flat import ENROLMENT_FIGURES
from sim.outcomes.results import (
    CAME,
    HOURS_DTYPE,
    MONTH_TASKS,
    PANEL_LUCK,
    STAFF_DTYPE,
    STAFF_MONTHS_DTYPE,
    TASKS_DTYPE,
    ArmResult,
    ReplicationResult,
)
from sim.replication import Course
from sim.rules.availability import close_tenure
from sim.rules.contact import SILENCE
from sim.rules.enrolment import manager_of
from sim.rules.laws import normal_quantile
from sim.rules.screen import claims_risk_scores
from sim.rules.streams import Decision, mix, uniform
from sim.rules.units import BASELINE_MONTHS, MINUTE, MONTH, YEAR
from sim.rules.vocabulary import (
    COUNTERS,
    FIRST_PAYMENT,
    LAST_PAYMENT,
    OWN_COUNTERS,
    TIME_COUNTERS,
    Answer,
    Counter,
    Duty,
    Outcome,
    Setting,
)
from sim.rules.world import World
from sim.scenario import Scenario

COHORT_COUNT = 2
CASELOAD_MONTH = 6
CENTS = 100
OWN_UNITS = np.array([MINUTE if TIME_COUNTERS >> counter & 1 else 1 for counter in range(OWN_COUNTERS)], np.int64)
LAUNCH_MONTHS_ENROLLED = 6


def replication_result(scenario: Scenario, replication: int, course: Course) -> ReplicationResult:
    """Tallies of the arms that were run and the description of the panel."""
    arms = {name: arm_result(scenario, course, name) for name in course.arms}
    return ReplicationResult(replication, population(course), arms, course.events)


def arm_result(scenario: Scenario, course: Course, arm: str) -> ArmResult:
    """One arm: tallies with the baseline year put in, time at risk, work by component, staff by role, documented risk."""
    world = course.arms[arm]
    months = int(world.run[0].months)
    tally = world.tally.copy()
    person_time = np.zeros((COHORT_COUNT, months), np.int64)
    participant_time = np.zeros((COHORT_COUNT, months), np.int64)
    patients = world.patients
    refresh = scenario.programme.enrolment.refresh
    refresh_at = us(refresh.at) if refresh is not None else 0
    for cohort in range(COHORT_COUNT):
        rows = np.flatnonzero(patients.cohort == cohort)
        # A patient's baseline year is counted per person: its total stands in the first baseline month. Readmissions of its
        # last discharges fall after launch; they are taken from usual care, so that the baseline is one and the same.
        tally[cohort, :OWN_COUNTERS, 0] = course.arms["usual_care"].own[rows, 0].sum(axis=0, dtype=np.int64) * OWN_UNITS
        if len(rows) == 0:
            continue
        entry = 0 if cohort == 0 else refresh_at
        person_time[cohort, :BASELINE_MONTHS] = len(rows) * MONTH
        person_time[cohort, BASELINE_MONTHS:] = _by_month(np.full(len(rows), entry), patients.left_at[rows], months - BASELINE_MONTHS)
        participant_time[cohort, BASELINE_MONTHS:] = _by_month(
            patients.enrolled_at[rows], patients.unenrolled_at[rows], months - BASELINE_MONTHS
        )
        tally[cohort, :, BASELINE_MONTHS:] += _still_unreached(patients[rows], months - BASELINE_MONTHS)
    return ArmResult(
        tally,
        person_time,
        participant_time,
        _tasks(scenario, world),
        _staff(scenario, world),
        _risk(course, arm, months),
        _staff_months(world),
        _hours(world),
    )


def _risk(course: Course, arm: str, months: int) -> Any:
    """Mean documented risk scores by cohort and month; shape (cohort, months)."""
    risk = np.full((COHORT_COUNT, months), np.nan)
    for month, scores in course.risk[arm]:
        risk[:, BASELINE_MONTHS - 1 + month] = scores
    return risk


def _by_month(start: Any, stop: Any, months: int) -> Any:
    """Total microseconds in [start, stop) by programme month; shape (months,)."""
    edges = np.arange(months + 1, dtype=np.int64) * MONTH
    lower = np.maximum(np.asarray(start, np.int64)[:, None], edges[None, :-1])
    upper = np.minimum(np.asarray(stop, np.int64)[:, None], edges[None, 1:])
    return np.maximum(upper - lower, 0).sum(axis=0)


def _still_unreached(patients: Any, months: int) -> Any:
    """What the run's end leaves uncounted of the patients who are out of touch then; shape (COUNTERS, months)."""
    end = months * MONTH
    since = patients.contacted_at[patients.enrolled == 1] + SILENCE
    since = since[since < end]
    counts = np.zeros((COUNTERS, months), np.int64)
    counts[Counter.UNREACHED] = np.bincount(since // MONTH, minlength=months)
    counts[Counter.UNREACHED_US] = _by_month(since, np.full(len(since), end), months)
    return counts


def _tasks(scenario: Scenario, world: World) -> Any:
    names = component_names(scenario)
    table = np.zeros(len(names), TASKS_DTYPE)
    open_now = np.bincount(world.tasks.component[world.tasks.state != 0], minlength=len(names))
    for row, (name, in_programme) in enumerate(names):
        block = scenario.programme.components[name] if in_programme else None
        table[row]["name"] = name
        table[row]["role"] = block.staff if block is not None else "usual care"
        table[row]["open"] = open_now[row]
        for outcome in Outcome:
            table[row][outcome.name.lower()] = world.work[:, row, outcome].sum()
        for came, closed in zip(CAME, world.alerts[row], strict=True):
            for answer in Answer:
                table[row][f"alerts_{came}_{answer.name.lower()}"] = closed[answer]
    return table


def _staff(scenario: Scenario, world: World) -> Any:
    names = role_names(scenario)
    table = np.zeros(len(names), STAFF_DTYPE)
    end = int(world.run[0].horizon)
    for m in range(len(world.staff)):
        close_tenure(world, m, end)
    for r, name in enumerate(names):
        role = world.roles[r]
        posts = world.staff[int(role.first) : int(role.first + role.members)]
        duty = world.crew[:, r].sum(axis=0)
        employed = int(duty[Duty.EMPLOYED_US])
        table[r]["name"] = name
        table[r]["members"] = len(posts)
        table[r]["fte"] = float(scenario.programme.staff[name].fte)
        table[r]["employed_us"] = employed
        table[r]["available_us"] = int(duty[Duty.AVAILABLE_US])
        table[r]["busy_us"] = int(world.work[:, world.components.role == r, Outcome.WORK_US].sum())
        table[r]["hires"] = int(posts.tenure.sum())
        table[r]["cost_cents"] = round(employed / YEAR * yearly_cost(scenario, name) * CENTS)
        table[r]["caseload"] = _caseload(world, r)
        table[r]["queue_area"] = int(_queue_us(world, r).sum())
        practices = _practices(world, r)
        table[r]["practices"] = np.mean(practices) if practices else np.nan
        table[r]["most_practices"] = max(practices, default=np.nan)
    return table


def _staff_months(world: World) -> Any:
    """Each role by month; after the tenures have been closed."""
    months = len(world.crew)
    parts = []
    for r in range(len(world.roles)):
        part = np.zeros(months, STAFF_MONTHS_DTYPE)
        work = world.work[:, world.components.role == r].sum(axis=1)
        part["role"] = r
        part["month"] = np.arange(1, months + 1)
        part["employed_us"] = world.crew[:, r, Duty.EMPLOYED_US]
        part["available_us"] = world.crew[:, r, Duty.AVAILABLE_US]
        part["busy_us"] = work[:, Outcome.WORK_US]
        part["queue_us"] = _queue_us(world, r)
        part["waiting"] = np.cumsum(world.crew[:, r, Duty.QUEUED])
        for name in MONTH_TASKS:
            part[name] = work[:, Outcome[name.upper()]]
        parts.append(part)
    return np.concatenate(parts) if parts else np.zeros(0, STAFF_MONTHS_DTYPE)


def _queue_us(world: World, r: int) -> Any:
    """Integral of the length of a role's queues by programme month, tasks x microseconds; shape (months,)."""
    queued = world.crew[:, r, Duty.QUEUED]
    return world.crew[:, r, Duty.QUEUE_US] + MONTH * (np.cumsum(queued) - queued)


def _hours(world: World) -> Any:
    """Staff time by week, component and tier."""
    at = np.nonzero(world.hours)
    table = np.zeros(len(at[0]), HOURS_DTYPE)
    table["week"], table["component"], table["tier"] = at[0] + 1, at[1], at[2]
    table["work_us"] = world.hours[at]
    return table


def _practices(world: World, r: int) -> list[int]:
    """From how many practices each post's patients come who are enrolled at month 6; empty for a pool."""
    if not _has_caseload(world, r):
        return []
    at = CASELOAD_MONTH * MONTH
    rows = np.flatnonzero((world.patients.enrolled_at <= at) & (world.patients.unenrolled_at > at))
    post = np.array([manager_of(world, int(i), r) for i in rows], np.int64)
    first = int(world.roles[r].first)
    return [len(np.unique(world.patients.practice[rows[post == first + m]])) for m in range(int(world.roles[r].members))]


def _has_caseload(world: World, r: int) -> bool:
    """Whether each post of a role looks after patients of its own."""
    return bool(not world.roles[r].pool and world.roles[r].members > 0 and world.run[0].programme)


def _caseload(world: World, r: int) -> float:
    """Patients enrolled at month 6 per post that was to be filled by then; NaN for a pool."""
    if not _has_caseload(world, r):
        return float("nan")
    role = world.roles[r]
    at = CASELOAD_MONTH * MONTH
    enrolled = int(((world.patients.enrolled_at <= at) & (world.patients.unenrolled_at > at)).sum())
    fte = float(world.staff.fte[int(role.first) : int(role.first + role.members)].sum())
    return enrolled / fte


def _panel_luck(panel: World) -> dict[str, float]:
    """A standard normal draw for each programme year, the panel's own: how its cost as a whole falls out by chance.

    The key is made of all patients' keys, so that arms, programmes and the order of patients do not change it.
    """
    key = np.uint64(mix(np.bitwise_xor.reduce(panel.patients.key.astype(np.uint64))))
    years = -(-(int(panel.run[0].months) - BASELINE_MONTHS) // 12)
    return {f"{PANEL_LUCK}{year}": float(normal_quantile(uniform(key, int(Decision.PANEL_COST), year))) for year in range(1, years + 1)}


def population(course: Course) -> dict[str, float]:
    """The panel at launch and the eligible among it: counts, shares, cost of the baseline year in USD, and the panel's luck."""
    panel, passed = course.panel, course.passed
    patients = panel.patients
    present = patients.setting < Setting.DEAD
    eligible = np.flatnonzero(passed)
    cost = panel.own[:, 0, FIRST_PAYMENT : LAST_PAYMENT + 1].sum(axis=1, dtype=np.int64) / CENTS
    n = max(1, len(eligible))
    total = float(cost.sum())
    result = {
        "panel": float(len(patients)),
        "present_at_launch": float(present.sum()),
        "eligible": float(len(eligible)),
        "eligible_share": len(eligible) / len(patients),
        "cost_share": float(cost[eligible].sum()) / total if total else float("nan"),
        "panel_cost_per_person": total / len(patients) if len(patients) else float("nan"),
        "panel_cost_sd": float(cost.std(ddof=1)) if len(cost) > 1 else float("nan"),
        **_panel_luck(panel),
        "newly_eligible": float(course.newly_eligible),
        "refresh": float((course.base.patients.cohort == 1).sum()),
    }
    described = {
        "baseline_cost_per_person": cost[eligible],
        "mean_age": patients.age[eligible],
        "female_share": patients.female[eligible],
        "under_65_share": patients.age[eligible] < 65.0,
        "mean_risk_score": claims_risk_scores(panel, eligible, 0),
        "mean_medications": patients.medications[eligible],
        "behavioural_health_share": panel.nature.behavioural_health[eligible],
    }
    for name, values in described.items():
        result[name] = float(np.sum(values)) / n if len(eligible) else float("nan")
    return result | _enrolment(course)


def _enrolment(course: Course) -> dict[str, float]:
    """Who enrolled, and with whom of them there was never any contact; NaN where the programme arm was not run."""
    if "programme" not in course.arms:
        return dict.fromkeys(ENROLMENT_FIGURES, float("nan"))
    programme = course.arms["programme"]
    end = int(programme.run[0].horizon)
    original = programme.patients[programme.patients.cohort == 0]
    n = int(course.passed.sum())
    enrolled = programme.patients[programme.patients.enrolled_at <= end]
    never = enrolled[enrolled.contacted_at == enrolled.enrolled_at]
    stayed = np.minimum(never.unenrolled_at, end) - never.enrolled_at
    return {
        "enrolled_share": float((original.enrolled_at <= LAUNCH_MONTHS_ENROLLED * MONTH).sum()) / n if n else float("nan"),
        "ever_enrolled_share": float((original.enrolled_at <= end).sum()) / n if n else float("nan"),
        "never_contacted": float(len(never)),
        "never_contacted_months": float(stayed.mean()) / MONTH if len(never) else float("nan"),
    }
