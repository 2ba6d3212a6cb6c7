"""M/G/infinity: 5 a week for 12 weeks on average is a Poisson number with mean and variance 60, whatever the law of the length.

As work in hand of a staff so large that nobody waits it can be expressed exactly. As enrolled patients it cannot, because each
patient enrols at most once and so the source is finite: of n patients who enrol at rate r, each is enrolled at time T with the
same chance p independently, so that the number is binomial(n, p), which tends to the Poisson law as n grows with n * r fixed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import integrate, stats

from sim.assembly.panel import horizon_months
from sim.rules.units import MONTH, WEEK
from sim.rules.vocabulary import Event
from tests.known_answers.running import courses, logged, scenario
from tests.known_answers.statistics import assert_agrees, blocks

MEAN_WEEKS = 12.0
APART_WEEKS = 60
"""Instants so far apart share hardly any work in hand."""

Tail = Callable[[float], float]


def exponential(weeks: float) -> float:
    return math.exp(-weeks / MEAN_WEEKS)


def fixed(weeks: float) -> float:
    return 1.0 if weeks < MEAN_WEEKS else 0.0


def lognormal(weeks: float) -> float:
    spread = math.log(2.0)  # cv 1
    return float(stats.lognorm.sf(weeks, math.sqrt(spread), scale=MEAN_WEEKS * math.exp(-0.5 * spread)))


@pytest.mark.parametrize("name", ["case_work", "case_work_fixed", "case_work_lognormal"])
def test_work_in_hand_is_poisson(name: str) -> None:
    horizon = horizon_months(scenario(name)) * MONTH
    instants = np.arange(APART_WEEKS, horizon // WEEK, APART_WEEKS) * WEEK
    counts = []
    for _, rows in logged(name, 8, "programme", (Event.TASK_STARTED, Event.TASK_DONE)):
        in_hand = np.cumsum(np.where(rows["event"] == Event.TASK_STARTED, 1, -1))
        counts.append(in_hand[np.searchsorted(rows["time"], instants) - 1])
    pooled = np.concatenate(counts)
    assert_agrees(pooled, 60.0, 0.005)
    assert_agrees((pooled - 60.0) ** 2, 60.0, 0.05)


@pytest.mark.parametrize(("name", "tail"), [("caseload", exponential), ("caseload_fixed", fixed), ("caseload_lognormal", lognormal)])
def test_participants_are_binomial_and_nearly_poisson(name: str, tail: Tail) -> None:
    patients, rate = 3000, 5 / 3000
    weeks = horizon_months(scenario(name)) * MONTH / WEEK
    chance = integrate.quad(lambda since: rate * math.exp(-rate * (weeks - since)) * tail(since), 0, weeks, points=[MEAN_WEEKS])[0]
    assert 0.85 * 60 < patients * chance < 60.0
    enrolled = [course.arms["programme"].patients.enrolled for course in courses(name, 32)]
    assert_agrees([row.sum() for row in enrolled], patients * chance, 0.04)
    # independence of each other: the variance of the number among a hundred
    hundreds = np.concatenate([blocks(row, 100).sum(axis=1) for row in enrolled])
    assert_agrees((hundreds - 100 * chance) ** 2, 100 * chance * (1.0 - chance), 0.08)
