"""Turns pydantic's errors into messages for planners, each at its line and column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError

from sim.scenario.errors import Problem, listed, nearest, shown, split_by_comma
from sim.scenario.kinds import Written
from sim.scenario.layers import odd_characters
from sim.scenario.model.base import Block, Variants
from sim.scenario.nodes import Key, Node, dotted
from sim.scenario.shape import BlockOf, Leaf, ListOf, Shape, TableOf, keys_of, kind_of, shape_at


def explain(error: ValidationError, tree: Node, root: Shape) -> Iterator[Problem]:
    """One problem for each error."""
    for details in error.errors(include_url=False):
        yield _explain(dict(details), tree, root)


def _explain(details: dict[str, Any], tree: Node, root: Shape) -> Problem:
    kind = details["type"]
    context = details.get("ctx", {})
    path, variant = _written(tuple(details["loc"]), root)
    raw = details.get("input")
    if kind == "value":
        message = context["message"] + _nearly_word(_word(path, root), raw)
        path = (*path, *context.get("path", ()))
    elif kind == "missing":
        message = f"missing; {_wanted(shape_at(root, path))}"
    elif kind == "extra_forbidden":
        message = _unknown(path, variant, root)
    elif kind in ("model_type", "dict_type", "model_attributes_type"):
        message = _block_wanted(shape_at(root, path), raw, _word(path, root))
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        shape, path = shape_at(root, path), (*path, Variants.KEY)
        message = _kind_wanted(shape, context.get("tag"))
    elif kind == "literal_error":
        shape = shape_at(root, path[: _depth(path, root)])
        message = _choice(shape, context, raw)
    elif kind == "bool_type":
        message = f"must be true or false (got {shown(raw)})"
    elif kind == "string_type":
        message = f"must be text (got {_got(raw)})"
    elif kind == "int_type":
        message = f"must be a whole number (got {_got(raw)})"
    elif kind in ("float_type", "float_parsing", "finite_number"):
        message = f"must be a number (got {_got(raw)})"
    elif kind == "greater_than":
        message = f"must be more than {context['gt']:g} (got {shown(raw)})"
    elif kind == "greater_than_equal":
        message = f"must be at least {context['ge']} (got {shown(raw)})"
    elif kind == "less_than_equal":
        message = f"must be at most {context['le']} (got {shown(raw)})"
    elif kind == "less_than":
        message = f"must be less than {context['lt']} (got {shown(raw)})"
    elif kind == "list_type":
        message = f"must be a list (got {_got(raw)})"
    elif kind == "too_short":
        message = f"must have at least {_items(context['min_length'])}"
    elif kind == "too_long":
        message = f"must have at most {_items(context['max_length'])} (got {context['actual_length']})"
    else:
        text = str(details["msg"])
        message = f"{text[:1].lower()}{text[1:]} (got {_got(raw)})"
    node = tree.nearest_to(path)
    if kind == "missing" and node.origin.layer == "default":
        node = tree  # the scenario has to say it, not the file of default values
    line, column = node.position
    return Problem(node.origin.file, line, column, dotted(path), message)


def _items(count: int) -> str:
    return "one item" if count == 1 else f"{count} items"


def _written(loc: tuple[Key, ...], root: Shape) -> tuple[tuple[Key, ...], type[Block] | None]:
    """The path as it stands in the file, without the kinds of blocks that pydantic puts into it, and the last of those blocks."""
    path: tuple[Key, ...] = ()
    variant: type[Block] | None = None
    for part in loc:
        here = shape_at(root, path)
        if isinstance(here, BlockOf) and here.variants and (found := here.variant(part)) is not None:
            variant = found
        else:
            path = (*path, part)
    return path, variant


def _kind_wanted(shape: Shape | None, tag: object) -> str:
    kinds = [kind_of(variant) for variant in shape.variants] if isinstance(shape, BlockOf) else []
    if tag is None:
        return f"missing; must be {listed(kinds)}"
    return f"must be {listed(kinds)} (got {shown(tag)}){nearest(str(tag), kinds)}"


def _nearly_word(word: str | None, raw: object) -> str:
    """A hint when a number was wanted or a word, and something like the word is written."""
    written = raw.data if isinstance(raw, Written) else None
    return nearest(written, [word]) if word is not None and isinstance(written, str) else ""


def _got(raw: object) -> str:
    if isinstance(raw, dict):
        return "a block"
    return "a list" if isinstance(raw, list) else shown(raw)


def _depth(path: tuple[Key, ...], root: Shape) -> int:
    """How much of the path leads to a field; the rest are positions in a plain list."""
    for length in range(len(path), 0, -1):
        if shape_at(root, path[:length]) is not None:
            return length
    return 0


def _unknown(path: tuple[Key, ...], variant: type[Block] | None, root: Shape) -> str:
    parent = shape_at(root, path[:-1])
    name = str(path[-1])
    known = list(parent.keys) if isinstance(parent, BlockOf) else []
    if isinstance(parent, BlockOf) and parent.variants and variant is not None:
        if name in known:
            return f"has no effect with kind: {kind_of(variant)}; it belongs to kind {listed(parent.kinds_with(name))}"
        known = list(keys_of(variant))
    hint = split_by_comma(name) or nearest(name, known)
    if not hint:
        hint = _elsewhere(name, root)
    if not hint and known:
        hint = f"; known here: {', '.join(known)}" if len(known) <= 16 else ""
    if not known:
        hint = "; this block has no keys"
    return f"unknown key{hint}{odd_characters(name)}"


def _elsewhere(name: str, root: Shape) -> str:
    """Where a key belongs that stands in the wrong block, when there is one such place."""
    places = list(_blocks_with(name, root, ()))
    if len(places) != 1:
        return ""
    return f"; it belongs to {dotted(places[0])}" if places[0] else "; it belongs to the top level"


def _blocks_with(name: str, shape: Shape, path: tuple[Key, ...]) -> Iterator[tuple[Key, ...]]:
    """The paths of the blocks that have a key of this name; not inside tables."""
    if isinstance(shape, BlockOf):
        keys = shape.keys
        if name in keys:
            yield path
        for key in keys.values():
            yield from _blocks_with(name, key.shape, (*path, key.name))


def _wanted(shape: Shape | None) -> str:
    if isinstance(shape, Leaf):
        return f"must be stated, e.g. {shape.kind.example}"
    if isinstance(shape, BlockOf):
        return f"must be stated, a block with {', '.join(list(shape.keys)[:12])}"
    if isinstance(shape, TableOf):
        return "must be stated, a block with one entry for each name"
    if shape is None:
        return "must be stated"
    choices = [choice for choice in get_args(getattr(shape, "annotation", None)) if isinstance(choice, str)]
    return f"must be {listed(choices)}" if choices else "must be stated"


def _block_wanted(shape: Shape | None, raw: object, word: str | None) -> str:
    if isinstance(shape, TableOf):
        return f"must be a block with one entry for each name (got {_got(raw)})"
    if isinstance(shape, BlockOf):
        keys = list(shape.keys)
        short = word or (shape.model.SHORT and "a duration such as 14 days")
        either = f"{shown(word) if word else short} or " if short else ""
        with_keys = f" with {', '.join(keys[:12])}"
        hint = nearest(raw, [word]) if word and isinstance(raw, str) else ""
        return f"must be {either}a block{with_keys} (got {_got(raw)}){hint}"
    return f"must be a block (got {_got(raw)})"


def _word(path: tuple[Key, ...], root: Shape) -> str | None:
    """The word that may stand in place of the value at a path."""
    parent = shape_at(root, path[:-1])
    key = parent.keys.get(str(path[-1])) if isinstance(parent, BlockOf) else None
    return None if key is None else key.word or key.absent


def _choice(shape: Shape | None, context: dict[str, Any], raw: object) -> str:
    choices = _literals(getattr(shape, "annotation", None))
    absent = [] if shape is None or isinstance(shape, Leaf | BlockOf | TableOf | ListOf) else choices
    if not absent:
        return f"must be {context.get('expected', 'something else')} (got {_got(raw)})"
    names = [choice for choice in absent if isinstance(choice, str)]
    hint = nearest(raw, names) if isinstance(raw, str) else ""
    expected = listed(names) if names else " or ".join(", ".join(map(str, absent)).rsplit(", ", 1))
    return f"must be {expected} (got {_got(raw)}){hint}"


def _literals(annotation: Any) -> list[Any]:
    """The choices of a Literal, wherever it stands in an annotation."""
    found: list[Any] = []
    for part in get_args(annotation):
        if isinstance(part, str | int) and not isinstance(part, bool):
            found.append(part)
        else:
            found.extend(_literals(part))
    return found
