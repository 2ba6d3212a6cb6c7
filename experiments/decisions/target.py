"""Targets as people write them: `roi_fees >= 1 with probability 0.9`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from experiments.analysis.statistics import Floats, hits, mean_error, share_interval
from experiments.errors import SweepError
from experiments.specification.names import UnknownName, outcome_named

_NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TARGET: Final = re.compile(rf"\s*([a-z][\w.]*)\s*(>=|<=)\s*({_NUMBER})\s*(?:with\s+probability\s+({_NUMBER}))?\s*")


@dataclass(frozen=True)
class Target:
    """An outcome at least (or at most) a value: on average, or with a probability."""

    outcome: str
    at_least: bool
    value: float
    probability: float | None

    def __str__(self) -> str:
        chance = "" if self.probability is None else f" with probability {self.probability:g}"
        return f"{self.outcome} {'>=' if self.at_least else '<='} {self.value:g}{chance}"

    def measure(self, cells: Floats) -> tuple[float, float, float]:
        """How near cells (draws, replications) come: the probability, or the mean, with its 95% interval; larger is nearer."""
        sign = 1.0 if self.at_least else -1.0
        if self.probability is not None:
            return share_interval(hits(sign * cells, sign * self.value))
        mean, error = mean_error(sign * cells)
        return mean, mean - 1.96 * error, mean + 1.96 * error

    @property
    def wanted(self) -> float:
        """The least that `measure` has to give."""
        if self.probability is not None:
            return self.probability
        return self.value if self.at_least else -self.value


def parse_target(text: str, known: list[str]) -> Target:
    """Read a target; a measure that only the programme has may be named alone. Errors: SweepError."""
    match = _TARGET.fullmatch(text)
    if match is None:
        raise SweepError(f"--target must be written as in 'roi_fees >= 1 with probability 0.9' (got '{text[:80]}')")
    try:
        outcome = outcome_named(match[1], known)
    except UnknownName as error:
        raise SweepError(f"--target: {error}") from error
    probability = None if match[4] is None else float(match[4])
    if probability is not None and not 0 < probability < 1:
        raise SweepError(f"--target: a probability lies between 0 and 1 (got {match[4]})")
    return Target(outcome, match[2] == ">=", float(match[3]), probability)
