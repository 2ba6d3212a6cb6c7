"""Run a scenario with progress, keep each replication as it finishes, and go on where a stopped run left off."""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.commands.errors import INTERRUPTED, UserError, leave, say
from sim.commands.progress import progress
from sim.outcomes.partial import PartialStore, partial_key
from sim.outcomes.provenance import git_commit, library_versions, machine, model_version, version
from sim.outcomes.results import ReplicationResult
from sim.outcomes.summary import RunSummary
from sim.outcomes.terms import Terms, terms_of

if TYPE_CHECKING:
    from sim.scenario import Scenario

ClockName = Literal["compiled", "agents"]


@dataclass(frozen=True)
class Request:
    """What the user asked for; None means: as the scenario says."""

    path: Path
    overrides: Sequence[str] = ()
    replications: int | None = None
    seed: int | None = None
    clock: ClockName = "compiled"
    root: Path = Path("results")
    """Where parts of a stopped run are kept."""


@dataclass
class FinishedRun:
    """A run in memory, ready to be shown and stored. `parts` is cleared once the results are safe."""

    summary: RunSummary
    terms: Terms
    results: list[ReplicationResult]
    scenario_yaml: str = ""
    record: dict[str, Any] = field(default_factory=dict)
    parts: PartialStore | None = None


def open_scenario(path: Path, overrides: Sequence[str] = ()) -> Scenario:
    """Load and check a scenario. Errors: sim.scenario.ScenarioErrors."""
    from sim.scenario import load

    if path.is_dir():
        raise UserError(f"{path} is a folder; a scenario is a YAML file")
    return load(path, list(overrides))


def execute(request: Request, scenario: Scenario | None = None) -> FinishedRun:
    """Run all replications that are not kept from before. Ctrl-C leaves with exit code 130 and a line that says how to go on."""
    scenario = scenario or open_scenario(request.path, request.overrides)
    seed = scenario.run.seed if request.seed is None else request.seed
    replications = scenario.run.replications if request.replications is None else request.replications
    terms = terms_of(scenario)
    summary = RunSummary(request.path.stem, scenario.title, seed, request.clock, scenario.digest())
    parts = PartialStore(request.root, partial_key(summary.digest, seed, request.clock, model_version()))
    kept = parts.load(replications, terms)
    started = _now()
    if kept:
        say(f"{summary.scenario}: {len(kept)} of {replications} replications were kept from a run that was stopped; going on from there")
    finished = dict(kept)
    try:
        _simulate(scenario, summary, request.clock, replications, finished, parts)
    except KeyboardInterrupt:
        where = "" if finished else ", nothing to keep"
        again = "; they are kept: give the same command again to go on" if finished else ""
        leave(INTERRUPTED, f"Stopped after {len(finished)} of {replications} replications{where}{again}.")
    record = {
        "started": started,
        "finished": _now(),
        "clock": request.clock,
        "seed": seed,
        "caseload": version(),
        "versions": library_versions(),
        "model_version": model_version(),
        "git_commit": git_commit(),
        "machine": machine(),
        "scenario_file": str(request.path),
        "overrides": list(request.overrides),
        "kept_from_a_stopped_run": len(kept),
    }
    results = [finished[replication] for replication in range(replications)]
    return FinishedRun(summary, terms, results, resolved_yaml(scenario), record, parts)


def resolved_yaml(scenario: Scenario) -> str:
    """The scenario with everything it extends and every default in it, as YAML that loads to an equal scenario."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 140
    text = io.StringIO()
    yaml.dump(scenario.resolved(), text)
    return text.getvalue()


def announce_compiling() -> None:
    """Say that the first run compiles; to be called before the rules are imported, which makes the folder of compiled code."""
    from sim.rules.compiling import compiled_before

    if not compiled_before():
        say("First run of this version on this machine: compiling the model takes a minute or two; later runs start at once.")


def _simulate(
    scenario: Scenario,
    summary: RunSummary,
    clock: ClockName,
    replications: int,
    finished: dict[int, ReplicationResult],
    parts: PartialStore,
) -> None:
    if len(finished) == replications:
        return
    announce_compiling()
    from sim.simulate import simulate

    with progress(summary.scenario, replications, len(finished)) as shown:

        def keep(result: ReplicationResult) -> None:
            parts.keep(result)
            finished[result.replication] = result
            shown.advance()

        simulate(
            scenario,
            replications=replications,
            seed=summary.seed,
            clock=clock,
            on_replication=keep,
            skip=frozenset(finished),
            workers=os.cpu_count() or 1,
        )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
