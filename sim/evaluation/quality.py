"""Estimates over replications: how good an evaluation is, and what it will say. One tree, ready for JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sim.evaluation.designs.catalogue import DESIGNS
from sim.evaluation.estimate import Estimate
from sim.evaluation.evaluating import Evaluation, Finding
from sim.evaluation.outcomes import COST, OUTCOMES
from sim.evaluation.settings import Promise, Settings
from sim.outcomes.summary import nested, over_replications, statistics
from sim.outcomes.windows import MAIN_WINDOW
from sim.scenario.model.evaluation import DesignName, WindowName

Tree = dict[str, Any]

PUBLISHED: Final[Mapping[str, Callable[[Estimate], float]]] = {
    "measured": lambda estimate: estimate.effect,
    "se": lambda estimate: estimate.se,
    "lo": lambda estimate: estimate.lo,
    "hi": lambda estimate: estimate.hi,
    "p_value": lambda estimate: estimate.p_value,
    "mde": lambda estimate: estimate.mde,
    "expected": lambda estimate: estimate.expected,
}
"""Numbers of an estimate that vary over replications; each gets the statistics of `sim.outcomes.summary`."""


def quality(findings: Sequence[Finding], confidence: float, promise: Promise | None = None) -> Tree:
    """One outcome by one design over replications.

    true, and each of PUBLISHED: statistics over replications (measured.sd is the SD of the estimates, se.mean the mean standard error);
    bias: statistics of measured - true; coverage, significant: share of replications with its binomial interval, coverage with
    `nominal` beside; with a promise: measured_net_rate, true_net_rate, and the shares meets_guarantee, truly_meets_guarantee.
    """
    known = [(finding, finding.estimate) for finding in findings if finding.estimate is not None]
    tree: Tree = {
        "replications": len(known),
        "true": statistics([finding.true for finding in findings]),
        **{name: statistics([of(estimate) for _, estimate in known]) for name, of in PUBLISHED.items()},
        "bias": statistics([estimate.effect - finding.true for finding, estimate in known]),
        "coverage": {**share([estimate.covers(finding.true) for finding, estimate in known]), "nominal": confidence},
        "significant": share([estimate.significant for _, estimate in known]),
    }
    if promise is None:
        return tree
    measured = [finding.measured_rate(promise) for finding, _ in known]
    true = [finding.true_rate(promise) for finding, _ in known]
    return tree | {
        "guarantee": promise.guarantee,
        "measured_net_rate": statistics(measured),
        "true_net_rate": statistics(true),
        "meets_guarantee": share([rate >= promise.guarantee for rate in measured]),
        "truly_meets_guarantee": share([rate >= promise.guarantee for rate in true]),
    }


def share(happened: Sequence[bool]) -> dict[str, float | None]:
    """{share, lo, hi}: how often, with Wilson's 95% interval of the Monte-Carlo error; None without a case."""
    from scipy.stats import binomtest

    if not happened:
        return {"share": None, "lo": None, "hi": None}
    interval = binomtest(sum(happened), len(happened)).proportion_ci(method="wilson")
    return {"share": sum(happened) / len(happened), "lo": float(interval.low), "hi": float(interval.high)}


def evaluation_tree(evaluations: Sequence[Evaluation], settings: Settings, promise: Promise | None = None) -> Tree:
    """{design: {title, known_bias, outcome: quality, windows: {window: {outcome: quality}}}, flow, balance, cumulative, survival}.

    The outcomes directly under a design are those of all programme months. `promise` is settled on payments in that window only.
    Raises ValueError without evaluations.
    """
    if not evaluations:
        raise ValueError("quality needs at least one evaluation")
    confidence = settings.test.confidence

    def table(design: DesignName, window: WindowName) -> Tree:
        promised = {COST.name: promise} if window == MAIN_WINDOW else {}
        return {
            outcome.name: quality([e.findings[design, window, outcome.name] for e in evaluations], confidence, promised.get(outcome.name))
            for outcome in OUTCOMES
            if all((design, window, outcome.name) in e.findings for e in evaluations)
        }

    tree: Tree = {}
    for name in settings.designs:
        tables = {window: table(name, window) for window in settings.windows}
        if any(tables.values()):
            design = DESIGNS[name]
            main = tables.pop(MAIN_WINDOW, {})
            tree[name] = {"title": design.title, "known_bias": design.bias or None, **main, "windows": tables}
    return tree | {
        "flow": {
            "eligible": statistics([float(e.flow.eligible) for e in evaluations]),
            "enrolled": over_replications([e.flow.enrolled for e in evaluations]),
            "never_enrolled": over_replications([e.flow.never_enrolled for e in evaluations]),
        },
        "balance": nested([e.balance for e in evaluations]),
        "cumulative": {
            group: [over_replications(rows) for rows in zip(*(e.cumulative[group] for e in evaluations), strict=True)]
            for group in evaluations[0].cumulative
        },
        "survival": over_replications([e.survival for e in evaluations]),
    }
