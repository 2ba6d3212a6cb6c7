"""How far a run is: a bar on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Protocol, Self


class Progress(Protocol):
    """A context in which `advance` is called once per finished replication."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def advance(self) -> None: ...
    def say(self, line: str) -> None: ...


def progress(label: str, total: int, done: int = 0) -> Progress:
    """A bar when stderr is a terminal, lines when it is a file or a pipe. `done` replications were kept from before."""
    return Bar(label, total, done) if sys.stderr.isatty() else Lines(label, total, done)


class Bar:
    """Rich's bar: replications done, time left."""

    def __init__(self, label: str, total: int, done: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        columns: list[Any] = [
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("replications, left:"),
            TimeRemainingColumn(),
        ]
        self._bar = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(label, total=total, completed=done)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def advance(self) -> None:
        """One more replication is done."""
        self._bar.advance(self._task)

    def say(self, line: str) -> None:
        """A line above the bar."""
        self._bar.console.print(line, markup=False, highlight=False)


class Lines:
    """About ten lines in all, however many replications there are."""

    def __init__(self, label: str, total: int, done: int) -> None:
        self._label, self._total, self._done, self._kept = label, total, done, done
        self._every = max(1, total // 10)
        self._start = self._first = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def advance(self) -> None:
        """One more replication is done."""
        self._done += 1
        now = time.monotonic()
        if self._done == self._kept + 1:
            self._first = now  # what it took may be mostly compiling, which the others need not
        if self._done % self._every == 0 or self._done == self._total:
            elapsed = now - self._start
            later = self._done - self._kept - 1
            each = (now - self._first) / later if later else elapsed
            left = each * (self._total - self._done)
            tail = f", about {_seconds(left)} left" if self._done < self._total else f" in {_seconds(elapsed)}"
            print(f"{self._label}: {self._done} of {self._total} replications{tail}", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """A line between the others."""
        print(line, file=sys.stderr, flush=True)


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
