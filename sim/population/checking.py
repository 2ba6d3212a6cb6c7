"""What can be wrong with a population beyond its single values, found without drawing anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.population.case_mix import solve
from sim.population.columns import Names
from sim.population.panel_file import read_rows, signature
from sim.population.practices import expand


def check_population(scenario: Any) -> None:
    """Raises ScenarioErrors for a case mix that cannot be, PanelErrors for a bad panel file."""
    solve(scenario.population)
    panel_size(scenario)


def panel_size(scenario: Any) -> int:
    """How many people the panel has. Raises PanelErrors for a bad panel file."""
    if scenario.population.panel == "synthetic":
        return int(scenario.population.size)
    path = Path(scenario.population.panel.csv)
    signature(path)
    practices = tuple(practice.name for practice in expand(scenario.sites.practices))
    return len(read_rows(path, Names(solve(scenario.population).table.names, practices)).ids)
