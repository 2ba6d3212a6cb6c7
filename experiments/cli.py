"""The commands that experiments add to `caseload`. What is heavy is imported by the command that needs it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.errors import FAILED, INTERRUPTED, friendly, leave, say

if TYPE_CHECKING:
    from experiments.sweep.store import Collected

MOST_REASONS = 5
"""Reasons of failures that are shown; the file of failures has all."""

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep, as `caseload sweep plan` wrote it.")]
Workers = Annotated[int | None, typer.Option("--workers", "-w", min=1, help="Processes here. Default: the cores of the allocation.")]
Cluster = Annotated[str | None, typer.Option("--cluster", help="A Dask cluster instead: local, tcp://HOST:PORT, tls://HOST:PORT or slurm.")]
ClusterFile = Annotated[Path | None, typer.Option("--cluster-options", metavar="FILE", help="YAML: host, dashboard, security, jobs, job.")]

sweep = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Run a whole experiment: many scenarios, many replications; it can be stopped and goes on.",
)


@sweep.command()
@friendly
def plan(
    experiment: Annotated[Path, typer.Argument(metavar="EXPERIMENT", help="The experiment's YAML file.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="A new folder. Default: results/<experiment>-<n>.")] = None,
    task_size: Annotated[
        int | None, typer.Option("--task-size", min=1, help="Replications in a task. Default: as many as take about a minute here.")
    ] = None,
) -> None:
    """Check an experiment and write what will be run: design points, replications, tasks."""
    from experiments.specification.loading import open_experiment
    from experiments.sweep.planning import make_plan
    from sim.commands.running import announce_compiling
    from sim.drawn import applied
    from sim.outcomes.store import default_folder

    opened = open_experiment(experiment)
    if task_size is None:
        announce_compiling()
    made = make_plan(opened, out or default_folder(experiment.stem), task_size)
    where = shlex.quote(str(made.folder))
    print(f"{len(made.points):,} points, {made.replications:,} replications in {len(made.tasks):,} tasks: {made.folder}")
    use = applied(opened.base.scenario)
    if use is not None:
        say(f"Each replication draws {len(use.names)} parameters from the posterior {use.posterior.name}: they are no factors.")
    say(f"Next: caseload sweep run {where}")


@sweep.command()
@friendly
def run(
    folder: Folder,
    workers: Workers = None,
    cluster: Cluster = None,
    cluster_options: ClusterFile = None,
    shard: Annotated[str | None, typer.Option("--shard", metavar="K/N", help="Only part K of N, as a job of an array.")] = None,
    hours: Annotated[float | None, typer.Option("--hours", min=0.0, help="Begin no task after so many hours.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run tasks again in which something failed.")] = False,
    mix_models: Annotated[bool, typer.Option("--mix-models", help="Go on although the model has changed since the plan.")] = False,
    events: Annotated[
        Path | None, typer.Option("--events", metavar="DIR", help="Also write every event of what is run now: a folder for each point.")
    ] = None,
) -> None:
    """Run what is planned and not done yet. Stop it at any time; the same command goes on."""
    from experiments.sweep.plan import read_plan
    from experiments.sweep.runner import Limits, OutOfTime, Shard
    from experiments.sweep.runner import run as run_plan
    from experiments.sweep.store import collect, status, write_collected
    from sim.commands.running import announce_compiling

    limits = Limits(Shard.parse(shard) if shard else None, None if hours is None else hours * 3600, mix_models, retry_failed, events)
    read_plan(folder.absolute())
    announce_compiling()
    again = shlex.join(["caseload", "sweep", "run", str(folder)])
    try:
        done = run_plan(folder.absolute(), executor(workers, cluster, cluster_options), limits)
    except KeyboardInterrupt:
        leave(INTERRUPTED, f"Stopped. Finished tasks are kept; to go on: {again}")
    except OutOfTime as late:
        say(f"Time is up: {late}. To go on: {again}")
        return
    now = status(done)
    if not now.complete:
        print(f"Part {shard} is done; {now.done:,} of {now.tasks:,} tasks of the plan are.")
        return
    collected = collect(done)
    write_collected(collected)
    print(f"{len(collected.point):,} replications of {now.points:,} points: {folder / 'collected'}")
    if collected.failed:
        say(*collected.reasons()[:MOST_REASONS], f"To run only those again: {again} --retry-failed")
    if len(collected.point):
        say(f"Next: caseload analyse {shlex.quote(str(folder))}")
    if collected.failed:
        raise SystemExit(FAILED)


@sweep.command("status")
@friendly
def show_status(folder: Folder, json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say how far a sweep is."""
    import dataclasses

    from experiments.sweep.plan import read_plan
    from experiments.sweep.progress import duration
    from experiments.sweep.store import status
    from sim.outcomes.store import strict_json

    read = read_plan(folder.absolute())
    now = status(read)
    if json:
        print(strict_json({"title": read.head.title, "generation": read.generation, **dataclasses.asdict(now), "complete": now.complete}))
        return
    print(f"{read.head.title}: {now.done:,} of {now.tasks:,} tasks, {now.replications_done:,} of {now.replications:,} replications done")
    if now.failed_replications:
        print(f"{now.failed_replications:,} replications failed; `caseload sweep collect` lists why")
    if now.seconds:
        left = (now.replications - now.replications_done) * now.per_replication
        print(f"{now.simulated / now.seconds:.1%} of the tasks' time was spent inside the simulator")
        if not now.complete:
            print(f"About {duration(left)} of work for one worker is left")


@sweep.command()
@friendly
def expand(
    folder: Folder,
    replications: Annotated[int | None, typer.Option("--replications", "-n", min=1, help="Replications of every point.")] = None,
    size: Annotated[int | None, typer.Option("--size", min=1, help="New size of the design: points, base, trajectories or draws.")] = None,
    precision: Annotated[bool, typer.Option("--precision", help="Add what the plan's precision still needs.")] = False,
    this_model: Annotated[bool, typer.Option("--this-model", help="Plan everything again for the model as it is now.")] = False,
) -> None:
    """Make a plan larger. Everything that is done stays, and is not run again."""
    from experiments.errors import SweepError
    from experiments.sweep.plan import for_this_model, read_plan
    from experiments.sweep.planning import larger
    from experiments.sweep.runner import next_round

    before = read_plan(folder.absolute())
    if not (replications or size or precision or this_model):
        raise SweepError("say what to add: --replications, --size, --precision or --this-model")
    after = for_this_model(before) if this_model else before
    if replications or size:
        after = larger(after, replications, size)
    if precision:
        if after.precision is None:
            raise SweepError("the experiment names no precision")
        after = next_round(after) or after
    added = after.replications - (0 if this_model else before.replications)
    print(f"{added:,} replications were added; there are {len(after.points):,} points and {len(after.tasks):,} tasks")


@sweep.command("collect")
@friendly
def collect_shards(folder: Folder) -> None:
    """Put what is done into one table of outcomes, one of points and one of failures."""
    from experiments.sweep.plan import read_plan
    from experiments.sweep.store import FAILURES, collect, write_collected

    collected = collect(read_plan(folder.absolute()))
    write_collected(collected)
    whole = "" if collected.complete else " (the sweep is not finished)"
    print(f"{len(collected.point):,} replications{whole}: {folder / 'collected'}")
    for reason in collected.reasons():
        print(reason)
    if collected.failures:
        print(f"Each of them, with its point: {folder / 'collected' / FAILURES}")


@sweep.command()
@friendly
def report(folder: Folder, pdf: Annotated[bool, typer.Option("--pdf", help="Write each figure as PDF too.")] = False) -> None:
    """Write a page with the tables and figures of the analysis: DIR/report.html, its figures and a workbook beside it."""
    from experiments.analysis.analysing import analyse as make_tables
    from experiments.report.page import write_page
    from sim.report.chart import FORMATS
    from sim.report.publishing import PRINTED

    collected = outcomes_of(folder)
    write_page(collected, make_tables(collected, collected.outcomes), PRINTED if pdf else FORMATS)
    print(f"Wrote {folder / 'report.html'}, report.xlsx and report_files/")


@sweep.command()
@friendly
def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write into a file instead of the terminal.")] = None,
) -> None:
    """Print the JSON Schema of an experiment, for editors that check while you type."""
    from experiments.specification.schema import schema_text
    from sim.outcomes.store import write_text

    if out is None:
        print(schema_text(), end="")
        return
    write_text(out, schema_text())
    say(f"Wrote {out}")


def executor(workers: int | None, cluster: str | None, options: Path | None) -> Any:
    """The executor that the options of a command name. Errors: SweepError."""
    from experiments.errors import SweepError
    from experiments.sweep.executors import cores, local

    if cluster is None:
        if options is not None:
            raise SweepError("--cluster-options needs --cluster")
        return local(workers or cores())
    from experiments.sweep.clusters import connect, local_cluster, read_options, slurm_cluster

    read = read_options(options)
    if cluster == "local":
        return local_cluster(workers or cores(), read)
    if workers is not None:
        raise SweepError("--workers is of this machine; a cluster has the workers it has")
    if cluster == "slurm":
        return slurm_cluster(read)
    if cluster.startswith(("tcp://", "tls://")):
        return connect(cluster, read)
    raise SweepError(f"--cluster must be local, slurm, tcp://HOST:PORT or tls://HOST:PORT (got '{cluster[:60]}')")


def outcomes_of(folder: Path) -> Collected:
    """What a sweep has found so far. Errors: SweepError when that is nothing."""
    from experiments.errors import SweepError
    from experiments.sweep.plan import read_plan
    from experiments.sweep.store import collect

    collected = collect(read_plan(folder.absolute()))
    if not len(collected.point):
        again = f"caseload sweep run {shlex.quote(str(folder))}"
        if collected.failed:
            why = "; ".join(collected.reasons()[:MOST_REASONS])
            raise SweepError(f"{folder} has no outcomes: {why}. To try once more: {again} --retry-failed")
        raise SweepError(f"{folder} has no outcomes yet; run it with: {again}")
    return collected


Outcomes = Annotated[list[str] | None, typer.Option("--outcome", metavar="NAME", help="Only this outcome. May be repeated.")]


def analyse(
    folder: Folder,
    outcome: Outcomes = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say what a sweep shows: the analysis that its design was made for, as tables here and in DIR/analysis."""
    from experiments.analysis.analysing import analyse as make_tables
    from experiments.analysis.analysing import write_tables
    from experiments.analysis.showing import show
    from experiments.errors import SweepError
    from experiments.specification.names import UnknownName, expand
    from sim.outcomes.store import strict_json

    collected = outcomes_of(folder)
    try:
        chosen = expand(outcome or ["*"], collected.outcomes)
    except UnknownName as error:
        raise SweepError(str(error)) from error
    if not collected.complete:
        say("The sweep is not finished: this is of what is done.")
    tables = make_tables(collected, chosen)
    write_tables(folder, tables)
    if json:
        print(strict_json({table.name: {"title": table.title, "note": table.note, "rows": list(table.rows)} for table in tables}))
        return
    show(tables)
    print(f"{', '.join(table.name + '.csv' for table in tables) or 'No table'}: {folder / 'analysis'}")


def solve(
    file: Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario, or an experiment that has the lever.")],
    target: Annotated[str, typer.Option("--target", help="What to reach, e.g. 'roi_fees >= 1 with probability 0.9'.")],
    lever: Annotated[str, typer.Option("--lever", help="What to move: a key of the scenario, or a lever of the experiment.")],
    low: Annotated[str | None, typer.Option("--from", help="Its least value, as in a scenario.")] = None,
    high: Annotated[str | None, typer.Option("--to", help="Its largest value.")] = None,
    step: Annotated[float | None, typer.Option("--step", min=0.0, help="Only multiples of this above the least.")] = None,
    draws: Annotated[int, typer.Option("--draws", min=0, help="Draws of the uncertain parameters; 0: chance alone.")] = 100,
    replications: Annotated[int, typer.Option("--replications", "-n", min=1, max=1000, help="Replications of each draw.")] = 1,
    overrides: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value. May be repeated.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0)] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder of the runs. The same folder goes on.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    cluster_options: ClusterFile = None,
) -> None:
    """Find what it takes to reach a target, or say that nothing does."""
    from experiments.decisions.commands import Question, answer_question

    question = Question(file, target, lever, low, high, step, draws, replications, tuple(overrides or ()), seed)
    answer_question(question, out, lambda: executor(workers, cluster, cluster_options))


def optimise(
    experiment: Annotated[Path, typer.Argument(metavar="EXPERIMENT", help="An experiment with levers: grid, list or psa.")],
    objective: Annotated[
        list[str] | None, typer.Option("--objective", help="An outcome to be large, or - and an outcome to be small. May be repeated.")
    ] = None,
    most: Annotated[
        int | None, typer.Option("--most", min=1, help="Replications of those left at the end. Default: 8 x the first.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder of the runs. The same folder goes on.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    cluster_options: ClusterFile = None,
) -> None:
    """Race the levers of an experiment and show the frontier between what is wanted."""
    from experiments.decisions.commands import optimise_levers

    optimise_levers(experiment, objective or [], most, out, lambda: executor(workers, cluster, cluster_options))
