"""From a design to its points. What a larger design has in common with a smaller one of the same seed is the same point."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from experiments.designs.points import Points, plain_points
from experiments.errors import SweepError
from experiments.factors import Factor, Value
from experiments.specification.model import Design, Grid, LatinHypercube, Listed, Morris, OneWay, Psa, Sobol
from experiments.specification.tables import Listing, Posterior
from sim.sampling import parameter_uniforms

Floats = npt.NDArray[np.float64]
POSTERIOR: Final = "posterior row"
"""The name under which a draw chooses a row of a posterior."""
OWN_LUCK: Final = 1000
"""Replications set aside for each draw that has luck of its own."""
BIG_SEED: Final = 2**32


@dataclass(frozen=True)
class Blueprint:
    """What a design is built from.

    pieces: the sizes by which a Latin hypercube or Morris design has grown; each piece is a whole design with a seed of its own.
    """

    design: Design
    factors: tuple[Factor, ...]
    seed: int
    replications: int
    pieces: tuple[int, ...] = ()
    posterior: Posterior | None = None
    listing: Listing | None = None

    @property
    def size(self) -> int | None:
        """How large the design is in its own terms; None for a design whose factors say it."""
        key = SIZES.get(type(self.design))
        return None if key is None else int(getattr(self.design, key))

    def resized(self, size: int) -> Blueprint:
        """The same design made larger."""
        key, old = SIZES[type(self.design)], self.size
        assert old is not None
        pieces = (*(self.pieces or (old,)), size - old)
        return replace(self, design=self.design.model_copy(update={key: size}), pieces=pieces)


SIZES: Final[Mapping[type[Design], str]] = {LatinHypercube: "points", Sobol: "base", Morris: "trajectories", Psa: "draws"}
"""The key of a design that makes it larger."""


def build(blueprint: Blueprint) -> Points:
    """The points of a design."""
    return BUILDERS[type(blueprint.design)](blueprint)


def probabilities(blueprint: Blueprint) -> Floats:
    """The design in the unit cube, shape (points, factors), for the designs that SALib analyses."""
    design, unit = blueprint.design, UNIT[type(blueprint.design)]
    if isinstance(design, Sobol):
        return unit(design, blueprint.factors, blueprint.seed)
    key = SIZES[type(design)]
    parts = []
    before = 0
    for size in blueprint.pieces or (int(getattr(design, key)),):
        parts.append(unit(design.model_copy(update={key: size}), blueprint.factors, blueprint.seed + before))
        before += size
    return np.concatenate(parts)


def salib_problem(factors: Sequence[Factor] | Sequence[str]) -> dict[str, Any]:
    """The unit cube as SALib describes it."""
    names = [factor if isinstance(factor, str) else factor.name for factor in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def sobol_unit(design: Sobol, factors: Sequence[Any], seed: int) -> Floats:
    """Saltelli's scheme on a scrambled Sobol sequence; a larger base begins with the same points."""
    from SALib.sample import sobol

    unit: Floats = sobol.sample(salib_problem(factors), design.base, calc_second_order=False, seed=seed % BIG_SEED)
    return unit


def morris_unit(design: Morris, factors: Sequence[Any], seed: int) -> Floats:
    """Morris' trajectories with `levels` levels, 0 and 1 among them; trajectories stand one after the other."""
    from SALib.sample import morris

    unit: Floats = morris.sample(salib_problem(factors), design.trajectories, num_levels=design.levels, seed=seed % BIG_SEED)
    return unit


def latin_unit(design: LatinHypercube, factors: Sequence[Any], seed: int) -> Floats:
    """A Latin hypercube: each factor's range is cut in as many parts as there are points, and each part is used once."""
    return qmc.LatinHypercube(len(factors), rng=np.random.default_rng(seed)).random(design.points)


UNIT: Final[Mapping[type[Design], Callable[[Any, Sequence[Any], int], Floats]]] = {
    Sobol: sobol_unit,
    Morris: morris_unit,
    LatinHypercube: latin_unit,
}


def _sampled(blueprint: Blueprint) -> Points:
    unit = probabilities(blueprint)
    if isinstance(blueprint.design, Morris):
        unit = blueprint.design.trim + unit * (1 - 2 * blueprint.design.trim)
    without = [factor.name for factor in blueprint.factors if factor.role == "uncertainty" and getattr(factor, "known", True) is None]
    if without or blueprint.posterior is not None:
        raise SweepError("posterior draws come as whole rows and have no quantiles one by one: use psa, or leave the posterior out")
    return plain_points({factor.name: factor.at(unit[:, column]) for column, factor in enumerate(blueprint.factors)})


def _grid(blueprint: Blueprint) -> Points:
    return plain_points(_combinations(blueprint.factors))


def _combinations(levers: Sequence[Factor]) -> dict[str, list[Value]]:
    rows = list(itertools.product(*(lever.levels() for lever in levers)))
    return {lever.name: [row[position] for row in rows] for position, lever in enumerate(levers)}


def _one_way(blueprint: Blueprint) -> Points:
    design = blueprint.design
    assert isinstance(design, OneWay)
    rows: list[dict[str, Value]] = [{}]
    for factor in blueprint.factors:
        rows.extend({factor.name: value} for value in factor.ends(design.ends))
    return plain_points({factor.name: [row.get(factor.name) for row in rows] for factor in blueprint.factors})


def _psa(blueprint: Blueprint) -> Points:
    design = blueprint.design
    assert isinstance(design, Psa)
    levers = [factor for factor in blueprint.factors if factor.role == "lever"]
    drawn = drawn_values(blueprint, range(design.draws))
    combinations = _combinations(levers) if levers else {}
    several = len(next(iter(combinations.values()))) if levers else 1
    draws = [draw for _ in range(several) for draw in range(design.draws)]
    columns: dict[str, list[Value]] = {}
    for name, values in combinations.items():
        columns[name] = [value for value in values for _ in range(design.draws)]
    columns.update({name: values * several for name, values in drawn.items()})
    if design.luck == "own" and blueprint.replications > OWN_LUCK:
        raise SweepError(f"with luck: own a draw has at most {OWN_LUCK:,} replications; use more draws instead")
    first = [draw * OWN_LUCK if design.luck == "own" else 0 for draw in draws]
    return Points(columns, draws, first)


def drawn_values(blueprint: Blueprint, draws: Sequence[int]) -> dict[str, list[Value]]:
    """Values of the uncertainties, one per draw; the value of one parameter depends on no other being sampled."""
    uncertain = [factor for factor in blueprint.factors if factor.role == "uncertainty"]
    posterior = blueprint.posterior
    rows: npt.NDArray[np.int64] | None = None
    if posterior is not None:
        chance = parameter_uniforms([POSTERIOR], blueprint.seed, draws)[:, 0]
        rows = (chance * len(posterior.values)).astype(np.int64)
    columns: dict[str, list[Value]] = {}
    for factor in uncertain:
        if posterior is not None and rows is not None and factor.name in posterior.names:
            columns[factor.name] = [float(value) for value in posterior.values[rows, posterior.names.index(factor.name)]]
        else:
            columns[factor.name] = factor.at(parameter_uniforms([factor.name], blueprint.seed, draws)[:, 0])
    return columns


def _listed(blueprint: Blueprint) -> Points:
    assert blueprint.listing is not None
    return plain_points(blueprint.listing.columns)


BUILDERS: Final[Mapping[type[Design], Callable[[Blueprint], Points]]] = {
    Grid: _grid,
    LatinHypercube: _sampled,
    Sobol: _sampled,
    Morris: _sampled,
    OneWay: _one_way,
    Psa: _psa,
    Listed: _listed,
}
