"""A value drawn from a law on an occasion; no uniform for one that does not vary."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.laws import Family, draw
from sim.rules.streams import Word, uniform, uniform_at
from sim.rules.world import World


@rule
def drawn(w: World, law: int, key: Word, decision: int, occasion: int) -> float:
    """The value of law number `law` for somebody's decision on an occasion, in the law's unit."""
    if w.laws[law].family == Family.FIXED:
        return w.laws[law].a
    return draw(w.laws, w.quantiles, law, uniform(key, decision, occasion))


@rule
def drawn_at(w: World, law: int, key: Word, component_key: Word, decision: int, occasion: int) -> float:
    """The value of law number `law` for a patient's task."""
    if w.laws[law].family == Family.FIXED:
        return w.laws[law].a
    return draw(w.laws, w.quantiles, law, uniform_at(key, component_key, decision, occasion))
