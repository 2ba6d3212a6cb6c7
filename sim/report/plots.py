"""The figures of the report, each a function from results to a matplotlib figure.

Colours are Okabe and Ito's, which people with any form of colour blindness can tell apart; the arms also differ by line style.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.outcomes.measures import BY_NAME, measure_replication
from sim.outcomes.results import (
    BASELINE_MONTHS,
    COUNTERS,
    MICROSECONDS_PER_MONTH,
    MICROSECONDS_PER_YEAR,
    PAYMENTS,
    ArmResult,
    ReplicationResult,
)
from sim.outcomes.summary import over_replications
from sim.outcomes.terms import Terms
from sim.outcomes.windows import MAIN_WINDOW, label
from sim.report import words

USUAL: Final = "#D55E00"
PROGRAMME: Final = "#0072B2"
GREEN: Final = "#009E73"
YELLOW: Final = "#E69F00"
PURPLE: Final = "#CC79A7"
SKY: Final = "#56B4E9"
GREY: Final = "#7A7A7A"
ARM_STYLE: Final[dict[Any, Any]] = {"usual_care": ("Usual care", USUAL, "--"), "programme": ("Programme", PROGRAMME, "-")}

_STYLE: Final[dict[Any, Any]] = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.hashsalt": "caseload",
}
DPI: Final = 130
Drawing = ParamSpec("Drawing")
LARGEST_NAME: Final = 34


def png(figure: Figure) -> bytes:
    """The figure as PNG; the same results give the same bytes."""
    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def styled(draw: Callable[Drawing, Figure]) -> Callable[Drawing, Figure]:
    """Draw with the style of the report, whatever the caller's settings are."""

    @functools.wraps(draw)
    def wrapper(*arguments: Drawing.args, **options: Drawing.kwargs) -> Figure:
        with mpl.rc_context(_STYLE):
            return draw(*arguments, **options)

    return wrapper


def _figure(rows: int, columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def _plain(text: str) -> str:
    """User text as text: a dollar sign would start a formula."""
    shown = words.name(words.printable(text)).replace("$", r"\$")
    return shown if len(shown) <= LARGEST_NAME else shown[: LARGEST_NAME - 1] + "…"


# By month ---------------------------------------------------------------------------------------------------------------------


def _counts(arm: ArmResult, names: Sequence[str]) -> NDArray[np.float64]:
    rows = [COUNTERS.index(name) for name in names]
    return np.asarray(arm.tally[0, rows].sum(axis=0), dtype=np.float64)


def monthly_rate(arm: ArmResult, names: Sequence[str], scale: float) -> NDArray[np.float64]:
    """Counters of the original cohort by month over person time, times `scale`; NaN where nobody is left."""
    person = arm.person_time[0].astype(np.float64)
    rate = np.full(person.shape, np.nan)
    np.divide(scale * _counts(arm, names), person, out=rate, where=person > 0)
    return rate


def baseline_rate(arm: ArmResult, names: Sequence[str], scale: float) -> float:
    """The rate of the whole baseline year, which is counted as one: NaN without person time."""
    person = float(arm.person_time[0, :BASELINE_MONTHS].sum())
    return scale * float(_counts(arm, names)[:BASELINE_MONTHS].sum()) / person if person else math.nan


def edges(middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middles of months with the start of the first and the end of the last around them."""
    return np.array([middle[0] - 0.5, *middle, middle[-1] + 0.5])


def widened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values for `edges`: the first and the last reach to the border of their month."""
    return np.array([values[0], *values, values[-1]])


@dataclass(frozen=True)
class _Panel:
    title: str
    names: tuple[str, ...]
    scale: float
    axis: str


_PANELS: Final = (
    _Panel("Hospital admissions", ("admissions",), 1000.0 * MICROSECONDS_PER_YEAR, "per 1,000 patients a year"),
    _Panel("ED visits", ("ed_visits",), 1000.0 * MICROSECONDS_PER_YEAR, "per 1,000 patients a year"),
    _Panel("Payments by the payer (uncalibrated)", PAYMENTS, MICROSECONDS_PER_MONTH / 100, "dollars per patient a month"),
    _Panel("Deaths", ("deaths",), 1000.0 * MICROSECONDS_PER_YEAR, "per 1,000 patients a year"),
)


@styled
def by_month(results: Sequence[ReplicationResult]) -> Figure:
    """Use of care by month in both arms, and in the baseline year as a whole: mean, and the band from p10 to p90. Original cohort."""
    figure, axes = _figure(2, 2, 9.6, 6.4)
    months = np.array([label(position) for position in range(results[0].arms["programme"].tally.shape[2])])
    # Month -1 and month 1 are neighbours: draw each month in its middle.
    middle = np.where(months < 0, months + 0.5, months - 0.5)
    for axis, panel in zip(axes, _PANELS, strict=True):
        axis.axvspan(middle[0] - 0.5, 0, color="#F2F2F2", linewidth=0)
        axis.axvline(0, color=GREY, linewidth=0.9)
        for arm, (name, colour, line) in ARM_STYLE.items():
            series = np.array([monthly_rate(result.arms[arm], panel.names, panel.scale) for result in results])
            series[:, :BASELINE_MONTHS] = [[baseline_rate(result.arms[arm], panel.names, panel.scale)] for result in results]
            for part, shown in ((slice(BASELINE_MONTHS), "_baseline"), (slice(BASELINE_MONTHS, None), name)):
                at, rates = edges(middle[part]), series[:, part]
                axis.plot(at, widened(rates.mean(axis=0)), line, color=colour, linewidth=1.8, label=shown)
                if len(results) > 1:
                    low, high = np.percentile(rates, (10, 90), axis=0)
                    axis.fill_between(at, widened(low), widened(high), color=colour, alpha=0.18, linewidth=0)
        axis.set_title(panel.title)
        axis.set_ylabel(panel.axis)
        axis.set_ylim(bottom=0)
        axis.set_xlim(middle[0] - 0.5, middle[-1] + 0.5)
        axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axis.text(0.01, 0.03, "baseline year", transform=axis.transAxes, color=GREY, fontsize=8)
    for axis in axes[2:]:
        axis.set_xlabel("months since launch")
    axes[0].legend(loc="lower right")
    return figure


# Differences ------------------------------------------------------------------------------------------------------------------

FOREST: Final = (
    "admissions_per_1000_py",
    "acsc_admissions_per_1000_py",
    "ed_visits_per_1000_py",
    "observation_stays_per_1000_py",
    "readmission_30_day",
    "readmission_90_day",
    "readmissions_90_day_per_1000_py",
    "hospital_days_per_1000_py",
    "snf_admissions_per_1000_py",
    "annual_mortality",
    "pbpm",
)


def relative_differences(results: Sequence[ReplicationResult], terms: Terms) -> dict[str, list[float]]:
    """Measure -> programme / usual care - 1 of each replication, original cohort, whole programme; NaN where usual care is zero."""
    values = [measure_replication(result, terms) for result in results]
    key = ("original", MAIN_WINDOW)
    return {
        name: [
            value["difference", *key][name] / value["usual_care", *key][name] if value["usual_care", *key][name] else math.nan
            for value in values
        ]
        for name in FOREST
    }


@styled
def forest(results: Sequence[ReplicationResult], terms: Terms) -> Figure:
    """Relative difference of each measure: mean and p10 to p90 over replications."""
    shown = over_replications(
        [dict(zip(FOREST, row, strict=True)) for row in zip(*relative_differences(results, terms).values(), strict=True)]
    )
    names = [name for name in FOREST if shown[name]["mean"] is not None]
    figure, (axis,) = _figure(1, 1, 8.6, 0.9 + 0.38 * len(names))
    for row, name in enumerate(names):
        statistics = shown[name]
        mean, low, high = (100 * (statistics[key] or 0.0) for key in ("mean", "p10", "p90"))
        axis.plot([low, high], [row, row], color=PROGRAMME, linewidth=2.4, solid_capstyle="butt")
        axis.plot([mean], [row], "o", color=PROGRAMME, markersize=6.5)
        axis.annotate(f"{mean:+.1f}%", (1.01, row), xycoords=("axes fraction", "data"), va="center", fontsize=9)
    axis.axvline(0, color=GREY, linewidth=1)
    axis.set_yticks(
        range(len(names)), [BY_NAME[name].title + (" per 1,000" if name == "readmissions_90_day_per_1000_py" else "") for name in names]
    )
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.grid(visible=False, axis="y")
    axis.set_xlabel("programme compared with usual care, % (bars: p10 to p90)")
    axis.set_title("What the programme changes")
    return figure


# Money ------------------------------------------------------------------------------------------------------------------------


@styled
def money(results: Sequence[ReplicationResult], terms: Terms) -> Figure:
    """Net savings and savings per dollar of fee, one dot per replication."""
    values = [measure_replication(result, terms)["programme", "original", MAIN_WINDOW] for result in results]
    panels: tuple[tuple[str, str, float, float | None, str], ...] = (
        ("net_savings", "Net savings", 1e-6, 0.0, "million dollars; below 0 is a loss"),
        ("roi_fees", "Savings per dollar of fee", 1.0, 1.0, "breaks even at 1"),
    )
    figure, axes = _figure(1, 2, 9.6, 3.0)
    for axis, (name, title, scale, even, caption) in zip(axes, panels, strict=True):
        known = np.array([value[name] * scale for value in values if math.isfinite(value[name])])
        axis.set_title(title)
        axis.set_xlabel(caption)
        axis.set_yticks([])
        axis.grid(visible=False, axis="y")
        if even is not None:
            axis.axvline(even, color=GREY, linewidth=1, linestyle=":")
        if not len(known):
            axis.text(0.5, 0.5, "not defined", transform=axis.transAxes, ha="center", color=GREY)
            continue
        if len(known) > 40:
            axis.hist(known, bins=25, color=SKY, edgecolor="white", linewidth=0.5)
            base = -0.06 * axis.get_ylim()[1]
        else:
            axis.plot(known, _stacked(known), "o", color=SKY, markersize=6, markeredgecolor=PROGRAMME, markeredgewidth=0.6)
            base = -1.0
        low, high = np.percentile(known, (10, 90))
        axis.plot([low, high], [base, base], color=PROGRAMME, linewidth=3, solid_capstyle="butt")
        axis.plot([known.mean()], [base], "D", color=PROGRAMME, markersize=6)
        axis.set_ylim(2.2 * base, max(axis.get_ylim()[1], -4 * base))
    figure.suptitle(
        "One dot (or count) per replication; bar: p10 to p90; diamond: mean. Uncalibrated.", fontsize=9, color=GREY, x=0.01, ha="left"
    )
    return figure


def _stacked(values: NDArray[np.float64]) -> list[int]:
    """Height of each dot, so that dots that would overlap stand on each other."""
    width = (values.max() - values.min()) / 18 or 1.0
    heights: dict[int, int] = {}
    stacked = []
    for value in values:
        column = int((value - values.min()) / width)
        stacked.append(heights.setdefault(column, 0))
        heights[column] += 1
    return stacked


# Staff ------------------------------------------------------------------------------------------------------------------------

_ENDS: Final = (
    ("done", "done", PROGRAMME, ""),
    ("not_reached", "not reached", SKY, ""),
    ("refused", "refused", YELLOW, ""),
    ("lapsed", "lapsed", USUAL, "//"),
    ("cancelled", "cancelled", "#BBBBBB", ""),
    ("open", "open at end", PURPLE, ""),
)


@styled
def staff(summary: Mapping[str, Any]) -> Figure:
    """How busy each role is, where the hours go, and what becomes of the tasks."""
    roles = list(summary["staff"])
    components = sorted(summary["components"], key=lambda name: -(summary["components"][name]["hours"]["mean"] or 0.0))
    rows = max(len(components), 1)
    figure, axes = _figure(1, 3, 11.0, 1.3 + 0.3 * max(rows, len(roles)))
    _bars(axes[0], roles, lambda role: summary["staff"][role]["utilisation"], 100.0, "Utilisation by role", "% of productive time", GREEN)
    axes[0].set_xlim(0, max(100.0, axes[0].get_xlim()[1]))
    _bars(axes[1], components, lambda name: summary["components"][name]["hours"], 1.0, "Where the hours go", "staff hours", PROGRAMME)
    axes[1].xaxis.set_major_locator(MaxNLocator(4))
    axes[1].xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis = axes[2]
    left = np.zeros(len(components))
    for end, title, colour, hatch in _ENDS:
        asked = np.array([summary["components"][name]["requested"]["mean"] or 0.0 for name in components])
        counts = np.array([summary["components"][name][end]["mean"] or 0.0 for name in components])
        share = np.divide(100 * counts, asked, out=np.zeros_like(counts), where=asked > 0)
        axis.barh(range(len(components)), share, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4, label=title)
        left += share
    axis.set_yticks(range(len(components)), [""] * len(components))
    axis.set_ylim(len(components) - 0.4, -0.6)
    axis.set_xlim(0, 100)
    axis.grid(visible=False, axis="y")
    axis.set_title("What becomes of the tasks")
    axis.set_xlabel("% of tasks asked for")
    figure.legend(*axis.get_legend_handles_labels(), loc="outside lower right", ncols=6, fontsize=9)
    return figure


def _bars(
    axis: Axes, names: Sequence[str], get: Callable[[str], Mapping[str, float | None]], scale: float, title: str, caption: str, colour: str
) -> None:
    means = [scale * (get(name)["mean"] or 0.0) for name in names]
    low = [scale * (get(name)["p10"] or 0.0) for name in names]
    high = [scale * (get(name)["p90"] or 0.0) for name in names]
    axis.barh(range(len(names)), means, color=colour, height=0.7)
    axis.hlines(range(len(names)), low, high, color="black", linewidth=1.2)
    axis.set_yticks(range(len(names)), [_plain(name) for name in names])
    axis.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axis.grid(visible=False, axis="y")
    axis.set_title(title)
    axis.set_xlabel(caption)


# Several runs -----------------------------------------------------------------------------------------------------------------


@styled
def caseload_curve(summaries: Sequence[Mapping[str, Any]], role: str) -> Figure:
    """The runs by FTE of one role: tasks on time and lapsed, and what happens to admissions."""
    ordered = sorted(summaries, key=lambda summary: summary["staff"][role]["fte"]["mean"] or 0.0)
    posts = [summary["staff"][role]["fte"]["mean"] for summary in ordered]
    figure, axes = _figure(1, 3, 10.4, 3.5)
    series = (
        ("Caseload", "patients per full-time post, month 6", "caseload", 1.0, GREEN, "-", "o"),
        ("Work of the role", "% of tasks", "on_time", 100.0, PROGRAMME, "-", "o"),
        ("Work of the role", "% of tasks", "lapsed_share", 100.0, USUAL, "--", "s"),
    )
    for axis, (title, caption, name, scale, colour, line, marker) in zip((axes[0], axes[1], axes[1]), series, strict=True):
        statistics = [summary["staff"][role][name] for summary in ordered]
        _curve(axis, posts, statistics, scale, colour, line, marker, {"on_time": "on time", "lapsed_share": "lapsed"}.get(name, ""))
        axis.set_title(title)
        axis.set_ylabel(caption)
        axis.set_ylim(bottom=0)
    axes[1].legend(loc="center right")
    changes = [summary["difference"]["admissions_per_1000_py"] for summary in ordered]
    _curve(axes[2], posts, changes, 1.0, PURPLE, "-", "o", "")
    axes[2].axhline(0, color=GREY, linewidth=1)
    axes[2].set_title("Hospital admissions")
    axes[2].set_ylabel("difference per 1,000 patients a year")
    for axis in axes:
        axis.set_xlabel(f"{_plain(role).lower()}: FTE")
        axis.set_xlim(left=0)
    return figure


def _curve(
    axis: Axes,
    x: Sequence[float],
    statistics: Sequence[Mapping[str, float | None]],
    scale: float,
    colour: str,
    line: str,
    marker: str,
    name: str,
) -> None:
    def of(key: str) -> list[float]:
        values = [item[key] for item in statistics]
        return [math.nan if value is None else scale * value for value in values]

    axis.plot(x, of("mean"), linestyle=line, marker=marker, color=colour, linewidth=1.8, label=name or None)
    axis.vlines(x, of("p10"), of("p90"), color=colour, linewidth=1.2, alpha=0.7)
