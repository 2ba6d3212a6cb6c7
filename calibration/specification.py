"""A calibration file: which scenario, which targets, and stage by stage which parameters are free and where they are run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from calibration.documents import Document
from calibration.emulator import least_points
from calibration.targets import Target, Targets, chosen, read_targets
from experiments.factors import Base, change
from sim.flat import as_needed
from sim.scenario import ScenarioErrors
from sim.scenario.errors import nearest
from sim.scenario.files import SCHEME, FileFault, named_place
from sim.scenario.model.base import Block

Positive = Annotated[int, Field(ge=1, le=1_000_000)]


class WaveBlock(Block):
    """Points that are run at once, each with so many replications of its own luck."""

    points: Annotated[int, Field(ge=8, le=100_000)]
    replications: Positive


class StageBlock(Block):
    """Free parameters, the targets that are to tell something about them, and the waves of points. `set`: changes for its runs alone."""

    parameters: Annotated[list[str], Field(min_length=1)]
    targets: Annotated[list[str], Field(min_length=1)]
    waves: Annotated[list[WaveBlock], Field(min_length=1)]
    set: dict[str, Any] = Field(default_factory=dict)


class SamplerBlock(Block):
    """Length of the Markov chains."""

    walkers: Positive
    steps: Positive
    burn_in: Annotated[int, Field(ge=0)]


class Specification(Block):
    """A calibration file.

    discrepancy: SD, as a share of each figure, of what even the best parameters would leave; implausible_beyond: a point is cut
    away when a figure lies so many SDs from its target; draws: kept in the posterior; predictive: of these, run in the end.
    """

    title: str
    description: str = ""
    scenario: str
    targets: str
    posterior: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    seed: Annotated[int, Field(ge=0, lt=2**53)]
    set: dict[str, Any] = Field(default_factory=dict)
    discrepancy: Annotated[float, Field(ge=0)]
    implausible_beyond: Annotated[float, Field(gt=0)]
    sampler: SamplerBlock
    draws: Annotated[int, Field(ge=2, le=100_000)]
    predictive: Annotated[int, Field(ge=2, le=100_000)]
    stages: Annotated[dict[str, StageBlock], Field(min_length=1)]


@dataclass(frozen=True)
class Stage:
    """A stage whose names hold together."""

    name: str
    parameters: tuple[str, ...]
    targets: tuple[Target, ...]
    waves: tuple[WaveBlock, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """A calibration that holds together. `base` is the scenario without its evaluation, which no target needs."""

    specification: Specification
    base: Base
    targets: Targets
    stages: tuple[Stage, ...]
    scenario_name: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every free parameter, stage by stage."""
        return tuple(name for stage in self.stages for name in stage.parameters)


def open_calibration(path: str | os.PathLike[str]) -> Opened:
    """The calibration in a YAML file. Raises ScenarioErrors with every fault, each at its line."""
    document = Document.open(Specification, path)
    block = document.block()
    scenario = _place(document, "scenario", block.scenario)
    targets = _place(document, "targets", block.targets)
    document.stop()
    try:
        base = Base.at(scenario, [change(key, value) for key, value in block.set.items()])
    except ScenarioErrors as errors:
        document.refused(("set",), errors)
        document.stop()
        raise
    own = [] if base.scenario.drawn_from is None else ["parameters=none"]  # a fit starts from priors, not from another fit
    base = Base(as_needed(base.changed(own), []))
    read = read_targets(targets, base.scenario)
    stages = tuple(_stage(document, name, stage, base, read) for name, stage in block.stages.items())
    _once(document, block)
    if block.sampler.burn_in >= block.sampler.steps:
        document.problem(("sampler", "burn_in"), f"must be less than the steps, {block.sampler.steps}")
    if block.predictive > block.draws:
        document.problem(("predictive",), f"must be at most the draws, {block.draws}")
    document.stop()
    return Opened(block, base, read, stages, block.scenario)


def _place(document: Document[Specification], key: str, text: str) -> str:
    try:
        place = named_place(text, str(document.place.path.parent), document.place)
    except FileFault as fault:
        document.problem((key,), str(fault))
        return ""
    return place.name if place.name.startswith(SCHEME) else str(place.path)


def _stage(document: Document[Specification], name: str, block: StageBlock, base: Base, targets: Targets) -> Stage:
    path = ("stages", name)
    for position, parameter in enumerate(block.parameters):
        if parameter not in base.uncertain:
            what = (
                "states no uncertainty in the scenario, which is its prior"
                if parameter in base.rows
                else f"is no number of the scenario{_near(parameter, base)}"
            )
            document.problem((*path, "parameters", position), f"'{parameter}' {what}")
    known = {target.name: target for target in targets.all}
    for position, target in enumerate(block.targets):
        if target not in known:
            document.problem((*path, "targets", position), f"no target is called '{target}'{nearest(target, known)}")
        elif known[target].use != "fit":
            document.problem((*path, "targets", position), f"'{target}' is only to be checked (use: check): it is never fitted")
    changes = tuple(change(key, value) for key, value in block.set.items())
    try:
        base.changed(changes)
    except ScenarioErrors as errors:
        document.refused((*path, "set"), errors)
    least = least_points(len(block.parameters))
    if block.waves[0].points < least:
        what = f"must be at least {least}, twice the coefficients of a trend in {len(block.parameters)} parameters"
        document.problem((*path, "waves", 0, "points"), f"{what} (got {block.waves[0].points})")
    fitted = chosen(targets.all, [target for target in block.targets if target in known])
    return Stage(name, tuple(block.parameters), fitted, tuple(block.waves), changes)


def _near(parameter: str, base: Base) -> str:
    return nearest(parameter, base.uncertain)


def _once(document: Document[Specification], block: Specification) -> None:
    """Refuse a parameter or a target that stands in two places."""
    for kind in ("parameters", "targets"):
        seen: dict[str, str] = {}
        for stage, content in block.stages.items():
            for position, name in enumerate(getattr(content, kind)):
                if name in seen:
                    document.problem(("stages", stage, kind, position), f"'{name}' stands in the stage '{seen[name]}' already")
                seen.setdefault(name, stage)
