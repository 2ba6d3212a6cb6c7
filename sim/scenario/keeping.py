"""What a scenario keeps from a posterior: whatever the files above the one that names it, or the command line, say themselves."""

from __future__ import annotations

from typing import Final

from sim.scenario.files import FileFault, Laid
from sim.scenario.nodes import CHOSEN, Node
from sim.scenario.posterior import posterior_file, posterior_names

BLOCK: Final = "parameters"
POSTERIOR: Final = (BLOCK, "posterior")
KEPT: Final = (BLOCK, "keep")


def keep_own(tree: Node, laid: Laid) -> Node:
    """The tree with `keep` completed: whoever states a value above the file that names the posterior, or moves a lever, means it."""
    named, block = tree.find(*POSTERIOR), tree.find(BLOCK)
    if named is None or block is None or block.mapping is None or not isinstance(named.content, str):
        return tree
    try:
        names = posterior_names(posterior_file(named.content, named.origin.folder, laid.first))
    except FileFault:
        return tree  # told where the posterior is opened
    above = laid.above(named.origin)
    kept = tree.find(*KEPT)
    items = () if kept is None or kept.items is None else kept.items
    own = []
    for name in names:
        leaf = tree.named(name)
        if leaf is not None and (leaf.origin in above or leaf.origin.layer == CHOSEN) and name not in [item.content for item in items]:
            own.append(Node(name, leaf.origin, leaf.line, leaf.column))
    if not own:
        return tree
    mapping = {**block.mapping, KEPT[-1]: (kept or named).with_content((*items, *own))}
    return tree.with_content({**(tree.mapping or {}), BLOCK: block.with_content(mapping)})
