"""Every design by name: its title, its estimator, whose effect it claims to measure, and why it is biased if it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sim.evaluation.designs import as_treated, benchmark_trend, dose_response, matched_did, pre_post, randomised
from sim.evaluation.estimate import Estimate
from sim.evaluation.outcomes import Outcome
from sim.evaluation.study import Study
from sim.evaluation.windows import Window
from sim.scenario.model.evaluation import DesignName


def everybody(study: Study) -> Study:
    """All eligibles: intention to treat."""
    return study


@dataclass(frozen=True)
class Design:
    """population: the study whose true effect is the truth of the estimate; bias: why it misleads, empty for a sound design."""

    title: str
    estimate: Callable[[Study, Outcome, Window], Estimate | None]
    bias: str = ""
    population: Callable[[Study], Study] = everybody


DESIGNS: Final[Mapping[DesignName, Design]] = MappingProxyType(
    {
        "randomised": Design("Randomised control group", randomised.estimate),
        "matched_did": Design("Matched comparison", matched_did.estimate),
        "pre_post": Design(
            "Naive pre/post", pre_post.estimate, "no comparison group: regression to the mean, ageing and prices count as effect"
        ),
        "benchmark_trend": Design(
            "Benchmark with a trend", benchmark_trend.estimate, "the trend of all is not that of people selected for a costly year"
        ),
        "as_treated": Design(
            "As-treated", as_treated.estimate, "those who enrol differ from those who do not", population=as_treated.population
        ),
        "dose_response": Design("Dose-response", dose_response.estimate, "the sick get more contacts"),
    }
)
