"""The tables of money that people read, made from the trees of `sim.economics.summary`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sim.economics.assigned import PANEL_KINDS
from sim.economics.board import board_rows, bridge, has_return
from sim.economics.definitions import LINES_OF_SETTLEMENTS
from sim.economics.lines import LINES
from sim.economics.roi import BASES, LEVERS
from sim.economics.rows import figure_of
from sim.report import words
from sim.report.tables import Table
from sim.report.wording import percent

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
_PANEL_NOTE: Final = (
    "Of the whole panel, for which the organisation answers. Assumed: the benchmark, the panel's baseline year grown by its trend, is what "
    "usual care would cost on average, so that the programme's savings and the luck of that many people are all there is to share. What "
    "a wrong trend does is among the actuary's figures."
)
_TARGET: Final = {True: "Benchmark, adjusted for risk", False: "Target"}
_UNSHOWN_LINES: Final = ("unadjusted_target", "forgiven", "gross")
_RETURNS: Final = {"gross": "Savings per dollar paid", "net": "Net saving rate", "owner": "Owner's return"}
_POINTS: Final = {"break_even": "Breaks even at", "guarantee": "Reaches the guarantee at"}
_LEVER_UNITS: Final = {"fee": "USD per month", "enrolment": "factor", "effect": "factor", "staffing": "factor"}


def economics_tables(tree: Tree, period: str) -> list[Table]:
    """For the terminal: the board's table, the settlement, break-evens, and the owner's cash."""
    return [board_table(tree, period), *settlement_tables(tree), break_even_table(tree), cash_table(tree["cash"])]


def detailed_tables(tree: Tree, period: str) -> list[Table]:
    """For the report: those, every party's lines, and the actuary's figures."""
    return [*economics_tables(tree, period), positions_table(tree["economics"], period), actuary_table(tree)]


def board_table(tree: Tree, period: str) -> Table:
    """True, measured and paid side by side, then who gains."""
    rows = tuple((row.title, *(_cell(value, row.unit) for value in (row.true, row.measured, row.paid))) for row in board_rows(tree))
    kind, basis = tree["contract"]["kind"], SETTLED_ON.get(tree["contract"]["settled_on"], tree["contract"]["settled_on"])
    title = f"What it saves, what is measured, what contract '{kind}' pays, {period}"
    return Table(title, ("", "True", "Measured", "Paid"), rows, f"{bridge_line(tree)} {_BOARD_NOTE.format(basis=basis)}")


def bridge_line(tree: Tree) -> str:
    """`Payer: $3.53 million truly saved - $605,116 readmission penalties = $2.50 million left with the payer.`"""
    (first, saved), *steps, (last, left) = bridge(tree)
    middle = "".join(f" {'-' if amount < 0 else '+'} {words.number(abs(amount), 'USD')} {name}" for name, amount in steps)
    return f"Payer (means): {words.number(saved, 'USD')} {first}{middle} = {words.number(left, 'USD')} {last}."


def settlement_tables(tree: Tree) -> list[Table]:
    """How each period comes to what is paid, for kinds that compare spending with a target; none for others."""
    contract = tree["contract"]
    periods = [period for period in contract["periods"] if period["reasons"]]
    if not periods:
        return []
    names = {name for period in periods for name in period["lines"]}
    shown = [name for name, *_ in LINES_OF_SETTLEMENTS if name in names and name not in _UNSHOWN_LINES]
    first = shown[:1] if shown[:1] == ["number_of_beneficiaries"] else []
    cells: list[tuple[str, Callable[[Tree], Any], str]] = [
        *((*_line(name),) for name in first),
        (_TARGET[contract["kind"] in PANEL_KINDS], lambda period: period["target"], "USD"),
        ("Expenditure", lambda period: period["actual"], "USD"),
        *((*_line(name),) for name in shown if name not in first),
        *(
            (title, lambda period, name=name: period[name], "USD")
            for name, title in (("fees", "Fees"), ("earned", "Earned besides"), ("owed", "Owed"), ("paid", "Paid in all"))
            if name != "fees" or has_fees(tree)
        ),
    ]
    rows = [(title, *(_cell(of(period), unit) for period in periods)) for title, of, unit in cells]
    reasons = ("; ".join(f"{reason} {percent(share)}" for reason, share in period["reasons"].items()) for period in periods)
    rows.append(("Why, in so many replications", *reasons))
    columns = ("", *(_period_name(period) for period in periods))
    note = _PANEL_NOTE if contract["kind"] in PANEL_KINDS else ""
    return [Table(f"Settlement of contract '{contract['kind']}'", columns, tuple(rows), note)]


def _line(name: str) -> tuple[str, Callable[[Tree], Any], str]:
    title, unit = next((title, unit) for own, title, unit, _ in LINES_OF_SETTLEMENTS if own == name)
    return title, lambda period: period["lines"].get(name), unit


def _period_name(period: Tree) -> str:
    months = f"months {period['first_month']}-{period['last_month']}"
    return months if period["cohort"] == "all" else f"{words.name(period['cohort'])} cohort, {months}"


def has_fees(tree: Tree) -> bool:
    """Whether the contract pays fees."""
    return bool(tree["contract"]["fees"]["mean"])


def break_even_table(tree: Tree) -> Table:
    """What it takes for each return to pass its point; without fees neither those nor a return on them are in it."""
    rows = []
    levers = tuple(lever for lever in LEVERS if lever != "fee" or has_fees(tree))
    for definition, bases in BASES.items():
        for basis in bases if has_return(tree["roi"], definition) else ():
            found = tree["roi"][definition][basis]
            for point, wording in _POINTS.items():
                if point in found["probability"]:
                    values = (_break_even(found[point][lever], _LEVER_UNITS[lever]) for lever in levers)
                    rows.append((f"{_RETURNS[definition]}, {basis}: {wording.lower()}", *values))
    note = (
        "Factors on what the run had: participant months with their savings, gross savings, staff cost. 'none': no value does it. "
        "Break-evens are those of the mean over the replications."
    )
    return Table("Break-even points", ("", *(words.name(lever) for lever in levers)), tuple(rows), note)


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
    """The amount owed and what moves it, each figure with what it is."""
    return Table("For the actuary", ("", "Figure", "What it is"), tuple(_figures(tree["actuary"], "actuary")))


def _figures(value: Any, name: str) -> Iterator[tuple[str, str, str]]:
    figure = figure_of(name)
    if figure is not None:
        quantile = f" {name.rsplit('.', 1)[1]}" if name.startswith("actuary.owed.p") else ""
        yield figure.title + quantile, _cell(value, figure.unit), figure.definition
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _figures(inner, f"{name}.{key}")


def _cell(value: Any, unit: str) -> str:
    """A figure with its spread, which is left out where it does not show; rates per 100."""
    if value is None:
        return words.NOT_KNOWN
    if unit == "per year":
        value = {key: None if one is None else 100 * one for key, one in value.items()}
        return f"{_cell(value, 'ratio')} per 100 a year"
    text = words.spread(value, unit) if isinstance(value, Mapping) else words.number(value, unit)
    if isinstance(value, Mapping) and len({words.number(value[key], unit) for key in ("mean", "p10", "p90")}) == 1:
        text = words.number(value["mean"], unit)
    return f"{text} a month" if unit == "USD per month" and text != words.NOT_KNOWN else text


def _break_even(value: float | None, unit: str) -> str:
    if value is None:
        return "none"
    return f"x {value:.2f}" if unit == "factor" else words.number(value, unit)
