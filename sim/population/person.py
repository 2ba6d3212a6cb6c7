"""One row per person: what is true of them, what is on record about them, and who they are to the programme."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

EXCLUSIONS: Final = (
    "esrd",
    "nursing_home",
    "other_demonstration",
    "hospice",
    "medicare_advantage",
    "medicare_secondary",
    "lacks_part_a_or_b",
)
"""Bit i of `exclusions` is EXCLUSIONS[i]."""

MOST_CONDITIONS: Final = 32
"""Conditions are bits of an unsigned 32-bit number, in the order of their names."""

PERSON: Final = np.dtype(
    [
        ("key", np.uint64),  # stable identity, from which every draw of this person is made
        ("number", np.int32),  # the label shown to people
        ("age", np.float64),  # years at launch
        ("female", np.int8),
        ("disabled", np.int8),  # entitled by disability: under 65
        ("conditions", np.uint32),  # latent: what the person has
        ("documented", np.uint32),  # what the claims say at the start; always part of `conditions`
        ("demographic_score", np.float64),  # the age-sex part of the risk score, before the model factor
        ("true_risk", np.float64),  # latent: the risk score if every condition were documented
        ("risk_score", np.float64),  # from the documented conditions
        ("burden", np.float64),  # latent: multiplies the rate of every condition; mean 1 in a synthetic panel
        ("frailty", np.float64),  # latent: gamma with mean 1
        ("engagement", np.float64),  # latent: 0..1
        ("isolated", np.int8),  # latent
        ("behavioural_health", np.int8),  # latent
        ("isolated_known", np.int8),
        ("behavioural_health_known", np.int8),
        ("family_carer", np.int8),
        ("medications", np.int16),
        ("loyalty", np.float64),  # chance that a hospital visit is at the usual hospital
        ("in_service_area", np.int8),
        ("supplemental", np.int8),  # insures the co-payments
        ("exclusions", np.uint16),
        ("directive", np.int8),  # an advance directive exists
        ("practice", np.int16),  # place in `sim.population.practices.expand`
        ("willingness", np.float64),  # uniform; compared with shares who refuse or accept
    ]
)

Persons = NDArray[Any]
"""Structured array with dtype PERSON, shape (n,), in ascending order of `key`."""

LATENT: Final = ("conditions", "true_risk", "burden", "frailty", "engagement", "isolated", "behavioural_health")
"""Fields that no staff, filter, tier or physician may read."""


def in_key_order(persons: Persons) -> Persons:
    """A copy in ascending order of key, so that the order of the input never matters."""
    return persons[np.argsort(persons["key"], kind="stable")]
