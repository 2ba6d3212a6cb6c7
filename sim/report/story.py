"""The result in a few plain sentences, for the terminal and the top of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.outcomes.terms import Terms
from sim.report import words
from sim.report.wording import percent


def story(summary: Mapping[str, Any], terms: Terms) -> list[str]:
    """Who, what changed and how busy the staff were, for those eligible at launch; and the contract's money, for all cohorts."""
    sentences = [_who(summary, terms), _change(summary)]
    sentences += [sentence for sentence in (_money(summary), _staff(summary)) if sentence]
    return sentences


def _mean(statistics: Mapping[str, float | None]) -> float | None:
    return statistics["mean"]


def _who(summary: Mapping[str, Any], terms: Terms) -> str:
    population = summary["population"]
    eligible = words.number(_mean(population["eligible"]), "count")
    panel = words.number(_mean(population["panel"]), "count")
    enrolled = words.number(_mean(population["enrolled_share"]), "share")
    replications = summary["replications"]
    times, each = ("once", "") if replications == 1 else (f"{replications:,} times", "each time ")
    return (
        f"Over {words.horizon(terms.horizon_us)}, {eligible} eligible patients of a panel of {panel} were simulated {times} (seed "
        f"{summary['seed']}), {each}with usual care and with the programme; {enrolled} of them enrolled within 6 months."
    )


def _change(summary: Mapping[str, Any]) -> str:
    parts = [
        _compared(summary, "admissions_per_1000_py", "hospital admissions"),
        _compared(summary, "ed_visits_per_1000_py", "ED visits"),
    ]
    text = f"For every 1,000 patients in a year, the programme means {parts[0]}, and {parts[1]}."
    return f"{text} {deaths}" if (deaths := _deaths(summary["difference"]["deaths"])) else text


def _deaths(change: words.Statistics) -> str:
    value = change["mean"]
    if value is None:
        return ""
    if value == 0:
        return "As many die as in usual care."
    if words.unclear(change) or words.is_nothing(words.number(value, "count")):
        return "Deaths do not differ by more than chance."
    size = words.counted(abs(value), f"{'fewer' if value < 0 else 'more'} death")
    return f"Over the whole run there {'is' if size.startswith('1 ') else 'are'} {size}."


def _compared(summary: Mapping[str, Any], name: str, what: str) -> str:
    usual, difference = _mean(summary["arms"]["usual_care"][name]), summary["difference"][name]
    change = _mean(difference)
    if usual is None or change is None:
        return f"an unknown number of {what}"
    base = words.number(usual, "count")
    size = words.number(abs(change), "count")
    if words.is_nothing(size):
        return f"no change in {what} ({base} a year)"
    share = f", {100 * abs(change) / usual:.0f}%" if usual else ""
    doubt = " (too small to tell from chance)" if words.unclear(difference) else ""
    return f"{size} {'fewer' if change < 0 else 'more'} {what} (from {base}{share}){doubt}"


def _money(summary: Mapping[str, Any]) -> str:
    if "contract" not in summary:
        return ""
    saved, paid = (float(_mean(statistics) or 0.0) for statistics in (summary["savings"]["true"], summary["contract"]["paid"]))
    cost = -float(_mean(summary["economics"]["owner"]["programme_cost"]["difference"]) or 0.0)
    care = f"saves the payer {words.number(saved, 'USD')}" if saved >= 0 else f"costs the payer {words.number(-saved, 'USD')} more"
    pays = f"pays {words.number(paid, 'USD')}" if paid >= 0 else f"takes {words.number(-paid, 'USD')} back"
    text = (
        f"Before fees and settlement the programme {care} of care (all cohorts, nominal dollars). The contract "
        f"({summary['contract']['kind']}) {pays} and the programme costs its owner {words.number(cost, 'USD')}: the chance that the "
        f"owner breaks even is {percent(summary['roi']['owner']['paid']['probability']['break_even'])}, and the chance that something has "
        f"to be paid back is {percent(summary['contract']['probability_of_payback'])}."
    )
    return f"{text} These sums are uncalibrated." if summary["uncalibrated"] else text


def _staff(summary: Mapping[str, Any]) -> str:
    roles = {role: values for role, values in summary["staff"].items() if _mean(values["caseload"]) is not None}
    if not roles:
        return ""
    role, values = max(roles.items(), key=lambda item: _mean(item[1]["fte"]) or 0.0)
    share = _mean(values["utilisation"])
    on_time, lapsed = _mean(values["on_time"]), _mean(values["tasks_lapsed"])
    plural = words.printable(role).replace("_", " ") + "s"
    text = (
        f"The {words.number(_mean(values['fte']), 'count')} {plural} have {words.number(_mean(values['caseload']), 'count')} patients each "
        f"at month 6 and spend {words.number(share, 'share')} of their productive time on tasks"
    )
    if on_time is not None and lapsed is not None:
        text += f"; {words.number(on_time, 'share')} of tasks start on time and {words.number(lapsed, 'count')} lapse undone"
    return text + "."
