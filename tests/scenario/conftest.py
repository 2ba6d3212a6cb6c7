"""A folder with the minimal scenario, and short ways to load changed copies of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import Scenario, ScenarioErrors, load
from tests.scenario.minimal import MINIMAL, Loader, Refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of scenarios; its parent is called `folder`."""
    path = tmp_path / "folder" / "set"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def scenario(folder: Path) -> Loader:
    """Loads the minimal scenario after `edits` (old text, new text), with overrides."""

    def loaded(*edits: tuple[str, str], overrides: tuple[str, ...] = ()) -> Scenario:
        text = MINIMAL
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = folder / "small.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, overrides)

    return loaded


@pytest.fixture
def refused(scenario: Loader) -> Refused:
    """The lines of the message when the minimal scenario is refused after `edits`."""

    def lines(*edits: tuple[str, str], overrides: tuple[str, ...] = ()) -> list[str]:
        with pytest.raises(ScenarioErrors) as caught:
            scenario(*edits, overrides=overrides)
        return str(caught.value).splitlines()

    return lines
