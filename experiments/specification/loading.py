"""Loads an experiment: reads its file, checks every block, opens the scenario, and reports every fault with its line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from experiments.designs.building import Blueprint
from experiments.factors import Amount, Base, Choice, Factor, Parameter, change, is_moved, label_of, moved_keys
from experiments.specification.model import (
    DESIGNS,
    LEVERS,
    Alternatives,
    Decision,
    Design,
    Experiment,
    Levels,
    Listed,
    Scale,
    Sobol,
    Uncertainties,
)
from experiments.specification.names import UnknownName, expand, matching, outcome_named, without_benefit
from experiments.specification.tables import Listing, Posterior, read_listing, read_posterior
from sim.drawn import applied
from sim.flat import outcome_names
from sim.scenario import Problem, Scenario, ScenarioErrors, load
from sim.scenario.errors import listed, nearest, shown
from sim.scenario.files import SCHEME, FileFault, Place, first_place, named_file, named_place, read, read_document
from sim.scenario.model.base import Block
from sim.scenario.nodes import Key, Node, dotted
from sim.scenario.refusals import explain
from sim.scenario.shape import BlockOf

Model = TypeVar("Model", bound=Block)
FILE_KEYS: Final = "population.panel"


@dataclass(frozen=True)
class Opened:
    """An experiment that holds together: the file's blocks, the scenario, and what moves it."""

    experiment: Experiment
    design: Design
    base: Base
    factors: tuple[Factor, ...]
    outcomes: tuple[str, ...]
    text: str
    posterior: Posterior | None = None
    listing: Listing | None = None

    @property
    def seed(self) -> int:
        """The seed: the experiment's own, or the scenario's."""
        return self.base.scenario.run.seed if self.experiment.seed is None else self.experiment.seed

    @property
    def blueprint(self) -> Blueprint:
        """What the design is built from."""
        return Blueprint(self.design, self.factors, self.seed, self.experiment.replications, (), self.posterior, self.listing)


class _Reader:
    """Reads the blocks of one file and collects what is wrong."""

    def __init__(self, place: Place, tree: Node) -> None:
        self.place = place
        self.tree = tree
        self.problems: list[Problem] = []

    def problem(self, path: tuple[Key, ...], message: str) -> None:
        """A fault at a path of the file."""
        self.problems.append(Problem(self.place.name, *self.tree.nearest_to(path).position, dotted(path), message))

    def block(self, model: type[Model], path: tuple[Key, ...]) -> Model | None:
        """The block at a path; None, with problems, when it is not in order."""
        node = self.tree.find(*path)
        assert node is not None
        try:
            return model.model_validate(node.plain())
        except ValidationError as error:
            for problem in explain(error, node, BlockOf(model)):
                self.problems.append(replace(problem, key=".".join(part for part in (dotted(path), problem.key) if part)))
        return None

    def stop(self) -> None:
        """Raise what was found so far."""
        if self.problems:
            raise ScenarioErrors(sorted(self.problems))


def open_experiment(path: str | os.PathLike[str]) -> Opened:
    """The experiment in a YAML file. Raises ScenarioErrors (file, line, column, key) or TableErrors with every fault found."""
    place, tree = read_document(path)
    reader = _Reader(place, tree)
    experiment = reader.block(Experiment, ())
    design = _design(reader) if tree.find("design") is not None else None
    reader.stop()
    assert experiment is not None
    assert design is not None
    base = _base(reader, experiment)
    reader.stop()
    assert base is not None
    scenario = base.scenario
    levers = _levers(reader, base, experiment) if design.USES[0] else ()
    uncertain, posterior = _uncertainties(reader, base) if design.USES[1] else ((), None)
    moved = {key for lever in levers for key in moved_keys(lever)}
    uncertain = tuple(parameter for parameter in uncertain if not is_moved(parameter.name, moved))
    listing = None
    if isinstance(design, Listed):
        levers = _levers(reader, base, experiment)
        listing = _listing(reader, design, base, levers)
        levers = listing.factors if listing is not None else levers
    elif not design.USES[1] and experiment.uncertainties is not None:
        reader.problem(("uncertainties",), f"a {design.kind} holds every parameter at its value; leave it out, or use psa")  # type: ignore[attr-defined]
    if experiment.levers and not levers and not reader.problems:
        reader.problem(("levers",), "this design moves no levers; leave them out")
    outcomes = _outcomes(reader, experiment, scenario)
    _moves_something(reader, design, (*levers, *uncertain))
    reader.stop()
    text = place.path.read_text(encoding="utf-8-sig")
    return Opened(experiment, design, base, (*levers, *uncertain), tuple(outcomes), text, posterior, listing)


def is_experiment(path: Path) -> bool:
    """Whether a YAML file is an experiment (it has a design) rather than a scenario."""
    try:
        tree, _ = read(first_place(path))
    except FileFault:
        return False
    return tree is not None and tree.find("design") is not None and tree.find("scenario") is not None


def _design(reader: _Reader) -> Design | None:
    node = reader.tree.find("design")
    assert node is not None
    kind = node.find("kind")
    if node.mapping is None or kind is None:
        reader.problem(("design",), f"must be a block with kind: {listed(DESIGNS)}")
        return None
    if not isinstance(kind.content, str) or kind.content not in DESIGNS:
        reader.problem(("design", "kind"), f"must be {listed(DESIGNS)} (got {shown(kind.plain())}){nearest(str(kind.plain()), DESIGNS)}")
        return None
    design = reader.block(DESIGNS[kind.content], ("design",))
    if isinstance(design, Sobol) and design.base & (design.base - 1):
        reader.problem(("design", "base"), f"must be a power of 2, e.g. {2 ** (design.base.bit_length())} (got {design.base})")
    return design


def _base(reader: _Reader, experiment: Experiment) -> Base | None:
    try:
        place = named_place(experiment.scenario, str(reader.place.path.parent), reader.place)
    except FileFault as fault:
        reader.problem(("scenario",), str(fault))
        return None
    path = place.name if place.name.startswith(SCHEME) else str(place.path)
    try:
        load(path)
    except ScenarioErrors as errors:
        if any(problem.line for problem in errors.problems):
            raise  # faults in the scenario's file are shown at their own lines
        reader.problem(("scenario",), errors.problems[0].message)
        return None
    try:
        base = Base.at(path, [change(key, value) for key, value in experiment.set.items()])
    except ScenarioErrors as errors:
        _refer(reader, errors, "set", experiment.set)
        return None
    return base


def _refer(reader: _Reader, errors: ScenarioErrors, block: str, keys: Iterable[str]) -> None:
    """Say at the line of the experiment what the scenario says about a change."""
    for problem in errors.problems:
        key = next((key for key in keys if problem.key == key or problem.key.startswith(f"{key}.")), None)
        path: tuple[Key, ...] = (block,) if key is None else (block, key)
        reader.problem(path, problem.message if key == problem.key else f"{problem.key}: {problem.message}")


def _levers(reader: _Reader, base: Base, experiment: Experiment) -> tuple[Factor, ...]:
    found = [_lever(reader, base, name) for name in experiment.levers]
    return tuple(lever for lever in found if lever is not None)


def _lever(reader: _Reader, base: Base, name: str) -> Factor | None:
    path = ("levers", name)
    node = reader.tree.find(*path)
    assert node is not None
    if node.items is not None:
        return _choice(reader, base, name, (name,), list(node.plain()))
    form = next((key for key in LEVERS if node.find(key) is not None), None)
    if node.mapping is None or form is None:
        reader.problem(path, f"must be a list of levels or a block with {listed(LEVERS)}")
        return None
    block = reader.block(LEVERS[form], path)
    if isinstance(block, Levels):
        return _choice(reader, base, name, tuple(block.keys or (name,)), block.levels)
    if isinstance(block, Alternatives):
        choices = {}
        for label, changes in block.alternatives.items():
            texts = tuple(change(key, value) for key, value in changes.items())
            if _allowed(reader, path, changes) and _loads(reader, base, (*path, "alternatives", label), texts):
                choices[label] = texts
        return Choice(name, choices) if len(choices) == len(block.alternatives) else None
    if isinstance(block, Scale):
        return _scale(reader, base, name, block)
    return None if block is None else _span(reader, base, name, block)


def _choice(reader: _Reader, base: Base, name: str, keys: tuple[str, ...], levels: list[Any]) -> Choice | None:
    path = ("levers", name)
    if not _allowed(reader, path, keys):
        return None
    choices: dict[str, tuple[str, ...]] = {}
    for level in levels:
        texts = tuple(change(key, level) for key in keys)
        if label_of(level) in choices:
            reader.problem(path, f"has the level {shown(level)} twice")
            return None
        if not _loads(reader, base, path, texts):
            return None
        choices[label_of(level)] = texts
    return Choice(name, choices)


def _span(reader: _Reader, base: Base, name: str, block: Any) -> Amount | None:
    path = ("levers", name)
    keys = tuple(block.keys or (name,))
    if not _allowed(reader, path, keys):
        return None
    ends = []
    for end, value in (("from", block.from_), ("to", block.to)):
        loaded = _loads(reader, base, (*path, end), tuple(change(key, value) for key in keys))
        row = None if loaded is None else {row.name: row for row in loaded.parameters()}.get(keys[0])
        if row is None:
            if loaded is not None:
                reader.problem(path, f"{keys[0]} is not a number; write its levels as a list")
            return None
        ends.append(row.value)
    if not ends[0] < ends[1]:
        reader.problem(path, "must have from below to")
        return None
    return Amount(name, keys, ends[0], ends[1], block.step)


def _scale(reader: _Reader, base: Base, name: str, block: Scale) -> Amount | None:
    path = ("levers", name)
    keys = [key for pattern in block.scale for key in matching([pattern], base.rows)]
    for pattern in block.scale:
        if not matching([pattern], base.rows):
            reader.problem((*path, "scale"), f"no number fits {shown(pattern)}{nearest(pattern, base.rows)}")
            return None
    if not block.from_ < block.to:
        reader.problem(path, "must have from below to")
        return None
    lever = Amount(name, tuple(dict.fromkeys(keys)), block.from_, block.to, block.step, scaled=True)
    if not _allowed(reader, path, lever.keys):
        return None
    for end in (block.from_, block.to):
        if _loads(reader, base, path, tuple(lever.changes(end, base))) is None:
            return None
    return lever


def _allowed(reader: _Reader, path: tuple[Key, ...], keys: Iterable[str]) -> bool:
    """Whether all keys may be levers: not costs whose cutting the model cannot punish, not files."""
    for key in keys:
        reason = without_benefit(key)
        if reason is not None:
            reader.problem(path, f"{key} is a cost with no modelled benefit ({reason}): cutting it always looks right, so it is no lever")
            return False
        if key.startswith(FILE_KEYS):
            reader.problem(path, "another panel is another scenario: write an experiment of its own")
            return False
    return True


def _loads(reader: _Reader, base: Base, path: tuple[Key, ...], texts: tuple[str, ...]) -> Scenario | None:
    """The scenario with some changes; None, with problems at the lever's line, when its keys do not exist or are of the wrong kind.

    What is impossible in combination is left to the run, where it costs one design point and not the sweep.
    """
    keys = [text.partition("=")[0] for text in texts]
    try:
        changed = base.changed(texts)
        saving = only_saving(base, changed)
        if saving is None:
            return changed
        reader.problem(path, saving)
    except ScenarioErrors as errors:
        own = [problem for problem in errors.problems if any(problem.key == key or problem.key.startswith(f"{key}.") for key in keys)]
        for problem in own or errors.problems:
            hint = nearest(problem.key, base.scenario.numeric_keys()) if "unknown key" in problem.message else ""
            reader.problem(path, f"{problem.key}: {problem.message.split(';')[0] if hint else problem.message}{hint}")
    return None


def _uncertainties(reader: _Reader, base: Base) -> tuple[tuple[Parameter, ...], Posterior | None]:
    node = reader.tree.find("uncertainties")
    if node is not None and node.content == "none":
        return (), None
    if node is None or node.content == "all":
        block: Uncertainties | None = Uncertainties.model_validate({})
    elif node.mapping is None:
        reader.problem(("uncertainties",), f"must be 'all', 'none' or a block with include and exclude (got {shown(node.plain())})")
        return (), None
    else:
        block = reader.block(Uncertainties, ("uncertainties",))
    if block is None:
        return (), None
    posterior = None
    if block.posterior is not None:
        try:
            file = named_file(block.posterior, str(reader.place.path.parent), reader.place, (".csv",))
            posterior = read_posterior(file, base)
        except FileFault as fault:
            reader.problem(("uncertainties", "posterior"), str(fault))
            return (), None
    use = applied(base.scenario)
    own = posterior.names if posterior else ()
    drawn = set() if use is None else set(use.names).difference(own)  # each replication draws them together
    names = [name for name in dict.fromkeys([*base.uncertain, *own]) if name not in drawn]
    for key in ("include", "exclude"):
        for position, pattern in enumerate(getattr(block, key)):
            if not matching([pattern], names) and matching([pattern], sorted(drawn)):
                why = "fits only parameters that the scenario draws from its posterior; set: {parameters: none} lets them vary"
                reader.problem(("uncertainties", key, position), f"{shown(pattern)} {why}")
            elif not matching([pattern], names):
                known = f" has an uncertainty{nearest(pattern, names)}"
                reader.problem(("uncertainties", key, position), f"no parameter that fits {shown(pattern)}{known}")
    chosen = [name for name in matching(block.include, names) if not matching(block.exclude, [name])]
    return tuple(Parameter(name, block.range_as, base.uncertain.get(name)) for name in chosen), posterior


def _listing(reader: _Reader, design: Listed, base: Base, levers: tuple[Factor, ...]) -> Listing | None:
    try:
        file = named_file(design.file, str(reader.place.path.parent), reader.place, (".csv",))
    except FileFault as fault:
        reader.problem(("design", "file"), str(fault))
        return None
    return read_listing(file, base, {lever.name: lever for lever in levers})


def _outcomes(reader: _Reader, experiment: Experiment, scenario: Scenario) -> list[str]:
    known = outcome_names(scenario)
    found: dict[str, None] = {}
    for position, pattern in enumerate(experiment.outcomes):
        try:
            found.update(dict.fromkeys(expand([pattern], known)))
        except UnknownName as error:
            reader.problem(("outcomes", position), str(error))
    precision, decision = experiment.precision, experiment.decision
    named: dict[tuple[Key, ...], str] = {}
    if precision is not None:
        named["precision", "outcome"] = precision.outcome
        if precision.at_most < experiment.replications:
            reader.problem(("precision", "at_most"), f"must be at least the replications to start with, {experiment.replications}")
    if decision is not None:
        named.update(_decided(reader, decision))
    for path, name in named.items():
        try:
            found.setdefault(outcome_named(name.removeprefix("-"), known))
        except UnknownName as error:
            reader.problem(path, str(error))
    return list(found)


def _decided(reader: _Reader, decision: Decision) -> Mapping[tuple[Key, ...], str]:
    parts = (decision.cost, decision.effect, decision.willingness)
    if any(part is not None for part in parts) and not all(part is not None for part in parts):
        reader.problem(("decision",), "cost, effect and willingness go together")
    named: dict[tuple[Key, ...], str] = {("decision", "at_least", name): name for name in decision.at_least}
    for key in ("net_benefit", "cost", "effect"):
        value = getattr(decision, key)
        if value is not None:
            named["decision", key] = value
    return named


def _moves_something(reader: _Reader, design: Design, factors: tuple[Factor, ...]) -> None:
    if reader.problems:
        return
    if not factors:
        what = "levers or uncertainties" if all(design.USES) else "levers" if design.USES[0] else "uncertainties"
        reader.problem(("design",), f"moves nothing: it needs {what}")
    if isinstance(design, DESIGNS["grid"] | DESIGNS["psa"]):
        for factor in factors:
            if factor.role == "lever" and not factor.levels():
                reader.problem(("levers", factor.name), "needs a step, or levels: this design runs every level")


def only_saving(base: Base, changed: Scenario) -> str | None:
    """Why a changed scenario costs less for no reason that the model knows; None when it does not.

    Seen in the numbers that come out, so that it makes no difference whether a lever names a key, a whole block or a template.
    """
    after = {row.name: row.value for row in changed.parameters()}
    moved = [name for name, row in base.rows.items() if after.get(name) != row.value]
    for name in moved:
        reason = without_benefit(name)
        if reason is not None and after.get(name, 0.0) < base.rows[name].value:
            return f"{name} is a cost with no modelled benefit ({reason}): cutting it always looks right, so it is no lever"
    components = base.scenario.programme.components
    idle = {f"programme.components.{name}" for name, component in components.items() if not any(dict(component.does).values())}
    if moved and all(".".join(name.split(".")[:3]) in idle for name in moved):
        return f"{moved[0]} is of work that does nothing in the model: less of it always looks right, so it is no lever"
    return None


def costs_listed(base: Base) -> list[tuple[str, str, str]]:
    """(key, value as written, why) of every cost of the scenario with no modelled benefit and a value above 0."""
    return [
        (row.name, row.written, reason)
        for row in base.scenario.parameters()
        if row.value and (reason := without_benefit(row.name)) is not None
    ]
