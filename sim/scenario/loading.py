"""Loads a scenario: reads its files, lays them over the defaults, validates, and reports every fault with its place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError

from sim.scenario.checks import cross_field_faults
from sim.scenario.errors import Problem, ScenarioErrors, nearest
from sim.scenario.files import FileFault, Laid, Place, default_places, first_place, named_file, named_place, read
from sim.scenario.groups import group_trees
from sim.scenario.keeping import KEPT, POSTERIOR, keep_own
from sim.scenario.layers import Layers, override
from sim.scenario.model.scenario import Scenario
from sim.scenario.nodes import Node, dotted
from sim.scenario.parameters import written_at
from sim.scenario.posterior import posterior_file, posterior_names
from sim.scenario.refusals import explain
from sim.scenario.shape import BlockOf, Leaf, ListOf, Shape, TableOf
from sim.scenario.template import fill_components

MOST_EXTENDED: Final = 16
ROOT: Final = BlockOf(Scenario)
PANEL: Final = ("population", "panel", "csv")


def load(path: str | os.PathLike[str], overrides: Iterable[str] = ()) -> Scenario:
    """The scenario in a YAML file, with `--set` overrides such as `programme.staff.case_manager.fte=6`.

    `caseload:mgh_cmp/phase1.yaml` names a shipped one. Raises ScenarioErrors with every fault found.
    """
    try:
        first = first_place(path)
    except FileFault as fault:
        raise ScenarioErrors([Problem(os.fspath(path)[:200], 0, 0, "", str(fault))]) from None
    layers = Layers(ROOT)
    trees = [_read_default(place, layers) for place in default_places()]
    chain = _chain(first, layers.problems)
    patches = _patches(overrides, first, layers)
    if layers.problems and (not chain or any(not p.key or p.key == "extends" for p in layers.problems)):
        raise ScenarioErrors(_ordered(layers.problems, first))
    tree: Node | None = None
    for layer in (*trees, *(layers.prepare(node, ROOT) for node in chain), *(layers.prepare(node, ROOT) for node in patches)):
        merged = layers.merge(tree, layer, ROOT)
        tree = merged if merged is not None else tree
    assert tree is not None
    return _built(Laid(first, tuple(node.origin for node in chain), tree), layers)


def change(scenario: Scenario, overrides: Iterable[str]) -> Scenario:
    """A loaded scenario with more overrides laid over it; equal to loading its file with all of them, and reads no file again.

    Raises ScenarioErrors.
    """
    laid = scenario.laid
    tree = laid.tree
    layers = Layers(ROOT)
    for patch in _patches(overrides, laid.first, layers):
        merged = layers.merge(tree, layers.prepare(patch, ROOT), ROOT)
        tree = merged if merged is not None else tree
    return _built(laid._replace(tree=tree), layers)


def _patches(overrides: Iterable[str], first: Place, layers: Layers) -> list[Node]:
    patches = []
    for text in overrides:
        patch, problems = override(text, str(first.path.parent))
        layers.problems.extend(problems)
        if patch is not None:
            patches.append(patch)
    return patches


def _built(laid: Laid, layers: Layers) -> Scenario:
    """The scenario of a merged tree, with the scenarios of the groups that its evaluation compares with."""
    problems, first = layers.problems, laid.first
    tree = keep_own(fill_components(laid.tree, problems), laid)
    scenario = _validated(tree, first, problems)
    if scenario is not None and scenario.evaluation is not None:
        groups, refused = group_trees(tree, scenario.evaluation, ROOT)
        own = frozenset(problems)  # a fault of the scenario itself is told once, not again for each group
        problems.extend(refused)
        for name, group in groups.items():
            faults: list[Problem] = []
            alike = not group.differing and not group.own_panel
            scenario._groups[name] = _without_evaluation(scenario, group.tree) if alike else _validated(group.tree, first, faults)
            problems.extend(group.explain(fault) for fault in faults if fault not in own)
        if not problems:
            scenario = _with_differing(scenario, groups["comparison"].values(ROOT))
    if problems or scenario is None:
        raise ScenarioErrors(_ordered(problems, first))
    scenario._laid = laid
    return scenario


def _without_evaluation(scenario: Scenario, tree: Node) -> Scenario:
    bare = scenario.model_copy(update={"evaluation": None})
    bare._tree, bare._groups = tree, {}
    return bare


def _with_differing(scenario: Scenario, values: dict[str, Any]) -> Scenario:
    """The scenario with what differs in its comparison group as it was read there."""
    assert scenario.evaluation is not None
    comparison = scenario.evaluation.comparison.model_copy(update={"differs": values})
    return scenario.model_copy(update={"evaluation": scenario.evaluation.model_copy(update={"comparison": comparison})})


def _validated(tree: Node, first: Place, problems: list[Problem]) -> Scenario | None:
    """The scenario of a merged tree; what is wrong with it goes to `problems`."""
    data = _input(tree, ROOT)
    _panel_path(tree, data, first, problems)
    _posterior_path(tree, data, first, problems)
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(data)
        scenario._tree = tree
    except ValidationError as error:
        problems.extend(explain(error, tree, ROOT))
    problems.extend(cross_field_faults(tree, ROOT))
    return scenario


def _read_default(place: Place, layers: Layers) -> Node:
    tree, problems = read(place, "default")
    if tree is None or problems:
        raise ScenarioErrors(problems)
    return layers.prepare(tree, ROOT)


def _chain(first: Place, problems: list[Problem]) -> list[Node]:
    """The trees of the first file and of those it extends, the most basic one first, without their `extends` keys."""
    chain: list[Node] = []
    places = [first]
    said: Node | None = None  # the `extends` that named the file
    while True:
        tree, faults = read(places[-1])
        if tree is None and said is not None and not faults[0].line:
            _refuse(said, f"{places[-1].name}: {faults[0].message}", problems)
            break
        problems.extend(faults)
        if tree is None or tree.mapping is None:
            break
        chain.append(tree.with_content({key: node for key, node in tree.mapping.items() if key != "extends"}))
        said = tree.find("extends")
        if said is None or said.content is None:
            break
        if not isinstance(said.content, str):
            _refuse(said, "must name one scenario file, e.g. phase1.yaml", problems)
            break
        try:
            following = named_place(said.content, said.origin.folder, first)
        except FileFault as fault:
            _refuse(said, str(fault), problems)
            break
        if following.path in [place.path for place in places]:
            _refuse(said, f"goes in a circle: {' -> '.join([place.name for place in (*places, following)])}", problems)
            break
        if len(places) >= MOST_EXTENDED:
            _refuse(said, f"more than {MOST_EXTENDED} files extend each other", problems)
            break
        places.append(following)
    return chain[::-1]


def _refuse(said: Node, message: str, problems: list[Problem]) -> None:
    problems.append(Problem(said.origin.file, *said.position, "extends", message))


def _input(node: Node, shape: Shape) -> Any:
    """What pydantic validates: plain data in which every number knows where it comes from."""
    if isinstance(shape, Leaf):
        return written_at(node)
    if isinstance(shape, BlockOf) and node.mapping is not None:
        known = shape.keys
        return {
            name: _input(item, known[name].shape) if name in known and item.content != known[name].word else item.plain()
            for name, item in node.mapping.items()
        }
    if isinstance(shape, TableOf) and node.mapping is not None:
        return {name: _input(node.mapping[name], shape.item) for name in sorted(node.mapping)}
    if isinstance(shape, ListOf) and node.items is not None:
        return [_input(item, shape.item) for item in node.items]
    return node.plain()


def _panel_path(tree: Node, data: Any, first: Place, problems: list[Problem]) -> None:
    """Makes the panel's path absolute, inside the scenario's folders."""
    node = tree.find(*PANEL)
    if node is None or not isinstance(node.content, str):
        return
    try:
        path = named_file(node.content, node.origin.folder, first, (".csv",))
    except FileFault as fault:
        problems.append(Problem(node.origin.file, *node.position, dotted(PANEL), str(fault)))
        return
    data["population"]["panel"]["csv"] = str(path)


def _posterior_path(tree: Node, data: Any, first: Place, problems: list[Problem]) -> None:
    """Makes the posterior's path absolute, and reads it, so that a file without draws is refused before anything runs."""
    node = tree.find(*POSTERIOR)
    if node is None or not isinstance(node.content, str):
        return
    try:
        path = posterior_file(node.content, node.origin.folder, first)
        names = posterior_names(path)
        _kept_names(tree, names, problems)
        if not any(_leads_somewhere(tree, name) for name in names):
            raise FileFault("has no parameter of this scenario")
    except FileFault as fault:
        problems.append(Problem(node.origin.file, *node.position, dotted(POSTERIOR), str(fault)))
        return
    data["parameters"]["posterior"] = str(path)


def _kept_names(tree: Node, names: tuple[str, ...], problems: list[Problem]) -> None:
    kept = tree.find(*KEPT)
    for item in (kept.items if kept is not None else None) or ():
        if isinstance(item.content, str) and item.content not in names:
            message = f"the posterior has no parameter '{item.content[:80]}'{nearest(item.content, names)}"
            problems.append(Problem(item.origin.file, *item.position, dotted(KEPT), message))


def _leads_somewhere(tree: Node, name: str) -> bool:
    return tree.named(name) is not None


def _ordered(problems: Iterable[Problem], first: Place) -> list[Problem]:
    """The scenario's own faults first, then those of other files, then those of the command line; each by line."""
    return sorted(problems, key=lambda problem: (problem.file == "--set", problem.file != first.name, problem))
