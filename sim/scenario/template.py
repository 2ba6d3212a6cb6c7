"""What every component of a programme has unless it says otherwise: `programme.each_component`, copied on loading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.scenario.errors import Problem, ValueFault, nearest, shown
from sim.scenario.model.programme import EachComponent
from sim.scenario.model.work import IN_PASSING
from sim.scenario.nodes import Key, Node, dotted
from sim.scenario.parameters import written_at
from sim.scenario.shape import Leaf, keys_of

TEMPLATE: Final = ("programme", "each_component")
TABLE: Final = ("programme", "components")


def fill_components(tree: Node, problems: list[Problem]) -> Node:
    """A tree without the template, whose components state what it says. Nothing is copied from a template with faults."""
    programme, template = tree.find("programme"), tree.find(*TEMPLATE)
    if programme is None or programme.mapping is None or template is None:
        return tree
    content = {key: node for key, node in programme.mapping.items() if key != TEMPLATE[-1]}
    faults = _faults(template)
    problems.extend(faults)
    table = tree.find(*TABLE)
    if not faults and template.mapping is not None and table is not None and table.mapping is not None:
        filled = {name: _filled(component, template.mapping) for name, component in table.mapping.items()}
        content[TABLE[-1]] = table.with_content(filled)
    return tree.with_content({**(tree.mapping or {}), "programme": programme.with_content(content)})


def _filled(component: Node, template: Mapping[str, Node]) -> Node:
    staff = component.find("staff")
    if component.mapping is None or (staff is not None and staff.content == IN_PASSING):
        return component
    return component.with_content({**template, **component.mapping})


def _faults(template: Node) -> list[Problem]:
    known = keys_of(EachComponent)
    if template.mapping is None:
        return [_problem(template, TEMPLATE, f"must be a block with {', '.join(known)} (got {shown(template.plain())})")]
    faults = []
    for name, node in template.mapping.items():
        path: tuple[Key, ...] = (*TEMPLATE, name)
        if name not in known:
            hint = nearest(name, known) or f"; known here: {', '.join(known)}"
            faults.append(_problem(node, path, f"unknown key{hint}"))
            continue
        shape = known[name].shape
        if not isinstance(shape, Leaf):
            continue
        try:
            shape.kind.parse(written_at(node))
        except ValueFault as fault:
            path = (*path, *fault.path)
            faults.append(_problem(template.nearest_to((name, *fault.path)), path, fault.message))
    return faults


def _problem(node: Node, path: tuple[Key, ...], message: str) -> Problem:
    return Problem(node.origin.file, *node.position, dotted(path), message)
