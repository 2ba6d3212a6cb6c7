"""Groups of practices as a scenario writes them, one by one: `large: {count: 2}` becomes large_1 and large_2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.errors import Problem, ScenarioErrors


@dataclass(frozen=True)
class Practice:
    """One practice. group: its key in `sites.practices`; share: its part of the panel, 0..1."""

    name: str
    group: str
    share: float


def expand(groups: Mapping[str, Any]) -> tuple[Practice, ...]:
    """Every practice, in the order of group names; `size` is relative, so shares sum to 1 whatever the sizes sum to.

    groups: name -> an object with `count` (how many such practices) and `size` (of each of them).
    Raises ScenarioErrors if nobody can belong anywhere.
    """
    named = [
        (group if int(float(block.count)) == 1 else f"{group}_{i + 1}", group, float(block.size))
        for group, block in sorted(groups.items())
        for i in range(int(float(block.count)))
    ]
    total = sum(size for _, _, size in named)
    if not total > 0:
        raise ScenarioErrors([Problem("scenario", 0, 0, "sites.practices", "at least one practice must have a size above 0")])
    return tuple(Practice(name, group, size / total) for name, group, size in named)
