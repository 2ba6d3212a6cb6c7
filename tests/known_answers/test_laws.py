"""Each family of laws against SciPy's quantiles, from deep in one tail to deep in the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from sim.assembly.law_book import LawBook
from sim.rules.laws import draw, normal_quantile, waiting_time
from sim.scenario import Law

SMALLEST = 2.0**-54  # of all uniforms: half a step of the grid
LOWER = np.concatenate([[SMALLEST], np.logspace(-15, -3, 25), np.linspace(0.005, 0.5, 100)])
UNIFORMS = np.concatenate([LOWER, 1.0 - LOWER[LOWER >= 2.0**-53][::-1]])


def values(law: Law | float, uniforms: np.ndarray = UNIFORMS, scale: float = 1.0) -> np.ndarray:
    book = LawBook()
    book.add(7.0, 1.0)  # the law's own table or row must be found, not the first
    which = book.add(law, scale)
    laws, tables = book.records()
    return np.array([draw(laws, tables, which, u) for u in uniforms])


def law(family: str, mean: float, sd: float, minimum: float | None = None, maximum: float | None = None) -> Law:
    return Law(family, mean, sd, minimum, maximum, "days", "")  # type: ignore[arg-type]


def relative_error(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.max(np.abs(found - truth) / np.maximum(np.abs(truth), 1e-300)))


def test_normal_quantile() -> None:
    found = np.array([normal_quantile(u) for u in UNIFORMS])
    truth = special.ndtri(UNIFORMS)
    # near the median the quantile is near 0, so the error is compared with 1 there
    assert np.max(np.abs(found - truth) / np.maximum(np.abs(truth), 1.0)) < 1e-14
    assert normal_quantile(0.5) == 0.0
    assert (np.diff(found) >= 0.0).all()


@pytest.mark.parametrize("mean", [1e-3, 1.0, 14_000.0])
def test_exponential(mean: float) -> None:
    """Decreasing in u: log(u) keeps the long tail where uniforms are finest."""
    assert relative_error(values(law("exponential", mean, mean)), stats.expon.isf(UNIFORMS, scale=mean)) < 1e-14


@pytest.mark.parametrize(("mean", "sd"), [(1.0, 2.0), (14_000.0, 15_400.0), (5.0, 0.01)])
def test_lognormal(mean: float, sd: float) -> None:
    spread = math.sqrt(math.log1p((sd / mean) ** 2))
    truth = stats.lognorm.ppf(UNIFORMS, spread, scale=mean * math.exp(-0.5 * spread * spread))
    assert relative_error(values(law("lognormal", mean, sd)), truth) < 1e-12
    frozen = stats.lognorm(spread, scale=mean * math.exp(-0.5 * spread * spread))
    assert (frozen.mean(), frozen.std()) == pytest.approx((mean, sd))


@pytest.mark.parametrize("shape", [0.3, 0.8, 1.0, 1.6, 30.0])
def test_gamma(shape: float) -> None:
    """A table that is linear in the logit of u, over uniforms from 1e-7 to 1 - 1e-7; beyond, values stay in order."""
    inside = UNIFORMS[(UNIFORMS > 1e-7) & (UNIFORMS < 1.0 - 1e-7)]
    mean = 25.0
    found = values(law("gamma", mean, mean / math.sqrt(shape)), inside)
    assert relative_error(found, stats.gamma.ppf(inside, shape, scale=mean / shape)) < 5e-4
    everywhere = values(law("gamma", mean, mean / math.sqrt(shape)))
    assert (np.diff(everywhere) >= 0.0).all()
    assert everywhere[0] >= 0.0
    assert everywhere[-1] == pytest.approx(stats.gamma.isf(1.0 - UNIFORMS[-1], shape, scale=mean / shape), rel=0.03)


@pytest.mark.parametrize("shape", [0.5, 1.0, 1.6, 8.0])
def test_weibull(shape: float) -> None:
    frozen = stats.weibull_min(shape, scale=12.0)
    found = values(law("weibull", float(frozen.mean()), float(frozen.std())))
    assert relative_error(found, frozen.isf(UNIFORMS)) < 1e-9


def test_normal_and_fixed() -> None:
    truth = stats.norm.ppf(UNIFORMS, 3.0, 2.0)
    assert np.max(np.abs(values(law("normal", 3.0, 2.0)) - truth)) < 1e-13
    assert (values(law("fixed", 3.0, 0.0)) == 3.0).all()
    assert (values(law("lognormal", 3.0, 0.0)) == 3.0).all()
    assert (values(2.5) == 2.5).all()


@pytest.mark.parametrize("family", ["exponential", "lognormal", "gamma", "weibull", "normal"])
def test_cuts_and_scale(family: str) -> None:
    """Values are cut at minimum and maximum, and the scale (microseconds in a day) applies to both."""
    free = values(law(family, 5.0, 5.0), scale=1000.0)
    cut = values(law(family, 5.0, 5.0, 2.0, 9.0), scale=1000.0)
    assert (cut == np.clip(free, 2000.0, 9000.0)).all()
    assert cut.min() == 2000.0
    assert cut.max() == 9000.0
    assert free.min() < 2000.0
    assert free.max() > 9000.0
    assert relative_error(free, 1000.0 * values(law(family, 5.0, 5.0))) < 1e-12


def test_waiting_times_are_whole_and_positive() -> None:
    times = [waiting_time(u, 1e9) for u in UNIFORMS]
    assert all(isinstance(time, int) and time >= 1 for time in times)
    assert times[-1] == 1
    assert np.max(np.abs(np.array(times) - stats.expon.isf(UNIFORMS, scale=1e9))) <= 1.0
