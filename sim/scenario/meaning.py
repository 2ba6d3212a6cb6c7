"""What a dotted name of a scenario stands for: the kind of number, and what it means."""

from __future__ import annotations

from functools import cache

from sim.scenario.kinds import Kind
from sim.scenario.model.population import BetaShare
from sim.scenario.model.scenario import Scenario
from sim.scenario.shape import BlockOf, Leaf, ListOf, Shape, TableOf, shape_at


def kind_at(name: str) -> Kind | None:
    """The kind of number that stands at a dotted name; None where there is no number, or nothing that the schema knows."""
    shape = shape_at(BlockOf(Scenario), tuple(name.split(".")))
    return shape.kind if isinstance(shape, Leaf) else None


@cache
def meaning_of(name: str) -> tuple[str, str] | None:
    """(what stands at a dotted name, whose it is); None for a name that the schema does not know.

    Whose: the name that the scenario gave to a role, a component or the like, or that of the trait whose law it is; else empty.
    """
    here: Shape = BlockOf(Scenario)
    meaning = owner = ""
    for part in name.split("."):
        if isinstance(here, BlockOf):
            key = here.keys.get(part)
            if key is None:
                return None
            here, meaning = key.shape, key.meaning
            if isinstance(here, BlockOf) and here.model is BetaShare:
                owner = part
        elif isinstance(here, TableOf):
            here, owner = here.item, part
        elif isinstance(here, ListOf):
            here = here.item
        else:
            return None
    return meaning, owner
