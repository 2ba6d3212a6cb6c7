"""What an appraisal says of one replication, under dotted names: sections of the flat table of outcomes.

economics.<party>.<line>[.difference]       positions over the whole run, USD; economics.owner.net
savings.{true,measured}                     gross savings, USD
contract.{fees,earned,owed,paid,pays_back}  what is settled, USD; pays_back is 1 when anything is owed
roi.{gross,net,owner}.{true,measured,paid}  the three returns
evaluation.<design>[.<window>].<outcome>.{true,measured,se,p_value,significant}   original cohort
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from sim.appraisal import account_of, evaluation_of
from sim.economics.lines import LINES
from sim.economics.roi import BASES, returned
from sim.evaluation.evaluating import Finding
from sim.evaluation.outcomes import OUTCOMES
from sim.outcomes.flat import Section
from sim.outcomes.results import ReplicationResult
from sim.outcomes.windows import MAIN_WINDOW

if TYPE_CHECKING:
    from sim.scenario import Scenario

AMOUNTS: Final = ("fees", "earned", "owed", "paid")
FIGURES: Final = ("true", "measured", "se", "p_value", "significant")


def _position_names(scenario: Scenario) -> Iterator[str]:
    for line in LINES:
        yield f"economics.{line.party}.{line.name}"
        yield f"economics.{line.party}.{line.name}.difference"


def _money_names(scenario: Scenario) -> Iterator[str]:
    yield from _position_names(scenario)
    yield from ("savings.true", "savings.measured")
    yield from (f"contract.{name}" for name in (*AMOUNTS, "pays_back"))
    yield from (f"roi.{definition}.{basis}" for definition, bases in BASES.items() for basis in bases)


def _takes_measuring(name: str) -> bool:
    """Whether an amount depends on what is measured; what was truly saved does not."""
    return not (name.startswith(("savings.", "roi.")) and name.endswith(".true"))


def _money_values(result: ReplicationResult, scenario: Scenario, wanted: Collection[str]) -> Iterator[tuple[str, float]]:
    account = account_of(scenario, result)
    columns = account.positions(account.run)
    for line in LINES:
        yield f"economics.{line.party}.{line.name}", columns["programme"][line.party][line.name]
        yield f"economics.{line.party}.{line.name}.difference", columns["difference"][line.party][line.name]
    plan = account.plan
    yield "savings.true", plan.savings("true")
    yield "savings.measured", plan.savings("measured")
    for name in AMOUNTS:
        yield f"contract.{name}", math.fsum(getattr(settled, name) for settled in account.settlements)
    yield "contract.pays_back", float(any(settled.pays_back for settled in account.settlements))
    for definition, bases in BASES.items():
        for basis in bases:
            yield f"roi.{definition}.{basis}", returned(plan, definition, basis)


def _finding_name(design: str, window: str, outcome: str, figure: str) -> str:
    return ".".join(part for part in ("evaluation", design, "" if window == MAIN_WINDOW else window, outcome, figure) if part)


def _finding_names(scenario: Scenario) -> Iterator[str]:
    if scenario.evaluation is not None:
        for design in scenario.evaluation.designs:
            for window in scenario.evaluation.windows:
                for outcome in OUTCOMES:
                    yield from (_finding_name(design, window, outcome.name, figure) for figure in FIGURES)


def _finding_values(result: ReplicationResult, scenario: Scenario, wanted: Collection[str]) -> Iterator[tuple[str, float]]:
    yield from ((name, math.nan) for name in wanted)  # a window that the run is too short for, a design without its group
    evaluation = evaluation_of(result, "original")
    if evaluation is not None:
        for (design, window, outcome), finding in evaluation.findings.items():
            yield from ((_finding_name(design, window, outcome, figure), value) for figure, value in _figures(finding).items())


def _figures(finding: Finding) -> dict[str, float]:
    estimate = finding.estimate
    if estimate is None:
        return {"true": finding.true} | dict.fromkeys(FIGURES[1:], math.nan)
    measured = (estimate.effect, estimate.se, estimate.p_value, float(estimate.significant))
    return {"true": finding.true} | dict(zip(FIGURES[1:], measured, strict=True))


SECTIONS: Final[tuple[Section, ...]] = (
    Section(("economics.", "savings.", "contract.", "roi."), _money_names, _money_values, evaluated=_takes_measuring),
    Section(("evaluation.",), _finding_names, _finding_values, evaluated=lambda name: True),
)
