"""The groups an evaluator compares with, as scenarios of their own: the programme's, laid over with what differs there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.scenario.errors import Problem, listed
from sim.scenario.layers import Layers
from sim.scenario.model.evaluation import DIFFERS, Evaluation
from sim.scenario.nodes import Key, Node, dotted
from sim.scenario.parameters import leaf_value
from sim.scenario.shape import BlockOf, Leaf, Shape, TableOf, shape_at

MAY_DIFFER: Final = ("population", "sites", "usual_care", "prices")
"""Blocks in which a comparison group can differ: its screen, run and prices' year are the programme's, and it has no programme."""


@dataclass(frozen=True)
class Group:
    """A group's merged tree; `differing`: what was laid over, by dotted name of the key; `own_panel`: it has a panel of its own size."""

    tree: Node
    differing: Mapping[str, Node]
    own_panel: bool

    def values(self, root: Shape) -> dict[str, Any]:
        """What differs by dotted name: quantities, laws and plain data; None for what the group does not have."""
        found = {}
        for name in self.differing:
            path = tuple(name.split("."))
            node, shape = self.tree.find(*path), shape_at(root, path)
            found[name] = None if node is None else leaf_value(node, shape) if isinstance(shape, Leaf) else node.plain()
        return found

    def explain(self, problem: Problem) -> Problem:
        """A fault of this tree as one of the block that made it, at the line that says what differs."""
        for name, node in self.differing.items():
            if problem.key == name or problem.key.startswith(f"{name}."):
                return replace(problem, key=dotted((*DIFFERS, problem.key)))
            if name.startswith(f"{problem.key}."):
                return replace(_moved(problem, node), key=dotted((*DIFFERS, problem.key)))
        first = next(iter(self.differing.values()), None)
        place = problem if first is None else _moved(problem, first)
        return replace(place, key=dotted(DIFFERS), message=f"with these, {problem.key}: {problem.message}")


def _moved(problem: Problem, node: Node) -> Problem:
    return replace(problem, file=node.origin.file, line=node.position[0], column=node.position[1])


def group_trees(tree: Node, evaluation: Evaluation, root: Shape) -> tuple[dict[str, Group], list[Problem]]:
    """The trees of `comparison` and, if there is one, `control`; and what cannot be laid over."""
    layers = Layers(root)
    bare = Node({"evaluation": Node(None, tree.origin, *tree.position, removes=True)}, tree.origin, *tree.position, patch=True)
    base = layers.merge(tree, bare, root) or tree
    differing, refused = _differing(tree, root)
    comparison = base
    for name, node in differing.items():
        comparison = _laid_over(comparison, tuple(name.split(".")), node, layers, root)
    groups = {"comparison": _group(comparison, differing, tree.find("evaluation", "comparison", "panel"), layers, root)}
    if evaluation.control is not None:
        groups["control"] = _group(base, {}, tree.find("evaluation", "control", "panel"), layers, root)
    return groups, [*refused, *(groups["comparison"].explain(problem) for problem in layers.problems)]


def _group(tree: Node, differing: Mapping[str, Node], panel: Node | None, layers: Layers, root: Shape) -> Group:
    """A group of its own size is drawn and not read from a file."""
    if panel is None:
        return Group(tree, differing, own_panel=False)
    drawn = _laid_over(tree, ("population", "panel"), Node("synthetic", panel.origin, *panel.position), layers, root)
    return Group(_laid_over(drawn, ("population", "size"), panel, layers, root), differing, own_panel=True)


def _differing(tree: Node, root: Shape) -> tuple[dict[str, Node], list[Problem]]:
    """The keys that may differ by dotted name, and what is wrong with the others. Blocks may be nested or dotted."""
    found, problems = {}, []
    node = tree.find(*DIFFERS)
    for name, value in _flat(node, root) if node is not None else ():
        if name.split(".")[0] in MAY_DIFFER and "." in name and name != "population.size":
            found[name] = value
            continue
        message = f"must be a key of {listed(MAY_DIFFER)}, such as usual_care.crises.rate: the group has the programme's screen and run"
        if name == "population.size":
            message = "must be said by evaluation.comparison.panel"
        problems.append(Problem(value.origin.file, *value.position, dotted((*DIFFERS, name)), message))
    return found, problems


def _flat(node: Node, root: Shape, before: str = "") -> Iterator[tuple[str, Node]]:
    """Dotted names and values, down to what is no block of a scenario."""
    for key, value in (node.mapping or {}).items():
        name = f"{before}{key}"
        if value.mapping and isinstance(shape_at(root, tuple(name.split("."))), BlockOf | TableOf):
            yield from _flat(value, root, f"{name}.")
        else:
            yield name, value


def _laid_over(tree: Node, path: tuple[Key, ...], value: Node, layers: Layers, root: Shape) -> Node:
    patch = value
    for part in reversed(path):
        patch = Node({str(part): patch}, value.origin, *value.position, *value.position, patch=True)
    return layers.merge(tree, layers.prepare(patch, root), root) or tree
