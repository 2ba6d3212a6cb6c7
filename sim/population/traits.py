"""Every draw that makes a person, keyed by who it is about; shared by the synthetic panel and a panel from CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.population import quantiles
from sim.population.case_mix import CaseMix
from sim.population.person import EXCLUSIONS, Persons
from sim.population.practices import Practice
from sim.rules.streams import Decision, key_of, uniforms

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Bits = NDArray[np.uint32]


def occasion(*names: str | int) -> int:
    """The occasion of a draw about something with a stable name, such as ('condition', 'copd')."""
    return key_of(*names) >> 1


def uniform(keys: Keys, decision: Decision, *names: str | int) -> Floats:
    """One uniform per person for this decision, about the named thing if there is one; shape (n,)."""
    return uniforms(keys, int(decision), occasion(*names) if names else 0)


def ages(block: Any, keys: Keys) -> Floats:
    """Ages in years at launch, shape (n,)."""
    u = uniform(keys, Decision.AGE)
    younger = 65.0 - quantiles.law(u, block.age.years_to_65)
    older = 65.0 + quantiles.law(u, block.age.years_from_65)
    disabled = uniform(keys, Decision.AGE_GROUP) < float(block.age.under_65_share)
    return np.where(disabled, np.minimum(younger, np.nextafter(65.0, 0.0)), older)


def sexes(block: Any, keys: Keys) -> NDArray[np.int8]:
    """1 for women, 0 for men, shape (n,)."""
    return (uniform(keys, Decision.SEX) < float(block.female_share)).astype(np.int8)


def burdens(mix: CaseMix, quantile: Floats, age: Floats, female: NDArray[np.int8]) -> Floats:
    """The burden at these quantiles (0..1) of its law, shape (n,)."""
    return quantiles.gamma(quantile, mix.burden_shape, 1.0) * mix.burden_level(age, female)


def true_conditions(mix: CaseMix, keys: Keys, burden: Floats, age: Floats, *candidate: int) -> Bits:
    """The conditions of each person, as bits; another candidate number gives another independent draw."""
    mask = np.zeros(len(keys), np.uint32)
    for bit, name in enumerate(mix.table.names):
        chance = -np.expm1(-burden * mix.rate_at(bit, age))
        has = uniform(keys, Decision.CONDITION, "condition", name, *candidate) < chance
        mask |= has.astype(np.uint32) << np.uint32(bit)
    return mask


def documented_conditions(mix: CaseMix, keys: Keys, conditions: Bits, *candidate: int) -> Bits:
    """The part of the conditions that the claims show, as bits."""
    mask = np.zeros(len(keys), np.uint32)
    for bit, name in enumerate(mix.table.names):
        seen = uniform(keys, Decision.DOCUMENTED, "condition", name, *candidate) < mix.documented_share
        mask |= seen.astype(np.uint32) << np.uint32(bit)
    return mask & conditions


def fill(
    persons: Persons, block: Any, mix: CaseMix, practices: Sequence[Practice], given: Mapping[str, NDArray[np.bool_]] | None = None
) -> None:
    """Draw everything that follows from key, age, sex, burden and conditions, which are set already.

    given: field -> who has a value of their own that must stay, shape (n,). Changes `persons` in place.
    """
    kept = given or {}
    keys = np.ascontiguousarray(persons["key"])

    def put(field: str, drawn: NDArray[Any]) -> NDArray[Any]:
        persons[field] = np.where(kept[field], persons[field], drawn) if field in kept else drawn
        return np.ascontiguousarray(persons[field])

    def put_share(field: str, decision: Decision, share: Any) -> None:
        put(field, uniform(keys, decision) < float(share))

    conditions, documented = np.ascontiguousarray(persons["conditions"]), np.ascontiguousarray(persons["documented"])
    age, female = np.ascontiguousarray(persons["age"]), np.ascontiguousarray(persons["female"])
    persons["disabled"] = age < 65.0

    demographic = mix.table.demographic_scores(age, female)
    persons["demographic_score"] = demographic
    by_conditions = mix.table.risk_scores(documented, demographic)
    risk_score = put("risk_score", by_conditions)
    persons["true_risk"] = risk_score + (mix.table.risk_scores(conditions, demographic) - by_conditions)

    put("frailty", quantiles.gamma(uniform(keys, Decision.FRAILTY), float(block.frailty.shape), 1.0))
    for field, decision, law in (("engagement", Decision.ENGAGEMENT, block.engagement), ("loyalty", Decision.LOYALTY, block.loyalty)):
        put(field, quantiles.beta(uniform(keys, decision), float(law.mean), float(law.concentration)))

    behavioural = np.uint32(mix.behavioural)
    other = uniform(keys, Decision.BEHAVIOURAL_HEALTH) < -np.expm1(-persons["burden"] * mix.other_behavioural_rate)
    has_behavioural = put("behavioural_health", ((conditions & behavioural) != 0) | other) == 1
    known = float(block.known_at_start_share)
    on_record = ((documented & behavioural) != 0) | (uniform(keys, Decision.KNOWN_BEHAVIOURAL_HEALTH) < known)
    put("behavioural_health_known", has_behavioural & on_record)
    isolated = put("isolated", uniform(keys, Decision.ISOLATED) < float(block.isolated_share)) == 1
    put("isolated_known", isolated & (uniform(keys, Decision.KNOWN_ISOLATED) < known))

    put_share("family_carer", Decision.FAMILY_CARER, block.family_carer_share)
    put_share("in_service_area", Decision.SERVICE_AREA, block.in_service_area_share)
    put_share("supplemental", Decision.SUPPLEMENTAL_COVER, block.supplemental_cover_share)
    put_share("directive", Decision.DIRECTIVE, block.directive_share)

    drugs = float(block.medications.base) + float(block.medications.per_condition) * np.bitwise_count(conditions)
    put("medications", quantiles.poisson(uniform(keys, Decision.MEDICATIONS), drugs))

    exclusions = np.zeros(len(persons), np.uint16)
    for bit, name in enumerate(EXCLUSIONS):
        share = getattr(block.exclusions, name, None)
        if share is not None:
            excluded = uniform(keys, Decision.EXCLUSION, "exclusion", name) < float(share)
            exclusions |= excluded.astype(np.uint16) << np.uint16(bit)
    put("exclusions", exclusions)

    edges = np.cumsum([practice.share for practice in practices])[:-1]
    put("practice", np.searchsorted(edges, uniform(keys, Decision.PRACTICE), side="right"))
    persons["willingness"] = uniform(keys, Decision.WILLINGNESS)
