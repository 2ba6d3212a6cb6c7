"""A whole scenario."""

from __future__ import annotations

from typing import Any

from pydantic import PrivateAttr

from sim.scenario.files import Place
from sim.scenario.model.base import Block
from sim.scenario.model.money import Contract, Prices, Waivers
from sim.scenario.model.population import Population
from sim.scenario.model.programme import Programme
from sim.scenario.model.run import Run
from sim.scenario.model.sites import Sites
from sim.scenario.model.usual_care import UsualCare
from sim.scenario.nodes import Node
from sim.scenario.parameters import ParameterRow, content_digest, numeric_leaves, parameter_rows, resolved_data


class Scenario(Block):
    """What a planner wrote, with every default filled in. Made by `sim.scenario.load`; two are equal when their content is."""

    title: str
    description: str = ""
    run: Run
    population: Population
    sites: Sites
    usual_care: UsualCare
    programme: Programme
    waivers: Waivers
    contract: Contract
    prices: Prices

    _tree: Node = PrivateAttr()
    _laid: tuple[Place, Node] = PrivateAttr()

    @property
    def tree(self) -> Node:
        """The merged document behind the scenario; every value knows its file and line."""
        return self._tree

    @property
    def laid(self) -> tuple[Place, Node]:
        """The file it was loaded from, and its layers laid over each other, before what all components share was copied into them."""
        return self._laid

    def parameters(self) -> list[ParameterRow]:
        """One row for every number and law, in the order of the blocks."""
        return parameter_rows(type(self), self._tree)

    def resolved(self) -> dict[str, Any]:
        """Plain data that loads to an equal scenario; every number carries its source and grade."""
        return resolved_data(type(self), self._tree)

    def digest(self) -> str:
        """SHA-256 of everything that can change a result: not of titles, sources, comments or the order of keys."""
        return content_digest(self)

    def numeric_keys(self) -> list[str]:
        """Dotted names of every number, in the form that `--set` takes."""
        return numeric_leaves(type(self), self._tree)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)

    __hash__ = None  # type: ignore[assignment]
