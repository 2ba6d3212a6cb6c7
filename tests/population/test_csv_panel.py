"""Panels from CSV: what is read, what is drawn, and what is refused in which words."""

from __future__ import annotations

import os

import numpy as np
import pytest

from sim.population import panel_file as panel_file_module
from sim.population.columns import COLUMNS
from sim.population.csv_panel import read_panel
from sim.population.drawing import draw_panel
from sim.population.panel_file import PanelErrors
from sim.population.person import EXCLUSIONS
from sim.scenario import ScenarioErrors, load

HEADER = "id,age,sex,risk_score"


@pytest.fixture
def read(tmp_path, block, practices):
    """Read a panel from text or bytes."""

    def reading(content: str | bytes):
        path = tmp_path / "panel.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_panel(path, block, practices)

    return reading


def refused(read, content: str | bytes) -> list[str]:
    with pytest.raises(PanelErrors) as caught:
        read(content)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return [str(problem) for problem in caught.value.problems]


def as_csv(persons, table, practices, *columns: str) -> str:
    """A panel as text with these columns besides id, age and sex."""
    cells = {
        "risk_score": lambda p: repr(float(p["risk_score"])),
        "conditions": lambda p: ";".join(table.names_in(int(p["documented"]))) or "none",
        "practice": lambda p: practices[p["practice"]].name,
        "exclusions": lambda p: ";".join(n for bit, n in enumerate(EXCLUSIONS) if int(p["exclusions"]) >> bit & 1) or "none",
        "medications": lambda p: str(p["medications"]),
    }
    lines = [",".join(("id", "age", "sex", *columns))]
    for p in persons:
        row = [str(p["number"]), repr(float(p["age"])), "female" if p["female"] else "male"]
        for name in columns:
            plain = COLUMNS[name].field
            row.append(cells[name](p) if name in cells else repr(p[plain].item()))
        lines.append(",".join(row))
    return "\n".join(lines) + "\n"


EVERYTHING = [name for name in COLUMNS if name not in ("id", "age", "sex")]


def test_a_full_file_comes_back_as_it_was_written(read, draw, table, practices):
    persons = draw(size=300)
    again = read(as_csv(persons, table, practices, *EVERYTHING))
    first, second = (panel[np.argsort(panel["number"])] for panel in (persons, again))
    for field in ("number", "age", "female", "disabled", "demographic_score", *(COLUMNS[name].field for name in EVERYTHING)):
        assert np.array_equal(first[field], second[field]), field


def test_only_age_sex_and_a_score_are_needed(read, table):
    persons = read("age,sex,risk_score\n81,female,2.41\n58.5,male,0.9\n")
    by_age = persons[np.argsort(persons["age"])]
    assert by_age["number"].tolist() == [2, 1]
    assert by_age["female"].tolist() == [0, 1]
    assert by_age["disabled"].tolist() == [1, 0]
    assert by_age["risk_score"].tolist() == [0.9, 2.41]
    assert by_age["demographic_score"].tolist() == [0.300, 0.537]
    assert np.all(by_age["true_risk"] >= by_age["risk_score"])


def test_a_score_follows_from_conditions(read, table):
    persons = read("id,age,sex,conditions\n7,72,f,heart_failure; copd\n9,72,F,none\n")
    by_number = persons[np.argsort(persons["number"])]
    assert by_number["number"].tolist() == [7, 9]
    assert by_number["documented"].tolist() == [table.mask(["heart_failure", "copd"]), 0]
    assert by_number["risk_score"] == pytest.approx([0.374 + 0.323 + 0.328, 0.374])


def test_neither_the_order_of_rows_nor_other_patients_matter(read, draw, table, practices):
    lines = as_csv(draw(size=200), table, practices, "risk_score").splitlines()
    alone = read("\n".join([lines[0], *lines[1:41]]))
    turned = read("\n".join([lines[0], *reversed(lines[1:])]))
    straight = read("\n".join(lines))
    fields = [name for name in straight.dtype.names or () if name != "number"]
    assert np.array_equal(straight[fields], turned[fields])
    assert np.array_equal(alone[fields], straight[np.isin(straight["key"], alone["key"])][fields])


def test_bom_spaces_quotes_blank_lines_and_windows_line_ends_are_fine(read):
    persons = read('\ufeffid, age ,sex,risk_score\r\n\r\n"a, b", 70 ,"Female",1.5\r\n,,,\r\n'.encode())
    assert persons["age"].tolist() == [70]
    assert persons["female"].tolist() == [1]


def test_formulas_are_text(read):
    persons = read(f"{HEADER}\n\"=cmd|' /C calc'!A0\",70,male,1\n@SUM(1+1),71,male,1\n")
    assert len(persons) == 2


def test_on_record_means_true(read):
    persons = read(f"{HEADER},isolated_known,behavioural_health_known\n" + "".join(f"{i},70,male,0.5,yes,yes\n" for i in range(50)))
    assert np.all(persons["isolated"] == 1)
    assert np.all(persons["behavioural_health"] == 1)


@pytest.mark.parametrize("columns", [("risk_score",), ("conditions",)])
def test_what_a_file_leaves_out_is_drawn_with_the_law_of_the_panel(read, draw, table, practices, columns):
    persons = draw(size=4000)
    again = read(as_csv(persons, table, practices, *columns))
    root = np.sqrt(len(persons))
    for field, tolerance in (("burden", 0.0), ("true_risk", 0.01), ("behavioural_health", 0.0), ("medications", 0.05), ("frailty", 0.0)):
        values = persons[field].astype(float)
        assert again[field].mean() == pytest.approx(values.mean(), abs=tolerance + 4 * np.sqrt(2) * values.std() / root), field
    for bit, name in enumerate(table.names):
        first, second = (p["conditions"] >> bit & 1 for p in (persons, again))
        assert second.mean() == pytest.approx(first.mean(), abs=4 * np.sqrt(2) * first.std() / root + 0.004), name
    sick, sick_again = (p["burden"][p["risk_score"] >= 2] for p in (persons, again))
    assert sick_again.mean() == pytest.approx(sick.mean(), abs=4 * np.sqrt(2) * sick.std() / np.sqrt(len(sick)))


def test_the_same_people_meet_new_luck_in_every_replication(tmp_path, scenario, block):
    path = tmp_path / "panel.csv"
    path.write_text(f"{HEADER}\n" + "".join(f"{i},70,male,{i / 10}\n" for i in range(1, 41)))
    panel = type("Panel", (), {"csv": path})()
    of_file = scenario.model_copy(update={"population": block.model_copy(update={"panel": panel})})
    first, second, again = (draw_panel(of_file, 1, replication)[0] for replication in (0, 1, 0))
    assert np.array_equal(first, again)
    assert not set(first["key"].tolist()) & set(second["key"].tolist())
    fields = [name for name in first.dtype.names or () if name != "key"]
    assert np.array_equal(first[np.argsort(first["number"])][fields], second[np.argsort(second["number"])][fields])
    assert np.all(np.diff(first["key"].astype(object)) > 0)
    path.write_text(f"{HEADER}\n1,70,male,1.5\n")
    assert len(draw_panel(of_file, 1, 0)[0]) == 1


def test_a_scenario_can_name_a_panel_file(tmp_path):
    from .conftest import PHASE_1

    (tmp_path / "panel.csv").write_text(f"{HEADER}\n1,70,male,1.5\n2,82,female,3\n")
    text = f"extends: caseload:mgh_cmp/{PHASE_1.name}\npopulation:\n  panel: {{csv: panel.csv}}\n"
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(ScenarioErrors, match="newcomers: must be 0 with a panel from a CSV file"):
        load(tmp_path / "mine.yaml")
    persons, _ = draw_panel(load(tmp_path / "mine.yaml", ["programme.enrolment.refresh.newcomers=0"]), 1, 0)
    assert sorted(persons["risk_score"].tolist()) == [1.5, 3.0]


BAD: dict[str, tuple[str | bytes, str]] = {
    "age too high": (f"{HEADER}\n1,250,male,1\n", "panel.csv:2: age: must be between 0 and 120 (got 250)"),
    "age negative": (f"{HEADER}\n1,-3,male,1\n", "panel.csv:2: age: must be between 0 and 120 (got -3)"),
    "age a word": (f"{HEADER}\n1,old,male,1\n", "panel.csv:2: age: must be a number (got 'old')"),
    "age a formula": (f"{HEADER}\n1,=1+1,male,1\n", "panel.csv:2: age: must be a number (got '=1+1')"),
    "age missing": (f"{HEADER}\n1,,male,1\n", "panel.csv:2: age: must not be empty"),
    "NaN": (f"{HEADER}\n1,nan,male,1\n", "panel.csv:2: age: must be a number (got 'nan')"),
    "infinity": (f"{HEADER}\n1,70,male,inf\n", "panel.csv:2: risk_score: must be a number (got 'inf')"),
    "infinity by exponent": (f"{HEADER}\n1,70,male,1e999\n", "panel.csv:2: risk_score: must be above 0 and at most 50 (got 1e999)"),
    "full-width digits": (f"{HEADER}\n1,\uff17\uff10,male,1\n", "panel.csv:2: age: must be a number (got '\uff17\uff10')"),
    "underscores": (f"{HEADER}\n1,7_0,male,1\n", "panel.csv:2: age: must be a number (got '7_0')"),
    "hexadecimal": (f"{HEADER}\n1,0x46,male,1\n", "panel.csv:2: age: must be a number (got '0x46')"),
    "decimal comma": (f'{HEADER}\n1,70,male,"1,5"\n', "panel.csv:2: risk_score: must be a number (got '1,5'); write a decimal point"),
    "zero score": (f"{HEADER}\n1,70,male,0\n", "panel.csv:2: risk_score: must be above 0 and at most 50 (got 0)"),
    "no score": (
        f"{HEADER}\n1,70,male,\n",
        "panel.csv:2: risk_score: must not be empty unless conditions are given (none if no condition is documented)",
    ),
    "sex": (f"{HEADER}\n1,70,woman,1\n", "panel.csv:2: sex: must be female or male (got 'woman')"),
    "sex look-alike": (f"{HEADER}\n1,70,m\u0430le,1\n", "panel.csv:2: sex: must be female or male (got 'm\u0430le')"),
    "id twice": (f"{HEADER}\n1,70,male,1\n2,70,male,1\n1,70,male,1\n", "panel.csv:4: id: 1 stands in line 2 already"),
    "id empty": (f"{HEADER}\n,70,male,1\n", "panel.csv:2: id: must not be empty"),
    "id long": (f"{HEADER}\n{'x' * 101},70,male,1\n", "panel.csv:2: id: must have at most 100 characters (got 101)"),
    "too few cells": (f"{HEADER}\n1,70,male\n", "panel.csv:2: must have 4 cells, as the first line has (got 3)"),
    "too many cells": (f"{HEADER}\n1,70,male,1,9\n", "panel.csv:2: must have 4 cells, as the first line has (got 5)"),
    "condition": (
        "id,age,sex,conditions\n1,70,male,copd;hart_failure\n",
        "panel.csv:2: conditions: there is no condition 'hart_failure'; did you mean 'heart_failure'?",
    ),
    "conditions with a slash": (
        "id,age,sex,conditions\n1,70,male,J44/I50\n",
        "panel.csv:2: conditions: there is no condition 'J44/I50'; write names with ; between them, or none",
    ),
    "practice": (
        f"{HEADER},practice\n1,70,male,1,large_9\n",
        "panel.csv:2: practice: there is no practice 'large_9'; did you mean 'large_7'?",
    ),
    "exclusion": (
        f"{HEADER},exclusions\n1,70,male,1,nursing home\n",
        "panel.csv:2: exclusions: there is no exclusion 'nursing home'; did you mean 'nursing_home'?",
    ),
    "medications": (f"{HEADER},medications\n1,70,male,1,12.5\n", "panel.csv:2: medications: must be a whole number (got 12.5)"),
    "many medications": (f"{HEADER},medications\n1,70,male,1,999\n", "panel.csv:2: medications: must be between 0 and 200 (got 999)"),
    "loyalty": (f"{HEADER},loyalty\n1,70,male,1,80\n", "panel.csv:2: loyalty: must be between 0 and 1 (got 80)"),
    "frailty": (f"{HEADER},frailty\n1,70,male,1,0\n", "panel.csv:2: frailty: must be above 0 and at most 20 (got 0)"),
    "yes or no": (f"{HEADER},directive\n1,70,male,1,maybe\n", "panel.csv:2: directive: must be yes or no (got 'maybe')"),
    "known but not true": (
        f"{HEADER},isolated,isolated_known\n1,70,male,1,no,yes\n",
        "panel.csv:2: isolated_known: cannot be yes when isolated is no",
    ),
    "unknown column": (
        "id,age,sex,riskscore,risk_score\n",
        "panel.csv:1: riskscore: there is no column 'riskscore'; did you mean 'risk_score'?",
    ),
    "column twice": ("age,sex,risk_score,age\n", "panel.csv:1: age: the column stands here twice"),
    "column missing": (
        "id,age,risk_score\n1,70,1\n",
        "panel.csv:1: sex: the column is missing; age, sex and one of risk_score and conditions are required",
    ),
    "no score column": ("id,age,sex\n1,70,male\n", "panel.csv:1: a column risk_score or a column conditions is required"),
    "semicolons": (
        "id;age;sex;risk_score\n1;70;male;1\n",
        "panel.csv:1: columns must have commas between them (got a line with semicolons or tabs)",
    ),
    "empty": ("", "panel.csv: is empty; the first line must name the columns, for example id,age,sex,risk_score"),
    "blank lines": ("\n\n , \n", "panel.csv: is empty; the first line must name the columns, for example id,age,sex,risk_score"),
    "no rows": (f"{HEADER}\n", "panel.csv: has no patients: there is nothing below the line that names the columns"),
    "not UTF-8": (f"{HEADER}\nJos\xe9,70,male,1\n".encode("latin-1"), "panel.csv:2: is not UTF-8 text; save the file as CSV in UTF-8"),
    "open quote": (f'{HEADER}\n1,70,male,1\n"2,70,male,1\n', "panel.csv:3: cannot be read as CSV from here on: unexpected end of data"),
    "control characters": (f"{HEADER}\n1,70,\x1b[31mmale,1\n", "panel.csv:2: sex: must be female or male (got '\\x1b[31mmale')"),
    "long cell": (f"{HEADER}\n1,{'9' * 60}x,male,1\n", f"panel.csv:2: age: must be a number (got '{'9' * 37}...')"),
    "line numbers after a quoted line break": (
        f'{HEADER}\n"a\nb",70,male,1\n2,700,male,1\n',
        "panel.csv:4: age: must be between 0 and 120 (got 700)",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_panel_is_refused_in_one_line(read, name):
    content, message = BAD[name]
    assert refused(read, content) == [message]


def test_all_bad_rows_are_named_in_one_go(read):
    problems = refused(read, f"{HEADER}\n1,200,male,1\n2,70,male,1\n1,70,x,\n")
    assert problems == [
        "panel.csv:2: age: must be between 0 and 120 (got 200)",
        "panel.csv:4: sex: must be female or male (got 'x')",
        "panel.csv:4: risk_score: must not be empty unless conditions are given (none if no condition is documented)",
        "panel.csv:4: id: 1 stands in line 2 already",
    ]


def test_after_fifty_problems_the_rest_is_counted(read):
    problems = refused(read, f"{HEADER}\n" + "".join(f"{i},200,male,1\n" for i in range(1, 81)))
    assert len(problems) == 51
    assert problems[49] == "panel.csv:51: age: must be between 0 and 120 (got 200)"
    assert problems[50] == "panel.csv: and 30 more problems"


def test_files_that_are_none_are_refused(tmp_path, block, practices):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as stream:
        stream.truncate(panel_file_module.LARGEST_FILE + 1_000_000)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    expected = {
        tmp_path / "missing.csv": "missing.csv: cannot be read: no such file or directory",
        tmp_path: f"{tmp_path.name}: is not a plain file",
        pipe: "pipe.csv: is not a plain file",
        huge: "huge.csv: must be at most 500 MB (got 501 MB)",
    }
    for path, message in expected.items():
        with pytest.raises(PanelErrors) as caught:
            read_panel(path, block, practices)
        assert str(caught.value) == message


def test_every_column_is_documented_and_readable():
    assert all(column.meaning and column.accepts for column in COLUMNS.values())
    assert len({column.field for column in COLUMNS.values()}) == len(COLUMNS)
