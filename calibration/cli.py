"""The commands that calibration adds to `caseload`. What is heavy is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli import Cluster, ClusterFile, Workers, executor

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's YAML file.")]
Overrides = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value. May be repeated.")]
BASELINE_HELP = (
    "A year of your own: the columns figure and value, with any of eligible_share, ed_visits_per_1000_py, admissions_per_1000_py and pbpm "
    "(USD a month) of the eligible patients in the year before launch; calibration/README.md defines them."
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def check(
    scenario: ScenarioFile,
    targets: Annotated[Path, typer.Option("--targets", metavar="FILE", help="Published figures, as in calibration/targets.")],
    replications: Annotated[int | None, typer.Option("--replications", "-n", min=1, max=100_000, help="Default: the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, max=2**53 - 1, help="Default: the scenario's.")] = None,
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """Run a scenario and put it beside published figures: which of them it meets."""
    import numpy as np

    from calibration.checking import compared
    from calibration.measures import Ran, persons_of, values_of, variants
    from calibration.showing import show_rows
    from calibration.targets import read_targets
    from sim.commands.running import Request, execute, open_scenario
    from sim.flat import as_needed
    from sim.outcomes.store import strict_json

    opened = as_needed(open_scenario(scenario, overrides or []), [])
    wanted = read_targets(targets, opened)
    asked = [target.asked for target in wanted.all]
    scenarios = variants(asked, opened)
    persons = persons_of(asked)
    done = {
        changes: execute(Request(scenario, [*(overrides or []), *changes], replications, seed, persons=persons), changed)
        for changes, changed in scenarios.items()
    }
    side_by_side = zip(*(one.results for one in done.values()), strict=True)
    rows = compared(
        wanted.all,
        np.array([values_of(asked, dict(zip(done, map(Ran, scenarios.values(), ran), strict=True))) for ran in side_by_side]),
    )
    for one in done.values():
        if one.parts:
            one.parts.clear()
    if json:
        facts = {"scenario": opened.title, "targets": wanted.title, "replications": len(done[()].results), "seed": done[()].summary.seed}
        left = {name: block.model_dump() for name, block in wanted.not_measured.items()}
        print(strict_json({**facts, "rows": [row.plain() for row in rows], "not_measured": left}))
        return
    show_rows(f"{opened.title} beside: {wanted.title}", rows, wanted.not_measured)


def calibrate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A calibration, as calibration/mgh_phase1.yaml.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The same folder goes on. Default: results/calibration-NAME.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, max=2**53 - 1, help="Other luck. Default: the file's.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    cluster_options: ClusterFile = None,
) -> None:
    """Fit a scenario's parameters to published figures. Stop it at any time; the same command goes on."""
    from calibration.calibrating import Calibrator
    from calibration.specification import open_calibration
    from sim.commands.errors import INTERRUPTED, leave, say
    from sim.commands.running import announce_compiling

    opened = open_calibration(file)
    folder = out or Path("results") / f"calibration-{opened.specification.posterior}"
    announce_compiling()
    runner = executor(workers, cluster, cluster_options)
    try:
        done = Calibrator(opened, folder.absolute(), runner, seed, say).calibrate()
    except KeyboardInterrupt:
        leave(INTERRUPTED, "Stopped. Finished runs are kept; the same command goes on.")
    finally:
        runner.close()
    from calibration.keeping import write_posterior, write_tables
    from calibration.report.page import unidentified, write_page
    from calibration.showing import show_rows

    path = write_posterior(done, folder)
    write_tables(done, folder)
    page = write_page(done, folder)
    show_rows(f"{opened.specification.title}: runs at draws of the posterior", done.posterior, opened.targets.not_measured)
    print("\n".join(unidentified(done)))
    print(f"Posterior: {path}\nReport: {page}")


def localise(
    scenario: ScenarioFile,
    baseline: Annotated[Path, typer.Option("--baseline", metavar="CSV", help=BASELINE_HELP)],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="A new folder. Default: one in results.")] = None,
    replications: Annotated[int, typer.Option("--replications", "-n", min=1, max=1000, help="Replications in each round.")] = 12,
    seed: Annotated[int | None, typer.Option("--seed", min=0, max=2**53 - 1, help="Default: the scenario's.")] = None,
    overrides: Overrides = None,
) -> None:
    """Anchor a scenario to your own baseline year: rates, risk scale and prices. Effects stay as they are."""
    from calibration.localising import Plan, read_year
    from calibration.localising import localise as anchor
    from calibration.showing import number
    from sim.commands.errors import UserError, say
    from sim.commands.running import announce_compiling, open_scenario
    from sim.frozen import frozen
    from sim.outcomes.store import default_folder

    opened = open_scenario(scenario, overrides or [])
    own = read_year(baseline)
    folder = out or default_folder(f"localised-{scenario.stem}")
    if folder.exists():
        raise UserError(f"{folder} exists; name a new folder with --out")
    announce_compiling()
    done = anchor(opened, own, Plan(baseline.name, replications, opened.run.seed if seed is None else seed), say)
    folder.mkdir(parents=True)
    path = frozen(done.scenario).write(folder)
    for name, (mine, simulated) in done.figures.items():
        print(f"{name}: {number(simulated)} (own {number(mine)})")
    for key, (before, after) in done.values.items():
        print(f"{key}: {number(before)} -> {number(after)}")
    print(f"Scenario: {path}")
