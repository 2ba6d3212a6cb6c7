"""What changes for patients: use of care by arm and by month, what becomes of them, and what to watch in the first year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from sim.outcomes.measures import BY_NAME
from sim.outcomes.results import BASELINE_MONTHS, MICROSECONDS_PER_MONTH, MICROSECONDS_PER_YEAR, PAYMENTS
from sim.outcomes.summary import statistics
from sim.report import tables, words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import Rung, height, ladder, of_one_ladder, rung
from sim.report.reading import Floats, Reading
from sim.report.style import ARMS, GREEN, INK, MUTED, PROGRAMME, PURPLE, SHADE, SILVER, SKY, USUAL, YELLOW, Paper
from sim.report.wording import percent

PER_1000_YEARS: Final = 1000.0 * MICROSECONDS_PER_YEAR
CENTS: Final = 100
EARLY_MONTHS: Final = 6
LATE_MONTHS: Final = 12
"""Lines are named above and below where they run in these last months."""


def care_charts(run: Reading) -> list[Chart]:
    """Those that need no appraisal."""
    return [changes(run), by_month(run)]


# Changes ----------------------------------------------------------------------------------------------------------------------

FOREST: Final = (
    "admissions_per_1000_py",
    "acsc_admissions_per_1000_py",
    "ed_visits_per_1000_py",
    "observation_stays_per_1000_py",
    "readmission_90_day",
    "readmissions_90_day_per_1000_py",
    "hospital_days_per_1000_py",
    "snf_admissions_per_1000_py",
    "annual_mortality",
    "pbpm",
)


def relative_differences(run: Reading, measure: str) -> Floats:
    """Programme / usual care - 1, one value a replication, original cohort, whole programme; NaN where usual care is zero."""
    usual, difference = run.values("usual_care", "original", measure), run.values("difference", "original", measure)
    return np.divide(difference, usual, out=np.full_like(usual, np.nan), where=usual != 0)


def changes(run: Reading) -> Chart:
    """Relative difference of each measure, with the absolute one in words."""
    rungs, table = [], []
    for name in FOREST:
        found = statistics(list(relative_differences(run, name)))
        if found["mean"] is None:
            continue
        absolute = run.summary["difference"][name]
        label = f"{100 * found['mean']:+.1f}%: {tables.difference_text(absolute, BY_NAME[name].unit)}"
        unclear = words.unclear(absolute)
        made = rung(tables.measure_label(name), found, label, scale=100.0, colour=MUTED if unclear else PROGRAMME)
        rungs.append(made)
        table.append((BY_NAME[name].title, BY_NAME[name].unit, *(found[k] for k in ("mean", "p10", "p90")), absolute["mean"]))
    moves = [
        _moves(run, name, what)
        for name, what in (("admissions_per_1000_py", "hospital admissions"), ("ed_visits_per_1000_py", "ED visits"))
    ]
    title = f"With the programme {' and '.join(moves)}"

    note = "The same patients with and without the programme. Dot: mean; bar: p10 to p90 over replications. Grey, '?': may be chance."
    columns = ("measure", "unit", "relative difference, mean, share", "p10, share", "p90, share", "difference in the unit, mean")
    return Chart("changes", title, note, Data(columns, tuple(table)), of_one_ladder(rungs, "programme compared with usual care, %"))


def _moves(run: Reading, measure: str, what: str) -> str:
    mean = statistics(list(relative_differences(run, measure)))["mean"]
    if mean is None or words.unclear(run.summary["difference"][measure]):
        return f"{what} do not change clearly"
    size = f"{100 * abs(mean):.0f}%"
    return f"{what} hardly change" if words.is_nothing(size) else f"{what} {'fall' if mean < 0 else 'rise'} by {size}"


# By month ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Panel:
    title: str
    names: tuple[str, ...]
    scale: float
    axis: str


_PANELS: Final = (
    _Panel("Hospital admissions", ("admissions",), PER_1000_YEARS, "per 1,000 patients a year"),
    _Panel("ED visits", ("ed_visits",), PER_1000_YEARS, "per 1,000 patients a year"),
    _Panel("Payments", PAYMENTS, MICROSECONDS_PER_MONTH / CENTS, "US dollars per patient-month"),
    _Panel("Deaths", ("deaths",), PER_1000_YEARS, "per 1,000 patients a year"),
)


@dataclass(frozen=True)
class Monthly:
    """Months of the original cohort. Each array has the shape (replication, month); labels: -12..-1, 1.. ."""

    labels: Floats
    person_us: Floats
    counts: Floats

    def rates(self, scale: float) -> Floats:
        """counts / person time x scale, the baseline year as a whole; NaN where nobody is left."""
        counts, person = self.counts.copy(), self.person_us.copy()
        for part in (counts, person):
            part[:, :BASELINE_MONTHS] = part[:, :BASELINE_MONTHS].sum(axis=1, keepdims=True)
        return _per(scale * counts, person)

    def rate(self, scale: float, first: int, last: int) -> Floats:
        """The same over programme months first..last together, one value a replication."""
        inside = (self.labels >= first) & (self.labels <= last)
        counts, person = self.counts[:, inside].sum(axis=1), self.person_us[:, inside].sum(axis=1)
        return _per(scale * counts, person)


def _per(counts: Floats, person: Floats) -> Floats:
    rates = np.full(counts.shape, np.nan)
    np.divide(counts, person, out=rates, where=person > 0)
    return rates


def monthly(run: Reading, arm: str, names: Sequence[str], *, over: str = "person_us") -> Monthly:
    """Sum of the named counters by month, original cohort, and the time that rates divide by."""
    table = run.by_month
    table = table[(table["arm"] == arm) & (table["cohort"] == "original")]
    shape = (run.replications, -1)
    counts = table[list(names)].sum(axis=1).to_numpy(np.float64).reshape(shape)
    person = table[over].to_numpy(np.float64).reshape(shape)
    return Monthly(table["month"].to_numpy(np.float64).reshape(shape)[0], person, counts)


def by_month(run: Reading) -> Chart:
    """Use of care, payments and deaths by month in both arms: means and bands."""
    series = {(panel.title, arm): monthly(run, arm, panel.names) for panel in _PANELS for arm in ARMS}
    early, late = min(EARLY_MONTHS, run.months), min(LATE_MONTHS, run.months)
    first, last = (_gap(series, start, end) for start, end in ((1, early), (run.months - late + 1, run.months)))
    title = f"Hospital admissions are {_apart(first)} in the first {early} months and {_apart(last)} in the last {late}"

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(4, 2.75, columns=2)
        for axis, panel in zip(axes, _PANELS, strict=True):
            _months(axis, panel, {arm: series[panel.title, arm] for arm in ARMS})
            axis.set_title(panel.title + (run.mark if panel.names == PAYMENTS else ""))
        for axis in axes[2:] if paper.columns > 1 else axes[-1:]:
            axis.set_xlabel("months since launch")
        return figure

    note = "Lines: means; bands: p10 to p90. The baseline year (grey) is one average and the same in both arms. Original cohort."
    columns = ["month"] + [
        f"{panel.title}, {ARMS[arm][0].lower()}, {key}, {panel.axis}" for panel in _PANELS for arm in ARMS for key in ("mean", "p10", "p90")
    ]
    cells = [_summary(series[panel.title, arm].rates(panel.scale)) for panel in _PANELS for arm in ARMS]
    labels = series[_PANELS[0].title, "programme"].labels
    rows = tuple((float(label), *(_known(part[at]) for cell in cells for part in cell)) for at, label in enumerate(labels))
    return Chart("by_month", title, note, Data(tuple(columns), rows), draw)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _summary(rates: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, p10 and p90 by month over the replications that have somebody left."""
    with np.errstate(all="ignore"):
        some = np.isfinite(rates).any(axis=0)
        filled = np.where(some, rates, 0.0)
        mean, low, high = np.nanmean(filled, axis=0), *np.nanpercentile(filled, (10, 90), axis=0)
    return tuple(np.where(some, part, np.nan) for part in (mean, low, high))  # type: ignore[return-value]


def _gap(series: Mapping[tuple[str, str], Monthly], first: int, last: int) -> float | None:
    rates = [series[_PANELS[0].title, arm].rate(PER_1000_YEARS, first, last) for arm in ARMS]
    usual, programme = (float(np.mean(rate)) for rate in rates)
    return programme / usual - 1 if usual and math.isfinite(usual) else None


def _apart(gap: float | None) -> str:
    if gap is None:
        return "not known"
    size = f"{100 * abs(gap):.0f}%"
    return "the same" if words.is_nothing(size) else f"{size} {'lower' if gap < 0 else 'higher'}"


def _months(axis: Axes, panel: _Panel, arms: Mapping[str, Monthly]) -> None:
    ends = {}
    for arm, months in arms.items():
        name, colour, line = ARMS[arm]
        # Month -1 and month 1 are neighbours: draw each month in its middle.
        middle = np.where(months.labels < 0, months.labels + 0.5, months.labels - 0.5)
        mean, low, high = _summary(months.rates(panel.scale))
        for part in (slice(BASELINE_MONTHS), slice(BASELINE_MONTHS, None)):
            axis.plot(middle[part], mean[part], line, color=colour, linewidth=1.8)
            axis.fill_between(middle[part], low[part], high[part], color=colour, alpha=0.16, linewidth=0)
        late = slice(-LATE_MONTHS, None)
        at_end = [float(part) for part in (mean[late].mean(), low[late].min(), high[late].max())]
        ends[arm] = (name, colour, *(at_end if np.isfinite(at_end).all() else (0.0, 0.0, 0.0)))
        axis.set_xlim(middle[0] - 0.5, middle[-1] + 0.5)
    axis.axvspan(-BASELINE_MONTHS, 0, color=SHADE, linewidth=0, zorder=0)
    axis.set_ylim(bottom=0)
    top, last = axis.get_ylim()[1], axis.get_xlim()[1]
    higher = max(ends, key=lambda arm: ends[arm][2])
    for arm, (name, colour, _, lower, upper) in ends.items():
        above = arm == higher
        place = upper + 0.02 * top if above else max(lower - 0.02 * top, 0.1 * top)
        axis.text(last - 0.5, place, name, color=colour, ha="right", va="bottom" if above else "top", fontsize=9)
    axis.set_ylim(0, 1.12 * top)
    axis.text(-BASELINE_MONTHS + 0.4, 0.03 * top, "baseline", color=MUTED, fontsize=8.5)
    axis.set_ylabel(panel.axis, fontsize=9)
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


# What becomes of the patients -------------------------------------------------------------------------------------------------

_ENDS: Final = {
    "stayed": ("there at the end", GREEN),
    "withdrew": ("withdrew or graduated", YELLOW),
    "left": ("left the plan", SKY),
    "died": ("died", SILVER),
}
STREAM_LABELS: Final = 3.2
"""Room for the words beside the streams, relative to the width."""
_GROUPS: Final = {"enrolled": ("enrolled", PROGRAMME), "never_enrolled": ("never enrolled", USUAL)}


def flow(run: Reading) -> Chart | None:
    """From eligibility to the end of the run; None without an evaluation."""
    tree = run.summary.get("evaluation", {}).get("flow")
    if tree is None or not tree["eligible"]["mean"]:
        return None
    counts = {(group, end): float(tree[group][end]["mean"] or 0.0) for group in _GROUPS for end in _ENDS}
    eligible = float(tree["eligible"]["mean"])
    enrolled = float(tree["enrolled"]["all"]["mean"] or 0.0)
    died = sum(count for (_, end), count in counts.items() if end == "died")
    shares = f"{percent(enrolled / eligible)} enrol; by the end {percent(died / eligible)} have died"
    title = f"Of {words.number(eligible, 'count')} eligible patients {shares}"
    rows = [("eligible", "", tree["eligible"]["mean"], *(tree["eligible"][key] for key in ("p10", "p90")))]
    rows += [
        (_GROUPS[group][0], "all" if end == "all" else _ENDS[end][0], *(tree[group][end][key] for key in ("mean", "p10", "p90")))
        for group in _GROUPS
        for end in ("all", *_ENDS)
    ]

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, 3.6)
        _streams(axis, counts, eligible)
        axis.set_xlim(-0.02, 0.99 + STREAM_LABELS / paper.width)
        return figure

    note = "Bands are patients, mean over replications; every patient stands in one band. Original cohort, launch to end."
    return Chart("flow", title, note, Data(("group", "end", "mean, patients", "p10, patients", "p90, patients"), tuple(rows)), draw)


def _streams(axis: Axes, counts: Mapping[tuple[str, str], float], eligible: float) -> None:
    gap = 0.05 * eligible
    width = 0.018
    axis.set_axis_off()
    axis.set_ylim(eligible + 3.6 * gap, -0.6 * gap)
    axis.barh(eligible / 2 + gap / 2, width, left=0, height=eligible, color=INK, linewidth=0)
    axis.text(0, -0.1 * gap, f"eligible {eligible:,.0f}", ha="left", va="bottom", fontsize=9)
    lands = {}
    start = 0.0
    for end in _ENDS:
        lands[end] = start
        start += sum(counts[group, end] for group in _GROUPS) + gap
    from_left, from_middle = gap / 2, 0.0
    for group, (name, colour) in _GROUPS.items():
        total = sum(counts[group, end] for end in _ENDS)
        _band(axis, (width, 0.45), (from_left, from_middle), total, colour)
        axis.barh(from_middle + total / 2, width, left=0.45, height=total, color=colour, linewidth=0)
        axis.text(0.485, from_middle + total / 2, f"{name}\n{total:,.0f}", va="center", fontsize=9, color=INK)
        leaves = from_middle
        for end in _ENDS:
            _band(axis, (0.45 + width, 0.96), (leaves, lands[end]), counts[group, end], colour)
            leaves += counts[group, end]
            lands[end] += counts[group, end]
        from_left += total
        from_middle += total + gap
    for end, (name, colour) in _ENDS.items():
        total = sum(counts[group, end] for group in _GROUPS)
        middle = lands[end] - total / 2
        axis.barh(middle, width, left=0.96, height=max(total, eligible / 400), color=colour, linewidth=0)
        axis.text(0.99, middle, f"{name} {total:,.0f}", va="center", fontsize=9, color=INK)


def _band(axis: Axes, x: tuple[float, float], y: tuple[float, float], size: float, colour: str) -> None:
    """A stream of `size` from y[0] at x[0] to y[1] at x[1]."""
    middle = sum(x) / 2
    upper = [(x[0], y[0]), (middle, y[0]), (middle, y[1]), (x[1], y[1])]
    lower = [(x[1], y[1] + size), (middle, y[1] + size), (middle, y[0] + size), (x[0], y[0] + size)]
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    axis.add_patch(PathPatch(Outline([*upper, *lower, upper[0]], codes), facecolor=colour, alpha=0.28, linewidth=0))


# What to watch ----------------------------------------------------------------------------------------------------------------

WATCHED: Final = (3, 6, 12)


@dataclass(frozen=True)
class _Sign:
    title: str
    unit: str
    scale: float
    names: tuple[str, ...]
    over: str


_SIGNS: Final = (
    _Sign("Enrolled, of those alive and in the plan", "% of patient-months", 100.0, ("participant_us",), "person_us"),
    _Sign("Contacts per participant-month", "contacts", MICROSECONDS_PER_MONTH, ("contacts",), "participant_us"),
    _Sign("Hospital admissions", "per 1,000 patients a year", PER_1000_YEARS, ("admissions",), "person_us"),
    _Sign("ED visits", "per 1,000 patients a year", PER_1000_YEARS, ("ed_visits",), "person_us"),
)


def watch(run: Reading) -> Chart | None:
    """What the programme's first year should look like if the model is right; None for a run of under three months."""
    months = [month for month in WATCHED if month <= run.months]
    if not months:
        return None
    found: dict[tuple[str, int], dict[str, Any]] = {}
    before = 0
    for month in months:
        for sign in _SIGNS:
            rates = monthly(run, "programme", sign.names, over=sign.over).rate(sign.scale, before + 1, month)
            found[sign.title, month] = statistics(list(rates))
        before = month
    spans = {month: f"months {start + 1}-{month}" for start, month in zip([0, *months], months, strict=False)}
    enrolled = [found[_SIGNS[0].title, month]["mean"] for month in months]
    each = (percent(None if share is None else share / 100) for share in enrolled)
    shares = ", ".join(f"{share} in {spans[month]}" for share, month in zip(each, months, strict=True))
    title = f"If the model is right, the first year shows an enrolment of {shares}"

    def draw(paper: Paper) -> Figure:
        rungs = {sign: [_sign_rung(spans[month], found[sign.title, month]) for month in months] for sign in _SIGNS}
        figure, axes = paper.panels(len(_SIGNS), height(rungs[_SIGNS[-1]], paper.width / 2), columns=2)
        for axis, sign in zip(axes, _SIGNS, strict=True):
            ladder(axis, rungs[sign], sign.unit, reference=None)
            axis.set_title(sign.title)
        return figure

    note = (
        "Programme arm, original cohort: mean and p10 to p90 of what the model expects in each stretch of months. A programme that runs "
        "outside a bar does not do what was simulated, or meets other patients."
    )
    rows = tuple(
        (sign.title, sign.unit, spans[month], *(found[sign.title, month][key] for key in ("mean", "p10", "p90")))
        for sign in _SIGNS
        for month in months
    )
    return Chart("watch", title, note, Data(("sign", "unit", "months", "mean", "p10", "p90"), rows), draw)


def _sign_rung(name: str, found: words.Statistics) -> Rung:
    mean = found["mean"]
    digits = ".2f" if mean is not None and abs(mean) < 10 else ".1f" if mean is not None and abs(mean) < 100 else ",.0f"
    parts = [words.NOT_KNOWN if found[key] is None else format(found[key], digits) for key in ("mean", "p10", "p90")]
    return rung(name, found, f"{parts[0]} ({parts[1]} to {parts[2]})", colour=PURPLE)
