"""From an experiment to a plan: how large tasks are, and how a plan is made larger."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Final

from experiments.designs.building import OWN_LUCK, SIZES, build
from experiments.designs.points import Points, joined
from experiments.errors import SweepError
from experiments.factors import described
from experiments.specification.loading import Opened
from experiments.specification.model import Psa, Sobol
from experiments.specification.names import outcome_named
from experiments.sweep.plan import Enclosed, Head, Plan, first_plan, grown
from sim.flat import as_needed
from sim.outcomes.provenance import model_version
from sim.simulate import replicate

TASK_SECONDS: Final = 60.0
"""How long a task should take: long beside what it costs to start one, short beside what is lost when a worker dies."""
LEAST_TASKS: Final = 32
"""A sweep is cut in at least so many tasks, so that a few workers have something to do until its end."""


def measure_replication_seconds(opened: Opened) -> float:
    """Seconds of one replication of the scenario on this machine, the compilation left out."""
    scenario = as_needed(opened.base.scenario, opened.outcomes)
    replicate(scenario, opened.seed, 0, "compiled")
    begun = time.perf_counter()
    replicate(scenario, opened.seed, 0, "compiled")
    return time.perf_counter() - begun


def fitting_task_size(opened: Opened, replications: int) -> int:
    """Replications in a task: about a minute's, but not so many that a small sweep has too few tasks to share."""
    by_time = round(TASK_SECONDS / measure_replication_seconds(opened))
    return max(1, min(by_time, replications // LEAST_TASKS))


def make_plan(opened: Opened, folder: Path, task_size: int | None = None) -> Plan:
    """Write the plan of an experiment. task_size: replications in a task; left out, as many as fit (see fitting_task_size)."""
    points = build(opened.blueprint)
    size = task_size or fitting_task_size(opened, len(points) * opened.experiment.replications)
    enclosed = Enclosed(opened.text, opened.posterior.path if opened.posterior else None)
    return first_plan(head_of(opened, size), points, opened.base, enclosed, folder)


def head_of(opened: Opened, task_size: int) -> Head:
    """What the plan of an experiment says about itself."""
    experiment = opened.experiment
    precision = experiment.precision
    if precision is not None:
        precision = precision.model_copy(update={"outcome": outcome_named(precision.outcome, opened.outcomes)})
    return Head(
        title=experiment.title,
        scenario=opened.base.scenario.title,
        base=opened.base.scenario.digest(),
        model=model_version(),
        seed=opened.seed,
        outcomes=opened.outcomes,
        design=opened.design.model_dump(),
        factors=[described(factor) for factor in opened.factors],
        replications=experiment.replications,
        task_size=task_size,
        precision=None if precision is None else precision.model_dump(),
        decision=None if experiment.decision is None else experiment.decision.model_dump(),
    )


def larger(plan: Plan, replications: int | None, size: int | None) -> Plan:
    """The plan with more replications of every point, or a larger design; everything that is there already is kept.

    size: the new size of the design in its own terms (points, base, trajectories, draws). Errors: SweepError.
    """
    each = max(replications or 0, plan.head.replications)
    if plan.head.design.get("luck") == "own" and each > OWN_LUCK:
        raise SweepError(f"with luck: own a draw has at most {OWN_LUCK:,} replications; add draws with --size")
    head = dataclasses.replace(plan.head, replications=each)
    points = plan.points
    if size is not None:
        blueprint = plan.blueprint
        if blueprint.size is None:
            raise SweepError(f"a {plan.head.design['kind']} has no size to change; write another experiment")
        if size <= blueprint.size:
            key = SIZES[type(blueprint.design)]
            raise SweepError(f"the design has {key} {blueprint.size:,} already; name a larger number")
        if isinstance(blueprint.design, Sobol) and size & (size - 1):
            raise SweepError(f"the base of a Sobol design must be a power of 2 (got {size})")
        bigger = blueprint.resized(size)
        points = _with_old_ones_first(plan.points, build(bigger), whole=not isinstance(bigger.design, Psa))
        head = dataclasses.replace(head, design=bigger.design.model_dump(), pieces=bigger.pieces)
    return grown(plan, points=points, counts=[max(each, count) for count in _counts(plan, points)], head=head)


def _counts(plan: Plan, points: Points) -> list[int]:
    return [*plan.counts, *[0] * (len(points) - len(plan.counts))]


def _with_old_ones_first(old: Points, new: Points, whole: bool) -> Points:
    """The larger design. One that is analysed as a whole begins with the smaller one; of others the new points come last."""
    if not whole:
        return joined(old, new)
    for name, values in old.columns.items():
        assert list(new.columns[name][: len(old)]) == list(values), "a larger design must begin with the smaller one"
    return new
