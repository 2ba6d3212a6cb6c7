"""Tables for whoever leads the nurses, and the numbers of figures and sheets."""

from __future__ import annotations

import math
from typing import Final

from sim.outcomes.results import MICROSECONDS_PER_DAY
from sim.outcomes.staff_months import MONTH_MEASURE
from sim.report import words
from sim.report.chart import Data
from sim.report.reading import Reading
from sim.report.tables import Table
from sim.report.workload import TIERS, alerts, by_month_statistics, figures, mean_hours, monthly_values

WEEK_ENDS: Final = (4, 13, 26, 52)
"""The first year's stretches of weeks end here; later ones are years of 52."""
WEEKS_PER_YEAR: Final = 52
WEEK_US: Final = 7 * MICROSECONDS_PER_DAY


def workload_tables(run: Reading) -> list[Table]:
    """Empty for a run without staff."""
    if not run.summary["staff"]:
        return []
    return [table for table in (figures_table(run), tier_table(run), week_table(run), alert_table(run)) if table.rows]


def figures_table(run: Reading) -> Table:
    """Practices, alerts after hours and patients out of touch, each with its definition."""
    rows = tuple(
        (figure.title, words.spread(figure.values, figure.unit), figure.unit, figure.definition, figure.over or "-")
        for figure in figures(run)
    )
    return Table(
        "Practices, alerts after hours and unreached patients", ("", "Mean (p10 to p90)", "Unit", "Numerator", "Denominator"), rows
    )


def tier_table(run: Reading) -> Table:
    """Hours by task and tier."""
    hours = mean_hours(run).pivot_table(index="component", columns="tier", values="hours", aggfunc="sum", fill_value=0.0)
    hours = hours.reindex(columns=list(TIERS), fill_value=0.0)
    hours = hours.loc[hours.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rows = [(words.name(words.printable(str(name))), *map(_hours, row), _hours(float(row.sum()))) for name, row in hours.iterrows()]
    total = hours.sum()
    rows.append(("All tasks", *map(_hours, total), _hours(float(total.sum()))))
    note = (
        "Staff hours over the programme, mean over the replications: contact, documentation, travel and failed attempts. Tier: the "
        "patient's when the attempt ended."
    )
    return Table("Hours by task and tier", ("Task", *TIERS.values(), "All"), tuple(rows) if len(hours) else (), note)


def stretches(run: Reading) -> list[tuple[int, int, float]]:
    """(first week, last week, length in weeks) of what is shown together: parts of the first year, then years of 52 weeks.

    A rest that would be shorter than the first stretch belongs to the one before it.
    """
    length = run.horizon_us / WEEK_US
    ends = [end for end in (*WEEK_ENDS, *range(2 * WEEKS_PER_YEAR, math.ceil(length), WEEKS_PER_YEAR)) if end <= length - WEEK_ENDS[0]]
    starts = [0, *ends]
    return [(start + 1, math.ceil(end), end - start) for start, end in zip(starts, [*ends, length], strict=True)]


def week_table(run: Reading) -> Table:
    """Hours a week by task, in stretches of weeks since launch."""
    spans = stretches(run)
    hours = mean_hours(run)
    total = hours.groupby("component")["hours"].sum().sort_values(ascending=False, kind="stable")
    weekly = [hours[hours["week"].between(first, last)].groupby("component")["hours"].sum() / length for first, last, length in spans]
    rows = [
        (words.name(words.printable(str(name))), *(words.number(float(span.get(name, 0.0)), "hours") for span in weekly))
        for name in total.index
    ]
    rows.append(("All tasks", *(words.number(float(span.sum()), "hours") for span in weekly)))
    heads = [f"Weeks {first}-{last}" for first, last, _ in spans]
    note = "Staff hours / weeks of the stretch, mean over the replications; weeks count from launch. The figure above has each week."
    return Table("Hours a week by task", ("Task", *heads), tuple(rows) if len(total) else (), note)


def alert_table(run: Reading) -> Table:
    """How alerts are answered, by task, and by when they come."""
    rows = []
    for row in alerts(run):
        asked, started = sum(row.asked), sum(row.started)
        rows.append(
            (
                words.name(words.printable(row.component)),
                words.name(words.printable(row.role)),
                words.number(asked, "count"),
                words.number(row.asked[1] / asked, "share"),
                words.number(sum(row.started_after_hours) / started if started else None, "share"),
                *(words.number(wait, "hours") for wait in row.wait_hours),
                *(words.number(done / number if number else None, "share") for done, number in zip(row.started, row.asked, strict=True)),
            )
        )
    heads = ("Task", "Role", "Alerts", "Come after hours", "Answered after hours", "Hours to answer, came in hours", "came after hours")
    note = (
        "Means over the replications. Alerts: tasks asked for by a move to or from the ED, observation, hospital or SNF, or by a noticed "
        "warning. After hours: offices are closed (open on weekdays 8 to 17) when the task could be begun. Answer: the first attempt; "
        "its share after hours is of all first attempts. Ever answered: of the alerts that came so; the others lapsed, were cancelled or "
        "are open."
    )
    return Table("Alerts by task", (*heads, "Ever answered, came in hours", "came after hours"), tuple(rows), note)


def _hours(value: float) -> str:
    return words.number(float(value), "count")


# Data -------------------------------------------------------------------------------------------------------------------------


def month_data(run: Reading) -> Data:
    """Every measure of every role in every month."""
    rows = tuple(
        (role, float(month), MONTH_MEASURE[name].title, MONTH_MEASURE[name].unit, *(found[key] for key in ("mean", "p10", "p90")))
        for (role, name), values in monthly_values(run).items()
        for month, found in enumerate(by_month_statistics(values), start=1)
    )
    return Data(("role", "month", "figure", "unit", "mean", "p10", "p90"), rows)


def hours_data(run: Reading) -> Data:
    """Mean hours by week, task and tier; what is zero in all replications is left out."""
    table = mean_hours(run)
    rows = zip(table["week"], table["component"], table["role"], table["tier"], table["hours"], strict=True)
    return Data(
        ("week", "task", "role", "tier", "staff hours, mean"),
        tuple((float(week), task, role, TIERS[int(tier)], float(hours)) for week, task, role, tier, hours in rows),
    )


def alert_data(run: Reading) -> Data:
    """The numbers of the alerts by task."""
    columns = [
        f"{name}, {came}"
        for name in ("alerts, tasks", "first attempts, tasks", "of these after hours, tasks", "hours to first attempt")
        for came in ("came in hours", "came after hours")
    ]
    rows = tuple((row.component, row.role, *row.asked, *row.started, *row.started_after_hours, *row.wait_hours) for row in alerts(run))
    return Data(("task", "role", *columns), rows)


def figures_data(run: Reading) -> Data:
    """The figures for the nurse manager as numbers."""
    rows = tuple((f.title, f.unit, *(f.values[key] for key in ("mean", "p10", "p90")), f.definition, f.over) for f in figures(run))
    return Data(("figure", "unit", "mean", "p10", "p90", "numerator", "denominator"), rows)
