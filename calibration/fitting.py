"""One stage: waves of runs, emulators of them, implausible space cut away, and the posterior on the emulators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from calibration.emulator import Emulator, Runs, fit_emulator, predict_all
from calibration.errors import CalibrationError
from calibration.likelihood import Likelihood
from calibration.sampling import Chain, Sampler, filling_design, sample, seed_of, spread_subset
from calibration.targets import Target

Floats = npt.NDArray[np.float64]
CANDIDATES: Final = 4000
CANDIDATES_PER_POINT: Final = 4
"""Draws of the posterior among which the points of a further wave are chosen: at least the first, and so many for each point."""
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
        return self._deviations[rows]

    @property
    def spread(self) -> Floats:
        """Covariance of the parameters of earlier stages."""
        found: Floats = self._deviations.T @ self._deviations / len(self.earlier)
        return found

    @cached_property
    def _deviations(self) -> Floats:
        found: Floats = self.earlier - self.earlier.mean(axis=0)
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

    @property
    def counts(self) -> Floats:
        """Replications that gave a figure, shape (points, targets)."""
        return np.isfinite(self.figures).sum(axis=1).astype(np.float64)


@dataclass(frozen=True)
class StageFit:
    """A fitted stage: its waves, the emulators of all of them, and draws of the posterior in the unit cube."""

    likelihood: Likelihood
    settings: Settings
    waves: tuple[Wave, ...]
    emulators: tuple[Emulator, ...]
    chance: Floats
    """Variance of one replication by chance, by target and on working scales; 0 where no point was run twice."""
    between: Floats
    """Variance that parameters of earlier stages bring, and what neither emulator nor chance explains, by target."""
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

    def resampled(self, likelihood: Likelihood, name: str, shorter: int = 1) -> Chain:
        """The posterior with another likelihood of the same targets, on the same emulators, from chains so many times shorter."""
        seed = seed_of(self.settings.seed, "again", name)
        parameters = self.waves[0].u.shape[1]
        return sample(lambda u: self.log_posterior(u, likelihood), parameters, self.settings.sampler.shortened(shorter), seed)


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

    Errors: CalibrationError when too few runs gave a figure, or the chains have fewer distinct draws than the next wave has points.
    """
    waves: list[Wave] = []
    fit: StageFit | None = None
    for number, plan in enumerate(settings.waves):
        seed = seed_of(settings.seed, "wave", number)
        u = filling_design(plan.points, parameters, seed) if fit is None else _where_it_lies(fit, plan.points)
        rows = _rows(settings, number, len(u))
        wave = Wave(u, rows, run(number, u, rows, plan.replications), None, np.nan)
        waves.append(wave if fit is None else replace(wave, errors=_errors(fit, wave)))
        fit = _fit(likelihood, settings, waves, number)
        waves[-1] = fit.waves[-1]
        tell(f"wave {number + 1}: {plan.points} points; {waves[-1].plausible:.1%} of the prior is plausible; R-hat {fit.chain.r_hat:.3f}")
    assert fit is not None
    return fit


def _rows(settings: Settings, number: int, points: int) -> Rows:
    """The row of the earlier draws that each point of a wave takes: all different while there are enough."""
    draws = len(settings.earlier)
    return np.random.default_rng(seed_of(settings.seed, "earlier", number)).choice(draws, points, replace=points > draws)


def _fit(likelihood: Likelihood, settings: Settings, waves: Sequence[Wave], number: int) -> StageFit:
    u = np.concatenate([wave.u for wave in waves])
    y = np.concatenate([working(likelihood.targets, wave.figures) for wave in waves])
    chance = _chance(likelihood.targets, waves)
    of_points = chance / np.maximum(np.concatenate([wave.counts for wave in waves]), 1)
    beside = settings.beside(np.concatenate([wave.rows for wave in waves]))
    emulators = tuple(fit_emulator(Runs(u, y[:, column], beside, of_points[:, column])) for column in range(y.shape[1]))
    unexplained = np.array([emulator.noise for emulator in emulators])
    if not settings.earlier.size:
        unexplained = np.where(chance > 0, unexplained, 0.0)  # where chance is not known, it is all of the noise
    spread = settings.spread
    between = np.array([emulator.brought(spread) for emulator in emulators]) + unexplained
    unfinished = StageFit(likelihood, settings, tuple(waves), emulators, chance, between, _NO_CHAIN)
    chain = sample(unfinished.log_posterior, u.shape[1], settings.sampler, seed_of(settings.seed, "chain", number))
    whole = (*waves[:-1], replace(waves[-1], plausible=_plausible_share(unfinished)))
    return replace(unfinished, waves=whole, chain=chain)


_NO_CHAIN: Final = Chain(np.empty((0, 0, 0)), np.nan, np.nan, np.nan)


def _chance(targets: Sequence[Target], waves: Sequence[Wave]) -> Floats:
    """Variance of one replication by chance alone, on working scales, pooled over all points that were run at least twice."""
    squares, freedom = np.zeros(len(targets)), np.zeros(len(targets))
    for wave in waves:
        means, twice = mean_of(wave.figures), wave.counts >= 2
        level = np.where([target.scale == "log" for target in targets], means**2, 1.0)
        away = np.nansum((wave.figures - means[:, None, :]) ** 2, axis=1) / level
        squares += np.where(twice, away, 0.0).sum(axis=0)
        freedom += np.where(twice, wave.counts - 1, 0.0).sum(axis=0)
    return squares / np.maximum(freedom, 1)


def _distances(fit: StageFit, u: Floats) -> Floats:
    mean, variance = predict_all(fit.emulators, u)
    return fit.likelihood.distance(mean, variance + fit.between)


def _plausible_share(fit: StageFit) -> float:
    parameters = fit.waves[0].u.shape[1]
    u = filling_design(LOOKED_AT, parameters, seed_of(fit.settings.seed, "looked at"))
    return float((_distances(fit, u).max(axis=1) <= fit.settings.implausible_beyond).mean())


def _where_it_lies(fit: StageFit, count: int) -> Floats:
    """Points of the next wave: plausible draws of the posterior, spread out."""
    candidates = fit.chain.thinned(min(max(CANDIDATES, CANDIDATES_PER_POINT * count), len(fit.chain.flat)))
    distances = _distances(fit, candidates).max(axis=1)
    plausible = candidates[distances <= fit.settings.implausible_beyond]
    if len(plausible) < count:  # targets that cannot hold together: the least implausible draws are all there is
        plausible = candidates[np.argsort(distances, kind="stable")[: max(count, len(candidates) // 4)]]
    if len(np.unique(plausible, axis=0)) < count:
        raise CalibrationError(
            f"the next wave has {count} points, but the chains gave only {len(np.unique(candidates, axis=0))} distinct draws, of which "
            f"{len(np.unique(plausible, axis=0))} could be taken: make the chains longer (sampler.steps), or the wave smaller"
        )
    return spread_subset(plausible, count)


def _errors(fit: StageFit, wave: Wave) -> Floats:
    """How far a wave's figures are from what was foretold of them, in SDs of all that is uncertain about it, its own chance included."""
    mean, variance = predict_all(fit.emulators, wave.u, fit.settings.beside(wave.rows))
    noise = np.array([emulator.noise for emulator in fit.emulators]) + fit.chance / np.maximum(wave.counts, 1)
    found: Floats = (working(fit.likelihood.targets, wave.figures) - mean) / np.sqrt(variance + noise)
    return found
