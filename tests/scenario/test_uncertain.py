"""Draws of uncertain parameters: the distributions that a scenario states, cut at what a field allows, each at its own address."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.sampling import parameter_uniforms
from sim.scenario import change, load
from sim.scenario.uncertain import UncertainParameter, uncertain_parameters

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
GRID = (np.arange(20_000) + 0.5) / 20_000
"""Evenly spread probabilities: the mean over them is the law's mean to four digits."""


def parameter(key: str, block: str) -> UncertainParameter:
    """One parameter of phase 1 with another value block."""
    found = {known.row.name: known for known in uncertain_parameters(load(PHASE_1, [f"{key}={block}"]))}
    return found[key]


@pytest.mark.parametrize(
    ("block", "mean", "sd"),
    [
        ("{value: 0.3, range: [0.2, 0.6]}", 0.4, 0.4 / math.sqrt(12)),
        ("{value: 0.3, distribution: {family: beta, alpha: 30, beta: 70}}", 0.3, math.sqrt(0.3 * 0.7 / 101)),
        (
            "{value: 0.3, distribution: {family: triangular, low: 0.2, high: 0.6}}",
            1.1 / 3,
            math.sqrt((0.09 + 0.04 + 0.36 - 0.06 - 0.18 - 0.12) / 18),
        ),
        ("{count: 30, of: 99}", 30.5 / 100, math.sqrt(0.305 * 0.695 / 101)),
        ("{value: 0.5, distribution: {family: normal, sd: 0.01}}", 0.5, 0.01),
    ],
)
def test_draws_have_the_mean_and_spread_that_is_stated(block: str, mean: float, sd: float) -> None:
    values = parameter("programme.work.reach.phone", block).quantile(GRID)
    assert values.mean() == pytest.approx(mean, rel=1e-3)
    assert values.std() == pytest.approx(sd, rel=2e-3)


def test_an_interval_of_a_ratio_is_log_normal() -> None:
    known = parameter("programme.work.duration_scale", "{rr: 0.82, ci95: [0.73, 0.91]}")
    values = known.quantile(np.array([0.025, 0.5, 0.975]))
    assert values == pytest.approx([0.82 / math.sqrt(0.91 / 0.73), 0.82, 0.82 * math.sqrt(0.91 / 0.73)], rel=1e-9)


def test_a_law_that_reaches_beyond_the_field_is_cut_and_not_piled_up() -> None:
    known = parameter("programme.work.reach.phone", "{value: 0.95, distribution: {family: normal, sd: 0.1}}")
    values = known.quantile(GRID)
    assert values.max() < 1.0
    assert len(np.unique(values)) == len(GRID)
    assert values.mean() == pytest.approx(stats.truncnorm.mean(-9.5, 0.5, 0.95, 0.1), rel=1e-4)


def test_a_range_may_be_read_as_triangular() -> None:
    known = parameter("programme.work.reach.phone", "{value: 0.3, range: [0.2, 0.6]}")
    assert known.quantile(GRID, "triangular").mean() == pytest.approx((0.2 + 0.3 + 0.6) / 3, rel=1e-4)
    stated = parameter("programme.work.reach.phone", "{value: 0.3, distribution: {family: uniform, low: 0.2, high: 0.6}}")
    assert stated.quantile(GRID, "triangular").mean() == pytest.approx(0.4, rel=1e-4)


def test_whole_numbers_stay_whole() -> None:
    known = parameter("programme.enrolment.refresh.cap", "{value: 10, range: [5, 20]}")
    assert set(known.quantile(GRID)) == set(range(5, 21))


def test_a_drawn_mean_keeps_the_coefficient_of_variation() -> None:
    key, block = "programme.work.home_travel", "{mean: 45 minutes, sd: 22 minutes, ci95: [30 minutes, 60 minutes]}"
    base = load(PHASE_1, [f"{key}={block}"])
    known = next(known for known in uncertain_parameters(base) if known.row.name == key)
    drawn = change(base, [known.override(90 / 1440)]).programme.work.home_travel
    assert drawn.family == base.programme.work.home_travel.family
    assert drawn.mean == pytest.approx(90 / 1440)
    assert drawn.sd / drawn.mean == pytest.approx(22 / 45)


def test_every_draw_of_every_shipped_parameter_is_a_valid_scenario() -> None:
    base = load(PHASE_1)
    known = uncertain_parameters(base)
    unit = parameter_uniforms([parameter.row.name for parameter in known], 3, range(10))
    for row in unit:
        values = [float(parameter.quantile(u)) for parameter, u in zip(known, row, strict=True)]
        drawn = change(base, [parameter.override(value) for parameter, value in zip(known, values, strict=True)])
        found = {row.name: row.value for row in drawn.parameters()}
        assert [found[parameter.row.name] for parameter in known] == pytest.approx(values, rel=1e-12)


def test_a_draw_depends_on_its_address_alone() -> None:
    whole = parameter_uniforms(["a", "b", "c"], 7, range(50))
    assert np.array_equal(parameter_uniforms(["c", "a"], 7, [49, 3])[:, 1], whole[[49, 3], 0])
    assert not (parameter_uniforms(["a"], 8, range(50)) == whole[:, :1]).any()


def test_draws_are_uniform_and_parameters_independent() -> None:
    draws = parameter_uniforms(["a", "b"], 1, range(20_000))
    assert stats.kstest(draws[:, 0], "uniform").pvalue > 0.001
    assert abs(stats.pearsonr(draws[:, 0], draws[:, 1]).statistic) < 4 / math.sqrt(20_000)


def test_changing_a_loaded_scenario_is_loading_it_with_the_change() -> None:
    changes = ["programme.staff.case_manager.fte=6", "programme.enrolment.refresh=none", "contract.fee=99 USD per participant-month"]
    step_by_step = change(change(load(PHASE_1), changes[:1]), changes[1:])
    assert step_by_step == load(PHASE_1, changes)
    assert step_by_step.digest() == load(PHASE_1, changes).digest()
