"""What a row of a CSV panel leaves open, drawn from the synthetic panel's law given what the row says.

Fields set here: burden, conditions (true) and, where only a risk score is known, documented.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.population import quantiles, traits
from sim.population.case_mix import CaseMix
from sim.population.person import Persons
from sim.rules.streams import Decision

Bools = NDArray[np.bool_]

BURDEN_CELLS: Final = 128
"""Cells of equal prior chance in which the burden's law, given the documented conditions, is worked out."""

CHUNK: Final = 8192
"""Persons worked on at a time, which bounds memory."""

CANDIDATES: Final = 64
"""Synthetic people among whom one with about the right risk score is drawn."""

SCORE_TOLERANCE: Final = 0.05
"""How near a candidate's risk score must come: the standard deviation of a normal kernel, in units of the score."""


def condition_on_documented(persons: Persons, who: Bools, burden_given: Bools, mix: CaseMix) -> None:
    """For those whose documented conditions are known: burden, then the conditions that nobody has documented.

    who, burden_given: shape (n,). Changes `persons` in place.
    """
    for rows in _chunks(who):
        group = persons[rows]
        keys, age = np.ascontiguousarray(group["key"]), np.ascontiguousarray(group["age"])
        female, documented = np.ascontiguousarray(group["female"]), np.ascontiguousarray(group["documented"])
        cells = (np.arange(BURDEN_CELLS) + 0.5) / BURDEN_CELLS
        level = mix.burden_level(age, female)[:, None]
        burden = quantiles.gamma(cells, mix.burden_shape, 1.0)[None, :] * level
        weight = np.zeros(burden.shape)
        for bit in range(len(mix.table.names)):
            shown = mix.documented_share * -np.expm1(-burden * mix.rate_at(bit, age)[:, None])
            there = (documented >> np.uint32(bit) & np.uint32(1)) == 1
            weight += np.log(np.maximum(np.where(there[:, None], shown, 1.0 - shown), 1e-300))
        total = np.cumsum(np.exp(weight - weight.max(axis=1, keepdims=True)), axis=1)
        share = total / total[:, -1:]
        u = traits.uniform(keys, Decision.BURDEN)
        cell = np.minimum((share < u[:, None]).sum(axis=1), BURDEN_CELLS - 1)
        at = np.arange(len(rows))
        low = np.where(cell > 0, share[at, np.maximum(cell - 1, 0)], 0.0)
        within = (u - low) / np.maximum(share[at, cell] - low, 1e-300)
        drawn = traits.burdens(mix, np.clip((cell + within) / BURDEN_CELLS, 1e-12, 1.0 - 1e-12), age, female)
        persons["burden"][rows] = np.where(burden_given[rows], persons["burden"][rows], drawn)
        persons["conditions"][rows] = documented | _undocumented(mix, keys, persons["burden"][rows], age, documented)


def _undocumented(
    mix: CaseMix, keys: NDArray[np.uint64], burden: NDArray[np.float64], age: NDArray[np.float64], documented: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Conditions that people have although no claim shows them, as bits."""
    mask = np.zeros(len(keys), np.uint32)
    for bit, name in enumerate(mix.table.names):
        chance = -np.expm1(-burden * mix.rate_at(bit, age))
        hidden = chance * (1.0 - mix.documented_share) / np.maximum(1.0 - chance * mix.documented_share, 1e-300)
        has = traits.uniform(keys, Decision.CONDITION, "condition", name) < hidden
        mask |= has.astype(np.uint32) << np.uint32(bit)
    return mask & ~documented


def condition_on_risk_score(persons: Persons, who: Bools, burden_given: Bools, mix: CaseMix) -> None:
    """For those of whom only the risk score is known: burden and conditions of a synthetic person with about that score.

    Among CANDIDATES people of the same age and sex, whose burdens spread evenly over its law, one is drawn with chances that
    fall with the distance of the score. who, burden_given: shape (n,). Changes `persons` in place.
    """
    for rows in _chunks(who):
        group = persons[rows]
        keys, age, female = (np.ascontiguousarray(group[name]) for name in ("key", "age", "female"))
        demographic = mix.table.demographic_scores(age, female)
        u = traits.uniform(keys, Decision.BURDEN)
        best = np.full(len(rows), -np.inf)
        for candidate in range(1, CANDIDATES + 1):
            burden = traits.burdens(mix, (candidate - 1 + u) / CANDIDATES, age, female)
            burden = np.where(burden_given[rows], group["burden"], burden)
            conditions = traits.true_conditions(mix, keys, burden, age, candidate)
            documented = traits.documented_conditions(mix, keys, conditions, candidate)
            distance = (mix.table.risk_scores(documented, demographic) - group["risk_score"]) / SCORE_TOLERANCE
            # The largest of log-weights with Gumbel noise is a draw with chances in proportion to the weights.
            lot = -np.log(-np.log(traits.uniform(keys, Decision.BURDEN, "candidate", candidate)))
            merit = lot - 0.5 * distance * distance
            better = merit > best
            best = np.where(better, merit, best)
            for field, drawn in (("burden", burden), ("conditions", conditions), ("documented", documented)):
                persons[field][rows] = np.where(better, drawn, persons[field][rows])


def _chunks(who: Bools) -> list[NDArray[np.intp]]:
    """The rows of these people, a bounded number at a time."""
    rows = np.flatnonzero(who)
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
