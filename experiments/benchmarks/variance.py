"""What the same luck in both arms is worth: the variance of the saving from paired arms against arms with luck of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.benchmarks.measuring import PHASE_1, Finding
from sim.outcomes.results import ArmResult
from sim.rules.vocabulary import FIRST_PAYMENT, LAST_PAYMENT
from sim.scenario import load
from sim.simulate import replicate

REPLICATIONS = 24
SIZE = 3_000


def cost(arm: ArmResult) -> float:
    """Payments per person-microsecond of the original cohort in the programme months."""
    return float(arm.tally[0, FIRST_PAYMENT : LAST_PAYMENT + 1, 12:].sum() / arm.person_time[0, 12:].sum())


def run() -> Iterator[Finding]:
    """The ratio of variances: how many times more replications unpaired arms would need."""
    scenario = load(PHASE_1, [f"population.size={SIZE}", "evaluation=none"])
    results = [replicate(scenario, 1, replication, "compiled") for replication in range(REPLICATIONS)]
    usual, programme = (np.array([cost(result.arms[arm]) for result in results]) for arm in ("usual_care", "programme"))
    paired = float((usual - programme).var(ddof=1))
    unpaired = float(usual.var(ddof=1) + programme.var(ddof=1))
    yield Finding(f"panel of {SIZE:,}, {REPLICATIONS} replications: unpaired / paired variance of the saving", f"{unpaired / paired:.1f}")
