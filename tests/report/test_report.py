"""The page, its figures and its workbook, from results folders that a test makes."""

import dataclasses
import html
import io
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import openpyxl
import pytest

from sim.outcomes.results import MICROSECONDS_PER_YEAR
from sim.outcomes.store import StoreError, check_target, write_run
from sim.outcomes.summary import UNCALIBRATED_NOTE, RunSummary
from sim.report import page, publishing
from sim.report.answer import uncertainty
from sim.report.chart import Data
from sim.report.charts import care
from sim.report.comparison import ahead, varied_role
from sim.report.evidence import differences
from sim.report.reading import read
from sim.report.tables import Table
from sim.report.wording import parameter
from sim.report.workbook import Sheet, workbook
from sim.scenario import load
from sim.scenario.uncertain import uncertain_parameters
from tests.outcomes.synthetic import CALLS, CASE_MANAGER, arm, lifelike, replication, terms
from tests.report.pages import read_page

TERMS = terms(fee=120.0, physician_payment=150.0, overhead_share=0.25)
NASTY = '<script>alert("x")</script> $a_b$ \x1b[31m {{ 7*7 }}'


def folder(tmp_path, name="phase1", title="Phase 1", results=None, command="caseload run phase1.yaml --seed 7"):
    run = RunSummary(name, title, 7, "compiled", "digest")
    return write_run(tmp_path / name, run, TERMS, results or lifelike(3), "title: x\n", {"command": command})


def html_of(path):
    made = page.run_page(read(path))
    return publishing.html(made, {chart.key: chart.rendered() for chart in made.charts})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return html_of(folder(tmp_path_factory.mktemp("run")))


def test_the_page_warns_explains_and_can_be_repeated(made):
    assert html.escape(UNCALIBRATED_NOTE) in made
    assert "caseload run phase1.yaml --seed 7" in made
    assert "What this rests on" in made
    assert "readmission_90_day" in made
    assert "Eligible at launch" in made


def test_no_two_elements_have_the_same_id(made):
    ids = read_page(made).ids
    assert len(ids) > 100
    assert len(ids) == len(set(ids))


def test_each_reference_inside_a_figure_is_to_something_in_the_page(made):
    named = set(read_page(made).ids)
    asked = set(re.findall(r"url\(#([^)]+)\)", made)) | set(re.findall(r'href="#([^"]+)"', made))
    assert asked
    assert asked <= named


def test_user_text_is_escaped(tmp_path):
    staff = (CASE_MANAGER | {"name": "<b>role</b> $x^$"},)
    results = [replication(arm(), arm(participants=80, staff=staff, tasks=(CALLS | {"name": "<i>task</i>", "role": "<b>role</b> $x^$"},)))]
    made = html_of(folder(tmp_path, title=NASTY, results=results, command=f"caseload run '{NASTY}'"))
    assert "<script>" not in made
    assert "<b>role" not in made.lower()
    assert "<i>task" not in made.lower()
    assert "&lt;script&gt;" in made
    assert "{{ 7*7 }}" in made
    assert "\x1b" not in made


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "a\x1b[31mb"])
def test_a_workbook_holds_hostile_text_as_text(text):
    sheet = Sheet("Hostile", text, Data((text, "number, USD"), ((text, 2.5),)))
    book = openpyxl.load_workbook(io.BytesIO(workbook("t", "n", [sheet], [])))
    cells = [cell for row in book["Hostile"].iter_rows() for cell in row if cell.value is not None]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "s", "n"]
    assert cells[3].value == text.replace("\x1b", " ")
    assert cells[4].value == 2.5


@pytest.mark.parametrize("text", ["=1+1", "@x", "+1", "-1", "\tx"])
def test_the_data_of_a_figure_has_no_formulas(text):
    assert Data(("a",), ((text,),)).csv() == f"a\n'{text}\n"


def test_one_short_replication_without_staff_has_a_page(tmp_path):
    run = RunSummary("short", "Short", 7, "compiled", "digest")
    path = write_run(tmp_path / "short", run, terms(6), [replication(arm(6, people=0), arm(6, people=0))], "title: x\n", {})
    made = html_of(path)
    assert set(read_page(made).data) == {"changes", "by_month", "watch"}
    assert "programme months 7-18" not in made


def test_the_same_results_give_the_same_files(tmp_path):
    run = read(folder(tmp_path))
    assert care.changes(run).rendered() == care.changes(run).rendered()


def test_several_runs_have_a_page_with_the_caseload_curve(tmp_path):
    folders = [folder(tmp_path, f"m{posts}", results=lifelike(2, managers=posts)) for posts in (6, 12)]
    page.write_report(folders, tmp_path / "all.html")
    read_back = read_page((tmp_path / "all.html").read_text())
    assert set(read_back.data) == {"scenarios", "caseload", "paired"}
    assert [row["case_manager, FTE"] for row in read_back.data["caseload"]][:2] == ["6.0", "12.0"]
    assert "m6: staff (means)" in read_back.tables
    assert (tmp_path / "all.xlsx").is_file()
    assert (tmp_path / "all_files" / "caseload.svg").is_file()


def test_the_varied_role_is_the_one_whose_posts_differ(tmp_path):
    runs = [read(folder(tmp_path, f"m{posts}", results=lifelike(1, managers=posts))) for posts in (6, 12)]
    assert varied_role(runs) == "case_manager"
    assert varied_role(runs[:1] * 2) is None


def test_a_report_needs_results(tmp_path):
    with pytest.raises(StoreError, match="no such results folder"):
        page.write_report([tmp_path / "nowhere"], tmp_path / "x.html")


def test_a_report_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(StoreError, match="cannot write"):
        page.write_report([folder(tmp_path, results=lifelike(1))] * 2, tmp_path / "no" / "such" / "x.html")


def test_a_results_folder_with_its_report_can_be_replaced(tmp_path):
    path = folder(tmp_path, results=lifelike(1))
    (path / "report_files").mkdir()
    for name in ("report.html", "report.xlsx", "report_files/returns.svg"):
        (path / name).write_text("x")
    check_target(path, overwrite=True)
    (path / "mine.txt").write_text("x")
    with pytest.raises(StoreError, match=r"also holds mine\.txt"):
        check_target(path, overwrite=True)


def test_monthly_rates_by_hand(tmp_path):
    counted = arm(monthly={"admissions": 10})
    run = read(folder(tmp_path, results=[replication(counted, counted)]))
    months = care.monthly(run, "programme", ["admissions"])
    assert months.rates(1000.0 * MICROSECONDS_PER_YEAR)[0] == pytest.approx([1200.0] * 48)
    assert months.rate(1000.0 * MICROSECONDS_PER_YEAR, 4, 6) == pytest.approx([1200.0])


def test_relative_differences_by_hand(tmp_path):
    run = read(folder(tmp_path, results=[replication(arm(monthly={"admissions": 10}), arm(monthly={"admissions": 8}))]))
    assert care.relative_differences(run, "admissions_per_1000_py") == pytest.approx([-0.2])


def test_the_page_says_what_the_intervals_hold(tmp_path):
    run = read(folder(tmp_path))
    assert "What is not known about the parameters is not in it" in uncertainty(run)
    drawn = dataclasses.replace(run, record={**run.record, "posterior": {"name": "mgh_phase1"}})
    assert "drawn from the posterior mgh_phase1; what is not known about the others is not in it" in uncertainty(drawn)


def test_a_setting_that_differs_is_shown_and_one_whose_source_differs_is_not():
    first = {"a": {"fte": {"value": 12, "source": "x", "grade": "published"}, "name": "same"}, "title": "A", "days": [1, 2]}
    second = {"a": {"fte": {"value": 6, "source": "y", "grade": "assumption"}, "name": "same", "new": True}, "title": "B", "days": [1, 2]}
    assert differences([first, second]) == [("a.fte", "12", "6"), ("a.new", "not there", "True")]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ({"value": "60 USD", "unit": "per participant-month"}, {"value": "60 USD"}, ()),
        (
            {"value": "60 USD", "unit": "per participant-month"},
            {"value": "80 USD"},
            ("60 USD per participant-month", "80 USD per participant-month"),
        ),
        (
            {"value": "60 USD", "unit": "per participant-year"},
            {"value": "60 USD"},
            ("60 USD per participant-year", "60 USD per participant-month"),
        ),
    ],
)
def test_a_unit_that_is_the_fields_own_makes_no_difference_to_one_that_is_written(first, second, shown):
    found = differences([{"contract": {"kind": "mssp", "fee": fee}} for fee in (first, second)])
    assert found == ([("contract.fee", *shown)] if shown else [])


def test_a_rate_and_a_count_say_their_unit_once():
    rates = [{"usual_care": {"decline": {"onset": rate}}} for rate in ({"value": 0.05, "unit": "per year"}, {"value": 0.06})]
    assert differences(rates) == [("usual_care.decline.onset", "0.05 per year", "0.06 per year")]
    sizes = [{"population": {"size": size}} for size in ({"value": 1000, "unit": "patients"}, {"value": 1000})]
    assert differences(sizes) == []


def runs_of(*values, seed=7):
    """What `ahead` asks of runs, for arrays with a value for each replication."""
    return [SimpleNamespace(summary={"seed": seed}, replications=len(each)) for each in values]


def test_which_run_is_ahead_is_decided_on_the_paired_difference():
    luck = np.array([0.0, 40.0, -30.0, 10.0])
    clear = [luck, luck + np.array([1.0, 1.1, 0.9, 1.0]), luck - 5]  # far less than the spread, and always more
    assert ahead(clear, runs_of(*clear)) == [1]
    doubtful = [luck, luck + np.array([3.0, -2.0, 1.0, -1.5])]
    assert ahead(doubtful, runs_of(*doubtful)) == [1, 0]
    assert ahead([luck, luck.copy()], runs_of(luck, luck)) == [0, 1]
    once = [luck[:1], luck[:1] + 1]
    assert ahead(once, runs_of(*once)) == [1, 0]
    assert ahead(clear, [*runs_of(*clear[:2]), *runs_of(clear[2], seed=8)]) == [1, 0, 2]


def test_a_parameter_is_named_in_the_planners_words():
    assert parameter("usual_care.crises.modifiable.community") == "Share of crises in the community that timely help can avert"
    assert parameter("programme.staff.case_manager.fte") == "Case manager: full-time posts"
    assert parameter("programme.components.ed_alert.does.divert_home").startswith("ED alert: chance that")
    assert parameter("population.loyalty.mean") == "Loyalty: mean over the patients"
    assert parameter("how_many_of_each") == "How many of each"


def test_no_two_uncertain_parameters_have_the_same_name_in_words():
    names = [each.row.name for each in uncertain_parameters(load("caseload:mgh_cmp/phase1.yaml"))]
    assert len({parameter(name) for name in names}) == len(names) > 100


def test_reading_results_simulates_nothing():
    loaded = (
        "import sim.report.page, sys; print(sorted(m for m in sys.modules if m.startswith(('sim.agents', 'sim.compiled', 'sim.assembly'))))"
    )
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_columns_of_words_stand_to_the_left_and_numbers_to_the_right():
    columns = ("Measure", "Mean", "Unit", "Denominator")
    rows = (
        ("Alerts", "19,174 (18,406 to 19,932)", "count", "-"),
        ("Answer", "3.3", "hours", "first attempts"),
        ("Wait", "no change", "", "alerts"),
    )
    assert Table("Work", columns, rows).worded == (True, False, True, True)
    assert Table("Work", columns, ()).worded == (False,) * 4
