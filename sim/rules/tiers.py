"""Priority tiers I-III: a noisy rule on observed fields. Blind to everything latent."""

from __future__ import annotations

import numpy as np

from sim.rules.compiling import rule
from sim.rules.journal import announce, note
from sim.rules.laws import normal_quantile
from sim.rules.records import RECENT
from sim.rules.streams import Decision, uniform_at
from sim.rules.units import MINUTE
from sim.rules.vocabulary import Event, Trigger
from sim.rules.world import World


@rule
def recent(times: np.ndarray, count: int, since: int) -> int:
    """How many of the events on record (the last RECENT of `count`) lie at or after a minute."""
    n = 0
    for j in range(min(count, RECENT)):
        if times[j] >= since:
            n += 1
    return n


@rule
def assign_tier(w: World, i: int, c: int, occasion: int) -> None:
    """Tier I, II or III by points on observed fields plus the noise of a person's judgement."""
    p = w.parameters[0]
    patient = w.patients[i]
    t = w.run[0].now
    since = (t - p.tier_look_back) // MINUTE
    points = (
        p.tier_risk_score * patient.risk_score
        + p.tier_admission * recent(patient.admitted_at, patient.admitted_count, since)
        + p.tier_ed * recent(patient.ed_at, patient.ed_count, since)
        + p.tier_behavioural_health * patient.behavioural_health
        + p.tier_isolated * patient.isolated
        + p.tier_medications * patient.medications
        + p.tier_noise * normal_quantile(uniform_at(patient.key, w.components[c].key, Decision.TASK_TIER, occasion))
    )
    tier = 1 if points >= p.tier_1 else 2 if points >= p.tier_2 else 3
    patient.tier = tier
    note(w, i, Event.TIER, tier, occasion, 0, -1)
    announce(w, i, Trigger.TIER_SET, occasion, c, True)
