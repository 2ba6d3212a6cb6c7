"""What a sweep moves: levers and uncertain parameters, from a probability to a value, from a value to changes of the scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.scenario import ParameterRow, Scenario, load
from sim.scenario import change as change_scenario
from sim.scenario.uncertain import RangeLaw, UncertainParameter, uncertain_parameters

Role = Literal["lever", "uncertainty"]
Value = float | str | None
"""A number in the canonical unit, the label of a choice, or None: as in the scenario."""
Floats = npt.NDArray[np.float64]


class Base:
    """A loaded scenario as the point from which factors move."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @classmethod
    def at(cls, path: str, changes: Sequence[str] = ()) -> Base:
        """The scenario of a file with changes. Raises ScenarioErrors."""
        return cls(load(path, changes))

    def changed(self, changes: Sequence[str]) -> Scenario:
        """The scenario with more changes. Raises ScenarioErrors."""
        return change_scenario(self.scenario, changes)

    @cached_property
    def rows(self) -> dict[str, ParameterRow]:
        """Every number by name."""
        return {row.name: row for row in self.scenario.parameters()}

    @cached_property
    def uncertain(self) -> dict[str, UncertainParameter]:
        """Every parameter with a stated uncertainty by name."""
        return {parameter.row.name: parameter for parameter in uncertain_parameters(self.scenario)}

    def write(self, name: str, value: float) -> str:
        """The change that gives a parameter a value in its canonical unit."""
        known = self.uncertain.get(name)
        return known.override(value) if known is not None else self.rows[name].override(float(value))


@dataclass(frozen=True)
class Choice:
    """A lever with named choices; each is a list of changes. The label of a level is the level as it is written."""

    name: str
    choices: Mapping[str, tuple[str, ...]]
    role: Role = "lever"

    def at(self, u: Floats) -> list[Value]:
        """The choices at probabilities: each gets the same share."""
        labels = list(self.choices)
        return [labels[min(int(part * len(labels)), len(labels) - 1)] for part in u]

    def ends(self, quantiles: Sequence[float]) -> list[Value]:
        """What a one-way design runs."""
        return list(self.choices)

    def levels(self) -> list[Value]:
        """What a grid runs."""
        return list(self.choices)

    def changes(self, value: Value, base: Base) -> list[str]:
        """The changes that a value means."""
        return list(self.choices[str(value)])


@dataclass(frozen=True)
class Amount:
    """A lever from `low` to `high`, in steps if it has a step; the keys get the value, or (`scaled`) their own value times it."""

    name: str
    keys: tuple[str, ...]
    low: float
    high: float
    step: float | None = None
    scaled: bool = False
    role: Role = "lever"

    def at(self, u: Floats) -> list[Value]:
        """Values at probabilities, evenly spread."""
        if self.step is not None:
            values = self._steps()
            return [values[min(int(part * len(values)), len(values) - 1)] for part in u]
        return [float(value) for value in self.low + np.asarray(u) * (self.high - self.low)]

    def ends(self, quantiles: Sequence[float]) -> list[Value]:
        """What a one-way design runs."""
        return [self.low, self.high]

    def levels(self) -> list[Value]:
        """What a grid runs; empty when nothing says which values."""
        return list(self._steps()) if self.step is not None else []

    def _steps(self) -> list[float]:
        assert self.step is not None
        count = int(np.floor((self.high - self.low) / self.step + 1e-9)) + 1
        return [float(self.low + self.step * position) for position in range(count)]

    def changes(self, value: Value, base: Base) -> list[str]:
        """The changes that a value means."""
        assert isinstance(value, float | int)
        return [base.write(key, base.rows[key].value * value if self.scaled else value) for key in self.keys]


@dataclass(frozen=True)
class Parameter:
    """An uncertain parameter of the scenario."""

    name: str
    range_law: RangeLaw
    known: UncertainParameter | None
    """None when the values come from a posterior and the scenario itself states no uncertainty."""
    role: Role = "uncertainty"

    def at(self, u: Floats) -> list[Value]:
        """Quantiles."""
        assert self.known is not None
        return [float(value) for value in self.known.quantile(np.asarray(u, np.float64), self.range_law)]

    def ends(self, quantiles: Sequence[float]) -> list[Value]:
        """The quantiles that a one-way design runs."""
        return self.at(np.asarray(quantiles))

    def levels(self) -> list[Value]:
        """A grid does not move uncertainties."""
        return []

    def changes(self, value: Value, base: Base) -> list[str]:
        """The change that a value means."""
        assert isinstance(value, float | int)
        return [base.write(self.name, value)]


Factor = Choice | Amount | Parameter


def described(factor: Factor) -> dict[str, Any]:
    """A factor as plain data for the plan."""
    if isinstance(factor, Choice):
        return {"kind": "choice", "name": factor.name, "choices": {label: list(changes) for label, changes in factor.choices.items()}}
    if isinstance(factor, Amount):
        kept = {"name": factor.name, "keys": list(factor.keys), "low": factor.low, "high": factor.high}
        return {"kind": "amount", **kept, "step": factor.step, "scaled": factor.scaled}
    return {"kind": "parameter", "name": factor.name, "range_law": factor.range_law}


def factor_of(data: Mapping[str, Any], base: Base) -> Factor:
    """The factor that `described` described; an uncertain parameter is looked up in the scenario of the plan."""
    if data["kind"] == "choice":
        return Choice(data["name"], {label: tuple(changes) for label, changes in data["choices"].items()})
    if data["kind"] == "amount":
        return Amount(data["name"], tuple(data["keys"]), data["low"], data["high"], data["step"], data["scaled"])
    return Parameter(data["name"], data["range_law"], base.uncertain.get(data["name"]))


def moved_keys(factor: Factor) -> set[str]:
    """The keys of the scenario that a factor gives another value, or blocks that hold them."""
    if isinstance(factor, Choice):
        return {change.partition("=")[0] for changes in factor.choices.values() for change in changes}
    return set(factor.keys) if isinstance(factor, Amount) else {factor.name}


def is_moved(name: str, keys: set[str]) -> bool:
    """Whether a parameter is one of the keys or lies in one of them."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in keys for length in range(1, len(parts) + 1))


def change(key: str, value: Any) -> str:
    """`--set` text for a value as it stands in a YAML file."""
    return f"{key}={json.dumps(value, ensure_ascii=False)}"


def label_of(value: Any) -> str:
    """How a level is called in tables: as it is written."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
