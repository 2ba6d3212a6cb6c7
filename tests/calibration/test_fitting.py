"""The machinery against simulators whose posterior is known exactly."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from calibration.emulator import Runs, fit_emulator
from calibration.fitting import NONE_EARLIER, Rows, Settings, StageFit, fit_stage
from calibration.likelihood import Likelihood
from calibration.measures import Asked
from calibration.sampling import Sampler, filling_design, sample, split_r_hat, spread_subset
from calibration.targets import Known, Target

Floats = npt.NDArray[np.float64]
SLOPES = np.array([[1.0, 0.3], [-0.4, 0.8], [0.5, 0.5]])
"""Figures = 5 + SLOPES u + chance."""
CHANCE = 0.03
KNOWN = 0.06
SAMPLER = Sampler(24, 600, 150)


@dataclass(frozen=True)
class Plan:
    points: int
    replications: int


def linear_target(value: float, name: str = "T") -> Target:
    asked = Asked("pbpm", "difference")
    return Target(name, asked, value, value - 1, value + 1, "linear", Known("normal", value, KNOWN), 0.0, "fit", "s", "published")


def fitted(
    values: Floats,
    seed: int = 1,
    waves: tuple[Plan, ...] = (Plan(30, 2), Plan(15, 2)),
    earlier: Floats = NONE_EARLIER,
    brings: Callable[[Floats], Floats] = lambda found: np.zeros((len(found), len(SLOPES))),
) -> StageFit:
    """A fit of the linear simulator to values. earlier: draws of earlier stages; brings: what they add to the figures."""
    likelihood = Likelihood([linear_target(value) for value in values], 0.0)

    def run(wave: int, u: Floats, rows: Rows, replications: int) -> Floats:
        chance = CHANCE * np.random.default_rng([seed, wave]).normal(size=(len(u), replications, len(SLOPES)))
        return 5 + (u @ SLOPES.T + brings(earlier[rows]))[:, None, :] + chance

    return fit_stage(likelihood, 2, Settings(waves, SAMPLER, 3.0, seed, earlier), run, lambda line: None)


def plain_runs(u: Floats, y: Floats) -> Runs:
    """Runs beside which nothing varied, and whose chance is not known."""
    return Runs(u, y, np.empty((len(u), 0)), np.zeros(len(u)))


def exact(values: Floats, extra: float = 0.0) -> tuple[Floats, Floats]:
    """Mean and SD of the posterior; the uniform prior is far from cutting it."""
    precision = SLOPES.T @ SLOPES / (KNOWN**2 + extra**2)
    covariance = np.linalg.inv(precision)
    return covariance @ SLOPES.T @ (values - 5) / (KNOWN**2 + extra**2), np.sqrt(np.diag(covariance))


def test_a_linear_gaussian_posterior_is_found() -> None:
    values = 5 + SLOPES @ np.array([0.5, 0.45])
    fit = fitted(values)
    mean, sd = exact(values)
    draws = fit.chain.flat
    # the emulators' own error, with 75 runs of the simulator, is near 0.005 in the figures: a tenth of the posterior's SD
    assert draws.mean(axis=0) == pytest.approx(mean, abs=0.25 * sd.max())
    assert draws.std(axis=0) == pytest.approx(sd, rel=0.12)
    assert fit.chain.r_hat < 1.05
    assert fit.waves[1].plausible < 0.5


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """80% intervals of 20 truths and 2 parameters: 40 cases, judged by what 80% allows at 1 in 1000 a side."""
    rng = np.random.default_rng(5)
    low, high = (int(stats.binom(40, 0.8).ppf(p)) for p in (0.001, 0.999))
    covered = 0
    for case in range(20):
        truth = rng.uniform(0.25, 0.75, size=2)
        values = 5 + SLOPES @ truth + KNOWN * rng.normal(size=3)
        ends = np.quantile(fitted(values, seed=case, waves=(Plan(24, 1),)).chain.flat, [0.1, 0.9], axis=0)
        covered += int(((ends[0] <= truth) & (truth <= ends[1])).sum())
    assert low <= covered <= high


EARLIER = filling_design(500, 3, 77)
"""Joint draws of three parameters of earlier stages: uniform and independent, each with a variance of 1/12."""
BRINGS = 0.08 * np.sqrt(12)
"""Each figure follows one of them, by an SD of 0.08."""
TRUTH = np.array([0.5, 0.45])


def test_what_earlier_stages_leave_open_widens_a_posterior() -> None:
    """It does so by what their whole posterior brings, not by what the few draws of it that were run happen to."""
    values = 5 + SLOPES @ TRUTH
    waves = (Plan(60, 2), Plan(60, 6))
    fit = fitted(values, waves=waves, earlier=EARLIER, brings=lambda found: BRINGS * (found - 0.5))
    # slopes are known to 0.03 / sqrt(480 runs) over the SD of a parameter: 2% of 0.08; the sample of 120 rows alone would leave 6%
    assert np.sqrt(fit.between) == pytest.approx(np.full(3, 0.08), rel=0.06)
    mean, sd = exact(values, extra=0.08)
    assert fit.chain.flat.mean(axis=0) == pytest.approx(mean, abs=0.15 * sd.min())
    assert fit.chain.flat.std(axis=0) == pytest.approx(sd, rel=0.1)


def test_errors_of_the_next_wave_are_as_large_as_foretold() -> None:
    """Whatever its replications are and whichever draws of earlier stages it takes; 120 points of 3 figures."""
    values = 5 + SLOPES @ TRUTH
    for then in (1, 8):
        fit = fitted(values, waves=(Plan(60, 2), Plan(120, then)), earlier=EARLIER, brings=lambda found: BRINGS * (found - 0.5))
        errors = fit.waves[1].errors
        assert errors is not None
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(1.0, abs=0.2)  # 0.04 by chance here, 0.15 by that in the emulators


def test_chance_is_what_replications_say() -> None:
    """Waves of other sizes, and figures that some runs do not give."""
    fit = fitted(5 + SLOPES @ TRUTH, waves=(Plan(60, 2), Plan(30, 5)))
    assert np.sqrt(fit.chance) == pytest.approx(np.full(3, CHANCE), rel=0.16)  # three standard errors: 180 degrees of freedom
    assert np.sqrt(fit.between).max() < 0.01  # nothing else is there


def test_what_no_trend_of_earlier_parameters_follows_widens_it_too() -> None:
    """An effect that is as large at both ends: its slope is 0, and all of it is left as noise that chance cannot explain."""
    values = 5 + SLOPES @ TRUTH
    curved = 12 * (EARLIER - 0.5) ** 2 - 1
    scale = 0.08 / curved.std(axis=0)
    fit = fitted(values, waves=(Plan(120, 2),), earlier=EARLIER, brings=lambda found: (12 * (found - 0.5) ** 2 - 1) * scale)
    assert np.sqrt(fit.between) == pytest.approx(np.full(3, 0.08), rel=0.2)
    assert fit.chain.flat.std(axis=0) == pytest.approx(exact(values, extra=0.08)[1], rel=0.2)


def test_parameters_without_effect_bring_nothing() -> None:
    """Slopes of twelve that are all 0 are not 0 as estimated; the variance that they bring is, on average: 60 emulators."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        u, beside = filling_design(120, 2, seed), rng.normal(size=(120, 12))
        emulator = fit_emulator(Runs(u, u @ SLOPES[0] + CHANCE * rng.normal(size=120), beside, np.zeros(120)))
        found.append(emulator.brought(np.eye(12)))
    # 12 x CHANCE^2 / 105 without the correction; what is cut off at 0 leaves some of it
    assert np.mean(found) < 0.4 * 12 * CHANCE**2 / 105


@pytest.mark.parametrize(("points", "others"), [(60, 3), (75, 9)])
def test_an_emulator_is_as_sure_as_if_nothing_had_varied_beside_it(points: int, others: int) -> None:
    """At the mean of what varied beside it; 60 emulators, whose standardised errors are of size 1, as those left out are."""
    there = np.array([[0.5, 0.5]])
    errors, sizes, left_out, noise = [], [], [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        u, beside = filling_design(points, 2, seed), rng.normal(size=(points, others))
        y = u @ SLOPES[0] + 0.08 * beside[:, 0] + CHANCE * rng.normal(size=points)
        emulator = fit_emulator(Runs(u, y, beside, np.zeros(points)))
        mean, variance = emulator.predict(there)
        errors.append(float(mean[0] - SLOPES[0].sum() / 2) / np.sqrt(variance[0]))
        sizes.append(np.sqrt(variance[0]))
        left_out.append(np.mean(emulator.left_out**2))
        noise.append(emulator.noise)
    assert np.median(sizes) < 1.5 * CHANCE / np.sqrt(points)  # with 0.08 in the noise it would be 2.8 times that
    assert 0.75 < np.sqrt(np.mean(np.square(errors))) < 1.3  # 3 standard errors of a root mean square of 60
    assert np.mean(left_out) == pytest.approx(1.0, abs=0.05)
    assert np.mean(noise) == pytest.approx(CHANCE**2, rel=0.08)  # 60 x 50 degrees of freedom and more: 3 standard errors


@pytest.mark.parametrize(("points", "draws"), [(20, 20), (200, 6)])
def test_too_little_leaves_earlier_parameters_in_the_noise(points: int, draws: int) -> None:
    """Too few points, or too few draws of the earlier stages to tell slopes apart."""
    rng = np.random.default_rng(4)
    u, beside = filling_design(points, 2, 1), rng.normal(size=(draws, 8))[np.arange(points) % draws]
    emulator = fit_emulator(Runs(u, u.sum(axis=1) + 0.1 * beside[:, 0], beside, np.zeros(points)))
    assert emulator.brought(np.eye(8)) == 0
    assert np.sqrt(emulator.noise) > 0.05


def test_the_same_seed_gives_the_same_draws_and_another_the_same_posterior() -> None:
    values = 5 + SLOPES @ np.array([0.5, 0.45])
    one, again, other = fitted(values), fitted(values), fitted(values, seed=2)
    assert np.array_equal(one.chain.draws, again.chain.draws)
    assert not np.array_equal(one.chain.draws, other.chain.draws)
    _, sd = exact(values)
    assert one.chain.flat.mean(axis=0) == pytest.approx(other.chain.flat.mean(axis=0), abs=0.35 * sd.max())


def test_an_emulator_knows_the_function_the_noise_and_its_own_error() -> None:
    def truth(u: Floats) -> Floats:
        return np.sin(3 * u[:, 0]) + u[:, 1] ** 2

    rng = np.random.default_rng(3)
    u = filling_design(80, 3, 7)
    emulator = fit_emulator(plain_runs(u, truth(u) + 0.05 * rng.normal(size=80)))
    there = rng.uniform(size=(400, 3))
    mean, variance = emulator.predict(there)
    z = (mean - truth(there)) / np.sqrt(variance)
    assert np.sqrt(emulator.noise) == pytest.approx(0.05, rel=0.3)
    assert np.abs(mean - truth(there)).max() < 0.12
    assert 0.5 < np.sqrt(np.mean(z**2)) < 1.5
    assert np.sqrt(np.mean(emulator.left_out**2)) == pytest.approx(1.0, abs=0.15)


def test_a_failed_run_is_left_out_of_an_emulator() -> None:
    u = filling_design(40, 2, 1)
    y = u.sum(axis=1)
    y[3] = np.nan
    mean, _ = fit_emulator(plain_runs(u, y)).predict(np.array([[0.5, 0.5]]))
    assert mean == pytest.approx([1.0], abs=0.01)


def test_the_sampler_draws_from_the_density_it_is_given() -> None:
    """A beta density with mass at a wall of the cube, and a uniform one."""
    chain = sample(lambda u: stats.beta(1.0, 4.0).logpdf(np.clip(u[:, 0], 1e-300, 1)), 2, Sampler(32, 3000, 500), 9)
    flat = chain.flat
    assert np.quantile(flat[:, 0], [0.1, 0.5, 0.9]) == pytest.approx(stats.beta(1.0, 4.0).ppf([0.1, 0.5, 0.9]), abs=0.02)
    assert np.quantile(flat[:, 1], [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.04)
    assert chain.r_hat < 1.05


def test_split_r_hat_sees_chains_that_do_not_agree() -> None:
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(500, 8, 1))
    assert split_r_hat(draws) == pytest.approx(1.0, abs=0.02)
    assert split_r_hat(draws + np.arange(8)[None, :, None]) > 1.5


def test_a_spread_subset_covers_what_it_is_taken_from() -> None:
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 11)] * 2), axis=-1).reshape(-1, 2)
    chosen = spread_subset(grid, 9)
    nearest = np.sqrt(((grid[:, None] - chosen[None]) ** 2).sum(-1)).min(axis=1)
    assert nearest.max() <= 0.36  # nine points on the 3 x 3 grid leave 0.354
