"""The parameters that are not known exactly, their quantiles, and how a drawn value is put in their place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from sim.scenario.errors import ValueFault
from sim.scenario.kinds import IGNORANCE_KEYS, LawOf
from sim.scenario.layers import walk
from sim.scenario.model.scenario import Scenario
from sim.scenario.nodes import Node, dotted
from sim.scenario.parameters import ParameterRow, leaf_value
from sim.scenario.shape import BlockOf, Leaf
from sim.scenario.units import split_number
from sim.scenario.values import Uncertainty

RangeLaw = Literal["uniform", "triangular"]
"""How a bare `range: [low, high]` is read when it is sampled.

uniform (the usual choice): bounds are all that is known, and among laws with these bounds it claims the least; the value in use
gets no extra weight, since it is mostly an assumption itself. The mean of the draws is then the middle of the range, not the
value. triangular: the value in use is the mode.
"""
FULL: Final = (0.0, 1.0)
_SCALED: Final = ("mean", "sd", "median", "iqr", "fixed", "value")
_SMALLEST: Final = 2.0**-53

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class UncertainParameter:
    """A parameter with what is not known about it. `low` and `high` are what its field allows, in the unit of `row`."""

    row: ParameterRow
    uncertainty: Uncertainty
    low: float | None
    high: float | None
    whole: bool
    law: Mapping[str, Any] | None
    """The block as it is written, when the parameter says how something varies between occasions."""

    def quantile(self, u: Floats, range_law: RangeLaw = "uniform") -> Floats:
        """Values at cumulative probabilities `u` (0..1, any shape), in the unit of `row`.

        A law that reaches beyond what the field allows is cut there and spread over the rest. Whole numbers are rounded.
        """
        law = _frozen(self.uncertainty, self.row.value, range_law)
        below = 0.0 if self.low is None else float(law.cdf(self.low))
        above = 1.0 if self.high is None else float(law.cdf(self.high))
        inside = np.clip(below + np.asarray(u, np.float64) * (above - below), _SMALLEST, 1 - _SMALLEST)
        values = np.asarray(law.ppf(inside), np.float64)
        values = np.clip(values, self.low, self.high) if self.low is not None or self.high is not None else values
        return np.round(values) if self.whole else values

    def override(self, value: float) -> str:
        """`--set` text that gives the parameter another value; how something varies keeps its coefficient of variation."""
        value = float(value)  # NumPy's own numbers do not print as numbers
        if self.law is None:
            return self.row.override(value)
        if self.row.value == 0:
            raise ValueFault(f"{self.row.name}: a mean of 0 cannot be scaled to another value")
        ratio = value / self.row.value
        block = {key: _times(part, ratio) if key in _SCALED else part for key, part in self.law.items() if key not in IGNORANCE_KEYS}
        return f"{self.row.name}={json.dumps(block)}"


def uncertain_parameters(scenario: Scenario) -> list[UncertainParameter]:
    """Every parameter for which the scenario states an uncertainty, in the order of the blocks."""
    rows = {row.name: row for row in scenario.parameters()}
    return [UncertainParameter(rows[name], *rest) for name, *rest in _uncertain(scenario.tree)]


def _uncertain(tree: Node) -> Iterator[tuple[Any, ...]]:
    for path, node, shape in walk(tree, BlockOf(Scenario)):
        if not isinstance(shape, Leaf):
            continue
        value = leaf_value(node, shape)
        if value is None or value.uncertainty is None:
            continue
        kind = shape.kind.of if isinstance(shape.kind, LawOf) else shape.kind
        block = node.plain() if isinstance(shape.kind, LawOf) else None
        yield dotted(path), value.uncertainty, kind.low, kind.high, kind.whole, block


def _times(part: Any, ratio: float) -> Any:
    """A number, `12 weeks` or a list of these, times a ratio."""
    if isinstance(part, list):
        return [_times(item, ratio) for item in part]
    if isinstance(part, str):
        number = split_number(part)
        return part if number is None else f"{number[0] * ratio!r} {number[1]}"
    return part * ratio


def _frozen(known: Uncertainty, value: float, range_law: RangeLaw) -> Any:
    """The distribution as scipy has it."""
    from scipy import stats

    def number(field: str) -> float:
        found = getattr(known, field)
        assert found is not None, f"{known.family} without {field}"
        return float(found)

    family, mode = known.family, known.mu
    if family == "uniform" and known.text.startswith("range ") and range_law == "triangular":
        family, mode = "triangular", value
    if family in ("uniform", "triangular"):
        low, width = number("low"), number("high") - number("low")
        if width <= 0:
            return _Certain(low)
        if family == "uniform":
            return stats.uniform(low, width)
        assert mode is not None
        return stats.triang((mode - low) / width, low, width)
    if family == "normal":
        return stats.norm(number("mu"), number("sigma")) if number("sigma") > 0 else _Certain(number("mu"))
    if family == "lognormal":
        scale = float(np.exp(number("mu")))
        return stats.lognorm(number("sigma"), scale=scale) if number("sigma") > 0 else _Certain(scale)
    if family == "beta":
        return stats.beta(number("alpha"), number("beta"))
    return stats.gamma(number("alpha"), scale=1 / number("beta"))


@dataclass(frozen=True)
class _Certain:
    """All mass at one point: a range whose ends are equal."""

    at: float

    def cdf(self, x: float) -> float:
        return 1.0 if x >= self.at else 0.0

    def ppf(self, u: Floats) -> Floats:
        return np.full(np.shape(u), self.at)
