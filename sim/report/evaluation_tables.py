"""The tables of an evaluation that people read, made from the tree of `sim.evaluation.quality.evaluation_tree`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sim.evaluation.outcomes import COST, OUTCOMES, Unit
from sim.report import words
from sim.report.tables import Table, change_text

Tree = Mapping[str, Any]

SOUND_FIRST: Final = ("randomised", "matched_did")
"""Designs that outcomes are shown for, the best first."""
_GROUPS: Final = {"intervention": "Programme", "counterfactual": "Usual care, same persons", "comparison": "Comparison, matched"}
_REASONS: Final = {"died": "died", "left": "left the plan", "withdrew": "withdrew or graduated", "stayed": "still there at the end"}
_TRAITS: Final = {
    "age": ("Age, years", "years"),
    "sex": ("Women", "share"),
    "risk_score": ("Risk score", "ratio"),
    "prior_cost": ("Payments of the screen's year", "USD"),
    "baseline_pbpm": ("Payments a month, baseline year", "USD per month"),
    "baseline_admissions_per_1000_py": ("Admissions per 1,000 a year, baseline year", "per 1,000 person-years"),
    "baseline_ed_visits_per_1000_py": ("ED visits per 1,000 a year, baseline year", "per 1,000 person-years"),
}
_UNITS: Final[Mapping[Unit, str]] = {"USD per month": "", "per 1,000 person-years": ", per 1,000 a year", "share": ""}
_HOW_TO_READ: Final = (
    "True: the same persons with and without the programme. Measured: mean of the estimates (p10 to p90 over replications). Covers "
    "truth: how often the interval holds it. Significant: chance that the evaluation reports a finding. Detectable: smallest effect that "
    "is found with the wanted power."
)


def evaluation_tables(tree: Tree, period: str) -> list[Table]:
    """Payments by design, outcomes of the best sound design, balance, flow and cumulative cost. Those without content are left out."""
    tables = [designs_table(tree, period)]
    best = next((name for name in SOUND_FIRST if name in tree), None)
    if best is not None:
        tables.append(outcomes_table(tree[best], period))
    tables += [balance_table(tree["balance"]), flow_table(tree["flow"]), cumulative_table(tree["cumulative"])]
    return [table for table in tables if table.rows]


def designs_table(tree: Tree, period: str) -> Table:
    """What each design says about payments, beside the truth."""
    designs = [part for part in tree.values() if COST.name in part and part[COST.name]["replications"]]
    promised = any("meets_guarantee" in design[COST.name] for design in designs)
    rows = []
    for design in designs:
        row = design[COST.name]
        cells = [design["title"] + (" *" if design["known_bias"] else ""), *_effects(row, COST.unit), _share(row["coverage"])]
        cells += [_share(row["significant"]), words.number(row["mde"]["mean"], COST.unit)]
        rows.append(tuple([*cells, _share(row["meets_guarantee"])] if promised else cells))
    columns = ("Design", "True", "Measured", "Standard error", "Covers truth", "Significant", "Detectable")
    biases = [f"* {design['title']}: {design['known_bias']}." for design in designs if design["known_bias"]]
    title = f"What an evaluation finds: change in payments per eligible month, {period}"
    return Table(title, (*columns, "Meets the guarantee") if promised else columns, tuple(rows), " ".join([_HOW_TO_READ, *biases]))


def outcomes_table(design: Tree, period: str) -> Table:
    """Every outcome by one design."""
    rows = []
    for outcome in OUTCOMES:
        row = design.get(outcome.name)
        if row is None or not row["replications"]:
            continue
        expected = words.number(row["expected"]["mean"], outcome.unit)
        found = [*_effects(row, outcome.unit), _share(row["significant"]), _mean(row["mde"], outcome.unit)]
        rows.append((outcome.title + _UNITS[outcome.unit], expected, *found))
    columns = ("", "Expected", "True change", "Measured change", "Standard error", "Significant", "Detectable")
    return Table(f"{design['title']}, {period}", columns, tuple(rows))


def balance_table(balance: Tree) -> Table:
    """Traits of programme and comparison before launch, and how far they are apart."""
    rows = tuple(
        (
            title,
            *(words.number(balance[name][group]["mean"], unit) for group in ("intervention", "comparison", "matched")),
            *(words.number(balance[name][gap]["mean"], "ratio", signed=True) for gap in ("before", "after")),
        )
        for name, (title, unit) in _TRAITS.items()
    )
    columns = ("", "Programme", "Comparison", "Matched", "Difference before", "after matching")
    return Table("Balance before launch", columns, rows, "Differences are standardised mean differences; below 0.1 counts as balanced.")


def flow_table(flow: Tree) -> Table:
    """What became of the eligibles."""
    rows: list[tuple[str, ...]] = [("Eligible", words.spread(flow["eligible"], "count"))]
    for end, title in (("enrolled", "Enrolled"), ("never_enrolled", "Never enrolled")):
        rows.append((title, words.spread(flow[end]["all"], "count")))
        rows += [(f"  {reason}", words.spread(flow[end][name], "count")) for name, reason in _REASONS.items() if flow[end][name]["mean"]]
    return Table("What became of the eligibles", ("", "Persons (p10 to p90)"), tuple(rows))


def cumulative_table(cumulative: Tree) -> Table:
    """Cost per person who entered, from launch on, beside cost per eligible month."""
    rows = []
    for place, row in enumerate(cumulative["intervention"]):
        cells = [f"Months 1-{row['month']['mean']:.0f}"]
        for group in _GROUPS:
            there = cumulative[group][place]
            cells += [words.number(there["cost"]["mean"], "USD"), words.number(there["pbpm"]["mean"], "USD per month")]
        rows.append(tuple(cells))
    heads = [f"{title}: {what}" for title in _GROUPS.values() for what in ("per person", "a month")]
    note = "Per person: all payments since launch, over everybody who entered. It rises with survival, which payments a month do not show."
    return Table("Cumulative payments", ("", *heads), tuple(rows), note)


def _effects(row: Tree, unit: str) -> list[str]:
    return [_mean(row["true"], unit, signed=True), change_text(row["measured"], unit), _mean(row["se"], unit)]


def _mean(statistics: words.Statistics, unit: str, *, signed: bool = False) -> str:
    """The mean change, without its spread."""
    return change_text({**statistics, "sd": None}, unit, signed=signed)


def _share(share: Tree) -> str:
    return words.number(share["share"], "share")
