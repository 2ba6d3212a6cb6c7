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

    under_65_share: Annotated[Share, says("Share of the panel under 65 (entitled by disability)")]
    years_to_65: Annotated[VaryingYears, says("Years that patients under 65 are short of 65")]
    years_from_65: Annotated[VaryingYears, says("Years that the others are past 65")]


class AgeBands(Block):
    """What age and sex add to the risk score, by the age at which a band begins."""

    under_65: Annotated[ScorePart, says("Added to the risk score under age 65")]
    from_65: Annotated[ScorePart, says("Added at age 65 to 69")]
    from_70: Annotated[ScorePart, says("Added at age 70 to 74")]
    from_75: Annotated[ScorePart, says("Added at age 75 to 79")]
    from_80: Annotated[ScorePart, says("Added at age 80 to 84")]
    from_85: Annotated[ScorePart, says("Added at age 85 to 89")]
    from_90: Annotated[ScorePart, says("Added at age 90 to 94")]
    from_95: Annotated[ScorePart, says("Added from age 95 on")]


class DemographicScore(Block):
    """The part of the risk score that age and sex give."""

    female: Annotated[AgeBands, says("Added to the risk score of women, by age")]
    male: Annotated[AgeBands, says("Added to the risk score of men, by age")]


class CaseMix(Block):
    """How sick the panel is, and how much of that claims show."""

    burden_shape: Annotated[
        Shape, says("How evenly illness is spread over the panel; gamma shape of the burden, small: few patients carry most of it")
    ]
    burden_age_slope: Annotated[PerYearOfAge, says("Growth of the burden of illness with age")]
    burden_male_ratio: Annotated[Shape, says("Burden of illness of men, as a factor on women's")]
    burden_disabled_ratio: Annotated[Shape, says("Burden of illness under 65, as a factor on that of the others")]
    documented_share: Annotated[Share, says("Share of conditions that claims show")]
    acute_hcc_per_admission: Annotated[Factor, says("Added to the claims risk score by each admission; of the claims year")]
    model_factor: Annotated[Factor, says("Scale of risk scores; `caseload localise` moves it")]


class Condition(Block):
    """`prevalence` is over the whole panel; `coefficient` is what the condition adds to the risk score.

    `supersedes`: conditions that add nothing when this one counts; `behavioural`: having it is a behavioural health problem.
    """

    prevalence: Annotated[Prevalence, says("Share of the panel that truly has the condition")]
    coefficient: Annotated[ScorePart, says("What it adds to the risk score")]
    age_slope: Annotated[PerYearOfAge | None, says("Growth of its rate with age, on top of the burden's")] = None
    supersedes: Annotated[tuple[str, ...], OneOrMore, says("Conditions that add nothing to the risk score where this one counts")] = ()
    behavioural: Annotated[bool, says("Whether having it is a behavioural health problem")] = False


class Interaction(Block):
    """What several conditions together add to the risk score."""

    conditions: Annotated[tuple[str, ...], OneOrMore, says("Conditions that a patient must all have")]
    coefficient: Annotated[ScorePart, says("What they add to the risk score together, besides each by itself")]


class Frailty(Block):
    """Latent frailty: gamma with mean 1."""

    shape: Annotated[Shape, says("How alike patients are in latent frailty; gamma shape at mean 1, small: very different")]


class Medications(Block):
    """Active medications: some for everybody, more for each condition."""

    base: Annotated[Drugs, says("Mean number of drugs of a patient without conditions")]
    per_condition: Annotated[Drugs, says("Drugs more for each condition, on average")]


class BetaShare(Block):
    """A share that differs between patients by a beta law with this mean and concentration (alpha + beta)."""

    mean: Annotated[Share, says("Mean over the patients")]
    concentration: Annotated[Shape, says("How close patients lie to the mean; alpha + beta of the beta law")]


class Exclusions(Block):
    """Shares of the panel with a reason for exclusion."""

    esrd: Annotated[Share, says("Share with end-stage renal disease")]
    nursing_home: Annotated[Share, says("Share who live in a nursing home")]
    other_demonstration: Annotated[Share, says("Share in another Medicare demonstration")]
    medicare_advantage: Annotated[Share, says("Share enrolled in Medicare Advantage")]
    medicare_secondary: Annotated[Share, says("Share for whom Medicare is the secondary payer")]
    lacks_part_a_or_b: Annotated[Share, says("Share without Part A or Part B")]


class Population(Block):
    """Who is in the panel, and how their traits are drawn."""

    panel: Annotated[
        Panel | Literal["synthetic"], Word("synthetic"), says("Patients of your own, a row each; without it they are drawn")
    ] = "synthetic"
    size: Annotated[Patients, says("Patients of the practices, of whom the criteria find the eligible")]
    age: Annotated[Ages, says("Ages in the panel")]
    female_share: Annotated[Share, says("Share of women")]
    demographic_score: Annotated[DemographicScore, says("The part of the risk score that age and sex give")]
    case_mix: Annotated[CaseMix, says("How sick the panel is, and how much of that claims show")]
    conditions: Annotated[dict[str, Condition], says("Conditions of the risk score, by name")]
    interactions: Annotated[dict[str, Interaction], says("What several conditions add together, by name")]
    frailty: Annotated[Frailty, says("Latent frailty, a factor on the crisis hazard")]
    medications: Annotated[Medications, says("Active medications")]
    engagement: Annotated[BetaShare, says("Latent engagement; an engaged patient is reached more easily")]
    isolated_share: Annotated[Share, says("Share truly isolated, known or not")]
    behavioural_health_share: Annotated[Share, says("Share truly with a behavioural health problem, known or not")]
    known_at_start_share: Annotated[Share, says("Share of isolation and behavioural health problems on record at the start")]
    family_carer_share: Annotated[Share, says("Share with a family carer")]
    loyalty: Annotated[BetaShare, says("Chance that a hospital visit is at the usual hospital")]
    in_service_area_share: Annotated[Share, says("Share living in the service area")]
    supplemental_cover_share: Annotated[Share, says("Share with insurance that covers co-payments")]
    directive_share: Annotated[Share, says("Share with an advance directive")]
    exclusions: Annotated[Exclusions, says("Shares of the panel with a reason for exclusion")]
