"""How a benchmark measures and says what it found."""

from __future__ import annotations

import importlib.metadata
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PHASE_1 = "caseload:mgh_cmp/phase1.yaml"
VERSIONS_OF = ("numpy", "numba", "scipy", "mesa", "simpy", "ciw", "starsim")


class Finding(NamedTuple):
    """One line of a benchmark's report."""

    what: str
    value: str


Benchmark = Callable[[], Iterator[Finding]]


def seconds(action: Callable[[], object], repeats: int = 3) -> float:
    """The median time of some repeats, in seconds; the action must have been warmed up."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def resident_bytes() -> int:
    """Memory of this process that is in use, bytes (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise OSError("no VmRSS in /proc/self/status")


def machine() -> Iterator[Finding]:
    """Processor, interpreter and versions."""
    processor = platform.processor() or platform.machine()
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        processor = next(line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    yield Finding("processor", processor)
    yield Finding("Python", platform.python_version())
    for name in VERSIONS_OF:
        try:
            yield Finding(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "not installed")
