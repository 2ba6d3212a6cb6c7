"""The table of parameters, the resolved scenario, and the digest of its content."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.scenario.errors import ValueFault
from sim.scenario.kinds import LawOf, Written
from sim.scenario.layers import walk
from sim.scenario.model.base import Block, Variants
from sim.scenario.nodes import CHOSEN, Node, dotted
from sim.scenario.shape import BlockOf, Leaf, ListOf, Plain, Shape, TableOf
from sim.scenario.values import Law, Quantity


@dataclass(frozen=True)
class ParameterRow:
    """One number or law. `value` is canonical (a law's mean), in `unit`; `uncertainty` is what is not known about it."""

    name: str
    written: str
    value: float
    unit: str
    uncertainty: str
    source: str
    grade: str
    set_by: str

    def override(self, value: float) -> str:
        """Another canonical value for this parameter in the form that `--set` takes; a law becomes fixed."""
        amount: object = int(value) if value == int(value) else value
        if self.unit in ("days per day", "days per month"):
            text = f"{value * 24!r} hours"
        elif self.unit == "days after midnight":
            hours, minutes = divmod(round(value * 1440), 60)
            text = f"{hours:02}:{minutes:02}"
        elif self.unit == "days" or (self.unit.startswith(("USD", "per year")) and self.unit != "per year of age"):
            text = f"{amount!r} {self.unit}"
        else:
            text = repr(amount)
        return f"{self.name}={text}"


def written_at(node: Node) -> Written:
    """A number's node with its source, grade and who set it. A value without any says which line it stands on."""
    set_by = node.origin.at(node.position[0])
    if node.origin.layer == "default":
        return Written(node.plain(), node.source or "no source", node.grade or "assumption", set_by)
    stands = CHOSEN if node.origin.layer == CHOSEN else f"{node.origin.file}:{node.position[0]}"
    return Written(node.plain(), node.source or stands, node.grade or "scenario", set_by)


def leaf_value(node: Node, shape: Leaf) -> Quantity | Law | None:
    """What a number's node holds; None when it cannot be read."""
    try:
        return shape.kind.parse(written_at(node))
    except ValueFault:
        return None


def _is_number(node: Node, shape: Shape) -> bool:
    return isinstance(shape, Plain) and shape.annotation is int and isinstance(node.content, int)


def parameter_rows(model: type[Block], tree: Node) -> list[ParameterRow]:
    """One row for every number and law of a valid tree."""
    rows = []
    for path, node, shape in walk(tree, BlockOf(model)):
        name = dotted(path)
        if isinstance(shape, Leaf):
            value = leaf_value(node, shape)
            if value is None:
                continue
            text = value.uncertainty.text if value.uncertainty else ""
            rows.append(ParameterRow(name, value.written, float(value), value.unit, text, value.source, value.grade, value.set_by))
        elif _is_number(node, shape):
            written = written_at(node)
            source = node.comment or written.source
            rows.append(ParameterRow(name, str(node.content), float(written.data), "", "", source, written.grade, written.set_by))
    return rows


def numeric_leaves(model: type[Block], tree: Node) -> list[str]:
    """The dotted name of every number and law."""
    return [dotted(path) for path, node, shape in walk(tree, BlockOf(model)) if isinstance(shape, Leaf) or _is_number(node, shape)]


def resolved_data(model: type[Block], tree: Node) -> dict[str, Any]:
    """Plain data of a valid tree, every number with its source and grade."""
    data = _resolved(tree, BlockOf(model))
    assert isinstance(data, dict)
    if isinstance(data["population"].get("panel"), dict):
        del data["population"]["size"]  # the panel says it, and loading refuses both
    return data


def data_at(data: Any, name: str) -> Any:
    """The part of resolved data at a dotted name."""
    for part in name.split("."):
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def _resolved(node: Node, shape: Shape) -> Any:
    if isinstance(shape, Leaf):
        value = leaf_value(node, shape)
        data = node.plain()
        if value is None:
            return data
        block = dict(data) if isinstance(data, dict) else {"fixed" if isinstance(shape.kind, LawOf) else "value": data}
        return {**block, "source": value.source, "grade": value.grade}
    if isinstance(shape, BlockOf) and node.mapping is not None:
        out = {}
        stated = node.mapping.get(Variants.KEY)
        for name, key in shape.chosen(None if stated is None else stated.content).keys.items():
            if name in node.mapping:
                item = node.mapping[name]
                out[name] = item.content if key.word is not None and item.content == key.word else _resolved(item, key.shape)
            elif key.absent is not None:
                out[name] = key.absent
        return out
    if isinstance(shape, TableOf) and node.mapping is not None:
        return {name: _resolved(node.mapping[name], shape.item) for name in sorted(node.mapping)}
    if isinstance(shape, ListOf) and node.items is not None:
        return [_resolved(item, shape.item) for item in node.items]
    return node.plain()


def content_digest(scenario: BaseModel) -> str:
    """SHA-256 of the canonical values. A panel counts by its content, not by where it lies."""
    data = {name: _canonical(getattr(scenario, name)) for name in type(scenario).model_fields if name not in ("title", "description")}
    return hashlib.sha256(json.dumps(data, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Quantity | Law):
        kept = {key: part for key, part in asdict(value).items() if key not in ("written", "source", "grade", "set_by", "uncertainty")}
        if value.uncertainty is not None:
            kept["uncertainty"] = {key: part for key, part in asdict(value.uncertainty).items() if key != "text"}
        return kept
    if isinstance(value, BaseModel):
        return {name: _canonical(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(name): _canonical(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(part) for part in value]
    if isinstance(value, Path):
        return hashlib.sha256(value.read_bytes()).hexdigest()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
