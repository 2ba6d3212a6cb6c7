"""The CMS-HCC risk score: an age-sex part plus the documented conditions, with hierarchy and interactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.population.person import MOST_CONDITIONS

AGE_BANDS: Final = {"under_65": 0, "from_65": 65, "from_70": 70, "from_75": 75, "from_80": 80, "from_85": 85, "from_90": 90, "from_95": 95}
"""Name of an age band -> the age in years at which it begins."""


@dataclass(frozen=True)
class ScoreTable:
    """What a set of conditions adds to the risk score.

    names: the conditions in the order of bits; coefficients f8[k]; superseded_by u4[k]: condition k adds nothing to the score of
    whoever has one of these too; interaction_masks u4[m], interaction_coefficients f8[m]: added when all of a mask's conditions
    are there; demographic f8[2, 8]: by male (0), female (1) and AGE_BANDS; model_factor: multiplies the whole score.
    """

    names: tuple[str, ...]
    coefficients: NDArray[np.float64]
    superseded_by: NDArray[np.uint32]
    interaction_masks: NDArray[np.uint32]
    interaction_coefficients: NDArray[np.float64]
    demographic: NDArray[np.float64]
    model_factor: float

    def mask(self, names: Sequence[str]) -> int:
        """The bits of these conditions. Raises ValueError for a name that is no condition."""
        return sum(1 << self.names.index(name) for name in set(names))

    def names_in(self, mask: int) -> tuple[str, ...]:
        """The conditions of a bitmask, in the order of their names."""
        return tuple(name for bit, name in enumerate(self.names) if mask >> bit & 1)

    def demographic_scores(self, age: NDArray[np.float64], female: NDArray[np.int8]) -> NDArray[np.float64]:
        """The age-sex part of the score, before the model factor; age in years, shape (n,)."""
        band = np.searchsorted(np.array(list(AGE_BANDS.values())), age, side="right") - 1
        return self.demographic[female.astype(np.int64), np.maximum(band, 0)]

    def condition_scores(self, masks: NDArray[np.uint32]) -> NDArray[np.float64]:
        """What each set of conditions adds, before the model factor; summed in the order of bits, then of interactions."""
        score = np.zeros(len(masks))
        for bit, (coefficient, above) in enumerate(zip(self.coefficients, self.superseded_by, strict=True)):
            counts = ((masks >> np.uint32(bit) & np.uint32(1)) == 1) & ((masks & above) == 0)
            score += np.where(counts, coefficient, 0.0)
        for together, coefficient in zip(self.interaction_masks, self.interaction_coefficients, strict=True):
            score += np.where((masks & together) == together, coefficient, 0.0)
        return score

    def risk_scores(self, masks: NDArray[np.uint32], demographic: NDArray[np.float64]) -> NDArray[np.float64]:
        """The risk score of people with these conditions and these age-sex parts, shape (n,)."""
        return (demographic + self.condition_scores(masks)) * self.model_factor


def condition_names(conditions: Mapping[str, Any]) -> tuple[str, ...]:
    """The conditions in the order of their bits (by name, so that the order of lines in a file never matters).

    Raises ValueError if there are more than a bitmask holds.
    """
    if len(conditions) > MOST_CONDITIONS:
        raise ValueError(f"population.conditions: at most {MOST_CONDITIONS} conditions (got {len(conditions)})")
    return tuple(sorted(conditions))


def score_table(block: Any) -> ScoreTable:
    """The table of a scenario's `population` block."""
    names = condition_names(block.conditions)
    superseded_by = np.zeros(len(names), np.uint32)
    for bit, name in enumerate(names):
        for lower in block.conditions[name].supersedes:
            superseded_by[names.index(lower)] |= np.uint32(1 << bit)
    interactions = [block.interactions[name] for name in sorted(block.interactions)]
    return ScoreTable(
        names=names,
        coefficients=np.array([float(block.conditions[name].coefficient) for name in names]),
        superseded_by=superseded_by,
        interaction_masks=np.array([sum(1 << names.index(name) for name in set(pair.conditions)) for pair in interactions], np.uint32),
        interaction_coefficients=np.array([float(pair.coefficient) for pair in interactions], np.float64),
        demographic=np.array(
            [[float(getattr(sex, band)) for band in AGE_BANDS] for sex in (block.demographic_score.male, block.demographic_score.female)]
        ),
        model_factor=float(block.case_mix.model_factor),
    )
