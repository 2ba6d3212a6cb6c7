"""What may differ between arms and runs, and what may not: equality is to the bit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.assembly.components import component_names
from sim.replication import Course
from sim.results import replication_result
from sim.rules.vocabulary import Counter, Event
from sim.scenario import Scenario, load
from sim.simulate import replicate
from tests.model.running import Data, Log, role, run, small, task, written

PHASE_2 = "caseload:mgh_cmp/phase2_mgh.yaml"
SHORT = ("population.size=400", "run.horizon=18 months", "run.burn_in=3 months", "parameters=none")
CLINICAL = np.array([event for event in Event if event <= Event.PAYMENT and event not in (Event.CREDIT, Event.CRISIS_AVERTED)])
SEEN = ("time", "patient", "event", "detail", "origin", "amount")

# nature and claims: what effects work through is left out (what was found, improved and noticed)
LEFT_OUT = {
    "dose_at",
    "noticed_k",
    "noticed_by",
    "help_k",
    "help_by",
    "help_from",
    "excess_cut_by",
    "t",
    "first",
    "layer_k",
    "layer_t",
}


def clinical(log: Log, phase: str) -> Any:
    """What happened to patients, without what staff did; the fields that people can compare."""
    rows = log[phase]
    rows = rows[np.isin(rows["event"], CLINICAL)][list(SEEN)]
    return by_patient(rows)


ROWS_OF_TASKS = ("first_task",)  # where there was room when the work was asked for


def same(one: Any, other: Any) -> bool:
    """Whether two arrays of records are equal field by field; padding and rows of tasks do not count."""
    return len(one) == len(other) and all(np.array_equal(one[name], other[name]) for name in one.dtype.names if name not in ROWS_OF_TASKS)


def by_patient(rows: Any) -> Any:
    """Log rows in the order of time and there of patients: who comes first in one instant is nobody's business."""
    return rows[np.lexsort((rows["patient"], rows["time"]))]


def same_world(one: Course, other: Course, arm: str) -> bool:
    """Whether two runs end an arm with the same tallies, work and patients."""
    a, b = one.arms[arm], other.arms[arm]
    return np.array_equal(a.tally, b.tally) and np.array_equal(a.work, b.work) and same(a.patients, b.patients) and same(a.nature, b.nature)


def without_effects(scenario: Scenario) -> list[str]:
    """Overrides that leave all work as it is and take away whatever it does to patients."""
    sets = []
    for name, block in scenario.programme.components.items():
        for key in ("notice_warning", "shorten_excess", "divert_home", "divert_to_snf", "end_of_life_talk"):
            if getattr(block.does, key) is not None:
                sets.append(f"programme.components.{name}.does.{key}=0")
        if block.does.improve is not None:
            sets.append(f"programme.components.{name}.does.improve.dose=0")
        if block.does.respond is not None:
            sets += [f"programme.components.{name}.does.respond.averts=0", f"programme.components.{name}.does.respond.milder=0"]
        if block.does.shorten_stay is not None:
            sets.append(f"programme.components.{name}.does.shorten_stay=null")
    return [*sets, "waivers.snf_three_day_rule=none"]


def test_without_effects_the_arms_are_equal_to_the_bit() -> None:
    sets = without_effects(load(PHASE_2))
    assert len(sets) > 15
    course, log = run(load(PHASE_2, [*SHORT, *sets]))
    usual, programme = course.arms["usual_care"], course.arms["programme"]
    staffed = usual.components.role >= 0
    assert programme.work[:, staffed].sum() > 10_000
    assert (usual.work[:, staffed] == 0).all()
    assert len(clinical(log, "programme")) > 5_000
    assert same(clinical(log, "usual_care"), clinical(log, "programme"))
    of_patients = [counter for counter in Counter if counter not in (Counter.ENROLLED, Counter.WITHDRAWN) and counter < Counter.CONTACTS]
    assert np.array_equal(usual.tally[:, of_patients], programme.tally[:, of_patients])
    kept = [name for name in usual.nature.dtype.names if name not in LEFT_OUT]
    for name in kept:
        assert np.array_equal(usual.nature[name], programme.nature[name]), name
    for name in (
        "claims_cost",
        "claims_admissions",
        "claims_home_admissions",
        "claims_visits",
        "setting",
        "left_at",
        "documented",
        "risk_score",
        "ed_at",
    ):
        assert np.array_equal(usual.patients[name], programme.patients[name]), name


def test_with_effects_the_arms_differ() -> None:
    _, log = run(load(PHASE_2, SHORT))
    assert not same(clinical(log, "usual_care"), clinical(log, "programme"))


def test_a_programme_without_components_is_usual_care() -> None:
    sets = [f"programme.components.{name}=null" for name in load(PHASE_2).programme.components]
    course, log = run(load(PHASE_2, [*SHORT, *sets, "waivers.snf_three_day_rule=none"]))
    usual, programme = course.arms["usual_care"], course.arms["programme"]
    of_patients = log["programme"][~np.isin(log["programme"]["event"], (Event.STAFF_HIRED, Event.STAFF_LEFT))]
    assert same(by_patient(log["usual_care"]), by_patient(of_patients))
    assert np.array_equal(usual.tally, programme.tally)
    assert np.array_equal(usual.work, programme.work)
    assert same(usual.patients, programme.patients)
    assert same(usual.nature, programme.nature)


AFTER_DISCHARGE = {
    "follow_up": task("nurse", {"shorten_excess": 0.9, "improve": {"dose": 1.0}}, after=["discharge"], deadline="9 days", hours="3 hours"),
    "again": task("nurse", {"improve": {"dose": 0.5}}, after=["task_done"], by=["follow_up"], delay="5 days"),
}


def test_work_after_discharge_changes_nothing_before_a_patients_first_discharge(tmp_path: Path) -> None:
    scenario = written(
        tmp_path,
        small(
            population__size=300,
            run__horizon="18 months",
            programme__staff={"nurse": role(fte=3)},
            programme__components=AFTER_DISCHARGE,
            sites__practices={
                "one": {
                    "count": 2,
                    "size": 0.5,
                    "physicians": 4,
                    "urgent_slots": 1000,
                    "champion": True,
                    "integration": 0.8,
                    "hospital": "main",
                }
            },  # capacities unlimited: an urgent slot that one patient leaves open is one that another takes
        ),
    )
    course, log = run(scenario)
    rows = [clinical(log, arm) for arm in ("usual_care", "programme")]
    differ = 0
    for number in course.base.patients.number:
        usual, programme = (part[part["patient"] == number] for part in rows)
        discharges = usual["time"][usual["event"] == Event.DISCHARGE]
        until = discharges[0] if len(discharges) else np.iinfo(np.int64).max
        assert same(usual[usual["time"] <= until], programme[programme["time"] <= until]), number
        differ += not same(usual, programme)
    assert differ > 10


def rows_of_a_panel(n: int) -> list[str]:
    lottery = random.Random(3)
    conditions = ("heart_failure;copd", "diabetes", "none", "copd", "depression;arrhythmia;dementia")
    practices = ("one_1", "one_2", "")
    rows = []
    for j in range(n):
        sex, conditions_of = lottery.choice(["male", "female"]), lottery.choice(conditions)
        rows.append(f"P{j:03},{lottery.randint(66, 94)},{sex},{conditions_of},{lottery.choice(practices)}")
    return rows


def busy() -> Data:
    """Work that patients compete for."""
    return small(
        run__horizon="9 months",
        usual_care__crises={"rate": {"value": 1.5, "unit": "per year"}},
        sites__snfs={"near": {"share": 0.6, "network": True, "telerounding": True, "beds": 2}, "far": {"share": 0.4, "beds": 2}},
        programme__staff={"manager": role(assignment="panel", fte=2, absence=0.2, cover=True, turnover=1.0), "nurse": role()},
        programme__components={
            "assess": task("manager", {"assess_tier": True, "improve": {"dose": 0.4}}, on="enrolment", hours="4 hours", deadline="60 days"),
            "call": task(
                "manager", {"notice_warning": 0.5}, every={"tier_1": "6 days", "tier_2": "9 days", "tier_3": "20 days"}, mode="phone"
            ),
            "answer": task(
                "nurse", {"respond": {"averts": 0.6, "milder": 0.2}, "open_urgent_slot": True}, after=["warning_noticed"], deadline="3 days"
            ),
            "visit": task("nurse", {"shorten_excess": 0.4}, after=["discharge"], mode="home", hours="4 hours", deadline="5 days"),
        },
    )


def shuffled(value: Any, lottery: random.Random) -> Any:
    """The same data with the keys of every block in another order."""
    if isinstance(value, dict):
        names = list(value)
        lottery.shuffle(names)
        return {name: shuffled(value[name], lottery) for name in names}
    return [shuffled(item, lottery) for item in value] if isinstance(value, list) else value


def by_number(rows: Any, names: dict[int, str]) -> list[tuple[Any, ...]]:
    """Log rows with the patient's name instead of a number that depends on the order of the file."""
    named = [
        (names.get(int(row["patient"]), ""), *(int(row[name]) for name in ("time", "event", "detail", "origin", "amount"))) for row in rows
    ]
    return sorted(named, key=lambda row: (row[1], row[0]))


def test_the_order_of_the_rows_of_a_panel_changes_nothing(tmp_path: Path) -> None:
    rows = rows_of_a_panel(150)
    outcomes = []
    for name, order in (("a", rows), ("b", rows[::-1])):
        (tmp_path / f"{name}.csv").write_text("id,age,sex,conditions,practice\n" + "\n".join(order) + "\n", encoding="utf-8")
        data = busy()
        data["population"] = {"panel": {"csv": f"{name}.csv"}}
        course, log = run(written(tmp_path, data, name=f"{name}.yaml"))
        names = {j + 1: row.split(",")[0] for j, row in enumerate(order)}
        outcomes.append((course, {arm: by_number(log[arm], names) for arm in ("usual_care", "programme")}))
    (one, log_one), (other, log_other) = outcomes
    for arm in ("usual_care", "programme"):
        assert np.array_equal(one.arms[arm].tally, other.arms[arm].tally)
        assert np.array_equal(one.arms[arm].work, other.arms[arm].work)
        assert log_one[arm] == log_other[arm]
    assert one.arms["programme"].work.sum() > 0
    assert log_one["usual_care"] != log_one["programme"]


@pytest.mark.parametrize("lot", [1, 2])
def test_the_order_of_the_keys_in_a_scenario_changes_nothing(tmp_path: Path, lot: int) -> None:
    data = busy()
    other = shuffled(data, random.Random(lot))
    assert list(other) != list(data)
    results = [run(written(tmp_path, d, name=f"{j}.yaml")) for j, d in enumerate((data, other))]
    for phase in ("baseline", "usual_care", "programme"):
        assert same(results[0][1][phase], results[1][1][phase])
    for arm in ("usual_care", "programme"):
        assert same_world(results[0][0], results[1][0], arm)


def test_more_staff_leave_usual_care_as_it_is() -> None:
    twelve, log_twelve = run(load(PHASE_2, SHORT))
    six, log_six = run(load(PHASE_2, [*SHORT, "programme.staff.case_manager.fte=0.5"]))
    for phase in ("baseline", "waiting", "usual_care"):
        assert same(log_twelve[phase], log_six[phase])
    assert same_world(twelve, six, "usual_care")
    assert not same(log_twelve["programme"], log_six["programme"])


def test_a_component_that_never_acts_changes_nobody() -> None:
    inert = "programme.components.aaa_inert={after: [visit, discharge, enrolment], staff: practice, chance: 0, does: {improve: {dose: 3}}}"
    plain, log_plain = run(load(PHASE_2, SHORT))
    scenario = load(PHASE_2, [*SHORT, inert])
    added, log_added = run(scenario)
    for phase in ("baseline", "waiting", "usual_care", "programme"):
        assert same(clinical(log_plain, phase), clinical(log_added, phase)), phase
    for arm in ("usual_care", "programme"):
        assert np.array_equal(plain.arms[arm].tally, added.arms[arm].tally)
        row = [name for name, _ in component_names(scenario)].index("aaa_inert")
        assert (added.arms[arm].work[:, row] == 0).all()
        assert np.array_equal(plain.arms[arm].work, np.delete(added.arms[arm].work, row, axis=1))


def test_results_of_a_replication_do_not_depend_on_the_log() -> None:
    scenario = load(PHASE_2, SHORT)
    course, _ = run(scenario)
    quiet = replicate(scenario, 1, 0, "compiled")
    loud = replication_result(scenario, 0, course)
    for arm in ("usual_care", "programme"):
        assert np.array_equal(quiet.arms[arm].tally, loud.arms[arm].tally)
        assert quiet.arms[arm].tasks.tolist() == loud.arms[arm].tasks.tolist()
