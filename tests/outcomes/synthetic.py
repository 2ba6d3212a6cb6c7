"""Replication results with contents that a test chooses."""

from dataclasses import replace
from typing import Any

import numpy as np

from sim.outcomes.results import (
    BASELINE_MONTHS,
    COHORTS,
    COUNTERS,
    HOURS_DTYPE,
    MICROSECONDS_PER_DAY,
    MICROSECONDS_PER_MONTH,
    STAFF_DTYPE,
    STAFF_MONTHS_DTYPE,
    TASKS_DTYPE,
    ArmResult,
    ReplicationResult,
)
from sim.outcomes.terms import Terms

DAY = MICROSECONDS_PER_DAY
MONTH = MICROSECONDS_PER_MONTH
HOUR = DAY // 24


def terms(horizon: int = 36, **values: Any) -> Terms:
    """Terms of a run of `horizon` months."""
    return Terms(horizon_us=horizon * MONTH, **values)


def rows(dtype: np.dtype[Any], *records: dict[str, Any]) -> np.ndarray[Any, Any]:
    """A structured array; fields that are not named are zero."""
    table = np.zeros(len(records), dtype)
    for position, record in enumerate(records):
        for name, value in record.items():
            table[name][position] = value
    return table


def arm(
    horizon: int = 36,
    people: int = 100,
    participants: int = 0,
    monthly: dict[str, int] | None = None,
    refresh_people: int = 0,
    tasks: tuple[dict[str, Any], ...] = (),
    staff: tuple[dict[str, Any], ...] = (),
) -> ArmResult:
    """An arm where nobody dies or leaves: `people` persons, `monthly` events in each month of the original cohort."""
    months = BASELINE_MONTHS + horizon
    tally = np.zeros((len(COHORTS), len(COUNTERS), months), np.int64)
    for name, count in (monthly or {}).items():
        tally[0, COUNTERS.index(name)] = count
    person = np.zeros((len(COHORTS), months), np.int64)
    person[0] = people * MONTH
    person[1, BASELINE_MONTHS + 12 :] = refresh_people * MONTH
    enrolled = np.zeros_like(person)
    enrolled[0, BASELINE_MONTHS:] = participants * MONTH
    return ArmResult(
        tally,
        person,
        enrolled,
        rows(TASKS_DTYPE, *tasks),
        rows(STAFF_DTYPE, *staff),
        np.full(person.shape, np.nan),
        by_month(len(staff), horizon),
        rows(HOURS_DTYPE),
    )


def book(result: ArmResult, counter: str, month: int, count: int, cohort: int = 0) -> None:
    """Set one cell by its month label."""
    position = month + BASELINE_MONTHS if month < 0 else month + BASELINE_MONTHS - 1
    result.tally[cohort, COUNTERS.index(counter), position] = count


POPULATION = {
    "panel": 1000.0,
    "eligible": 100.0,
    "eligible_share": 0.1,
    "cost_share": 0.5,
    "baseline_cost_per_person": 20000.0,
    "panel_cost_per_person": 4000.0,
    "panel_cost_sd": 9000.0,
    **{f"panel_luck_year_{year}": luck for year, luck in enumerate((0.5, -1.0, 2.0), 1)},
    "mean_age": 76.0,
    "female_share": 0.5,
    "under_65_share": 0.1,
    "mean_risk_score": 2.0,
    "mean_medications": 9.0,
    "behavioural_health_share": 0.3,
    "enrolled_share": 0.88,
    "newly_eligible": 60.0,
    "refresh": 30.0,
}


def by_month(roles: int, horizon: int) -> np.ndarray[Any, Any]:
    """Roles that work the same in each month: three quarters of the time, half of it late, with a queue that grows by one a month."""
    each = {"employed_us": MONTH, "available_us": 120 * HOUR, "busy_us": 90 * HOUR, "requested": 21, "started": 10, "on_time": 5}
    each |= {"done": 8, "not_reached": 2, "lapsed": 9, "cancelled": 1}
    return rows(
        STAFF_MONTHS_DTYPE,
        *(
            each | {"role": role, "month": month, "waiting": month, "queue_us": month * MONTH - MONTH // 2}
            for role in range(roles)
            for month in range(1, horizon + 1)
        ),
    )


def replication(usual: ArmResult, programme: ArmResult, number: int = 0) -> ReplicationResult:
    """One replication of two arms."""
    return ReplicationResult(number, dict(POPULATION), {"usual_care": usual, "programme": programme}, events=1000 + number)


CASE_MANAGER = {
    "name": "case_manager",
    "members": 12,
    "fte": 12.0,
    "employed_us": 11 * 36 * MONTH,
    "available_us": 1000 * HOUR,
    "busy_us": 800 * HOUR,
    "cost_cents": 138_000_000,
    "caseload": 190.0,
    "queue_area": 5 * 36 * MONTH,
    "practices": 2.5,
    "most_practices": 4.0,
}
CALLS = {
    "name": "surveillance_call",
    "role": "case_manager",
    "requested": 100,
    "done": 60,
    "not_reached": 12,
    "refused": 3,
    "lapsed": 5,
    "cancelled": 15,
    "open": 5,
    "started": 85,
    "on_time": 72,
    "waited": 40,
    "wait_us": 170 * DAY,
    "work_us": 50 * HOUR,
    "attempts": 120,
}


def lifelike(count: int = 6, horizon: int = 36, seed: int = 1, managers: float = 12.0) -> list[ReplicationResult]:
    """Replications that look like a programme, for pictures and round trips."""
    results = []
    for number in range(count):
        arms: dict[str, ArmResult] = {}
        for name, effect in (("usual_care", 1.0), ("programme", 1.0 - 0.2 * (1 - np.exp(-managers / 5)))):
            random = np.random.default_rng([seed, number, len(arms)])
            made = arm(horizon, people=0, refresh_people=0)
            months = made.tally.shape[2]
            alive = 2600 * np.exp(-0.015 * np.maximum(0, np.arange(months) - 11))
            made.person_time[0] = (alive * MONTH).astype(np.int64)
            made.person_time[1, 24:] = 700 * MONTH
            if name == "programme":
                made.participant_time[0, 12:] = (0.88 * alive[12:] * np.minimum(1, np.arange(1, months - 11) / 5) * MONTH).astype(np.int64)
                made.participant_time[1, 24:] = 590 * MONTH
            level = {"admissions": 0.09, "acsc_admissions": 0.03, "planned_admissions": 0.01, "ed_visits": 0.16, "observation_stays": 0.02}
            level |= {"index_discharges": 0.085, "readmitted_30": 0.02, "readmitted_90": 0.035, "discharges": 0.09, "snf_admissions": 0.022}
            level |= {
                "snf_discharges": 0.02,
                "snf_bound_stays": 0.02,
                "deaths": 0.016,
                "hospice_deaths": 0.005,
                "crises": 0.2,
                "averted": 0.03,
            }
            for counter, rate in level.items():
                factor = np.where(np.arange(months) < 12, 1.0, 1.3 * effect)
                made.tally[0, COUNTERS.index(counter)] = random.poisson(rate * alive * factor)
            made.tally[0, COUNTERS.index("deaths"), :12] = 0
            stays = made.tally[0, COUNTERS.index("discharges")]
            made.tally[0, COUNTERS.index("stay_us")] = stays * 5 * DAY
            made.tally[0, COUNTERS.index("hospital_us")] = stays * 5 * DAY
            made.tally[0, COUNTERS.index("snf_us")] = made.tally[0, COUNTERS.index("snf_discharges")] * 25 * DAY
            made.tally[0, COUNTERS.index("snf_bound_us")] = made.tally[0, COUNTERS.index("snf_bound_stays")] * 7 * DAY
            made.tally[0, COUNTERS.index("pay_inpatient")] = stays * 1_050_000
            made.tally[0, COUNTERS.index("pay_outpatient")] = (alive * 90_000).astype(np.int64)
            made.tally[0, COUNTERS.index("pay_snf")] = made.tally[0, COUNTERS.index("snf_discharges")] * 900_000
            arms[name] = made
        busy = min(0.97, 9.6 / managers)
        late = max(0.0, 1 - managers / 9)
        roles = (
            CASE_MANAGER | {"fte": managers, "busy_us": int(1000 * HOUR * busy), "caseload": 2300 / managers},
            CASE_MANAGER
            | {"name": "pharmacist", "fte": 1.0, "members": 1, "busy_us": 430 * HOUR, "cost_cents": 40_000_000}
            | dict.fromkeys(("caseload", "practices", "most_practices"), np.nan),
        )
        calls = int(60 * (1 - late))
        work = (
            CALLS | {"done": calls, "lapsed": 65 - calls, "on_time": int(72 * (1 - late)), "started": 150 - 65},
            CALLS | {"name": "comprehensive_assessment", "work_us": 90 * HOUR},
            CALLS | {"name": "medication_review", "role": "pharmacist", "work_us": 20 * HOUR},
        )
        old = arms["programme"]
        arms["programme"] = replace(
            old,
            tasks=rows(TASKS_DTYPE, *work),
            staff=rows(STAFF_DTYPE, *roles),
            staff_months=by_month(len(roles), horizon),
            hours=rows(HOURS_DTYPE, *({"week": 2 + number, "component": at, "tier": at, "work_us": HOUR} for at in range(len(work)))),
        )
        results.append(ReplicationResult(number, dict(POPULATION), arms, 1000))
    return results
