"""A YAML document as an immutable tree in which every key and value knows its file, line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

Scalar = str | int | float | bool | None
Content = Scalar | tuple["Node", ...] | Mapping[str, "Node"]
Key = str | int


CHOSEN: Final = "--set"
"""The layer of the command line, and of the levers of an experiment."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which layer and file set a value: layer is 'default', 'file' or '--set'."""

    layer: str
    file: str
    folder: str = ""  # where the file lies, to find the files it names

    def at(self, line: int) -> str:
        """Who set it, for people: `default usual_care.yaml:12`, `phase1.yaml:41`, `--set`."""
        if self.layer == CHOSEN:
            return CHOSEN
        return f"default {self.file}:{line}" if self.layer == "default" else f"{self.file}:{line}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value with where it (`line`, `column`) and its key (`key_line`, `key_column`) stand, counted from 1."""

    content: Content
    origin: Origin
    line: int
    column: int
    key_line: int = 0
    key_column: int = 0
    comment: str = ""
    source: str = ""  # of the block around it, when the block states one
    grade: str = ""
    whole: bool = False  # replaces the value of a lower layer instead of being merged with it
    removes: bool = False  # takes the value of a lower layer away
    patch: bool = False  # written by --set: keys lead into what exists already

    @property
    def mapping(self) -> Mapping[str, Node] | None:
        """The keys, when it is a block."""
        return self.content if isinstance(self.content, Mapping) else None

    @property
    def items(self) -> tuple[Node, ...] | None:
        """The items, when it is a list."""
        return self.content if isinstance(self.content, tuple) else None

    @property
    def position(self) -> tuple[int, int]:
        """Line and column of the key, or of the value where there is no key."""
        return (self.key_line, self.key_column) if self.key_line else (self.line, self.column)

    def plain(self) -> Any:
        """The same as dicts, lists and scalars."""
        if isinstance(self.content, Mapping):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, tuple):
            return [node.plain() for node in self.content]
        return self.content

    def find(self, *path: Key) -> Node | None:
        """The node at a path below this one."""
        node: Node | None = self
        for key in path:
            if node is None:
                return None
            if isinstance(node.content, Mapping):
                node = node.content.get(str(key))
            elif isinstance(node.content, tuple) and isinstance(key, int) and 0 <= key < len(node.content):
                node = node.content[key]
            else:
                return None
        return node

    def named(self, name: str) -> Node | None:
        """The node of a dotted name below this one."""
        return self.find(*name.split("."))

    def nearest_to(self, path: tuple[Key, ...]) -> Node:
        """The node at a path, or the deepest one on the way to it."""
        for length in range(len(path), -1, -1):
            node = self.find(*path[:length])
            if node is not None:
                return node
        return self

    def keys(self) -> Iterator[str]:
        """The keys of a block; nothing for anything else."""
        yield from self.mapping or ()

    def with_content(self, content: Content, **changes: Any) -> Node:
        """A copy with other content."""
        return replace(self, content=content, **changes)


def dotted(path: tuple[Key, ...]) -> str:
    """`('programme', 'staff')` -> `programme.staff`."""
    return ".".join(str(part) for part in path)
