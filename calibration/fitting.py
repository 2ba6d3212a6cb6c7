"""One stage: waves of runs, emulators of them, implausible space cut away, and the posterior on the emulators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from calibration.emulator import Emulator, fit_emulator, predict_all
from calibration.errors import CalibrationError
from calibration.likelihood import Likelihood
from calibration.sampling import Chain, Sampler, filling_design, sample, seed_of, spread_subset
from calibration.targets import Target

Floats = npt.NDArray[np.float64]
CANDIDATES: Final = 4000
"""Draws of the posterior among which the points of a further wave are chosen."""
LOOKED_AT: Final = 20_000
"""Points of the prior at which implausibility is judged."""

Rows = npt.NDArray[np.int64]
RunAt = Callable[[int, Floats, Rows, int], Floats]
"""(number of the wave, points in the unit cube, each point's row of the earlier draws, replications) -> figures of the targets, shape
(points, replications, targets)."""
NONE_EARLIER: Final[Floats] = np.empty((1, 0))


class Points(Protocol):
    """How many points a wave has, and how often each is run."""

    @property
    def points(self) -> int: ...
    @property
    def replications(self) -> int: ...


@dataclass(frozen=True)
class Settings:
    """How a stage is fitted. earlier: joint draws of what earlier stages found, in the unit cube, shape (draws, their parameters).

    Each point of the runs takes a row of them.
    """

    waves: Sequence[Points]
    sampler: Sampler
    implausible_beyond: float
    seed: int
    earlier: Floats = field(default_factory=lambda: NONE_EARLIER)

    def beside(self, rows: Rows) -> Floats:
        """How far the parameters of earlier stages were from their means at points that took these rows, shape (points, parameters)."""
        found: Floats = (self.earlier - self.earlier.mean(axis=0))[rows]
        return found

    @property
    def spread(self) -> Floats:
        """Covariance of the parameters of earlier stages."""
        centred = self.earlier - self.earlier.mean(axis=0)
        found: Floats = centred.T @ centred / len(centred)
        return found


@dataclass(frozen=True)
class Wave:
    """What a wave gave. errors: standardised errors of the emulators before it at its points, shape (points, targets), from wave 2 on.

    rows: the row of the earlier draws that each point took. plausible: share of the prior that is not implausible with what is known
    after it.
    """

    u: Floats
    rows: Rows
    figures: Floats
    errors: Floats | None
    plausible: float


@dataclass(frozen=True)
class StageFit:
    """A fitted stage: its waves, the emulators of all of them, and draws of the posterior in the unit cube."""

    likelihood: Likelihood
    settings: Settings
    waves: tuple[Wave, ...]
    emulators: tuple[Emulator, ...]
    between: Floats
    """Variance that parameters of earlier stages bring, by target."""
    chain: Chain

    def log_posterior(self, u: Floats, likelihood: Likelihood | None = None) -> Floats:
        """Log-posterior in the unit cube, where every prior is uniform."""
        mean, variance = predict_all(self.emulators, u)
        return (likelihood or self.likelihood)(mean, variance + self.between)

    def figures(self, u: Floats) -> Floats:
        """Emulated figures at points of the unit cube, in the units of their measures; shape (points, targets)."""
        mean, _ = predict_all(self.emulators, u)
        logs = np.array([target.scale == "log" for target in self.likelihood.targets])
        return np.where(logs, np.exp(np.where(logs, mean, 0.0)), mean)

    def resampled(self, likelihood: Likelihood, name: str) -> Chain:
        """The posterior with another likelihood of the same targets, on the same emulators."""
        seed = seed_of(self.settings.seed, "again", name)
        parameters = self.waves[0].u.shape[1]
        return sample(lambda u: self.log_posterior(u, likelihood), parameters, self.settings.sampler, seed)


def working(targets: Sequence[Target], figures: Floats) -> Floats:
    """Means over replications on each target's working scale; NaN where no replication gave a figure. Shape (points, targets)."""
    means = mean_of(figures)
    for column, target in enumerate(targets):
        if target.scale == "log":
            means[:, column] = np.log(np.where(means[:, column] > 0, means[:, column], np.nan))
    return means


def mean_of(figures: Floats) -> Floats:
    """Means over the replications that gave a figure, shape (points, targets)."""
    there = np.isfinite(figures)
    count = there.sum(axis=1)
    total = np.where(there, figures, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def fit_stage(likelihood: Likelihood, parameters: int, settings: Settings, run: RunAt, tell: Callable[[str], None] = print) -> StageFit:
    """Fit one stage. `run` is asked for the figures wave by wave; the same settings and figures give the same draws.

    Errors: CalibrationError when nothing plausible is left, or too few runs gave a figure.
    """
    targets = likelihood.targets
    waves: list[Wave] = []
    fit: StageFit | None = None
    for number, plan in enumerate(settings.waves):
        seed = seed_of(settings.seed, "wave", number)
        u = filling_design(plan.points, parameters, seed) if fit is None else _where_it_lies(fit, plan.points)
        rows = np.random.default_rng(seed_of(settings.seed, "earlier", number)).integers(len(settings.earlier), size=len(u))
        figures = run(number, u, rows, plan.replications)
        errors = None if fit is None else _errors(fit, u, rows, working(targets, figures))
        waves.append(Wave(u, rows, figures, errors, np.nan))
        fit = _fit(likelihood, settings, waves, number)
        waves[-1] = fit.waves[-1]
        tell(f"wave {number + 1}: {plan.points} points; {waves[-1].plausible:.1%} of the prior is plausible; R-hat {fit.chain.r_hat:.3f}")
    assert fit is not None
    return fit


def _fit(likelihood: Likelihood, settings: Settings, waves: Sequence[Wave], number: int) -> StageFit:
    u = np.concatenate([wave.u for wave in waves])
    y = np.concatenate([working(likelihood.targets, wave.figures) for wave in waves])
    beside = settings.beside(np.concatenate([wave.rows for wave in waves]))
    emulators = tuple(fit_emulator(u, y[:, column], beside) for column in range(y.shape[1]))
    between = np.zeros(y.shape[1])
    if settings.earlier.size:  # what the trends follow, and what they do not but chance cannot explain
        unexplained = np.array([emulator.noise for emulator in emulators]) - _chance(likelihood.targets, waves)
        between = np.array([emulator.brought(settings.spread) for emulator in emulators]) + np.maximum(unexplained, 0.0)
    unfinished = StageFit(likelihood, settings, tuple(waves), emulators, between, _NO_CHAIN)
    chain = sample(unfinished.log_posterior, u.shape[1], settings.sampler, seed_of(settings.seed, "chain", number))
    plausible = _plausible_share(unfinished)
    whole = (*waves[:-1], replace(waves[-1], plausible=plausible))
    return StageFit(likelihood, settings, whole, emulators, between, chain)


_NO_CHAIN: Final = Chain(np.empty((0, 0, 0)), np.nan, np.nan, np.nan)


def _chance(targets: Sequence[Target], waves: Sequence[Wave]) -> Floats:
    """Variance of a point's mean by chance alone, on working scales, pooled over points; 0 where each was run once."""
    pooled = []
    for wave in waves:
        replications = wave.figures.shape[1]
        if replications < 2:
            return np.zeros(len(targets))
        spread = wave.figures.var(axis=1, ddof=1) / replications
        level = np.where([target.scale == "log" for target in targets], mean_of(wave.figures) ** 2, 1.0)
        pooled.append(spread / level)
    return np.asarray(np.nanmean(np.concatenate(pooled), axis=0), np.float64)


def _distances(fit: StageFit, u: Floats) -> Floats:
    mean, variance = predict_all(fit.emulators, u)
    return fit.likelihood.distance(mean, variance + fit.between)


def _plausible_share(fit: StageFit) -> float:
    parameters = fit.waves[0].u.shape[1]
    u = filling_design(LOOKED_AT, parameters, seed_of(fit.settings.seed, "looked at"))
    return float((_distances(fit, u).max(axis=1) <= fit.settings.implausible_beyond).mean())


def _where_it_lies(fit: StageFit, count: int) -> Floats:
    """Points of the next wave: plausible draws of the posterior, spread out."""
    candidates = fit.chain.thinned(CANDIDATES)
    distances = _distances(fit, candidates).max(axis=1)
    plausible = candidates[distances <= fit.settings.implausible_beyond]
    if len(plausible) < count:  # targets that cannot hold together: the least implausible draws are all there is
        plausible = candidates[np.argsort(distances, kind="stable")[: max(count, len(candidates) // 4)]]
    if len(np.unique(plausible, axis=0)) < count:
        raise CalibrationError("the chains hardly moved: the posterior has fewer distinct draws than the next wave has points")
    return spread_subset(plausible, count)


def _errors(fit: StageFit, u: Floats, rows: Rows, y: Floats) -> Floats:
    mean, variance = predict_all(fit.emulators, u, fit.settings.beside(rows))
    noise = np.array([emulator.noise for emulator in fit.emulators])
    found: Floats = (y - mean) / np.sqrt(variance + noise)
    return found
