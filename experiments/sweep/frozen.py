"""A scenario frozen in a folder of its own: what it extends, every default, its panel and posterior, so that a plan needs nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from sim.scenario import Scenario
from sim.scenario.posterior import ABOUT

FILE: Final = "scenario.yaml"
PANEL: Final = "panel.csv"
POSTERIOR: Final = "posterior.parquet"


def freeze(scenario: Scenario, folder: Path) -> Path:
    """Write the scenario, and its panel if it has one, into `folder`; the file loads to an equal scenario."""
    data = scenario.resolved()
    panel = data["population"].get("panel")
    if isinstance(panel, dict):
        shutil.copyfile(scenario.population.panel.csv, folder / PANEL)  # type: ignore[union-attr]
        panel["csv"] = PANEL
    drawn = scenario.drawn_from
    if drawn is not None:
        shutil.copyfile(drawn.posterior, folder / POSTERIOR)
        shutil.copyfile(drawn.posterior.with_suffix(ABOUT), (folder / POSTERIOR).with_suffix(ABOUT))
        data["parameters"]["posterior"] = POSTERIOR
    yaml = YAML()
    yaml.width = 140
    with (folder / FILE).open("w", encoding="utf-8") as stream:
        yaml.dump(data, stream)
    return folder / FILE
