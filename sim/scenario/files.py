"""Which files a scenario may read: itself, what it names within its own folders, and what is shipped."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from sim.scenario.document import parse
from sim.scenario.errors import Problem, ScenarioErrors, nearest, shown
from sim.scenario.nodes import Node, Origin

SHIPPED: Final = Path(__file__).resolve().parents[2] / "scenarios"
SCHEME: Final = "caseload:"
MOST_BYTES: Final = 2_000_000
YAML_NAMES: Final = (".yaml", ".yml")


@dataclass(frozen=True)
class Place:
    """A scenario file: where it is, how messages name it, and the folder that nothing it names may leave."""

    path: Path
    name: str
    root: Path


class Laid(NamedTuple):
    """The file that was loaded; it and those that it extends, the most basic one first; and their layers laid over each other, before
    what all components share was copied into them."""

    first: Place
    files: tuple[Origin, ...]
    tree: Node

    def above(self, origin: Origin) -> tuple[Origin, ...]:
        """The files that extend one of them, directly or through others; none of them for what is no file."""
        return self.files[self.files.index(origin) + 1 :] if origin in self.files else ()


class FileFault(Exception):
    """A file that cannot be read; the message is for people."""


def first_place(path: str | os.PathLike[str]) -> Place:
    """The file that a command names."""
    text = os.fspath(path)
    if text.startswith(SCHEME):
        return shipped_place(text)
    if "\x00" in text or not text:
        raise FileFault(f"is not a file name (got {shown(text)})")
    try:
        resolved = Path(text).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise FileFault("cannot be read") from error
    folder = resolved.parent
    root = folder.parent if folder.parent != folder.parent.parent else folder
    name = "".join(c if c.isprintable() else "?" for c in Path(text).name or text)
    return Place(resolved, name, root)


def shipped_place(text: str) -> Place:
    """`caseload:mgh_cmp/phase1.yaml`: a shipped scenario."""
    return Place(_within(SHIPPED, SHIPPED, text.removeprefix(SCHEME), YAML_NAMES), text, SHIPPED)


def named_place(text: str, origin_folder: str, first: Place) -> Place:
    """The file that `extends:` names, relative to the folder of the file that says so. Raises FileFault."""
    if text.startswith(SCHEME):
        return shipped_place(text)
    folder = Path(origin_folder)
    shipped = folder.is_relative_to(SHIPPED) and not first.path.is_relative_to(SHIPPED)
    path = _within(folder, SHIPPED if shipped else first.root, text, YAML_NAMES)
    if shipped:
        return Place(path, SCHEME + path.relative_to(SHIPPED).as_posix(), SHIPPED)
    return Place(path, Path(os.path.relpath(path, first.path.parent)).as_posix(), first.root)


def named_file(text: str, origin_folder: str, first: Place, endings: tuple[str, ...]) -> Path:
    """Another file that a scenario names, such as a panel. Raises FileFault."""
    folder = Path(origin_folder)
    shipped = folder.is_relative_to(SHIPPED)
    path = _within(folder, SHIPPED if shipped else first.root, text, endings)
    if not path.exists():
        raise FileFault(f"no such file, seen from the folder of this one (got {shown(text)}){_neighbour(path)}")
    _status(path)
    return path


def _within(folder: Path, root: Path, text: str, endings: tuple[str, ...]) -> Path:
    """`folder/text` with links followed, when it stays inside `root`."""
    if not text.strip() or not text.isprintable() or len(text) > 500:
        raise FileFault(f"is not a file name (got {shown(text)})")
    if PurePosixPath(text).is_absolute() or "\\" in text or text.startswith("~") or ":" in text:
        shipped = f", or {SCHEME}NAME for a shipped scenario" if endings == YAML_NAMES else ""
        raise FileFault(f"must be a path relative to this file{shipped} (got {shown(text)})")
    if not text.lower().endswith(endings):
        raise FileFault(f"must name a {' or '.join(endings)} file (got {shown(text)})")
    try:
        path = (folder / text).resolve()
    except (OSError, RuntimeError) as error:
        raise FileFault(f"cannot be read (got {shown(text)})") from error
    if not path.is_relative_to(root):
        raise FileFault(f"must stay inside the folder '{root.name}' (got {shown(text)})")
    return path


def _status(path: Path) -> os.stat_result:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise FileFault(f"no such file{_neighbour(path)}") from None
    except OSError as error:
        raise FileFault(f"cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    if stat.S_ISDIR(status.st_mode):
        raise FileFault("is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise FileFault("is not a regular file")
    return status


def _neighbour(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()][:1000]
    except OSError:
        return ""
    return nearest(path.name, names)


def read(place: Place, layer: str = "file") -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of a file and what is wrong with it. An empty file and anything but a block at the top are problems."""
    try:
        if place.path.suffix.lower() not in YAML_NAMES:
            _status(place.path)
            raise FileFault("must be a .yaml file")
        status = _status(place.path)
        if status.st_size > MOST_BYTES:
            raise FileFault(f"is too large for a scenario: {status.st_size / 1e6:,.1f} MB, at most {MOST_BYTES / 1e6:g} MB")
        if layer == "default" or place.path.is_relative_to(SHIPPED):
            return _parsed_once(place.path, place.name, layer, status.st_mtime_ns, status.st_size)
        return _parsed(place.path, place.name, layer)
    except FileFault as fault:
        return None, (Problem(place.name, 0, 0, "", str(fault)),)


@lru_cache(maxsize=64)
def _parsed_once(path: Path, name: str, layer: str, changed: int, size: int) -> tuple[Node | None, tuple[Problem, ...]]:
    """Shipped files, parsed once for each state on disk; nodes do not change."""
    return _parsed(path, name, layer)


def _parsed(path: Path, name: str, layer: str) -> tuple[Node | None, tuple[Problem, ...]]:
    origin = Origin(layer, name, str(path.parent))
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileFault(f"cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        column = error.start - (content[: error.start].rfind(b"\n") + 1) + 1
        return None, (Problem(name, line, column, "", "is not UTF-8 text; save it as UTF-8"),)
    tree, problems = parse(text, origin)
    if tree is None and not problems:
        problems = [Problem(name, 0, 0, "", "is empty")]
    elif tree is not None and tree.content is None:
        return None, (*problems, Problem(name, 0, 0, "", "is empty"))
    elif tree is not None and tree.mapping is None:
        what = "a list" if tree.items is not None else "one value"
        return None, (*problems, Problem(name, tree.line, tree.column, "", f"must be a block of keys such as 'run:' (got {what})"))
    return tree, tuple(problems)


def default_places() -> list[Place]:
    """The shipped files of default values, in the order of their names."""
    return [Place(path, path.name, SHIPPED) for path in sorted((SHIPPED / "defaults").glob("*.yaml"))]


def read_document(path: str | os.PathLike[str]) -> tuple[Place, Node]:
    """A document that extends no other: where it is and what it holds. Raises ScenarioErrors when it cannot be read at all."""
    try:
        place = first_place(path)
    except FileFault as fault:
        raise ScenarioErrors([Problem(os.fspath(path)[:200], 0, 0, "", str(fault))]) from None
    tree, faults = read(place)
    if tree is None or faults:
        raise ScenarioErrors(faults)
    return place, tree
