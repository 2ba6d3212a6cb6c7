"""Reads a contract's constants from the shipped YAML: every one with its value, source and grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from ruamel.yaml import YAML

from sim.scenario.files import SHIPPED
from sim.scenario.values import GRADES

_LEAF: Final = frozenset({"value", "source", "grade"})
_OPTIONAL: Final = frozenset({"unit", "range"})


@dataclass(frozen=True)
class Constant:
    """One constant of a contract. name: `tracks.basic_a.sharing_rate`; value: as the YAML writes it, a share unless `unit` says
    otherwise; range: lowest and highest value to try, None where nothing is known of it."""

    name: str
    value: Any
    source: str
    grade: str
    unit: str = ""
    range: tuple[float, float] | None = None


@cache
def constants(contract: str) -> Mapping[str, Constant]:
    """The constants of `scenarios/defaults/contracts/CONTRACT.yaml` by name. Raises ValueError for a leaf without source or grade."""
    path = SHIPPED / "defaults" / "contracts" / f"{contract}.yaml"
    tree = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return {constant.name: constant for constant in _leaves(tree, "")}


def _leaves(tree: Any, name: str) -> Iterator[Constant]:
    if not isinstance(tree, dict):
        raise ValueError(f"{name}: must be a mapping of value, source and grade (got {tree!r})")
    if "value" not in tree:
        for key, branch in tree.items():
            yield from _leaves(branch, f"{name}.{key}" if name else str(key))
        return
    if not _LEAF <= set(tree) <= _LEAF | _OPTIONAL or not tree["source"] or tree["grade"] not in GRADES:
        raise ValueError(f"{name}: must have a value, a source and one of the grades {', '.join(GRADES)}")
    bounds = tree.get("range")
    span = (float(bounds[0]), float(bounds[1])) if bounds else None
    yield Constant(name, tree["value"], str(tree["source"]), str(tree["grade"]), str(tree.get("unit", "")), span)
