"""Who pays and who gains: each party's books against usual care, and the payer's from line to line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.economics.lines import LINES, Line
from sim.economics.parties import Party
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import FRAME_HEIGHT, MILLION, of_one_ladder, rung
from sim.report.economics_tables import bridge_line
from sim.report.reading import Reading
from sim.report.style import GREEN, INK, MUTED, USUAL, Paper, literal
from sim.report.tables import Table
from sim.report.wording import interval, percent

STATISTICS: Final = ("mean", "p10", "p90")
STEP_HEIGHT: Final = 0.44
"""Inches; what a step of a waterfall needs."""
LABELS: Final = 0.3
"""Share of a waterfall's width that is kept free for its labels."""

PARTIES: Final[tuple[tuple[str, str, str], ...]] = (
    ("Payer", "payer", "net"),
    ("Supplemental insurers", "supplement", "net"),
    ("Patients", "patient", "net"),
    ("Hospitals, variable cost", "hospital", "margin_variable_cost"),
    ("Hospitals, backfilled beds", "hospital", "backfill"),
    ("Hospitals, readmission penalties", "hospital", "readmission_penalty"),
    ("SNFs", "snf", "net"),
    ("Practices", "practice", "net"),
    ("Other providers, income", "other", "net"),
    ("Owner of the programme", "owner", "net"),
)


def shown_parties(run: Reading) -> list[tuple[str, str, str]]:
    """Those of the run: penalties only where the rule was in force."""
    return [row for row in PARTIES if row[2] != "readmission_penalty" or run.amounts(row[1], row[2], "difference").any()]


def parties(run: Reading) -> Chart:
    """Each party's position against usual care."""
    economics = run.summary["economics"]
    rungs, table = [], []
    for name, party, line in shown_parties(run):
        change = economics[party][line]["difference"]
        colour = GREEN if (change["mean"] or 0.0) >= 0 else USUAL
        chance = chance_of_gain(run, party, line)
        dots = run.amounts(party, line, "difference") * MILLION
        label = f"{interval(change, 'USD', signed=True)}, gains in {percent(chance)}" if dots.any() else "no change"
        rungs.append(rung(name, change, label, scale=MILLION, colour=colour, dots=dots))
        table.append((name, *(change[key] for key in STATISTICS), chance))
    payer, owner = (
        f"{_gains(row.mean * 1e6)} (chance to gain {percent(cells[-1])})"
        for row, cells in zip((rungs[0], rungs[-1]), (table[0], table[-1]), strict=True)
    )
    title = f"Against usual care the payer {payer} and the owner of the programme {owner}"

    note = (
        "In each party's own books: a gain is above 0, and the chance is the share of replications with one. Dot: mean; bar: p10 to p90; "
        "below it the replications. Transfers from one party to another stand in both. Hospitals at variable cost: fixed cost stays when a "
        "stay does not happen."
    )
    columns = ("party", "mean, USD", "p10, USD", "p90, USD", "chance to gain, share of replications")
    return Chart(
        "parties", title, note, Data(columns, tuple(table)), of_one_ladder(rungs, "million US dollars, difference to usual care", bars=True)
    )


def chance_of_gain(run: Reading, party: str, line: str) -> float:
    """Share of replications in which a party's line is above that of usual care."""
    return float((run.amounts(party, line, "difference") > 0).mean())


def gains_table(run: Reading, period: str) -> Table:
    """Each party's position against usual care and its chance to gain."""
    rows = []
    for name, party, line in shown_parties(run):
        change = run.summary["economics"][party][line]["difference"]
        rows.append((name, words.spread(change, "USD", signed=True), percent(chance_of_gain(run, party, line))))
    note = (
        "Of the party's own books, programme less usual care. Chance: share of replications in which it is above 0. All cohorts, nominal."
    )
    return Table(f"Who gains and who loses against usual care, {period}", ("", "Difference", "Chance to gain"), tuple(rows), note)


def _gains(amount: float) -> str:
    return f"{'gains' if amount >= 0 else 'loses'} {words.number(abs(amount), 'USD')}"


_TOTALS: Final = ("payments", "net")
"""Lines of the payer that are sums of others."""
_NET: Final = "Net of the payer"


def _step_name(line: Line) -> str:
    return words.name(line.title.removeprefix("Payments: "))


def payers_waterfall(run: Reading) -> Chart:
    """From savings by kind of care to the payer's net position."""
    payer = run.summary["economics"]["payer"]
    lines = [(_step_name(line), line.name) for line in LINES if line.party == Party.payer and line.name not in _TOTALS]
    changes = [(name, float(payer[line]["difference"]["mean"] or 0.0)) for name, line in lines]
    steps = [(name, amount) for name, amount in changes if amount]
    net = float(payer["net"]["difference"]["mean"] or 0.0)
    ends = {name: _ends(payer[line]["difference"]) for name, line in lines} | {_NET: _ends(payer["net"]["difference"])}
    most = max(steps, key=lambda step: step[1], default=("Nothing", 0.0))
    title = (
        f"The payer saves most on {most[0].lower()}, {words.number(most[1], 'USD')}; after fees, settlement and penalties its "
        f"net position changes by {words.number(net, 'USD', signed=True)}"
    )

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, FRAME_HEIGHT + STEP_HEIGHT * (len(steps) + 1))
        _steps(axis, [*steps, (_NET, net)], ends)
        return figure

    spread = tuple((name, payer[line]["difference"]["mean"], *_ends(payer[line]["difference"])) for name, line in [*lines, ("net", "net")])
    note = (
        "Difference to usual care. Each bar is a mean over the replications and begins where the one above ends; the dark line is the 80% "
        f"interval (p10 to p90) of its end. {bridge_line(run.summary)}"
    )
    return Chart("payer", title, note, Data(("line of the payer", "mean, USD", "p10, USD", "p90, USD"), spread), draw)


def _ends(statistics: words.Statistics) -> tuple[float | None, float | None]:
    return statistics["p10"], statistics["p90"]


def _steps(axis: Axes, steps: Sequence[tuple[str, float]], ends: Mapping[str, tuple[float | None, float | None]]) -> None:
    """The last step is the net of all others."""
    start = 0.0
    for at, (name, amount) in enumerate(steps):
        last = at == len(steps) - 1
        left = 0.0 if last else start
        colour = INK if last else GREEN if amount >= 0 else USUAL
        axis.barh(at, amount * MILLION, left=left * MILLION, color=colour, height=0.42, linewidth=0, alpha=0.65)
        low, high = ends[name]
        if low is not None and high is not None:
            axis.plot([(left + low) * MILLION, (left + high) * MILLION], [at, at], color=INK, linewidth=1.4, solid_capstyle="butt")
        place = axis.get_yaxis_transform()
        axis.text(0.0, at - 0.26, name, transform=place, fontsize=9, va="bottom", fontweight="bold" if last else "normal")
        label = literal(words.number(amount, "USD", signed=True))
        axis.text(1.0, at - 0.26, label, transform=place, fontsize=9, va="bottom", ha="right", color=colour)
        if not last:
            start += amount
            axis.plot([start * MILLION] * 2, [at + 0.21, at + 0.79], color=MUTED, linewidth=0.8)
    axis.axvline(0, color=MUTED, linewidth=1.1)
    axis.set_yticks([])
    axis.set_ylim(len(steps) - 0.6, -0.85)
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False, axis="y")
    left, right = axis.get_xlim()
    axis.set_xlim(left, right + LABELS * (right - left))
    axis.set_xlabel("million US dollars; right of 0 the payer gains", fontsize=9)
