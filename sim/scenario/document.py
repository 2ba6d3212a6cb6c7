"""Parses YAML text into a tree of nodes. Only plain data: tags, anchors, aliases and several documents are refused."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.scenario.errors import Problem, shown
from sim.scenario.nodes import Node, Origin, Scalar

MOST_NODES: Final = 20_000
MOST_LEVELS: Final = 32

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufffe\uffff]"
)
_COMMENT = re.compile(r"[\],}:]*\s[\s\],}]*#+\s*(.*\S)")


class _Stop(Exception):
    """The rest of the text cannot be read."""


class _Builder:
    """Turns parse events into nodes."""

    def __init__(self, text: str, origin: Origin) -> None:
        self.origin = origin
        self.problems: list[Problem] = []
        self.lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
        self.ends: dict[int, int] = {}
        self.nodes = 0
        self.events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))

    def problem(self, mark: Any, message: str, key: str = "") -> None:
        self.problems.append(Problem(self.origin.file, mark.line + 1, mark.column + 1, key, message))

    def next(self) -> Event:
        event = next(self.events)
        end = event.end_mark
        if isinstance(event, ScalarEvent | SequenceEndEvent | MappingEndEvent) and end.column > 0:
            self.ends[end.line] = max(self.ends.get(end.line, 0), end.column)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.problem(event.start_mark, f"has more than {MOST_NODES:,} values: this is not a scenario")
            raise _Stop
        return event

    def check(self, event: Any, path: str) -> None:
        """Refuses tags and anchors; the value itself is still read."""
        if isinstance(event, AliasEvent):
            self.problem(event.start_mark, "YAML aliases (*name) are not accepted: write the value out", path)
            raise _Stop
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.problem(
                event.start_mark, f"YAML tags are not accepted: remove {shown(str(tag).replace('tag:yaml.org,2002:', '!!'))}", path
            )
        if event.anchor is not None:
            self.problem(event.start_mark, "YAML anchors (&name) are not accepted: write the value out", path)
        odd = _REFUSED.search(event.value) if isinstance(event, ScalarEvent) else None
        if odd is not None:
            self.problem(event.start_mark, _invisible(odd[0]), path)
            raise _Stop

    def document(self) -> Node | None:
        """The one document of the text; None when there is none."""
        root: Node | None = None
        seen = False
        while True:
            try:
                event = self.next()
            except StopIteration:
                return root
            if isinstance(event, DocumentStartEvent):
                if seen:
                    self.problem(event.start_mark, "must hold one YAML document; remove '---'")
                    return root
                seen = True
                root = self.value(self.next(), "", 0)

    def value(self, event: Any, path: str, level: int, key_mark: Any = None) -> Node:
        self.check(event, path)
        if level > MOST_LEVELS:
            self.problem(event.start_mark, f"is nested more than {MOST_LEVELS} levels deep", path[:200])
            raise _Stop
        start = event.start_mark
        content: Any
        end = event.end_mark
        if isinstance(event, ScalarEvent):
            content = resolve(event.value) if event.style is None or event.style == "" else event.value
        elif isinstance(event, SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(item := self.next(), SequenceEndEvent):
                items.append(self.value(item, f"{path}.{len(items)}" if path else str(len(items)), level + 1))
            content, end = tuple(items), item.end_mark
        elif isinstance(event, MappingStartEvent):
            content, end = self.mapping(path, level)
        else:
            self.problem(start, "cannot be read")
            raise _Stop
        key_line, key_column = (0, 0) if key_mark is None else (key_mark.line + 1, key_mark.column + 1)
        one_line = isinstance(event, ScalarEvent) or event.flow_style
        comment = str(end.line) if one_line else ""  # the number of the line until `_with_comments`
        return Node(content, self.origin, start.line + 1, start.column + 1, key_line, key_column, comment)

    def mapping(self, path: str, level: int) -> tuple[dict[str, Node], Any]:
        content: dict[str, Node] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            self.check(event, path)
            if not isinstance(event, ScalarEvent):
                self.problem(event.start_mark, "a key must be a plain name, not a list or block", path)
                raise _Stop
            key = event.value
            here = f"{path}.{key}" if path else key
            node = self.value(self.next(), here, level + 1, event.start_mark)
            if key in content:
                self.problem(event.start_mark, f"duplicate key; first set on line {content[key].key_line}", here)
            else:
                content[key] = node
        return content, event.end_mark


def resolve(text: str) -> Scalar:
    """A plain scalar: YAML 1.2 core schema, decimal numbers only."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= 30 else float(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _SPECIAL.get(text.lower(), text)


def _with_comments(node: Node, comments: dict[str, str]) -> Node:
    """Puts the comment of the line where a value ends in the place of that line's number."""
    content = node.content
    if isinstance(content, tuple):
        content = tuple(_with_comments(item, comments) for item in content)
    elif isinstance(content, dict):
        content = {key: _with_comments(value, comments) for key, value in content.items()}
    return node.with_content(content, comment=comments.get(node.comment, ""))


def parse(text: str, origin: Origin) -> tuple[Node | None, list[Problem]]:
    """Text -> tree and problems; the tree is None for an empty document and when it cannot be read on."""
    problems = _characters(text, origin)
    if problems:
        return None, problems
    builder = _Builder(text, origin)
    node: Node | None = None
    try:
        node = builder.document()
    except _Stop:
        return None, builder.problems
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.problems.append(
            Problem(origin.file, mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, "", f"not valid YAML: {_explained(error)}")
        )
        return None, builder.problems
    except (YAMLError, ValueError, RecursionError) as error:
        builder.problems.append(Problem(origin.file, 0, 0, "", f"not valid YAML: {str(error).splitlines()[0][:200]}"))
        return None, builder.problems
    comments: dict[str, str] = {}
    for line, column in builder.ends.items():
        match = _COMMENT.fullmatch(builder.lines[line][column:]) if line < len(builder.lines) else None
        if match:
            comments[str(line)] = match[1]
    return None if node is None else _with_comments(node, comments), builder.problems


def _explained(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "").strip()
    if "'\\t'" in problem:
        return "tabs cannot indent YAML; use spaces"
    if problem == "mapping values are not allowed here":
        return "a ':' stands where none can be; check the indentation, or put the text in quotes"
    if "could not find expected ':'" in problem:
        return "a key without ':'"
    if "but found" in problem and error.context:
        return f"{str(error.context).strip()}: {problem}"
    return problem


def _invisible(character: str) -> str:
    name = unicodedata.name(character, "control character")
    return f"holds an invisible character, U+{ord(character):04X} ({name}); remove it"


def _characters(text: str, origin: Origin) -> list[Problem]:
    """Characters that cannot be seen or do not belong into text."""
    problems = []
    for match in _REFUSED.finditer(text):
        before = text[: match.start()]
        line = before.count("\n") + 1
        column = match.start() - (before.rfind("\n") + 1) + 1
        problems.append(Problem(origin.file, line, column, "", _invisible(match[0])))
        if len(problems) == 5:
            break
    return problems
