"""Global sensitivity with SALib, on means over replications with common luck; the Monte-Carlo error beside each interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from experiments.analysis.statistics import Floats
from experiments.designs.building import salib_problem
from experiments.errors import SweepError

RESAMPLES: Final = 200
CONFIDENCE: Final = 0.95
BIG_SEED: Final = 2**32

NO_RESAMPLES: Final = 2
"""What SALib asks for at least, where its intervals are not used."""

Indices = Mapping[str, Floats]


def sobol_indices(values: Floats, names: Sequence[str], seed: int) -> list[dict[str, Any]]:
    """Rows {factor, S1, S1_conf, S1_mc, ST, ST_conf, ST_mc}, the largest total index first.

    values: shape (base x (factors + 2), replications), rows in the order of Saltelli's scheme. conf: half width of SALib's
    bootstrap 95% interval over the design; mc: standard error from the replications being few (jackknife), NaN for one.
    A block of the design with a failed row is left out whole: a row alone cannot be.
    """
    from SALib.analyze import sobol

    kept = _whole_blocks(values, len(names) + 2)

    def indices(outcome: Floats, resamples: int) -> Indices:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Indices = sobol.analyze(
                salib_problem(names),
                outcome,
                calc_second_order=False,
                num_resamples=resamples,
                conf_level=CONFIDENCE,
                seed=seed % BIG_SEED,
            )
        return found

    return _rows(indices, kept, names, ("S1", "ST"), order="ST")


def morris_effects(unit: Floats, values: Floats, names: Sequence[str], levels: int, seed: int) -> list[dict[str, Any]]:
    """Rows {factor, mu, mu_star, mu_star_conf, mu_star_mc, sigma}, the largest mean absolute effect first.

    unit: the design in the unit cube, shape (trajectories x (factors + 1), factors); values: shape (rows, replications). Effects
    are per whole range of a factor. A trajectory with a failed row is left out whole.
    """
    from SALib.analyze import morris

    size = len(names) + 1
    whole = _unbroken(values, size)
    rows = np.repeat(whole, size)

    def effects(outcome: Floats, resamples: int) -> Indices:
        found: Indices = morris.analyze(
            salib_problem(names),
            unit[rows],
            outcome,
            num_resamples=resamples,
            conf_level=CONFIDENCE,
            num_levels=levels,
            seed=seed % BIG_SEED,
        )
        return found

    return _rows(effects, values[rows], names, ("mu_star",), order="mu_star", also=("mu", "sigma"))


def left_out(values: Floats, size: int) -> int:
    """How many blocks of `size` rows hold a row without a value."""
    return int((~_unbroken(values, size)).sum())


def _unbroken(values: Floats, size: int) -> np.ndarray:
    whole = np.asarray(np.isfinite(values).reshape(-1, size * values.shape[1]).all(axis=1))
    if whole.sum() < 2:
        raise SweepError("too many rows of the design failed for an analysis; the failures are in collected/failures.parquet")
    return whole


def _whole_blocks(values: Floats, size: int) -> Floats:
    kept: Floats = values[np.repeat(_unbroken(values, size), size)]
    return kept


def _rows(
    indices: Callable[[Floats, int], Indices],
    values: Floats,
    names: Sequence[str],
    with_error: Sequence[str],
    order: str,
    also: Sequence[str] = (),
) -> list[dict[str, Any]]:
    whole = indices(values.mean(axis=1), RESAMPLES)
    count = values.shape[1]
    leaving_out = range(count) if count > 1 else ()
    without = [indices(np.delete(values, column, axis=1).mean(axis=1), NO_RESAMPLES) for column in leaving_out]
    rows = []
    for position, name in enumerate(names):
        row: dict[str, Any] = {"factor": name}
        for index in with_error:
            parts = np.array([part[index][position] for part in without])
            row[index] = float(whole[index][position])
            row[f"{index}_conf"] = float(whole[f"{index}_conf"][position])
            row[f"{index}_mc"] = float(np.sqrt((count - 1) / count * ((parts - parts.mean()) ** 2).sum())) if count > 1 else np.nan
        row.update({index: float(whole[index][position]) for index in also})
        rows.append(row)
    return sorted(rows, key=lambda row: -row[order])
