"""What goes in comes out: patients, stays, beds, money, work and time are neither lost nor made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.assembly.parameters import us
from sim.outcomes.results import ArmResult
from sim.replication import ARMS, Course
from sim.results import replication_result
from sim.rules.availability import is_absent
from sim.rules.units import BASELINE_MONTHS, BASELINE_START, MONTH, WEEK
from sim.rules.vocabulary import FIRST_PAYMENT, LAST_PAYMENT, Counter, Event, Kind, Outcome, Setting, StaffStatus, TaskState
from sim.rules.world import World
from sim.scenario import Scenario, load
from tests.model.running import Log, role, run, small, task, written

OVER = (Event.DEATH, Event.LEFT)
STAYS_BED = (Setting.HOSPITAL, Setting.SNF)


class Finished(NamedTuple):
    """A replication that has been run."""

    scenario: Scenario
    course: Course
    log: Log
    results: dict[str, ArmResult]


def crowded(folder: Path) -> Scenario:
    """Few beds, few people, much to do: everything that can happen to a patient or a piece of work happens here."""
    panel = {"assignment": "panel", "fte": 2.5, "absence": 0.3, "cover": True, "turnover": 2.0, "vacancy": "20 days"}
    data = small(
        run__horizon="14 months",
        population__size=260,
        sites__hospitals={"main": {"alerts": True, "beds": 6}, "elsewhere": {"outside": True, "beds": 4}},
        sites__snfs={"near": {"share": 0.6, "network": True, "telerounding": True, "beds": 3}, "far": {"share": 0.4, "beds": 2}},
        usual_care__crises={"rate": {"value": 1.2, "unit": "per year"}},
        usual_care__ed={"snf_candidate_share": 0.2},
        usual_care__hospital={"fatality": 0.01},
        programme__enrolment={
            "criteria": {"any_of": [{"risk_score_at_least": 0.6}]},
            "refusal_share": 0.1,
            "withdrawal": {"value": 0.2, "unit": "per year"},
            "graduation": {"after": {"mean": "20 months"}},
            "refresh": {"at": "5 months", "cap": 25, "refusal_share": 0.1},
        },
        programme__staff={
            "manager": role(**panel),
            "nurse": role(fte=1.2, absence=0.2, training={"duration": "40 days", "productivity_at_start": 0.4}),
        },
        programme__components={
            "outreach": task("manager", {"enrol": 0.9}, after=["eligibility"], mode="phone", attempts=2, deadline="2 months"),
            "in_visit": {"after": ["visit"], "staff": "practice", "chance": 0.1, "does": {"enrol": 0.5}},
            "assess": task("manager", {"assess_tier": True, "screen": 0.5}, on="enrolment", hours="3 hours", deadline="40 days"),
            "call": task(
                "manager",
                {"notice_warning": 0.9, "improve": {"dose": 0.2}},
                every={"tier_1": "9 days", "tier_2": "20 days", "tier_3": "50 days"},
                mode="phone",
                attempts=2,
                deadline="9 days",
            ),
            "answer": task("nurse", {"respond": {"averts": 0.7, "milder": 0.2}}, after=["warning_noticed"], by=["call"], deadline="4 days"),
            "in_the_ed": task(
                "nurse", {"divert_to_snf": 0.8, "divert_home": 0.2}, after=["ed_visit"], mode="hospital", hours="5 minutes", urgency=0
            ),
            "after_discharge": task("nurse", {"shorten_excess": 0.5}, after=["discharge"], mode="home", hours="5 hours", deadline="6 days"),
            "rounds": task(
                "nurse", {"shorten_stay": {"by": "1 days"}}, after=["snf_admission"], mode="hospital", delay="3 days", deadline="5 days"
            ),
        },
        waivers={"snf_three_day_rule": {"minimum_stars": 3, "physician_approval": 0.9, "stay": {"mean": "12 days"}}},
    )
    return written(folder, data)


@pytest.fixture(scope="module", params=["crowded", "phase2_mgh"])
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    if request.param == "crowded":
        scenario = crowded(tmp_path_factory.mktemp("crowded"))
    else:
        scenario = load("caseload:mgh_cmp/phase2_mgh.yaml", ["population.size=600", "run.burn_in=6 months"])
    course, log = run(scenario, seed=7)
    return Finished(scenario, course, log, replication_result(scenario, 0, course).arms)


def refresh_at(scenario: Scenario) -> int:
    """When the refresh cohort joins, microseconds after launch."""
    refresh = scenario.programme.enrolment.refresh
    assert refresh is not None
    return us(refresh.at)


def by_patient(rows: Any) -> Iterator[tuple[int, Any]]:
    """(number, rows of that patient in the order in which they were logged)."""
    order = np.argsort(rows["patient"], kind="stable")
    edges = np.flatnonzero(np.diff(rows["patient"][order])) + 1
    for part in np.split(rows[order], edges):
        if part["patient"][0] >= 0:
            yield int(part["patient"][0]), part


# --- patients -------------------------------------------------------------------------------------------------------

OUT = (Setting.HOME, Setting.LONG_STAY)
# event -> (settings from which it is possible, setting it leads to); None: wherever the patient lives
MOVES: dict[Event, tuple[tuple[Setting, ...], Setting | None]] = {
    Event.ED_ARRIVAL: ((*OUT, Setting.SNF, Setting.HOSPICE), Setting.ED),
    Event.ED_DEPARTURE: ((Setting.ED,), None),
    Event.OBSERVATION: (OUT, Setting.OBSERVATION),  # after its ED departure, at the same instant
    Event.ADMISSION: ((*OUT, Setting.OBSERVATION, Setting.SNF, Setting.HOSPICE), Setting.HOSPITAL),
    Event.DISCHARGE: ((Setting.HOSPITAL,), None),
    Event.SNF_ADMISSION: (OUT, Setting.SNF),
    Event.SNF_DISCHARGE: ((Setting.SNF,), None),
    Event.HOSPICE: ((*OUT, Setting.SNF, Setting.HOSPICE), Setting.HOSPICE),
    Event.LONG_STAY: (OUT, Setting.LONG_STAY),
    Event.DEATH: (tuple(Setting)[: Setting.DEAD], Setting.DEAD),
    Event.LEFT: ((*OUT, Setting.SNF, Setting.HOSPICE), Setting.LEFT),
}


def follow(rows: Any, setting: Setting, residence: Setting) -> tuple[Setting, Setting]:
    """Where the log leaves a patient who was in `setting` and lives in `residence`; every move must be possible."""
    for row in rows:
        event = Event(row["event"])
        if event is Event.PAYMENT and row["detail"] == Counter.PAY_OBSERVATION:
            if setting is Setting.OBSERVATION:  # nothing else is logged when observation ends at home; a death is logged before
                setting = residence
            continue
        if event not in MOVES:
            continue
        possible, leads_to = MOVES[event]
        assert setting in possible, (setting.name, event.name, row)
        if event is Event.LONG_STAY:
            residence = Setting.LONG_STAY
        setting = residence if leads_to is None else leads_to
    return setting, residence


@pytest.mark.parametrize("arm", ARMS)
def test_a_patient_is_in_one_setting_at_a_time(finished: Finished, arm: str) -> None:
    base, end = finished.course.base, finished.course.arms[arm]
    place = {int(number): row for row, number in enumerate(base.patients.number)}
    assert np.array_equal(base.patients.number, end.patients.number)
    seen = set()
    for number, rows in by_patient(finished.log[arm]):
        i = place[number]
        setting, residence = follow(rows, Setting(base.patients.setting[i]), Setting(base.nature.residence[i]))
        assert setting == end.patients.setting[i], number
        assert residence == end.nature.residence[i], number
        seen.add(number)
    assert len(seen) > 0.9 * len(place)


def lives(rows: Any) -> list[Any]:
    """The rows of the lives that were tried for one person in the baseline, one array each; the last may have none."""
    ends = rows["time"][np.isin(rows["event"], OVER)]
    parts = []
    for end in ends:
        over = np.flatnonzero(np.isin(rows["event"], OVER))[0]
        after = over + 1
        while after < len(rows) and rows["time"][after] == end:  # the stay that death ended is paid
            after += 1
        parts.append(rows[:after])
        rows = rows[after:]
    return [*parts, rows]


def test_a_patient_is_in_one_setting_at_a_time_before_launch(finished: Finished) -> None:
    panel = finished.course.panel
    place = {int(number): row for row, number in enumerate(panel.patients.number)}
    for number, rows in by_patient(finished.log["baseline"]):
        for life in lives(rows):
            setting, residence = follow(life, Setting.HOME, Setting.HOME)
        assert setting == panel.patients.setting[place[number]]
        assert residence == panel.nature.residence[place[number]]


@pytest.mark.parametrize("arm", ARMS)
def test_nothing_happens_to_those_who_are_gone(finished: Finished, arm: str) -> None:
    gone = 0
    for _, rows in by_patient(finished.log[arm]):
        assert (np.diff(rows["time"]) >= 0).all()
        over = np.flatnonzero(np.isin(rows["event"], OVER))
        assert len(over) <= 1
        if len(over) == 0:
            continue
        gone += 1
        rest = rows[over[0] + 1 :]
        rest = rest[rest["event"] != Event.TASK_CANCELLED]
        assert set(rest["event"].tolist()) <= {Event.PAYMENT}, rest  # the stay that death ended is paid
        assert (rest["time"] == rows["time"][over[0]]).all()
    assert gone > 5


@pytest.mark.parametrize("arm", ARMS)
def test_who_was_admitted_is_discharged_or_still_inside(finished: Finished, arm: str) -> None:
    base, world = finished.course.base, finished.course.arms[arm]
    count = world.tally.sum(axis=(0, 2))
    for setting, came, left in (
        (Setting.HOSPITAL, Counter.ADMISSIONS, Counter.DISCHARGES),
        (Setting.SNF, Counter.SNF_ADMISSIONS, Counter.SNF_DISCHARGES),
    ):
        before, after = (
            int(((w.patients.setting == setting) & ((w.nature.covered == 1) | (setting is Setting.HOSPITAL))).sum()) for w in (base, world)
        )
        assert count[came] > 0
        assert before + count[came] - count[left] == after
    assert count[Counter.DEATHS] == (world.patients.setting == Setting.DEAD).sum()
    assert count[Counter.LEFT] == (world.patients.setting == Setting.LEFT).sum()


@pytest.mark.parametrize("arm", ARMS)
def test_beds_in_use_are_patients_inside(finished: Finished, arm: str) -> None:
    for world in (finished.course.panel, finished.course.base, finished.course.arms[arm]):
        inside = np.zeros(len(world.facilities), int)
        for setting in STAYS_BED:
            np.add.at(inside, world.patients.facility[world.patients.setting == setting], 1)
        assert world.facilities.occupied.tolist() == inside.tolist()
        for f, facility in enumerate(world.facilities):
            waiting = np.flatnonzero(world.nature.waiting_for == f)
            assert (world.patients.setting[waiting] == Setting.HOSPITAL).all()
            listed, here = [], int(facility.waiting)
            while here >= 0:
                listed.append(here)
                here = int(world.nature.waiting_next[here])
            assert sorted(listed) == waiting.tolist()
            if listed and world is not finished.course.base:  # at launch the beds that non-eligible patients leave are given at once
                assert facility.occupied >= facility.beds > -1


@pytest.mark.parametrize("arm", ARMS)
def test_no_snf_takes_more_than_it_has_beds(finished: Finished, arm: str) -> None:
    base, world = finished.course.base, finished.course.arms[arm]
    limited = [f for f, facility in enumerate(world.facilities) if facility.kind == Kind.SNF and facility.beds >= 0]
    where = {
        int(n): int(f)
        for n, f, s in zip(base.patients.number, base.patients.facility, base.patients.setting, strict=True)
        if s == Setting.SNF
    }
    occupied = {f: list(where.values()).count(f) for f in limited}
    leaving = (Event.SNF_DISCHARGE, Event.ED_ARRIVAL, Event.ADMISSION, Event.HOSPICE, *OVER)
    most = dict.fromkeys(limited, 0)
    for row in finished.log.of(arm, Event.SNF_ADMISSION, *leaving):
        number = int(row["patient"])
        if row["event"] == Event.SNF_ADMISSION:
            where[number] = int(row["detail"])
            if where[number] in occupied:
                occupied[where[number]] += 1
                most[where[number]] = max(most[where[number]], occupied[where[number]])
                assert occupied[where[number]] <= world.facilities.beds[where[number]]
        elif (f := where.pop(number, None)) in occupied:
            occupied[f] -= 1
    for f in limited:
        assert most[f] == world.facilities.beds[f]  # the limit was felt


# --- money ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arm", ARMS)
def test_the_ledger_is_the_sum_of_the_events(finished: Finished, arm: str) -> None:
    world, paid = finished.course.arms[arm], finished.log.of(arm, Event.PAYMENT)
    cohort = np.full(int(world.patients.number.max()) + 1, -1)
    cohort[world.patients.number] = world.patients.cohort
    ledger = np.zeros_like(world.tally)
    np.add.at(ledger, (cohort[paid["patient"]], paid["detail"], BASELINE_MONTHS + paid["time"] // MONTH), paid["amount"])
    money = slice(FIRST_PAYMENT, LAST_PAYMENT + 1)
    assert np.array_equal(ledger[:, money], world.tally[:, money])
    for category in (Counter.PAY_INPATIENT, Counter.PAY_ED, Counter.PAY_SNF, Counter.PAY_PRIMARY, Counter.PAY_HOSPICE):
        assert ledger[:, category].sum() > 0
    assert (world.tally[1, :, : BASELINE_MONTHS + refresh_at(finished.scenario) // MONTH] == 0).all()


def test_the_baseline_year_and_the_claims_year_are_sums_of_events(finished: Finished) -> None:
    panel = finished.course.panel
    start, stop = int(panel.run[0].claims_from[0]), int(panel.run[0].claims_to[0])
    place = {int(number): row for row, number in enumerate(panel.patients.number)}
    own, claims = np.zeros_like(panel.own), np.zeros(len(place), np.int64)
    for number, rows in by_patient(finished.log["baseline"]):
        life = lives(rows)[-1]
        paid = life[life["event"] == Event.PAYMENT]
        year = paid[paid["time"] >= BASELINE_START]
        np.add.at(own[place[number], 0], year["detail"], year["amount"])
        claims[place[number]] = paid["amount"][(paid["time"] >= start) & (paid["time"] < stop)].sum()
    money = slice(FIRST_PAYMENT, LAST_PAYMENT + 1)
    assert np.array_equal(own[:, 0, money], panel.own[:, 0, money])
    assert np.array_equal(claims, panel.patients.claims_cost[:, 0])
    assert claims.sum() > 0


# --- work -----------------------------------------------------------------------------------------------------------

ENDINGS = (Outcome.DONE, Outcome.NOT_REACHED, Outcome.REFUSED, Outcome.LAPSED, Outcome.CANCELLED)


@pytest.mark.parametrize("arm", ARMS)
def test_work_that_was_asked_for_ended_somehow_or_is_open(finished: Finished, arm: str) -> None:
    table, world = finished.results[arm].tasks, finished.course.arms[arm]
    ended = sum(table[outcome.name.lower()] for outcome in ENDINGS)
    assert (table["requested"] == ended + table["open"]).all()
    programme = world.components.programme == 1
    assert table["requested"][~programme].sum() > 0
    assert (table["requested"][programme].sum() > 0) == (arm == "programme")
    if arm == "programme":
        for outcome in ENDINGS:
            assert table[outcome.name.lower()].sum() > 0, outcome.name


@pytest.mark.parametrize("arm", ARMS)
def test_the_book_of_work_is_the_sum_of_the_log(finished: Finished, arm: str) -> None:
    base, world = finished.course.base, finished.course.arms[arm]
    staffed = world.components.role >= 0
    carried = np.bincount(base.tasks.component[base.tasks.state != 0], minlength=len(world.components))
    for event, outcome in (
        (Event.TASK_REQUESTED, Outcome.REQUESTED),
        (Event.TASK_DONE, Outcome.DONE),
        (Event.TASK_NOT_REACHED, Outcome.NOT_REACHED),
        (Event.TASK_REFUSED, Outcome.REFUSED),
        (Event.TASK_LAPSED, Outcome.LAPSED),
        (Event.TASK_CANCELLED, Outcome.CANCELLED),
        (Event.TASK_STARTED, Outcome.ATTEMPTS),
    ):
        logged = np.bincount(finished.log.of(arm, event)["detail"], minlength=len(world.components))
        if outcome is Outcome.REQUESTED:
            logged = logged + carried
        assert logged[staffed].tolist() == world.work[:, staffed, outcome].sum(axis=0).tolist(), event.name


@pytest.mark.parametrize("arm", ARMS)
def test_queues_hold_the_tasks_that_wait_and_hands_those_in_service(finished: Finished, arm: str) -> None:
    world = finished.course.arms[arm]
    tasks = world.tasks
    for q, queue in enumerate(world.queues):
        waiting = np.flatnonzero((tasks.state == TaskState.QUEUED) & (tasks.queue == q))
        assert queue.length == len(waiting)
        listed, ahead = [], [int(queue.head)]
        while ahead:
            here = ahead.pop()
            if here >= 0:
                listed.append(here)
                ahead += [int(tasks.next[here]), int(tasks.child[here])]
        assert sorted(listed) == waiting.tolist()
    in_hand = world.staff.task[world.staff.status == StaffStatus.BUSY]
    assert sorted(in_hand.tolist()) == np.flatnonzero(tasks.state == TaskState.IN_SERVICE).tolist()
    assert (world.staff.task[world.staff.status != StaffStatus.BUSY] == -1).all()
    held = []
    for i, patient in enumerate(world.patients):
        here = int(patient.first_task)
        while here >= 0:
            assert tasks.patient[here] == i
            held.append(here)
            here = int(tasks.sibling[here])
    assert sorted(held) == np.flatnonzero(tasks.state != TaskState.FREE).tolist()
    assert world.run[0].free_tasks == (tasks.state == TaskState.FREE).sum()


def absent_weeks(world: World, m: int) -> int:
    """Weeks of leave that a post's holders began; counted over every tenure, so never too few."""
    weeks = range(int(world.run[0].horizon) // WEEK + 1)
    member = world.staff[m]
    tenure, worst = int(member.tenure), 0
    for number in range(1, tenure + 1):
        member.tenure = number
        worst += sum(is_absent(world, m, week * WEEK) for week in weeks)
    member.tenure = tenure
    return worst


def test_staff_are_busy_for_the_work_that_was_finished_and_not_longer_than_they_are_there(finished: Finished) -> None:
    """Work once begun is finished, so that a task in hand when a week of leave begins runs into it: no more than one a week of leave."""
    world, result = finished.course.arms["programme"], finished.results["programme"]
    started = finished.log.of("programme", Event.TASK_STARTED)
    for r, row in enumerate(result.staff):
        mine = np.flatnonzero(world.components.role == r)
        assert row["busy_us"] == world.work[:, mine, Outcome.WORK_US].sum() == result.tasks["work_us"][mine].sum()
        posts = range(int(world.roles[r].first), int(world.roles[r].first + world.roles[r].members))
        amounts = started["amount"][np.isin(started["detail"], mine)]
        longest = int(amounts.max()) if len(amounts) else 0
        overrun = longest * sum(absent_weeks(world, m) for m in posts)
        assert row["busy_us"] <= row["available_us"] + overrun, row["name"]
        in_hand = int(world.tasks.work_us[world.staff.task[[m for m in posts if world.staff.status[m] == StaffStatus.BUSY]]].sum())
        assert row["busy_us"] + in_hand == amounts.sum()
    assert (result.staff["busy_us"] > 0).any()
    assert (finished.results["usual_care"].staff["busy_us"] == 0).all()
    assert (finished.results["usual_care"].staff["employed_us"] == 0).all()


# --- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arm", ARMS)
def test_person_time_and_the_time_lost_make_up_the_time_of_the_panel(finished: Finished, arm: str) -> None:
    world, result = finished.course.arms[arm], finished.results[arm]
    horizon = int(world.run[0].horizon)
    for cohort, entry in ((0, 0), (1, refresh_at(finished.scenario))):
        mine = world.patients[world.patients.cohort == cohort]
        gone = np.minimum(mine.left_at, horizon)
        lost = int((horizon - gone).sum())
        assert int(result.person_time[cohort, BASELINE_MONTHS:].sum()) + lost == len(mine) * (horizon - entry)
        assert int(result.person_time[cohort, :BASELINE_MONTHS].sum()) == len(mine) * BASELINE_MONTHS * MONTH
        away = finished.log.of(arm, *OVER)
        away = away[np.isin(away["patient"], mine.number)]
        assert lost == int((horizon - away["time"]).sum())
        assert lost > 0 or cohort == 1
        stays = np.minimum(mine.unenrolled_at, horizon) - np.minimum(mine.enrolled_at, horizon)
        assert int(result.participant_time[cohort].sum()) == int(stays.sum())
        assert (stays >= 0).all()
        assert (mine.unenrolled_at[(mine.enrolled_at < horizon)] <= mine.left_at[mine.enrolled_at < horizon]).all()
