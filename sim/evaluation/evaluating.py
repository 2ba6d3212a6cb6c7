"""The evaluation of one replication: every design, outcome and window, with the truth beside each estimate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.evaluation.balance import balance
from sim.evaluation.designs.catalogue import DESIGNS
from sim.evaluation.estimate import Estimate
from sim.evaluation.flow import Flow, flow
from sim.evaluation.outcomes import OUTCOMES, Outcome
from sim.evaluation.people import Observed
from sim.evaluation.settings import Promise, Settings
from sim.evaluation.study import Study
from sim.evaluation.survivors import cumulative, survival_cost
from sim.evaluation.windows import Window, window
from sim.scenario.model.evaluation import DesignName, WindowName


@dataclass(frozen=True)
class Finding:
    """One outcome by one design in one window. true: the effect on the persons the design claims to measure; true_expected: their
    level in usual care; months, participant_months: of those persons in the window; estimate: None where the design gives none."""

    true: float
    true_expected: float
    months: float
    participant_months: float
    estimate: Estimate | None

    def measured_rate(self, promise: Promise) -> float:
        """Measured net saving, of the expected cost; NaN without an estimate."""
        if self.estimate is None:
            return math.nan
        return self._net_rate(self.estimate.effect, self.estimate.expected, promise)

    def true_rate(self, promise: Promise) -> float:
        """True net saving, of the cost of the same months in usual care."""
        return self._net_rate(self.true, self.true_expected, promise)

    def _net_rate(self, effect: float, expected: float, promise: Promise) -> float:
        target = expected * self.months
        return (-effect * self.months - promise.fee * self.participant_months) / target if target > 0 else math.nan


Key = tuple[DesignName, WindowName, str]
"""Design, window, name of the outcome."""


@dataclass(frozen=True)
class Evaluation:
    """One replication as published. findings: by Key; flow, balance, cumulative, survival: `sim.evaluation.flow`, `.balance`,
    `.survivors`, the cumulative ones by group."""

    findings: Mapping[Key, Finding]
    flow: Flow
    balance: Mapping[str, Mapping[str, float]]
    cumulative: Mapping[str, list[dict[str, float]]]
    survival: Mapping[str, float]


def evaluate(observed: Observed, settings: Settings) -> Evaluation:
    """Evaluate one replication. Windows that the table is too short for, and designs without their group, are left out."""
    study = Study(observed, settings)
    found = (window(name, observed.intervention) for name in settings.windows)
    stretches = [stretch for stretch in found if stretch is not None]
    findings: dict[Key, Finding] = {}
    for name in settings.designs:
        if name == "randomised" and observed.control is None:
            continue
        for stretch in stretches:
            for outcome in OUTCOMES:
                findings[name, stretch.name, outcome.name] = _finding(name, study, outcome, stretch)
    groups = {"intervention": observed.intervention, "counterfactual": observed.counterfactual}
    return Evaluation(
        findings=findings,
        flow=flow(observed.intervention),
        balance=balance(observed.intervention, observed.comparison, study.comparison_weights),
        cumulative={
            **{name: cumulative(people) for name, people in groups.items()},
            "comparison": cumulative(observed.comparison, study.comparison_weights),
        },
        survival=survival_cost(observed),
    )


def _finding(name: DesignName, study: Study, outcome: Outcome, stretch: Window) -> Finding:
    design = DESIGNS[name]
    meant = design.population(study)
    people = meant.observed.intervention
    return Finding(
        true=meant.true_effect(outcome, stretch),
        true_expected=meant.true_expected(outcome, stretch),
        months=float(people.months[:, stretch.periods].sum()),
        participant_months=float(people.enrolled_months[:, stretch.periods].sum()),
        estimate=design.estimate(study, outcome, stretch),
    )
