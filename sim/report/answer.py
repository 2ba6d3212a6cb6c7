"""The answer in three sentences, each number with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sim.economics.assigned import PANEL_KINDS
from sim.report import words
from sim.report.economics_tables import has_fees
from sim.report.reading import Reading, Tree
from sim.report.wording import percent

FEWEST: Final = 10
"""Replications of which one can say that 8 of 10 lie in a range."""
_LEVERS: Final = {
    "fee": "a fee of {} per participant-month",
    "enrolment": "{} times as many participant-months",
    "effect": "{} times the savings, all of them in proportion",
    "staffing": "a staff cost {} times that of this plan",
}


def answer(run: Reading) -> list[str]:
    """What the programme does, what that pays, and what limits it."""
    return [part for part in (_effect(run), _money(run), _limits(run)) if part]


def uncertainty(run: Reading) -> str:
    """What the intervals are, and what they leave out."""
    posterior = run.record.get("posterior")
    if posterior is None:
        left_out = "What is not known about the parameters is not in it, so the true uncertainty is larger."
    else:
        name = words.printable(str(posterior["name"]))
        left_out = f"Parameters are drawn from the posterior {name}; what is not known about the others is not in it."
    if run.replications == 1:
        return f"One replication only: no interval can be given. {left_out}"
    middle = (
        f"the middle 8 of 10 of {run.replications:,} replications (80% interval, p10 to p90)"
        if run.replications >= FEWEST
        else f"p10 to p90 of only {run.replications} replications, a rough 80% interval"
    )
    return f"In brackets {middle}: other panels of patients, other luck. {left_out}"


def largest_role(tree: Tree) -> tuple[str, Mapping[str, words.Statistics]] | None:
    """The role with most posts among those that have patients of their own; None without one."""
    roles = {role: values for role, values in tree["staff"].items() if values["caseload"]["mean"] is not None}
    return max(roles.items(), key=lambda item: item[1]["fte"]["mean"] or 0.0) if roles else None


def team(tree: Tree) -> str:
    """`12 case managers`, or `the programme`."""
    role = largest_role(tree)
    if role is None:
        return "the programme"
    posts = role[1]["fte"]["mean"] or 0.0
    return f"{posts:g} {words.printable(role[0]).replace('_', ' ')}{'' if posts == 1 else 's'}"


def bracket(statistics: words.Statistics, unit: str, *, signed: bool = False) -> str:
    """` (80% interval a to b)`, or nothing where there is no spread."""
    if not statistics["sd"]:
        return ""
    low, high = (words.number(statistics[key], unit, signed=signed) for key in ("p10", "p90"))
    return f" (80% interval {low} to {high})"


def _turned(statistics: words.Statistics) -> dict[str, float | None]:
    turned = {key: None if value is None else -value for key, value in statistics.items()}
    return {**turned, "sd": statistics["sd"], "p10": turned["p90"], "p90": turned["p10"]}


def _effect(run: Reading) -> str:
    tree = run.summary
    change = tree["difference"]["pbpm"]
    if change["mean"] is None:
        return ""
    saves = change["mean"] <= 0
    amount: words.Statistics = _turned(change) if saves else change
    subject = team(tree)
    plural = subject[0].isdigit() and not subject.startswith("1 ")
    verb = ("save" if saves else "cost") + ("" if plural else "s")
    eligible = words.number(tree["population"]["eligible"]["mean"], "count")
    text = (
        f"Over {words.horizon(run.horizon_us)}, {subject} for {eligible} eligible patients {verb} the "
        f"payer {words.number(amount['mean'], 'USD per month')}{'' if saves else ' more'} per patient-month before fees"
        f"{bracket(amount, 'USD per month')}"
    )
    moves = [
        _move(tree, name, what)
        for name, what in (("admissions_per_1000_py", "hospital admissions"), ("ed_visits_per_1000_py", "ED visits"))
    ]
    return f"{text}: for every 1,000 patients in a year, {' and '.join(moves)}."


def _move(tree: Tree, name: str, what: str) -> str:
    change, usual = tree["difference"][name], tree["arms"]["usual_care"][name]["mean"]
    if change["mean"] is None or usual is None or words.unclear(change):
        return f"no clear change in {what}"
    fewer = change["mean"] < 0
    amount: words.Statistics = _turned(change) if fewer else change
    size = words.number(amount["mean"], "count")
    if words.is_nothing(size):
        return f"no clear change in {what}"
    share = f" ({100 * amount['mean'] / usual:.0f}%)" if usual and amount["mean"] is not None else ""
    return f"{size} {'fewer' if fewer else 'more'} {what}{_merged(share, bracket(amount, 'count'))}"


def _merged(share: str, spread: str) -> str:
    """Two brackets as one."""
    return f"{share[:-1]}; {spread[2:]}" if share and spread else share + spread


def _money(run: Reading) -> str:
    if not run.appraised:
        return ""
    tree = run.summary
    paid, cost = tree["contract"]["paid"], tree["economics"]["owner"]["programme_cost"]["difference"]
    chance = tree["roi"]["owner"]["paid"]["probability"]["break_even"]
    true = tree["savings"]["true"]
    spent = words.number(None if cost["mean"] is None else -cost["mean"], "USD")
    back = (paid["mean"] or 0.0) < 0
    amount: words.Statistics = _turned(paid) if back else paid
    pays = f"the {'owner pays back' if back else 'contract pays'} {words.number(amount['mean'], 'USD')}{bracket(amount, 'USD')}"
    where = f"on top of the {spent} that the programme costs" if back else f"where the programme costs {spent}"
    text = (
        f"Of {words.number(true['mean'], 'USD')} truly saved{bracket(true, 'USD')}, {pays} {where}: the chance that its owner breaks "
        f"even is {percent(chance)}"
    )
    owed = tree["contract"]["probability_of_payback"]
    text += f", and the chance that it has to pay something back is {percent(owed)}."
    if tree["contract"]["kind"] in PANEL_KINDS:
        panel = words.number(tree["population"]["panel"]["mean"], "count")
        text += f" The contract is settled on the whole panel of {panel}, with the luck of that many, and its benchmark is assumed right."
    return text


def _limits(run: Reading) -> str:
    tree = run.summary
    parts = []
    role = largest_role(tree)
    if role is not None:
        values = role[1]
        name = words.printable(role[0]).replace("_", " ")
        parts.append(
            f"each {name} has {words.number(values['caseload']['mean'], 'count')} patients at month 6 and "
            f"{percent(values['lapsed_share']['mean'])} of the tasks lapse{bracket(values['lapsed_share'], 'share')}"
        )
    if run.appraised and tree["roi"]["owner"]["paid"]["probability"]["break_even"] < 0.5:
        found = break_evens(tree)
        parts.append(
            f"on average the owner would break even with {' or '.join(found)}" if found else "no single lever makes the owner break even"
        )
    return f"{parts[0][0].upper()}{'; '.join(parts)[1:]}." if parts else ""


def break_evens(tree: Tree) -> list[str]:
    """What it takes for the owner's return as paid to reach zero, lever by lever; those that cannot do it, and a fee where none
    is paid, are left out."""
    found: Mapping[str, Any] = tree["roi"]["owner"]["paid"]["break_even"]
    return [
        wording.format(words.number(found[lever], "USD per month") if lever == "fee" else f"{found[lever]:.2f}")
        for lever, wording in _LEVERS.items()
        if found[lever] is not None and (lever != "fee" or has_fees(tree))
    ]
