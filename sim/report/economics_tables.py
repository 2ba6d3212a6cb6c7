"""The tables of money that people read, made from the trees of `sim.economics.summary`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.economics.board import board_rows
from sim.economics.lines import LINES
from sim.economics.roi import BASES, LEVERS
from sim.economics.rows import figure_of
from sim.report import words
from sim.report.tables import Table

Tree = Mapping[str, Any]

SETTLED_ON: Final = {
    "truth": "the truth, since nothing is evaluated",
    "matched_did": "a matched comparison",
    "randomised": "a randomised control group",
    "assigned_panel": "the whole panel against a benchmark that is right on average, with a year's luck of that many people",
    "claims": "claims and work as they are: nothing is compared",
}
_BOARD_NOTE: Final = (
    "True: the same patients with and without the programme. Measured: what is reported to the payer, here from {basis}. Paid: what the "
    "contract settles on the measured figures. Positions of the parties are the difference to usual care. All cohorts together."
)
_RETURNS: Final = {"gross": "Savings per dollar paid", "net": "Net saving rate", "owner": "Owner's return"}
_POINTS: Final = {"break_even": "Breaks even at", "guarantee": "Reaches the guarantee at"}
_LEVER_UNITS: Final = {"fee": "USD per month", "enrolment": "factor", "effect": "factor", "staffing": "factor"}


def economics_tables(tree: Tree, period: str) -> list[Table]:
    """For the terminal: the board's table, break-evens, and the owner's cash."""
    return [board_table(tree, period), break_even_table(tree), cash_table(tree["cash"])]


def detailed_tables(tree: Tree, period: str) -> list[Table]:
    """For the report: those, every party's lines, and the actuary's figures."""
    return [*economics_tables(tree, period), positions_table(tree["economics"], period), actuary_table(tree)]


def board_table(tree: Tree, period: str) -> Table:
    """True, measured and paid side by side, then who gains."""
    rows = tuple((row.title, *(_cell(value, row.unit) for value in (row.true, row.measured, row.paid))) for row in board_rows(tree))
    kind, basis = tree["contract"]["kind"], SETTLED_ON.get(tree["contract"]["settled_on"], tree["contract"]["settled_on"])
    title = f"What it saves, what is measured, what contract '{kind}' pays, {period}"
    return Table(title, ("", "True", "Measured", "Paid"), rows, _BOARD_NOTE.format(basis=basis))


def break_even_table(tree: Tree) -> Table:
    """What it takes for each return to pass its point."""
    rows = []
    for definition, bases in BASES.items():
        for basis in bases:
            found = tree["roi"][definition][basis]
            for point, wording in _POINTS.items():
                if point in found["probability"]:
                    levers = (_break_even(found[point][lever], _LEVER_UNITS[lever]) for lever in LEVERS)
                    rows.append((f"{_RETURNS[definition]}, {basis}: {wording.lower()}", *levers))
    note = (
        "Factors on what the run had: participant months with their savings, gross savings, staff cost. 'none': no value does it. "
        "Break-evens are those of the mean over the replications."
    )
    return Table("Break-even points", ("", *(words.name(lever) for lever in LEVERS)), tuple(rows), note)


def cash_table(cash: Tree) -> Table:
    """The owner's cash by quarter."""
    rows = [(f"Quarter {at}", words.spread(quarter, "USD", signed=True)) for at, quarter in enumerate(cash["quarters"], 1)]
    rows.append(("Start-up money", words.spread(cash["start_up"], "USD")))
    rows.append(("Payback month", words.spread(cash["payback_month"], "months")))
    rows.append(("Chance of payback", words.number(cash["probability_of_payback"], "probability")))
    note = "Fees and settlements as they come in less spending as it is due. Start-up money: the largest cumulative deficit."
    return Table("The owner's cash", ("", "Cash"), tuple(rows), note)


def positions_table(positions: Tree, period: str) -> Table:
    """Every line of every party."""
    columns = ("programme", "usual_care", "difference")
    rows = []
    for line in LINES:
        cells = (words.spread(positions[line.party][line.name][column], line.unit) for column in columns)
        rows.append((f"{words.name(line.party)}: {line.title}", *cells))
    note = "In the party's own books: what comes in is positive, what goes out negative. Nominal, all cohorts."
    return Table(f"Positions of the parties, {period}", ("", "Programme", "Usual care", "Difference"), tuple(rows), note)


def actuary_table(tree: Tree) -> Table:
    """The amount owed and what moves it."""
    return Table("For the actuary", ("", "Figure"), tuple(_figures(tree["actuary"], "actuary")))


def _figures(value: Any, name: str) -> Iterator[tuple[str, str]]:
    figure = figure_of(name)
    if figure is not None:
        quantile = f" {name.rsplit('.', 1)[1]}" if name.startswith("actuary.owed.p") else ""
        yield figure.title + quantile, _cell(value, figure.unit)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _figures(inner, f"{name}.{key}")


def _cell(value: Any, unit: str) -> str:
    if value is None:
        return words.NOT_KNOWN
    return words.spread(value, unit) if isinstance(value, Mapping) else words.number(value, unit)


def _break_even(value: float | None, unit: str) -> str:
    if value is None:
        return "none"
    return f"x {value:.2f}" if unit == "factor" else words.number(value, unit)
