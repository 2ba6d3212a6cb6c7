"""Whether the model still gives what it gave when a posterior was fitted: figures of a small fixed run, kept with the posterior.

A version of the model changes with every edit, a docstring's too; these figures change when results do.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from sim.outcomes.provenance import model_version
from sim.outcomes.store import write_text
from sim.scenario import Scenario, load
from sim.scenario.files import SCHEME

STANDARD: Final = f"{SCHEME}mgh_cmp/phase1.yaml"
"""The scenario for a posterior whose own is not shipped, so that nobody else has it."""
SMALL: Final = ("population.size=200", "evaluation=none", "parameters=none")
SEED: Final = 1
REPLICATIONS: Final = 2
FIGURES: Final = (
    *("population.eligible_share", "usual_care.baseline.pbpm", "usual_care.pbpm", "programme.pbpm"),
    *("usual_care.admissions_per_1000_py", "programme.admissions_per_1000_py", "usual_care.ed_visits_per_1000_py"),
    *("usual_care.annual_mortality", "usual_care.snf_admissions_per_1000_py", "programme.fees"),
)
Figures = dict[str, list[str]]
"""By outcome, its value in each replication to nine digits."""


def scenario_for(name: str) -> str:
    """The scenario whose run is kept for a posterior that was fitted to this one."""
    return name if name.startswith(SCHEME) else STANDARD


def fingerprint(name: str) -> dict[str, Any]:
    """What a posterior keeps, as plain data: the shipped scenario and its figures. name: of the scenario that was fitted."""
    shipped = scenario_for(name)
    return {"scenario": shipped, "figures": figures(_small(shipped))}


def figures(scenario: Scenario) -> Figures:
    """The figures of a few replications of a scenario, and how many events each had. Raises SimulationError."""
    from sim.flat import flat_outcomes
    from sim.simulate import replicate

    results = [replicate(scenario, SEED, replication, "compiled") for replication in range(REPLICATIONS)]
    flat = [flat_outcomes(result, scenario, FIGURES) for result in results]
    found = {name: [f"{one[name]:.9g}" for one in flat] for name in FIGURES}
    return {"events": [str(result.events) for result in results], **found}


def differences(kept: Mapping[str, Any], announce: Callable[[], object]) -> list[str]:
    """What the model gives now that a kept fingerprint does not have, in words; empty when every figure is the same.

    Computed once for a version of the model and a scenario, then read from the user's cache folder. announce: called before anything
    is run. Raises ScenarioErrors when the scenario cannot be read any more.
    """
    now = _cached(_small(str(kept.get("scenario", STANDARD))), announce)
    before: Mapping[str, list[str]] = kept.get("figures", {})
    return [
        f"{name} {', '.join(before.get(name, ['none']))} -> {', '.join(now.get(name, ['none']))}"
        for name in dict.fromkeys([*before, *now])
        if before.get(name) != now.get(name)
    ]


def _small(name: str) -> Scenario:
    return load(name, list(SMALL))


def _cached(scenario: Scenario, announce: Callable[[], object]) -> Figures:
    from sim.rules.compiling import user_cache_folder

    key = hashlib.sha256(json.dumps([model_version(), scenario.digest(), SEED, REPLICATIONS, FIGURES]).encode()).hexdigest()[:32]
    path: Path = user_cache_folder() / "fingerprints" / f"{key}.json"
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    announce()
    found = figures(scenario)
    with contextlib.suppress(OSError):  # a cache that cannot be written is only slower
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(found))
    return found
