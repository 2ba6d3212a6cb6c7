"""Reads a YAML file into a block, and says where it is wrong: file, line, column, key."""

from __future__ import annotations

import os
from typing import Generic, TypeVar

from pydantic import ValidationError

from sim.scenario.errors import Problem, ScenarioErrors
from sim.scenario.files import Place, read_document
from sim.scenario.model.base import Block
from sim.scenario.nodes import CHOSEN, Key, Node, dotted
from sim.scenario.refusals import explain
from sim.scenario.shape import BlockOf

Model = TypeVar("Model", bound=Block)


class Document(Generic[Model]):
    """A file that holds one block. `problems` collects what is wrong with it; `stop` raises them."""

    def __init__(self, model: type[Model], place: Place, tree: Node) -> None:
        self.place = place
        self.tree = tree
        self.problems: list[Problem] = []
        self._model = model

    @classmethod
    def open(cls, model: type[Model], path: str | os.PathLike[str]) -> Document[Model]:
        """The document in a file. Raises ScenarioErrors when it cannot be read at all."""
        return cls(model, *read_document(path))

    def block(self) -> Model:
        """What the file says. Raises ScenarioErrors with every key that is wrong."""
        try:
            return self._model.model_validate(self.tree.plain())
        except ValidationError as error:
            self.problems.extend(explain(error, self.tree, BlockOf(self._model)))
        self.stop()
        raise AssertionError

    def problem(self, path: tuple[Key, ...], message: str) -> None:
        """A fault at a path of the file."""
        self.problems.append(Problem(self.place.name, *self.tree.nearest_to(path).position, dotted(path), message))

    def refused(self, path: tuple[Key, ...], errors: ScenarioErrors) -> None:
        """What a scenario says about changes that stand at a path of this file; what it says about files of its own stays there."""
        for fault in errors.problems:
            if fault.line and fault.file != CHOSEN:
                self.problems.append(fault)
            else:
                self.problem((*path, fault.key), fault.message)

    def stop(self) -> None:
        """Raise what was found so far."""
        if self.problems:
            raise ScenarioErrors(sorted(self.problems))
