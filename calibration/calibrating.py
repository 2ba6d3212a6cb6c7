"""A whole calibration: stage after stage, then runs at draws of the prior and of the posterior."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from calibration.checking import Row, compared
from calibration.fitting import NONE_EARLIER, Rows, Settings, StageFit, fit_stage
from calibration.likelihood import Likelihood
from calibration.measures import Asked
from calibration.runs import Batch, run_batch
from calibration.sampling import Chain, Sampler, filling_design, seed_of
from calibration.specification import Opened, Stage
from calibration.targets import Target
from experiments.sweep.executors import Executor

Floats = npt.NDArray[np.float64]
DISCREPANCIES: Final = (0.5, 2.0, 4.0)
"""Factors on the discrepancy with which the posterior is drawn again."""
IDENTIFIED: Final = 0.5
WEAKLY: Final = 0.85
"""Posterior SD over prior SD in the unit cube: below the first a parameter is identified, from the second on it is not."""
SHORTER: Final = 4
"""Chains of posteriors under other assumptions are so many times shorter: what is read off them is how far means move."""
EMULATED_AT: Final = 400
"""Draws at which a posterior's figures are read off the emulators."""
UNIFORM_SD: Final = float(1 / np.sqrt(12))
TOGETHER: Final = 0.4
"""Rank correlation in the posterior beyond which two parameters are known together rather than one by one."""


@dataclass(frozen=True)
class Variant:
    """The posterior of a stage under another assumption about discrepancy or selection."""

    stage: str
    name: str
    chain: Chain


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found. Draws are joint: row i of `unit` (unit cube) and `values` (canonical units) is one draw."""

    opened: Opened
    seed: int
    stages: dict[str, StageFit]
    unit: Floats
    values: Floats
    prior: list[Row]
    posterior: list[Row]
    prior_runs: Floats
    posterior_runs: Floats
    variants: tuple[Variant, ...]
    failures: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in the order of the columns."""
        return self.opened.parameters

    def narrowing(self) -> dict[str, float]:
        """Posterior SD over prior SD by parameter, 1 where nothing was learnt."""
        return dict(zip(self.names, (self.unit.std(axis=0) / UNIFORM_SD).tolist(), strict=True))

    def not_identified(self) -> list[str]:
        """Parameters of which the targets say next to nothing."""
        return [name for name, ratio in self.narrowing().items() if ratio >= WEAKLY]

    def together(self) -> list[tuple[str, str, float]]:
        """Pairs that are known together rather than one by one, with their rank correlation, the strongest first."""
        from scipy.stats import rankdata

        ranks = np.apply_along_axis(rankdata, 0, self.unit)
        correlation = np.corrcoef(ranks, rowvar=False)
        pairs = [(i, j) for i in range(len(self.names)) for j in range(i)]
        found = [(self.names[j], self.names[i], float(correlation[i, j])) for i, j in pairs if abs(correlation[i, j]) >= TOGETHER]
        return sorted(found, key=lambda pair: -abs(pair[2]))


class Calibrator:
    """A calibration under way: runs go to `folder`, a subfolder per wave, and are found there when it is given again."""

    def __init__(self, opened: Opened, folder: Path, executor: Executor, seed: int | None, tell: Callable[[str], None]) -> None:
        self.opened = opened
        self.folder = folder
        self.executor = executor
        self.seed = opened.specification.seed if seed is None else seed
        self.tell = tell
        self._unit: dict[str, Floats] = {}
        self._failures: dict[str, None] = {}

    def calibrate(self) -> Calibrated:
        """Fit every stage and run the simulator at draws of prior and posterior. Errors: CalibrationError."""
        block = self.opened.specification
        stages: dict[str, StageFit] = {}
        for stage in self.opened.stages:
            stages[stage.name] = self.stage(stage)
            order = np.random.default_rng(seed_of(self.seed, "joint", stage.name)).permutation(block.draws)
            # Stages are fitted one after the other, so that draws of different stages belong together in any order.
            self._unit[stage.name] = stages[stage.name].chain.thinned(block.draws)[order]
        unit = np.column_stack([self._unit[stage.name] for stage in self.opened.stages])
        values = self.values(self.opened.parameters, unit)
        variants = tuple(variant for stage in self.opened.stages for variant in self._variants(stage, stages[stage.name]))
        prior_unit = filling_design(block.predictive, len(self.opened.parameters), seed_of(self.seed, "prior"))
        prior_runs = self._predictive("prior", self.values(self.opened.parameters, prior_unit))
        runs = self._predictive("posterior", values[: block.predictive])
        targets = self.opened.targets.all
        tables = (compared(targets, prior_runs), compared(targets, runs), prior_runs, runs)
        return Calibrated(self.opened, self.seed, stages, unit, values, *tables, variants, tuple(self._failures))

    def values(self, names: Sequence[str], unit: Floats) -> Floats:
        """Points of the unit cube in canonical units."""
        uncertain = self.opened.base.uncertain
        return np.column_stack([uncertain[name].quantile(unit[:, column]) for column, name in enumerate(names)])

    def stage(self, stage: Stage) -> StageFit:
        """Fit one stage, with draws of those fitted before."""
        block = self.opened.specification
        sampler = Sampler(block.sampler.walkers, block.sampler.steps, block.sampler.burn_in)
        seed = seed_of(self.seed, stage.name)
        earlier = np.column_stack(list(self._unit.values())) if self._unit else NONE_EARLIER
        settings = Settings(stage.waves, sampler, block.implausible_beyond, seed, earlier)
        likelihood = Likelihood(stage.targets, block.discrepancy)

        scenario = self.opened.base.changed(stage.changes) if stage.changes else self.opened.base.scenario

        def run(wave: int, u: Floats, rows: Rows, replications: int) -> Floats:
            names, values = self._with_earlier(stage, u, rows)
            luck = seed_of(seed, "luck", wave)
            return self._run(Batch(f"{stage.name}, wave {wave + 1}", scenario, asked_of(stage.targets), luck, names, values, replications))

        return fit_stage(likelihood, len(stage.parameters), settings, run, lambda line: self.tell(f"{stage.name}, {line}"))

    def _with_earlier(self, stage: Stage, u: Floats, rows: Rows) -> tuple[tuple[str, ...], Floats]:
        """The points of a stage, each with its draw of what earlier stages found."""
        names, values = list(stage.parameters), [self.values(stage.parameters, u)]
        for earlier in self.opened.stages:
            if earlier.name in self._unit:
                names.extend(earlier.parameters)
                values.append(self.values(earlier.parameters, self._unit[earlier.name][rows]))
        return tuple(names), np.column_stack(values)

    def _predictive(self, title: str, values: Floats) -> Floats:
        seed = seed_of(self.seed, title, "luck")
        asked = asked_of(self.opened.targets.all)
        batch = Batch(f"{title} predictive", self.opened.base.scenario, asked, seed, self.opened.parameters, values, 1)
        return self._run(batch)[:, 0]

    def _run(self, batch: Batch) -> Floats:
        """Run a batch in its own folder; figures, shape (points, replications, targets)."""
        outputs = run_batch(batch, self.folder / "runs" / batch.label.replace(", ", "_").replace(" ", "_"), self.executor)
        self._failures.update(dict.fromkeys(outputs.failures))
        return outputs.values

    def _variants(self, stage: Stage, fit: StageFit) -> list[Variant]:
        """The posterior under other assumptions: other discrepancies, no selection term, and without each target that it misses."""
        discrepancy = self.opened.specification.discrepancy
        likelihoods = {f"discrepancy x {factor:g}": Likelihood(stage.targets, discrepancy * factor) for factor in DISCREPANCIES}
        if any(target.selection for target in stage.targets):
            likelihoods["without the selection term"] = Likelihood(stage.targets, discrepancy, without_selection=True)
        figures = fit.figures(fit.chain.thinned(EMULATED_AT)).mean(axis=0)
        missed = [target.name for target, figure in zip(stage.targets, figures, strict=True) if not target.inside(figure)]
        for name in missed:
            likelihoods[f"without {name}"] = Likelihood([t.silent if t.name == name else t for t in stage.targets], discrepancy)
        self.tell(f"{stage.name}: posteriors under {len(likelihoods)} other assumptions")
        return [Variant(stage.name, name, fit.resampled(likelihood, name, SHORTER)) for name, likelihood in likelihoods.items()]


def asked_of(targets: Sequence[Target]) -> tuple[Asked, ...]:
    """What targets ask of a replication."""
    return tuple(target.asked for target in targets)
