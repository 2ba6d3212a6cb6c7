"""People drawn from a model whose answers are known: gamma person effects, gamma noise, deaths, enrolment, contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from sim.evaluation.people import AMOUNTS, MONTHS_PER_PERIOD, MONTHS_PER_YEAR, Observed, People
from sim.evaluation.settings import Settings, SignificanceTest

Array = Any
T = TypeVar("T")

PLAIN = Settings(
    designs=("matched_did", "pre_post", "benchmark_trend", "as_treated", "dose_response"),
    windows=("programme", "m7_18", "last_12"),
    covariates=("age", "sex", "risk_score", "prior_cost"),
    cluster="person",
    trim_at=None,
    neighbours=3,
    test=SignificanceTest(0.05, 2, 0.8),
    trend=0.035,
    trend_error=0.01,
)
"""No trimming, so that nothing but the design stands between estimate and truth."""


def known(value: T | None) -> T:
    """What must be there."""
    assert value is not None
    return value


def everybody(frailty: Array, declines: Array) -> Array:
    """All enrol at once."""
    return np.ones(len(frailty), np.bool_)


@dataclass(frozen=True)
class Population:
    """A month of care costs `mean` x frailty x practice effect x noise; frailty and noise are gamma with mean 1.

    frailty_shape, noise_shape: of the gammas (the noise is of half a year, of a whole year in the baseline year by two halves);
    death: hazard per year x frailty; declining: share that falls ill at launch and costs `decline` times as much from then on;
    effect: share of cost and admissions that the programme takes away from participants; prior_cost_at_least: the screen, which sees
    the baseline year; enrols: who does, by frailty and decline.
    """

    half_years: int = 4
    mean: float = 1500.0
    frailty_shape: float = 3.0
    noise_shape: float = 1.0
    admissions: float = 0.08
    death: float = 0.0
    declining: float = 0.0
    decline: float = 3.0
    effect: float = 0.0
    prior_cost_at_least: float = 0.0
    practices: int = 20
    practice_spread: float = 0.0
    enrols: Callable[[Array, Array], Array] = everybody

    def draw(self, rng: np.random.Generator, n: int, first: int = 0) -> tuple[People, People]:
        """n people who pass the screen, (with the programme, in usual care), with the same luck."""
        frailty = rng.gamma(self.frailty_shape, 1 / self.frailty_shape, 0)
        prior = np.zeros(0)
        while len(frailty) < n:
            more = rng.gamma(self.frailty_shape, 1 / self.frailty_shape, 4 * n)
            cost = self.mean * MONTHS_PER_YEAR * more * rng.gamma(2 * self.noise_shape, 1 / (2 * self.noise_shape), 4 * n)
            frailty, prior = (np.concatenate([old, new[cost >= self.prior_cost_at_least]]) for old, new in ((frailty, more), (prior, cost)))
        return self._live(rng, frailty[:n], prior[:n], first)

    def _live(self, rng: np.random.Generator, frailty: Array, prior: Array, first: int) -> tuple[People, People]:
        n, h = len(frailty), self.half_years
        declines = rng.random(n) < self.declining
        practice = rng.integers(0, self.practices, n)
        place = (np.exp(self.practice_spread * rng.normal(size=self.practices) - self.practice_spread**2 / 2))[practice]
        death = rng.exponential(1.0, n) * MONTHS_PER_YEAR / np.maximum(self.death * frailty, 1e-12)
        starts = MONTHS_PER_PERIOD * np.arange(h)
        after = np.clip(death[:, None] - starts, 0, MONTHS_PER_PERIOD)
        months = np.column_stack([np.full(n, float(MONTHS_PER_YEAR)), after])
        level = np.where(declines, self.decline, 1.0)[:, None] * (frailty * place)[:, None] * np.ones(h)
        noise = rng.gamma(self.noise_shape, 1 / self.noise_shape, (n, h))
        cost = np.column_stack([prior * place, self.mean * after * level * noise])
        admissions = np.column_stack(
            [rng.poisson(self.admissions * MONTHS_PER_YEAR * frailty), rng.poisson(self.admissions * after * level)]
        ).astype(float)
        deaths = np.zeros((n, h + 1))
        dead = death < h * MONTHS_PER_PERIOD
        deaths[dead, 1 + (death[dead] // MONTHS_PER_PERIOD).astype(int)] = 1
        enrols = self.enrols(frailty, declines) & (after[:, 0] > 0)
        enrolled = np.column_stack([np.zeros(n), np.where(enrols[:, None], after, 0.0)])
        contacts = np.column_stack([np.zeros(n), np.where(enrols[:, None], rng.poisson(after * level), 0.0)]).astype(float)
        amounts = {name: np.zeros((n, h + 1)) for name in AMOUNTS}
        amounts |= {"cost": cost, "admissions": admissions, "ed_visits": 2 * admissions, "deaths": deaths, "index_discharges": admissions}
        usual = People(
            number=np.arange(first, first + n),
            practice=practice,
            age=rng.normal(76, 8, n),
            female=rng.random(n) < 0.51,
            risk_score=2 * frailty * rng.lognormal(0, 0.3, n),
            prior_cost=prior,
            cohort=np.zeros(n, np.int64),
            entry_month=np.zeros(n),
            died=dead,
            left=np.zeros(n, np.bool_),
            months=months,
            enrolled_months=np.zeros((n, h + 1)),
            contacts=np.zeros((n, h + 1)),
            amounts=amounts,
        )
        kept = np.ones((n, h + 1))
        kept[enrols, 1:] = 1 - self.effect
        with_programme = amounts | {"cost": cost * kept, "admissions": rng.binomial(admissions.astype(int), kept).astype(float)}
        return replace(usual, enrolled_months=enrolled, contacts=contacts, amounts=with_programme), usual

    def observed(self, rng: np.random.Generator, n: int, comparison: int | None = None, control: int | None = None) -> Observed:
        """Everything an evaluator finds in one replication; the groups are drawn alike."""
        with_programme, usual = self.draw(rng, n)
        return Observed(
            with_programme,
            usual,
            self.draw(rng, n if comparison is None else comparison)[1],
            None if control is None else self.draw(rng, control)[1],
        )


def hand_made(cost: Array, months: Array, **values: Any) -> People:
    """People with these costs and months [n, p], and nothing else that matters unless `values` says so."""
    months = np.asarray(months, float)
    n = len(months)
    amounts = {name: np.zeros_like(months) for name in AMOUNTS} | {"cost": np.asarray(cost, float)} | values.pop("amounts", {})
    fields = {
        "number": np.arange(n),
        "practice": np.arange(n),
        "age": np.full(n, 76.0),
        "female": np.zeros(n, np.bool_),
        "risk_score": np.full(n, 2.0),
        "prior_cost": np.full(n, 9000.0),
        "cohort": np.zeros(n, np.int64),
        "entry_month": np.zeros(n),
        "died": np.zeros(n, np.bool_),
        "left": np.zeros(n, np.bool_),
        "enrolled_months": np.zeros_like(months),
        "contacts": np.zeros_like(months),
    }
    return People(months=months, amounts=amounts, **(fields | values))
