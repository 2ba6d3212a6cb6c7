"""What an evaluator decides beforehand, taken from a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.scenario.model.evaluation import Cluster, Covariate, DesignName, WindowName

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(frozen=True)
class SignificanceTest:
    """significance: chance of a false finding; sides: 1 (a saving only) or 2; power: wanted chance to find the detectable effect.

    The interval is always two-sided and holds zero exactly when a two-sided test does not reject; with one side it is the interval
    whose upper end the test looks at, so its confidence is 1 - 2 x significance.
    """

    significance: float
    sides: Literal[1, 2]
    power: float

    @property
    def confidence(self) -> float:
        """Of the interval."""
        return 1.0 - 2.0 * self.significance / self.sides


@dataclass(frozen=True)
class Settings:
    """How the evaluation is done.

    designs, windows: what is reported; trim_at: percentile (a share) of payments per eligible month at which extremes are capped, None
    for no trimming; neighbours: comparison persons matched to each eligible; covariates: of matching and regressions; cluster: whom
    the errors are clustered by; trend, trend_error: yearly growth of the benchmark and the standard
    deviation of its error, those of the economics block.
    """

    designs: tuple[DesignName, ...]
    windows: tuple[WindowName, ...]
    covariates: tuple[Covariate, ...]
    cluster: Cluster
    trim_at: float | None
    neighbours: int
    test: SignificanceTest
    trend: float
    trend_error: float


@dataclass(frozen=True)
class Promise:
    """What a contract promised. fee: USD per participant-month; guarantee: least net saving, of the expected cost."""

    fee: float
    guarantee: float


def settings_of(scenario: Scenario) -> Settings | None:
    """The settings of a validated scenario; None with `evaluation: none`."""
    block = scenario.evaluation
    if block is None:
        return None
    return Settings(
        designs=block.designs,
        windows=block.windows,
        covariates=block.covariates,
        cluster=block.cluster,
        trim_at=None if block.trim_at == "none" else float(block.trim_at),
        neighbours=int(block.comparison.neighbours),
        test=SignificanceTest(float(block.test.significance), block.test.sides, float(block.test.power)),
        trend=float(scenario.economics.benchmark.trend),
        trend_error=float(scenario.economics.benchmark.trend_sd),
    )
