"""`caseload power`: what it says, on people from a known model in place of simulated ones."""

from __future__ import annotations

import json
import sys
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from tests.evaluation.synthetic import Population
from tests.scenario.minimal import MINIMAL

KNOWN = Population(half_years=4, death=0.1, effect=0.08)


@pytest.fixture
def call(monkeypatch, tmp_path: Path):
    """Runs the command on a scenario whose replications come from `population`."""
    (tmp_path / "small.yaml").write_text(MINIMAL)
    monkeypatch.setattr("sim.commands.running.announce_compiling", lambda: False)

    def run(*words: str, population: Population = KNOWN, people: int = 400, comparison: int = 500):
        def observe(_, seed, replication):
            return population.observed(np.random.default_rng((seed, replication)), people, comparison)

        monkeypatch.setitem(sys.modules, "sim.observing", types.SimpleNamespace(observe=observe))
        return CliRunner().invoke(app, ["power", str(tmp_path / "small.yaml"), *words], catch_exceptions=False)

    return run


def test_the_json_object_answers_with_the_scenarios_own_effect(call):
    found = json.loads(call("--json", "--seed", "3").stdout)
    assert found["replications"] == 5
    assert found["effect"] == pytest.approx(0.08)
    assert found["simulated"]["saving"]["mean"] == pytest.approx(0.08)
    did, randomised = found["designs"]["matched_did"], found["designs"]["randomised"]
    assert (did["adjustment"], randomised["adjustment"]) == ("did", "ancova")
    assert 0.3 < did["comparison_ratio"] < 1.25  # 500 for 400, less what matching with replacement costs
    assert did["people"] == 400
    assert {cell["people"] for cell in did["table"]} >= {400, 500, 50_000}
    for tree in (did, randomised):
        one_year = tree["people_needed"]["1"]
        error = tree["table"][0]["se"] * (tree["table"][0]["people"] / one_year) ** 0.5
        assert 2.8016 * error == pytest.approx(0.08, rel=1e-3)
    assert json.loads(call("--json", "--seed", "3").stdout) == found


def test_another_effect_moves_people_by_its_square(call):
    counts = [
        json.loads(call("--json", "-n", "2", "--effect", text).stdout)["designs"]["randomised"]["people_needed"]["2"]
        for text in ("0.1", "0.05")
    ]
    assert counts[1] == pytest.approx(4 * counts[0], rel=0.01)


def test_people_read_sentences_and_two_tables(call):
    result = call("-n", "2", "--effect", "0.05")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    for words in (
        "To be found: 5.0% less cost (as asked for), in a two-sided test at 5.0% with a power of 80.0%, errors clustered by person.",
        "from 2 simulated replications",
        "Matched comparison group, difference-in-differences: it takes",
        "with the 400 there are, 5 years are not enough.",
        "400 (this scenario)",
        "Randomised control group",
        "Uncalibrated",
    ):
        assert words in text, words


def test_a_programme_without_an_effect_says_so(call):
    found = call("-n", "1", population=replace(KNOWN, effect=0.0))
    assert "no number of people finds an effect of nothing" in " ".join(found.stdout.split())


@pytest.mark.parametrize(
    ("words", "people", "message"),
    [
        (("--set", "evaluation=none"), 400, "the scenario says evaluation: none"),
        (("--effect", "5"), 400, "--effect is a share of cost above 0 and below 1"),
        (("--effect", "500%"), 400, "--effect is a share of cost above 0 and below 1"),
        (("--effect", "five"), 400, "such as 0.05 or 5% (got five)"),
        (("--effect", "0"), 400, "--effect is a share of cost above 0 and below 1"),
        (("--replications", "0"), 400, "--replications"),
        ((), 2, "three eligibles at least (got 2 eligibles, 2 whole years)"),
    ],
)
def test_what_cannot_be_answered_is_refused(call, words, people, message):
    result = call(*words, people=people)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in " ".join(result.stderr.split())


def test_an_effect_can_be_written_in_percent(call):
    assert call("--effect", "5%", "--json").stdout == call("--effect", "0.05", "--json").stdout


def test_a_comparison_group_without_people_is_refused(call):
    result = call(comparison=0)
    assert result.exit_code == 2
    assert "needs a comparison group with eligibles: raise evaluation.comparison.panel" in " ".join(result.stderr.split())


def test_a_run_of_less_than_a_year_is_refused(call):
    result = call(population=replace(KNOWN, half_years=1))
    assert result.exit_code == 2
    assert "needs a run of a year and more" in result.stderr
