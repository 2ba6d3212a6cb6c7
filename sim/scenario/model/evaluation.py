"""The evaluation block: what an evaluator decides beforehand, and how the group he compares with differs."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from sim.scenario import kinds
from sim.scenario.model.base import (
    Absent,
    Block,
    OneOrMore,
    Patients,
    Word,
    says,
)
from sim.scenario.values import Quantity

DesignName = Literal["randomised", "matched_did", "pre_post", "benchmark_trend", "as_treated", "dose_response"]
WindowName = Literal["programme", "m7_18", "last_12"]
Covariate = Literal["age", "sex", "risk_score", "prior_cost"]
Cluster = Literal["person", "practice"]

DIFFERS: Final = ("evaluation", "comparison", "differs")

Percentile = Annotated[Quantity, kinds.Share(name="Percentile", low=0.5, example="0.99")]
Significance = Annotated[Quantity, kinds.Share(name="Significance", high=0.5, above=True, example="0.05")]
Power = Annotated[Quantity, kinds.Share(name="Power", low=0.5, high=0.999, example="0.8")]
Neighbours = Annotated[Quantity, kinds.Count(name="Neighbours", unit="persons", low=1.0, high=100.0, example="3")]


class Comparison(Block):
    """People of other practices who pass the same screen and get usual care.

    differs: e.g. `usual_care.components.transition_visit.chance: 0.6`; after loading by dotted key, with numbers as quantities.
    """

    panel: Annotated[Patients | None, says("Patients of the comparison practices; as many as the programme's when left out")] = None
    neighbours: Annotated[Neighbours, says("Persons matched to each eligible")]
    differs: Annotated[dict[str, Any], says("Keys of the scenario and the values they have for this group only")]


class Control(Block):
    """A randomised control group: eligibles of a further panel of the same practices, in usual care."""

    panel: Annotated[Patients, says("Patients of the further panel whose eligibles are the control group")]


class SignificanceTest(Block):
    """When a finding counts as significant, and the power that the minimum detectable effect is stated for."""

    significance: Annotated[Significance, says("Chance of a false positive at which a finding counts as significant")]
    sides: Annotated[Literal[1, 2], says("One- or two-sided test")]
    power: Annotated[Power, says("Power for which the minimum detectable effect is stated")]


class Evaluation(Block):
    """Designs, windows and statistics of the evaluation. trim_at: percentile at which a person's payments per month are capped."""

    designs: Annotated[tuple[DesignName, ...], OneOrMore, Field(min_length=1), says("Which analyses are made of the claims")]
    windows: Annotated[tuple[WindowName, ...], OneOrMore, Field(min_length=1), says("Stretches of the programme that are analysed")]
    covariates: Annotated[tuple[Covariate, ...], OneOrMore, says("What the matching and the regressions adjust for")]
    cluster: Annotated[Cluster, says("Level at which errors are clustered")]
    trim_at: Annotated[Percentile | Literal["none"], Word("none"), says("Percentile at which a person's payments a month are capped")]
    test: Annotated[SignificanceTest, says("When a finding counts as significant")]
    comparison: Annotated[Comparison, says("The group that an evaluator would compare with")]
    control: Annotated[Control | None, Absent("none"), says("A randomised control group of further patients")] = None
