"""The table that a planner shows the board: what is true, what is measured and what is paid, side by side, and each party's position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.economics.parties import Party
from sim.economics.roi import BASES
from sim.outcomes.summary import Statistics

Cell = Statistics | float | None


@dataclass(frozen=True)
class BoardRow:
    """A row of three cells; None where a basis does not have the figure. A chance is one number, all else statistics."""

    title: str
    unit: str
    true: Cell
    measured: Cell
    paid: Cell


RETURNS: Final = {
    "gross": ("Savings per dollar paid", "ratio"),
    "net": ("Net saving rate", "share"),
    "owner": ("Owner's return", "ratio"),
}
CHANCES: Final = {
    ("gross", "break_even"): "Chance that savings cover payments",
    ("net", "guarantee"): "Chance of reaching the guarantee",
    ("owner", "break_even"): "Chance that the owner breaks even",
}
POSITIONS: Final = {
    (Party.payer, "net"): "Payer: net saving",
    (Party.owner, "net"): "Owner: fees and settlement less programme cost",
    (Party.owner, "net_with_margin"): "Owner: the same with the change of its own margin",
    (Party.hospital, "margin_full_cost"): "Hospitals: margin at full cost",
    (Party.hospital, "margin_variable_cost"): "Hospitals: margin at variable cost",
    (Party.hospital, "backfill"): "Hospitals: backfill of freed beds",
    (Party.snf, "net"): "SNFs: margin",
    (Party.practice, "net"): "Practices: margin",
    (Party.patient, "net"): "Patients: what they owe",
}


def board_rows(tree: Mapping[str, Any]) -> Iterator[BoardRow]:
    """Rows of a summary: savings and returns on each basis, chances, then positions as the difference to usual care (paid)."""
    yield BoardRow("Gross savings", "USD", tree["savings"]["true"], tree["savings"]["measured"], None)
    contract = tree["contract"]
    yield BoardRow("Payments of the payer", "USD", contract["paid_on_truth"], None, contract["paid"])
    for definition, (title, unit) in RETURNS.items():
        if not has_return(tree["roi"], definition):
            continue
        yield BoardRow(title, unit, *(_of(tree["roi"], definition, basis) for basis in BASES["gross"]))
    for (definition, point), title in CHANCES.items():
        if has_return(tree["roi"], definition) and point in tree["roi"][definition]["true"]["probability"]:
            each = (_of(tree["roi"], definition, basis) for basis in BASES["gross"])
            yield BoardRow(title, "probability", *(None if one is None else one["probability"][point] for one in each))
    yield BoardRow(
        "Chance of paying back", "probability", contract["probability_of_payback_on_truth"], None, contract["probability_of_payback"]
    )
    for (party, line), title in POSITIONS.items():
        yield BoardRow(title, "USD", None, None, tree["economics"][party][line]["difference"])


def has_return(roi: Mapping[str, Any], definition: str) -> bool:
    """Whether there is a return on some basis in every replication: without fees there are no savings per dollar paid."""
    return any(basis["undefined"] == 0 for basis in roi[definition].values())


def bridge(tree: Mapping[str, Any]) -> list[tuple[str, float]]:
    """(step, mean USD) from what is truly saved to the payer's net saving, which is the last; steps of 0 are left out.

    Savings are those of the months that the programme's patients lived: what more months cost at usual care's rate is a step.
    """
    payer = {line: values["difference"]["mean"] or 0.0 for line, values in tree["economics"]["payer"].items()}
    saved = tree["savings"]["true"]["mean"] or 0.0
    steps = [
        ("truly saved", saved),
        ("care in further months of life and in the plan", payer["payments"] - saved),
        ("fees", payer["fees"]),
        ("shared savings paid", payer["earned"]),
        ("administration and subcontracts", payer["outlay"]),
        ("paid back to the payer", payer["owed"]),
        ("readmission penalties", payer["readmission_penalty"]),
    ]
    return [*(step for step in steps if abs(step[1]) >= 0.5), ("left with the payer", payer["net"])]


def _of(roi: Mapping[str, Any], definition: str, basis: str) -> Any:
    return roi[definition].get(basis)
