"""The staff's work over time: how each role keeps up month by month, and where its hours go week by week."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outcomes.staff_months import MONTH_MEASURE
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.reading import Floats, Reading
from sim.report.style import GREEN, INK, PROGRAMME, PURPLE, SILVER, SKY, USUAL, YELLOW, Paper, plain
from sim.report.wording import percent
from sim.report.workload import TIERS, by_month_statistics, main_role, mean_hours, monthly_values
from sim.report.workload_tables import hours_data, month_data

SHOWN: Final = (
    ("utilisation", GREEN),
    ("queue_length", PURPLE),
    ("on_time", PROGRAMME),
    ("late", USUAL),
    ("lapsed", USUAL),
    ("not_reached", SKY),
    ("done", PROGRAMME),
    ("caseload", INK),
)
MOST_ROLES: Final = 9
LAYERS: Final = (PROGRAMME, USUAL, GREEN, PURPLE, SKY, YELLOW, SILVER)
"""Colours of the tasks with most hours; the last is that of all others."""
TIER_COLOURS: Final = {1: USUAL, 2: PURPLE, 3: PROGRAMME, 0: SILVER}


def workload_charts(run: Reading) -> list[Chart]:
    """How the roles keep up; empty for a run without staff."""
    return [months(run), roles(run)] if run.summary["staff"] else []


# By month ---------------------------------------------------------------------------------------------------------------------


def _bands(axis: Axes, values: Floats, colour: str, *, share: bool) -> None:
    """Mean and p10 to p90 over the replications by month; a month without a value is a gap."""
    found = by_month_statistics(values * (100.0 if share else 1.0))
    mean, low, high = (np.array([np.nan if each[key] is None else each[key] for each in found], float) for key in ("mean", "p10", "p90"))
    middle = np.arange(1, values.shape[1] + 1) - 0.5
    mark = "o" if len(middle) == 1 else ""
    axis.plot(middle, mean, color=colour, linewidth=1.8, marker=mark)
    axis.fill_between(middle, low, high, color=colour, alpha=0.18, linewidth=0)
    axis.set_xlim(0, values.shape[1])
    axis.set_ylim(bottom=0)
    axis.set_ylabel("%" if share else "", fontsize=9)
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}")


def months(run: Reading) -> Chart:
    """How the largest role keeps up with its work, month by month; the data has every role."""
    role = main_role(run)
    values = monthly_values(run)
    shown = [(MONTH_MEASURE[name], colour) for name, colour in SHOWN if (role, name) in values]
    busy = [found["mean"] for found in by_month_statistics(values[role, "utilisation"])]
    known = [(share, month) for month, share in enumerate(busy, start=1) if share is not None]
    title = f"{plain(role)}s have no time on duty"
    if known:
        most, month = max(known, key=lambda pair: (pair[0], -pair[1]))
        title = (
            f"{plain(role)}s are busiest in month {month}, with {percent(most)} of their time on tasks; at the end {percent(known[-1][0])}"
        )

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(len(shown), 1.9)
        for axis, (measure, colour) in zip(axes, shown, strict=True):
            _bands(axis, values[role, measure.name], colour, share=measure.unit == "share")
            axis.set_title(measure.title)
        figure.supxlabel("months since launch", fontsize=9)
        return figure

    note = (
        f"{plain(role)}s. Lines: means; bands: p10 to p90 over replications. On time and late: of tasks started or lapsed in the month; "
        "lapsed and not reached: of tasks that ended, cancelled ones left out; caseload: per full-time post that is filled. The data has "
        "every role; what each means stands below, with the measures."
    )
    return Chart("staff_by_month", title, note, month_data(run), draw)


def roles(run: Reading) -> Chart:
    """Utilisation of every role by month, a small panel each."""
    values = monthly_values(run)
    staff = run.summary["staff"]
    order = sorted(staff, key=lambda role: -(staff[role]["fte"]["mean"] or 0.0))
    means = {role: staff[role]["utilisation"]["mean"] for role in order if staff[role]["utilisation"]["mean"] is not None}
    title = "Nobody is on duty"
    if means:
        most, least = max(means, key=lambda role: means[role]), min(means, key=lambda role: means[role])
        title = f"Busiest role: {plain(most).lower()}, with {percent(means[most])} of its productive time on tasks"
        title += f"; least busy: {plain(least).lower()} ({percent(means[least])})" if most != least else ""

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(min(len(order), MOST_ROLES), 1.7)
        for axis, role in zip(axes, order, strict=False):
            _bands(axis, values[role, "utilisation"], GREEN, share=True)
            axis.set_title(f"{plain(role)}, {words.number(staff[role]['fte']['mean'], 'count')} FTE")
        figure.supxlabel("months since launch", fontsize=9)
        return figure

    note = (
        "% of productive time on duty spent on tasks. Line: mean; band: p10 to p90 over replications. Work is booked when an attempt ends, "
        f"so that a month can pass 100%. Shown: the {MOST_ROLES} largest roles; the data has all."
    )
    rows = tuple(
        (role, float(month), *(found[key] for key in ("mean", "p10", "p90")))
        for role in order
        for month, found in enumerate(by_month_statistics(values[role, "utilisation"]), start=1)
    )
    return Chart("utilisation_by_month", title, note, Data(("role", "month", "mean, share", "p10, share", "p90, share"), rows), draw)


# By week ----------------------------------------------------------------------------------------------------------------------


def weeks(run: Reading) -> Chart | None:
    """Hours by week since launch, by task and by tier; means. None for a run without such hours."""
    table = mean_hours(run)
    if table.empty:
        return None
    last = int(table["week"].max())
    by_task = table.pivot_table(index="component", columns="week", values="hours", aggfunc="sum", fill_value=0.0)
    by_task = by_task.reindex(columns=range(1, last + 1), fill_value=0.0)
    order = by_task.sum(axis=1).sort_values(ascending=False, kind="stable").index.tolist()
    named = order[: len(LAYERS) - 1]
    layers = {plain(name): by_task.loc[name].to_numpy(np.float64) for name in named}
    if len(order) > len(named):
        layers["all others"] = by_task.loc[order[len(named) :]].to_numpy(np.float64).sum(axis=0)
    by_tier = table.pivot_table(index="tier", columns="week", values="hours", aggfunc="sum", fill_value=0.0)
    by_tier = by_tier.reindex(index=list(TIERS), columns=range(1, last + 1), fill_value=0.0)
    share = float(by_tier.loc[1].to_numpy().sum() / by_tier.to_numpy().sum())
    weekly = by_task.to_numpy(np.float64).sum(axis=0)
    a_week = words.number(float(weekly.mean()), "count")
    title = f"The staff work {a_week} hours a week on tasks, {percent(share)} of them for patients in tier I"

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(2, 3.9, columns=2)
        middle = np.arange(1, last + 1) - 0.5
        axes[0].stackplot(middle, *layers.values(), labels=list(layers), colors=LAYERS, linewidth=0)
        axes[0].set_title("By task")
        axes[1].stackplot(
            middle,
            *(by_tier.loc[tier].to_numpy(np.float64) for tier in TIERS),
            labels=list(TIERS.values()),
            colors=[TIER_COLOURS[tier] for tier in TIERS],
            linewidth=0,
        )
        axes[1].set_title("By tier")
        for axis in axes:
            axis.set_xlim(0, last)
            axis.set_ylim(0, 1.02 * float(weekly.max()))
            axis.set_xlabel("weeks since launch")
            axis.set_ylabel("staff hours a week", fontsize=9)
            axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=8.5, frameon=False)
        return figure

    note = (
        "Means over the replications, all roles. Contact, documentation, travel and failed attempts, booked when an attempt ends. Tier: "
        "the patient's at that moment. The last week may be cut short by the end of the run."
    )
    return Chart("hours_by_week", title, note, hours_data(run), draw)
