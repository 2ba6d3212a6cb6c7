"""What is shipped: default values, scenarios, schema, starter."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sim.scenario import json_schema, load, starter_text, write_json_schema
from sim.scenario.files import SHIPPED
from sim.scenario.schema import SHIPPED_SCHEMA
from tests.scenario.minimal import MINIMAL

SCENARIOS = sorted(path for path in SHIPPED.glob("*/*.yaml") if path.parent.name != "defaults")
DEFAULTS = sorted((SHIPPED / "defaults").glob("*.yaml"))


def plain(value: Any) -> Any:
    """YAML data as JSON has it: dates as text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def read(text: str) -> Any:
    return plain(YAML(typ="safe", pure=True).load(text))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_a_shipped_scenario_is_valid_and_has_the_editors_comment(path: Path) -> None:
    load(path)
    assert path.read_text().startswith("# yaml-language-server: $schema=../schema.json\n")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_no_shipped_number_is_without_a_grade_and_a_source(path: Path) -> None:
    for row in load(path).parameters():
        if row.set_by.startswith("default"):
            assert row.grade in ("published", "derived", "assumption", "calibrated"), row
            assert row.source, row


def test_loading_takes_less_than_a_third_of_a_second(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(MINIMAL)
    load(path)
    start = time.process_time()
    load(path)
    assert time.process_time() - start < 0.3


def test_importing_the_scenario_package_imports_no_heavy_library() -> None:
    code = "import sys, sim.scenario; print([n for n in ('numba', 'mesa', 'pandas', 'scipy', 'simpy', 'matplotlib') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SHIPPED.parent)
    assert done.stdout.strip() == "[]"


def test_the_shipped_schema_is_up_to_date(tmp_path: Path) -> None:
    fresh = write_json_schema(tmp_path / "schema.json")
    assert SHIPPED_SCHEMA.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"), "write it again with write_json_schema()"


@pytest.mark.parametrize("path", [*SCENARIOS, *DEFAULTS], ids=lambda path: path.name)
def test_shipped_files_satisfy_the_schema(path: Path) -> None:
    Draft202012Validator(json_schema()).validate(read(path.read_text()))


def test_the_schema_satisfies_its_own_rules_and_accepts_the_minimal_scenario() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(read(MINIMAL))
    Draft202012Validator(schema).validate(json.loads(json.dumps(plain(load("caseload:mgh_cmp/phase1.yaml").resolved()))))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fte: 2", "fte: -2"),
        ("fte: 2", "fte: two"),
        ("turnover:", "turn_over:"),
        ("assignment: panel", "assignment: pannel"),
        ("refusal_share: 0.1 ", "refusal_share: 1.1 "),
        ("horizon: 12 months", "horizon: 36"),
        ("cost: 115000 USD", "cost: 115000"),
        ("beds: 20", "beds: many"),
        ("every: {tier_1: 2 weeks", "every: {tier_9: 2 weeks"),
    ],
)
def test_the_schema_refuses_what_loading_refuses(old: str, new: str) -> None:
    assert old in MINIMAL
    assert not Draft202012Validator(json_schema()).is_valid(read(MINIMAL.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fte: 2", "fte: {value: 2, range: [1, 3], source: us, grade: assumption}"),
        ("beds: 20", "beds: unlimited"),
        ("every: {tier_1: 2 weeks, tier_2: 1 months}", "every: 2 weeks"),
        ("after: [eligibility]", "after: eligibility"),
        ("    answer:\n", "    former: null\n    answer:\n"),
        ("title: Test\n", "title: Test\nextends: caseload:mgh_cmp/phase1.yaml\n"),
        ("refresh: {at: 6 months, cap: 20, refusal_share: 0.1}", "refresh: none"),
        ('{days: weekdays, from: "08:00", to: "17:00"}', "always"),
    ],
)
def test_the_schema_accepts_both_forms(old: str, new: str) -> None:
    assert old in MINIMAL
    Draft202012Validator(json_schema()).validate(read(MINIMAL.replace(old, new, 1)))


@pytest.mark.parametrize("title", ["my_programme", 'Of "us": #1', "Überall $home"])
def test_the_starter_is_valid_as_it_stands(title: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text(title), encoding="utf-8")
    assert load(path).title == title
    Draft202012Validator(json_schema()).validate(read(path.read_text(encoding="utf-8")))


def test_the_starter_can_be_extended_as_its_first_lines_say(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: caseload:mgh_cmp/phase1.yaml\ntitle: Mine\n")
    assert load(path).title == "Mine"
