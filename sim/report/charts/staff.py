"""The programme's staff: how busy each role is, where its hours go, what becomes of the work, how often patients are met."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import ladder, rung
from sim.report.reading import Reading
from sim.report.style import GREEN, INK, PROGRAMME, PURPLE, SILVER, SKY, USUAL, YELLOW, Paper, plain
from sim.report.wording import percent

ENDS: Final = (
    ("done", "done", PROGRAMME, "white"),
    ("not_reached", "not reached", SKY, INK),
    ("refused", "refused", YELLOW, INK),
    ("lapsed", "lapsed", USUAL, "white"),
    ("cancelled", "cancelled", SILVER, INK),
    ("open", "open", PURPLE, "white"),
)
LABELLED: Final = 9.0
"""Percent; a narrower part of a bar has no room for its number."""
BAR_FRAME: Final = 0.7
BAR_HEIGHT: Final = 0.43
"""Inches; what title and axis, and each row, need."""
MOST_COMPONENTS: Final = 12
"""A figure has no room for more; its data has all."""


def own_components(run: Reading) -> set[str]:
    """Components that staff of the programme do, or that it asks others to do; those of usual care are left out."""
    tasks = run.table("tasks")
    return set(tasks["name"][tasks["role"] != "usual care"])


def staff_charts(run: Reading) -> list[Chart]:
    """Empty for a run without staff."""
    return [busy(run), work(run)] if run.summary["staff"] else []


def busy(run: Reading) -> Chart:
    """Utilisation by role, and hours by component."""
    staff, components = run.summary["staff"], run.summary["components"]
    roles = sorted(staff, key=lambda role: -(staff[role]["utilisation"]["mean"] or 0.0))
    spent = [name for name in components if components[name]["hours"]["mean"]]
    spent = sorted(spent, key=lambda name: -components[name]["hours"]["mean"])
    top = spent[:MOST_COMPONENTS]
    largest = max(staff, key=lambda role: staff[role]["fte"]["mean"] or 0.0)
    title = f"{plain(largest)}s spend {percent(staff[largest]['utilisation']['mean'])} of their productive time on tasks"
    if spent:
        title += f"; most hours go to '{plain(spent[0])}'"
    use = [rung(plain(role), _used(staff[role]), _percent_of(staff[role]), scale=100.0, colour=GREEN) for role in roles]
    hours = [
        rung(plain(name), components[name]["hours"], words.number(components[name]["hours"]["mean"], "count"), scale=0.001) for name in top
    ]

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(2, BAR_FRAME + BAR_HEIGHT * max(len(use), len(hours)), columns=2)
        ladder(axes[0], use, "% of productive time", bars=True)
        axes[0].set_title("Utilisation by role")
        axes[0].set_xlim(0, 104)
        ladder(axes[1], hours, "thousand staff hours over the programme", bars=True)
        axes[1].set_title("Where the hours go")
        for axis, rows in ((axes[0], use), (axes[1], hours)):
            if paper.columns > 1:  # rows of both panels have the same height
                axis.set_ylim(max(len(use), len(hours), 1) - 0.6, -0.85)
            else:
                axis.set_ylim(max(len(rows), 1) - 0.6, -0.85)
        return figure

    note = "Bars: means; thick lines: p10 to p90 over replications. Productive time: on duty, meetings, leave and training taken off."
    rows = [("role", role, "utilisation, share", *_three(_used(staff[role]))) for role in roles]
    rows += [("component", name, "staff hours", *_three(components[name]["hours"])) for name in spent]
    return Chart("staff", title, note, Data(("kind", "name", "figure", "mean", "p10", "p90"), tuple(rows)), draw)


def _used(role: dict[str, words.Statistics]) -> words.Statistics:
    return role["utilisation"]


def _percent_of(role: dict[str, words.Statistics]) -> str:
    return f"{words.number(role['utilisation']['mean'], 'share')}, {words.number(role['fte']['mean'], 'count')} FTE"


def _three(statistics: words.Statistics) -> tuple[float | None, ...]:
    return tuple(statistics[key] for key in ("mean", "p10", "p90"))


def work(run: Reading) -> Chart:
    """What becomes of the tasks of the programme's components; the figure shows those with most tasks."""
    components = {name: values for name, values in run.summary["components"].items() if name in own_components(run)}
    asked = {name: float(values["requested"]["mean"] or 0.0) for name, values in components.items()}
    names = [name for name in sorted(asked, key=lambda name: -asked[name]) if asked[name] > 0]
    shares = {name: {end: 100 * float(components[name][end]["mean"] or 0.0) / asked[name] for end, *_ in ENDS} for name in names}
    total = sum(asked.values()) or 1.0
    lapsed = sum(asked[name] * shares[name]["lapsed"] / 100 for name in names)
    title = f"{percent(lapsed / total)} of the work asked for passes its deadline undone"
    if names:
        worst = max(names, key=lambda name: shares[name]["lapsed"])
        title += f"; '{plain(worst)}' suffers most ({shares[worst]['lapsed']:.0f}%)" if shares[worst]["lapsed"] >= 1 else ""

    def draw(paper: Paper) -> Figure:
        shown = names[:MOST_COMPONENTS]
        figure, (axis,) = paper.panels(1, BAR_FRAME + 0.3 + BAR_HEIGHT * len(shown))
        for at, name in enumerate(shown):
            _bar(axis, at, shares[name])
            place = axis.get_yaxis_transform()
            axis.text(0.0, at - 0.3, plain(name), transform=place, fontsize=9, va="bottom")
            axis.text(1.0, at - 0.3, f"{asked[name]:,.0f} tasks", transform=place, fontsize=9, va="bottom", ha="right")
        axis.set_xlim(0, 100)
        axis.set_ylim(max(len(shown), 1) - 0.6, -0.85)
        axis.set_yticks([])
        axis.grid(visible=False)
        axis.spines["left"].set_visible(False)
        axis.set_xlabel("% of tasks asked for", fontsize=9)
        handles = [axis.barh([0], [0], color=colour, label=title) for _, title, colour, _ in ENDS]
        figure.legend(handles=handles, loc="outside lower left", ncols=6 if paper.columns > 1 else 3, fontsize=9, frameon=False)
        return figure

    note = (
        "Means over replications. Lapsed: passed the deadline undone, benefit lost. Cancelled: the patient died, left or withdrew. "
        f"Shown: the {MOST_COMPONENTS} components with most tasks; the data has all."
    )
    columns = ("component", "asked for, tasks", *(f"{title}, % of tasks" for _, title, *_ in ENDS))
    rows = tuple((name, asked[name], *(shares[name][end] for end, *_ in ENDS)) for name in names)
    return Chart("work", title, note, Data(columns, rows), draw)


def _bar(axis: Axes, at: int, shares: dict[str, float]) -> None:
    left = 0.0
    for end, _, colour, ink in ENDS:
        share = shares[end]
        axis.barh(at, share, left=left, color=colour, height=0.5, edgecolor="white", linewidth=0.5)
        if share >= LABELLED:
            axis.text(left + share / 2, at, f"{share:.0f}", ha="center", va="center", fontsize=8, color=ink)
        left += share
