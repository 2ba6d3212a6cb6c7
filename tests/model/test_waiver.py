"""The 72-hour rule and its waiver, on the same patients with the same luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.replication import Course
from sim.rules.units import DAY
from sim.rules.vocabulary import Counter, Destination, Event
from sim.scenario import load
from tests.model.running import Log, run

SIZE = ("population.size=4000", "programme.enrolment.refresh=none", "programme.components.ed_case_management=null")
ON = load("caseload:mgh_cmp/phase2_mgh.yaml", SIZE)
OFF = load("caseload:mgh_cmp/phase2_mgh.yaml", (*SIZE, "waivers.snf_three_day_rule=none"))

Runs = tuple[tuple[Course, Log], tuple[Course, Log]]


@pytest.fixture(scope="module")
def runs() -> Runs:
    """With and without the waiver."""
    return run(ON), run(OFF)


def stays(log: Log) -> dict[tuple[int, int], tuple[int, int]]:
    """(patient, origin) -> (length, destination) of each finished hospital stay of the programme arm."""
    admitted = {(int(r["patient"]), int(r["origin"])): int(r["time"]) for r in log.of("programme", Event.ADMISSION)}
    ended = log.of("programme", Event.DISCHARGE)
    return {
        (int(r["patient"]), int(r["origin"])): (int(r["time"]) - admitted[int(r["patient"]), int(r["origin"])], int(r["amount"]))
        for r in ended
        if (int(r["patient"]), int(r["origin"])) in admitted
    }


def tally(course: Course, counter: Counter, arm: str = "programme") -> int:
    return int(course.arms[arm].tally[0, counter, 12:].sum())


def test_direct_snf_admissions_appear_with_the_waiver_only(runs: Runs) -> None:
    (on, _), (off, _) = runs
    assert tally(on, Counter.SNF_DIRECT_ADMISSIONS) > 20
    assert tally(on, Counter.SNF_DIRECT_ADMISSIONS, "usual_care") == 0
    assert tally(off, Counter.SNF_DIRECT_ADMISSIONS) == 0


def test_stays_bound_for_a_snf_get_shorter_on_the_same_patients(runs: Runs) -> None:
    (_, on), (_, off) = runs
    mine, theirs = stays(on), stays(off)
    bound = [key for key in mine.keys() & theirs.keys() if mine[key][1] == theirs[key][1] == Destination.SNF]
    saved = np.array([theirs[key][0] - mine[key][0] for key in bound]) / DAY
    assert len(bound) > 200
    error = saved.std() / np.sqrt(len(saved))
    assert saved.mean() > 3 * error
    assert 0.05 <= saved.mean() <= 0.8  # published: 0.07 (Chen 2026) to 0.7 (Grebla 2015)


def test_waiver_stays_are_in_the_network_only(runs: Runs) -> None:
    (course, log), _ = runs
    admitted = log.of("programme", Event.SNF_ADMISSION)
    waived = admitted[admitted["amount"] >= 2]
    assert len(waived) > 20
    assert course.arms["programme"].facilities.network[waived["detail"]].all()


def test_without_the_waiver_a_covered_snf_stay_follows_three_midnights(runs: Runs) -> None:
    _, (_, log) = runs
    discharged = {(int(r["patient"]), int(r["time"])): int(r["origin"]) for r in log.of("programme", Event.DISCHARGE)}
    admitted: dict[tuple[int, int], int] = {
        (int(r["patient"]), int(r["origin"])): int(r["time"]) for r in log.of("programme", Event.ADMISSION)
    }
    checked = 0
    for row in log.of("programme", Event.SNF_ADMISSION):
        key: Any = (int(row["patient"]), int(row["time"]))
        covered = int(row["amount"]) % 2 == 1
        if covered and key in discharged and (key[0], discharged[key]) in admitted:
            start = admitted[key[0], discharged[key]]
            assert key[1] // DAY - start // DAY >= 3
            checked += 1
    assert checked > 200
