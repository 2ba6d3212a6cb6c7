"""The scenarios of an evaluator's groups: the programme's own, but for what differs there."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim.scenario import load
from tests.scenario.minimal import Loader, Refused

BLOCK = ("title: Test\n", "title: Test\nevaluation:\n  comparison:\n    differs:\n      {}\n")


def differing(text: str) -> tuple[str, str]:
    return BLOCK[0], BLOCK[1].format(text)


def test_the_comparison_group_lives_in_the_scenario_with_what_differs(scenario: Loader) -> None:
    loaded = scenario(
        differing("usual_care.components.transition_visit.chance: {value: 0.7, source: their survey, grade: published}"),
        overrides=("evaluation.comparison.panel=450",),
    )
    group = loaded.of_group("comparison")
    chance = group.usual_care.components["transition_visit"].chance
    assert (float(chance), chance.source, chance.grade, chance.set_by) == (0.7, "their survey", "published", "small.yaml:5")
    assert float(loaded.usual_care.components["transition_visit"].chance) == 0.5
    assert (float(loaded.population.size), float(group.population.size)) == (200, 450)
    assert group.evaluation is None
    for block in ("run", "sites", "programme", "prices"):
        assert getattr(group, block) == getattr(loaded, block)


def test_without_differences_only_the_evaluation_is_missing(scenario: Loader) -> None:
    loaded = scenario()
    group = loaded.of_group("comparison")
    assert group != loaded
    assert group == scenario(overrides=("evaluation=none",))
    assert scenario(overrides=("evaluation=none",)).evaluation is None
    with pytest.raises(KeyError):
        loaded.of_group("control")


def test_a_control_group_is_of_the_same_practices(scenario: Loader) -> None:
    loaded = scenario(
        differing("usual_care.crises.rate: 0.4 per year"),
        overrides=("evaluation.designs=[randomised, matched_did]", "evaluation.control={panel: 90}"),
    )
    control = loaded.of_group("control")
    assert (float(control.population.size), float(control.usual_care.crises.rate)) == (90, 0.33)
    assert float(loaded.of_group("comparison").usual_care.crises.rate) == 0.4


def test_a_panel_of_its_own_size_is_drawn_and_not_read_from_the_programmes_file(scenario: Loader, folder: Path) -> None:
    (folder / "people.csv").write_text("age,sex,risk_score\n78,female,2\n")
    edits = ("population:\n  size: 200\n", "population:\n  panel: {csv: people.csv}\n")
    assert scenario(edits).of_group("comparison").population.panel == scenario(edits).population.panel
    group = scenario(edits, overrides=("evaluation.comparison.panel=30",)).of_group("comparison")
    assert group.population.panel == "synthetic"
    assert float(group.population.size) == 30


NESTED = "usual_care: {crises: {rate: {value: 0.4, unit: per year, source: theirs, grade: published}}, hospital: {to_snf: 0.2}}"


def test_what_differs_may_be_nested_and_is_among_the_parameters(scenario: Loader) -> None:
    loaded = scenario(differing(NESTED), overrides=("evaluation.comparison.differs.usual_care.hospital.to_snf=0.1",))
    rows = {row.name: row for row in loaded.parameters() if row.name.startswith("evaluation.comparison.differs")}
    rate, to_snf = (rows[f"evaluation.comparison.differs.usual_care.{name}"] for name in ("crises.rate", "hospital.to_snf"))
    assert (rate.value, rate.unit, rate.source, rate.grade, rate.set_by) == (0.4, "per year", "theirs", "published", "small.yaml:5")
    assert (to_snf.value, to_snf.set_by) == (0.1, "--set")
    assert len(rows) == 2
    again = scenario(differing(NESTED), overrides=(rate.override(0.5), to_snf.override(0.1)))
    assert float(again.of_group("comparison").usual_care.crises.rate) == 0.5


def test_a_component_that_the_comparison_does_not_have(scenario: Loader, folder: Path) -> None:
    loaded = scenario(differing("usual_care.components.transition_visit: null"))
    assert "transition_visit" in loaded.usual_care.components
    assert "transition_visit" not in loaded.of_group("comparison").usual_care.components
    with (folder / "resolved.yaml").open("w") as stream:
        YAML().dump(loaded.resolved(), stream)
    assert load(folder / "resolved.yaml") == loaded


@pytest.mark.parametrize(
    "text", ["'': 3", "usual_care..rate: 1", "usual_care.: 1", "usual_care.crises.rate: [1]", "usual_care.crises: 3", "sites: null"]
)
def test_odd_keys_and_values_end_in_a_message(refused: Refused, text: str) -> None:
    assert all(line.startswith("small.yaml:5:7: evaluation.comparison.differs") for line in refused(differing(text)))


def test_a_resolved_scenario_has_the_same_comparison_group_and_the_digest_follows_it(scenario: Loader, folder: Path) -> None:
    loaded = scenario(differing(NESTED))
    with (folder / "resolved.yaml").open("w") as stream:
        YAML().dump(loaded.resolved(), stream)
    again = load(folder / "resolved.yaml")
    assert again.of_group("comparison") == loaded.of_group("comparison")
    assert again == loaded
    assert again.digest() == loaded.digest()
    moved = scenario(differing(NESTED.replace("0.4", "0.5")))
    assert moved.digest() != loaded.digest() != scenario().digest()
    assert scenario(differing(NESTED.replace("theirs", "ours"))).digest() == loaded.digest()


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "usual_care.crises.rat: 0.4 per year",
            ["small.yaml:5:7: evaluation.comparison.differs.usual_care.crises.rat: unknown key; did you mean 'rate'?"],
        ),
        (
            "usual_care.crises.rate: -1 per year",
            ["small.yaml:5:7: evaluation.comparison.differs.usual_care.crises.rate: must be at least 0 (got -1 per year)"],
        ),
        (
            "usual_care.components.visit.chance: 0.4",
            [
                "small.yaml:5:7: evaluation.comparison.differs.usual_care.components.visit: there is nothing of this name; "
                "there are notice_in_visit, respond_in_visit, transition_visit"
            ],
        ),
        (
            "sites.snfs.near.share: 0.7",
            ["small.yaml:5:7: evaluation.comparison.differs.sites.snfs: shares of the SNFs must add up to 1 (got 1.1)"],
        ),
        (
            "programme.staff.case_manager.fte: 3",
            [
                "small.yaml:5:7: evaluation.comparison.differs.programme.staff.case_manager.fte: must be a key of 'population', 'sites', "
                "'usual_care' or 'prices', such as usual_care.crises.rate: the group has the programme's screen and run"
            ],
        ),
        (
            "population.size: 300",
            ["small.yaml:5:7: evaluation.comparison.differs.population.size: must be said by evaluation.comparison.panel"],
        ),
    ],
)
def test_what_cannot_differ_is_refused_at_its_line(refused: Refused, text: str, messages: list[str]) -> None:
    assert refused(differing(text)) == messages


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["designs=[randomised]"], "--set evaluation.designs: 'randomised' needs evaluation.control, e.g. {panel: 15230}"),
        (["control={panel: 50}"], "--set evaluation.control: has no effect without 'randomised' in evaluation.designs"),
        (
            ["designs=[pre_post]", "comparison.panel=50"],
            "--set evaluation.comparison.panel: has no effect without 'matched_did' or 'as_treated' in evaluation.designs",
        ),
        (["designs=[]"], "--set evaluation.designs: must have at least one item"),
        (
            ["designs=[matched]"],
            "--set evaluation.designs.0: must be 'randomised', 'matched_did', 'pre_post', 'benchmark_trend', 'as_treated' or "
            "'dose_response' (got 'matched'); did you mean 'matched_did'?",
        ),
        (["trim_at=0.4"], "--set evaluation.trim_at: must be at least 0.5 (got 0.4)"),
        (["test.sides=3"], "--set evaluation.test.sides: must be 1 or 2 (got 3)"),
        (["test.significance=0"], "--set evaluation.test.significance: must be more than 0 (got 0)"),
        (["comparison.neighbours=0"], "--set evaluation.comparison.neighbours: must be at least 1 (got 0)"),
        (["comparison.differs=3"], "--set evaluation.comparison.differs: must be a block (got 3)"),
    ],
)
def test_a_bad_evaluation_is_refused(refused: Refused, overrides: list[str], message: str) -> None:
    lines = refused(overrides=tuple(f"evaluation.{override}" for override in overrides))
    assert lines == [message]
