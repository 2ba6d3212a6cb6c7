"""The JSON Schema of an experiment file, for editors: made from the blocks that read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from experiments.specification.model import DESIGNS, LEVERS, Experiment, Uncertainties
from sim.scenario.model.base import Block

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_OF_NUMBERS: Final = ("source", "grade")
"""Every block of a scenario may say where its numbers come from; those of an experiment are choices."""


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an experiment file: the levers, the uncertainties and the design by their forms."""
    blocks: list[type[Block]] = [Experiment, Uncertainties, *LEVERS.values(), *DESIGNS.values()]
    _, whole = models_json_schema([(block, "validation") for block in blocks], by_alias=True)
    parts: dict[str, Any] = {name: _tidy(part) for name, part in whole["$defs"].items()}
    experiment = parts.pop(Experiment.__name__)
    properties = experiment["properties"]
    properties["levers"]["additionalProperties"] = {"anyOf": [{"type": "array", "minItems": 1}, *_named(LEVERS.values())]}
    properties["uncertainties"] = {"anyOf": [{"enum": ["all", "none"]}, *_named([Uncertainties])]}
    properties["design"] = {"anyOf": _named(DESIGNS.values())}
    return {"$schema": _DIALECT, **experiment, "$defs": dict(sorted(parts.items()))}


def _named(blocks: Iterable[type[Block]]) -> list[dict[str, str]]:
    return [{"$ref": f"#/$defs/{block.__name__}"} for block in blocks]


def _tidy(part: Any) -> Any:
    """Without titles that only repeat the key, and without what a block of numbers may have."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _tidy(value) for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {key: value for key, value in kept["properties"].items() if key not in _OF_NUMBERS}
    return kept


def schema_text() -> str:
    """The schema as it is printed."""
    return json.dumps(json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
