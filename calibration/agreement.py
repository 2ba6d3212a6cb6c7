"""Do two fits agree? Parameter by parameter and figure by figure, each difference beside what chance in the draws alone would leave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from calibration.errors import CalibrationError
from sim.scenario.files import FileFault
from sim.scenario.posterior import DRAWS, Posterior, fit_beside, read_posterior

WIDTH: Final = 2.5631
"""p90 - p10 of a normal law, in SDs."""
SD_ERROR: Final = math.sqrt(0.5)
WIDTH_ERROR: Final = 0.889
"""Relative standard error of a normal law's SD from n draws, x sqrt(n): of the SD itself, and of one read off p90 - p10."""
CLOSE: Final = 0.2
ALIKE: Final = (1 / 1.2, 1.2)
"""Means within so many SDs, and SDs within so much of each other, count as agreement; chance of two standard errors is allowed on top."""


@dataclass(frozen=True)
class Fit:
    """A posterior and, if its folder has them, the figures that runs at its draws gave."""

    posterior: Posterior
    figures: pd.DataFrame | None

    def effective(self, name: str) -> float:
        """Independent draws of a parameter: those kept, or fewer where the chains moved slowly."""
        about = self.posterior.about
        stage = next((stage for stage, block in about.get("stages", {}).items() if name in block["parameters"]), None)
        return float(min(len(self.posterior.values), about.get("effective_draws", {}).get(stage, math.inf)))


@dataclass(frozen=True)
class Agreement:
    """One parameter or figure of two fits. difference: of the means (second - first), in SDs (root mean of the two variances).

    error: standard error of the difference by chance in the draws, in the same unit, NaN where it is not known; sd_ratio: second / first.
    """

    name: str
    first: float
    second: float
    difference: float
    error: float
    sd_ratio: float
    sd_ratio_error: float

    @property
    def agrees(self) -> bool:
        """Whether means and SDs are close enough, chance allowed for."""
        slack = 2 * self.error if math.isfinite(self.error) else 0.0
        ratio_slack = 2 * self.sd_ratio_error if math.isfinite(self.sd_ratio_error) else 0.0
        low, high = ALIKE
        return abs(self.difference) <= CLOSE + slack and low - ratio_slack <= self.sd_ratio <= high + ratio_slack

    def plain(self) -> dict[str, Any]:
        """Plain data for a table."""
        return {**asdict(self), "agrees": "yes" if self.agrees else "NO"}


def read_fit(path: Path) -> Fit:
    """The fit in a folder that `caseload calibrate` wrote, or of a .parquet file. Errors: CalibrationError."""
    found = [path] if path.is_file() else sorted(path.glob(f"*{DRAWS}"))
    if len(found) != 1:
        raise CalibrationError(f"{path}: must be a .parquet file of draws, or a folder with one of them (found {len(found)})")
    try:
        posterior = read_posterior(found[0])
    except FileFault as fault:
        raise CalibrationError(f"{found[0]}: {fault}") from None
    figures = fit_beside(found[0])
    return Fit(posterior, None if figures is None else pd.read_csv(figures))


def parameters_agree(first: Fit, second: Fit) -> list[Agreement]:
    """A row per parameter. Errors: CalibrationError when the fits are of other parameters."""
    names = first.posterior.names
    if names != second.posterior.names:
        odd = sorted(set(names) ^ set(second.posterior.names))
        raise CalibrationError(f"the two posteriors have other parameters: {', '.join(odd) or 'the same in another order'}")
    rows = []
    for column, name in enumerate(names):
        draws = [fit.posterior.values[:, column] for fit in (first, second)]
        counts = [fit.effective(name) for fit in (first, second)]
        rows.append(_row(name, [float(d.mean()) for d in draws], [float(d.std()) for d in draws], counts, SD_ERROR))
    return rows


def figures_agree(first: Fit, second: Fit) -> list[Agreement]:
    """A row per figure that both have: means and spreads of runs at draws of the posterior. Empty when one has none."""
    if first.figures is None or second.figures is None:
        return []
    ours, theirs = (fit.figures.set_index("target") for fit in (first, second) if fit.figures is not None)
    rows = []
    for name in (target for target in ours.index if target in theirs.index):
        both = [table.loc[name] for table in (ours, theirs)]
        spreads = [float(row["p90"] - row["p10"]) / WIDTH for row in both]
        counts = [float(fit.posterior.about.get("predictive", math.nan)) for fit in (first, second)]
        rows.append(_row(str(name), [float(row["simulated"]) for row in both], spreads, counts, WIDTH_ERROR))
    return rows


def _row(name: str, means: Sequence[float], spreads: Sequence[float], counts: Sequence[float], spread_error: float) -> Agreement:
    spread = float(np.sqrt(np.mean(np.square(spreads)))) or math.nan
    error = math.sqrt(sum((s / spread) ** 2 / n for s, n in zip(spreads, counts, strict=True)))
    ratio = spreads[1] / spreads[0] if spreads[0] else math.nan
    ratio_error = ratio * spread_error * math.sqrt(sum(1 / n for n in counts))
    return Agreement(name, means[0], means[1], (means[1] - means[0]) / spread, error, ratio, ratio_error)
