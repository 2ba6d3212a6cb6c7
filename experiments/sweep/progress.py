"""How far a sweep is: a bar on a terminal, lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

from experiments.sweep.work import Done

LINES_IN_ALL = 10


class SweepProgress:
    """Counts tasks as they end: rate of replications, failures, time left."""

    def __init__(self, label: str, tasks: int, done: int, replications: int) -> None:
        self.label = label
        self.tasks, self.done, self.kept = tasks, done, done
        self.left = replications
        self.run = self.failed = self.stored = 0
        self.started = time.monotonic()
        self._bar: Any = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[note]}"))
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(label, total=tasks, completed=done, note="")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def ended(self, done: Done) -> None:
        """One more task has ended."""
        self.done += 1
        self.stored += done.replications
        self.run += done.replications if done.how == "run" else 0
        self.failed += done.failed
        if self._bar is not None:
            self._bar.update(self._task, completed=self.done, note=self.note())
        elif (self.done - self.kept) % max(1, (self.tasks - self.kept) // LINES_IN_ALL) == 0 or self.done == self.tasks:
            print(f"{self.label}: {self.done:,} of {self.tasks:,} tasks, {self.note()}", file=sys.stderr, flush=True)

    def note(self) -> str:
        """Rate, failures and time left in words."""
        elapsed = max(time.monotonic() - self.started, 1e-9)
        rate = self.run / elapsed
        words = [f"{rate:,.1f} replications/s"]
        if self.failed:
            words.append(f"{self.failed:,} replications failed")
        left = self.left - self.stored
        if left > 0 and rate > 0:
            words.append(f"about {duration(left / rate)} left")
        return ", ".join(words)


def duration(seconds: float) -> str:
    """Seconds in the unit that people would use."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
