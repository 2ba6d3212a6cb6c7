"""The resolved scenario loads to an equal one, and the digest follows content alone."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.scenario import Scenario, ScenarioErrors, load
from tests.scenario.minimal import MINIMAL, Loader


def dumped(scenario: Scenario) -> str:
    yaml = YAML()
    yaml.width = 140
    text = io.StringIO()
    yaml.dump(scenario.resolved(), text)
    return text.getvalue()


def again(scenario: Scenario, folder: Path) -> Scenario:
    path = folder / "resolved.yaml"
    path.write_text(dumped(scenario), encoding="utf-8")
    return load(path)


def test_a_resolved_scenario_loads_to_an_equal_one(scenario: Loader, folder: Path) -> None:
    first = scenario(overrides=("programme.staff.case_manager.fte=3.25",))
    second = again(first, folder)
    assert second == first
    assert second.digest() == first.digest()
    assert again(second, folder) == first


def test_sources_survive(scenario: Loader, folder: Path) -> None:
    first = scenario()
    second = again(first, folder)
    kept = [[row for row in loaded.parameters() if not row.name.startswith("run.")] for loaded in (first, second)]
    assert [(row.name, row.value, row.source, row.grade) for row in kept[0]] == [
        (row.name, row.value, row.source, row.grade) for row in kept[1]
    ]


def test_the_shipped_scenario_survives(folder: Path) -> None:
    first = load("caseload:mgh_cmp/phase1.yaml")
    assert again(first, folder) == first


def test_short_forms_survive(scenario: Loader, folder: Path) -> None:
    first = scenario(
        ("every: {tier_1: 2 weeks, tier_2: 1 months}", "every: {value: 2 weeks, source: us}"),
        ('{days: weekdays, from: "08:00", to: "17:00"}', "always"),
        ("    refusal_share: 0.1 ", "    graduation: {after: {mean: 200 days}}\n    refusal_share: 0.1 "),
        ("absence: 0.1", "absence: {count: 12, of: 100}"),
    )
    assert again(first, folder) == first


def test_a_panel_survives_beside_its_file(folder: Path) -> None:
    (folder / "panel.csv").write_text("age,sex,risk_score\n70,female,1.2\n")
    (folder / "mine.yaml").write_text(MINIMAL.replace("  size: 200\n", "  panel: {csv: panel.csv}\n"))
    first = load(folder / "mine.yaml")
    assert again(first, folder) == first
    before = first.digest()
    (folder / "panel.csv").write_text("age,sex,risk_score\n70,female,1.3\n")
    assert first.digest() != before


def test_the_digest_ignores_titles_sources_comments_order_and_how_a_value_is_written(scenario: Loader, folder: Path) -> None:
    first = scenario()
    other = scenario(
        ("title: Test", "title: Another  # remark"),
        ("our office", "their office"),
        ("every: {tier_1: 2 weeks, tier_2: 1 months}", "every: {tier_2: 1 months, tier_1: 14 days}"),
        ("    near: {share: 0.6}\n    far: {share: 0.4, network: true, beds: 20}\n",
         "    far: {beds: 20, network: true, share: 0.4}\n    near: {share: 0.6}\n"),
    )  # fmt: skip
    assert first != other
    assert first.digest() == other.digest()


@pytest.mark.parametrize(
    "override",
    [
        "programme.staff.case_manager.fte=2.0000001",
        "run.seed=2",
        "run.discounting=yearly",
        "sites.hospitals.main.alerts=false",
        "usual_care.crises.rate.range=[0.1, 0.9]",
        "programme.components.call.for.tiers=[1]",
        "run.launch=2006-08-02",
    ],
)
def test_the_digest_sees_every_change(override: str, scenario: Loader) -> None:
    assert scenario(overrides=(override,)).digest() != scenario().digest()


CHANGES = st.fixed_dictionaries(
    {
        "programme.staff.case_manager.fte": st.floats(0.5, 1000),
        "programme.staff.case_manager.absence": st.floats(0, 1),
        "programme.enrolment.refusal_share": st.floats(0, 1),
        "usual_care.crises.rate": st.floats(0, 1000),
        "usual_care.crises.post_discharge_decay": st.floats(0.001, 70_000).map(lambda days: f"{days!r} days"),
        "prices.snf_day": st.floats(0, 1e6).map(lambda amount: f"{amount!r} USD"),
        "prices.trend": st.floats(-1, 1),
        "population.size": st.integers(1, 10_000_000),
        "run.seed": st.integers(0, 2**53 - 1),
        "title": st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20),
    }
)


@settings(max_examples=8, deadline=None)
@given(CHANGES)
def test_any_plain_number_survives(changes: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "set"
        folder.mkdir()
        (folder / "small.yaml").write_text(MINIMAL)
        overrides = [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in changes.items()]
        first = load(folder / "small.yaml", overrides)
        rows = {row.name: row for row in first.parameters()}
        for key, value in changes.items():
            if isinstance(value, int | float):
                assert rows[key].value == value
        assert first.title == changes["title"]
        assert again(first, folder) == first


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_damaged_text_never_ends_in_a_traceback(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(MINIMAL) - 1))
    length = data.draw(st.integers(0, 12))
    marks = ["\n", ": ", "- ", "{", "[", "]", "'", '"', "&a ", "*a", "!!x ", "|", ">", "? ", "%", "null"]
    put = data.draw(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(marks),
        )
    )
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "small.yaml"
        path.write_text(MINIMAL[:at] + put + MINIMAL[at + length :], encoding="utf-8", errors="replace")
        problems = None
        try:
            load(path)
        except ScenarioErrors as errors:
            problems = errors.problems
        assert problems is None or problems
        assert all(problem.message and "\n" not in str(problem) for problem in problems or ())


ODD = (
    "null", "[]", "{}", '""', "0", "-1", ".nan", "1e400", "true", "2006-08-01", "always", "none", "[1, [2]]", "[{}]", "[[a]]",
    "{a: {b: c}}",
    "{value: null}", "{value: {value: 1}}", "{value: 0.5, range: null}", "{value: 0.5, ci95: [{}, []]}", "{value: 0.5, source: {}}",
    "{value: 0.5, unit: []}", "{value: 0.5, grade: []}", "{value: 0.5, distribution: {family: [1]}}", "{mean: []}", "{mean: 5, law: {}}",
    "{median: 5, iqr: 3}", "{fixed: [1]}", "{csv: 5}", "{count: x, of: y}", "{rr: 1, ci95: [0, 1]}",
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.integers(0, MINIMAL.count("\n") - 1), st.sampled_from(ODD), st.booleans())
def test_odd_values_anywhere_never_end_in_a_traceback(line: int, value: str, drops_what_is_below: bool) -> None:
    lines = MINIMAL.splitlines()
    lines[line] = f"{lines[line].split(':')[0]}: {value}"
    depth = len(lines[line]) - len(lines[line].lstrip())
    while drops_what_is_below and line + 1 < len(lines) and len(lines[line + 1]) - len(lines[line + 1].lstrip()) > depth:
        del lines[line + 1]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "small.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        problems = None
        try:
            load(path)
        except ScenarioErrors as errors:
            problems = errors.problems
        assert problems is None or problems
        assert all(problem.message and "\n" not in str(problem) for problem in problems or ())
