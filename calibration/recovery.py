"""Recovery: does a posterior hold the truth as often as it says? Truths are drawn from the prior and simulated once each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from calibration.calibrating import IDENTIFIED, UNIFORM_SD, Calibrator
from calibration.emulator import predict_all
from calibration.fitting import StageFit, working
from calibration.likelihood import Likelihood
from calibration.runs import Batch, run_batch
from calibration.sampling import filling_design, seed_of
from calibration.specification import Opened, Stage
from calibration.targets import Known, Target
from experiments.sweep.executors import Executor

Floats = npt.NDArray[np.float64]
LEVEL: Final = (0.1, 0.9)
"""80% intervals."""
DRAWS: Final = 1000


@dataclass(frozen=True)
class Recovery:
    """By truth: whether intervals hold it. held and narrowing: shape (truths, parameters); foretold: (truths, targets).

    narrowing: posterior SD over prior SD. foretold: whether the posterior predictive interval holds the figure of other luck.
    """

    parameters: tuple[str, ...]
    targets: tuple[str, ...]
    held: npt.NDArray[np.bool_]
    narrowing: Floats
    foretold: npt.NDArray[np.bool_]

    @property
    def identified(self) -> npt.NDArray[np.bool_]:
        """Parameters that the figures tell something about, in the median truth."""
        found: npt.NDArray[np.bool_] = np.median(self.narrowing, axis=0) < IDENTIFIED
        return found

    def rows(self) -> list[dict[str, Any]]:
        """A row per parameter and per target, then the two totals."""
        parameters: list[dict[str, Any]] = [
            {"what": name, "coverage": float(self.held[:, column].mean()), "SD ratio": float(np.median(self.narrowing[:, column]))}
            for column, name in enumerate(self.parameters)
        ]
        targets = [{"what": name, "coverage": float(self.foretold[:, column].mean())} for column, name in enumerate(self.targets)]
        identified = self.held[:, self.identified]
        totals: list[dict[str, Any]] = [
            {"what": "all identified parameters", "coverage": float(identified.mean()) if identified.size else None},
            {"what": "all targets", "coverage": float(self.foretold.mean())},
        ]
        return [*parameters, *targets, *totals]


def recover(opened: Opened, truths: int, folder: Path, executor: Executor, tell: Callable[[str], None]) -> Recovery:
    """Fit the first stage of a calibration to each of so many truths. The emulators are fitted once and serve all of them."""
    stage = opened.stages[0]
    calibrator = Calibrator(opened, folder, executor, None, tell)
    fit = calibrator.stage(stage)
    unit = filling_design(truths, len(stage.parameters), seed_of(calibrator.seed, "truths"))
    values = calibrator.values(stage.parameters, unit)
    asked = tuple(target.asked for target in stage.targets)
    seed = seed_of(calibrator.seed, "truths", "luck")
    batch = Batch("truths", opened.base.scenario, asked, seed, stage.parameters, values, 2)
    figures = run_batch(batch, folder / "runs" / "truths", executor).values
    seen, other = (working(stage.targets, figures[:, [replication]]) for replication in (0, 1))
    chance = np.nanstd(seen - other, axis=0) / np.sqrt(2)  # of one replication, on the working scale
    results = [_one(stage, fit, seen[case], other[case], unit[case], chance, case) for case in range(truths)]
    held, narrowing, foretold = (np.array(part) for part in zip(*results, strict=True))
    return Recovery(stage.parameters, tuple(target.name for target in stage.targets), held, narrowing, foretold)


def _one(
    stage: Stage, fit: StageFit, seen: Floats, other: Floats, truth: Floats, chance: Floats, case: int
) -> tuple[Floats, Floats, Floats]:
    """One truth: which parameters its posterior holds, how narrow it is, and which figures of other luck it foretells."""
    targets = tuple(_known(target, value, error) for target, value, error in zip(stage.targets, seen, chance, strict=True))
    chain = fit.resampled(Likelihood(targets, 0.0), f"truth {case}")
    low, high = np.quantile(chain.flat, LEVEL, axis=0)
    draws = chain.thinned(DRAWS)
    mean, variance = predict_all(fit.emulators, draws)
    luck = np.random.default_rng(seed_of(fit.settings.seed, "predicted", case)).normal(size=mean.shape)
    below, above = np.quantile(mean + luck * np.sqrt(variance + fit.between + chance**2), LEVEL, axis=0)
    return (low <= truth) & (truth <= high), chain.flat.std(axis=0) / UNIFORM_SD, (below <= other) & (other <= above)


def _known(target: Target, value: float, error: float) -> Target:
    return replace(target, known=Known("normal", float(value), float(error)))
