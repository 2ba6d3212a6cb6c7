"""Experiment files: what is wrong is said at its line, with the nearest valid name; shipped ones are in order."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from experiments.designs.building import build
from experiments.specification.loading import costs_listed, open_experiment
from experiments.specification.schema import schema_text
from sim.scenario import ScenarioErrors
from sim.tabular import TableErrors
from tests.experiments.sweeping import written

FTE = "programme.staff.case_manager.fte"

BAD: list[tuple[dict[str, Any], str]] = [
    ({"title": None}, "title: missing; must be stated"),
    ({"leavers": {}}, "leavers: unknown key; did you mean 'levers'?"),
    ({"scenario": "caseload:mgh_cmp/phase9.yaml"}, "scenario: no such file; did you mean 'phase1.yaml'?"),
    ({"scenario": "/etc/passwd"}, "scenario: must be a path relative to this file"),
    ({"set": {"population.siez": 100}}, "set.population.siez: unknown key; did you mean 'size'?"),
    ({"set": {"population.size": -3}}, "set.population.size: must be at least 1 (got -3)"),
    ({"design": {"kind": "gird"}}, "design.kind: must be 'grid'"),
    ({"design": {"kind": "sobol", "base": 100}}, "design.base: must be a power of 2, e.g. 128 (got 100)"),
    ({"design": {"kind": "morris", "trajectories": 5, "levels": 3}}, "design.levels: "),
    ({"design": {"kind": "psa", "draws": 5, "lucky": "own"}}, "design.lucky: unknown key; did you mean 'luck'?"),
    ({"replications": 0}, "replications: must be at least 1 (got 0)"),
    ({"outcomes": ["programme.roi_feees"]}, "outcomes.0: no outcome is called 'programme.roi_feees'; did you mean 'programme.roi_fees'?"),
    ({"outcomes": ["pbpm"]}, "outcomes.0: 'pbpm' is of an arm: say usual_care.pbpm, programme.pbpm or difference.pbpm"),
    ({"outcomes": ["staff.case_manger.*"]}, "outcomes.0: no outcome fits 'staff.case_manger.*'"),
    ({"levers": {"programme.staff.case_manger.fte": [1]}}, "levers.programme.staff.case_manger.fte: "),
    ({"levers": {FTE: ["many"]}}, f"levers.{FTE}: {FTE}: must be a number, e.g. "),
    ({"levers": {FTE: [6, 6]}}, f"levers.{FTE}: has the level 6 twice"),
    ({"levers": {FTE: {"from": 9, "to": 3}}}, f"levers.{FTE}: must have from below to"),
    ({"levers": {FTE: {"from": 3, "to": 9}}}, f"levers.{FTE}: needs a step, or levels"),
    ({"levers": {FTE: 6}}, f"levers.{FTE}: must be a list of levels or a block with 'alternatives', 'scale', 'levels' or 'from'"),
    (
        {"levers": {"effect": {"scale": ["programme.nothing.*"], "from": 0, "to": 2}}},
        "levers.effect.scale: no number fits 'programme.nothing.*'",
    ),
    ({"levers": {"programme.fixed_costs.management": ["0 USD"]}}, "is a cost with no modelled benefit (supervision, project management"),
    ({"levers": {"programme.staff.case_manager.meetings": ["0 hours"]}}, "is a cost with no modelled benefit (case review"),
    (
        {"levers": {"programme.fixed_costs": [{"management": "0 USD"}]}},
        "programme.fixed_costs.management is a cost with no modelled benefit (supervision, project management",
    ),
    (
        {"levers": {"lean": {"alternatives": {"yes": {"programme.staff.case_manager": {"meetings": "1 hours"}}}}}},
        "programme.staff.case_manager.meetings is a cost with no modelled benefit (case review",
    ),
    (
        {"levers": {"programme.components.care_plan.hours.mean": ["5 minutes"]}},
        "programme.components.care_plan.hours is of work that does nothing in the model",
    ),
    (
        {"levers": {"lean": {"alternatives": {"yes": {"programme.components.care_plan_review": None}}}}},
        "is of work that does nothing in the model",
    ),
    ({"levers": {"population.panel": ["synthetic"]}}, "another panel is another scenario"),
    ({"levers": None}, "design: moves nothing: it needs levers"),
    ({"uncertainties": "all"}, "uncertainties: a grid holds every parameter at its value; leave it out, or use psa"),
    (
        {"design": {"kind": "psa", "draws": 5}, "uncertainties": {"include": ["programme.work.reech.*"]}},
        "uncertainties.include.0: no parameter that fits 'programme.work.reech.*' has an uncertainty",
    ),
    ({"precision": {"outcome": "roi_fees", "standard_error": 0.1, "at_most": 2}}, "precision.at_most: must be at least the replications"),
    ({"decision": {"cost": "programme.fees"}}, "decision: cost, effect and willingness go together"),
    ({"decision": {"net_benefit": "programme.savings"}}, "decision.net_benefit: no outcome is called 'programme.savings'"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=[message[:50] for _, message in BAD])
def test_a_fault_is_named_with_its_line(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    path = written(tmp_path, **changes)
    with pytest.raises(ScenarioErrors) as caught:
        open_experiment(path)
    first = caught.value.problems[0]
    assert message in f"{first.key}: {first.message}"
    assert first.file == path.name
    lines = path.read_text(encoding="utf-8").splitlines()
    assert 1 <= first.line <= len(lines)
    if first.line > 1:
        words = re.findall(r"[\w.]+", json.dumps(changes) + message)
        assert any(word in lines[first.line - 1] for word in words)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "points.csv: is empty"),
        ("programme.staff.case_manager.fte\n", "points.csv: has no rows below its first line"),
        (
            "programme.staff.case_manager.ftte\n6\n",
            "points.csv:1: programme.staff.case_manager.ftte: is no number of the scenario; did you mean",
        ),
        ("fte\n6\n", "points.csv:1: fte: is neither a lever nor a key of the scenario"),
        ("contract.fee,contract.fee\n1 USD,2 USD\n", "points.csv:1: contract.fee: stands twice in the first line"),
        ("contract.fee\n1 USD\n1 USD,2\n", "points.csv:3: has 2 cells, the first line has 1"),
    ],
)
def test_a_fault_in_a_list_of_points_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TableErrors) as caught:
        open_experiment(written(tmp_path, levers=None, design={"kind": "list", "file": "points.csv"}))
    assert str(caught.value).startswith(message)


def test_shipped_experiments_are_in_order() -> None:
    sizes = {}
    for path in sorted((Path(__file__).resolve().parents[2] / "experiments" / "examples").glob("*.yaml")):
        sizes[path.stem] = len(build(open_experiment(path).blueprint))
    assert sizes["staffing"] == 8 * 3 * 2
    assert sizes["twelve_or_six"] == 2 * 200
    assert sizes["psa_phase1"] == 200
    assert sizes["sensitivity"] == 64 * (12 + 2)
    assert sizes["graduation"] == 3 * 2
    assert sizes["leave_one_out"] == 1 + 14
    assert sizes["staffing_map"] == 10 * 10 * 2
    assert sizes["staffing_curve"] == 8
    assert len(sizes) == 12


def test_the_experiment_in_the_readme_is_in_order(tmp_path: Path) -> None:
    readme = (Path(__file__).resolve().parents[2] / "experiments" / "README.md").read_text(encoding="utf-8")
    (tmp_path / "readme.yaml").write_text(readme.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    opened = open_experiment(tmp_path / "readme.yaml")
    assert len(build(opened.blueprint)) == 4 * 8 * 3 * 2 * 200
    assert not {factor.name for factor in opened.factors} & {"programme.work.champion"}


def test_a_setting_of_every_component_is_no_lever_where_it_only_reaches_work_that_does_nothing(tmp_path: Path) -> None:
    levers = {"later": {"alternatives": {"yes": {"programme.each_component": {"delay": {"fixed": "1 days"}}}}}}
    opened = open_experiment(written(tmp_path, levers=levers))  # it reaches work that does something
    idle = ("care_plan", "care_plan_review", "missed_visit_call")
    at_once = {f"programme.components.{name}.delay": {"fixed": "0 days"} for name in opened.base.scenario.programme.components}
    own = {key: value for key, value in at_once.items() if key.split(".")[2] not in idle}
    with pytest.raises(ScenarioErrors, match="is of work that does nothing in the model"):
        open_experiment(written(tmp_path, levers=levers, set=own))


def test_an_editor_accepts_every_shipped_experiment_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    schema = json.loads(schema_text())
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    for path in sorted((Path(__file__).resolve().parents[2] / "experiments" / "examples").glob("*.yaml")):
        assert list(check.iter_errors(YAML(typ="safe").load(path.read_text(encoding="utf-8")))) == []
    sound = json.loads(written(tmp_path).read_text(encoding="utf-8"))
    assert check.is_valid(sound)
    wrong: list[dict[str, Any]] = [
        {"leavers": {}},
        {"replications": 0},
        {"design": {"kind": "gird"}},
        {"design": {"kind": "psa"}},
        {"levers": {"fee": {"from": 1, "tow": 2}}},
        {"uncertainties": {"includes": ["*"]}},
        {"precision": {"outcome": "roi_fees"}},
    ]
    assert [change for change in wrong if check.is_valid({**sound, **change})] == []
    assert not check.is_valid({key: value for key, value in sound.items() if key != "scenario"})


def test_costs_without_benefit_are_listed() -> None:
    opened = open_experiment(Path(__file__).resolve().parents[2] / "experiments" / "examples" / "staffing.yaml")
    listed = {key: written_ for key, written_, _ in costs_listed(opened.base)}
    assert listed["programme.fixed_costs.physician_payment"] == "150 USD per participant-year"
    assert "programme.staff.case_manager.meetings" in listed
    assert "programme.staff.coaching_firm.meetings" not in listed  # 0 hours
