"""One run has one saving, whoever says it; a run that draws from a posterior is not called uncalibrated."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.outcomes.terms import Terms
from sim.report import words
from sim.report.answer import answer
from sim.report.comparison import comparison_answer, comparison_charts, comparison_tables
from sim.report.reading import read
from sim.report.story import story
from tests.report.conftest import run_small

DRAWN = (
    "run.discounting=yearly",
    "run.discount_rate=0.05",
    "run.horizon=24 months",
    "evaluation=none",
    "parameters={posterior: mgh_phase1}",
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Two runs that discount and draw from a posterior, with twelve and with two managers."""
    folder = tmp_path_factory.mktemp("drawn")
    return [run_small(folder / name, *DRAWN, *more) for name, more in (("twelve", ()), ("two", ("programme.staff.case_manager.fte=2",)))]


def amounts(folder, party, line, perspective):
    table = pd.read_parquet(folder / "money.parquet").query("party == @party and line == @line and perspective == @perspective")
    return table.sort_values("replication")["value"].to_numpy(np.float64)


def test_terminal_and_page_say_the_contracts_saving(drawn):
    run = read(drawn[0])
    saved = words.number(amounts(drawn[0], "payer", "gross_savings", "true").mean(), "USD")
    measure = run.summary["cohorts"]["all"]["arms"]["programme"]["gross_savings"]["mean"]
    assert words.number(measure, "USD") != saved  # the run discounts, so the measure is another figure
    assert f"the programme saves the payer {saved} of care (all cohorts, nominal dollars)" in " ".join(
        story(run.summary, Terms(**run.record["terms"]))
    )
    assert f"Of {saved} truly saved" in " ".join(answer(run))
    assert run.dollars == "dollars discounted to launch at 5% a year"
    assert run.dollars in (drawn[0] / "report.html").read_text()  # the table by cohort
    assert "Gross savings, before the fee" not in (drawn[0] / "report.html").read_text()


def test_a_comparison_has_the_contracts_figures_and_pairs_them(drawn):
    runs = [read(folder) for folder in drawn]
    first, second = (amounts(folder, "payer", "gross_savings", "true") for folder in drawn)
    change = words.number((second - first).mean(), "USD", signed=True)
    chart = comparison_charts(runs, ["twelve", "two"])[0][0]
    assert [row[2] for row in chart.data.rows if row[1] == "gross savings"] == pytest.approx([first.mean(), second.mean()])
    assert "nominal dollars" in chart.note
    assert f"gross savings {change}" in comparison_answer(runs, ["twelve", "two"])[-1]
    rows = {row[0]: row for row in comparison_tables(runs, ["twelve", "two"])[0].rows}
    assert rows["Gross savings, true"][3].startswith(change)
    cost = [-amounts(folder, "owner", "programme_cost", "difference").mean() for folder in drawn]
    assert [cell.split(" (")[0] for cell in rows["Cost of the programme"][1:3]] == [words.number(one, "USD") for one in cost]
    chances = [(amounts(folder, "owner", "surplus", "paid") >= 0).mean() for folder in drawn]
    assert list(rows["Chance that the owner breaks even"][1:3]) == [words.number(one, "probability") for one in chances]


def test_the_command_compares_what_differs_and_what_the_owner_is_left_with(drawn):
    done = CliRunner().invoke(app, ["compare", *map(str, drawn), "--json"])
    assert done.exit_code == 0, done.output
    compared = json.loads(done.stdout)
    assert {name: {side: float(text) for side, text in each.items()} for name, each in compared["settings"].items()} == {
        "programme.staff.case_manager.fte": {"a": 12, "b": 2}
    }
    left = [amounts(folder, "owner", "net", "difference") for folder in drawn]
    found = compared["money"]["difference"]["Owner: fees and settlement less that cost"]
    assert found["mean"] == pytest.approx((left[1] - left[0]).mean())
    shown = CliRunner().invoke(app, ["compare", *map(str, drawn)]).stdout
    assert "programme.staff.case_manager.fte" in shown
    assert "Chance that the owner breaks" in shown


def test_a_run_that_draws_from_a_posterior_says_so_and_is_not_uncalibrated(drawn):
    run = read(drawn[0])
    assert run.summary["uncalibrated"] is False
    assert run.record["uncalibrated"] is False
    assert "drawn from the posterior mgh_phase1" in run.summary["note"]
    page = (drawn[0] / "report.html").read_text()
    assert "drawn from the posterior mgh_phase1" in page
    assert "(uncalibrated)" not in page
    assert "Uncalibrated:" not in page
    assert "uncalibrated" not in " ".join(story(run.summary, Terms(**run.record["terms"])))


def test_a_run_with_default_parameters_is_uncalibrated(small_run):
    run = read(small_run)
    assert run.summary["uncalibrated"] is True
    assert run.summary["note"].startswith("Uncalibrated:")
    assert "(uncalibrated)" in (small_run / "report.html").read_text()
    assert story(run.summary, Terms(**run.record["terms"]))[2].endswith("These sums are uncalibrated.")
