"""The panel of one replication, from wherever the scenario says it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from sim.population.case_mix import CaseMix, solve
from sim.population.csv_panel import read_panel
from sim.population.panel_file import signature
from sim.population.person import Persons, in_key_order
from sim.population.practices import Practice, expand
from sim.population.synthesis import synthesise
from sim.rules.streams import derived_keys, key_of


def draw_panel(scenario: Any, seed: int, replication: int) -> tuple[Persons, list[tuple[str, str]]]:
    """(persons, practices) of one replication; practices are (name, group) in the order in which persons refer to them.

    A synthetic panel is new in every replication. A panel from CSV is the same people every time, who meet new luck: their keys
    change with seed and replication after their traits have been drawn.
    Raises PanelErrors for a bad CSV file, ScenarioErrors for a case mix that cannot be.
    """
    practices = expand(scenario.sites.practices)
    named = [(practice.name, practice.group) for practice in practices]
    block = scenario.population
    if block.panel == "synthetic":
        return synthesise(block, practices, seed, replication, _mix(block)), named
    persons = _same_people(block, practices)
    luck = np.full(len(persons), key_of("luck", seed, replication)).astype(np.int64)
    persons["key"] = derived_keys(np.ascontiguousarray(persons["key"]), luck)
    return in_key_order(persons), named


def draw_newcomers(scenario: Any, seed: int, replication: int, count: int) -> Persons:
    """People who join the practices of a synthetic panel after launch; their numbers follow on the panel's."""
    block = scenario.population
    size = round(float(block.size))
    numbers = range(size + 1, size + 1 + count)
    return synthesise(block, expand(scenario.sites.practices), seed, replication, _mix(block), numbers)


_solved_last: dict[str, Any] = {}


def _mix(block: Any) -> CaseMix:
    """The case mix of a block, which is solved again only if the block is another than last time."""
    if _solved_last.get("block") is not block:
        _solved_last.update(block=block, mix=solve(block))
    return cast(CaseMix, _solved_last["mix"])


_read_last: dict[str, Any] = {}


def _same_people(block: Any, practices: Sequence[Practice]) -> Persons:
    """A copy of the panel in the file, which is read again only if the file or the scenario is another than last time."""
    now = (signature(block.panel.csv), practices)
    if _read_last.get("block") is not block or _read_last.get("state") != now:
        _read_last.update(block=block, state=now, persons=read_panel(block.panel.csv, block, practices))
    return cast(Persons, _read_last["persons"].copy())
