"""One replication as one flat table of outcomes by dotted name: what an experiment stores and a target or objective names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from sim.appraisal_outcomes import SECTIONS as APPRAISAL_SECTIONS
from sim.outcomes.flat import SECTIONS as OUTCOME_SECTIONS
from sim.outcomes.flat import Section
from sim.outcomes.results import ReplicationResult

if TYPE_CHECKING:
    from sim.scenario import Scenario

SECTIONS: Final[tuple[Section, ...]] = (*OUTCOME_SECTIONS, *APPRAISAL_SECTIONS)
"""Every section, each with names of its own."""


def outcome_names(scenario: Scenario) -> list[str]:
    """The dotted name of every outcome that a replication of this scenario gives, in a fixed order."""
    return [name for section in SECTIONS for name in section.names(scenario)]


def as_needed(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario for these outcomes: without its evaluation, which doubles the time of a replication, if none can come from it."""
    from sim.scenario import change

    wanted = list(names)
    used = any(section.evaluated(name) for section in SECTIONS for name in wanted if name.startswith(section.prefixes))
    return scenario if used or scenario.evaluation is None else change(scenario, ["evaluation=none"])


def flat_outcomes(result: ReplicationResult, scenario: Scenario, names: Iterable[str] | None = None) -> dict[str, float]:
    """Outcomes of one replication by dotted name, all or those named; NaN where one is not defined. Errors: KeyError."""
    chosen = outcome_names(scenario) if names is None else list(names)
    found: dict[str, float] = {}
    for section in SECTIONS:
        mine = [name for name in chosen if name.startswith(section.prefixes)]
        if mine:
            found.update((name, float(value)) for name, value in section.values(result, scenario, mine))
    return {name: found[name] for name in chosen}
