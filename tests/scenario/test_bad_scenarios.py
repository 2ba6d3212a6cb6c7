"""Every bad scenario is refused with the message a planner can act on, at its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioErrors, load
from tests.scenario.bad_scenarios import BAD, Bad
from tests.scenario.minimal import MINIMAL


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_a_bad_scenario_is_refused(bad: Bad, folder: Path) -> None:
    text = MINIMAL if bad.text is None else bad.text
    for old, new in bad.edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load(path)
    assert str(caught.value).splitlines() == list(bad.expected)


def test_names_of_bad_scenarios_are_unique() -> None:
    assert len({bad.name for bad in BAD}) == len(BAD) >= 60


def test_all_faults_of_a_file_are_told_in_one_go(folder: Path) -> None:
    text = MINIMAL
    for old, new in (
        ("horizon: 12 months", "horizon: 36"),
        ("      fte: 2\n", "      fte: -2\n"),
        ("assignment: panel", "assignment: pannel"),
        ("hospital: main", "hospital: mian"),
        ("      cover: true\n", "      cover: true\n      cover: false\n"),
        ("by: [call]", "by: [cal]"),
    ):
        text = text.replace(old, new, 1)
    path = folder / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load(path)
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [
        (4, "run.horizon"),
        (19, "sites.practices.one.hospital"),
        (26, "programme.staff.case_manager.fte"),
        (27, "programme.staff.case_manager.assignment"),
        (33, "programme.staff.case_manager.cover"),
        (63, "programme.components.answer.by"),
    ]
