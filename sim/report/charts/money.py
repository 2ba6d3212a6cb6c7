"""What is saved, measured and paid; what each return is; who gains and who pays; the owner's cash; which fee the savings carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.economics.lines import LINES, Line
from sim.economics.parties import Party
from sim.economics.roi import BASES
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import FRAME_HEIGHT, Rung, height, ladder, rung
from sim.report.reading import Floats, Reading, Tree
from sim.report.style import GREEN, INK, MUTED, PROGRAMME, PURPLE, USUAL, Paper, literal
from sim.report.wording import interval, percent

MILLION: Final = 1e-6
STEP_HEIGHT: Final = 0.44
"""Inches; what a step of a waterfall needs."""
LABELS: Final = 0.3
"""Share of a waterfall's width that is kept free for its labels."""
STATISTICS: Final = ("mean", "p10", "p90")


def money_charts(run: Reading) -> list[Chart]:
    """Needs a run that was appraised."""
    return [savings(run), returns(run), parties(run), payers_waterfall(run), cash(run), carried_fee(run)]


# True, measured, paid ---------------------------------------------------------------------------------------------------------


def savings_rows(run: Reading) -> list[tuple[str, words.Statistics, Floats | None, str]]:
    """(name, statistics, one value a replication if it is kept, colour) of the sums that stand on one axis, USD."""
    tree, settled = run.summary, run.settled
    return [
        ("Saved in truth, before fees", tree["savings"]["true"], run.true_savings, PROGRAMME),
        ("Saved as the evaluation measures it", tree["savings"]["measured"], settled["measured"].to_numpy(np.float64), PURPLE),
        ("Paid under the contract, paybacks taken off", tree["contract"]["paid"], settled["paid"].to_numpy(np.float64), GREEN),
        ("What the programme costs its owner", tree["economics"]["owner"]["programme_cost"]["difference"], None, USUAL),
    ]


def savings(run: Reading) -> Chart:
    """The sums that a board asks about, on one axis."""
    rungs = []
    table: list[tuple[str | float | None, ...]] = []
    for name, statistics, values, colour in savings_rows(run):
        turned = _negated(statistics) if values is None else statistics
        dots = () if values is None else tuple(float(value) * MILLION for value in values)
        made = rung(name, turned, interval(turned, "USD"), scale=MILLION, colour=colour)
        rungs.append(Rung(made.name, made.label, made.mean, made.low, made.high, colour, dots))
        table.append((name, *(turned[key] for key in STATISTICS)))
    true, paid, cost = (row.mean for row in (rungs[0], rungs[2], rungs[3]))
    verdict = "less than" if paid < cost else "more than"
    title = (
        f"Of {words.number(true * 1e6, 'USD')} saved, the contract pays {words.number(paid * 1e6, 'USD')}: {verdict} the "
        f"{words.number(cost * 1e6, 'USD')} that the programme costs"
    )

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, height(rungs, paper.width))
        ladder(axis, rungs, "million US dollars over the programme, all patients (uncalibrated)")
        return figure

    note = "Dot: mean; bar: 8 of 10 replications (p10 to p90); ticks: single replications. All cohorts, nominal dollars."
    return Chart("savings", title, note, Data(("", "mean, USD", "p10, USD", "p90, USD"), tuple(table)), draw)


def _negated(statistics: words.Statistics) -> dict[str, float | None]:
    """Statistics of the same values with the sign turned."""
    turned = {key: None if value is None else -value for key, value in statistics.items()}
    return {**turned, "p10": turned["p90"], "p90": turned["p10"], "lo": turned["hi"], "hi": turned["lo"], "sd": statistics["sd"]}


# Returns ----------------------------------------------------------------------------------------------------------------------

_RETURNS: Final = {
    "gross": ("Savings per dollar paid", "ratio; breaks even at 1", 1.0, "ratio", 1.0),
    "net": ("Net saving rate", "% of usual cost; breaks even at 0", 100.0, "share", 0.0),
    "owner": ("Owner's return", "ratio; breaks even at 0", 1.0, "ratio", 0.0),
}
_BASES: Final = {"true": PROGRAMME, "measured": PURPLE, "paid": GREEN}


def returns(run: Reading) -> Chart:
    """Each return on each basis, with its own break-even point and the chance of reaching it."""
    roi = run.summary["roi"]
    panels = {name: _return_rungs(roi, name) for name in _RETURNS}
    table = tuple(
        (_RETURNS[name][0], basis, *(roi[name][basis][key] for key in STATISTICS), roi[name][basis]["probability"]["break_even"])
        for name in _RETURNS
        for basis in BASES[name]  # type: ignore[index]
    )
    payer, owner = (roi[name][basis]["probability"]["break_even"] for name, basis in (("gross", "true"), ("owner", "paid")))
    title = f"True savings cover the fees in {percent(payer)} of replications; the owner breaks even in {percent(owner)}"

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(3, height(panels["gross"], paper.width / paper.columns))
        for axis, (name, (heading, unit, _, _, even)) in zip(axes, _RETURNS.items(), strict=True):
            scale = _RETURNS[name][2]
            ladder(axis, panels[name], unit, reference=even * scale)
            axis.set_title(heading)
        return figure

    note = (
        "Dot: mean; bar: p10 to p90; line: break-even; in brackets the chance of reaching it. True: the same patients with and without "
        "the programme. Measured: as an evaluator reports. Paid: true savings against what the contract pays."
    )
    return Chart("returns", title, note, Data(("return", "basis", "mean", "p10", "p90", "chance of breaking even"), table), draw)


def _return_rungs(roi: Tree, name: str) -> list[Rung]:
    _, _, scale, unit, _ = _RETURNS[name]
    rungs = []
    for basis in BASES[name]:  # type: ignore[index]
        found = roi[name][basis]
        label = f"{words.number(found['mean'], unit)} ({percent(found['probability']['break_even'])})"
        rungs.append(rung(basis, found, label, scale=scale, colour=_BASES[basis]))
    return rungs


# Parties ----------------------------------------------------------------------------------------------------------------------

_PARTIES: Final = (
    ("Payer", "payer", "net"),
    ("Supplemental insurers", "supplement", "net"),
    ("Patients", "patient", "net"),
    ("Hospitals, variable cost", "hospital", "margin_variable_cost"),
    ("Hospitals, backfilled beds", "hospital", "backfill"),
    ("SNFs", "snf", "net"),
    ("Practices", "practice", "net"),
    ("Other providers, income", "other", "net"),
    ("Owner of the programme", "owner", "net"),
)


def parties(run: Reading) -> Chart:
    """Each party's position against usual care."""
    economics = run.summary["economics"]
    rungs, table = [], []
    for name, party, line in _PARTIES:
        change = economics[party][line]["difference"]
        colour = GREEN if (change["mean"] or 0.0) >= 0 else USUAL
        rungs.append(rung(name, change, interval(change, "USD", signed=True), scale=MILLION, colour=colour))
        table.append((name, *(change[key] for key in STATISTICS)))
    payer, owner = rungs[0].mean * 1e6, rungs[-1].mean * 1e6
    title = f"The payer {_gains(payer)} and the owner of the programme {_gains(owner)}, both against usual care"

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, height(rungs, paper.width))
        ladder(axis, rungs, "million US dollars, difference to usual care", bars=True)
        return figure

    note = (
        "In each party's own books: a gain is above 0. Transfers from one party to another stand in both. Hospitals at variable cost: "
        "fixed cost stays when a stay does not happen."
    )
    return Chart("parties", title, note, Data(("party", "mean, USD", "p10, USD", "p90, USD"), tuple(table)), draw)


def _gains(amount: float) -> str:
    return f"{'gains' if amount >= 0 else 'loses'} {words.number(abs(amount), 'USD')}"


_TOTALS: Final = ("payments", "net")
"""Lines of the payer that are sums of others."""


def _step_name(line: Line) -> str:
    return words.name(line.title.removeprefix("Payments: "))


def payers_waterfall(run: Reading) -> Chart:
    """From savings by kind of care to the payer's net position."""
    payer = run.summary["economics"]["payer"]
    lines = [(_step_name(line), line.name) for line in LINES if line.party == Party.payer and line.name not in _TOTALS]
    changes = [(name, float(payer[line]["difference"]["mean"] or 0.0)) for name, line in lines]
    steps = [(name, amount) for name, amount in changes if amount]
    net = float(payer["net"]["difference"]["mean"] or 0.0)
    most = max(steps, key=lambda step: step[1], default=("Nothing", 0.0))
    title = (
        f"The payer saves most on {most[0].lower()}, {words.number(most[1], 'USD')}; after fees and settlement its net position changes by "
        f"{words.number(net, 'USD', signed=True)}"
    )

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, FRAME_HEIGHT + STEP_HEIGHT * (len(steps) + 1))
        _steps(axis, steps, net)
        return figure

    spread = tuple((name, payer[line]["difference"]["mean"], *_ends(payer[line]["difference"])) for name, line in [*lines, ("net", "net")])
    note = "Means over the replications, difference to usual care; each bar begins where the one above ends."
    return Chart("payer", title, note, Data(("line of the payer", "mean, USD", "p10, USD", "p90, USD"), spread), draw)


def _ends(statistics: words.Statistics) -> tuple[float | None, float | None]:
    return statistics["p10"], statistics["p90"]


def _steps(axis: Axes, steps: Sequence[tuple[str, float]], net: float) -> None:
    start = 0.0
    for at, (name, amount) in enumerate([*steps, ("Net of the payer", net)]):
        last = at == len(steps)
        left = 0.0 if last else start
        colour = INK if last else GREEN if amount >= 0 else USUAL
        axis.barh(at, amount * MILLION, left=left * MILLION, color=colour, height=0.42, linewidth=0)
        place = axis.get_yaxis_transform()
        axis.text(0.0, at - 0.26, name, transform=place, fontsize=9, va="bottom", fontweight="bold" if last else "normal")
        label = literal(words.number(amount, "USD", signed=True))
        axis.text(1.0, at - 0.26, label, transform=place, fontsize=9, va="bottom", ha="right", color=colour)
        if not last:
            start += amount
            axis.plot([start * MILLION] * 2, [at + 0.21, at + 0.79], color=MUTED, linewidth=0.8)
    axis.axvline(0, color=MUTED, linewidth=1.1)
    axis.set_yticks([])
    axis.set_ylim(len(steps) + 0.4, -0.85)
    axis.spines["left"].set_visible(False)
    axis.grid(visible=False, axis="y")
    left, right = axis.get_xlim()
    axis.set_xlim(left, right + LABELS * (right - left))
    axis.set_xlabel("million US dollars; right of 0 the payer gains", fontsize=9)


# Cash -------------------------------------------------------------------------------------------------------------------------


def cash(run: Reading) -> Chart:
    """The owner's cash by quarter, and all of it so far."""
    tree = run.summary["cash"]
    quarters = tree["quarters"]
    means = np.array([quarter["mean"] for quarter in quarters], np.float64) * MILLION
    low, high = (np.array([quarter[key] for quarter in quarters], np.float64) * MILLION for key in ("p10", "p90"))
    total = np.cumsum(means)
    title = (
        f"The owner must be able to lay out {words.number(tree['start_up']['mean'], 'USD')}; the chance to have it back within "
        f"{len(quarters)} quarters is {percent(tree['probability_of_payback'])}"
    )

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(2, 2.9, columns=2)
        at = np.arange(1, len(means) + 1)
        axes[0].bar(at, means, color=[GREEN if value >= 0 else USUAL for value in means], alpha=0.55, width=0.7)
        axes[0].vlines(at, low, high, color=INK, linewidth=1.4)
        axes[0].set_title("In each quarter")
        axes[1].plot(at, total, color=PROGRAMME, linewidth=2, marker="o", markersize=4)
        axes[1].set_title("So far, means")
        axes[1].annotate(
            literal(words.number(total[-1] * 1e6, "USD")),
            (at[-1], total[-1]),
            xytext=(-4, 10),
            textcoords="offset points",
            ha="right",
            color=PROGRAMME,
        )
        for axis in axes:
            axis.axhline(0, color=MUTED, linewidth=1.1)
            axis.set_ylabel("million US dollars")
            axis.set_xlabel("quarter since launch")
            axis.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        return figure

    note = "Fees and settlements as they come in less spending as it is due; vertical lines: p10 to p90. Nominal dollars."
    columns = ("quarter", "mean, USD", "p10, USD", "p90, USD")
    rows = tuple((float(at), *(quarter[key] for key in STATISTICS)) for at, quarter in enumerate(quarters, 1))
    return Chart("cash", title, note, Data(columns, rows), draw)


# Which fee the savings carry --------------------------------------------------------------------------------------------------


def saving_per_participant_month(run: Reading) -> Floats:
    """True gross savings over participant months, one value a replication, USD."""
    months = run.values("programme", "all", "participant_months")
    return np.divide(run.true_savings, months, out=np.full_like(months, np.nan), where=months > 0)


def carried_fee(run: Reading) -> Chart:
    """The chance that true savings cover a fee, by fee."""
    known = np.sort(saving_per_participant_month(run))
    known = known[np.isfinite(known)]
    fee = float(run.record["terms"]["fee"])
    chance = float((known >= fee).mean()) if len(known) else 0.0
    sure = float(np.percentile(known, 10)) if len(known) else 0.0
    carried, asked = (words.number(value, "USD per month") for value in (sure, fee))
    title = f"In 9 of 10 replications true savings carry a fee of {carried} per participant-month; the contract's is {asked}"
    top = max([fee, *known]) * 1.15 if len(known) else 1.0
    fees = np.linspace(0.0, top, 200)
    chances = np.array([(known >= value).mean() if len(known) else 0.0 for value in fees])

    def draw(paper: Paper) -> Figure:
        figure, (axis,) = paper.panels(1, 2.9)
        axis.plot(fees, 100 * chances, color=PROGRAMME, linewidth=2)
        axis.plot([fee], [100 * chance], "o", color=USUAL, markersize=7)
        near = fee > 0.6 * top
        axis.annotate(
            literal(f"the contract's fee: {percent(chance)}"),
            (fee, 100 * chance),
            xytext=(-8 if near else 8, -16),
            textcoords="offset points",
            color=USUAL,
            ha="right" if near else "left",
        )
        axis.set_ylim(0, 105)
        axis.set_xlim(0, top)
        axis.set_ylabel("% of replications")
        axis.set_xlabel("fee, US dollars per participant-month")
        return figure

    note = "Acceptability: share of replications whose true gross savings per participant-month are at least the fee."
    return Chart("fee", title, note, Data(("fee, USD per participant-month", "chance, share"), _pairs(fees, chances)), draw)


def _pairs(x: Any, y: Any) -> tuple[tuple[float, float], ...]:
    return tuple(zip(map(float, x), map(float, y), strict=True))
