"""The result in a few plain sentences, for the terminal and the top of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.outcomes.terms import Terms
from sim.report import words


def story(summary: Mapping[str, Any], terms: Terms) -> list[str]:
    """Sentences about the original cohort: who, what changed, what it cost, how busy the staff were."""
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
    times = "once" if replications == 1 else f"{replications} times"
    return (
        f"Over {words.horizon(terms.horizon_us)}, {eligible} eligible patients of a panel of {panel} were simulated {times} (seed "
        f"{summary['seed']}), each time with usual care and with the programme; {enrolled} of them enrolled within 6 months."
    )


def _change(summary: Mapping[str, Any]) -> str:
    parts = [
        _compared(summary, "admissions_per_1000_py", "hospital admissions"),
        _compared(summary, "ed_visits_per_1000_py", "ED visits"),
    ]
    deaths = summary["difference"]["deaths"]
    text = f"For every 1,000 patients in a year, the programme means {parts[0]}, and {parts[1]}"
    value = _mean(deaths)
    if value is None:
        return text + "."
    if words.unclear(deaths):
        return text + ". Deaths do not differ by more than chance."
    return text + f". Over the whole run there are {words.number(abs(value), 'count')} {'fewer' if value < 0 else 'more'} deaths."


def _compared(summary: Mapping[str, Any], name: str, what: str) -> str:
    usual, difference = _mean(summary["arms"]["usual_care"][name]), summary["difference"][name]
    change = _mean(difference)
    if usual is None or change is None:
        return f"an unknown number of {what}"
    base = words.number(usual, "count")
    if change == 0:
        return f"no change in {what} ({base} a year)"
    percent = f", {100 * abs(change) / usual:.0f}%" if usual else ""
    doubt = " (too small to tell from chance)" if words.unclear(difference) else ""
    return f"{words.number(abs(change), 'count')} {'fewer' if change < 0 else 'more'} {what} (from {base}{percent}){doubt}"


def _money(summary: Mapping[str, Any]) -> str:
    arm = summary["arms"]["programme"]
    gross, fees, roi = (_mean(arm[name]) for name in ("gross_savings", "fees", "roi_fees"))
    if gross is None or fees is None or roi is None:
        return ""
    verb = f"saves the payer {words.number(gross, 'USD')}" if gross >= 0 else f"costs the payer {words.number(-gross, 'USD')} more"
    text = f"Before fees the programme {verb} of care; fees come to {words.number(fees, 'USD')}"
    net = gross - fees
    text += f", which leaves {'a saving' if net >= 0 else 'a loss'} of {words.number(abs(net), 'USD')}"
    return text + f" ({words.number(roi, 'ratio')} dollars of savings per dollar of fee). These sums are uncalibrated."


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
