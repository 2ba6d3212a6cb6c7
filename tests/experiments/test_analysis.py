"""Known answers through the same analysis code that a sweep goes through (Ishigami, EVPI, variance components, ...)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from experiments.analysis.acceptability import acceptability
from experiments.analysis.information import evpi, evpi_without_luck, evppi, evppi_of_nothing
from experiments.analysis.sensitivity import left_out, morris_effects, sobol_indices
from experiments.analysis.statistics import behind, clearly, mean_error, share_interval
from experiments.analysis.tornado import tornado
from experiments.analysis.variance import variance_split
from experiments.designs.building import Blueprint, probabilities
from experiments.factors import Amount
from experiments.specification.model import Morris, Sobol

NAMES = ("x1", "x2", "x3")
FACTORS = tuple(Amount(name, (name,), -math.pi, math.pi) for name in NAMES)
S1 = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
ST = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


def ishigami(unit: np.ndarray) -> np.ndarray:
    """Ishigami's function, a = 7 and b = 0.1, of points of the unit cube through the factors' own quantiles; shape (points,)."""
    x = np.array([factor.at(unit[:, column]) for column, factor in enumerate(FACTORS)])
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_sobol_indices_of_ishigami() -> None:
    unit = probabilities(Blueprint(Sobol(kind="sobol", base=2048), FACTORS, 1, 1))
    rows = sobol_indices(ishigami(unit)[:, None], NAMES, 1)
    for row in rows:
        assert row["S1"] == pytest.approx(S1[row["factor"]], abs=max(row["S1_conf"], 0.02))
        assert row["ST"] == pytest.approx(ST[row["factor"]], abs=max(row["ST_conf"], 0.02))
        assert row["S1_conf"] < 0.07
        assert math.isnan(row["S1_mc"])
    assert [row["factor"] for row in rows] == ["x1", "x2", "x3"]


def test_noise_of_few_replications_shows_in_the_monte_carlo_error() -> None:
    unit = probabilities(Blueprint(Sobol(kind="sobol", base=512), FACTORS, 1, 1))
    exact = {row["factor"]: row for row in sobol_indices(ishigami(unit)[:, None], NAMES, 1)}
    misses, errors = [], []
    for seed in range(12):
        noise = np.random.default_rng(seed).normal(0, 4, (len(unit), 8))
        for row in sobol_indices(ishigami(unit)[:, None] + noise, NAMES, 1):
            misses.append(row["ST"] - exact[row["factor"]]["ST"])
            errors.append(row["ST_mc"])
    spread = float(np.std([misses[k::3] for k in range(3)], axis=1).mean())
    assert float(np.mean(errors)) == pytest.approx(spread, rel=0.4)


def test_a_failed_row_takes_its_whole_block_along() -> None:
    unit = probabilities(Blueprint(Sobol(kind="sobol", base=512), FACTORS, 1, 1))
    values = ishigami(unit)[:, None].copy()
    values[7] = np.nan
    kept = np.ones(len(values), bool)
    kept[5:10] = False
    assert left_out(values, 5) == 1
    with_hole, without = sobol_indices(values, NAMES, 1), sobol_indices(values[kept], NAMES, 1)
    assert [row["ST"] for row in with_hole] == [row["ST"] for row in without]


def test_elementary_effects_of_a_linear_function_are_its_coefficients() -> None:
    unit = probabilities(Blueprint(Morris(kind="morris", trajectories=10), FACTORS, 1, 1))
    rows = morris_effects(unit, (unit @ np.array([3.0, -2.0, 0.0]))[:, None], NAMES, 4, 1)
    assert {row["factor"]: row["mu"] for row in rows} == pytest.approx({"x1": 3.0, "x2": -2.0, "x3": 0.0}, abs=1e-12)
    assert {row["factor"]: row["mu_star"] for row in rows} == pytest.approx({"x1": 3.0, "x2": 2.0, "x3": 0.0}, abs=1e-12)
    assert max(row["sigma"] for row in rows) < 1e-12


@pytest.mark.parametrize(("mean", "answer"), [(0.0, 398.942), (500.0, 197.797), (-1500.0, 29.307)])
def test_evpi_of_a_normal_net_benefit(mean: float, answer: float) -> None:
    count = 200_001
    benefit = mean + 1000 * stats.norm.ppf((np.arange(count) + 0.5) / count)
    assert evpi(np.stack([np.zeros(count), benefit], axis=1)) == pytest.approx(answer, abs=2e-3)


def unit_normal_loss(mean: float, sd: float) -> float:
    """EVPI of a normal net benefit in closed form."""
    return sd * stats.norm.pdf(mean / sd) - abs(mean) * stats.norm.cdf(-abs(mean) / sd)


def test_evppi_of_a_linear_net_benefit() -> None:
    rng = np.random.default_rng(2)
    draws = rng.normal(size=(4000, 2))
    benefit = np.stack([np.zeros(4000), 100 + 300 * draws[:, 0] + 400 * draws[:, 1]], axis=1)
    assert evppi(draws[:, 0], benefit) == pytest.approx(unit_normal_loss(100, 300), abs=12)
    assert evppi(np.exp(draws[:, 1]), benefit) == pytest.approx(unit_normal_loss(100, 400), abs=12)
    assert evppi_of_nothing(benefit, 1) < 12


def test_luck_does_not_pass_for_information() -> None:
    """Two alternatives that differ by luck alone: knowing the parameters is worth nothing."""
    rng = np.random.default_rng(3)
    benefit = rng.normal(0, 100, (4000, 2, 10))
    benefit[:, 0] = 0
    assert evpi(benefit.mean(axis=2)) > 10
    assert abs(evpi_without_luck(benefit)) < 4 * 100 / math.sqrt(4000 * 10)
    known = np.zeros((4000, 2, 10))
    known[:, 1] = rng.normal(0, 100, (4000, 1)) + rng.normal(0, 100, (4000, 10))
    exact = unit_normal_loss(0, 100)
    assert exact - 3 < evpi_without_luck(known) < exact + 1 < evpi(known.mean(axis=2))


@pytest.mark.parametrize("common", [True, False])
def test_variance_is_split_as_it_was_made(common: bool) -> None:
    rng = np.random.default_rng(4)
    parts = []
    for _ in range(200):
        luck = rng.normal(0, 2, (1, 6)) if common else rng.normal(0, 2, (60, 6))
        parts.append(variance_split(rng.normal(0, 3, (60, 1)) + luck + rng.normal(0, 1, (60, 6)), common))
    for name, value in (("parameters", 9.0), ("chance", 5.0)):
        found = np.array([part[name] for part in parts])
        assert found.mean() == pytest.approx(value, abs=4 * found.std() / math.sqrt(len(parts)))


def test_the_error_of_a_mean_knows_what_cells_share() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(400):
        cells = rng.normal(0, 1, (30, 1)) + rng.normal(0, 1, (1, 10)) + rng.normal(0, 1, (30, 10))
        found.append(mean_error(cells))
    means, errors = np.array(found).T
    assert errors.mean() == pytest.approx(means.std(), rel=0.12)
    assert mean_error(np.array([1.0, 2.0, 3.0, np.nan])) == pytest.approx((2.0, 1 / math.sqrt(3)))


def test_the_distance_to_the_best_is_paired() -> None:
    luck = np.array([[0.0, 40.0, -30.0, 10.0]])
    best, near, far = luck + 1, luck + np.array([1.5, 0.5, 1.6, 0.3]), luck + np.array([-1.0, -1.1, -0.9, -1.0])
    distances = behind([near, far, best])
    assert distances[2] == (0.0, 0.0)
    assert distances[0][0] == pytest.approx(0.025)
    assert distances[1] == pytest.approx(mean_error(best - far))
    assert [clearly(*each) for each in distances] == [False, True, False]
    assert all(math.isnan(value) for value in behind([best, luck[:, 2:]])[1])


def test_the_interval_of_a_share_is_wilsons() -> None:
    share, low, high = share_interval(np.array([1.0] * 8 + [0.0] * 2)[:, None])
    assert share == 0.8
    assert (low, high) == pytest.approx((0.490, 0.943), abs=0.02)  # Wilson, 8 of 10
    assert share_interval(np.ones((10, 1)))[1] == pytest.approx(0.722, abs=0.001)  # Wilson, 10 of 10


def test_acceptability_is_the_share_of_states_in_which_an_alternative_is_best() -> None:
    cost = np.array([[0.0, 100.0], [0.0, 100.0], [0.0, 100.0], [0.0, 100.0]])
    effect = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 4.0], [0.0, -1.0]])
    rows = {(row["willingness"], row["alternative"]): row for row in acceptability(cost, effect, [0, 60, 100], ["none", "all"])}
    assert [rows[value, "all"]["probability_best"] for value in (0, 60, 100)] == [0, 0.5, 0.625]  # at 100 the first state is a tie
    assert rows[60, "all"]["net_benefit"] == pytest.approx(60 * 1.5 - 100)
    assert not rows[60, "all"]["best_on_average"]
    assert rows[100, "all"]["best_on_average"]


def test_a_tornado_is_ordered_by_swing_and_paired() -> None:
    luck = np.array([5.0, -3.0, 1.0])
    moved = [("small", 1, luck + 1), ("large", 1, luck - 4), ("large", 2, luck + 2)]
    rows = tornado(luck, moved)
    assert [(row["factor"], row["difference"], row["swing"]) for row in rows] == [("large", -4, 6), ("large", 2, 6), ("small", 1, 1)]
    assert all(row["error"] == 0 for row in rows)


def test_discovery_finds_the_box() -> None:
    pytest.importorskip("ema_workbench", reason="the EMA Workbench is an optional extra")
    from experiments.analysis.discovery import discover

    rng = np.random.default_rng(6)
    a, b, c = rng.random((3, 2000))
    factors = {"a": a.tolist(), "b": b.tolist(), "c": c.tolist()}
    rows = {row["factor"]: row for row in discover(factors, ((a > 0.6) & (b < 0.5)).astype(float))}
    assert set(rows) == {"a", "b"}
    assert rows["a"]["low"] == pytest.approx(0.6, abs=0.1)
    assert rows["b"]["high"] == pytest.approx(0.5, abs=0.1)
    assert rows["a"]["coverage"] > 0.9
