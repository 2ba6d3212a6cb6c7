"""`caseload power`: how many patients and years an evaluation needs to find what a programme saves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.commands.errors import UserError
from sim.commands.progress import progress
from sim.drawn import posterior_name
from sim.evaluation.designs import matched_did
from sim.evaluation.moments import Moments, average, moments
from sim.evaluation.outcomes import COST
from sim.evaluation.people import Observed
from sim.evaluation.power import Adjustment, PowerPlan, power_tree
from sim.evaluation.settings import Settings, settings_of
from sim.evaluation.study import Study
from sim.evaluation.windows import whole_years, window
from sim.outcomes.summary import caveat, over_replications
from sim.outcomes.windows import MAIN_WINDOW
from sim.report import words
from sim.report.tables import Table

if TYPE_CHECKING:
    from sim.scenario import Scenario

SIZES: Final = (500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000)
"""People in the table, besides the scenario's own number."""
MOST_YEARS: Final = 5
PLANS: Final[Mapping[str, Adjustment]] = {"matched_did": "did", "randomised": "ancova"}
_TITLES: Final = {
    "matched_did": "Matched comparison group, difference-in-differences",
    "randomised": "Randomised control group, adjusted for the cost of the baseline year",
}


@dataclass(frozen=True)
class Sample:
    """What one replication tells: people in the intervention, comparison people that count for each of them after matching, moments, the
    true relative saving, and standard error and minimum detectable effect of the matched design relative to the expected cost."""

    people: int
    comparison_ratio: float
    moments: Moments
    saving: float
    se: float
    mde: float


def sample(observed: Observed, settings: Settings) -> Sample:
    """The sample of one replication, original cohort. Raises UserError for a run without a whole programme year."""
    study = Study(observed.of_cohort("original"), settings)
    people, years = study.observed.counterfactual, whole_years(study.observed.intervention)
    if years < 1 or len(people) < 3:
        raise UserError(f"needs a run of a year and more, and three eligibles at least (got {len(people)} eligibles, {years} whole years)")
    stretch = window(MAIN_WINDOW, people)
    assert stretch is not None
    found = matched_did.estimate(study, COST, stretch)
    weights = study.comparison_weights
    if found is None or not weights.any():
        raise UserError("needs a comparison group with eligibles: raise evaluation.comparison.panel")
    return Sample(
        people=len(people),
        comparison_ratio=float(weights.sum() ** 2 / (weights**2).sum()) / len(people),
        moments=moments(people, settings, years),
        saving=-study.true_effect(COST, stretch) / study.true_expected(COST, stretch),
        se=found.se / found.expected,
        mde=found.mde / found.expected,
    )


def samples_of(scenario: Scenario, settings: Settings, seed: int, replications: int) -> list[Sample]:
    """The samples of replications 0 .. replications - 1."""
    from sim.observing import observe

    found = []
    with progress("power", replications) as shown:
        for replication in range(replications):
            found.append(sample(observe(scenario, seed, replication), settings))
            shown.advance()
    return found


def power_object(scenario: Scenario, seed: int, replications: int, effect: float | None) -> dict[str, Any]:
    """The JSON object of the command. effect: relative saving to be found; None: the scenario's own true one.

    {designs: {design: power tree}, simulated: {saving, se, mde: statistics over the replications}, ...}. Raises UserError.
    """
    settings = settings_of(scenario)
    if settings is None:
        raise UserError("the scenario says evaluation: none; there is nothing to plan")
    samples = samples_of(scenario, settings, seed, replications)
    mean_saving = sum(one.saving for one in samples) / len(samples)
    people = round(sum(one.people for one in samples) / len(samples))
    plans = {
        name: PowerPlan(
            moments=average([one.moments for one in samples]),
            effect=mean_saving if effect is None else effect,
            people=people,
            comparison_ratio=sum(one.comparison_ratio for one in samples) / len(samples) if adjustment == "did" else 1.0,
            test=settings.test,
            adjustment=adjustment,
            clustered=settings.cluster == "practice",
        )
        for name, adjustment in PLANS.items()
    }
    sizes = sorted({*SIZES, people})
    posterior = posterior_name(scenario)
    return {
        "title": scenario.title,
        "seed": seed,
        "replications": replications,
        "effect": mean_saving if effect is None else effect,
        "effect_is_the_scenarios_own": effect is None,
        "designs": {name: power_tree(plan, sizes, MOST_YEARS) for name, plan in plans.items()},
        "simulated": over_replications([{"saving": one.saving, "se": one.se, "mde": one.mde} for one in samples]),
        "uncalibrated": posterior is None,
        "note": caveat(posterior),
    }


def show_power(found: Mapping[str, Any]) -> None:
    """Sentences and a table per design for people."""
    from rich.text import Text

    from sim.commands.showing import console, print_table

    out = console()
    out.print(Text(words.printable(found["title"]), style="bold"))
    for sentence in sentences(found):
        out.print(Text(sentence))
    out.print()
    for name, tree in found["designs"].items():
        print_table(out, power_table(_TITLES[name], tree))
    out.print(Text(found["note"], style="bold"))


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What was found, in plain words."""
    design = found["designs"]["matched_did"]
    test, own, effect = design["test"], design["moments"], found["effect"]
    whose = "the scenario's own true effect" if found["effect_is_the_scenarios_own"] else "as asked for"
    sides = "two" if test["sides"] == 2 else "one"
    icc = "not known" if own["icc"] is None else f"{own['icc']:.3f}"
    simulated = {name: _percent(found["simulated"][name]["mean"]) for name in ("saving", "se", "mde")}
    return [
        f"To be found: {_percent(abs(effect))} {'less' if effect >= 0 else 'more'} cost ({whose}), in a {sides}-sided test at "
        f"{_percent(test['significance'])} with a power of {_percent(test['power'])}, errors clustered by "
        f"{'practice' if design['clustered'] else 'person'}.",
        f"Cost of the eligibles in usual care, from {_counted(found['replications'], 'simulated replication')}: {own['mean']:,.0f} USD a "
        f"month, coefficient of variation of a year {own['cv']:.2f}, correlation of a person's years {own['year_correlation']:.2f}, "
        f"with the baseline year {own['baseline_correlation']:.2f}; covariates explain {_percent(own['r_squared'])} of it; "
        f"intraclass correlation by practice {icc}.",
        *(f"{_TITLES[name]}: {needed(tree)}" for name, tree in found["designs"].items()),
        "For comparison, the matched design on the simulated people over the whole programme period: true saving "
        f"{simulated['saving']}, standard error {simulated['se']}, detectable {simulated['mde']}.",
    ]


def needed(tree: Mapping[str, Any]) -> str:
    """`it takes 12,345 people with 1 year, 8,000 with 2 years; with the 2,619 there are, 3 years will do.`"""
    if tree["effect"] == 0:
        return "no number of people finds an effect of nothing."
    counts = [f"{count:,} {'people ' if first else ''}with {years}" for first, years, count in _needed(tree)]
    years = tree["years_needed"]
    enough = f"{_counted(years, 'year')} will do" if years else f"{MOST_YEARS} years are not enough"
    return f"it takes {', '.join(counts)}; with the {tree['people']:,} there are, {enough}."


def _needed(tree: Mapping[str, Any]) -> Iterator[tuple[bool, str, int]]:
    for place, (years, count) in enumerate(tree["people_needed"].items()):
        yield place == 0, _counted(int(years), "year"), count


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' if count != 1 else ''}"


def power_table(title: str, tree: Mapping[str, Any]) -> Table:
    """Minimum detectable effect by people and years; in brackets the power for the effect looked for."""
    years = sorted({cell["years"] for cell in tree["table"]})
    rows: dict[int, list[str]] = {}
    for cell in tree["table"]:
        rows.setdefault(cell["people"], []).append(f"{_percent(cell['mde'])} ({_percent(cell['power'], 0)})")
    own = tree["people"]
    return Table(
        f"{title}: detectable effect (power for {_percent(abs(tree['effect']))})",
        ("People", *(_counted(number, "year") for number in years)),
        tuple((f"{size:,}{' (this scenario)' if size == own else ''}", *cells) for size, cells in rows.items()),
        f"People: of the intervention, with {tree['comparison_ratio']:.2f} comparison people that count for each. Detectable: the smallest "
        f"effect on cost that is found with a power of {_percent(tree['test']['power'])}.",
    )


def _percent(share: float | None, digits: int = 1) -> str:
    return words.NOT_KNOWN if share is None or not math.isfinite(share) else f"{100 * share:.{digits}f}%"
