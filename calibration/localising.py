"""Anchors a scenario to a planner's own baseline year: rates, the scale of risk scores and prices; effects stay where they are."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from calibration.errors import CalibrationError
from calibration.measures import Asked, Ran, values_of
from experiments.factors import Base
from sim.flat import as_needed
from sim.scenario import Scenario, ScenarioErrors
from sim.scenario.errors import nearest
from sim.scenario.kinds import IGNORANCE_KEYS
from sim.scenario.units import split_number
from sim.simulate import replicate
from sim.tabular import TableErrors, TableProblem, lines

RATE: Final = "usual_care.crises.rate"
ADMITTED: Final = "usual_care.ed.admitted_share"
SCORES: Final = "population.case_mix.model_factor"
PRICES: Final = "prices."
SET_BY_LAW: Final = ("prices.inpatient_deductible", "prices.snf_copayment_day")
"""Amounts that are the same for every payer of a region and do not move with its prices."""
FIGURES: Final[Mapping[str, Asked]] = {
    "eligible_share": Asked("population.eligible_share"),
    "admissions_per_1000_py": Asked("admissions_per_1000_py", "usual_care", "baseline"),
    "ed_visits_per_1000_py": Asked("ed_visits_per_1000_py", "usual_care", "baseline"),
    "pbpm": Asked("pbpm", "usual_care", "baseline"),
}
"""What a baseline year may say of the eligible patients, by name."""
HEADER: Final = ["figure", "value"]
MOST_ROUNDS: Final = 12
CLOSE: Final = 0.005
"""Every figure must come within this share of its own, or within its Monte-Carlo error where that is more."""
LEAST_RESPONSE: Final = 0.5
MOST_RESPONSE: Final = 6.0
FIRST_RESPONSE: Final = {"scores": 2.0}
_SCALED: Final = ("value", "mean", "sd", "median", "fixed", "min", "max")


class Plan(NamedTuple):
    """How it is done. where: what the new values name as their source."""

    where: str
    replications: int
    seed: int


@dataclass(frozen=True)
class Anchored:
    """A localised scenario: what was moved, and what its baseline year gives now. `values`: (before, after) by key."""

    scenario: Scenario
    values: dict[str, tuple[float, float]]
    figures: dict[str, tuple[float, float]]
    """(own, simulated) by figure."""


def read_year(path: Path) -> dict[str, float]:
    """The figures of a CSV file with the columns figure and value. Raises TableErrors, OSError."""
    problems: list[TableProblem] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(lines(stream, path.name, problems))
    if not problems and (not rows or rows[0][1] != HEADER):
        problems.append(TableProblem(path.name, 1, "", f"must begin with the line {','.join(HEADER)}"))
    found: dict[str, float] = {}
    for line, cells in rows[1:]:
        if len(cells) != len(HEADER):
            problems.append(TableProblem(path.name, line, "", f"has {len(cells)} cells, not {len(HEADER)}"))
            continue
        name, text = cells
        if name not in FIGURES:
            message = f"must be one of {', '.join(FIGURES)} (got '{name[:40]}'){nearest(name, FIGURES)}"
            problems.append(TableProblem(path.name, line, "figure", message))
        elif name in found:
            problems.append(TableProblem(path.name, line, "figure", f"'{name}' stands here twice"))
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > 0):
            problems.append(TableProblem(path.name, line, "value", f"must be a number of more than 0 (got '{text[:40]}')"))
        found[name] = value
    if not problems and not found:
        problems.append(TableProblem(path.name, 0, "", "has no figures below its first line"))
    if problems:
        raise TableErrors(problems)
    return found


def localise(scenario: Scenario, own: Mapping[str, float], plan: Plan, tell: Callable[[str], None]) -> Anchored:
    """The scenario whose baseline year gives these figures, found on the same patients and luck in every round.

    What is anchored is drawn from no posterior any more.
    Errors: CalibrationError when the figures cannot be met.
    """
    base = Base(scenario)
    moves = _moves(base, own)
    factors = dict.fromkeys(moves, 1.0)
    response = {name: FIRST_RESPONSE.get(name, 1.0) for name in moves}
    before: dict[str, tuple[float, float]] = {}
    for number in range(MOST_ROUNDS):
        changed = _changed(base, moves, factors, plan.where)
        figures, error = _figures(changed, own, plan.replications, plan.seed)
        gaps = {name: move.gap(own, figures) for name, move in moves.items()}
        tell(f"round {number + 1}: " + ", ".join(f"{name} {figures[name]:.4g} (own {value:.4g})" for name, value in own.items()))
        if all(abs(figures[name] - value) <= max(CLOSE * value, error[name]) for name, value in own.items()):
            values = {key: (base.rows[key].value, _after(changed, key)) for move in moves.values() for key in move.keys}
            return Anchored(changed, values, {name: (value, figures[name]) for name, value in own.items()})
        for name, gap in gaps.items():
            if name in before:
                moved, was = math.log(factors[name]) - before[name][0], gap - before[name][1]
                if abs(moved) > 1e-9:
                    response[name] = float(np.clip(-was / moved, LEAST_RESPONSE, MOST_RESPONSE))
            before[name] = (math.log(factors[name]), gap)
            factors[name] *= math.exp(gap / response[name])
    raise CalibrationError(
        f"after {MOST_ROUNDS} rounds the scenario does not give these figures; the nearest were "
        + ", ".join(f"{name} {figures[name]:.4g} (own {value:.4g})" for name, value in own.items())
    )


@dataclass(frozen=True)
class _Move:
    """Keys that are scaled together until a ratio of figures is right; `over`: the figure below, if any."""

    keys: tuple[str, ...]
    figure: str
    over: str | None = None

    def gap(self, own: Mapping[str, float], figures: Mapping[str, float]) -> float:
        """Logarithm of what the figure must be multiplied by."""
        wanted = own[self.figure] / (own[self.over] if self.over else 1.0)
        found = figures[self.figure] / (figures[self.over] if self.over else 1.0)
        return math.log(wanted / found)


def _moves(base: Base, own: Mapping[str, float]) -> dict[str, _Move]:
    moves: dict[str, _Move] = {}
    if "eligible_share" in own:
        moves["scores"] = _Move((SCORES,), "eligible_share")
    if "ed_visits_per_1000_py" in own:
        moves["rate"] = _Move((RATE,), "ed_visits_per_1000_py")
        if "admissions_per_1000_py" in own:
            moves["admitted"] = _Move((ADMITTED,), "admissions_per_1000_py", "ed_visits_per_1000_py")
    elif "admissions_per_1000_py" in own:
        moves["rate"] = _Move((RATE,), "admissions_per_1000_py")
    if "pbpm" in own:
        money = (name for name, row in base.rows.items() if name.startswith(PRICES) and row.unit.startswith("USD") and row.value)
        moves["prices"] = _Move(tuple(name for name in money if name not in SET_BY_LAW), "pbpm")
    return moves


def _changed(base: Base, moves: Mapping[str, _Move], factors: Mapping[str, float], where: str) -> Scenario:
    texts = [_scaled(base, key, factors[name], where) for name, move in moves.items() for key in move.keys]
    try:
        return base.changed(texts)
    except ScenarioErrors as errors:
        raise CalibrationError(f"the figures would need a value that the scenario does not allow: {errors.problems[0]}") from None


def _scaled(base: Base, key: str, factor: float, where: str) -> str:
    """The change that scales a number or a law, with its source."""
    node = base.scenario.tree.named(key)
    assert node is not None
    plain = node.plain()
    block = dict(plain) if isinstance(plain, dict) else {"value": plain}
    for what_is_not_known in IGNORANCE_KEYS:
        block.pop(what_is_not_known, None)  # it was about the old value
    scaled = {name: _times(part, factor) if name in _SCALED else part for name, part in block.items()}
    return f"{key}={json.dumps({**scaled, 'source': f'localised to {where}', 'grade': 'calibrated'})}"


def _times(part: Any, factor: float) -> Any:
    if isinstance(part, str):
        number = split_number(part)
        return part if number is None else f"{number[0] * factor!r} {number[1]}"
    return part * factor


def _after(scenario: Scenario, key: str) -> float:
    return next(row.value for row in scenario.parameters() if row.name == key)


def _figures(scenario: Scenario, own: Mapping[str, float], replications: int, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """Means over replications and their standard errors (0 for a single one), by figure."""
    run = as_needed(scenario, [])
    asked = [FIGURES[name] for name in own]
    rows = np.array(
        [values_of(asked, {(): Ran(run, replicate(run, seed, replication, "compiled"))}) for replication in range(replications)]
    )
    error = rows.std(axis=0, ddof=1) / math.sqrt(replications) if replications > 1 else np.zeros(len(asked))
    return dict(zip(own, rows.mean(axis=0).tolist(), strict=True)), dict(zip(own, error.tolist(), strict=True))
