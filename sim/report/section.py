"""What a page of a report is made of: sections with figures and tables, and where its results come from."""

from __future__ import annotations

from dataclasses import dataclass

from sim.report.chart import Chart
from sim.report.tables import Table


@dataclass(frozen=True)
class Section:
    """A part of the page. anchor: its place for links; more: tables shown when asked for; reading: its tables hold text, not numbers."""

    anchor: str
    title: str
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    more: tuple[Table, ...] = ()
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    reading: bool = False

    @property
    def holds(self) -> bool:
        """Whether there is anything in it besides words."""
        return bool(self.charts or self.tables or self.more)


@dataclass(frozen=True)
class Origin:
    """How results can be had again. command: what to type, or what was asked for; facts: seed, versions and the like."""

    command: str
    facts: str


@dataclass(frozen=True)
class Page:
    """What a page says, in its order."""

    title: str
    subtitle: str
    banner: str
    answer: tuple[str, ...]
    uncertainty: str
    first: Section
    sections: tuple[Section, ...]
    origins: tuple[Origin, ...]

    @property
    def parts(self) -> tuple[Section, ...]:
        """The first screen's and all others."""
        return (self.first, *self.sections)

    @property
    def charts(self) -> list[Chart]:
        """All figures, in the order of the page."""
        return [chart for section in self.parts for chart in section.charts]
