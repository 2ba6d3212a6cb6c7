"""Enrolled patients with whom there has been no contact for long."""

from __future__ import annotations

from sim.rules.compiling import rule
from sim.rules.journal import count_at
from sim.rules.units import MONTH, SILENCE_MONTHS
from sim.rules.vocabulary import Counter
from sim.rules.world import World

SILENCE = SILENCE_MONTHS * MONTH


@rule
def tell_silence(w: World, i: int) -> None:
    """Count the time up to now in which the patient was enrolled and SILENCE had gone by since the last contact."""
    t = w.run[0].now
    here = w.patients[i].contacted_at + SILENCE
    if here < t:
        count_at(w, i, Counter.UNREACHED, 1, here)
    while here < t:
        ends = min(t, (here // MONTH + 1) * MONTH)
        count_at(w, i, Counter.UNREACHED_US, ends - here, here)
        here = ends


@rule
def hear_from(w: World, i: int) -> None:
    """A contact with the patient or the family, now."""
    if w.patients[i].enrolled:
        tell_silence(w, i)
        w.patients[i].contacted_at = w.run[0].now
