"""Over replications: mean, spread and Monte-Carlo interval of every measure, and the one JSON object of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from sim.outcomes.measures import COHORT_CHOICES, FOLLOW_UP_METHOD, Values, measure_replication
from sim.outcomes.results import ARMS, ReplicationResult
from sim.outcomes.staffing import component_values, staff_values
from sim.outcomes.terms import Terms
from sim.outcomes.windows import MAIN_WINDOW, windows

UNCALIBRATED_NOTE: Final = (
    "Uncalibrated: parameters are defaults that have not been fitted to published programmes, so dollars, savings and returns "
    "show how the model works and must not be used as a forecast."
)
FITTED_NOTE: Final = (
    "Parameters are drawn from the posterior {posterior}{fit}. Dollars, savings and returns show how the model works with them and are no "
    "forecast for another place."
)
CONFIDENCE: Final = 0.95
REPORTED_WINDOWS: Final = ("baseline", "m7_18", "last_12")

Statistics = dict[str, float | None]


@dataclass(frozen=True)
class RunSummary:
    """What is known about the run besides its results; goes into the JSON object and run.json alike. posterior: the name of the one
    that parameters are drawn from, None when they are not drawn."""

    scenario: str
    title: str
    seed: int
    clock: str
    digest: str
    posterior: str | None = None


def caveat(posterior: str | None, fit: str = "") -> str:
    """What must be known before any dollar is read. fit: how the posterior agrees with what is published, a subordinate clause."""
    return UNCALIBRATED_NOTE if posterior is None else FITTED_NOTE.format(posterior=posterior, fit=fit)


def statistics(values: Sequence[float]) -> Statistics:
    """{mean, sd, lo, hi, p10, p50, p90} of the defined values; all None when none is defined.

    sd: with n - 1; lo, hi: Student-t 95% interval of the mean (Monte-Carlo error); all three None with fewer than two values.
    Percentiles interpolate linearly.
    """
    kept = np.asarray(values, np.float64)
    known = np.sort(kept[np.isfinite(kept)]).tolist()
    n = len(known)
    if n == 0:
        return dict.fromkeys(("mean", "sd", "lo", "hi", "p10", "p50", "p90"))
    mean = math.fsum(known) / n
    result: Statistics = {"mean": mean, "sd": None, "lo": None, "hi": None}
    if n > 1:
        sd = math.sqrt(math.fsum([(value - mean) ** 2 for value in known]) / (n - 1))
        half = student_t(n - 1) * sd / math.sqrt(n)
        result |= {"sd": sd, "lo": mean - half, "hi": mean + half}
    return result | {f"p{percent}": percentile(known, percent / 100) for percent in (10, 50, 90)}


@cache
def student_t(degrees_of_freedom: int) -> float:
    """Two-sided 95% quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, (1 + CONFIDENCE) / 2))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Linear interpolation between order statistics; `ordered` is sorted and not empty."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def over_replications(tables: Sequence[Mapping[str, float]]) -> dict[str, Statistics]:
    """Statistics of each key of tables with the same keys."""
    return {name: statistics([table[name] for table in tables]) for name in tables[0]} if tables else {}


def nested(tables: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, Statistics]]:
    """As `over_replications`, one level deeper (role or component -> measure)."""
    return {name: over_replications([table[name] for table in tables]) for name in tables[0]} if tables else {}


def cohort_tree(values: Sequence[Values], cohort: str, terms: Terms) -> dict[str, Any]:
    """{arms, difference, windows} of one cohort choice; a window that does not fit the horizon is None."""

    def tables(window: str) -> dict[str, dict[str, Statistics]]:
        return {arm: over_replications([value[arm, cohort, window] for value in values]) for arm in (*ARMS, "difference")}

    main = tables(MAIN_WINDOW)
    fitting = windows(terms.horizon_us)
    return {
        "arms": {arm: main[arm] for arm in ARMS},
        "difference": main["difference"],
        "windows": {name: tables(name) if fitting[name] else None for name in REPORTED_WINDOWS},
    }


def summarise(run: RunSummary, results: Sequence[ReplicationResult], terms: Terms) -> dict[str, Any]:
    """The JSON object of a run. Top level: the original cohort; `cohorts` holds the same trees by cohort."""
    if not results:
        raise ValueError("a summary needs at least one replication")
    values = [measure_replication(result, terms) for result in results]
    trees = {cohort: cohort_tree(values, cohort, terms) for cohort in COHORT_CHOICES}
    programme = [result.arms["programme"] for result in results]
    return {
        "scenario": run.scenario,
        "title": run.title,
        "digest": run.digest,
        "seed": run.seed,
        "clock": run.clock,
        "replications": len(results),
        "uncalibrated": run.posterior is None,
        "note": caveat(run.posterior),
        "dollars": terms.dollars,
        "readmission_method": FOLLOW_UP_METHOD,
        "population": over_replications([result.population for result in results]),
        **trees["original"],
        "cohorts": trees,
        "staff": nested([staff_values(arm, terms.horizon_us) for arm in programme]),
        "components": nested([component_values(arm) for arm in programme]),
        "events": statistics([float(result.events) for result in results]),
    }
