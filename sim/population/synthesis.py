"""A synthetic panel: new people in every replication, from the case mix a scenario states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.population import traits
from sim.population.case_mix import CaseMix, solve
from sim.population.person import PERSON, Persons, in_key_order
from sim.population.practices import Practice
from sim.rules.streams import Decision, derived_keys, key_of


def synthesise(
    block: Any, practices: Sequence[Practice], seed: int, replication: int, mix: CaseMix | None = None, numbers: range | None = None
) -> Persons:
    """The panel of one replication: persons by number, dtype PERSON, in ascending order of key.

    block: a scenario's `population`; practices: see `sim.population.practices.expand`; mix: `solve(block)` if it is at hand;
    numbers: 1 .. `population.size` unless told. A person depends on seed, replication and number alone, so a larger panel
    contains the smaller one.
    """
    mix = mix or solve(block)
    numbers = numbers if numbers is not None else range(1, round(float(block.size)) + 1)
    persons = np.zeros(len(numbers), PERSON)
    persons["number"] = numbers
    base = np.full(len(numbers), key_of("patient", seed, replication), np.uint64)
    persons["key"] = derived_keys(base, np.asarray(numbers, np.int64))
    persons = in_key_order(persons)
    keys = np.ascontiguousarray(persons["key"])
    age, female = traits.ages(block, keys), traits.sexes(block, keys)
    burden = traits.burdens(mix, traits.uniform(keys, Decision.BURDEN), age, female)
    conditions = traits.true_conditions(mix, keys, burden, age)
    persons["age"], persons["female"], persons["burden"], persons["conditions"] = age, female, burden, conditions
    persons["documented"] = traits.documented_conditions(mix, keys, conditions)
    traits.fill(persons, block, mix, practices)
    return persons
