"""Names and patterns of outcomes and parameters: what they stand for, or the nearest name that exists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Final

from ruamel.yaml import YAML

from sim.outcomes.measures import BY_NAME
from sim.scenario.errors import nearest

WILD: Final = "*"
ALONE: Final = "programme"
"""The arm that is meant when a measure that only the programme has is named alone."""


class UnknownName(ValueError):
    """A name or pattern that stands for nothing; the message names the nearest that does."""


def expand(patterns: Iterable[str], known: Sequence[str]) -> list[str]:
    """The known names that the patterns stand for, each once, in the order of the patterns. Raises UnknownName."""
    present = set(known)
    found: dict[str, None] = {}
    for pattern in patterns:
        if WILD not in pattern:
            found[outcome_named(pattern, present)] = None
            continue
        matches = [name for name in known if fnmatchcase(name, pattern)]
        if not matches:
            raise UnknownName(f"no outcome fits '{pattern}'{nearest(pattern.replace(WILD, ''), known)}")
        found.update(dict.fromkeys(matches))
    return list(found)


def outcome_named(name: str, known: Iterable[str]) -> str:
    """The full name of an outcome. A measure that only the programme has may be named alone: roi_fees. Raises UnknownName."""
    present = known if isinstance(known, set | frozenset | dict) else set(known)
    if name in present:
        return name
    alone = BY_NAME.get(name)
    if alone is not None:
        if alone.programme_only and f"{ALONE}.{name}" in present:
            return f"{ALONE}.{name}"
        raise UnknownName(f"'{name}' is of an arm: say usual_care.{name}, programme.{name} or difference.{name}")
    raise UnknownName(f"no outcome is called '{name}'{nearest(name, sorted(present)) or nearest(name, BY_NAME)}")


def matching(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """The names that fit any of the patterns, in their own order."""
    patterns = list(patterns)
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


@cache
def costs_without_benefit() -> Mapping[str, str]:
    """Pattern of a dotted name -> why it is no lever."""
    text = resources.files(__package__).joinpath("no_benefit.yaml").read_text(encoding="utf-8")
    patterns: Mapping[str, str] = YAML(typ="safe", pure=True).load(text)
    return patterns


def without_benefit(key: str) -> str | None:
    """Why a scenario key is a cost with no modelled benefit; None when it is not one."""
    for pattern, reason in costs_without_benefit().items():
        if re.fullmatch(re.escape(pattern).replace(r"\*", r"[^.]+"), key):
            return reason
    return None
