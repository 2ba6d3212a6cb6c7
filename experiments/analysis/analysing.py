"""From collected outcomes to tables: what the design was made for, and for a decision what it needs."""

from __future__ import annotations

import csv
import importlib.util
import io
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from experiments.analysis import information
from experiments.analysis.acceptability import acceptability
from experiments.analysis.discovery import discover
from experiments.analysis.leaving_out import leave_one_out, removed, whole
from experiments.analysis.sensitivity import left_out, morris_effects, sobol_indices
from experiments.analysis.statistics import Floats, behind, hits, mean_error, share_interval
from experiments.analysis.tornado import tornado
from experiments.analysis.variance import variance_split
from experiments.designs.building import probabilities
from experiments.sweep.store import Collected
from sim.commands.errors import say

FOLDER: Final = "analysis"
AS_IN_SCENARIO: Final = "as in the scenario"


@dataclass(frozen=True)
class Table:
    """A result: rows with the same columns; `title` and `note` say what it shows."""

    name: str
    title: str
    rows: Sequence[Mapping[str, Any]]
    note: str = ""
    in_file_only: Sequence[str] = ()
    """Columns that a reader has in another form already."""


@dataclass(frozen=True)
class Alternative:
    """One combination of levers: its label, the levers' values, and its points by draw."""

    label: str
    levers: dict[str, Any]
    points: tuple[int, ...]
    draws: tuple[int, ...]


def analyse(collected: Collected, outcomes: Sequence[str]) -> list[Table]:
    """Every table that the design of a sweep gives for these outcomes. Errors: SweepError when too much has failed."""
    kind = collected.plan.head.design["kind"]
    return [table for make in ANALYSES[kind] for table in make(collected, outcomes) if table.rows]


def write_tables(folder: Path, tables: Sequence[Table]) -> Path:
    """Write each table as CSV into `analysis/`. Errors: OSError."""
    from sim.outcomes.store import write_text

    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    for table in tables:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, list(table.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in table.rows)
        write_text(place / f"{table.name}.csv", stream.getvalue())
    return place


def _cell(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


# -- levers ----------------------------------------------------------------------------------------------------------------


def alternatives(collected: Collected) -> list[Alternative]:
    """The combinations of levers in the order of the design; one, when the design moves none."""
    levers = [factor["name"] for factor in collected.plan.head.factors if factor["kind"] != "parameter"]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for point in range(len(collected.plan.points)):
        groups.setdefault(tuple(collected.points[name][point] for name in levers), []).append(point)
    draws = collected.plan.points.draw
    return [
        Alternative(_label(levers, values), dict(zip(levers, values, strict=True)), tuple(points), tuple(draws[point] for point in points))
        for values, points in groups.items()
    ]


def _label(levers: Sequence[str], values: Sequence[Any]) -> str:
    if not levers:
        return AS_IN_SCENARIO
    shown = [AS_IN_SCENARIO if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in values]
    return ", ".join(f"{lever.split('.')[-1]} {value}" for lever, value in zip(levers, shown, strict=True))


def by_levers(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """Mean, error and spread of each outcome for each combination of levers, and the paired difference to the first."""
    groups = alternatives(collected)
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        table = collected.table(outcome)
        first = table[list(groups[0].points)]
        distances = behind([table[list(group.points)] for group in groups])
        for group, (distance, distance_error) in zip(groups, distances, strict=True):
            cells = table[list(group.points)]
            mean, error = mean_error(cells)
            known = cells[np.isfinite(cells)]
            p10, p50, p90 = np.percentile(known, [10, 50, 90]).tolist() if len(known) else [math.nan] * 3
            difference, difference_error = mean_error(cells - first) if cells.shape == first.shape else (math.nan, math.nan)
            rows.append(
                {
                    "outcome": outcome,
                    "alternative": group.label,
                    **group.levers,
                    "mean": mean,
                    "error": error,
                    "p10": p10,
                    "p50": p50,
                    "p90": p90,
                    "difference": difference,
                    "difference_error": difference_error,
                    "behind": distance,
                    "behind_error": distance_error,
                    "cells": len(known),
                }
            )
    yield Table(
        "levers",
        "Outcomes by lever",
        rows,
        "error: standard error of the mean. p10 to p90: the middle 8 of 10 replications (and draws). difference: to the first "
        "alternative, on the same patients and luck. behind: to the alternative with the largest mean, likewise.",
        tuple(groups[0].levers),
    )


def probabilities_of_reaching(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """How probably each combination of levers reaches what the decision names."""
    decision = collected.plan.decision
    if decision is None:
        return
    rows: list[dict[str, Any]] = []
    for name, least in decision.at_least.items():
        outcome = _full_name(collected, name)
        table = collected.table(outcome)
        groups = alternatives(collected)
        reached = [hits(table[list(group.points)], least) for group in groups]
        for group, cells, (distance, error) in zip(groups, reached, behind(reached), strict=True):
            share, low, high = share_interval(cells)
            row = {"outcome": outcome, "at_least": least, "alternative": group.label, **group.levers}
            rows.append({**row, "probability": share, "lo": low, "hi": high, "behind": distance, "behind_error": error})
    hidden = tuple(alternatives(collected)[0].levers)
    yield Table(
        "reached",
        "Probability of reaching a target",
        rows,
        "lo to hi: 95% interval of the probability. behind: to the best, on the same patients and luck.",
        hidden,
    )


def without_each_component(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """What each component of the programme adds, when a lever takes one away after the other."""
    groups = alternatives(collected)
    lever = next((factor for factor in collected.plan.head.factors if removed(factor) and whole(factor) is not None), None)
    if lever is None or len(groups[0].levers) != 1:
        return
    by_label = {group.levers[lever["name"]]: list(group.points) for group in groups}
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        table = collected.table(outcome)
        parts = [(component, table[by_label[label]]) for label, component in removed(lever).items()]
        rows.extend({"outcome": outcome, **row} for row in leave_one_out(table[by_label[whole(lever)]], parts))
    note = "difference: the programme without the component against the whole one, on the same patients and luck; error: standard error."
    yield Table("leave_one_out", "Without each component", rows, note)


def steps(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """What each step of a single lever adds. Of a risk threshold this is what each band of risk is worth: whom to enrol."""
    groups = alternatives(collected)
    if len(groups) < 2 or len(groups[0].levers) != 1 or any(removed(factor) for factor in collected.plan.head.factors):
        return
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        table = collected.table(outcome)
        for before, after in itertools.pairwise(groups):
            change, error = mean_error(table[list(after.points)] - table[list(before.points)])
            rows.append({"outcome": outcome, "from": before.label, "to": after.label, "change": change, "error": error})
    yield Table("steps", "What each step of the lever changes", rows, "Paired on the same patients and luck; error: standard error.")


# -- designs ---------------------------------------------------------------------------------------------------------------


def one_way(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """A tornado for each outcome."""
    names = [factor["name"] for factor in collected.plan.head.factors]
    moved = []
    for point in range(1, len(collected.plan.points)):
        name = next((name for name in names if collected.points[name][point] is not None), names[0])
        moved.append((name, collected.points[name][point], point))
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        table = collected.table(outcome)
        found = tornado(table[0], [(name, value, table[point]) for name, value, point in moved])
        rows.extend({"outcome": outcome, **row} for row in found)
    note = "difference to the scenario as it is, on the same patients and luck; error: its Monte-Carlo standard error."
    yield Table("tornado", "One factor at a time", rows, note)


def sobol(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """Sobol indices for each outcome."""
    names = [factor["name"] for factor in collected.plan.head.factors]
    rows: list[dict[str, Any]] = []
    broken = 0
    for outcome in outcomes:
        values = collected.table(outcome)
        if np.nanstd(values) == 0 or np.isnan(values).all():
            continue
        broken = max(broken, left_out(values, len(names) + 2))
        rows.extend({"outcome": outcome, **row} for row in sobol_indices(values, names, collected.plan.head.seed))
    yield Table(
        "sobol",
        "Global sensitivity (Sobol indices)",
        rows,
        "S1: share of variance by the factor alone; ST: with all its interactions. conf: half width of the 95% interval from the "
        "design; mc: standard error from few replications." + _broken(broken, "base samples"),
    )


def morris(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """Elementary effects for each outcome."""
    plan = collected.plan
    names = [factor["name"] for factor in plan.head.factors]
    unit = probabilities(plan.blueprint)
    rows: list[dict[str, Any]] = []
    broken = 0
    for outcome in outcomes:
        values = collected.table(outcome)
        if np.isnan(values).all():
            continue
        broken = max(broken, left_out(values, len(names) + 1))
        found = morris_effects(unit, values, names, plan.head.design["levels"], plan.head.seed)
        rows.extend({"outcome": outcome, **row} for row in found)
    yield Table(
        "morris",
        "Screening (Morris' elementary effects)",
        rows,
        "mu_star: mean absolute effect of a factor's whole range; sigma: how much it depends on the others. conf: half width of the "
        "95% interval; mc: standard error from few replications." + _broken(broken, "trajectories"),
    )


def _broken(count: int, what: str) -> str:
    return (
        f" {count:,} {what} were left out whole because a row in them failed; `caseload sweep expand --size` adds others." if count else ""
    )


def split(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """The variance of each outcome: parameters and chance."""
    common = collected.plan.head.design["luck"] == "common"
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        table = collected.table(outcome)
        for group in alternatives(collected):
            rows.append({"outcome": outcome, "alternative": group.label, **variance_split(table[list(group.points)], common)})
    yield Table(
        "variance",
        "Variance: parameters and chance",
        rows,
        "parameters: not knowing the parameters; chance: another panel of patients and other luck. Their shares need two replications.",
    )


def value_of_information(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """EVPI, and EVPPI of each parameter, for the choice among the combinations of levers and doing nothing."""
    decision = collected.plan.decision
    if decision is None or decision.net_benefit is None:
        return
    outcome = _full_name(collected, decision.net_benefit)
    benefit, draws, names = _by_draw(collected, outcome)
    if len(draws) < information.LEAST_DRAWS:
        return
    means = benefit.mean(axis=2)
    note = f"{outcome} of the alternatives {', '.join(names)}; doing nothing (0) is one of them."
    yield Table(
        "evpi",
        "Expected value of perfect information",
        [
            {
                "best": names[int(means.mean(axis=0).argmax())],
                "evpi": information.evpi(means),
                "error": information.evpi_error(means),
                "evpi_without_luck": information.evpi_without_luck(benefit),
                "draws": len(draws),
            }
        ],
        f"{note} error: standard error from few draws. evpi_without_luck: its part that is not luck of few replications.",
    )
    parameters = {
        factor["name"]: np.array([collected.points[factor["name"]][point] for point in draws], np.float64)
        for factor in collected.plan.head.factors
        if factor["kind"] == "parameter"
    }
    rows = information.information_rows(parameters, means)
    floor = information.evppi_of_nothing(means, collected.plan.head.seed)
    yield Table(
        "evppi",
        "Expected value of knowing one parameter",
        rows,
        f"{note} A parameter without any influence would show about {floor:.4g}.",
    )


def _by_draw(collected: Collected, outcome: str) -> tuple[Floats, list[int], list[str]]:
    """An outcome by draw, alternative and replication, with an alternative of nothing; points that hold the draws; labels."""
    groups = alternatives(collected)
    table = collected.table(outcome)
    stacked = np.stack([table[list(group.points)] for group in groups], axis=1)
    benefit = np.concatenate([np.zeros((len(stacked), 1, stacked.shape[2])), stacked], axis=1)
    kept = information.complete(benefit)
    return benefit[kept], [groups[0].points[row] for row in kept], ["nothing", *(group.label for group in groups)]


def curves_of_acceptability(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """Acceptability over the levers, when the decision names cost, effect and willingness to pay."""
    decision = collected.plan.decision
    if decision is None or decision.cost is None or decision.effect is None or decision.willingness is None:
        return
    cost, _, names = _by_draw(collected, _full_name(collected, decision.cost))
    effect, _, _ = _by_draw(collected, _full_name(collected, decision.effect))
    if not len(cost):
        return
    flat = [np.moveaxis(part, 2, 1).reshape(-1, part.shape[1]) for part in (cost, effect)]
    rows = acceptability(flat[0], flat[1], decision.willingness, names)
    yield Table(
        "acceptability",
        "Acceptability at a willingness to pay",
        rows,
        f"Net benefit: willingness (USD) x ({decision.effect}) - ({decision.cost}). Doing nothing (0) is one of the alternatives.",
    )


def boxes(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """Scenario discovery for what the decision wants to reach."""
    decision = collected.plan.decision
    if decision is None or not decision.at_least:
        return
    if importlib.util.find_spec("ema_workbench") is None:
        say("Scenario discovery is left out: it needs the EMA Workbench, pip install 'caseload[discovery]'.")
        return
    names = [factor["name"] for factor in collected.plan.head.factors]
    rows: list[dict[str, Any]] = []
    for name, least in decision.at_least.items():
        table = collected.table(_full_name(collected, name))
        known = np.isfinite(table).any(axis=1)
        means = np.nanmean(table[known], axis=1)
        chosen = {factor: [collected.points[factor][point] for point in np.flatnonzero(known)] for factor in names}
        rows.extend({"outcome": name, "at_least": least, **row} for row in discover(chosen, (means >= least).astype(np.float64)))
    yield Table("discovery", "Where the target is reached (PRIM)", rows, "The box of factor values that covers most of what is reached.")


def correlations(collected: Collected, outcomes: Sequence[str]) -> Iterator[Table]:
    """Rank correlation of each factor that is a number with the mean of each outcome."""
    from scipy.stats import spearmanr

    numbers = [factor["name"] for factor in collected.plan.head.factors if factor["kind"] != "choice"]
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        table = collected.table(outcome)
        known = np.flatnonzero(np.isfinite(table).any(axis=1))
        means = np.nanmean(table[known], axis=1)
        if len(known) < information.LEAST_DRAWS or np.ptp(means) == 0:
            continue
        for name in numbers:
            found = spearmanr([collected.points[name][point] for point in known], means)
            rows.append({"outcome": outcome, "factor": name, "rank_correlation": float(found.statistic), "p_value": float(found.pvalue)})
    order = {outcome: place for place, outcome in enumerate(outcomes)}
    rows.sort(key=lambda row: (order[row["outcome"]], -abs(row["rank_correlation"])))
    yield Table("correlations", "Rank correlation of factors and outcomes", rows, "Spearman's; p_value: of no correlation at all.")


def _full_name(collected: Collected, name: str) -> str:
    """An outcome of the plan by its full name, with its sign."""
    from experiments.specification.names import outcome_named

    sign = "-" if name.startswith("-") else ""
    return sign + outcome_named(name.removeprefix("-"), collected.outcomes)


ANALYSES: Final[Mapping[str, Sequence[Callable[[Collected, Sequence[str]], Iterator[Table]]]]] = {
    "grid": (by_levers, probabilities_of_reaching, without_each_component, steps, curves_of_acceptability),
    "list": (by_levers, probabilities_of_reaching),
    "one_way": (one_way,),
    "latin_hypercube": (correlations, boxes),
    "sobol": (sobol,),
    "morris": (morris,),
    "psa": (by_levers, probabilities_of_reaching, without_each_component, split, value_of_information, curves_of_acceptability, steps),
}
