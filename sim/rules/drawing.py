"""A value drawn from a law on an occasion."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.laws import Family, draw
from sim.rules.streams import Word, uniform, uniform_at
from sim.rules.world import World

ANY = 0.5  # a uniform for a law that does not vary: none is drawn for it


@rule
def drawn(w: World, law: int, key: Word, decision: int, occasion: int) -> float:
    """The value of law number `law` for somebody's decision on an occasion, in the law's unit."""
    varies = w.laws[law].family != Family.FIXED
    return draw(w.laws, w.quantiles, law, uniform(key, decision, occasion) if varies else ANY)


@rule
def drawn_at(w: World, law: int, key: Word, component_key: Word, decision: int, occasion: int) -> float:
    """The value of law number `law` for a patient's task."""
    varies = w.laws[law].family != Family.FIXED
    return draw(w.laws, w.quantiles, law, uniform_at(key, component_key, decision, occasion) if varies else ANY)
