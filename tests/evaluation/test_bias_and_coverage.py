"""Estimates over replications on people from known models: centred where they should be, and wrong where they must be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from sim.evaluation.designs.catalogue import DESIGNS
from sim.evaluation.outcomes import COST
from sim.evaluation.study import Study
from sim.evaluation.windows import window
from tests.evaluation.synthetic import PLAIN, Population, known

UNMATCHED_COST = replace(PLAIN, covariates=("age", "sex"))
"""Without the baseline's own cost among the covariates, for which the stated error of the difference-in-differences is the right one."""
MOST = 4.0  # standard errors by which a mean may miss; seeds are fixed


@dataclass(frozen=True)
class Trials:
    """One design over replications."""

    effect: Any
    se: Any
    true: Any
    expected: Any
    covered: Any
    significant: Any

    @property
    def bias(self):
        return (self.effect - self.true).mean()

    @property
    def error(self):
        return (self.effect - self.true).std(ddof=1) / len(self.true) ** 0.5

    def centred(self, precision):
        """Decisive and on the truth."""
        assert self.error < precision * self.expected.mean(), "not decisive"
        return abs(self.bias) < MOST * self.error


def trials(population, designs, replications, n=200, settings=UNMATCHED_COST, seed=11):
    rng = np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {design: [] for design in designs}
    for _ in range(replications):
        observed = population.observed(rng, n, n, n)
        study, stretch = Study(observed, settings), known(window("programme", observed.intervention))
        for name in designs:
            design = DESIGNS[name]
            found = known(design.estimate(study, COST, stretch))
            true = design.population(study).true_effect(COST, stretch)
            rows[name].append((found.effect, found.se, true, found.expected, found.covers(true), found.significant))
    return {name: Trials(*np.array(values, float).T) for name, values in rows.items()}


@pytest.mark.parametrize("name", ["randomised", "matched_did"])
@pytest.mark.parametrize("effect", [0.0, 0.15], ids=["no_effect", "15_percent"])
def test_sound_designs_find_the_truth_with_the_coverage_they_state(name, effect):
    found = trials(Population(death=0.15, effect=effect), (name,), 500)[name]
    assert found.true.mean() == pytest.approx(-effect * (found.expected + found.bias).mean(), rel=0.03)
    assert found.centred(0.007)
    assert abs(found.covered.mean() - 0.95) < MOST * (0.95 * 0.05 / 500) ** 0.5
    if effect == 0:
        assert abs(found.significant.mean() - 0.05) < MOST * (0.95 * 0.05 / 500) ** 0.5
    # mean stated error against the spread of the estimates, whose own error is 1 / sqrt(2 n)
    spread = (found.effect - found.true).std(ddof=1)
    assert found.se.mean() == pytest.approx(spread, rel=MOST / (2 * 500) ** 0.5)


def test_practices_that_differ_need_errors_clustered_by_practice():
    population = Population(practice_spread=0.5, practices=20, frailty_shape=20.0)
    by_practice, by_person = (
        trials(population, ("randomised",), 250, settings=replace(UNMATCHED_COST, cluster=cluster))["randomised"]
        for cluster in ("practice", "person")
    )
    assert np.array_equal(by_practice.effect, by_person.effect)
    short = MOST * (0.95 * 0.05 / 250) ** 0.5
    assert by_practice.covered.mean() > 0.95 - short
    assert by_person.covered.mean() < 0.95 - short


def test_a_costly_year_that_selects_people_fools_pre_post_and_no_comparison_by_the_same_screen():
    found = trials(Population(prior_cost_at_least=25_000.0), ("pre_post", "matched_did", "randomised"), 200, settings=PLAIN)
    naive = found["pre_post"]
    # what is expected after launch by Bayes' rule, given a gamma frailty and gamma noise in the year that selects
    rng = np.random.default_rng(1)
    frailty = rng.gamma(3, 1 / 3, 400_000)
    year = 18_000 * frailty * rng.gamma(2, 1 / 2, 400_000)
    chosen = year >= 25_000
    regression = 1500 * frailty[chosen].mean() - year[chosen].mean() / 12
    assert regression < -0.3 * naive.expected.mean()
    assert naive.bias == pytest.approx(regression, abs=MOST * naive.error + 0.01 * naive.expected.mean())
    assert naive.significant.mean() == 1.0
    assert found["matched_did"].centred(0.006)
    assert found["randomised"].centred(0.006)
    assert found["matched_did"].significant.mean() < 0.06


def test_a_screen_that_the_comparison_does_not_share_fools_difference_in_differences():
    rng = np.random.default_rng(4)
    selected, others = Population(prior_cost_at_least=25_000.0), Population()
    biases = []
    for _ in range(60):
        observed = replace(selected.observed(rng, 200), comparison=others.draw(rng, 400)[1])
        stretch = known(window("programme", observed.intervention))
        found = known(DESIGNS["matched_did"].estimate(Study(observed, UNMATCHED_COST), COST, stretch))
        biases.append(found.effect / found.expected)
    assert np.mean(biases) < -0.3


def test_as_treated_is_biased_when_those_who_fall_ill_do_not_enrol():
    population = Population(declining=0.2, decline=3.0, enrols=lambda _, declines: ~declines)
    found = trials(population, ("as_treated", "matched_did"), 200)
    # participants cost 1,500 a month; their comparison, of whom a fifth falls ill, 1,500 x (0.8 + 0.2 x 3) = 2,100
    assert found["as_treated"].bias == pytest.approx(-600, abs=MOST * found["as_treated"].error)
    assert found["as_treated"].error < 20
    assert found["matched_did"].centred(0.01)


def test_dose_response_takes_illness_for_the_effect_of_contacts():
    # Contacts per month are 1 or, in decline, 3, and a decline adds 3,000 USD: a slope of 1,500. Contacts are Poisson counts of 24 months,
    # which weakens the slope by var / (var + 1.4 / 24), where var = 0.2 x 0.8 x 2^2; the mean dose is 1.4.
    slope = 1500 * 0.64 / (0.64 + 1.4 / 24)
    population = Population(declining=0.2, decline=3.0, frailty_shape=2000.0)
    found = trials(population, ("dose_response",), 150)["dose_response"]
    assert found.true.mean() == 0.0
    assert found.error < 0.02 * 1.4 * slope
    assert found.bias == pytest.approx(1.4 * slope, abs=MOST * found.error)
    assert found.covered.mean() == 0.0
    willing = trials(replace(population, declining=0.0), ("dose_response",), 150)["dose_response"]
    assert abs(willing.bias) < MOST * willing.error


def test_trimming_biases_a_saving_that_lies_in_the_extremes():
    population = Population(effect=0.2, noise_shape=0.25)
    plain, trimmed = (
        trials(population, ("randomised",), 120, settings=replace(UNMATCHED_COST, trim_at=at))["randomised"] for at in (None, 0.9)
    )
    assert plain.centred(0.02)
    assert trimmed.bias > MOST * trimmed.error  # part of the saving is cut off
    assert trimmed.se.mean() < 0.9 * plain.se.mean()
