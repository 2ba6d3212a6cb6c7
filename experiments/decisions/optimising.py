"""`caseload optimise`: the frontier of levers under uncertainty, by racing them on common patients, parameters and luck.

Every combination of levers is run a little; those that another one beats in every objective beyond chance are dropped; the
others get twice as many replications; and so on until the most is reached or one is left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from scipy import stats

from experiments.analysis.analysing import Alternative, alternatives
from experiments.analysis.statistics import Floats, mean_error
from experiments.sweep.executors import Executor
from experiments.sweep.plan import Plan, grown
from experiments.sweep.store import Collected, collect

CONFIDENCE: Final = 0.95
"""With which all droppings of a round together are right."""
DOWNSIDE: Final = 10
"""Percentile that stands for the risk of an objective when it is the only one."""

RunPlan = Callable[[Plan], Plan]


@dataclass
class Race:
    """Where the alternatives stand. dropped: alternative -> replications after which another one was surely better in everything."""

    alternatives: list[Alternative]
    dropped: dict[int, int] = field(default_factory=dict)

    @property
    def running(self) -> list[int]:
        """Alternatives that are still in."""
        return [number for number in range(len(self.alternatives)) if number not in self.dropped]


def race(plan: Plan, objectives: Sequence[str], most: int, run_plan: RunPlan) -> tuple[Plan, Race]:
    """Race the alternatives of a plan. most: replications of a point at the end; run_plan: runs what is missing of a plan.

    objectives: outcomes to be large; `-` in front for small.
    """
    run_plan(plan)
    standing = Race(alternatives(collect(plan)))
    while True:
        collected = collect(plan)
        now = max(plan.counts)
        for number in beaten(cells_of(collected, standing, objectives), standing.running):
            standing.dropped[number] = now
        if len(standing.running) == 1 or now >= most:
            return plan, standing
        counts = list(plan.counts)
        for number in standing.running:
            for point in standing.alternatives[number].points:
                counts[point] = min(2 * counts[point], most)
        plan = grown(plan, counts=counts)
        run_plan(plan)


def cells_of(collected: Collected, standing: Race, objectives: Sequence[str]) -> list[list[Floats]]:
    """Outcomes by alternative and objective, each of shape (draws, replications)."""
    tables = [collected.table(objective) for objective in objectives]
    return [[table[list(group.points)] for table in tables] for group in standing.alternatives]


def beaten(cells: Sequence[Sequence[Floats]], running: Sequence[int]) -> list[int]:
    """Alternatives than which another one is better in every objective, beyond chance (paired, Bonferroni over the pairs)."""
    lost = []
    level = (1 - CONFIDENCE) / max(1, len(running) * (len(running) - 1))
    for number in running:
        others = (other for other in running if other != number and other not in lost)
        if any(all(_surely_more(a, b, level) for a, b in zip(cells[other], cells[number], strict=True)) for other in others):
            lost.append(number)
    return lost


def _surely_more(better: Floats, worse: Floats, level: float) -> bool:
    difference = better - worse
    mean, error = mean_error(difference)
    clusters = min((size for size in difference.shape if size > 1), default=1)
    if clusters < 2 or not math.isfinite(error):
        return False
    if error == 0:
        return mean > 0
    return bool(stats.t.sf(mean / error, clusters - 1) < level)


def on_frontier(criteria: Floats) -> list[bool]:
    """Which rows no other row equals or exceeds in every criterion and exceeds in one; shape (alternatives, criteria)."""
    return [
        not any((other >= row).all() and (other > row).any() for position, other in enumerate(criteria) if position != number)
        for number, row in enumerate(criteria)
    ]


def frontier_rows(collected: Collected, standing: Race, objectives: Sequence[str]) -> list[dict[str, Any]]:
    """A row per alternative: mean, error and 10th percentile of each objective, on the frontier or when it was dropped.

    With one objective the frontier is between its mean and its 10th percentile. probability_best: the share of draws and
    replications in which the first objective is larger than with all others that are still in.
    """
    cells = cells_of(collected, standing, objectives)
    running = standing.running
    criteria = []
    rows: list[dict[str, Any]] = []
    for number, group in enumerate(standing.alternatives):
        row: dict[str, Any] = {"alternative": group.label, **group.levers}
        values = []
        for objective, table in zip(objectives, cells[number], strict=True):
            mean, error = mean_error(table)
            known = table[np.isfinite(table)]
            low = float(np.percentile(known, DOWNSIDE)) if len(known) else math.nan
            row.update({objective: mean, f"{objective} error": error, f"{objective} p{DOWNSIDE}": low})
            values.extend([mean, low] if len(objectives) == 1 else [mean])
        criteria.append(values)
        rows.append(row)
    frontier = dict(zip(running, on_frontier(np.array([criteria[number] for number in running])), strict=True))
    first = np.stack([cells[number][0] for number in running])
    with np.errstate(invalid="ignore"):
        best = np.where(np.isfinite(first).all(axis=0), first == np.nanmax(first, axis=0), np.nan)
    chance = dict(zip(running, np.nanmean(best.reshape(len(running), -1), axis=1).tolist(), strict=True))
    for number, row in enumerate(rows):
        row["frontier"] = bool(frontier.get(number, False))
        row["probability_best"] = chance.get(number)
        row["dropped_after"] = standing.dropped.get(number)
    return sorted(rows, key=lambda row: (row["dropped_after"] is not None, not row["frontier"], -row[objectives[0]]))


def runner_for(make_executor: Callable[[], Executor]) -> RunPlan:
    """What `race` calls to run a plan."""
    from experiments.sweep.runner import run

    return lambda plan: run(plan.folder, make_executor())
