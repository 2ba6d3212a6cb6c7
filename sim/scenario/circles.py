"""Circles in what names what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def way_back(start: str, arrows: Mapping[str, Sequence[str]]) -> list[str]:
    """The names on a way along the arrows that leads back to `start`, which comes first; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in arrows.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []
