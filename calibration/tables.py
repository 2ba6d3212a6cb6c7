"""What a calibration found as rows of tables: the fit, the parameters, the emulators, other assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from calibration.calibrating import EMULATED_AT, IDENTIFIED, WEAKLY, Calibrated
from calibration.fitting import StageFit

Floats = npt.NDArray[np.float64]
INTERVAL: Final = (0.1, 0.5, 0.9)


def fit_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per target: published, prior and posterior predictive, in or out. A target that no stage uses is a check, whatever its file
    allows."""
    fitted = {target.name for stage in done.opened.stages for target in stage.targets}
    return [
        {
            "target": after.name,
            "measure": after.title,
            "of": " ".join(part for part in (after.arm, after.window if after.arm else None, after.relative_to, *after.changes) if part),
            "use": "fit" if after.name in fitted else "check",
            "published": after.value,
            "lo": after.lo,
            "hi": after.hi,
            "prior": before.simulated,
            "simulated": after.simulated,
            "p10": after.sim_lo,
            "p90": after.sim_hi,
            "inside": "in" if after.inside else "OUT",
        }
        for before, after in zip(done.prior, done.posterior, strict=True)
    ]


def parameter_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per parameter: prior and posterior intervals, how much narrower, and what that means in words."""
    rows = done.opened.base.rows
    uncertain = done.opened.base.uncertain
    found = []
    for column, (name, ratio) in enumerate(done.narrowing().items()):
        before = uncertain[name].quantile(np.asarray(INTERVAL))
        after = np.quantile(done.values[:, column], INTERVAL)
        found.append(
            {
                "parameter": name,
                "unit": rows[name].unit,
                "in use": rows[name].value,
                "prior p10": before[0],
                "prior p90": before[2],
                "posterior p10": after[0],
                "median": after[1],
                "posterior p90": after[2],
                "SD ratio": ratio,
                "identified": "yes" if ratio < IDENTIFIED else "weakly" if ratio < WEAKLY else "no",
            }
        )
    return found


def emulator_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per target of each stage: how well its emulator foretells runs it has not seen."""
    return [row for name, fit in done.stages.items() for row in _emulators(name, fit)]


def _emulators(stage: str, fit: StageFit) -> Iterator[dict[str, Any]]:
    for column, (target, emulator) in enumerate(zip(fit.likelihood.targets, fit.emulators, strict=True)):
        later = [wave.errors[:, column] for wave in fit.waves if wave.errors is not None]
        ahead = np.concatenate(later) if later else np.empty(0)
        ahead = ahead[np.isfinite(ahead)]
        _, variance = emulator.predict(fit.chain.thinned(EMULATED_AT))
        yield {
            "stage": stage,
            "target": target.name,
            "points": len(emulator.observed),
            "emulator SD": float(np.sqrt(variance.mean())),
            "chance SD": float(np.sqrt(fit.chance[column])) or None,
            "earlier SD": float(np.sqrt(fit.between[column])) if fit.settings.earlier.size else None,
            "explained": emulator.explained,
            "leave-one-out z": float(np.sqrt(np.mean(emulator.left_out**2))),
            "next wave z": float(np.sqrt(np.mean(ahead**2))) if len(ahead) else None,
        }


def wave_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per wave: its points, and what is left of the prior after it."""
    return [
        {"stage": name, "wave": number + 1, "points": len(wave.u), "replications": wave.figures.shape[1], "plausible": wave.plausible}
        for name, fit in done.stages.items()
        for number, wave in enumerate(fit.waves)
    ]


def chain_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per stage: whether its chains agree."""
    return [
        {
            "stage": name,
            "draws": len(fit.chain.flat),
            "R-hat": fit.chain.r_hat,
            "autocorrelation": fit.chain.autocorrelation,
            "accepted": fit.chain.acceptance,
        }
        for name, fit in done.stages.items()
    ]


def variant_target_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per target of a stage: its figure with the posterior, and with that of each other assumption, read off the emulators."""
    found: list[dict[str, Any]] = []
    for stage in done.opened.stages:
        fit = done.stages[stage.name]
        by_name = {"as fitted": fit.chain} | {variant.name: variant.chain for variant in done.variants if variant.stage == stage.name}
        means = {name: fit.figures(chain.thinned(EMULATED_AT)).mean(axis=0) for name, chain in by_name.items()}
        for column, target in enumerate(stage.targets):
            found.append({"target": target.name, "published": target.value, **{name: row[column] for name, row in means.items()}})
    return found


def variant_parameter_rows(done: Calibrated) -> list[dict[str, Any]]:
    """A row per parameter: its posterior median, and that of each other assumption."""
    uncertain = done.opened.base.uncertain
    found: list[dict[str, Any]] = []
    for stage in done.opened.stages:
        fit = done.stages[stage.name]
        by_name = {"as fitted": fit.chain} | {variant.name: variant.chain for variant in done.variants if variant.stage == stage.name}
        for column, name in enumerate(stage.parameters):
            medians = {label: float(np.median(chain.flat[:, column])) for label, chain in by_name.items()}
            values = {label: float(uncertain[name].quantile(np.asarray([u]))[0]) for label, u in medians.items()}
            found.append({"parameter": name, **values})
    return found
