"""Closed forms of power against published tables and against people."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.designs import matched_did, randomised
from sim.evaluation.moments import Moments, average, intraclass_correlation, moments, r_squared
from sim.evaluation.outcomes import COST
from sim.evaluation.people import Observed
from sim.evaluation.power import PowerPlan, design_effect, detectable_effect, people_needed, power, standard_error, years_needed
from sim.evaluation.settings import SignificanceTest
from sim.evaluation.study import Study
from sim.evaluation.windows import window
from tests.evaluation.synthetic import PLAIN, Population, known

USUAL = SignificanceTest(0.05, 2, 0.8)


def moments_of(cv, r_squared=0.15, correlation=0.3, icc=0.0, size=1.0):
    """A baseline year like any other, as the evidence has it."""
    return Moments(1865.0, cv, correlation, cv, correlation, r_squared, icc, size)


@pytest.mark.parametrize(("effect", "people"), [(0.10, 6_279), (0.05, 25_116)])
def test_two_arms(effect, people):
    """Known answers: mean cost, alpha .05, power .8, CV 2, per arm."""
    one = standard_error(moments_of(2.0), 1.0, 1.0, adjustment="none")
    assert round(people_needed(effect, one, USUAL)) == people
    plan = PowerPlan(moments_of(2.0, 0.0), effect, people, 1.0, USUAL, "covariates", False)
    assert plan.people_needed(1) == people + 1  # the first whole number that is enough
    assert detectable_effect(plan.error(people + 1, 1), USUAL) <= effect < detectable_effect(plan.error(people, 1), USUAL)


def test_the_published_power_table():
    """Pope and Kautter (RTI): one sample, SD 2.08 of the mean, 10% difference, alpha 1%; within a point (evidence 6.2)."""
    test = SignificanceTest(0.01, 2, 0.8)
    published = {100: 2, 500: 7, 1_000: 15, 2_000: 33, 5_000: 80, 10_000: 99, 20_000: 100}
    for n, percent in published.items():
        found = power(0.10, standard_error(moments_of(2.08), n, math.inf, adjustment="none"), test)
        assert abs(round(100 * found) - percent) <= 1, n


DETECTABLE = {
    500: (16.3, 21.2, 26.1, 34.0),
    785: (13.0, 16.9, 20.9, 27.1),
    1_000: (11.6, 15.0, 18.5, 24.0),
    2_619: (7.1, 9.3, 11.4, 14.8),
    5_000: (5.2, 6.7, 8.3, 10.7),
    8_300: (4.0, 5.2, 6.4, 8.3),
    20_000: (2.6, 3.4, 4.1, 5.4),
    50_000: (1.6, 2.1, 2.6, 3.4),
}
"""evidence 6.3: detectable effect in % of mean cost, R2 0.15, equal arms, one year; by people per arm, for four CVs."""


@pytest.mark.parametrize(("n", "row"), DETECTABLE.items())
def test_the_detectable_effects_of_the_evidence_to_the_printed_digit(n, row):
    found = [100 * detectable_effect(standard_error(moments_of(cv), n, n), USUAL) for cv in (1.0, 1.3, 1.6, 2.08)]
    assert [round(value, 1) for value in found] == list(row)


def test_factors_of_the_adjustments():
    def relative(adjustment, years=1):
        return standard_error(moments_of(1.0), 1.0, math.inf, years=years, adjustment=adjustment)

    assert relative("none") == 1.0
    assert relative("covariates") == pytest.approx(math.sqrt(0.85))
    assert relative("did") == pytest.approx(1.18, abs=0.005)  # evidence 6.3, rho 0.3
    assert relative("ancova") == pytest.approx(0.95, abs=0.005)
    assert relative("none", 3) == pytest.approx(math.sqrt(1.6 / 3))
    assert design_effect(100, 0.01) == pytest.approx(1.99)
    assert design_effect(100, -0.01) == design_effect(100, math.nan) == design_effect(1, 0.5) == 1.0
    clustered = standard_error(moments_of(1.0, icc=0.01, size=100.0), 500, 500, clustered=True)
    assert clustered == pytest.approx(standard_error(moments_of(1.0), 500, 500) * math.sqrt(1.99))
    with pytest.raises(ValueError, match="people must be more than 0"):
        standard_error(moments_of(1.0), 0, 5)


def test_variances_over_several_years_are_those_of_correlated_years():
    rng = np.random.default_rng(6)
    rho, years = 0.3, 3
    person = rng.normal(size=(200_000, 1)) * math.sqrt(rho)
    cost = person + rng.normal(size=(200_000, years + 1)) * math.sqrt(1 - rho)
    before, after = cost[:, 0], cost[:, 1:].mean(axis=1)
    slope = np.cov(before, after)[0, 1] / before.var()

    def error(adjustment):
        return standard_error(moments_of(1.0), 1.0, math.inf, years=years, adjustment=adjustment)

    assert error("none") == pytest.approx(after.std(), rel=0.01)
    assert error("did") == pytest.approx((after - before).std(), rel=0.01)
    assert error("ancova") == pytest.approx((after - slope * before).std(), rel=0.01)


def test_power_and_detectable_effect_are_inverse():
    for test in (USUAL, SignificanceTest(0.1, 1, 0.9)):
        assert power(detectable_effect(0.03, test), 0.03, test) == pytest.approx(test.power, abs=1e-4)
        assert power(0.0, 0.03, test) == pytest.approx(test.significance)
    assert people_needed(0.0, 1.0, USUAL) == math.inf


def test_years_and_people_needed_are_the_first_that_suffice():
    plan = PowerPlan(moments_of(1.3), 0.08, 2_619, 1.0, USUAL, "covariates", False)
    years = known(years_needed(lambda k: plan.error(2_619, k), 0.08, USUAL, 10))
    assert plan.cell(2_619, years)["power"] >= 0.8 > plan.cell(2_619, years - 1)["power"]
    assert years_needed(lambda k: plan.error(100, k), 0.08, USUAL, 10) is None
    people = known(plan.people_needed(2))
    assert plan.cell(people, 2)["mde"] <= 0.08 < plan.cell(people - 1, 2)["mde"]
    assert replace(plan, effect=0.0).people_needed(1) is None


LARGE = Population(half_years=4, frailty_shape=2.0, noise_shape=1.0)


def test_moments_are_those_of_the_model():
    people = LARGE.draw(np.random.default_rng(2), 60_000)[1]
    found = moments(people, replace(PLAIN, covariates=("age", "sex", "prior_cost")), 2)
    frailty, noise = 1 / 2, 1 / 2  # variances of a year: gamma of shape 2; two half-years of shape 1 on average
    variance = (1 + frailty) * (1 + noise) - 1
    assert found.mean == pytest.approx(1500, rel=0.015)
    assert found.cv == pytest.approx(math.sqrt(variance), rel=0.02)
    assert found.year_correlation == pytest.approx(frailty / variance, rel=0.04)
    assert found.baseline_cv == pytest.approx(found.cv, rel=0.02)  # a year like any other
    assert found.baseline_correlation == pytest.approx(found.year_correlation, rel=0.05)
    # the prior year is alike: the best line in it explains the square of the correlation
    assert found.r_squared == pytest.approx((frailty / variance) ** 2, rel=0.08)
    assert found.practice_size == 3_000
    assert abs(found.icc) < 0.002


def test_moments_of_practices_that_differ():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(400), 50)
    values = rng.normal(size=400)[groups] * math.sqrt(0.1) + rng.normal(size=20_000) * math.sqrt(0.9)
    assert intraclass_correlation(values, groups) == pytest.approx(0.1, abs=0.03)
    assert math.isnan(intraclass_correlation(values, np.zeros(20_000)))
    assert r_squared(values, [rng.normal(size=20_000)]) == pytest.approx(0, abs=0.002)
    two = [moments_of(1.0), replace(moments_of(2.0), icc=math.nan)]
    assert average(two).cv == 1.5
    assert average(two).icc == 0.0
    with pytest.raises(ValueError, match="whole programme year"):
        moments(LARGE.draw(rng, 10)[1], PLAIN, 0)


@pytest.mark.parametrize("trim_at", [None, 0.99])
@pytest.mark.parametrize("years", [1, 2])
@pytest.mark.parametrize(("design", "adjustment"), [(matched_did, "did"), (randomised, "ancova")])
def test_the_closed_form_is_the_error_that_a_large_evaluation_states(design, adjustment, years, trim_at):
    rng = np.random.default_rng(5)
    population = replace(LARGE, half_years=2 * years, death=0.1, prior_cost_at_least=20_000.0)  # a baseline year that is like no other
    mine, theirs = population.draw(rng, 20_000)[1], population.draw(rng, 20_000)[1]
    observed = Observed(mine, mine, theirs, theirs)
    settings = replace(PLAIN, covariates=(), trim_at=trim_at)
    found = known(design.estimate(Study(observed, settings), COST, known(window("programme", mine))))
    own = moments(mine, settings, years)
    stated = found.se / found.expected
    assert standard_error(own, 20_000, 20_000, years=years, adjustment=adjustment) == pytest.approx(stated, rel=0.06)
