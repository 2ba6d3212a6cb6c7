"""Designs: the points that the field's definitions ask for, and what a larger design has in common with a smaller one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.designs.building import OWN_LUCK, Blueprint, build, probabilities
from experiments.factors import Amount, Base
from experiments.specification.loading import open_experiment
from experiments.specification.model import LatinHypercube, Morris, Sobol
from experiments.sweep.tasks import Part, make_tasks, missing_parts
from tests.experiments.sweeping import written

THREE = tuple(Amount(name, (name,), 0.0, 1.0) for name in "abc")
REACH = {"include": ["programme.work.reach.*"]}


def opened(folder: Path, **changes: Any) -> Any:
    """An experiment with changes."""
    return open_experiment(written(folder, **changes))


def test_a_grid_is_every_combination(tmp_path: Path) -> None:
    points = build(opened(tmp_path).blueprint)
    pairs = set(zip(*points.columns.values(), strict=True))
    assert len(points) == len(pairs) == 20
    assert {pair[0] for pair in pairs} == set("12345")


def test_a_latin_hypercube_uses_each_stratum_once_and_grows_by_whole_ones() -> None:
    blueprint = Blueprint(LatinHypercube(kind="latin_hypercube", points=50), THREE, 3, 1)
    unit = probabilities(blueprint)
    assert all(sorted((column * 50).astype(int)) == list(range(50)) for column in unit.T)
    larger = probabilities(blueprint.resized(80))
    assert np.array_equal(larger[:50], unit)
    assert all(sorted((column * 30).astype(int)) == list(range(30)) for column in larger[50:].T)


def test_a_larger_sobol_design_begins_with_the_smaller_one() -> None:
    blueprint = Blueprint(Sobol(kind="sobol", base=8), THREE, 3, 1)
    unit, larger = probabilities(blueprint), probabilities(blueprint.resized(32))
    assert unit.shape == (8 * 5, 3)
    assert np.array_equal(larger[: len(unit)], unit)
    block = unit[:5]  # A, A with one column of B three times, B
    assert all(np.array_equal(block[1 + k], np.where(np.arange(3) == k, block[4], block[0])) for k in range(3))


def test_a_trajectory_of_morris_moves_each_factor_once() -> None:
    blueprint = Blueprint(Morris(kind="morris", trajectories=6), THREE, 3, 1)
    unit = probabilities(blueprint.resized(10))
    assert unit.shape == (10 * 4, 3)
    assert np.array_equal(unit[: 6 * 4], probabilities(blueprint))
    for trajectory in unit.reshape(10, 4, 3):
        moved = np.abs(np.diff(trajectory, axis=0)) > 0
        assert (moved.sum(axis=1) == 1).all()
        assert (moved.sum(axis=0) == 1).all()
        assert np.allclose(np.abs(np.diff(trajectory, axis=0))[moved], 2 / 3)


def test_one_way_moves_one_factor_at_a_time(tmp_path: Path) -> None:
    points = build(opened(tmp_path, levers=None, uncertainties=REACH, design={"kind": "one_way"}).blueprint)
    assert points.assignments(0) == {}
    assert [len(points.assignments(point)) for point in range(1, len(points))] == [1] * 14
    phone = [value for value in points.columns["programme.work.reach.phone"] if value is not None]
    assert phone == pytest.approx([0.4 + 0.35 * 0.025, 0.4 + 0.35 * 0.975])


def test_psa_draws_are_axes_of_their_own(tmp_path: Path) -> None:
    design = {"kind": "psa", "draws": 7, "luck": "own"}
    levers = {"programme.staff.case_manager.fte": [2, 4]}
    blueprint = opened(tmp_path, levers=levers, uncertainties=REACH, design=design).blueprint
    points = build(blueprint)
    assert len(points) == 14
    phone = np.array(points.columns["programme.work.reach.phone"]).reshape(2, 7)
    assert np.array_equal(phone[0], phone[1])
    assert len(set(phone[0])) == 7
    assert list(points.first) == [draw * OWN_LUCK for draw in range(7)] * 2
    fewer = opened(tmp_path, levers=levers, uncertainties={"include": ["programme.work.reach.phone"]}, design=design).blueprint
    assert build(fewer).columns["programme.work.reach.phone"] == points.columns["programme.work.reach.phone"]
    assert build(blueprint.resized(9)).columns["programme.work.reach.phone"][:7] == list(phone[0])


def test_a_parameter_that_a_lever_moves_is_not_sampled(tmp_path: Path) -> None:
    levers = {
        "programme.work.reach.phone": [0.5, 0.6],
        "office": {"alternatives": {"as_is": {}, "changed": {"programme.work.reach": {"home": 0.5, "isolated": 0.9}}}},
    }
    blueprint = opened(
        tmp_path, levers=levers, uncertainties={"include": ["programme.work.*"]}, design={"kind": "psa", "draws": 2}
    ).blueprint
    names = {factor.name for factor in blueprint.factors if factor.role == "uncertainty"}
    assert "programme.work.duration_scale" in names
    assert not {name for name in names if "reach" in name}


def test_posterior_draws_are_whole_rows(tmp_path: Path) -> None:
    rows = [(0.41 + k / 100, 0.71 + k / 100) for k in range(9)]
    text = "programme.work.reach.phone,programme.work.reach.office\n" + "\n".join(f"{a},{b}" for a, b in rows)
    (tmp_path / "posterior.csv").write_text(text, encoding="utf-8")
    uncertainties = {**REACH, "posterior": "posterior.csv"}
    points = build(opened(tmp_path, levers=None, uncertainties=uncertainties, design={"kind": "psa", "draws": 40}).blueprint)
    pairs = set(zip(points.columns["programme.work.reach.phone"], points.columns["programme.work.reach.office"], strict=True))
    assert pairs <= set(rows)
    assert len(pairs) > 4
    assert len(set(points.columns["programme.work.reach.home"])) == 40


def test_a_scaled_lever_multiplies_what_the_scenario_says(tmp_path: Path) -> None:
    levers = {"effect": {"scale": ["programme.components.*.does.improve.dose"], "from": 0, "to": 2, "step": 0.5}}
    experiment = opened(tmp_path, levers=levers)
    points = build(experiment.blueprint)
    assert points.columns["effect"] == [0, 0.5, 1, 1.5, 2]
    base = experiment.base
    half = Base(base.changed(points.changes(1, experiment.factors, base)))
    key = "programme.components.home_visit.does.improve.dose"
    assert half.rows[key].value == pytest.approx(base.rows[key].value / 2)


counts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.integers(1, 40)), max_size=12)


@given(counts, counts, st.integers(1, 15))
def test_tasks_hold_what_is_missing_and_nothing_twice(wanted: list[Any], have: list[Any], size: int) -> None:
    def cells(parts: Any) -> list[tuple[int, int]]:
        return [(part.point, part.first + k) for part in parts for k in range(part.replications)]

    asked = [Part(point, 0, count) for point, count in {point: count for point, _, count in wanted}.items()]
    there = [Part(*part) for part in have]
    tasks = list(make_tasks(missing_parts(asked, there), [str(point) for point in range(7)], ["identity"], size))
    run = cells(part for task in tasks for part in task.parts)
    assert len(run) == len(set(run))
    assert set(run) == set(cells(asked)) - set(cells(there))
    assert all(task.replications == size for task in tasks[:-1])
    assert len({task.key for task in tasks}) == len(tasks)
