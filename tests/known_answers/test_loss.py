"""Erlang's loss system as a hospital with 65 beds and one outside that takes whoever finds them taken."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from sim.rules.vocabulary import Counter
from tests.known_answers.running import programme_arms
from tests.known_answers.statistics import assert_agrees

BEDS = 65
OFFERED = 60.0


def erlang_b(offered: float, beds: int) -> float:
    blocking = 1.0
    for n in range(1, beds + 1):
        blocking = offered * blocking / (n + offered * blocking)
    return blocking


def share_blocked(patients: int, offered: float, beds: int, outside: int = 80) -> float:
    """Share of admissions that find all beds taken, when those in hospital, here or outside, cannot be admitted.

    Solves the Markov chain of (patients here, patients outside) at unit discharge rate; `outside` cuts the second.
    """
    rate = offered / (patients - offered)
    states = np.arange((beds + 1) * (outside + 1)).reshape(beds + 1, outside + 1)
    here, there = np.indices(states.shape)
    arrivals = (patients - here - there) * rate
    flows = [
        (states[:-1, :], states[1:, :], arrivals[:-1, :]),
        (states[-1:, :-1], states[-1:, 1:], arrivals[-1:, :-1]),
        (states[1:, :], states[:-1, :], here[1:, :]),
        (states[:, 1:], states[:, :-1], there[:, 1:]),
    ]
    source, target, flow = (np.concatenate([part[k].ravel() for part in flows]) for k in range(3))
    n = states.size
    generator = sparse.coo_matrix((flow, (target, source)), shape=(n, n)).tolil()
    generator.setdiag(-np.bincount(source, weights=flow, minlength=n))
    generator[0, :] = 1.0
    right = np.zeros(n)
    right[0] = 1.0
    chance = spsolve(generator.tocsc(), right).reshape(states.shape)
    return float((chance[-1, :] * arrivals[-1, :]).sum() / (chance * arrivals).sum())


def test_blocking() -> None:
    """The source is finite (3,000 patients), so the reference is the exact chain; it tends to Erlang-B as patients grow."""
    assert abs(erlang_b(OFFERED, BEDS) - 0.052779) < 5e-7
    assert abs(share_blocked(1_000_000, OFFERED, BEDS) / 0.052779 - 1) < 1e-3
    exact = share_blocked(3000, OFFERED, BEDS)
    assert abs(exact / 0.052779 - 1) < 0.05
    months = slice(12, None)
    arms = programme_arms("erlang_b", 16)
    tallies = [arm.tally[0, :, months].sum(axis=1) for arm in arms]
    assert_agrees([tally[Counter.BED_DIVERSIONS] / tally[Counter.ADMISSIONS] for tally in tallies], exact, 0.025)
