"""Run a scenario with progress, keep each replication as it finishes, and go on where a stopped run left off."""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.commands.errors import INTERRUPTED, UserError, leave, say
from sim.commands.progress import progress
from sim.outcomes.measures import measure_replication
from sim.outcomes.partial import PartialStore, partial_key
from sim.outcomes.provenance import git_commit, library_versions, machine, model_version, version
from sim.outcomes.results import ReplicationResult
from sim.outcomes.summary import RunSummary
from sim.outcomes.terms import Terms, terms_of

if TYPE_CHECKING:
    from sim.appraisal import Appraisal
    from sim.frozen import Frozen
    from sim.scenario import Scenario
    from sim.simulate import Finish

ClockName = Literal["compiled", "agents"]
SHOWN: Final = 3
"""Figures that a warning names."""


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
    events: Path | None = None
    """A folder for event logs; a replication whose log is not there is run again."""
    persons: Collection[str] = ()
    """Figures of `sim.outcomes.persons`; a replication that was kept without them is run again."""


@dataclass
class FinishedRun:
    """A run in memory, ready to be shown and stored. `parts` is cleared once the results are safe."""

    summary: RunSummary
    terms: Terms
    results: list[ReplicationResult]
    frozen: Frozen | None = None
    """The scenario, to be stored with the results."""
    record: dict[str, Any] = field(default_factory=dict)
    parts: PartialStore | None = None
    appraisal: Appraisal | None = None


def open_scenario(path: Path, overrides: Sequence[str] = ()) -> Scenario:
    """Load and check a scenario. Errors: sim.scenario.ScenarioErrors."""
    from sim.scenario import load

    if path.is_dir():
        raise UserError(f"{path} is a folder; a scenario is a YAML file")
    return load(path, list(overrides))


def execute(request: Request, scenario: Scenario | None = None, finish: Finish | None = None) -> FinishedRun:
    """Run all replications that are not kept from before. finish: as for `simulate`.

    Ctrl-C leaves with exit code 130 and a line that says how to go on.
    """
    scenario = scenario or open_scenario(request.path, request.overrides)
    seed = scenario.run.seed if request.seed is None else request.seed
    replications = scenario.run.replications if request.replications is None else request.replications
    terms = terms_of(scenario)
    from sim.drawn import posterior_name
    from sim.frozen import frozen

    summary = RunSummary(request.path.stem, scenario.title, seed, request.clock, scenario.digest(), posterior_name(scenario))
    parts = PartialStore(request.root, partial_key(summary.digest, seed, request.clock, model_version()))
    kept = parts.load(replications, terms)
    kept = {replication: result for replication, result in kept.items() if set(request.persons) <= set(result.persons)}
    if request.events is not None:
        from sim.outcomes.event_log import event_log_path

        kept = {replication: result for replication, result in kept.items() if event_log_path(request.events, replication).is_file()}
    started = _now()
    posterior = say_posterior(scenario)
    if kept:
        say(f"{summary.scenario}: {len(kept)} of {replications} replications were kept from a run that was stopped; going on from there")
    finished = dict(kept)
    try:
        _simulate(scenario, summary, request, replications, finished, parts, terms, finish)
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
        "posterior": posterior,
    }
    results = [finished[replication] for replication in range(replications)]
    return FinishedRun(summary, terms, results, frozen(scenario), record, parts)


def say_posterior(scenario: Scenario) -> dict[str, Any] | None:
    """Say which posterior a run draws its parameters from, and warn when it was fitted to another model. For run.json too."""
    from sim.drawn import applied

    use = applied(scenario)
    if use is None:
        return None
    about = use.posterior.about
    say(f"Each replication draws {len(use.names)} parameters from the posterior {use.posterior.name} ({about.get('date', 'no date')}).")
    if use.kept:
        say(f"Kept as stated and not drawn: {', '.join(use.kept)}.")
    if use.absent:
        say(f"Not in this scenario: {', '.join(use.absent)}.")
    changed = _changed_since(about)
    if changed:
        say(f"Warning: {changed}; `caseload calibrate` fits it again.")
    return {
        "name": use.posterior.name,
        "drawn": list(use.names),
        "kept": list(use.kept),
        "absent": list(use.absent),
        "model_version": about.get("model_version"),
        "targets_digest": about.get("targets_digest"),
    }


def _changed_since(about: Mapping[str, Any]) -> str | None:
    """What is different from when a posterior was fitted, in words; None when the model gives what it gave then."""
    before, now = about.get("model_version"), model_version()
    if before == now:
        return None
    kept = about.get("fingerprint")
    if not isinstance(kept, dict):
        return f"the posterior was fitted to another version of the model or its libraries ({before}, now {now})"
    from sim.fingerprint import differences
    from sim.scenario import ScenarioErrors

    try:
        different = differences(kept, announce_compiling)
    except ScenarioErrors as errors:
        return f"the scenario that the posterior was fitted to is refused now ({errors.problems[0]})"
    if not different:
        return None
    others = f" and {len(different) - SHOWN} others" if len(different) > SHOWN else ""
    return f"the model gives other results than when the posterior was fitted: {'; '.join(different[:SHOWN])}{others}"


def appraised(scenario: Scenario, results: Sequence[ReplicationResult]) -> Appraisal:
    """Evaluation, contract and parties of a finished run. Errors: UserError for a contract that its figures cannot settle."""
    from sim.appraisal import appraise

    try:
        return appraise(scenario, results)
    except ValueError as error:
        raise UserError(f"the contract cannot be settled on this run: {error}") from error


def announce_compiling() -> bool:
    """Say that the first run compiles, if it will; to be called before the rules are imported, which makes the folder of their code."""
    from sim.rules.compiling import compiled_before

    compiles = not compiled_before()
    if compiles:
        say("First run of this version on this machine: compiling the model takes a minute or two; later runs start at once.")
    return compiles


def _simulate(
    scenario: Scenario,
    summary: RunSummary,
    request: Request,
    replications: int,
    finished: dict[int, ReplicationResult],
    parts: PartialStore,
    terms: Terms,
    finish: Finish | None,
) -> None:
    if len(finished) == replications:
        return
    compiles = announce_compiling()
    from joblib import cpu_count

    from sim.simulate import simulate

    begun = time.monotonic()
    with progress(summary.scenario, replications, len(finished)) as shown:

        def keep(result: ReplicationResult) -> None:
            nonlocal compiles
            parts.keep(result)
            measure_replication(result, terms)  # kept for tables and summary; here while other processes still simulate
            finished[result.replication] = result
            shown.advance()
            if compiles:
                shown.say(f"Compiled, and the first replication run, in {time.monotonic() - begun:.0f} s.")
                compiles = False

        simulate(
            scenario,
            replications=replications,
            seed=summary.seed,
            clock=request.clock,
            on_replication=keep,
            skip=frozenset(finished),
            workers=cpu_count(),  # what this process may use
            events=request.events,
            finish=finish,
            persons=request.persons,
        )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
