"""A sweep that grows while it is looked at: points are added where the answer is, and each is run once, on the same luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.analysis.statistics import Floats
from experiments.designs.building import OWN_LUCK, drawn_values
from experiments.designs.points import Points, joined
from experiments.errors import SweepError
from experiments.factors import Base, Factor, Parameter, Value, is_moved, moved_keys
from experiments.specification.loading import Opened
from experiments.specification.model import Experiment, Psa
from experiments.sweep.executors import Executor
from experiments.sweep.plan import PLANS, Enclosed, Plan, first_plan, grown, read_plan
from experiments.sweep.planning import fitting_task_size, head_of
from experiments.sweep.runner import run
from experiments.sweep.store import collect


@dataclass(frozen=True)
class Sampling:
    """How an answer is sampled: `draws` of the uncertain parameters, each with luck of its own, or (0) luck alone; replications each."""

    draws: int
    replications: int


class Study:
    """Evaluates one lever at values that are not known beforehand, in a results folder."""

    def __init__(self, base: Base, lever: Factor, outcome: str, sampling: Sampling, seed: int) -> None:
        uncertain = tuple(Parameter(name, "uniform", known) for name, known in base.uncertain.items()) if sampling.draws else ()
        moved = moved_keys(lever)
        self.lever = lever
        self.factors: tuple[Factor, ...] = (lever, *(factor for factor in uncertain if not is_moved(factor.name, moved)))
        self.sampling = sampling
        design = Psa(kind="psa", draws=max(1, sampling.draws), luck="own")
        experiment = Experiment.model_validate(
            {
                "title": f"{lever.name} for {outcome}",
                "scenario": base.scenario.title,
                "outcomes": [outcome],
                "design": None,
                "replications": sampling.replications,
                "seed": seed,
            }
        )
        self.opened = Opened(experiment, design, base, self.factors, (outcome,), "")
        self.outcome = outcome

    def points(self, values: Sequence[float]) -> Points:
        """The points of some values of the lever."""
        if not self.sampling.draws:
            return Points({self.lever.name: list(values)}, [-1] * len(values), [0] * len(values))
        draws = range(self.sampling.draws)
        drawn = drawn_values(self.opened.blueprint, draws)
        columns: dict[str, list[Value]] = {self.lever.name: [value for value in values for _ in draws]}
        columns.update({name: column * len(values) for name, column in drawn.items()})
        return Points(columns, [*draws] * len(values), [draw * OWN_LUCK for draw in draws] * len(values))

    def evaluate(self, values: Sequence[float], folder: Path, make_executor: Callable[[], Executor]) -> dict[float, Floats]:
        """Run what is missing for these values and give the outcome of each, shape (draws, replications)."""
        plan = self._planned(self.points(values), folder)
        run(folder, make_executor())
        collected = collect(plan)
        table = collected.table(self.outcome)
        column = collected.points[self.lever.name]
        return {value: table[[point for point, found in enumerate(column) if found == value]] for value in values}

    def _planned(self, points: Points, folder: Path) -> Plan:
        if not (folder / PLANS).is_dir():
            size = fitting_task_size(self.opened, len(points) * self.sampling.replications)
            return first_plan(head_of(self.opened, size), points, self.opened.base, Enclosed(self.opened.text), folder)
        plan = read_plan(folder)
        head = head_of(self.opened, plan.head.task_size)
        if (head.base, head.identity) != (plan.head.base, plan.head.identity):
            raise SweepError(f"{folder} holds another question, or another model; name another folder with --out")
        wider = joined(plan.points, points)
        return plan if len(wider) == len(plan.points) else grown(plan, points=wider)


def evenly(low: float, high: float, count: int, step: float | None) -> list[float]:
    """Values from low to high, both among them, on the steps if there are any."""
    values = np.linspace(low, high, count)
    if step is not None:
        values = low + np.round((values - low) / step) * step
    return sorted({float(min(value, high)) for value in values})
