"""What the page says against what stands in the results files, read independently of the report's own reading."""

from __future__ import annotations

import json
import re
from itertools import zip_longest
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sim.outcomes.measures import BY_NAME, MEASURES, PAYMENT_WORDS
from sim.outcomes.store import StoreError
from sim.report import tables, words
from sim.report.page import write_report
from tests.report.pages import read_page

MONTH_US = 31_557_600_000_000 // 12
PERCENTILES = {"p10": 10, "p50": 50, "p90": 90}


@pytest.fixture(scope="session")
def page(small_run):
    return read_page((small_run / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def measures(small_run):
    long = pd.read_parquet(small_run / "measures.parquet")
    return long.set_index(["cohort", "window", "arm", "measure", "replication"])["value"].sort_index()


@pytest.fixture(scope="session")
def summary(small_run):
    return json.loads((small_run / "summary.json").read_text(encoding="utf-8"))


def known(values):
    """Mean, percentiles and standard deviation of the values that are defined, by pandas and NumPy."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if not len(values):
        return dict.fromkeys(("mean", "sd", "lo", "hi", *PERCENTILES))
    found = {"mean": values.mean(), "sd": values.std(ddof=1) if len(values) > 1 else None, "lo": -1.0, "hi": -1.0}
    return found | {name: np.percentile(values, q) for name, q in PERCENTILES.items()}


def cells(page, title):
    return {row[0]: row[1:] for row in next(rows for caption, rows in page.tables.items() if caption.startswith(title))}


def test_every_figure_of_every_outcome_table_is_that_of_the_parquet(page, measures):
    checked = 0
    sections = [(title, names) for title, names in tables.SECTIONS if not tables.is_money(names)]
    assert len(sections) == len(tables.SECTIONS) - 1
    assert not any(caption.startswith("The programme's money") for caption in page.tables)  # the contract's table has it
    for title, names in sections:
        shown = cells(page, title)
        for name in names:
            arms = ("usual_care", "programme")
            expected = [words.spread(known(measures["original", "programme", arm, name]), BY_NAME[name].unit) for arm in arms]
            assert shown[tables.measure_label(name)][:2] == expected
            change = tables.change_text(known(measures["original", "programme", "difference", name]), BY_NAME[name].unit)
            assert shown[tables.measure_label(name)][2].removesuffix(" ?") == change
            checked += 1
    assert checked == sum(len(names) for _, names in sections)


def test_every_line_of_every_party_is_that_of_the_summary(page, summary):
    shown = cells(page, "Positions of the parties")
    for party, lines in summary["economics"].items():
        for line, columns in lines.items():
            texts = [words.spread(columns[column], "USD") for column in ("programme", "usual_care", "difference")]
            assert any(row == texts for row in shown.values()), (party, line)


def test_staff_and_tasks_are_those_of_the_parquet(page, small_run):
    staff = pd.read_parquet(small_run / "staff.parquet").query("arm == 'programme'").groupby("name").mean(numeric_only=True)
    shown = cells(page, "Staff (means")
    assert len(shown) == len(staff) + 1
    for role, row in staff.iterrows():
        assert shown[words.name(str(role))][2] == words.number(row["measure_utilisation"], "share")
        assert shown[words.name(str(role))][5] == f"{row['measure_tasks_lapsed']:,.0f}"
    tasks = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme'").groupby("name").mean(numeric_only=True)
    shown = cells(page, "Tasks by component")
    for component, row in tasks.iterrows():
        assert shown[words.name(str(component))][:7] == [
            f"{row[key]:,.0f}" for key in ("requested", "done", "not_reached", "refused", "lapsed", "cancelled", "open")
        ]


def test_the_staff_by_month_are_those_of_the_parquet(page, small_run):
    table = pd.read_parquet(small_run / "staff_by_month.parquet").query("arm == 'programme'")
    people = pd.read_parquet(small_run / "by_month.parquet").query("arm == 'programme' and month > 0")
    table = table.join(people.groupby(["replication", "month"])["participant_us"].sum(), on=["replication", "month"])
    judged = table["done"] + table["not_reached"] + table["refused"] + table["lapsed"]
    expected = {
        "Utilisation": table["busy_us"] / table["available_us"],
        "Tasks waiting": table["queue_us"] / MONTH_US,
        "Tasks waiting at the month's end": table["waiting"],
        "Started on time": table["on_time"] / (table["started"] + table["lapsed"]),
        "Started late": (table["started"] - table["on_time"]) / (table["started"] + table["lapsed"]),
        "Lapsed": table["lapsed"] / judged,
        "Not reached": table["not_reached"] / judged,
        "Tasks done": table["done"],
        "Caseload": table["participant_us"] / table["employed_us"],
    }
    rows = page.data["staff_by_month"]
    shown: dict[tuple[Any, ...], Any] = {(row["role"], int(float(row["month"])), row["figure"]): row for row in rows}
    assert len(shown) == len(rows)
    checked = 0
    for name, values in expected.items():
        own = table.assign(value=values.replace([np.inf, -np.inf], np.nan)).groupby(["role", "month"])["value"]
        for (role, month), of_replications in own:
            if name == "Caseload" and role != "case_manager":
                assert (role, month, name) not in shown
                continue
            found = known(of_replications)
            cells_of = [shown[role, month, name][key] for key in ("mean", "p10", "p90")]
            assert [float(cell) if cell else None for cell in cells_of] == [
                None if found[key] is None else pytest.approx(found[key]) for key in ("mean", "p10", "p90")
            ]
            checked += 1
    assert checked == len(rows) > 700


def test_hours_in_tables_and_figure_are_the_hours_worked(page, small_run):
    tasks = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme'").groupby("name")["work_us"].sum() / 2 / 3.6e9
    by_task = pd.DataFrame(page.data["hours_by_week"]).astype({"staff hours, mean": float})
    assert by_task.groupby("task")["staff hours, mean"].sum().to_dict() == pytest.approx(tasks[tasks > 0].to_dict())
    raw = pd.read_parquet(small_run / "staff_hours.parquet").query("arm == 'programme'")
    raw = raw.assign(hours=raw["work_us"] / 2 / 3.6e9)
    shown = cells(page, "Hours by task and tier")
    names = {"Tier I": 1, "Tier II": 2, "Tier III": 3, "Tier not known yet": 0}
    for component, own in raw.groupby("component"):
        expected = [own[own["tier"] == tier]["hours"].sum() for tier in names.values()]
        assert shown[words.name(str(component))] == [words.number(hours, "count") for hours in (*expected, own["hours"].sum())]
    weeks = 365.25 / 7
    weekly = cells(page, "Hours a week by task")["All tasks"]
    spans = [(1, 4, 4.0), (5, 13, 9.0), (14, 26, 13.0), (27, 53, weeks - 26)]
    assert weekly == [words.number(raw[raw["week"].between(first, last)]["hours"].sum() / length, "hours") for first, last, length in spans]


def test_figures_for_the_nurse_manager_are_those_of_the_parquet(page, small_run):
    shown = cells(page, "Practices, alerts after hours")
    tasks = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme'").groupby("replication").sum(numeric_only=True)
    asked = tasks["alerts_in_hours_asked"] + tasks["alerts_after_hours_asked"]
    assert shown["Alerts"][0] == words.spread(known(asked), "count")
    assert shown["Alerts that come after hours"][0] == words.spread(known(tasks["alerts_after_hours_asked"] / asked), "share")
    waits = tasks["alerts_after_hours_wait_us"] / tasks["alerts_after_hours_started"] / 3.6e9
    assert shown["Answer to an alert that comes after hours"][0] == words.spread(known(waits), "hours")
    months = (
        pd.read_parquet(small_run / "by_month.parquet")
        .query("arm == 'programme' and month > 0")
        .groupby("replication")
        .sum(numeric_only=True)
    )
    assert shown["Unreached patients"][0] == words.spread(known(months["unreached_us"] / MONTH_US / 12), "count")
    assert shown["Time unreached"][0] == words.spread(known(months["unreached_us"] / months["participant_us"]), "share")
    staff = pd.read_parquet(small_run / "staff.parquet").query("arm == 'programme' and name == 'case_manager'")
    assert shown["Practices per case manager, mean"][0] == words.spread(known(staff["practices"]), "count")
    by_task = cells(page, "Alerts by task")
    each = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme'").groupby("name").mean(numeric_only=True)
    with_alerts = each[each["alerts_in_hours_asked"] + each["alerts_after_hours_asked"] > 0]
    assert len(by_task) == len(with_alerts) + 1
    for name, row in with_alerts.iterrows():
        assert by_task[words.name(str(name))][1] == words.number(row["alerts_in_hours_asked"] + row["alerts_after_hours_asked"], "count")


def test_the_monthly_figure_carries_the_rates_of_the_parquet(page, small_run):
    table = pd.read_parquet(small_run / "by_month.parquet").query("cohort == 'original'")
    payments = [f"pay_{name}" for name in PAYMENT_WORDS]
    panels = {
        "Hospital admissions": (["admissions"], 12_000.0),
        "ED visits": (["ed_visits"], 12_000.0),
        "Deaths": (["deaths"], 12_000.0),
        "Payments": (payments, 0.01),
    }
    rows = page.data["by_month"]
    assert [float(row["month"]) for row in rows] == [*range(-12, 0), *range(1, 13)]
    for title, (names, scale) in panels.items():
        for arm in ("usual_care", "programme"):
            own = table[table["arm"] == arm]
            rate = own[names].sum(axis=1) / own["person_us"] * MONTH_US * scale
            by_month = pd.DataFrame({"month": own["month"], "rate": rate}).query("month > 0").groupby("month")["rate"]
            head = f"{title}, {arm.replace('_', ' ')}, "
            for statistic, expected in (("mean", by_month.mean()), ("p10", by_month.quantile(0.1)), ("p90", by_month.quantile(0.9))):
                column = next(name for name in rows[0] if name.startswith(head + statistic))
                assert [float(row[column]) for row in rows[12:]] == pytest.approx(expected.tolist())


def test_true_measured_and_paid_are_those_of_the_parquet(page, measures, small_run):
    settled = pd.read_parquet(small_run / "settlements.parquet").groupby("replication").sum(numeric_only=True)
    original, refresh = (measures[cohort, "programme", "programme", "gross_savings"] for cohort in ("original", "refresh"))
    expected = {
        "Saved in truth, before fees": known(original.to_numpy() + refresh.fillna(0.0).to_numpy()),
        "Saved as the evaluation measures it": known(settled["target"] - settled["actual"]),
        "Paid under the contract, paybacks taken off": known(settled["paid"]),
    }
    rows = {row[""]: row for row in page.data["savings"]}
    for name, found in expected.items():
        assert [float(rows[name][f"{key}, USD"]) for key in ("mean", "p10", "p90")] == pytest.approx(
            [found[k] for k in ("mean", "p10", "p90")]
        )


def test_the_channels_of_enrolment_are_those_of_the_tasks_and_the_month_that_of_the_tallies(page, small_run):
    table = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme'").groupby("name").mean(numeric_only=True)
    channels = {"Enrol in visit": "enrol_in_visit", "Outreach by firm": "outreach_by_firm", "Outreach by manager": "outreach_by_manager"}
    shown = cells(page, "Enrolment by channel")
    assert set(shown) == {"Channel", *channels}
    for title, name in channels.items():
        columns = ["requested", "done", "refused", "not_reached", "lapsed", "cancelled", "open"]
        ends = table.loc[[name], columns].to_numpy(float)[0].tolist()
        assert shown[title][1:] == [f"{round(end):,}" for end in ends]
    assert shown["Outreach by firm"][0] == "2 months after it was asked for"
    joined = pd.read_parquet(small_run / "by_month.parquet").query("arm == 'programme' and cohort == 'original' and month > 0")
    by_month = joined.groupby("month")["enrolled"].sum()
    last = next(month for month in by_month.index if by_month.loc[:month].sum() >= 0.99 * by_month.sum())
    title = next(caption for caption in page.tables if caption.startswith("Enrolment by channel"))
    assert title.endswith(f"99% have joined by month {last} of 12")


@pytest.fixture(scope="session")
def money(small_run):
    """(party, line, perspective) -> one value a replication; cash by quarter [replication, quarter]."""
    table = pd.read_parquet(small_run / "money.parquet")
    whole = table[table["quarter"].isna()].groupby(["party", "line", "perspective"])["value"].apply(np.asarray).to_dict()
    cash = table[table["quarter"].notna()]
    assert set(zip(cash["party"], cash["line"], cash["perspective"], strict=True)) == {("owner", "cash", "paid")}
    return whole | {"cash": cash.pivot_table(index="replication", columns="quarter", values="value").to_numpy()}


RETURNS = {  # the return, what is at 0 where it breaks even, and where the guarantee is reached
    "Savings per dollar paid": ("gross", "payer", "savings_per_dollar", "net_savings", None),
    "Net saving rate": ("net", "payer", "net_saving_rate", "net_savings", "net_savings_above_guarantee"),
    "Owner's return": ("owner", "owner", "return", "surplus", None),
}


def test_every_row_of_the_returns_figure_is_that_of_the_parquet_and_of_the_summary(page, summary, money):
    rows = page.data["returns"]
    assert len(rows) == 8
    for row in rows:
        definition, purse, line, zero, guarantee = RETURNS[row["return"]]
        assert row["purse"] == purse
        expected = known(money[purse, line, row["basis"]])
        assert [float(row[key]) for key in ("mean", "p10", "p90")] == pytest.approx([expected[key] for key in ("mean", "p10", "p90")])
        assert float(row["chance of breaking even"]) == np.mean(money[purse, zero, row["basis"]] >= 0)
        assert float(row["chance of breaking even"]) == summary["roi"][definition][row["basis"]]["probability"]["break_even"]
        shown = row["chance of reaching the guarantee"]
        assert shown == "" if guarantee is None else float(shown) == np.mean(money[purse, guarantee, row["basis"]] >= 0)


PARTIES = {
    "Payer": ("payer", "net"),
    "Supplemental insurers": ("supplement", "net"),
    "Patients": ("patient", "net"),
    "Hospitals, variable cost": ("hospital", "margin_variable_cost"),
    "Hospitals, backfilled beds": ("hospital", "backfill"),
    "SNFs": ("snf", "net"),
    "Practices": ("practice", "net"),
    "Other providers, income": ("other", "net"),
    "Owner of the programme": ("owner", "net"),
}


def test_each_partys_gain_and_its_chance_are_those_of_the_parquet(page, money):
    rows = {row["party"]: row for row in page.data["parties"]}
    table = cells(page, "Who gains and who loses")
    assert set(rows) == set(PARTIES)
    for name, (party, line) in PARTIES.items():
        values = money[party, line, "difference"]
        expected = known(values)
        shown = [float(rows[name][f"{key}, USD"]) for key in ("mean", "p10", "p90")]
        assert shown == pytest.approx([expected[key] for key in ("mean", "p10", "p90")])
        assert float(rows[name]["chance to gain, share of replications"]) == np.mean(values > 0)
        assert table[name] == [words.spread(expected, "USD", signed=True), f"{100 * np.mean(values > 0):.0f}%"]


def test_cash_by_quarter_and_so_far_is_that_of_the_parquet(page, money):
    rows = page.data["cash"]
    assert [float(row["quarter"]) for row in rows] == [*range(1, money["cash"].shape[1] + 1)]
    for head, values in (("", money["cash"]), ("so far, ", money["cash"].cumsum(axis=1))):
        for at, row in enumerate(rows):
            expected = known(values[:, at])
            assert [float(row[f"{head}{key}, USD"]) for key in ("mean", "p10", "p90")] == pytest.approx(
                [expected[key] for key in ("mean", "p10", "p90")]
            )


def test_true_measured_paid_and_cost_are_those_of_the_money_table(page, money):
    rows = {row[""]: row for row in page.data["savings"]}
    found = {
        "Saved in truth, before fees": money["payer", "gross_savings", "true"],
        "Saved as the evaluation measures it": money["payer", "gross_savings", "measured"],
        "Paid under the contract, paybacks taken off": money["payer", "contract_paid", "paid"],
        "What the programme costs its owner": -money["owner", "programme_cost", "difference"],
    }
    assert set(rows) == set(found)
    for name, values in found.items():
        expected = known(values)
        assert [float(rows[name][f"{key}, USD"]) for key in ("mean", "p10", "p90")] == pytest.approx(
            [expected[key] for key in ("mean", "p10", "p90")]
        )


def test_the_workbook_has_the_money_of_each_replication(small_run, money):
    book = openpyxl.load_workbook(small_run / "report.xlsx", read_only=True)
    head, *body = book["Money by replication"].iter_rows(min_row=3, values_only=True)
    columns = dict(zip(head, zip(*body, strict=True), strict=True))
    assert columns["replication"] == (0, 1)
    for name, values in {
        "payer: net savings, true, USD": money["payer", "net_savings", "true"],
        "owner: return, paid, ratio": money["owner", "return", "paid"],
        "snf: net, difference, USD": money["snf", "net", "difference"],
        "owner: cash of quarter 2, paid, USD": money["cash"][:, 1],
    }.items():
        assert columns[name] == pytest.approx(values)


def test_the_payers_steps_add_up_to_its_net_position(page, summary):
    rows = {row["line of the payer"]: row["mean, USD"] for row in page.data["payer"]}
    net = float(rows.pop("net"))
    assert net == summary["economics"]["payer"]["net"]["difference"]["mean"]
    assert sum(float(value or 0.0) for value in rows.values()) == pytest.approx(net)


def test_what_to_watch_is_counted_in_the_parquet(page, small_run):
    table = pd.read_parquet(small_run / "by_month.parquet").query("cohort == 'original' and arm == 'programme' and 4 <= month <= 6")
    sums = table.groupby("replication").sum(numeric_only=True)
    row = next(row for row in page.data["watch"] if row["months"] == "months 4-6" and row["sign"].startswith("Enrolled"))
    expected = known(100 * sums["participant_us"] / sums["person_us"])
    assert [float(row[key]) for key in ("mean", "p10", "p90")] == pytest.approx([expected[key] for key in ("mean", "p10", "p90")])


def test_the_parts_of_the_components_in_averted_crises_are_those_of_the_log_and_sum_to_one(page, small_run):
    logs = [pd.read_parquet(path) for path in sorted((small_run.parent / "events").glob("*.parquet"))]
    names = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme' and replication == 0")["name"].tolist()
    credits = [log[(log["phase"] == "programme") & (log["event"] == "credit")].groupby("detail")["amount"].sum() for log in logs]
    shown = {row["component"]: float(row["mean, share of averted crises"]) for row in page.data["averted"]}
    assert sum(shown.values()) == pytest.approx(1.0)
    for at, name in enumerate(names):
        expected = np.mean([credit.get(at, 0) / credit.sum() for credit in credits])
        assert shown.get(name, 0.0) == pytest.approx(expected)


def test_work_by_month_adds_up_to_the_tasks_of_the_parquet(page, small_run):
    tasks = pd.read_parquet(small_run / "tasks.parquet").query("arm == 'programme' and role not in ('usual care', 'practice')")
    means = tasks.groupby("replication")[["done", "lapsed", "open"]].sum().mean()
    rows = page.data["work_by_month"]
    assert sum(float(row["tasks done, mean, tasks"]) for row in rows) == pytest.approx(means["done"])
    assert sum(float(row["tasks that lapse, mean, tasks"]) for row in rows) == pytest.approx(means["lapsed"])
    assert float(rows[-1]["open at the month's end, mean, tasks"]) == pytest.approx(means["open"])


def test_an_event_log_of_another_run_is_refused(small_run, tmp_path):
    other = tmp_path / "events"
    other.mkdir()
    for path, target in zip(sorted((small_run.parent / "events").iterdir(), reverse=True), ("00000", "00001"), strict=True):
        (other / f"replication-{target}.parquet").write_bytes(path.read_bytes())
    with pytest.raises(StoreError, match="is not the event log of"):
        write_report([small_run], tmp_path / "x.html", other)
    with pytest.raises(StoreError, match="holds no event log"):
        write_report([small_run], tmp_path / "x.html", tmp_path)


def test_the_numbers_written_in_figures_and_sentences_are_those_of_the_summary(page, summary):
    text = " ".join(page.text)
    for value, unit in (
        (summary["savings"]["true"]["mean"], "USD"),
        (summary["contract"]["paid"]["mean"], "USD"),
        (-summary["economics"]["owner"]["programme_cost"]["difference"]["mean"], "USD"),
        (summary["cash"]["start_up"]["mean"], "USD"),
        (summary["evaluation"]["flow"]["eligible"]["mean"], "count"),
    ):
        assert words.number(value, unit) in text
    drawn = [piece.strip() for piece in page.text]
    for role in summary["staff"].values():
        label = f"{words.number(role['utilisation']['mean'], 'share')}, {words.number(role['fte']['mean'], 'count')} FTE"
        assert drawn.count(label) >= 2  # on wide and on narrow paper


def test_the_workbook_holds_the_numbers_of_the_parquet_as_numbers(small_run, measures):
    book = openpyxl.load_workbook(small_run / "report.xlsx", read_only=True)
    rows = list(book["Measures"].iter_rows(min_row=3, values_only=True))
    head, body = rows[0], rows[1:]
    assert len(body) == 3 * 3 * len(MEASURES)
    for row in body:
        found = dict(zip_longest(head, row))  # cells without a value at a row's end are not stored
        expected = known(measures[found["cohort"], "programme", found["arm"], found["name"]])
        for key in ("mean", "p10", "p90"):
            assert (found[key] is None) == (expected[key] is None)
            assert found[key] is None or found[key] == pytest.approx(expected[key], rel=1e-9, abs=1e-9)
    parameters = list(book["Parameters"].iter_rows(min_row=4, values_only=True))
    assert len(parameters) > 500
    assert {type(row[1]) for row in parameters} <= {int, float}
    assert parameters[0][5] == "assumption"


def test_the_page_asks_nothing_of_a_network_and_is_small(page, small_run):
    whole = (small_run / "report.html").read_text(encoding="utf-8")
    assert all(link.startswith(("data:", "#")) for link in page.links)
    assert page.links
    style = re.sub(r"url\(#[^)]*\)", "", whole)
    assert "url(" not in style
    assert "@import" not in whole
    assert "<script" not in whole
    assert len(whole) < 5_000_000


def test_each_figure_stands_beside_the_page_as_svg_png_and_data(page, small_run):
    files = {path.name: path for path in (small_run / "report_files").iterdir()}
    assert {name.partition(".")[0] for name in files} == set(page.data)
    for key, rows in page.data.items():
        assert files[f"{key}.png"].read_bytes().startswith(b"\x89PNG")
        assert files[f"{key}.svg"].read_text().startswith("<?xml")
        assert len(files[f"{key}.csv"].read_text().splitlines()) == len(rows) + 1


@pytest.mark.parametrize("checklist", ["CHEERS 2022", "STRESS-DES", "STRESS-ABS", "ODD+D"])
def test_at_least_seven_of_ten_items_of_a_checklist_are_filled_and_none_is_blank(page, checklist):
    rows = page.tables[checklist][1:]
    assert all(row[1] for row in rows)
    filled = [row for row in rows if row[1] != "author to complete"]
    assert all(row[2] for row in filled)
    assert len(filled) >= 0.7 * len(rows)
