"""Points in the unit cube of the priors: a design that fills it, a design where the posterior lies, and the posterior itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import emcee
import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri
from scipy.stats import qmc
from threadpoolctl import threadpool_limits

from sim.rules.streams import key_of

Floats = npt.NDArray[np.float64]
LogDensity = Callable[[Floats], Floats]
"""Points, shape (points, parameters) -> log-density, shape (points,)."""
STARTS: Final = 50
"""Points of the prior looked at for each walker's start."""
RANDOM_STATE_BITS: Final = 32
SEED_BITS: Final = 53


@dataclass(frozen=True)
class Sampler:
    """How long the Markov chains are; the first `burn_in` steps are left out."""

    walkers: int
    steps: int
    burn_in: int

    def shortened(self, factor: int) -> Sampler:
        """As many times shorter; at least a step is left."""
        steps = max(2, self.steps // factor)
        return Sampler(self.walkers, steps, min(self.burn_in // factor, steps - 1))


@dataclass(frozen=True)
class Chain:
    """Draws of a posterior in the unit cube, shape (steps, walkers, parameters), and what to judge them by.

    autocorrelation: steps until draws are independent, the largest over parameters; r_hat: largest split R-hat, 1 when chains agree.
    """

    draws: Floats
    acceptance: float
    autocorrelation: float
    r_hat: float

    @property
    def flat(self) -> Floats:
        """All draws, shape (draws, parameters)."""
        return self.draws.reshape(-1, self.draws.shape[-1])

    @property
    def effective(self) -> float:
        """How many independent draws they are worth, for the parameter that moves most slowly."""
        return len(self.flat) / self.autocorrelation

    def thinned(self, count: int) -> Floats:
        """So many draws, evenly spaced along the chains."""
        flat = self.flat
        return flat[np.linspace(0, len(flat) - 1, count).round().astype(np.int64)]


def seed_of(seed: int, *names: str | int) -> int:
    """A seed of its own for each use, as large as a scenario's may be."""
    return key_of("calibration", seed, *map(str, names)) >> (64 - SEED_BITS)


def filling_design(points: int, parameters: int, seed: int) -> Floats:
    """A Latin hypercube in the unit cube, spread by random exchanges; shape (points, parameters)."""
    sampler = qmc.LatinHypercube(parameters, optimization="random-cd" if points <= 400 else None, rng=np.random.default_rng(seed))
    return sampler.random(points)


def spread_subset(candidates: Floats, count: int) -> Floats:
    """So many of the candidates, each as far as can be from those before: the first is the one nearest to their mean."""
    chosen = [int(((candidates - candidates.mean(0)) ** 2).sum(1).argmin())]
    nearest = ((candidates - candidates[chosen[0]]) ** 2).sum(1)
    while len(chosen) < min(count, len(candidates)):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, ((candidates - candidates[chosen[-1]]) ** 2).sum(1))
    return candidates[chosen]


def sample(log_density: LogDensity, parameters: int, settings: Sampler, seed: int) -> Chain:
    """Draws from a density on the unit cube by an ensemble of walkers (emcee). The same seed gives the same draws.

    The walkers move in normal scores, where the uniform prior is a standard normal law and has no walls to run into.
    """

    def of_scores(z: Floats) -> Floats:
        found: Floats = log_density(ndtr(z)) - 0.5 * (z**2).sum(axis=1)
        return found

    walkers = max(settings.walkers, 2 * parameters + 2)
    with threadpool_limits(1):
        starts = filling_design(STARTS * walkers, parameters, seed)
        best = np.argsort(-log_density(starts), kind="stable")[:walkers]
        moves = [(emcee.moves.DEMove(), 0.9), (emcee.moves.DEMove(gamma0=1.0), 0.1)]  # the second jumps between modes
        ensemble = emcee.EnsembleSampler(walkers, parameters, of_scores, moves=moves, vectorize=True)
        random = np.random.RandomState(seed % 2**RANDOM_STATE_BITS)  # what emcee itself draws from
        state = emcee.State(ndtri(starts[best]), random_state=random.get_state())
        ensemble.run_mcmc(state, settings.steps, skip_initial_state_check=True)
    scores: Floats = ensemble.get_chain(discard=settings.burn_in)
    steps = float(np.max(emcee.autocorr.integrated_time(scores, tol=0, quiet=True)))
    return Chain(ndtr(scores), float(ensemble.acceptance_fraction.mean()), steps, split_r_hat(scores))


def split_r_hat(draws: Floats) -> float:
    """Largest split R-hat over parameters: variance between half-chains against that within. Chains are walkers."""
    half = len(draws) // 2
    halves = np.concatenate([draws[:half], draws[half : 2 * half]], axis=1)
    within = halves.var(axis=0, ddof=1).mean(axis=0)
    between = halves.mean(axis=0).var(axis=0, ddof=1)
    return float(np.sqrt(1 + between / within - 1 / half).max())
