"""What sweeps and calibrations add to a report, and that every number of it is the one that they kept."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from calibration.report.findings import read_findings as read_calibration
from sim.cli import app
from sim.outcomes.store import StoreError
from sim.report.charts.fit import banner, fit_of, read_fit
from sim.report.page import write_report
from sim.report.reading import read
from tests.report.conftest import run_small
from tests.report.other_pages import COMPONENTS, FTE
from tests.report.pages import read_page

POSTERIORS = Path(__file__).resolve().parents[2] / "calibration" / "posteriors"


@pytest.fixture(scope="module")
def page(joined_report):
    return read_page(joined_report.read_text(encoding="utf-8"))


def outcomes(folder):
    """Outcomes of a sweep with their points' factors, a row per replication."""
    points = pd.read_parquet(folder / "collected" / "points.parquet")
    return pd.read_parquet(folder / "collected" / "outcomes.parquet").merge(points.drop(columns=["replications"]), on="point")


def test_every_figure_has_its_place_in_the_report(page):
    figures = [name.removeprefix("figure-") for name in page.ids if name.startswith("figure-")]
    assert figures[figures.index("averted") + 1] == "leave_one_out"  # beside the shares of the components
    assert {"tornado_programme_roi_fees", "chance_programme_roi_fees", "acceptability", "fit", "levers"} <= set(figures)
    anchors = [name for name in page.ids if name in ("log", "decision", "sensitivity", "fit", "parameters")]
    assert anchors.index("log") < anchors.index("decision") < anchors.index("parameters")
    assert len(page.ids) == len(set(page.ids))


def test_the_map_shows_the_share_of_replications_that_reach_the_target(page, sweeps):
    table = outcomes(sweeps["map"])
    shown = {(float(row[FTE]), float(row["threshold"]), row["waiver"]): row for row in page.data["chance_programme_roi_fees"]}
    assert len(shown) == 3 * 3 * 2
    for (fte, threshold, waiver), rows in table.groupby([FTE, "threshold", "waiver"]):
        found = shown[float(fte), threshold, waiver]
        values = rows["programme.roi_fees"].dropna()
        assert float(found["probability, share"]) == pytest.approx((values >= 1).mean())
        assert float(found["95% interval, from"]) <= (values >= 1).mean() <= float(found["to"])
    patients = table.groupby("threshold")["population.eligible"].mean()
    assert any(f"({patients.iloc[0]:,.0f})" in piece for piece in page.text)


def test_the_tornado_is_of_paired_differences(page, sweeps):
    table = outcomes(sweeps["tornado"]).pivot(index="replication", columns="point", values="programme.roi_fees")
    points = pd.read_parquet(sweeps["tornado"] / "collected" / "points.parquet").set_index("point")
    factors = [name for name in points.columns if name.startswith("usual_care.")]
    checked = 0
    for row in page.data["tornado_programme_roi_fees"]:
        moved = points[np.isclose(points[row["factor"]].astype(float), float(row["at"]))].index
        changes = table[moved[0]] - table[0]
        assert float(row["difference"]) == pytest.approx(changes.mean())
        assert float(row["error"]) == pytest.approx(changes.std(ddof=1) / np.sqrt(len(changes)))
        checked += 1
    assert checked == 2 * len(factors)


def test_leave_one_out_is_of_paired_differences(page, sweeps):
    table = outcomes(sweeps["leave_one_out"]).pivot(index="replication", columns="without", values="programme.gross_savings")
    shown = {
        row["without"]: float(row["change, mean"]) for row in page.data["leave_one_out"] if row["outcome"] == "programme.gross_savings"
    }
    assert shown == {name: pytest.approx((table[name] - table["nothing"]).mean()) for name in COMPONENTS}
    assert any(value for value in shown.values())


def test_acceptability_is_the_share_of_worlds_in_which_an_alternative_is_best(page, sweeps):
    table = outcomes(sweeps["psa"])
    for willingness in (0.0, 100_000.0, 500_000.0):
        benefit = table["programme.net_savings"] - willingness * table["difference.deaths"]
        worlds = table.assign(benefit=benefit).pivot(index=["draw", "replication"], columns=FTE, values="benefit")
        worlds["nothing"] = 0.0
        best = worlds.eq(worlds.max(axis=1), axis=0)
        expected = best.div(best.sum(axis=1), axis=0).mean()
        rows = [row for row in page.data["acceptability"] if float(row["willingness, USD per unit of effect"]) == willingness]
        shown = {row["alternative"]: float(row["best, share of draws"]) for row in rows}
        assert shown["nothing"] == pytest.approx(expected["nothing"])
        assert sorted(shown.values()) == pytest.approx(sorted(expected.tolist()))


def test_the_fit_is_the_one_that_the_calibration_kept(page, calibration):
    with (calibration / "fit.csv").open(encoding="utf-8") as stream:
        kept = {row["target"]: row for row in csv.DictReader(stream)}
    assert len(page.data["fit"]) == len(kept)
    for row in page.data["fit"]:
        expected = kept[row["target"]]
        for shown, name in (("published", "published"), ("tolerance, from", "lo"), ("to", "hi"), ("simulated, mean", "simulated")):
            assert row[shown] == "" if expected[name] == "" else float(row[shown]) == float(expected[name])
    assert {name for name, row in kept.items() if row["use"] == "fit"} == {"N3", "N9"}  # what its stages name
    own = read_page((calibration / "report.html").read_text(encoding="utf-8"))
    assert [row["target"] for row in own.data["fit"]] == list(kept)
    assert {"fit", "predictive", "marginals"} <= set(own.data)


def test_the_workbook_has_a_sheet_for_each_table_with_numbers_as_numbers(joined_report, sweeps):
    book = openpyxl.load_workbook(joined_report.with_suffix(".xlsx"), read_only=True)
    rows = list(book["Sweep tornado"].iter_rows(min_row=3, values_only=True))
    with (sweeps["tornado"] / "report_files" / "tornado_programme_roi_fees.csv").open(encoding="utf-8") as stream:
        drawn = list(csv.DictReader(stream))
    at = {name: place for place, name in enumerate(rows[0])}
    kept = [row for row in rows[1:] if row[at["outcome"]] == "programme.roi_fees"]
    assert [row[at["difference"]] for row in kept] == pytest.approx([float(row["difference"]) for row in drawn])
    assert {"Sweep reached", "Sweep levers", "Sweep levers 2", "Sweep leave one out", "Calibration parameters"} <= set(book.sheetnames)


def test_each_figure_is_a_pdf_on_request_and_the_same_each_time(joined_report, page, small_run):
    files = {path.name: path for path in joined_report.with_name("report_files").iterdir()}
    assert {f"{key}.pdf" for key in page.data} <= set(files)
    assert all(files[f"{key}.pdf"].read_bytes().startswith(b"%PDF") for key in page.data)
    assert not list((small_run / "report_files").glob("*.pdf"))


def test_the_command_takes_other_folders_and_names_what_is_none(small_run, sweeps, tmp_path):
    out = tmp_path / "with.html"
    done = CliRunner().invoke(app, ["report", str(sweeps["tornado"]), str(small_run), "--out", str(out), "--pdf"])
    assert done.exit_code == 0, done.output
    assert "tornado_programme_roi_fees" in read_page(out.read_text(encoding="utf-8")).data
    assert (tmp_path / "with_files" / "savings.pdf").is_file()
    refused = CliRunner().invoke(app, ["report", str(small_run), str(tmp_path), "--out", str(out)])
    assert refused.exit_code == 2
    assert "is no folder of a run, a sweep or a calibration" in refused.output
    with pytest.raises(StoreError, match="no folder of a run among them"):
        write_report([sweeps["tornado"]], out)


def test_a_run_that_draws_from_a_posterior_shows_its_fit_by_itself(tmp_path, small_run):
    assert fit_of(read(small_run)) is None
    folder = run_small(tmp_path / "run", 'parameters={"posterior": "mgh_phase1"}', "evaluation=none")
    run = read(folder)
    found = fit_of(run)
    assert found is not None
    name, rows = found
    with (POSTERIORS / "mgh_phase1.fit.csv").open(encoding="utf-8") as file:
        kept = list(csv.DictReader(file))
    fitted = [row["inside"] for row in kept if row["use"] == "fit"]
    assert name == "mgh_phase1"
    assert [row.inside for row in rows] == [row["inside"] == "in" for row in kept]
    page = read_page((folder / "report.html").read_text(encoding="utf-8"))
    assert [float(row["published"]) for row in page.data["fit"]] == [row.published for row in rows]
    assert f"which meets {fitted.count('in')} of {len(fitted)} published figures it was fitted to" in " ".join(page.text)
    assert "Uncalibrated:" not in " ".join(page.text)
    assert banner(None, None).startswith("Uncalibrated:")


def test_a_fit_that_is_broken_is_one_sentence(tmp_path):
    (tmp_path / "fit.csv").write_text("target,measure\nN1,Payments\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"fit\.csv: cannot be read as the fit of a calibration"):
        read_fit(tmp_path / "fit.csv")
    with pytest.raises(StoreError, match=r"fit\.csv: cannot be read as the fit of a calibration"):
        read_calibration(tmp_path)
    assert read_calibration(tmp_path / "nothing") is None


def test_hostile_text_of_an_experiment_is_text(tmp_path):
    from experiments.analysis.analysing import analyse
    from experiments.report.page import write_page
    from experiments.sweep.plan import read_plan
    from experiments.sweep.store import collect
    from tests.experiments.sweeping import finish, planned

    title = '<script>alert("x")</script> $a_b$ =1+1'
    place = planned(tmp_path, title=title, levers={FTE: [1]}, replications=2)
    finish(place)
    collected = collect(read_plan(place))
    text = write_page(collected, analyse(collected, collected.outcomes)).read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "$a_b$" in text
