"""Staff and queues: who may take which work, in what order and when, how long it takes, and what too few people cost.

What happened is read from the event log. Hours, weekdays and holidays are checked with the datetime module and with the federal
holidays as the calendar has them, not with the model's own calendar.
"""

from __future__ import annotations

import datetime as dt
import functools
import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.assembly.components import component_names
from sim.assembly.staff import role_names
from sim.outcomes.results import ArmResult
from sim.outcomes.staffing import on_time_share
from sim.results import replication_result
from sim.rules.availability import is_absent
from sim.rules.units import DAY, HOUR, MONTH, WEEK
from sim.rules.vocabulary import Counter, Event
from sim.rules.world import World
from sim.scenario import load
from sim.simulate import simulate
from tests.known_answers.running import SCENARIOS
from tests.known_answers.statistics import MOST_ERRORS, assert_agrees
from tests.model.running import role, run, small, task, written

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
IN_HAND_ENDS = (Event.TASK_DONE, Event.TASK_ATTEMPT_FAILED, Event.TASK_NOT_REACHED, Event.TASK_REFUSED, Event.TASK_CANCELLED)
ONGOING = np.iinfo(np.int64).max


# --- reading the log ------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """One attempt: who had which task in hand, from when to when; `end` is ONGOING at the horizon."""

    post: int
    name: tuple[int, int, int]  # patient, component, occasion
    start: int
    end: int
    work: int  # productive time that it takes at full productivity, microseconds


def name_of(row: Any) -> tuple[int, int, int]:
    """What tells one task from all others: patient, component, occasion."""
    return int(row["patient"]), int(row["detail"]), int(row["origin"])


def in_hand(rows: Any) -> list[Span]:
    """All attempts in the order in which they ended; fails when a post starts a task while it has one in hand, or ends another."""
    holding: dict[int, Any] = {}
    spans = []
    for row in rows[np.isin(rows["event"], (Event.TASK_STARTED, *IN_HAND_ENDS)) & (rows["staff"] >= 0)]:
        post = int(row["staff"])
        if row["event"] == Event.TASK_STARTED:
            assert post not in holding, f"post {post} starts a second task"
            holding[post] = row
        else:
            start = holding.pop(post)
            assert name_of(start) == name_of(row), f"post {post} ends a task that it did not start"
            spans.append(Span(post, name_of(row), int(start["time"]), int(row["time"]), int(start["amount"])))
    return spans + [Span(post, name_of(row), int(row["time"]), ONGOING, int(row["amount"])) for post, row in holding.items()]


class Tenure(NamedTuple):
    """The time of one holder of a post; `left` is ONGOING for who is there at the horizon."""

    number: int
    hired: int
    left: int


def tenures(rows: Any) -> dict[int, list[Tenure]]:
    """The holders of each post, in order."""
    found: dict[int, list[Tenure]] = defaultdict(list)
    for row in rows[np.isin(rows["event"], (Event.STAFF_HIRED, Event.STAFF_LEFT))]:
        held = found[int(row["staff"])]
        if row["event"] == Event.STAFF_HIRED:
            held.append(Tenure(int(row["origin"]), int(row["time"]), ONGOING))
        else:
            held[-1] = held[-1]._replace(left=int(row["time"]))
    return found


class Presence:
    """Who holds a post at an instant, and whether they are on leave: the weeks of leave are the model's own draws."""

    def __init__(self, world: World, rows: Any) -> None:
        self.tenures = tenures(rows)
        self._world = world
        self._drawn: dict[tuple[int, int, int], bool] = {}

    def holder(self, post: int, t: int) -> Tenure | None:
        """Who holds the post; None while it is vacant."""
        return next((tenure for tenure in self.tenures[post] if tenure.hired <= t < tenure.left), None)

    def on_leave(self, post: int, tenure: int, t: int) -> bool:
        """Whether this holder's week is one of leave."""
        week = t // WEEK
        if (post, tenure, week) not in self._drawn:
            member = self._world.staff[post]
            now = int(member.tenure)
            member.tenure = tenure
            self._drawn[post, tenure, week] = bool(is_absent(self._world, post, week * WEEK))
            member.tenure = now
        return self._drawn[post, tenure, week]

    def missing(self, post: int, t: int) -> bool:
        """Vacant or on leave."""
        holder = self.holder(post, t)
        return holder is None or self.on_leave(post, holder.number, t)


# --- fewer managers -------------------------------------------------------------------------------------------------


def of_managers(arm: ArmResult) -> dict[str, int]:
    """The case managers' tasks, all components added up."""
    rows = arm.tasks[arm.tasks["role"] == "case_manager"]
    return {str(name): int(rows[name].sum()) for name in rows.dtype.names if name not in ("name", "role")}


def queue_length(arm: ArmResult) -> float:
    """Tasks that wait for a case manager, averaged over twelve months: what lapses waits too, unlike in the mean wait of the started."""
    return float(arm.staff[arm.staff["name"] == "case_manager"]["queue_area"][0] / (12 * MONTH))


def test_half_the_managers_do_less_later_and_avert_fewer_crises() -> None:
    """About 470 patients are eligible: two managers are the published ratio of 218 patients each (2,619 for 12)."""
    sets = ("population.size=2400", "run.horizon=12 months", "run.burn_in=3 months", "programme.enrolment.refresh=none")
    arms = {}
    for fte in (2, 1):
        results = simulate(load(PHASE_1, [*sets, f"programme.staff.case_manager.fte={fte}"]), replications=8, seed=1)
        arms[fte] = [result.arms for result in results]
        eligible = [result.population["eligible"] for result in results]
    assert 0.85 < np.mean(eligible) / 2 / (2619 / 12) < 1.15
    for two, one in zip(arms[2], arms[1], strict=True):
        assert np.array_equal(two["usual_care"].tally, one["usual_care"].tally)  # the same patients and luck

    def decisive(fewer_minus_all: list[float]) -> float:
        """Mean of the paired differences in their standard errors."""
        change = np.array(fewer_minus_all)
        return float(change.mean() / (change.std(ddof=1) / math.sqrt(len(change))))

    pairs = [(two["programme"], one["programme"]) for two, one in zip(arms[2], arms[1], strict=True)]
    work = [(of_managers(two), of_managers(one)) for two, one in pairs]
    lost = [one["lapsed"] / one["requested"] - two["lapsed"] / two["requested"] for two, one in work]
    on_time = [on_time_share(one) - on_time_share(two) for two, one in work]
    queue = [queue_length(one) - queue_length(two) for two, one in pairs]
    averted = [int(one.tally[:, Counter.AVERTED].sum()) - int(two.tally[:, Counter.AVERTED].sum()) for two, one in pairs]
    assert decisive(lost) > MOST_ERRORS
    assert min(lost) > 0
    assert decisive(on_time) < -MOST_ERRORS
    assert max(on_time) < 0
    assert decisive(queue) > MOST_ERRORS
    assert min(queue) > 0
    assert decisive([float(change) for change in averted]) < -MOST_ERRORS


def keys_of(value: Any) -> Iterator[str]:
    """Every key of nested data."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield str(key)
            yield from keys_of(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from keys_of(inside)


def test_nothing_in_a_scenario_is_about_caseload() -> None:
    """Caseload acts through hours alone: there is no number that it could be multiplied with."""
    scenario = load(PHASE_1)
    names = [*(row.name for row in scenario.parameters()), *scenario.numeric_keys(), *keys_of(scenario.resolved())]
    assert "programme.staff.case_manager.fte" in names
    assert [name for name in names if "caseload" in name.lower() or "case_load" in name.lower()] == []


# --- more staff -----------------------------------------------------------------------------------------------------

OFFICE = {
    "programme.staff.server.hours": '{days: weekdays, from: "08:00", to: "17:00"}',
    "programme.staff.server.productive_hours": "9 hours",
}


@pytest.mark.parametrize(("rate", "office", "most"), [(0.06, {}, 5), (0.018, OFFICE, 6)], ids=["always", "office"])
def test_more_staff_delay_no_task(rate: float, office: dict[str, str], most: int) -> None:
    """A fixed stream of tasks that never lapse, first come first served: each starts no later with one more post.

    The rate is that of 50 patients each; both streams need between three and four posts, so that all degrees of crowding occur.
    """
    sets = [f"usual_care.crises.rate={{value: {rate}, unit: per hour}}", "run.horizon=5 months"]
    sets += [f"{key}={value}" for key, value in office.items()]
    before: dict[tuple[int, int, int], Any] = {}
    asked: set[tuple[int, int, int]] = set()
    for posts in range(1, most + 1):
        course, log = run(load(SCENARIOS / "mm1.yaml", [*sets, f"programme.staff.server.fte={posts}"]), seed=11)
        assert len(course.arms["programme"].staff) == posts
        requested = log.of("programme", Event.TASK_REQUESTED)
        names = {name_of(row) for row in requested}
        assert len(names) == len(requested) > 3000
        assert posts == 1 or names == asked
        asked = names
        started = {name_of(row): row for row in log.of("programme", Event.TASK_STARTED)}
        in_order = sorted(requested, key=lambda row: int(row["time"]))
        times = [int(started[name]["time"]) if name in started else ONGOING for name in map(name_of, in_order)]
        assert (np.diff(times) >= 0).all()  # first come, first served
        for name, row in before.items():  # what had not been started by the horizon with fewer may be with more
            assert started[name]["time"] <= row["time"], (posts, name)
            assert started[name]["amount"] == row["amount"]
        sooner = sum(started[name]["time"] < row["time"] for name, row in before.items())
        assert posts == 1 or sooner + len(started) - len(before) > 50
        before = started
    assert len(before) > 0.99 * len(asked)


# --- who is there ---------------------------------------------------------------------------------------------------

# https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays, as observed by those who work from Monday to Friday
FEDERAL_HOLIDAYS = {
    dt.date(*day)
    for day in (
        (2006, 9, 4),
        (2006, 10, 9),
        (2006, 11, 10),
        (2006, 11, 23),
        (2006, 12, 25),
        (2007, 1, 1),
        (2007, 1, 15),
        (2007, 2, 19),
        (2007, 5, 28),
        (2007, 7, 4),
        (2007, 9, 3),
        (2007, 10, 8),
        (2007, 11, 12),
        (2007, 11, 22),
        (2007, 12, 25),
        (2008, 1, 1),
        (2008, 1, 21),
    )
}
LAUNCH = dt.date(2006, 8, 1)
OFFICE_HOURS = {"coaching_firm": (9, 18)}  # all others: 8 to 17
FIRM_LEAVES = 2 * MONTH


class Programme(NamedTuple):
    """The programme arm of a replication of phase 1 in which staff come and go."""

    rows: Any
    presence: Presence
    role: list[str]  # of each post


@functools.cache
def restless() -> Programme:
    scenario = load(
        PHASE_1,
        [
            "population.size=1500",
            "run.horizon=18 months",
            "run.burn_in=3 months",
            "programme.staff.case_manager.fte=3.5",
            *(f"programme.staff.{name}.turnover=1.5" for name in load(PHASE_1).programme.staff if name != "coaching_firm"),
            *(f"programme.staff.{name}.vacancy=30 days" for name in load(PHASE_1).programme.staff if name != "coaching_firm"),
        ],
    )
    assert scenario.run.launch == LAUNCH
    course, log = run(scenario, seed=5)
    world = course.arms["programme"]
    names = role_names(scenario)
    return Programme(log["programme"], Presence(world, log["programme"]), [names[r] for r in world.staff.role])


def test_a_post_has_one_task_in_hand_at_a_time() -> None:
    programme = restless()
    spans = in_hand(programme.rows)
    assert len(spans) > 5000
    assert {span.post for span in spans} >= {post for post, name in enumerate(programme.role) if name == "case_manager"}
    free_from: dict[int, int] = {}
    for span in sorted(spans, key=lambda span: span.start):
        assert span.start < span.end
        assert free_from.get(span.post, -1) <= span.start
        free_from[span.post] = span.end


def test_nobody_starts_work_before_being_hired_or_after_leaving() -> None:
    programme = restless()
    held = programme.presence.tenures
    assert sum(len(of_post) for of_post in held.values()) > 1.8 * len(held)
    for of_post in held.values():
        assert all(one.hired <= one.left <= other.hired for one, other in itertools.pairwise(of_post))
    for span in in_hand(programme.rows):
        tenure = programme.presence.holder(span.post, span.start)
        assert tenure is not None, span
        assert span.end <= tenure.left or span.end == ONGOING
        if programme.role[span.post] == "coaching_firm":
            assert span.start < FIRM_LEAVES


def test_hiring_lags_as_the_scenario_says() -> None:
    """The first post of a role is filled at first_on and the last at last_on, the others evenly between."""
    programme = restless()
    first = {post: held[0].hired for post, held in programme.presence.tenures.items()}
    managers = [first[post] for post, name in enumerate(programme.role) if name == "case_manager"]
    assert managers == [0, MONTH, 2 * MONTH, 3 * MONTH]
    assert {first[post] for post, name in enumerate(programme.role) if name == "coaching_firm"} == {0}
    assert [first[post] for post, name in enumerate(programme.role) if name == "resource_specialist"] == [MONTH, 2 * MONTH, 3 * MONTH]


def test_work_starts_in_office_hours_on_working_days() -> None:
    programme = restless()
    midnight = dt.datetime.combine(LAUNCH, dt.time())
    days: set[dt.date] = set()
    for span in in_hand(programme.rows):
        at = midnight + dt.timedelta(microseconds=span.start)
        opens, closes = OFFICE_HOURS.get(programme.role[span.post], (8, 17))
        assert opens <= at.hour < closes, at
        assert at.weekday() < 5, at
        assert at.date() not in FEDERAL_HOLIDAYS, at
        if span.end != ONGOING:
            ended = midnight + dt.timedelta(microseconds=span.end - 1)
            assert opens <= ended.hour < closes, ended
            assert ended.weekday() < 5, ended
            assert ended.date() not in FEDERAL_HOLIDAYS, ended
        days.add(at.date())
    # once everybody has been hired, there is something to do on each working day
    hired, last = dt.date(2006, 11, 1), (midnight + dt.timedelta(microseconds=18 * MONTH)).date()
    working = {hired + dt.timedelta(days=n) for n in range((last - hired).days + 1)} - FEDERAL_HOLIDAYS
    assert {day for day in days if day >= hired} == {day for day in working if day.weekday() < 5}


def test_nobody_starts_work_on_leave() -> None:
    programme = restless()
    for span in in_hand(programme.rows):
        tenure = programme.presence.holder(span.post, span.start)
        assert tenure is not None
        assert not programme.presence.on_leave(span.post, tenure.number, span.start), span
    weeks = [
        programme.presence.on_leave(post, tenure.number, t)
        for post, held in programme.presence.tenures.items()
        if programme.role[post] != "coaching_firm"
        for tenure in held
        for t in range(tenure.hired, min(tenure.left, 18 * MONTH), WEEK)
    ]
    assert sum(weeks) > 50


def test_leave_takes_its_share_of_weeks(tmp_path: Path) -> None:
    """With more work than anybody can do, a post starts nothing in a week only when its holder is away."""
    posts, weeks, away = 60, 52, 0.15
    data = small(
        run__horizon="12 months",
        population__size=150,
        programme__staff={"nurse": role(fte=posts, productive_hours="9 hours", absence=away)},
        programme__work={"duration_scale": 1.0},
        programme__components={"work": task("nurse", every="1 days", hours="6 hours", due="1 days")},
    )
    course, log = run(written(tmp_path, data))
    assert course.arms["programme"].queues[0].length > posts
    started = log.of("programme", Event.TASK_STARTED)
    worked = np.zeros((posts, weeks + 1), bool)
    worked[started["staff"], started["time"] // WEEK] = True
    assert_agrees(1.0 - worked[:, :weeks].mean(axis=1), away, 0.05)


def test_a_role_that_has_gone_is_not_hired_again(tmp_path: Path) -> None:
    """Neither a vacancy that ends after leaves_on nor a hiring planned for later brings anybody back."""
    leaves, posts = 80 * DAY, 20
    data = small(
        programme__staff={
            "nurse": role(
                fte=posts,
                turnover=6.0,
                vacancy="60 days",
                leaves_on="80 days",
                hiring={"first_on": "0 days", "last_on": "90 days"},
            )
        },
        programme__components={"work": task("nurse", every="2 days")},
    )
    scenario = written(tmp_path, data)
    course, log = run(scenario)
    rows = log["programme"]
    held = tenures(rows)
    employed = sum(min(tenure.left, 6 * MONTH) - tenure.hired for of_post in held.values() for tenure in of_post)
    assert sum(len(of_post) for of_post in held.values()) > 15
    assert max(tenure.hired for of_post in held.values() for tenure in of_post) < leaves
    assert (np.diff(rows["time"]) >= 0).all()
    assert replication_result(scenario, 0, course).arms["programme"].staff["employed_us"][0] == employed


# --- queues ---------------------------------------------------------------------------------------------------------

FTE = (1.0, 1.0, 0.5)
URGENCY = {"assess": 0, "alert": 1, "call": 5, "review": 5, "paper": 8}
DUE = {"assess": 20 * DAY, "alert": 4 * HOUR, "call": 9 * DAY, "review": 2 * DAY, "paper": 30 * DAY}
RETRY_AFTER = 2 * DAY
OPENS, CLOSES = 8 * HOUR, 17 * HOUR


class Office(NamedTuple):
    """A crowded office of two and a half posts, and what became of its work."""

    pool: bool
    cover: bool
    rows: Any  # of the programme arm, in the order in which they happened
    names: list[str]  # of components
    owner: dict[int, int]  # whose patient it is, by number
    presence: Presence


@functools.cache
def offices(assignment: str, cover: bool, folder: Path) -> Office:
    by_tier = {"tier_1": "5 days", "tier_2": "7 days", "tier_3": "10 days"}
    nurse = {"assignment": assignment, "cover": cover, "fte": sum(FTE), "absence": 0.25, "turnover": 1.0, "vacancy": "20 days"}
    tiered = {"for": {"tiers": [1, 2, 3]}}
    # everybody has one assessment and is in that tier ever after; all other work is asked for later
    components = {
        "assess": task("nurse", {"assess_tier": True}, on="enrolment", hours="10 minutes"),
        "alert": task("nurse", after=["visit", "missed_visit", "ed_visit"], hours="20 minutes", deadline="3 days", **tiered),
        "call": task("nurse", every=by_tier, mode="phone", attempts=3, hours="15 minutes", deadline="9 days"),
        "review": task("nurse", every=by_tier, hours="25 minutes", deadline="12 days"),
        "paper": task("nurse", every=by_tier, hours="20 minutes"),
    }
    for name, block in components.items():
        block["urgency"] = URGENCY[name]
        block["due"] = f"{DUE[name] // HOUR} hours"
    data = small(
        run__horizon="12 months",
        population__size=70,
        programme__staff={"nurse": role(**nurse)},
        programme__components=components,
        programme__work={"duration_scale": 1.0, "retry_after": f"{RETRY_AFTER // DAY} days"},
    )
    scenario = written(folder, data)
    course, log = run(scenario, seed=3)
    base = course.base.patients
    post = np.searchsorted(np.cumsum(FTE) / sum(FTE), base.place, side="right")
    owner = dict(zip(base.number.tolist(), post.tolist(), strict=True))
    names = [name for name, _ in component_names(scenario)]
    rows = log["programme"]
    return Office(assignment == "pool", cover, rows, names, owner, Presence(course.arms["programme"], rows))


@pytest.fixture(scope="module", params=["pool", "panel", "panel with cover"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Office:
    return offices(request.param.split()[0], request.param.endswith("cover"), tmp_path_factory.getbasetemp())


class Moment(NamedTuple):
    """The office after everything that one instant brought."""

    t: int
    waiting: dict[int, dict[tuple[int, int, int], Any]]  # by queue: tasks with their place in the order
    busy: set[int]
    started: list[tuple[int, int, Any, int, Any]]  # post, queue, place in the order, ready since, the best of those left waiting


def replayed(office: Office) -> Iterator[Moment]:
    """Follow tasks through the log: asked for, waiting, in hand, tried again later, ended."""
    tier: dict[int, int] = {}
    ready: dict[tuple[int, int, int], int] = {}
    place: dict[tuple[int, int, int], Any] = {}
    waiting: dict[int, dict[tuple[int, int, int], Any]] = defaultdict(dict)
    later: list[tuple[int, tuple[int, int, int]]] = []
    busy: set[int] = set()

    def queue_of(name: tuple[int, int, int]) -> int:
        return 0 if office.pool else office.owner[name[0]]

    for t, group in itertools.groupby(office.rows, key=lambda row: int(row["time"])):
        while later and later[0][0] <= t:
            at, name = heapq.heappop(later)
            ready[name] = at
            waiting[queue_of(name)][name] = place[name]
        started = []
        for row in group:
            event, name = row["event"], name_of(row)
            if event == Event.TIER:
                assert name[0] not in tier
                tier[name[0]] = int(row["detail"])
            elif event == Event.TASK_REQUESTED and office.names[name[1]] in URGENCY:
                component = office.names[name[1]]
                assert component == "assess" or name[0] in tier
                place[name] = (URGENCY[component], tier.get(name[0], 2), t + DUE[component])
                ready[name] = t
                waiting[queue_of(name)][name] = place[name]
            elif event == Event.TASK_STARTED:
                queue = queue_of(name)
                mine = waiting[queue].pop(name)
                busy.add(int(row["staff"]))
                started.append((int(row["staff"]), queue, mine, ready[name], min(waiting[queue].values(), default=mine)))
            elif event in (*IN_HAND_ENDS, Event.TASK_LAPSED) and name in place:
                if row["staff"] >= 0:
                    busy.remove(int(row["staff"]))
                    if event == Event.TASK_ATTEMPT_FAILED:
                        heapq.heappush(later, (t + RETRY_AFTER, name))
                elif waiting[queue_of(name)].pop(name, None) is None:  # gone while it was to be tried again later
                    later = [entry for entry in later if entry[1] != name]
                    heapq.heapify(later)
        yield Moment(t, waiting, busy, started)


def test_the_queue_is_worked_off_in_order(office: Office) -> None:
    """Urgency, then tier, then due time: nothing that comes before a task is left waiting when it starts."""
    left_behind, classes = 0, set()
    for moment in replayed(office):
        for _, _, mine, _, best in moment.started:
            assert mine <= best
            left_behind += best > mine
            classes.add(mine[:2])
    assert left_behind > 1000
    assert classes >= {(urgency, tier) for urgency in URGENCY.values() for tier in (1, 2, 3) if urgency > 0}


def test_nobody_idles_while_there_is_work_for_them(office: Office) -> None:
    idle = held_up = 0
    presence = office.presence
    monday = dt.date(2007, 3, 5)
    for moment in replayed(office):
        t = moment.t
        if not (OPENS <= t % DAY < CLOSES and (monday + dt.timedelta(days=t // DAY)).weekday() < 5):
            assert moment.started == []
            continue
        missing = {post for post in range(len(FTE)) if presence.missing(post, t)}
        for post in set(range(len(FTE))) - missing - moment.busy:
            serves = {0} if office.pool else {post, *(missing if office.cover else ())}
            assert not any(moment.waiting[queue] for queue in serves), (post, t)
            idle += 1
        held_up += any(moment.waiting.values())
    assert idle > 100
    assert held_up > 1000


def test_patients_have_a_manager_of_their_own(office: Office) -> None:
    """The work of a panel is its holder's; with cover others do it, but only while the post is vacant or its holder on leave."""
    share = np.bincount(list(office.owner.values())) - len(office.owner) * np.array(FTE) / sum(FTE)
    assert (np.abs(share) < 1.0).all()
    own = helped = kept_waiting = 0
    by_post: dict[int, set[int]] = defaultdict(set)
    for moment in replayed(office):
        for post, queue, _, since, _ in moment.started:
            if office.pool:
                by_post[post].add(queue)
                own += 1
            elif post == queue:
                assert not office.presence.missing(post, moment.t)
                own += 1
                kept_waiting += office.presence.missing(post, since) and moment.t // WEEK > since // WEEK
            else:
                assert office.cover
                assert office.presence.missing(queue, moment.t)
                assert not office.presence.missing(post, moment.t)
                helped += 1
    assert own > 1000
    if office.pool:
        assert by_post == {post: {0} for post in range(len(FTE))}
    else:
        assert (helped > 200) == office.cover
        assert office.cover or kept_waiting > 200


# --- how long work takes --------------------------------------------------------------------------------------------


def office_time(start: int, stop: int) -> int:
    """Microseconds of a Monday-to-Friday, 8-to-17 week without holidays in [start, stop); launch is a Monday."""
    return sum(
        max(0, min(stop, day * DAY + CLOSES) - max(start, day * DAY + OPENS)) for day in range(start // DAY, stop // DAY + 1) if day % 7 < 5
    )


@pytest.mark.parametrize("fte", [1, 0.5])
@pytest.mark.parametrize("turnover", [0.0, 20.0])
@pytest.mark.parametrize("hours", ["always", "office"])
def test_training_slows_work_down(tmp_path: Path, hours: str, turnover: float, fte: float) -> None:
    """An hour of work takes a full-time post two hours on the first day, one from the end of training on, and in between what the
    productivity between its start and its end makes of it; a new holder begins again. A half-time post takes twice as long."""
    training = 14 * DAY
    always = hours == "always"
    nurse = role(
        fte=fte,
        turnover=turnover,
        vacancy="5 days",
        training={"duration": "14 days", "productivity_at_start": 0.5},
        **({"hours": "always", "productive_hours": "24 hours"} if always else {"productive_hours": "9 hours"}),
    )
    data = small(
        run__horizon="4 months",
        programme__staff={"nurse": nurse},
        programme__work={"duration_scale": 1.0},
        programme__components={"first": task("nurse", on="enrolment"), "work": task("nurse", every="12 hours")},
    )
    _, log = run(written(tmp_path, data))
    rows = log["programme"]
    held = tenures(rows)[0]
    assert len(held) > 2 if turnover else len(held) == 1
    spans = [span for span in in_hand(rows) if span.end != ONGOING]

    def takes(hired: int, t: int) -> float:
        return HOUR / fte / (0.5 + 0.5 * min(1.0, (t - hired) / training))

    learning = 0
    for tenure in held:
        mine = [span for span in spans if tenure.hired <= span.start < tenure.left]
        for span in mine:
            assert span.work == HOUR
            taken = span.end - span.start if always else office_time(span.start, span.end)
            assert takes(tenure.hired, span.end) - 1 <= taken <= takes(tenure.hired, span.start) + 1
            if span.start >= tenure.hired + training:
                assert taken == HOUR / fte
            else:
                learning += 1
        if always and mine and mine[0].start == tenure.hired:
            assert mine[0].end - mine[0].start == 2 * HOUR / fte
    if always:
        assert spans[0].start == 0  # so that the exact two hours above were met
    assert 20 < learning < len(spans)


MEETINGS = (0, 8, 40)


@pytest.mark.parametrize("hours", ["always", "office"])
def test_meetings_take_their_hours_from_the_time_for_patients(tmp_path: Path, hours: str) -> None:
    """A post that has always something to do works all its productive hours: those of its open days, less 12 months of meetings.

    Weekdays are 5 of 7 on average, and a year may have a part of a day more or less than that: then meetings do too.
    """
    months, productive = 12, 7
    days = 365.25 if hours == "always" else sum(day % 7 < 5 for day in range(365))
    calendar = {"hours": "always"} if hours == "always" else {}
    done = []
    for meetings in MEETINGS:
        data = small(
            run__horizon=f"{months} months",
            programme__staff={"nurse": role(productive_hours=f"{productive} hours", meetings=f"{meetings} hours", **calendar)},
            programme__work={"duration_scale": 1.0},
            programme__components={"work": task("nurse", every="4 days")},
        )
        scenario = written(tmp_path, data, name=f"{meetings}.yaml")
        course, log = run(scenario)
        post = replication_result(scenario, 0, course).arms["programme"].staff[0]
        assert course.arms["programme"].queues[0].length > 1000
        expected = (days * productive - months * meetings) * HOUR
        spare = 0.0 if hours == "always" else abs(days - 365.25 * 5 / 7) / (365.25 / 12 * 5 / 7) * meetings * HOUR
        assert abs(post["available_us"] - expected) <= spare + 1000
        finished = [span for span in in_hand(log["programme"]) if span.end != ONGOING]
        assert all(span.work == HOUR for span in finished)
        assert 0 <= post["available_us"] - post["busy_us"] < HOUR + 1000
        assert post["busy_us"] == HOUR * len(finished)
        done.append(len(finished))
    for meetings, number in zip(MEETINGS, done, strict=True):
        assert number / done[0] == pytest.approx(1.0 - months * meetings / (days * productive), abs=0.001)
