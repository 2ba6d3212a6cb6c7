"""The panel that an accountable care organisation answers for: the programme's eligibles and everybody else of the panel.

A benchmark is meant to be what the assigned people would cost anyway. A simulator knows that of the eligibles: usual care's payments on
the same luck. Nobody else is touched by the programme, so that their spending is the same in both arms. Hence, in each year,

    B = p (1 + trend)^t months          the benchmark: what the panel cost in the baseline year, grown to the middle of the year
    R = B - T                           what everybody else spends; T: usual care's payments per month x the programme's eligible months
    E = A + R                           on the truth; A: the programme arm's payments, B - E = T - A is truly saved
    E = A + R - z sd (1 + trend)^t sqrt(n)      as it is measured; z: a standard normal draw of the panel and year, n: person-years

p: payments per person-month, sd: standard deviation of a person's payments, both of the whole panel in the baseline year; trend: the
benchmark's; months: of all people of the panel. Where the eligibles alone would cost more than B, R is 0 and B is T. Assumptions: the
benchmark is right on average, so that nothing is paid for regression to the mean, ageing or a wrong trend (what a wrong one does is the
actuary's figure); whoever dies or leaves is replaced and others fall ill, so that the panel keeps size and case mix; years are independent;
spending is not truncated per person. That the luck of n people has about this size is what the size table of minimum savings rates rests
on, which implies a coefficient of variation of 2.1 (evidence 6.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sim.economics.measured import Assigned, Measured, Period, trend_years
from sim.economics.money import to_cent
from sim.economics.terms import EconomicTerms
from sim.outcomes.results import PANEL_LUCK, ReplicationResult

if TYPE_CHECKING:
    from sim.scenario.model.contract import Contract

PANEL_KINDS: Final = ("pioneer", "mssp", "reach", "medicaid_aco")
"""Kinds of contract under which an organisation answers for all who are assigned to it."""


@dataclass(frozen=True)
class AssignedPanel:
    """people: of the panel at launch; pbpm: payments per person-month, sd: standard deviation of a person's payments in a year, both USD in
    the baseline year; luck: standard normal draws by programme year."""

    people: float
    pbpm: float
    sd: float
    luck: tuple[float, ...]


def answers_for_panel(contract: Contract) -> bool:
    """Whether the contract is settled on the whole panel."""
    return contract.kind in PANEL_KINDS


def assigned_panel(result: ReplicationResult) -> AssignedPanel:
    """The panel of a replication."""
    about = result.population
    luck = [about[f"{PANEL_LUCK}{year}"] for year in range(1, sum(name.startswith(PANEL_LUCK) for name in about) + 1)]
    return AssignedPanel(about["panel"], about["panel_cost_per_person"] / 12, about["panel_cost_sd"], tuple(luck))


def with_panel(eligibles: Measured, panel: AssignedPanel, terms: EconomicTerms) -> Measured:
    """The figures of a period with everybody else of the panel: the truth. Their documented risk does not change."""
    months = panel.people * _length(eligibles.period, terms)
    elsewhere = max(0.0, to_cent(panel.pbpm * _grown(eligibles.period, terms) * months - eligibles.target))
    target = eligibles.target + elsewhere
    risk = (eligibles.target * eligibles.risk_ratio + elsewhere) / target if target else 1.0
    return replace(
        eligibles,
        target=target,
        actual=eligibles.actual + elsewhere,
        baseline_risk=1.0,
        period_risk=risk,
        assigned=Assigned(panel.people, max(months, eligibles.eligible_months), elsewhere),
    )


def with_luck(true: Measured, panel: AssignedPanel, terms: EconomicTerms) -> Measured:
    """The figures of a period as they are measured: spending falls out by chance, and the benchmark does not know it."""
    person_years = panel.people * _length(true.period, terms) / 12
    saved = panel.luck[true.period.year - 1] * panel.sd * _grown(true.period, terms) * math.sqrt(person_years)
    return replace(true, actual=max(0.0, to_cent(true.actual - saved)))


def _length(period: Period, terms: EconomicTerms) -> float:
    """Months; a last one that is not whole counts in part."""
    return math.fsum(terms.month_lengths()[period.first - 1 : period.last])


def _grown(period: Period, terms: EconomicTerms) -> float:
    """Growth of spending from the middle of the baseline year to that of the period."""
    return math.pow(1.0 + float(terms.economics.benchmark.trend), trend_years(period))
