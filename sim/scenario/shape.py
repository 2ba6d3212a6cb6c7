"""The shape of a scenario, read off its model classes: what is a block, a table of named blocks, a list, a number."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from sim.scenario.kinds import Kind
from sim.scenario.model.base import Absent, Block, Variants, Word


@dataclass(frozen=True)
class Plain:
    """Text, a switch, a choice, or a list of these; replaced whole."""

    annotation: Any


@dataclass(frozen=True)
class Leaf:
    """A number or law."""

    kind: Kind


@dataclass(frozen=True)
class BlockOf:
    """A block of known keys. variants: the blocks it can be by its `kind`, where that decides which keys it has; `model` is the first."""

    model: type[Block]
    variants: tuple[type[Block], ...] = ()

    @property
    def keys(self) -> Mapping[str, Key]:
        """The keys that the block can have, whatever its kind."""
        return _keys_of_any(self.variants or (self.model,))

    def kinds_with(self, name: str) -> list[str]:
        """The kinds that have a key of this name."""
        return [kind_of(variant) for variant in self.variants if name in keys_of(variant)]

    def chosen(self, kind: object) -> BlockOf:
        """The block of a kind; this one where there are none, or none of that kind."""
        variant = self.variant(kind)
        return self if variant is None else BlockOf(variant)

    def variant(self, kind: object) -> type[Block] | None:
        """The block of a kind."""
        return next((variant for variant in self.variants if kind_of(variant) == kind), None)


@dataclass(frozen=True)
class TableOf:
    """Blocks by name."""

    item: BlockOf


@dataclass(frozen=True)
class ListOf:
    """A list of blocks; replaced whole."""

    item: BlockOf


Shape = Plain | Leaf | BlockOf | TableOf | ListOf


@dataclass(frozen=True)
class Key:
    """One key of a block. `absent` is the word that says it is not there, `word` one that may stand in its place.

    `meaning` is what it does in the model; up to its first semicolon it serves as a label.
    """

    name: str
    shape: Shape
    required: bool
    absent: str | None
    word: str | None
    meaning: str


def _shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    for extra in metadata:
        if isinstance(extra, Kind):
            return Leaf(extra)
        if isinstance(extra, Variants):
            variants = get_args(annotation)
            return BlockOf(variants[0], variants)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        return _shape(inner, tuple(extras))
    if origin is Union or origin is types.UnionType:
        options = [option for option in get_args(annotation) if option is not type(None)]
        blocks = [option for option in options if get_origin(option) is not Literal]
        return _shape((blocks or options)[0])
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return BlockOf(annotation)
    if origin in (dict, list):
        item = _shape(get_args(annotation)[-1])
        if isinstance(item, BlockOf):
            return TableOf(item) if origin is dict else ListOf(item)
    return Plain(annotation)


@cache
def keys_of(model: type[Block]) -> Mapping[str, Key]:
    """The keys of a block by the name that YAML uses, in the order of the model."""
    keys = {}
    for name, info in model.model_fields.items():
        absent = next((extra.word for extra in info.metadata if isinstance(extra, Absent)), None)
        word = next((extra.word for extra in info.metadata if isinstance(extra, Word)), None)
        key = info.alias or name
        keys[key] = Key(key, _shape(info.annotation, tuple(info.metadata)), info.is_required(), absent, word, info.description or "")
    return types.MappingProxyType(keys)


@cache
def _keys_of_any(models: tuple[type[Block], ...]) -> Mapping[str, Key]:
    return types.MappingProxyType({name: key for model in models for name, key in keys_of(model).items()})


def kind_of(variant: type[Block]) -> str:
    """The word that stands at `kind` in a block of this class."""
    return str(get_args(variant.model_fields[Variants.KEY].annotation)[0])


def shape_at(shape: Shape, path: tuple[str | int, ...]) -> Shape | None:
    """The shape at a path; None where the path leaves the known keys."""
    here: Shape | None = shape
    for part in path:
        if isinstance(here, BlockOf):
            key = here.keys.get(str(part))
            here = None if key is None else key.shape
        elif isinstance(here, TableOf | ListOf):
            here = here.item
        else:
            return None
    return here
