"""The JSON Schema of a scenario file, for editors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sim.scenario.files import SHIPPED
from sim.scenario.model.scenario import Scenario

SHIPPED_SCHEMA = SHIPPED / "schema.json"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file. Nothing is required, since defaults and `extends` may supply it."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    definitions: dict[str, Any] = schema.pop("$defs")
    found: dict[str, Any] = {}
    schema = _tidy(schema, found)
    definitions = {name: _tidy(definition, found) for name, definition in definitions.items()}
    schema["properties"]["extends"] = {"type": "string", "description": "A scenario file to start from, or caseload:NAME for a shipped one"}
    schema["$defs"] = dict(sorted({**definitions, **found}.items()))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _tidy(part: Any, found: dict[str, Any]) -> Any:
    """Moves kinds of number to definitions, drops what is required, lets every optional key be null."""
    if isinstance(part, list):
        return [_tidy(item, found) for item in part]
    if not isinstance(part, dict):
        return part
    part = {key: value for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    name = part.pop("x-kind", None)
    if name is not None:
        meaning, of_kind = part.pop("description", ""), part.pop("x-meaning")
        part = {key: value for key, value in part.items() if key != "default"} | ({"description": of_kind} if of_kind else {})
        if found.setdefault(f"{name}Value", part) != part:
            raise AssertionError(f"two kinds of number are called {name}")
        of_key = {"description": meaning} if meaning not in ("", of_kind) else {}
        return {"$ref": f"#/$defs/{name}Value", **of_key}
    part.pop("required", None)
    if "additionalProperties" in part and part.get("type") == "object" and "properties" not in part:
        table = part["additionalProperties"]
        if isinstance(table, dict):
            part["additionalProperties"] = {"anyOf": [table, {"type": "null"}]}
    return {key: _tidy(value, found) for key, value in part.items() if not (key == "default" and value is None)}


def schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_json_schema(path: str | os.PathLike[str] = SHIPPED_SCHEMA) -> Path:
    """Writes the schema; returns where."""
    target = Path(path)
    target.write_text(schema_text(), encoding="utf-8")
    return target
