"""The population block: who is in the panel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from sim.scenario import kinds
from sim.scenario.model.base import (
    Absent,
    Block,
    Drugs,
    Factor,
    Patients,
    PerYearOfAge,
    Shape,
    Share,
    VaryingAge,
)
from sim.scenario.values import Quantity


def _path(raw: Any) -> Any:
    return Path(raw) if isinstance(raw, str) else raw


class Panel(Block):
    """A panel from a file; the path is relative to the scenario file and becomes absolute on loading."""

    csv: Annotated[Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "description": "A CSV file beside the scenario"})]


class Ages(Block):
    under_65_share: Share
    under_65: VaryingAge
    from_65: VaryingAge


class CaseMix(Block):
    burden_shape: Shape
    burden_age_slope: PerYearOfAge
    documented_share: Share
    acute_hcc_per_admission: Factor
    model_factor: Factor


class Condition(Block):
    """`prevalence` is over the whole panel; `coefficient` is what the condition adds to the risk score."""

    prevalence: Share
    coefficient: Annotated[Quantity, kinds.Kind(name="Coefficient", unit="risk score", low=0.0, high=100.0, example="0.323")]


class Frailty(Block):
    shape: Shape


class Medications(Block):
    base: Drugs
    per_condition: Drugs


class BetaShare(Block):
    """A share that differs between patients by a beta law with this mean and concentration (alpha + beta)."""

    mean: Share
    concentration: Shape


class Exclusions(Block):
    """Shares of the panel with a reason for exclusion."""

    esrd: Share
    nursing_home: Share
    other_demonstration: Share
    medicare_advantage: Share
    medicare_secondary: Share
    lacks_part_a_or_b: Share


class Population(Block):
    """`panel` is None for a synthetic panel."""

    panel: Annotated[Panel | None, Absent("synthetic")] = None
    size: Patients
    age: Ages
    female_share: Share
    case_mix: CaseMix
    conditions: dict[str, Condition]
    frailty: Frailty
    medications: Medications
    engagement: BetaShare
    isolated_share: Share
    behavioural_health_share: Share
    known_at_start_share: Share
    family_carer_share: Share
    loyalty: BetaShare
    in_service_area_share: Share
    supplemental_cover_share: Share
    exclusions: Exclusions
