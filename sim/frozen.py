"""A scenario in one file with what it needs beside it: what it extends, every default, its own panel and posterior.

scenario.yaml       loads to an equal scenario, wherever the folder stands
inputs/             the panel and the posterior under their own names; left out without either
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.scenario import Scenario

FILE: Final = "scenario.yaml"
INPUTS: Final = "inputs"


@dataclass(frozen=True)
class Frozen:
    """data: the resolved scenario, with paths seen from its new folder; inputs: the files it names, by their path in that folder."""

    data: dict[str, Any]
    inputs: Mapping[str, Path]

    @property
    def yaml(self) -> str:
        """The text of scenario.yaml."""
        from ruamel.yaml import YAML

        yaml = YAML()
        yaml.width = 140
        text = io.StringIO()
        yaml.dump(self.data, text)
        return text.getvalue()

    def write(self, folder: Path) -> Path:
        """Write it into a folder that exists; the path of the scenario."""
        (folder / FILE).write_text(self.yaml, encoding="utf-8")
        copy_inputs(self.inputs, folder)
        return folder / FILE


def copy_inputs(inputs: Mapping[str, Path], folder: Path) -> None:
    """Copy the files that a frozen scenario names into its folder."""
    for name, path in inputs.items():
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(path, folder / name)


def frozen(scenario: Scenario) -> Frozen:
    """A scenario as it can be run again from a folder of its own."""
    from sim.scenario.posterior import ABOUT, FIT, fit_beside

    data = scenario.resolved()
    inputs = {}
    panel = data["population"].get("panel")
    if isinstance(panel, dict):
        path = scenario.population.panel.csv  # type: ignore[union-attr]
        panel["csv"] = f"{INPUTS}/{path.name}"
        inputs[panel["csv"]] = path
    if scenario.drawn_from is not None:
        path = scenario.drawn_from.posterior
        data["parameters"]["posterior"] = f"{INPUTS}/{path.name}"
        inputs |= {f"{INPUTS}/{each.name}": each for each in (path, path.with_suffix(ABOUT))}
        fit = fit_beside(path)
        inputs |= {} if fit is None else {f"{INPUTS}/{path.stem}.{FIT}": fit}
    return Frozen(data, inputs)
