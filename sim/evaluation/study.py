"""One replication with the evaluator's settings, and what the designs share: groups, covariates, matching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.evaluation.matching import covariate, matched_weights
from sim.evaluation.outcomes import Outcome
from sim.evaluation.people import Floats, Observed, People
from sim.evaluation.regression import standardised
from sim.evaluation.settings import Settings
from sim.evaluation.windows import Window


@dataclass(frozen=True)
class Study:
    """observed: the groups; settings: what the evaluator decided."""

    observed: Observed
    settings: Settings

    @cached_property
    def comparison_weights(self) -> Floats:
        """Weights of the comparison persons from matching; [m]."""
        settings, groups = self.settings, self.observed
        return matched_weights(groups.intervention, groups.comparison, settings.covariates, settings.neighbours)

    @cached_property
    def of_participants(self) -> Study:
        """The same with only those of the intervention who enrolled."""
        return Study(self.observed.among(self.observed.intervention.participants), self.settings)

    def covariates(self, groups: Sequence[People]) -> dict[str, Floats]:
        """Covariates of the groups one after the other, standardised; by name, [rows]."""
        named = self.settings.covariates
        return {name: standardised(np.concatenate([covariate(group, name) for group in groups])) for name in named}

    def true_effect(self, outcome: Outcome, window: Window) -> float:
        """What nobody can see: the intervention group less the same persons in usual care."""
        groups = self.observed
        return outcome.level(groups.intervention, window.periods) - outcome.level(groups.counterfactual, window.periods)

    def true_expected(self, outcome: Outcome, window: Window) -> float:
        """The level of the same persons in usual care."""
        return outcome.level(self.observed.counterfactual, window.periods)
