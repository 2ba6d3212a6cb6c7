"""Who is due first: a tournament of entities, in the order of pending time and turn.

Every entity has a leaf in a binary tree. A node keeps the time and the leaf of the earlier of its two children. A changed
time plays the matches from its leaf to the root again: as many as the tree is high, and hardly one is a branch that nobody
could foretell. In a heap each is, which makes it three times as slow.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.rules.compiling import rule
from sim.rules.records import empty
from sim.rules.units import NEVER

ROOT = 1  # the children of node n are nodes 2 n and 2 n + 1
NODE = np.dtype([("time", "i8"), ("leaf", "i8")])  # the earliest time below the node, and the leaf that has it


class Tournament(NamedTuple):
    """Nodes, of which the second half are leaves, and the turns of the leaves.

    A leaf that is not due has a time of its own after every other, so that only those who are due are ever due at once.
    """

    nodes: Any
    turn: Any


def tournament(entities: int) -> Tournament:
    """Room for a number of entities, to be cleared before use."""
    leaves = 1 << max(0, entities - 1).bit_length()
    return Tournament(empty(NODE, 2 * leaves), np.zeros(leaves, np.int64))


@rule
def clear(tree: Tournament) -> None:
    """Nobody is due."""
    leaves = len(tree.turn)
    for leaf in range(leaves):
        tree.nodes[leaves + leaf].time = NEVER + leaf
        tree.nodes[leaves + leaf].leaf = leaf
    for node in range(leaves - 1, 0, -1):
        tree.nodes[node].time = tree.nodes[2 * node].time
        tree.nodes[node].leaf = tree.nodes[2 * node].leaf


@rule
def put(tree: Tournament, leaf: int, t: int, turn: int, stop: int) -> None:
    """Give one leaf its pending time and turn; it is not due from `stop` on."""
    nodes = tree.nodes
    tree.turn[leaf] = turn
    node = len(tree.turn) + leaf
    if t >= stop:
        t = NEVER + leaf
    nodes[node].time = t
    while node > ROOT:
        rival = nodes[node ^ 1].time
        lost = rival < t
        if rival == t:
            lost = tree.turn[nodes[node ^ 1].leaf] < tree.turn[nodes[node].leaf]
        first = nodes[node ^ lost].leaf  # chosen by its place: the compiler would make a branch of a choice between two values
        t = min(t, rival)
        node >>= 1
        nodes[node].time = t
        nodes[node].leaf = first
