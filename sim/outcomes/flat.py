"""The outcomes of one replication under dotted names, section by section; `sim.flat` puts the sections together.

    <arm>[.<cohort>][.<window>].<measure>   programme.roi_fees, difference.m7_18.admissions_per_1000_py
    staff.<role>.<measure>                  staff.case_manager.utilisation (programme arm)
    components.<component>.<figure>         components.surveillance_call.lapsed (programme arm)
    population.<figure>                     population.eligible_share

The arm is usual_care, programme or difference; left out, the cohort is original and the window the whole programme period.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.outcomes.measures import COHORT_CHOICES, MEASURES, measure_replication
from sim.outcomes.results import ARMS, ReplicationResult
from sim.outcomes.staffing import COMPONENT_FIGURES, STAFF_MEASURES, component_values, staff_values
from sim.outcomes.terms import terms_of
from sim.outcomes.windows import MAIN_WINDOW, WINDOW_NAMES, windows

if TYPE_CHECKING:
    from sim.scenario import Scenario

MAIN_COHORT: Final = "original"
ENROLMENT_FIGURES: Final = ("enrolled_share", "ever_enrolled_share", "never_contacted", "never_contacted_months")
"""Figures of the population that the programme arm gives."""
POPULATION_FIGURES: Final = (
    "panel",
    "present_at_launch",
    "eligible",
    "eligible_share",
    "cost_share",
    "panel_cost_per_person",
    "newly_eligible",
    "refresh",
    "baseline_cost_per_person",
    "mean_age",
    "female_share",
    "under_65_share",
    "mean_risk_score",
    "mean_medications",
    "behavioural_health_share",
    *ENROLMENT_FIGURES,
)


@dataclass(frozen=True)
class Section:
    """A part of the table: the names it will give for a scenario, and their values after a replication.

    The names are known before anything is run, so that a name nobody will fill is refused at once.
    """

    prefixes: tuple[str, ...]
    """How the names of this section begin, and no others."""
    names: Callable[[Scenario], Iterable[str]]
    values: Callable[[ReplicationResult, Scenario, Collection[str]], Iterable[tuple[str, float]]]
    """Takes the names that are wanted, all of this section; it may give more."""
    evaluated: Callable[[str], bool] = lambda name: False
    """Whether the value of a name of this section can come from the scenario's evaluation."""


def _measure_name(arm: str, cohort: str, window: str, measure: str) -> str:
    parts = (arm, "" if cohort == MAIN_COHORT else cohort, "" if window == MAIN_WINDOW else window, measure)
    return ".".join(part for part in parts if part)


def _measure_names(scenario: Scenario) -> Iterator[str]:
    present = [window.name for window in windows(terms_of(scenario).horizon_us).values() if window is not None]
    for window in present:
        for cohort in COHORT_CHOICES:
            for arm in (*ARMS, "difference"):
                for measure in MEASURES:
                    yield _measure_name(arm, cohort, window, measure.name)


def _measure_values(result: ReplicationResult, scenario: Scenario, wanted: Collection[str]) -> Iterator[tuple[str, float]]:
    terms = terms_of(scenario)
    for (arm, cohort, window), values in measure_replication(result, terms, {_choice_of(name) for name in wanted}).items():
        for name, value in values.items():
            yield _measure_name(arm, cohort, window, name), value


def _choice_of(name: str) -> tuple[str, str]:
    """(cohort, window) of the name of a measure."""
    parts = name.split(".")[1:-1]
    cohort = next((part for part in parts if part in COHORT_CHOICES), MAIN_COHORT)
    return cohort, next((part for part in parts if part in WINDOW_NAMES), MAIN_WINDOW)


def _staff_values(result: ReplicationResult, scenario: Scenario, wanted: Collection[str]) -> Iterator[tuple[str, float]]:
    for role, values in staff_values(result.arms["programme"], terms_of(scenario).horizon_us).items():
        for name, value in values.items():
            yield f"staff.{role}.{name}", value


def _component_values(result: ReplicationResult, scenario: Scenario, wanted: Collection[str]) -> Iterator[tuple[str, float]]:
    for component, values in component_values(result.arms["programme"]).items():
        if component in scenario.programme.components:
            for name, value in values.items():
                yield f"components.{component}.{name}", value


SECTIONS: Final[tuple[Section, ...]] = (
    Section(tuple(f"{arm}." for arm in (*ARMS, "difference")), _measure_names, _measure_values),
    Section(
        ("staff.",),
        lambda scenario: (f"staff.{role}.{measure.name}" for role in scenario.programme.staff for measure in STAFF_MEASURES),
        _staff_values,
    ),
    Section(
        ("components.",),
        lambda scenario: (f"components.{name}.{figure}" for name in scenario.programme.components for figure in COMPONENT_FIGURES),
        _component_values,
    ),
    Section(
        ("population.",),
        lambda scenario: (f"population.{figure}" for figure in POPULATION_FIGURES),
        lambda result, scenario, wanted: ((f"population.{figure}", result.population[figure]) for figure in POPULATION_FIGURES),
    ),
)
