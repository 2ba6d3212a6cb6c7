"""The population block: who is in the panel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from sim.scenario import kinds
from sim.scenario.model.base import (
    Block,
    Drugs,
    Factor,
    OneOrMore,
    Patients,
    PerYearOfAge,
    Shape,
    Share,
    Word,
    says,
)
from sim.scenario.values import Law, Quantity

Prevalence = Annotated[Quantity, kinds.Share(name="Prevalence", above=True, high=0.999)]
ScorePart = Annotated[Quantity, kinds.Kind(name="ScorePart", unit="risk score", low=0.0, high=100.0, example="0.323")]
VaryingYears = Annotated[Law, kinds.LawOf(name="VaryingYears", of=kinds.Kind(name="Years", unit="years", low=0.0, high=65.0, example="10"))]


def _path(raw: Any) -> Any:
    return Path(raw) if isinstance(raw, str) else raw


class Panel(Block):
    """A panel from a file; the path is relative to the scenario file and becomes absolute on loading."""

    csv: Annotated[Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "description": "A CSV file beside the scenario"})]


class Ages(Block):
    """Distances from 65: a law cut at 65 would pile people up there."""

    under_65_share: Share
    years_to_65: VaryingYears
    years_from_65: VaryingYears


class AgeBands(Block):
    """What age and sex add to the risk score, by the age at which a band begins."""

    under_65: ScorePart
    from_65: ScorePart
    from_70: ScorePart
    from_75: ScorePart
    from_80: ScorePart
    from_85: ScorePart
    from_90: ScorePart
    from_95: ScorePart


class DemographicScore(Block):
    """The part of the risk score that age and sex give."""

    female: AgeBands
    male: AgeBands


class CaseMix(Block):
    """How sick the panel is, and how much of that claims show."""

    burden_shape: Shape
    burden_age_slope: PerYearOfAge
    burden_male_ratio: Shape
    burden_disabled_ratio: Shape
    documented_share: Annotated[Share, says("Share of conditions that claims show")]
    acute_hcc_per_admission: Factor
    model_factor: Annotated[Factor, says("Scale of risk scores; `caseload localise` moves it")]


class Condition(Block):
    """`prevalence` is over the whole panel; `coefficient` is what the condition adds to the risk score.

    `supersedes`: conditions that add nothing when this one counts; `behavioural`: having it is a behavioural health problem.
    """

    prevalence: Prevalence
    coefficient: ScorePart
    age_slope: PerYearOfAge | None = None
    supersedes: Annotated[tuple[str, ...], OneOrMore] = ()
    behavioural: bool = False


class Interaction(Block):
    """What several conditions together add to the risk score."""

    conditions: Annotated[tuple[str, ...], OneOrMore]
    coefficient: ScorePart


class Frailty(Block):
    """Latent frailty: gamma with mean 1."""

    shape: Shape


class Medications(Block):
    """Active medications: some for everybody, more for each condition."""

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
    """Who is in the panel, and how their traits are drawn."""

    panel: Annotated[
        Panel | Literal["synthetic"], Word("synthetic"), says("Patients of your own, a row each; without it they are drawn")
    ] = "synthetic"
    size: Annotated[Patients, says("Patients of the practices, of whom the criteria find the eligible")]
    age: Ages
    female_share: Share
    demographic_score: DemographicScore
    case_mix: CaseMix
    conditions: dict[str, Condition]
    interactions: dict[str, Interaction]
    frailty: Frailty
    medications: Medications
    engagement: BetaShare
    isolated_share: Annotated[Share, says("Truly isolated, known or not")]
    behavioural_health_share: Annotated[Share, says("Truly with a behavioural health problem, known or not")]
    known_at_start_share: Annotated[Share, says("Share of the isolated and of those with such a problem of whom it is on record")]
    family_carer_share: Share
    loyalty: Annotated[BetaShare, says("Chance that a hospital visit is at the usual hospital")]
    in_service_area_share: Share
    supplemental_cover_share: Annotated[Share, says("With insurance that covers co-payments")]
    directive_share: Annotated[Share, says("With an advance directive")]
    exclusions: Exclusions
