"""What is wrong with a scenario, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

_REST: Final = re.compile(r"\d{3}(\D|$)")
"""What is left of a number behind its comma."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: `file:line:column: key: message`. Line and column count from 1; 0 where there is none."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        if self.file == "--set":
            return f"--set {self.key}: {self.message}" if self.key else f"--set: {self.message}"
        where = self.file
        if self.line:
            where += f":{self.line}:{self.column}"
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ScenarioErrors(Exception):
    """Every fault found in a scenario, in the order of its files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = list(dict.fromkeys(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ValueFault(ValueError):
    """A value that cannot be read. `path` leads from the value to the part that is wrong."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no known name is like it."""
    matches = get_close_matches(name.casefold()[:80], list(known), n=1, cutoff=0.65)
    return f"; did you mean '{matches[0]}'?" if matches else ""


def split_by_comma(name: str) -> str:
    """What is wrong with a key that is the rest of a number: inside { } a comma ends a value, so `{value: 115,000}` has a key `000`."""
    return "; inside { } a comma ends a value: write numbers without commas (115000, not 115,000)" if _REST.match(name) else ""


def listed(names: Iterable[str], most: int = 24) -> str:
    """Names for a message: `'a', 'b' or 'c'`."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) > most:
        return ", ".join(quoted[:most]) + ", ..."
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def shown(value: object, most: int = 60) -> str:
    """A value for a message, on one line and not longer than `most` characters."""
    text = value if isinstance(value, str) else repr(value)
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif value is None:
        text = "null"
    elif isinstance(value, float):
        text = f"{value:.12g}"
    text = "".join(c if c.isprintable() else "?" for c in text)
    text = text if len(text) <= most else text[: most - 3] + "..."
    return f"'{text}'" if isinstance(value, str) else text
