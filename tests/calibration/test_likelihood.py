"""Likelihoods have their closed forms."""

import numpy as np
import pytest
from scipy import integrate, stats

from calibration.likelihood import Likelihood, log_likelihood
from calibration.measures import Asked
from calibration.targets import Known, Target


def target(known: Known, selection: float = 0.0) -> Target:
    return Target("T", Asked("pbpm", "usual_care"), 1.0, 0.5, 2.0, "log", known, selection, "fit", "s", "published")


def test_a_normal_figure_seen_through_an_uncertain_one() -> None:
    found = log_likelihood(Known("normal", 0.3, 0.2), np.array([0.1]), np.array([0.15]))
    assert found[0] == pytest.approx(stats.norm(0.1, 0.25).logpdf(0.3))


@pytest.mark.parametrize("mean", [-2.0, -0.2, 0.4, 1.3, 3.0])
def test_an_interval_is_the_probability_of_lying_in_it(mean: float) -> None:
    probability, _ = integrate.quad(stats.norm(mean, 0.3).pdf, 0.0, 1.0, epsabs=1e-300, epsrel=1e-10)
    assert log_likelihood(Known("interval", 0.0, 1.0), np.array([mean]), np.array([0.3]))[0] == pytest.approx(np.log(probability))


def test_far_outside_an_interval_the_likelihood_still_has_a_slope() -> None:
    found = log_likelihood(Known("interval", 0.0, 1.0), np.array([-30.0, -20.0, 20.0, 31.0]), np.full(4, 0.1))
    assert np.isfinite(found).all()
    assert found[1] > found[0]
    assert found[2] > found[3]


def test_discrepancy_and_selection_add_as_variances() -> None:
    known = Known("normal", 0.0, 0.1)
    full = Likelihood([target(known, selection=0.07)], 0.02)
    bare = Likelihood([target(known, selection=0.07)], 0.02, without_selection=True)
    mean, variance = np.array([[0.2]]), np.array([[0.03**2]])
    for likelihood, extra in ((full, 0.07), (bare, 0.0)):
        spread = np.sqrt(0.1**2 + 0.02**2 + 0.03**2 + extra**2)
        assert likelihood(mean, variance)[0] == pytest.approx(stats.norm(0.2, spread).logpdf(0.0))
        assert likelihood.distance(mean, variance)[0, 0] == pytest.approx(0.2 / spread)


def test_inside_an_interval_nothing_is_implausible() -> None:
    likelihood = Likelihood([target(Known("interval", 0.0, 1.0))], 0.1)
    distance = likelihood.distance(np.array([[0.0], [0.5], [1.3]]), np.zeros((3, 1)))[:, 0]
    assert distance == pytest.approx([0.0, 0.0, 3.0])
