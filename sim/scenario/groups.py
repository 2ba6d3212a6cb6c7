"""The groups an evaluator compares with, as scenarios of their own: the programme's, laid over with what differs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sim.scenario.errors import Problem, listed
from sim.scenario.layers import Layers
from sim.scenario.model.evaluation import Evaluation
from sim.scenario.nodes import Key, Node, dotted
from sim.scenario.shape import Shape

DIFFERS: Final = ("evaluation", "comparison", "differs")
MAY_DIFFER: Final = ("population", "sites", "usual_care", "prices")
"""Blocks in which a comparison group can differ: its screen, run and prices' year are the programme's, and it has no programme."""


@dataclass(frozen=True)
class Group:
    """A group's merged tree; `differing`: what was laid over, by dotted name of the key."""

    tree: Node
    differing: Mapping[str, Node] = field(default_factory=dict)

    def explain(self, problem: Problem) -> Problem:
        """A fault of this tree as one of the block that made it, at the line that says what differs."""
        for name, node in self.differing.items():
            if problem.key == name or problem.key.startswith(f"{name}."):
                return replace(problem, key=dotted((*DIFFERS, problem.key)))
            if (problem.file, problem.line) == (node.origin.file, node.position[0]):
                return replace(problem, key=dotted((*DIFFERS, name)), message=f"{problem.key}: {problem.message}")
        first = next(iter(self.differing.values()), None)
        place = problem if first is None else replace(problem, file=first.origin.file, line=first.position[0], column=first.position[1])
        return replace(place, key=dotted(DIFFERS), message=f"with these, {problem.key}: {problem.message}")


def group_trees(tree: Node, evaluation: Evaluation, layers: Layers, root: Shape) -> dict[str, Group]:
    """The trees of `comparison` and, if there is one, `control`. What cannot be laid over goes to `layers.problems`."""
    bare = Node({"evaluation": Node(None, tree.origin, *tree.position, removes=True)}, tree.origin, *tree.position, patch=True)
    base = layers.merge(tree, bare, root) or tree
    differing = _differing(tree, layers)
    comparison = base
    for name, node in differing.items():
        comparison = _laid_over(comparison, tuple(name.split(".")), node, layers, root)
    groups = {"comparison": Group(_with_panel(comparison, tree.find("evaluation", "comparison", "panel"), layers, root), differing)}
    if evaluation.control is not None:
        groups["control"] = Group(_with_panel(base, tree.find("evaluation", "control", "panel"), layers, root))
    return groups


def _differing(tree: Node, layers: Layers) -> dict[str, Node]:
    """The keys that may differ; the others are problems."""
    node = tree.find(*DIFFERS)
    found = {}
    for name, value in (node.mapping or {}).items() if node is not None else ():
        block = name.split(".")[0]
        if name == "population.size":
            layers.problem(value, (*DIFFERS, name), "must be said by evaluation.comparison.panel")
        elif block not in MAY_DIFFER or "." not in name:
            message = f"must be a key of {listed(MAY_DIFFER)}, such as usual_care.crises.rate: the group has the programme's screen and run"
            layers.problem(value, (*DIFFERS, name), message)
        else:
            found[name] = value
    return found


def _laid_over(tree: Node, path: tuple[Key, ...], value: Node, layers: Layers, root: Shape) -> Node:
    patch = value
    for part in reversed(path):
        patch = Node({str(part): patch}, value.origin, *value.position, *value.position, patch=True)
    return layers.merge(tree, layers.prepare(patch, root), root) or tree


def _with_panel(tree: Node, panel: Node | None, layers: Layers, root: Shape) -> Node:
    """A group of its own size is drawn and not read from a file."""
    if panel is None:
        return tree
    drawn = _laid_over(tree, ("population", "panel"), Node(None, panel.origin, *panel.position, *panel.position), layers, root)
    return _laid_over(drawn, ("population", "size"), panel, layers, root)
