"""The evaluation block of a scenario: every number in it moves what is published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.evaluation.evaluating import evaluate
from sim.evaluation.quality import evaluation_tree
from sim.evaluation.settings import settings_of
from sim.outcomes.store import strict_json
from sim.scenario import load
from sim.scenario.model.evaluation import Evaluation
from tests.evaluation.synthetic import Population
from tests.scenario.minimal import MINIMAL

CHANGES = {
    "designs": "pre_post",
    "windows": "m7_18",
    "covariates": "age",
    "cluster": "practice",
    "trim_at": "none",
    "trim_at.value": "0.9",
    "test.significance": "0.1",
    "test.sides": "1",
    "test.power": "0.9",
    "comparison.neighbours": "1",
}
"""Every key of the block that the estimators read, moved."""
READ_ELSEWHERE = {"comparison.panel", "comparison.differs", "control"}
"""What decides who is drawn."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(MINIMAL)
    return file


def published(path: Path, *overrides: str) -> str:
    settings = settings_of(load(path, [f"evaluation.{override}" for override in overrides]))
    assert settings is not None
    observed = Population(death=0.2, effect=0.1).observed(np.random.default_rng(1), 100)
    return strict_json(evaluation_tree([evaluate(observed, settings)], settings))


@pytest.mark.parametrize(("key", "value"), CHANGES.items())
def test_a_key_that_moves_changes_what_is_published(path: Path, key: str, value: str) -> None:
    assert published(path, f"{key}={value}") != published(path)


def test_no_number_of_the_block_is_left_out_of_this_test(path: Path) -> None:
    rows = {row.name.removeprefix("evaluation.") for row in load(path).parameters() if row.name.startswith("evaluation.")}
    assert rows <= set(CHANGES) | READ_ELSEWHERE
    assert set(Evaluation.model_fields) == {key.split(".")[0] for key in {*CHANGES, *READ_ELSEWHERE}}


def test_settings_are_those_of_the_scenario(path: Path) -> None:
    settings = settings_of(load(path))
    assert settings is not None
    assert (settings.trim_at, settings.neighbours, settings.trend) == (0.99, 3, 0.035)
    assert settings_of(load(path, ["evaluation=none"])) is None
    untrimmed = settings_of(load(path, ["evaluation.trim_at=none"]))
    assert untrimmed == replace(settings, trim_at=None)
