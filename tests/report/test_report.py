import html
import re

import pytest

from sim.outcomes.results import MICROSECONDS_PER_YEAR
from sim.outcomes.store import StoreError, read_run, write_run
from sim.outcomes.summary import UNCALIBRATED_NOTE, RunSummary, statistics, summarise
from sim.report import page, plots, tables, words
from sim.report.story import story
from tests.outcomes.synthetic import CALLS, CASE_MANAGER, arm, lifelike, replication, terms

TERMS = terms(fee=120.0, physician_payment=150.0, overhead_share=0.25)
NASTY = '<script>alert("x")</script> $a_b$ \x1b[31m {{ 7*7 }}'


def folder(tmp_path, name="phase1", title="Phase 1", results=None, command="caseload run phase1.yaml --seed 7"):
    run = RunSummary(name, title, 7, "compiled", "digest")
    return write_run(tmp_path / name, run, TERMS, results or lifelike(3), "title: x\n", {"command": command})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return page.run_page(read_run(folder(tmp_path_factory.mktemp("run"))))


def test_the_page_holds_everything_itself(made):
    assert made.count("data:image/png;base64,") == 4
    assert not re.search(r"""(src|href)\s*=\s*["'](?!data:)""", made)
    assert "url(" not in made
    assert "@import" not in made


def test_the_page_warns_explains_and_can_be_repeated(made):
    assert html.escape(UNCALIBRATED_NOTE) in made
    assert "caseload run phase1.yaml --seed 7" in made
    assert "What the model leaves out" in made
    assert "readmission_90_day" in made
    assert "Over three years, 100 eligible patients" in made
    assert "Eligible at launch" in made


def test_user_text_is_escaped(tmp_path):
    staff = (CASE_MANAGER | {"name": "<b>role</b> $x^$"},)
    results = [replication(arm(), arm(participants=80, staff=staff, tasks=(CALLS | {"name": "<i>task</i>", "role": "<b>role</b> $x^$"},)))]
    made = page.run_page(read_run(folder(tmp_path, title=NASTY, results=results, command=f"caseload run '{NASTY}'")))
    assert "<script>" not in made
    assert "<b>role" not in made.lower()
    assert "<i>task" not in made.lower()
    assert "&lt;script&gt;" in made
    assert "{{ 7*7 }}" in made
    assert "\x1b" not in made


def test_one_short_replication_without_staff_has_a_page(tmp_path):
    run = RunSummary("short", "Short", 7, "compiled", "digest")
    short = terms(6)
    path = write_run(tmp_path / "short", run, short, [replication(arm(6, people=0), arm(6, people=0))], "title: x\n", {})
    made = page.run_page(read_run(path))
    assert made.count("data:image/png;base64,") == 3
    assert "Over 6 months" in made
    assert "programme months 7-18" not in made


def test_the_same_results_give_the_same_picture():
    results = lifelike(2)
    assert plots.png(plots.forest(results, TERMS)) == plots.png(plots.forest(results, TERMS))


def test_several_runs_have_a_page_with_the_caseload_curve(tmp_path):
    folders = [folder(tmp_path, f"m{posts}", results=lifelike(2, managers=posts)) for posts in (6, 12)]
    page.write_report(folders, tmp_path / "all.html")
    made = (tmp_path / "all.html").read_text()
    assert made.count("data:image/png;base64,") == 1
    assert "m6: staff" in made
    assert "m12: staff" in made


def test_the_varied_role_is_the_one_whose_posts_differ(tmp_path):
    run = RunSummary("x", "x", 7, "compiled", "d")
    summaries = [summarise(run, lifelike(1, managers=posts), TERMS) for posts in (6, 12)]
    assert page.varied_role(summaries) == "case_manager"
    assert page.varied_role(summaries[:1] * 2) is None


def test_a_report_needs_results(tmp_path):
    with pytest.raises(StoreError, match="no such results folder"):
        page.write_report([tmp_path / "nowhere"], tmp_path / "x.html")


def test_a_report_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(StoreError, match="cannot write"):
        page.write_report([folder(tmp_path, results=lifelike(1))] * 2, tmp_path / "no" / "such" / "x.html")


def test_monthly_rates_by_hand():
    rates = plots.monthly_rate(arm(monthly={"admissions": 10}), ["admissions"], 1000.0 * MICROSECONDS_PER_YEAR)
    assert rates == pytest.approx([1200.0] * 48)


def test_relative_differences_by_hand():
    results = [replication(arm(monthly={"admissions": 10}), arm(monthly={"admissions": 8}))]
    assert plots.relative_differences(results, TERMS)["admissions_per_1000_py"] == pytest.approx([-0.2])


@pytest.mark.parametrize(
    ("value", "unit", "signed", "text"),
    [
        (None, "USD", False, "-"),
        (1_234_567.0, "USD", False, "$1.23 million"),
        (-5432.1, "USD", True, "-$5,432"),
        (0.2345, "share", False, "23.4%"),
        (1.0, "share", False, "100%"),
        (1320.4, "per 1,000 person-years", False, "1,320"),
        (12.34, "per 1,000 person-years", True, "+12.3"),
        (-0.0001, "days", True, "0.00"),
        (2.5, "ratio", False, "2.50"),
        (float("nan"), "days", False, "-"),
    ],
)
def test_numbers_as_people_say_them(value, unit, signed, text):
    assert words.number(value, unit, signed=signed) == text


@pytest.mark.parametrize(("months", "text"), [(36, "three years"), (12, "one year"), (18, "18 months"), (1, "1 month"), (144, "12 years")])
def test_horizons_as_people_say_them(months, text):
    assert words.horizon(terms(months).horizon_us) == text


def test_spread_shows_the_range_only_where_there_is_one():
    assert words.spread(statistics([1.0]), "ratio") == "1.00"
    assert words.spread(statistics([1.0, 2.0]), "ratio") == "1.50 (1.10 to 1.90)"


def test_a_difference_that_chance_explains_is_marked():
    assert tables.difference_text(statistics([-1.0, 1.5, 0.2]), "ratio").endswith("?")
    assert not tables.difference_text(statistics([-1.0, -1.1, -1.05]), "ratio").endswith("?")
    assert tables.difference_text(statistics([0.0, 0.0]), "ratio") == "0.00"


def test_shares_differ_by_points():
    assert tables.difference_text(statistics([-0.02]), "share") == "-2.00 points"


def test_the_story_says_fewer_and_more():
    run = RunSummary("x", "x", 7, "compiled", "d")
    results = [
        replication(
            arm(monthly={"admissions": 10, "ed_visits": 20, "deaths": 1}),
            arm(monthly={"admissions": 8, "ed_visits": 22, "deaths": 1}, participants=80, staff=(CASE_MANAGER,), tasks=(CALLS,)),
        )
    ]
    text = " ".join(story(summarise(run, results, TERMS), TERMS))
    assert "240 fewer hospital admissions (from 1,200, 20%)" in text
    assert "240 more ED visits (from 2,400, 10%)" in text
    assert "The 12 case managers have 190 patients each at month 6 and spend 80.0% of their productive time" in text


def test_a_title_cannot_colour_the_terminal():
    assert "\x1b" not in words.printable(NASTY)
