"""Solving, racing, stopping by precision: on functions whose answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.decisions.optimising import beaten, frontier_rows, on_frontier, race
from experiments.decisions.solving import Solution, solve
from experiments.decisions.target import Target, parse_target
from experiments.errors import SweepError
from experiments.specification.model import Precision
from experiments.sweep.executors import Here
from experiments.sweep.plan import read_plan
from experiments.sweep.precision import enough, next_counts, standard_errors
from experiments.sweep.runner import run
from experiments.sweep.store import collect
from tests.experiments.sweeping import planned

LUCK = np.random.default_rng(1).normal(size=(4000, 1))
KNOWN = ["programme.roi_fees", "programme.pbpm", "usual_care.pbpm", "difference.pbpm"]


def solved(target: str, response: Callable[[float], float], low: float, high: float, step: float | None) -> tuple[Solution, list[float]]:
    """Solve where the outcome is normal with mean response(value) and sd 1; also the values that were looked at."""
    seen: list[float] = []

    def evaluate(values: list[float]) -> dict[float, np.ndarray]:
        seen.extend(values)
        return {value: response(value) + LUCK for value in values}

    return solve(parse_target(target, KNOWN), low, high, step, evaluate), seen


def test_the_least_that_meets_a_probability() -> None:
    solution, seen = solved("roi_fees >= 1 with probability 0.9", lambda x: x / 4, 0, 24, 0.5)
    exact = 4 * (1 - float(np.quantile(LUCK, 0.1)))
    assert solution.least == math.ceil(exact * 2) / 2
    assert solution.most == 24
    assert len(seen) == len(set(seen)) < 16


def test_the_least_without_steps_is_near() -> None:
    solution, _ = solved("roi_fees >= 1", lambda x: x / 4, 0, 24, None)
    exact = 4 * (1 - float(LUCK.mean()))
    assert solution.least is not None
    assert 0 <= solution.least - exact < 24 / 6 / 2**5


def test_a_response_that_rises_and_falls_has_two_ends() -> None:
    solution, _ = solved("roi_fees >= 1", lambda x: 2 - ((x - 10) / 5) ** 2 - float(LUCK.mean()), 0, 24, 1)
    assert (solution.least, solution.most) == (5, 15)


def test_a_narrow_peak_between_the_first_values_is_found() -> None:
    solution, _ = solved("roi_fees >= 1", lambda x: 1.2 - ((x - 10) / 2) ** 2 - float(LUCK.mean()), 0, 24, 1)
    assert (solution.least, solution.most) == (10, 10)


def test_nothing_does_and_what_is_best_is_said() -> None:
    solution, _ = solved("roi_fees >= 3 with probability 0.5", lambda x: 2 - ((x - 10) / 5) ** 2, 0, 24, 1)
    assert solution.least is None
    assert solution.best == 10
    assert solution.row(10)["reached"] == pytest.approx(0.159, abs=0.02)


def test_a_value_without_an_outcome_is_not_the_best() -> None:
    solution, _ = solved("roi_fees >= 3", lambda x: math.nan if x < 8 else x / 24 - float(LUCK.mean()), 0, 24, 1)
    assert (solution.least, solution.best) == (None, 24)


def test_targets_are_read_as_they_are_written() -> None:
    assert parse_target("roi_fees >= 1 with probability 0.9", KNOWN) == Target("programme.roi_fees", True, 1.0, 0.9)
    assert parse_target("difference.pbpm <= -10", KNOWN) == Target("difference.pbpm", False, -10.0, None)
    for text, message in (
        ("roi_fees > 1", "must be written as in"),
        ("pbpm <= 3", "'pbpm' is of an arm: say usual_care.pbpm"),
        ("roi_fee >= 1", "did you mean"),
        ("roi_fees >= 1 with probability 90", "between 0 and 1"),
    ):
        with pytest.raises(SweepError, match=message):
            parse_target(text, KNOWN)


def test_an_outcome_to_be_small() -> None:
    solution, _ = solved("difference.pbpm <= -1 with probability 0.9", lambda x: -x / 4, 0, 24, 0.5)
    exact = 4 * (1 + float(np.quantile(LUCK, 0.9)))
    assert solution.least == math.ceil(exact * 2) / 2


def test_the_frontier_is_what_nothing_else_beats() -> None:
    criteria = np.array([[1.0, 5.0], [2.0, 4.0], [2.0, 3.0], [3.0, 1.0], [0.0, 0.0], [3.0, 1.0]])
    assert on_frontier(criteria) == [True, True, False, True, False, True]


def test_only_what_is_surely_worse_in_everything_is_dropped() -> None:
    luck = np.random.default_rng(2).normal(0, 10, (1, 40))
    own = np.random.default_rng(3).normal(0, 1, (3, 1, 40))
    good, worse = [luck, luck], [luck - 3 + own[0], luck - 3 + own[1]]
    trade = [luck - 3 + own[0], luck + 3]
    near = [luck - 0.01 + own[2], luck - 0.01 + own[2]]
    assert beaten([good, worse, trade, near], [0, 1, 2, 3]) == [1]


def test_equal_alternatives_are_seldom_dropped() -> None:
    rng = np.random.default_rng(4)
    rounds = [beaten([[rng.normal(size=(1, 30))] for _ in range(5)], range(5)) for _ in range(400)]
    wrong = sum(bool(lost) for lost in rounds) / len(rounds)
    assert wrong < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_a_race_gives_replications_to_those_that_are_left(tmp_path: Path) -> None:
    """A fee is a transfer: the larger it is, the surely smaller are the payer's net savings, on the same care."""
    levers = {"contract.fee": ["20 USD", "200 USD"], "programme.staff.case_manager.fte": [1, 2]}
    folder = planned(tmp_path, levers=levers, outcomes=["programme.net_savings", "programme.fees"], task_size=8)
    plan, standing = race(read_plan(folder), ["programme.net_savings"], 16, lambda plan: run(plan.folder, Here()))
    rows = frontier_rows(collect(plan), standing, ["programme.net_savings"])
    dear = [row for row in rows if row["contract.fee"] == "200 USD"]
    assert all(row["dropped_after"] is not None and not row["frontier"] for row in dear)
    assert any(row["frontier"] for row in rows)
    assert max(plan.counts) == 16
    assert min(plan.counts) < 16


def test_standard_errors_are_those_of_each_beginning() -> None:
    values = np.random.default_rng(5).normal(1e6, 1, 50)
    values[7] = np.nan
    known = [values[:count][np.isfinite(values[:count])] for count in range(1, 51)]
    expected = [part.std(ddof=1) / math.sqrt(len(part)) if len(part) > 1 else math.inf for part in known]
    assert standard_errors(values) == pytest.approx(expected, rel=1e-6)


def test_precision_must_last_over_the_look_ahead() -> None:
    wanted = Precision(outcome="x", standard_error=0.5, at_most=100, look_ahead=5)
    steady = np.array([0.0, 1.0] * 10)
    first = next(count for count in range(2, 21) if steady[:count].std(ddof=1) / math.sqrt(count) <= 0.5)
    assert enough(steady, wanted) == first
    assert enough(steady[: first + 4], wanted) is None
    lucky = np.array([0.0, 0.1, 9.0, -9.0, 9.0, -9.0, 9.0])  # precise by accident, not for long
    assert enough(lucky, wanted) is None
    assert next_counts(np.array([steady, np.resize(lucky, 20)]), [20, 20], wanted) == [20, 30]
    assert next_counts(np.array([np.resize(lucky, 100)]), [100], wanted) == [100]
    assert next_counts(np.full((1, 20), np.nan), [20], wanted) == [20]


def test_a_sweep_stops_when_it_is_precise(tmp_path: Path) -> None:
    levers = {"programme.staff.case_manager.fte": [1, 3]}
    precision = {"outcome": "roi_fees", "standard_error": 0.05, "at_most": 40, "batch": 8}
    folder = planned(tmp_path, levers=levers, replications=4, precision=precision, task_size=8)
    plan = run(folder, Here())
    table = collect(plan).table("programme.roi_fees")
    assert plan.precision is not None
    for point, count in enumerate(plan.counts):
        assert count == 40 or enough(table[point, :count], plan.precision) is not None
        assert enough(table[point, : count - 8], plan.precision) is None
    assert run(folder, Here()).generation == plan.generation
