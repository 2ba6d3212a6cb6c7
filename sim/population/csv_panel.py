"""A panel from a CSV file: what the file says of each person, and what it does not say drawn as for a synthetic one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.population import traits
from sim.population.case_mix import CaseMix, solve
from sim.population.columns import Names
from sim.population.inference import condition_on_documented, condition_on_risk_score
from sim.population.panel_file import read_rows, signature
from sim.population.person import PERSON, Persons, in_key_order
from sim.population.practices import Practice
from sim.rules.streams import key_of


def read_panel(path: Path, block: Any, practices: Sequence[Practice], mix: CaseMix | None = None) -> Persons:
    """The persons of a CSV file, dtype PERSON, in ascending order of key.

    block: a scenario's `population`, from which everything is drawn that the file does not say. A patient's key and traits
    depend on the id and the row alone, not on the order of rows or on the other patients. Raises PanelErrors.
    """
    path = Path(path)
    mix = mix or solve(block)
    names = Names(mix.table.names, tuple(practice.name for practice in practices))
    signature(path)
    rows = read_rows(path, names)
    persons = np.zeros(len(rows.ids), PERSON)
    persons["key"] = np.fromiter((key_of("patient", name) for name in rows.ids), np.uint64, len(rows.ids))
    persons["number"] = _labels(rows.ids)
    order = np.argsort(persons["key"], kind="stable")
    given: dict[str, NDArray[np.bool_]] = {}
    for field, (values, present) in rows.values.items():
        persons[field] = np.where(present, values, 0)
        given[field] = present[order]
    persons = in_key_order(persons)
    by_condition = given.get("documented", np.zeros(len(persons), np.bool_))
    burden_given = given.get("burden", np.zeros(len(persons), np.bool_))
    condition_on_documented(persons, by_condition, burden_given, mix)
    condition_on_risk_score(persons, ~by_condition, burden_given, mix)
    traits.fill(persons, block, mix, practices, given)
    return persons


def _labels(ids: Sequence[str]) -> NDArray[np.int32]:
    """The ids as numbers if all are plain, different whole numbers; else the places of the rows, from 1."""
    if all(name.isascii() and name.isdigit() and len(name) <= 9 for name in ids):
        numbers = np.array([int(name) for name in ids], np.int32)
        if len(np.unique(numbers)) == len(numbers):
            return numbers
    return np.arange(1, len(ids) + 1, dtype=np.int32)
