"""What is saved, measured and paid; what each return is; the owner's cash; which fee the savings carry."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.economics.board import has_return
from sim.economics.money_table import RETURNS
from sim.economics.roi import BASES
from sim.report import words
from sim.report.chart import Chart, Data
from sim.report.charts.ladder import MILLION, Rung, height, ladder, of_one_ladder, rung
from sim.report.economics_tables import has_fees
from sim.report.reading import Floats, Reading
from sim.report.style import GREEN, INK, MUTED, PROGRAMME, PURPLE, USUAL, Paper, literal
from sim.report.wording import interval, percent

STATISTICS: Final = ("mean", "p10", "p90")
_MEASURED: Final = {
    "truth": "Counted as measured: the truth, nothing is evaluated",
    "claims": "Counted as measured: claims as they are",
    "assigned_panel": "Counted as measured: the whole panel against its benchmark",
}
"""What stands for a measurement where there is no evaluation."""


# True, measured, paid ---------------------------------------------------------------------------------------------------------


def savings_rows(run: Reading) -> list[tuple[str, words.Statistics, Floats, str]]:
    """(name, statistics, one value a replication, colour) of the sums that stand on one axis, USD."""
    tree = run.summary
    measured = _MEASURED.get(tree["contract"]["settled_on"], "Saved as the evaluation measures it")
    return [
        ("Saved in truth, before fees", tree["savings"]["true"], run.amounts("payer", "gross_savings", "true"), PROGRAMME),
        (measured, tree["savings"]["measured"], run.amounts("payer", "gross_savings", "measured"), PURPLE),
        ("Paid under the contract, paybacks taken off", tree["contract"]["paid"], run.amounts("payer", "contract_paid", "paid"), GREEN),
        (
            "What the programme costs its owner",
            _negated(tree["economics"]["owner"]["programme_cost"]["difference"]),
            -run.amounts("owner", "programme_cost", "difference"),
            USUAL,
        ),
    ]


def savings(run: Reading) -> Chart:
    """The sums that a board asks about, on one axis."""
    rungs = []
    table: list[tuple[str | float | None, ...]] = []
    for name, statistics, values, colour in savings_rows(run):
        rungs.append(rung(name, statistics, interval(statistics, "USD"), scale=MILLION, colour=colour, dots=values * MILLION))
        table.append((name, *(statistics[key] for key in STATISTICS)))
    true, paid, cost = (row.mean for row in (rungs[0], rungs[2], rungs[3]))
    if paid < 0:
        verdict = f"the owner pays back {words.number(-paid * 1e6, 'USD')}, on top of"
    else:
        verdict = f"the contract pays {words.number(paid * 1e6, 'USD')}: {'less' if paid < cost else 'more'} than"
    title = f"Of {words.number(true * 1e6, 'USD')} saved, {verdict} the {words.number(cost * 1e6, 'USD')} that the programme costs"

    note = "Dot: mean; bar: 8 of 10 replications (p10 to p90); below it all of them. All cohorts, nominal dollars."
    return Chart(
        "savings",
        title,
        note,
        Data(("", "mean, USD", "p10, USD", "p90, USD"), tuple(table)),
        of_one_ladder(rungs, f"million US dollars over the programme, all patients{run.mark}"),
    )


def _negated(statistics: words.Statistics) -> dict[str, float | None]:
    """Statistics of the same values with the sign turned."""
    turned = {key: None if value is None else -value for key, value in statistics.items()}
    return {**turned, "p10": turned["p90"], "p90": turned["p10"], "lo": turned["hi"], "hi": turned["lo"], "sd": statistics["sd"]}


# Returns ----------------------------------------------------------------------------------------------------------------------

_HEADINGS: Final = {
    "gross": ("payer", "Savings per dollar paid", "ratio; breaks even at 1", 1.0, "ratio", 1.0),
    "net": ("payer", "Net saving rate", "% of usual cost; breaks even at 0", 100.0, "share", 0.0),
    "owner": ("owner", "Owner's return", "ratio; breaks even at 0", 1.0, "ratio", 0.0),
}
"""Whose purse, title, axis, its scale, unit, break-even."""
_BASES: Final = {"true": PROGRAMME, "measured": PURPLE, "paid": GREEN}


def returns(run: Reading) -> Chart:
    """Each return on each basis: its distribution, its own break-even point and the chance of reaching it."""
    roi = run.summary["roi"]
    headings = {name: heading for name, heading in _HEADINGS.items() if has_return(roi, name)}
    panels = {name: _return_rungs(run, name) for name in headings}
    table = tuple(
        (
            purse,
            title,
            basis,
            *(roi[name][basis][key] for key in STATISTICS),
            roi[name][basis]["probability"]["break_even"],
            roi[name][basis]["probability"].get("guarantee"),
        )
        for name, (purse, title, *_) in headings.items()
        for basis in BASES[name]  # type: ignore[index]
    )
    payer, owner = (percent(roi[name]["paid"]["probability"]["break_even"]) for name in ("net", "owner"))
    if has_fees(run.summary):
        payer = percent(roi["gross"]["true"]["probability"]["break_even"])
        title = f"True savings cover the fees in {payer} of replications; the owner breaks even in {owner}"
    else:
        title = f"True savings cover what the payer pays in {payer} of replications; the owner breaks even in {owner}"

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(len(panels), height(panels["net"], paper.width / paper.columns))
        for axis, (name, (purse, heading, unit, scale, _, even)) in zip(axes, headings.items(), strict=True):
            ladder(axis, panels[name], unit, reference=even * scale)
            axis.set_title(f"{heading}\n{purse}'s purse")
        return figure

    note = (
        "Dot: mean; bar: p10 to p90; below it all replications, darker beyond the break-even; in brackets the chance of reaching it. True: "
        "the same patients with and without the programme. Measured: as an evaluator reports. Paid: true savings against what the contract "
        "pays. Rare values far beyond the bars are off the axis."
    )
    columns = ("purse", "return", "basis", "mean", "p10", "p90", "chance of breaking even", "chance of reaching the guarantee")
    return Chart("returns", title, note, Data(columns, table), draw)


def _return_rungs(run: Reading, name: str) -> list[Rung]:
    _, _, _, scale, unit, _ = _HEADINGS[name]
    rungs = []
    for basis in BASES[name]:  # type: ignore[index]
        found = run.summary["roi"][name][basis]
        if found["mean"] is None:
            continue
        label = f"{words.number(found['mean'], unit)} ({percent(found['probability']['break_even'])})"
        dots = run.amounts(*RETURNS[name], basis) * scale  # type: ignore[index]
        rungs.append(rung(basis, found, label, scale=scale, colour=_BASES[basis], dots=dots))
    return rungs


# Cash -------------------------------------------------------------------------------------------------------------------------


def cash(run: Reading) -> Chart:
    """The owner's cash by quarter, and all of it so far."""
    tree = run.summary["cash"]
    quarters = tree["quarters"]
    means, low, high = (np.array([quarter[key] for quarter in quarters], np.float64) for key in STATISTICS)
    so_far = np.cumsum(run.quarterly_cash, axis=1)
    total = so_far.mean(axis=0)
    total_low, total_high = np.percentile(so_far, (10, 90), axis=0)
    chance = float((so_far[:, -1] >= 0).mean())
    title = (
        f"The owner must be able to lay out {words.number(tree['start_up']['mean'], 'USD')}; after {len(quarters)} quarters the chance to "
        f"have it back is {percent(tree['probability_of_payback'])}"
    )

    def draw(paper: Paper) -> Figure:
        figure, axes = paper.panels(2, 2.9, columns=2)
        at = np.arange(1, len(means) + 1)
        axes[0].bar(at, means * MILLION, color=[GREEN if value >= 0 else USUAL for value in means], alpha=0.55, width=0.7)
        axes[0].vlines(at, low * MILLION, high * MILLION, color=INK, linewidth=1.4)
        axes[0].set_title("In each quarter")
        axes[1].fill_between(at, total_low * MILLION, total_high * MILLION, color=PROGRAMME, alpha=0.2, linewidth=0)
        axes[1].plot(at, total * MILLION, color=PROGRAMME, linewidth=2, marker="o", markersize=4)
        axes[1].set_title("So far")
        axes[1].annotate(
            literal(f"{words.number(total[-1], 'USD')}\nabove 0 in {percent(chance)}"),
            (at[-1], total[-1] * MILLION),
            xytext=(-26, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=PROGRAMME,
        )
        for axis in axes:
            axis.axhline(0, color=MUTED, linewidth=1.1)
            axis.set_ylabel("million US dollars")
            axis.set_xlabel("quarter since launch")
            axis.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        return figure

    note = (
        "Fees and settlements as they come in less spending as it is due. Bars and line: means; dark lines and band: p10 to p90. Nominal "
        "dollars."
    )
    columns = ("quarter", *(f"{part}{key}, USD" for part in ("", "so far, ") for key in STATISTICS))
    rows = tuple(
        (float(quarter + 1), *map(float, each))
        for quarter, each in enumerate(zip(means, low, high, total, total_low, total_high, strict=True))
    )
    return Chart("cash", title, note, Data(columns, rows), draw)


# Which fee the savings carry --------------------------------------------------------------------------------------------------


def saving_per_participant_month(run: Reading) -> Floats:
    """True gross savings over participant months, one value a replication, USD."""
    months = run.values("programme", "all", "participant_months")
    return np.divide(run.amounts("payer", "gross_savings", "true"), months, out=np.full_like(months, np.nan), where=months > 0)


def carried_fee(run: Reading) -> Chart | None:
    """The chance that true savings cover a fee, by fee; None for a contract without one."""
    if not has_fees(run.summary):
        return None
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
        under = chance >= 0.5  # the curve falls: below it there is room to the left, above it to the right
        left = fee > (0.35 if under else 0.6) * top
        axis.annotate(
            literal(f"the contract's fee: {percent(chance)}"),
            (fee, 100 * chance),
            xytext=(-8 if left else 8, -16 if under else 8),
            textcoords="offset points",
            color=USUAL,
            ha="right" if left else "left",
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
