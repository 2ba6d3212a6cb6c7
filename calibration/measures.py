"""What a target asks of a replication: a measure of one arm, a ratio or difference of the arms, a growth between windows.

It may ask it of a changed scenario, against the scenario as it is, on the same patients with the same luck.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sim.flat import flat_outcomes, outcome_names
from sim.outcomes.flat import ENROLMENT_FIGURES
from sim.outcomes.measures import BY_NAME, MEASURES, Cell, Measure, Slice, divide
from sim.outcomes.persons import BY_NAME as PERSON_FIGURES
from sim.outcomes.persons import PREFIX, lacking
from sim.outcomes.results import ARMS, ReplicationResult
from sim.outcomes.terms import Terms, terms_of
from sim.outcomes.windows import MAIN_WINDOW, windows
from sim.scenario import change
from sim.scenario.errors import listed, nearest

if TYPE_CHECKING:
    from sim.scenario import Scenario

ArmName = Literal["usual_care", "programme", "ratio", "difference"]
"""`ratio` is programme / usual care, `difference` programme - usual care, replication by replication."""
COHORT: Final = "original"
POPULATION: Final = "population."


def _fee_share(cell: Cell) -> float:
    return BY_NAME["gross_saving_rate"].compute(cell) - BY_NAME["net_saving_rate"].compute(cell)


OF_CALIBRATION: Final[tuple[Measure, ...]] = (
    Measure(
        "ed_admission_share",
        "Admissions through the ED",
        "Share of hospital admissions that came through the emergency department.",
        "admissions from an ED visit",
        "hospital admissions",
        "share",
        lambda cell: divide(cell.own.total("ed_admissions"), cell.own.total("admissions")),
    ),
    Measure(
        "fee_share",
        "Fee share of cost",
        "Fees as a share of what the programme arm's eligible months would have cost at usual care's PBPM.",
        "fees",
        "usual care's PBPM x the programme arm's eligible months",
        "share",
        _fee_share,
        programme_only=True,
        money=True,
    ),
)
"""Measures that only targets ask for, made from the same tallies as all others."""

KNOWN: Final = {measure.name: measure for measure in (*MEASURES, *OF_CALIBRATION)}


@dataclass(frozen=True)
class Asked:
    """A number of a replication, of the original cohort.

    measure: a measure, or the full name of an outcome without an arm (`population.eligible_share`, `staff.case_manager.caseload`,
    `persons.cost_cv`); relative_to: the window that the value is divided by, for growth; changes: `key=value` of the scenario: the
    number is then that of the changed scenario over that of the scenario as it is.
    """

    measure: str
    arm: ArmName | None = None
    window: str = MAIN_WINDOW
    relative_to: str | None = None
    changes: tuple[str, ...] = ()

    def problem(self, scenario: Scenario) -> tuple[str, str] | None:
        """(key, message) of what a scenario cannot give; None when it can."""
        if self.measure in PERSON_FIGURES:
            lacks = lacking(PERSON_FIGURES[self.measure], scenario)
            if lacks is not None:
                return "measure", lacks
        if self.measure not in KNOWN:
            known = [name for name in outcome_names(scenario) if name.startswith(("population.", "staff.", "components."))]
            plain = [*known, *PERSON_FIGURES]
            if self.measure not in plain:
                return "measure", f"no measure is called '{self.measure}'{nearest(self.measure, [*KNOWN, *plain])}"
            if self.arm is not None or self.relative_to is not None or self.window != MAIN_WINDOW:
                return "measure", f"'{self.measure}' has no arm and no window; leave arm, window and relative_to out"
            return None
        if self.arm is None:
            return "arm", "missing; must be 'usual_care', 'programme', 'ratio' or 'difference'"
        if KNOWN[self.measure].programme_only and (self.arm != "programme" or self.relative_to is not None):
            return "arm", f"'{self.measure}' is of the programme alone: arm must be programme, without relative_to"
        present = [window.name for window in windows(terms_of(scenario).horizon_us).values() if window is not None]
        for key, window in (("window", self.window), ("relative_to", self.relative_to)):
            if window is not None and window not in present:
                return key, f"must be {listed(present)} for this scenario (got '{window}'){nearest(window, present)}"
        return None

    @property
    def of_usual_care(self) -> bool:
        """Whether usual care alone gives it."""
        if self.measure in PERSON_FIGURES:
            return not PERSON_FIGURES[self.measure].programme
        if self.arm is None:
            return self.measure.startswith(POPULATION) and self.measure.removeprefix(POPULATION) not in ENROLMENT_FIGURES
        return self.arm == "usual_care"

    def value(self, ran: Mapping[tuple[str, ...], Ran]) -> float:
        """The value in one replication, run with each of the changes that are asked for and without; NaN where it is not defined."""
        own = self._of(ran[self.changes])
        return divide(own, self._of(ran[()])) if self.changes else own

    def _of(self, ran: Ran) -> float:
        if self.measure in PERSON_FIGURES:
            return ran.result.persons[self.measure]
        if self.arm is None:
            return flat_outcomes(ran.result, ran.scenario, [self.measure])[self.measure]
        terms = terms_of(ran.scenario)
        if self.arm in ("usual_care", "programme"):
            return _grown(self, self.arm, ran.result, terms)
        ours, theirs = (_grown(self, arm, ran.result, terms) for arm in ("programme", "usual_care"))
        return divide(ours, theirs) if self.arm == "ratio" else ours - theirs


class Ran(NamedTuple):
    """A scenario and one replication of it."""

    scenario: Scenario
    result: ReplicationResult


def persons_of(asked: Iterable[Asked]) -> tuple[str, ...]:
    """The figures by person that a replication must give for these."""
    return tuple(sorted({one.measure for one in asked if one.measure.startswith(PREFIX)}))


def arms_of(asked: Iterable[Asked]) -> tuple[str, ...]:
    """The arms that a replication must run for these. Usual care always, which the programme is compared with."""
    return ARMS[:1] if all(one.of_usual_care for one in asked) else ARMS


def variants(asked: Iterable[Asked], scenario: Scenario) -> dict[tuple[str, ...], Scenario]:
    """The scenarios that a replication must be run of, by the changes that make them. Raises ScenarioErrors for a refused change."""
    wanted = dict.fromkeys([(), *(one.changes for one in asked)])
    return {changes: change(scenario, changes) if changes else scenario for changes in wanted}


def values_of(asked: Sequence[Asked], ran: Mapping[tuple[str, ...], Ran]) -> list[float]:
    """The value of each in one replication, run of every variant of the scenario."""
    return [one.value(ran) for one in asked]


def _grown(asked: Asked, arm: str, result: ReplicationResult, terms: Terms) -> float:
    value = _measured(asked.measure, arm, asked.window, result, terms)
    return value if asked.relative_to is None else divide(value, _measured(asked.measure, arm, asked.relative_to, result, terms))


def _measured(name: str, arm: str, window: str, result: ReplicationResult, terms: Terms) -> float:
    found = windows(terms.horizon_us)[window]
    if found is None:
        return math.nan
    usual, own = (Slice(result.arms[of], COHORT, found, terms) for of in ("usual_care", arm))
    return KNOWN[name].compute(Cell(own, usual, arm == "programme"))
