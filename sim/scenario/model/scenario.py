"""A whole scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from sim.scenario.files import Laid
from sim.scenario.model.base import Absent, Block, says
from sim.scenario.model.contract import Contract
from sim.scenario.model.economics import Economics
from sim.scenario.model.evaluation import DIFFERS, Evaluation
from sim.scenario.model.money import Prices, Waivers
from sim.scenario.model.parameters import Parameters
from sim.scenario.model.population import Population
from sim.scenario.model.programme import Programme
from sim.scenario.model.run import Run
from sim.scenario.model.sites import Sites
from sim.scenario.model.usual_care import UsualCare
from sim.scenario.nodes import Node, dotted
from sim.scenario.parameters import ParameterRow, content_digest, data_at, numeric_leaves, parameter_rows, resolved_data


class Scenario(Block):
    """What a planner wrote, with every default filled in. Made by `sim.scenario.load`; two are equal when their content is.

    The block `parameters` of a file is `drawn_from` here.
    """

    title: Annotated[str, says("Name of the scenario, as reports head it")]
    description: Annotated[str, says("What it is about, in a sentence or two, for reports")] = ""
    run: Annotated[Run, says("When, how long and how often to run")]
    population: Annotated[Population, says("Who is in the panel")]
    sites: Annotated[Sites, says("Practices, hospitals and SNFs")]
    usual_care: Annotated[UsualCare, says("The world without a programme: natural history, care path and the work that is done anyway")]
    programme: Annotated[Programme, says("The programme: enrolment, staff, components, fixed costs")]
    waivers: Annotated[Waivers, says("Medicare rules that do not bind the programme's participants")]
    contract: Annotated[Contract, says("What the payer pays, and how savings and losses are settled")]
    prices: Annotated[Prices, says("What Medicare pays for care, in the dollars of the price year")]
    economics: Annotated[Economics, says("What turns payments into the positions of the parties")]
    evaluation: Annotated[
        Evaluation | None, Absent("none"), says("What an evaluator of the programme would do; none: nothing but the truth is reported")
    ] = None
    drawn_from: Annotated[
        Parameters | None,
        Absent("none"),
        Field(alias="parameters"),
        says("A calibration whose joint draws take the place of stated values; none: the values as stated"),
    ] = None

    _tree: Node = PrivateAttr()
    _groups: dict[str, Any] = PrivateAttr(default_factory=dict)
    _laid: Laid = PrivateAttr()

    @property
    def tree(self) -> Node:
        """The merged document behind the scenario; every value knows its file and line."""
        return self._tree

    @property
    def laid(self) -> Laid:
        """The files it was loaded from, and their layers laid over each other."""
        return self._laid

    def of_group(self, group: Literal["comparison", "control"]) -> Scenario:
        """The scenario that an evaluator's group lives in, without an evaluation of its own: only its usual care is to be run.

        comparison: with what differs there, and its panel; control: the programme's own, with the control group's panel. Raises KeyError
        for a group that the evaluation does not have.
        """
        found: Scenario = self._groups[group]
        return found

    def parameters(self) -> list[ParameterRow]:
        """One row for every number and law, in the order of the blocks; at the end what differs in the comparison group."""
        names = self._differing()
        theirs = self.of_group("comparison").parameters() if names else []
        differing = [replace(row, name=f"{dotted(DIFFERS)}.{row.name}") for row in theirs if row.name in names]
        return [*parameter_rows(type(self), self._tree), *differing]

    def resolved(self) -> dict[str, Any]:
        """Plain data that loads to an equal scenario; every number carries its source and grade."""
        data = resolved_data(type(self), self._tree)
        names = self._differing()
        if names:
            theirs = self.of_group("comparison").resolved()
            data["evaluation"]["comparison"]["differs"] = {
                name: None if value is None else data_at(theirs, name) for name, value in names.items()
            }
        return data

    def _differing(self) -> Mapping[str, Any]:
        return {} if self.evaluation is None else self.evaluation.comparison.differs

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
