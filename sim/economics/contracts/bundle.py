"""Bundled payment: episodes are reconciled against target prices, with a stop-gain and a stop-loss on their sum.

    target_i = benchmark_i * (1 - discount)                discount: by kind of episode
    S        = sum of target_i - sum of actual_i           USD of one reconciliation
    R        = clip(S, -stop_loss * sum of target_i, stop_gain * sum of target_i)
    paid     = R * (1 - quality * (1 - Q))                 if S > 0
             = R * (1 - quality * Q)                       if S < 0

All of a gain or loss is shared from the first dollar: continuous, monotone, with no minimum. Q: composite quality score, 0..1. The
evidence gives both factors as 0.9 to 1; that they are linear in Q, and that quality lessens a loss, is ours. Sources: as
`scenarios/defaults/contracts/bundle.yaml` says of each constant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sim.economics.contracts.settlement import EarnedOrOwed
from sim.economics.money import amount, share, to_cent
from sim.scenario.constants import constants

Model = Literal["bpci_advanced", "team"]


@dataclass(frozen=True)
class Episode:
    """An episode. benchmark: before the discount, actual: what was spent, USD; discount: of the benchmark, 0..1."""

    benchmark: float
    actual: float
    discount: float

    def __post_init__(self) -> None:
        amount("benchmark of an episode", self.benchmark, above_zero=True)
        amount("actual of an episode", self.actual)
        share("discount", self.discount)

    @property
    def target(self) -> float:
        """The target price, USD to the cent."""
        return to_cent(self.benchmark * (1.0 - self.discount))


@dataclass(frozen=True)
class Terms:
    """stop_gain, stop_loss: of the sum of target prices; quality: most that quality moves a result by; 0..1. days: of an episode."""

    stop_gain: float
    stop_loss: float
    quality: float
    days: int

    def __post_init__(self) -> None:
        for name in ("stop_gain", "stop_loss", "quality"):
            share(name, getattr(self, name))


@dataclass(frozen=True)
class Settled(EarnedOrOwed):
    """A reconciliation; USD to the cent. target, expenditure: of all episodes; one of earned and owed is 0; reconciled: before quality
    moved it; capped: the stop-gain or the stop-loss was what decided."""

    target: float
    expenditure: float
    savings: float
    savings_rate: float
    reconciled: float
    earned: float
    owed: float
    capped: bool


def kinds(model: Model) -> tuple[str, ...]:
    """The kinds of episode of a model whose discount is known."""
    return tuple(name.split(".")[2] for name in constants("bundle") if name.startswith(f"{model}.discount."))


def discount(model: Model, kind: str) -> float:
    """The discount of a kind of episode. Raises ValueError for a kind that is not known."""
    if kind not in kinds(model):
        raise ValueError(f"kind must be one of {', '.join(kinds(model))} (got {kind})")
    return float(constants("bundle")[f"{model}.discount.{kind}"].value)


def terms(model: Model) -> Terms:
    """The terms of a model."""
    own = constants("bundle")
    return Terms(
        stop_gain=float(own[f"{model}.stop_gain"].value),
        stop_loss=float(own[f"{model}.stop_loss"].value),
        quality=float(own[f"{model}.quality"].value),
        days=int(own[f"{model}.days"].value),
    )


def settle(own: Terms, episodes: Iterable[Episode], *, quality_score: float) -> Settled:
    """Reconcile the episodes by the formula above. Raises ValueError if there are none and for a score outside 0..1."""
    share("quality_score", quality_score)
    each = list(episodes)
    target = to_cent(math.fsum(one.target for one in each))
    amount("sum of target prices", target, above_zero=True)
    expenditure = to_cent(math.fsum(one.actual for one in each))
    savings = to_cent(target - expenditure)
    gain, loss = min(max(savings, 0.0), own.stop_gain * target), min(max(-savings, 0.0), own.stop_loss * target)
    return Settled(
        target=target,
        expenditure=expenditure,
        savings=savings,
        savings_rate=savings / target,
        reconciled=to_cent(gain - loss),
        earned=to_cent(gain * (1.0 - own.quality * (1.0 - quality_score))),
        owed=to_cent(loss * (1.0 - own.quality * quality_score)),
        capped=savings > own.stop_gain * target or -savings > own.stop_loss * target,
    )
