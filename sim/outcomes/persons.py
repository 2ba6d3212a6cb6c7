"""Figures of a replication that need its people one by one. They are made only when they are asked for: see `sim.persons`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.scenario import Scenario

PREFIX: Final = "persons."


@dataclass(frozen=True)
class PersonFigure:
    """One figure, of usual care and the original cohort unless it says otherwise.

    months: how long a run must be for it; by_period: whether counts of each person by half-year must be kept; whole_panel: whether
    people who are not eligible must be followed too, which a run does until its refresh date; programme: whether it is of the
    programme arm.
    """

    name: str
    title: str
    definition: str
    unit: str
    months: int = 0
    by_period: bool = False
    whole_panel: bool = False
    programme: bool = False


_DIFFERENCE: Final = (
    "Those of the original cohort who enrolled within six months against those who did not, at launch: difference of means / "
    "sqrt(mean of the two variances) (Austin 2009)."
)

FIGURES: Final = (
    PersonFigure(
        "persons.cost_cv",
        "Variation of annual cost between persons",
        "SD / mean, over everybody eligible at launch, of the payer's payments in programme months 1-12; who dies or leaves counts with "
        "what was paid until then.",
        "ratio",
        months=12,
        by_period=True,
    ),
    PersonFigure(
        "persons.last_year_of_life_cost_share",
        "Share of cost in the last year of life",
        "Payments in the last 12 months of life of those of the panel who die in programme months 1-12, over all payments for the panel "
        "in these months. What of their last 12 months lies before launch is taken as that part of their baseline year's payments.",
        "share",
        months=12,
        by_period=True,
        whole_panel=True,
    ),
    PersonFigure(
        "persons.low_risk_after_2_years",
        "Persistently low risk after two years",
        "Of the eligible whose crisis hazard at launch is among the highest 5% of the panel: share of those alive and in the plan after "
        "two years whose hazard was below that of the 5% at month 12 and at month 24.",
        "share",
        months=24,
    ),
    PersonFigure(
        "persons.high_risk_after_2_years",
        "Persistently high risk after two years",
        "As persistently low risk, with a hazard at least that of the 5% at month 12 and at month 24.",
        "share",
        months=24,
    ),
    PersonFigure(
        "persons.participants_risk_score", "Participants' risk score, against non-participants", _DIFFERENCE, "SD", programme=True
    ),
    PersonFigure(
        "persons.participants_prior_cost", "Participants' prior cost, against non-participants", _DIFFERENCE, "SD", programme=True
    ),
    PersonFigure(
        "persons.participants_prior_admissions",
        "Participants' prior admissions, against non-participants",
        _DIFFERENCE,
        "SD",
        programme=True,
    ),
)
BY_NAME: Final = {figure.name: figure for figure in FIGURES}


def lacking(figure: PersonFigure, scenario: Scenario) -> str | None:
    """What a scenario lacks for a figure; None when it gives it."""
    from sim.outcomes.results import MICROSECONDS_PER_DAY, MICROSECONDS_PER_MONTH

    def months(days: float) -> float:
        return days * MICROSECONDS_PER_DAY / MICROSECONDS_PER_MONTH

    if months(float(scenario.run.horizon)) < figure.months:
        return f"'{figure.name}' needs a run.horizon of at least {figure.months} months"
    refresh = scenario.programme.enrolment.refresh
    if figure.whole_panel and (refresh is None or months(float(refresh.at)) < figure.months):
        return (
            f"'{figure.name}' needs people who are not eligible, and they are followed until the refresh date: "
            f"programme.enrolment.refresh.at must be at least {figure.months} months"
        )
    return None
