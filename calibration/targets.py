"""Published figures as targets: what is asked of a run, the value, how well it is known, and whether it may be fitted."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from calibration.documents import Document
from calibration.measures import KNOWN, PERSON_FIGURES, ArmName, Asked
from experiments.factors import change
from sim.outcomes.windows import MAIN_WINDOW
from sim.scenario import Scenario, ScenarioErrors
from sim.scenario import change as changed
from sim.scenario.errors import listed, shown
from sim.scenario.model.base import Block

Use = Literal["fit", "check"]
Evidence = Literal["published", "secondary", "derived", "memory", "assumption"]
"""published: stated in a text that was read; secondary: in a press item or review of it; derived: computed from such figures;
memory: not verified; assumption: an analyst's judgement."""
Scale = Literal["log", "linear"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Pair = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Z: Final = 1.959963984540054
SILENCE: Final = 1e6
"""An SD on a working scale at which every figure is as good as any other."""
TITLES: Final = {name: known.title for name, known in KNOWN.items()} | {name: figure.title for name, figure in PERSON_FIGURES.items()}
KNOWN_BY: Final = ("se", "ci", "range", "n")
SHARES: Final = ("share", "probability")
RATES: Final = ("per 1,000 person-years",)


class TargetBlock(Block):
    """A target as it is written. Exactly one of se, ci (95%), range and n says how well it is known.

    set: changes of the scenario: the value is then that of the changed scenario over that of the scenario as it is.
    """

    measure: str
    arm: ArmName | None = None
    window: str = MAIN_WINDOW
    relative_to: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)
    value: Finite
    se: Annotated[Finite, Field(gt=0)] | None = None
    ci: Pair | None = None
    range: Pair | None = None
    n: Annotated[Finite, Field(gt=0)] | None = None
    tolerance: Pair | None = None
    selection: Annotated[Finite, Field(ge=0)] | None = None
    source: Annotated[str, Field(min_length=1)]
    grade: Evidence
    use: Use


class Unmeasured(Block):
    """A published figure that no measure of the model can be compared with yet, and why."""

    value: str
    why: str
    source: str


class TargetsFile(Block):
    """A file of targets. `widening`: factor on the standard error by grade; figures with a range carry their width already."""

    title: str
    description: str = ""
    widening: dict[Evidence, Annotated[float, Field(ge=1)]] = Field(default_factory=dict)
    targets: Annotated[dict[str, TargetBlock], Field(min_length=1)]
    not_measured: dict[str, Unmeasured] = Field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What a target says on its working scale: a normal law (centre, spread), or anything between low and high alike."""

    kind: Literal["normal", "interval"]
    first: float
    second: float


@dataclass(frozen=True)
class Target:
    """A target ready for use.

    low, high: what counts as inside, in the unit of the measure; scale: how it is compared in a fit; known: on that scale;
    selection: SD of a term on the same scale for a comparison that was not randomised.
    """

    name: str
    asked: Asked
    value: float
    low: float
    high: float
    scale: Scale
    known: Known
    selection: float
    use: Use
    source: str
    grade: Evidence

    @property
    def title(self) -> str:
        """The measure's name for people."""
        return TITLES.get(self.asked.measure, self.asked.measure)

    @property
    def silent(self) -> Target:
        """The same target saying nothing: what a fit without it finds."""
        return replace(self, known=Known("normal", self.known.first, SILENCE), selection=0.0)

    def inside(self, value: float) -> bool:
        """Whether a value lies in the tolerance."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Targets:
    """The targets of a file. What is fitted and what is only checked never come out of the same property."""

    title: str
    all: tuple[Target, ...]
    not_measured: dict[str, Unmeasured]

    @property
    def fitted(self) -> tuple[Target, ...]:
        """Targets that a likelihood may use."""
        return tuple(target for target in self.all if target.use == "fit")

    @property
    def checks(self) -> tuple[Target, ...]:
        """Targets that are predicted and never fitted."""
        return tuple(target for target in self.all if target.use == "check")

    def digest(self) -> str:
        """SHA-256 of everything that can change a fit; a check cannot."""
        content = [
            [t.name, *_plain(t.asked), t.value, t.scale, t.known.kind, t.known.first, t.known.second, t.selection] for t in self.fitted
        ]
        return hashlib.sha256(json.dumps(sorted(content)).encode()).hexdigest()


def on_scale(scale: Scale, value: float) -> float:
    """A value on a working scale; NaN where it has none."""
    if scale == "linear":
        return value
    return math.log(value) if value > 0 else math.nan


def read_targets(path: str | os.PathLike[str], scenario: Scenario) -> Targets:
    """The targets of a YAML file for a scenario. Raises ScenarioErrors with every fault, each at its line."""
    document = Document.open(TargetsFile, path)
    block = document.block()
    made: list[Target] = []
    for name, written in block.targets.items():
        changes = tuple(change(key, value) for key, value in written.set.items())
        asked = Asked(written.measure, written.arm, written.window, written.relative_to, changes)
        try:
            changed(scenario, changes)
        except ScenarioErrors as errors:
            document.refused(("targets", name, "set"), errors)
            continue
        fault = asked.problem(scenario) or _fault(written)
        if fault is not None:
            document.problem(("targets", name, fault[0]), fault[1])
            continue
        made.append(_target(name, written, asked, block.widening.get(written.grade, 1.0)))
    document.stop()
    return Targets(block.title, tuple(made), block.not_measured)


def chosen(targets: Iterable[Target], names: Sequence[str]) -> tuple[Target, ...]:
    """The targets of these names, in their order. Raises KeyError."""
    by_name = {target.name: target for target in targets}
    return tuple(by_name[name] for name in names)


def _plain(asked: Asked) -> list[Any]:
    return [asked.measure, asked.arm, asked.window, asked.relative_to, *asked.changes]


def _fault(written: TargetBlock) -> tuple[str, str] | None:
    given = [key for key in KNOWN_BY if getattr(written, key) is not None]
    if len(given) != 1:
        return (given[1] if given else "value"), f"must say how well it is known by one of {listed(KNOWN_BY)}"
    for key in ("ci", "range", "tolerance"):
        pair = getattr(written, key)
        if pair is not None and not pair[0] <= written.value <= pair[1]:
            return key, f"must be [low, high] and hold the value, {written.value:g} (got {shown(pair)})"
        if pair is not None and key != "tolerance" and pair[0] == pair[1]:
            return key, f"must be wider than nothing (got {shown(pair)})"
    if _scale(written) == "log":
        for key in ("value", "ci", "range", "tolerance"):
            found = getattr(written, key)
            if found is not None and (found[0] if isinstance(found, list) else found) <= 0:
                return key, "must be more than 0: rates, shares and ratios are compared by their logarithm"
    if written.selection is not None and written.arm != "ratio":
        return "selection", "is an SD on the logarithm of a ratio of the arms: arm must be ratio"
    return None if written.n is None else _fault_of_n(written)


def _fault_of_n(written: TargetBlock) -> tuple[str, str] | None:
    counted = written.measure in KNOWN and _unit(written) in (*SHARES, *RATES) and written.arm in ("usual_care", "programme")
    if not counted or written.relative_to is not None or written.set:
        return "n", "is people of a share, or person-years of a rate, of one arm in one window; say se, ci or range"
    if written.value <= 0 or (_unit(written) in SHARES and written.value >= 1):
        wanted = "more than 0 and less than 1" if _unit(written) in SHARES else "more than 0"
        return "value", f"must be {wanted} for n to say how well it is known (got {written.value:g})"
    return None


def _unit(written: TargetBlock) -> str:
    return KNOWN[written.measure].unit


def _scale(written: TargetBlock) -> Scale:
    return "linear" if written.arm == "difference" or written.value <= 0 else "log"


def _standard_error(written: TargetBlock) -> float:
    """In the unit of the measure. n is people for a share, person-years for a rate per 1,000 of them."""
    if written.se is not None:
        return written.se
    assert written.n is not None
    if _unit(written) in SHARES:
        return math.sqrt(written.value * (1 - written.value) / written.n)
    return math.sqrt(written.value * 1000.0 / written.n)


def _target(name: str, written: TargetBlock, asked: Asked, widening: float) -> Target:
    scale = _scale(written)
    value = on_scale(scale, written.value)
    if written.range is not None:
        known = Known("interval", *(on_scale(scale, end) for end in written.range))
        low, high = written.tolerance or written.range
    else:
        if written.ci is not None:
            low, high = written.ci
            spread = (on_scale(scale, high) - on_scale(scale, low)) / (2 * Z)
        else:
            error = _standard_error(written)
            low, high = written.value - Z * error, written.value + Z * error
            spread = error / written.value if scale == "log" else error
        known = Known("normal", value, spread * widening)
        low, high = written.tolerance or (low, high)
    selection = written.selection or 0.0
    return Target(name, asked, written.value, low, high, scale, known, selection, written.use, written.source, written.grade)
