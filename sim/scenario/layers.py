"""Lays scenario files over each other: defaults, extended files, the scenario, the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from sim.scenario.document import parse
from sim.scenario.errors import Problem, ValueFault, nearest, shown, split_by_comma
from sim.scenario.kinds import IGNORANCE_KEYS
from sim.scenario.model.base import Variants
from sim.scenario.nodes import CHOSEN, Key, Node, Origin, dotted
from sim.scenario.reading import LAW_KEYS, check_grade
from sim.scenario.shape import BlockOf, Leaf, ListOf, Plain, Shape, TableOf, keys_of, shape_at

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
VALUE_KEYS: Final = frozenset({*LAW_KEYS, *IGNORANCE_KEYS, "unit", "rr", "hr", "count", "of", "person_years"})


class Layers:
    """Prepares and merges trees of one shape, and collects what is wrong."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.problems: list[Problem] = []

    def problem(self, node: Node, path: tuple[Key, ...], message: str) -> None:
        self.problems.append(Problem(node.origin.file, *node.position, dotted(path), message))

    # -- one file ------------------------------------------------------------------------------------------------------

    def prepare(self, node: Node, shape: Shape, path: tuple[Key, ...] = (), source: str = "", grade: str = "") -> Node:
        """Expands short forms and hands the source and grade of a block to the numbers in it."""
        if node.content is None:
            return replace(node, removes=True)
        if isinstance(shape, Leaf):
            return replace(node, source=source or _comment(node), grade=grade)
        if isinstance(shape, ListOf):
            if node.items is None:
                if not node.patch or node.mapping is None:
                    return node
                items = {key: self.prepare(item, shape.item, (*path, _index(key)), source, grade) for key, item in node.mapping.items()}
                return node.with_content(items)
            prepared = (self.prepare(item, shape.item, (*path, at), source, grade) for at, item in enumerate(node.items))
            return node.with_content(tuple(prepared))
        if isinstance(shape, TableOf):
            if node.mapping is None:
                return node
            for name, item in node.mapping.items():
                if not NAME.fullmatch(name):
                    message = "a name is made of lower-case letters, digits and _, and starts with a letter"
                    self.problem(item, (*path, name), message + odd_characters(name))
            blocks = {name: self.prepare(item, shape.item, (*path, name), source, grade) for name, item in node.mapping.items()}
            return node.with_content(blocks)
        if isinstance(shape, BlockOf):
            return self._prepare_block(node, shape, path, source, grade)
        return node

    def _prepare_block(self, node: Node, shape: BlockOf, path: tuple[Key, ...], source: str, grade: str) -> Node:
        node = shape.model.expand(node)
        if node.mapping is None:
            return node
        known = shape.keys
        content = dict(node.mapping)
        if path:
            stated = content.pop("source", None) if "source" not in known else None
            if stated is not None:
                if isinstance(stated.content, str) and stated.content.strip():
                    source = stated.content.strip()
                else:
                    message = f"must say in words where the numbers come from (got {shown(stated.plain())})"
                    self.problem(stated, (*path, "source"), message)
            stated = content.pop("grade", None) if "grade" not in known else None
            if stated is not None:
                try:
                    grade = check_grade(stated.plain(), ())
                except ValueFault as fault:
                    self.problem(stated, (*path, "grade"), fault.message)
        for name, item in content.items():
            if name not in known:
                continue
            key = known[name]
            if key.absent is not None and item.content == key.absent:
                content[name] = replace(item, removes=True)
            elif key.word is not None and item.content == key.word:
                content[name] = item
            else:
                content[name] = self.prepare(item, key.shape, (*path, name), source, grade)
        return node.with_content(content)

    # -- two layers ----------------------------------------------------------------------------------------------------

    def merge(self, base: Node | None, over: Node, shape: Shape, path: tuple[Key, ...] = ()) -> Node | None:
        """`over` laid on `base`; None when nothing is left there."""
        if over.removes:
            return None
        if isinstance(shape, Leaf):
            return self._merge_leaf(base, over, path)
        if isinstance(shape, ListOf) and over.patch and over.mapping is not None:
            return self._patch_list(base, over, shape, path)
        if isinstance(shape, Plain) and base is not None:
            return _patched(base, over)
        if not isinstance(shape, BlockOf | TableOf) or over.mapping is None:
            return over
        under = {} if base is None or base.mapping is None or over.whole else dict(base.mapping)
        if isinstance(shape, BlockOf) and shape.variants:
            under = _fitting(under, over.mapping, shape)
        for name, item in over.mapping.items():
            inner = shape_at(shape, (name,))
            below = under.get(name)
            if inner is None:
                under[name] = item
                continue
            if isinstance(shape, TableOf) and below is None:
                if item.removes and not over.patch:
                    self.problem(item, (*path, name), f"there is nothing of this name to remove{nearest(name, under)}")
                    continue
                if (item.patch and item.mapping is not None) or item.removes:
                    hint = nearest(name, under) or (f"; there are {', '.join(sorted(under))}" if under else "")
                    self.problem(item, (*path, name), f"there is nothing of this name{hint}")
                    continue
            merged = self.merge(below, item, inner, (*path, name))
            if merged is None:
                under.pop(name, None)
            else:
                under[name] = merged
        keep = base is not None and over.patch
        return (base if keep and base is not None else over).with_content(under, whole=False)

    def _merge_leaf(self, base: Node | None, over: Node, path: tuple[Key, ...]) -> Node:
        if not over.patch or over.mapping is None or base is None:
            return over
        unknown = [key for key in over.mapping if key not in VALUE_KEYS and key not in ("source", "grade")]
        if unknown:
            self.problem(
                over.mapping[unknown[0]], (*path, unknown[0]), f"unknown key{split_by_comma(unknown[0]) or nearest(unknown[0], VALUE_KEYS)}"
            )
            return base
        parts = {"value": base.with_content(base.content)} if base.mapping is None else dict(base.mapping)
        parts.pop("source", None)
        parts.pop("grade", None)
        return over.with_content({**parts, **over.mapping}, source="", grade="")

    def _patch_list(self, base: Node | None, over: Node, shape: ListOf, path: tuple[Key, ...]) -> Node | None:
        items = list(base.items or ()) if base is not None else []
        for name, item in (over.mapping or {}).items():
            at = _index(name)
            if not isinstance(at, int) or not 0 <= at < len(items):
                self.problem(item, (*path, name), f"must be the number of an item, 0 to {len(items) - 1}" if items else "the list is empty")
                continue
            merged = self.merge(items[at], item, shape.item, (*path, at))
            if merged is not None:
                items[at] = merged
        return base.with_content(tuple(items)) if base is not None else None


def _patched(base: Node, over: Node) -> Node:
    """A block of any keys, with those that the command line leads to; whatever else is written replaces what was there."""
    if not over.patch or over.mapping is None or base.mapping is None:
        return over
    keys = dict(base.mapping)
    for name, node in over.mapping.items():
        keys[name] = _patched(keys[name], node) if name in keys else node
    return base.with_content(keys)


def _fitting(under: dict[str, Node], over: Mapping[str, Node], shape: BlockOf) -> dict[str, Node]:
    """What a lower layer says that the kind stated above it can have: another kind starts anew with the rest."""
    stated = over.get(Variants.KEY)
    variant = None if stated is None else shape.variant(stated.content)
    return under if variant is None else {name: node for name, node in under.items() if name in keys_of(variant)}


def _index(text: str) -> Key:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _comment(node: Node) -> str:
    """The comment behind a value; of a block over several lines, the one behind its first part that has one."""
    if node.comment or node.mapping is None:
        return node.comment
    return next((part.comment for part in node.mapping.values() if part.comment), "")


def odd_characters(name: str) -> str:
    """Names the characters of a key that only look like plain letters."""
    import unicodedata

    odd = [c for c in name if ord(c) > 127]
    if not odd:
        return ""
    return f"; '{odd[0]}' is U+{ord(odd[0]):04X} {unicodedata.name(odd[0], 'unknown')}"


# -- the command line ------------------------------------------------------------------------------------------------------


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:80])


def override(text: str, folder: str) -> tuple[Node | None, list[Problem]]:
    """`programme.staff.case_manager.fte=6` -> a tree that leads there."""
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        return None, [
            Problem("--set", 0, 0, _printable(text.strip()), "must be written as key=value, e.g. programme.staff.case_manager.fte=6")
        ]
    parts = key.split(".")
    if not key.isprintable() or len(parts) > 20 or not all(part.strip() == part and part for part in parts):
        return None, [Problem("--set", 0, 0, _printable(key), "must be a key such as programme.staff.case_manager.fte")]
    if not value.strip():
        return None, [Problem("--set", 0, 0, key, "needs a value after =; write null to remove")]
    if len(value) > 20_000:
        return None, [Problem("--set", 0, 0, key, "is too long")]
    origin = Origin(CHOSEN, CHOSEN, folder)
    node, problems = parse(value, origin)
    if problems or node is None:
        return None, [replace(problem, key=dotted((key, problem.key)) if problem.key else key) for problem in problems]
    for part in reversed(parts):
        node = Node({part: replace(node, key_line=1, key_column=1)}, origin, 1, 1, patch=True)
    return node, []


def walk(node: Node, shape: Shape, path: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], Node, Shape]]:
    """Every known value below `node` that is not a block, table or list of blocks, with its path and shape; tables by name."""
    if isinstance(shape, BlockOf) and node.mapping is not None:
        for name, key in shape.keys.items():
            if name in node.mapping and (key.word is None or node.mapping[name].content != key.word):
                yield from walk(node.mapping[name], key.shape, (*path, name))
    elif isinstance(shape, TableOf) and node.mapping is not None:
        for name in sorted(node.mapping):
            yield from walk(node.mapping[name], shape.item, (*path, name))
    elif isinstance(shape, ListOf) and node.items is not None:
        for at, item in enumerate(node.items):
            yield from walk(item, shape.item, (*path, at))
    else:
        yield path, node, shape
