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
    mix = solve(scenario.population)
    practices = expand(scenario.sites.practices)
    if scenario.population.panel != "synthetic":
        path = Path(scenario.population.panel.csv)
        signature(path)
        read_rows(path, Names(mix.table.names, tuple(practice.name for practice in practices)))
