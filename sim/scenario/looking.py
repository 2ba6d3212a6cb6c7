"""Looks values up in a tree by dotted name, for checks between fields; what is missing or unreadable is None."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.scenario.nodes import Key, Node
from sim.scenario.parameters import leaf_value
from sim.scenario.shape import Leaf, Shape, shape_at
from sim.scenario.values import Law, Quantity


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the path of the key to change."""

    path: tuple[Key, ...]
    message: str

    @classmethod
    def at(cls, name: str, message: str) -> Fault:
        return cls(tuple(name.split(".")), message)


class Look:
    """Reads a merged tree."""

    def __init__(self, tree: Node, root: Shape) -> None:
        self.tree = tree
        self.root = root

    def value(self, name: str) -> Quantity | Law | None:
        """The number or law of a name."""
        path = tuple(name.split("."))
        node, shape = self.tree.find(*path), shape_at(self.root, path)
        return leaf_value(node, shape) if node is not None and isinstance(shape, Leaf) else None

    def number(self, name: str) -> float | None:
        """The canonical value of a quantity."""
        value = self.value(name)
        return value.value if isinstance(value, Quantity) else None

    def law(self, name: str) -> Law | None:
        """The law of a name."""
        value = self.value(name)
        return value if isinstance(value, Law) else None

    def written(self, name: str) -> str:
        """A value as it is written."""
        value = self.value(name)
        return "" if value is None else value.written

    def plain(self, name: str) -> Any:
        """Plain data of any key."""
        node = self.tree.named(name)
        return None if node is None else node.plain()

    def text(self, name: str) -> str | None:
        """Text of a key."""
        value = self.plain(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        """A name or a list of names."""
        value = self.plain(name)
        if isinstance(value, str):
            return [value]
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def names(self, name: str) -> list[str]:
        """The names in a table."""
        node = self.tree.named(name)
        return [] if node is None else list(node.keys())

    def has(self, name: str) -> bool:
        """Whether a key is there."""
        return self.tree.named(name) is not None

    def mapping(self, name: str) -> dict[str, Any] | None:
        """The block at a key as plain data; None when it is not a block."""
        value = self.plain(name)
        return value if isinstance(value, dict) else None

    def latest(self, names: list[str]) -> str:
        """Of several keys, the one that a person is likeliest to have changed: command line before file before default."""
        order = {"--set": 2, "file": 1, "default": 0}

        def rank(name: str) -> int:
            node = self.tree.named(name)
            return -1 if node is None else order[node.origin.layer]

        return max(names, key=rank)
