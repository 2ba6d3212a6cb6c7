"""The MGH scenario's population and practices, and panels drawn from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.population.practices import expand
from sim.population.scores import ScoreTable, score_table
from sim.population.synthesis import synthesise
from sim.scenario import Scenario, load

PHASE_1 = Path(__file__).resolve().parents[2] / "scenarios" / "mgh_cmp" / "phase1.yaml"


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load(PHASE_1)


@pytest.fixture(scope="session")
def block(scenario):
    return scenario.population


@pytest.fixture(scope="session")
def practices(scenario):
    return expand(scenario.sites.practices)


@pytest.fixture(scope="session")
def table(block) -> ScoreTable:
    return score_table(block)


@pytest.fixture(scope="session")
def draw(practices):
    """Draw a panel of the MGH scenario with some settings changed: draw('frailty.shape=3', size=500)."""

    def drawn(*changes: str, seed: int = 1, replication: int = 0, size: int = 2000):
        changed = load(PHASE_1, [f"population.{change}" for change in (f"size={size}", *changes)])
        return synthesise(changed.population, practices, seed, replication)

    return drawn


@pytest.fixture(scope="session")
def panels(draw) -> list[np.ndarray]:
    """Five full panels of different seeds."""
    return [draw(seed=seed, size=15230) for seed in range(1, 6)]


@pytest.fixture(scope="session")
def people(panels) -> np.ndarray:
    """The five panels together: 76,150 people."""
    return np.concatenate(panels)
