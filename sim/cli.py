"""The `caseload` command. Heavy libraries are imported by the commands that need them, so that help and checks are instant."""

import importlib.metadata
import math
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from sim.commands.errors import BAD_INPUT, FAILED, UserError, friendly, leave, say

COMMANDS_GROUP: Final = "caseload.commands"
"""Entry points of other packages: a function becomes a command, a typer app a group of commands."""
LARGEST_SEED: Final = 2**53 - 1

app = typer.Typer(
    name="caseload",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Caseload simulates care-management programmes: what a staffing, an enrolment and a contract do to hospital use, deaths, "
    "savings and the owner's margin. Start with: caseload run scenarios/mgh_cmp/phase1.yaml",
)


class Clock(StrEnum):
    """The two engines; they give the same results to the bit."""

    compiled = "compiled"
    agents = "agents"


class Contract(StrEnum):
    """Contracts of which published results can be settled."""

    mssp = "mssp"


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's YAML file.")]
Replications = Annotated[
    int | None,
    typer.Option(
        "--replications", "-n", min=1, max=1_000_000, help="How many times to run, each with a new panel. Default: as the scenario says."
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=LARGEST_SEED, help="Same seed, same patients, same luck. Default: as the scenario says."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one value, e.g. --set programme.staff.case_manager.fte=6. May be repeated."),
]
ClockOption = Annotated[Clock, typer.Option("--clock", help="compiled is fast; agents is the Mesa and SimPy one. Same results.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def _version(wanted: bool) -> None:
    if wanted:
        from sim.outcomes.provenance import version

        print(f"caseload {version()}")
        raise typer.Exit()


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")] = False,
) -> None:
    pass


@app.command()
@friendly
def run(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    clock: ClockOption = Clock.compiled,
    overrides: Overrides = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Results folder. Default: results/<scenario>-<n>.")] = None,
    events: Annotated[
        Path | None,
        typer.Option("--events", metavar="DIR", help="Also write every event into this folder: a Parquet file a replication."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the results folder --out if it exists.")] = False,
    report: Annotated[
        bool | None,
        typer.Option("--report/--no-report", help="Write report.html into the results folder. Default: yes, but not with --json."),
    ] = None,
    json: Json = False,
) -> None:
    """Run a scenario: usual care and the programme on the same patients."""
    from functools import partial

    from sim.appraisal import check, with_statement
    from sim.commands.running import Request, appraised, execute, open_scenario
    from sim.commands.showing import show_run
    from sim.outcomes.store import REPORT, check_target, default_folder, read_summary, strict_json, write_run

    opened = open_scenario(scenario, overrides or [])
    if overwrite and out is None:
        raise UserError("--overwrite needs --out: without it every run has a new folder")
    check_target(out or default_folder(scenario.stem), overwrite)
    root = out.parent if out else Path("results")
    check(opened)
    done = execute(
        Request(scenario, overrides or [], replications, seed, clock.value, root, events), opened, partial(with_statement, opened)
    )
    done.record["command"] = _command("run", [scenario], done, overrides)
    refused: UserError | None = None
    try:
        done.appraisal = appraised(opened, done.results)
    except UserError as error:
        refused = error  # what was simulated is kept all the same
    assert done.frozen is not None
    folder = write_run(
        out,
        done.summary,
        done.terms,
        done.results,
        done.frozen.yaml,
        done.record,
        inputs=done.frozen.inputs,
        appraised=done.appraisal,
        overwrite=overwrite,
    )
    if done.parts:
        done.parts.clear()
    if done.appraisal is None:
        raise UserError(f"{refused}; the run without money and evaluation is saved in {folder}") from refused
    summary = read_summary(folder)
    if json:
        print(strict_json(summary))
    else:
        show_run(done, summary)
        print(f"Saved in {folder}")
    if report or (report is None and not json):
        from sim.report.page import write_report

        write_report([folder], folder / REPORT, events)
        if not json:
            print(f"Report:  {folder / REPORT}")


@app.command()
@friendly
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A scenario, or the results folder of an earlier run.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    replications: Replications = None,
    seed: Seed = None,
    clock: ClockOption = Clock.compiled,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value in both. May be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """Run two scenarios on the same seed and show the difference B - A between their programmes."""
    from sim.commands.comparing import compare_runs, comparison_object, show_comparison
    from sim.outcomes.store import strict_json

    runs = compare_runs(first, second, overrides or [], replications, seed, clock.value)
    for side in runs:
        if side.run.parts:
            side.run.parts.clear()
    compared = comparison_object(*runs)
    if json:
        print(strict_json(compared))
    else:
        show_comparison(*runs, compared)


@app.command()
@friendly
def validate(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="One or more scenario files.")],
    overrides: Overrides = None,
) -> None:
    """Check scenarios without running them; every problem with its line."""
    from sim.appraisal import check
    from sim.commands.errors import describe_bad_input
    from sim.commands.running import open_scenario
    from sim.population.checking import check_population
    from sim.population.panel_file import PanelErrors
    from sim.scenario import ScenarioErrors

    bad = 0
    for path in scenarios:
        try:
            opened = open_scenario(path, overrides or [])
            check_population(opened)
            check(opened)
        except (ScenarioErrors, PanelErrors) as error:
            bad += 1
            say(*(line for line in describe_bad_input(error)))
            continue
        print(f"{path}: no problems ({len(opened.parameters()):,} parameters)")
    if bad:
        raise SystemExit(BAD_INPUT)


@app.command()
@friendly
def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write into a file instead of the terminal.")] = None,
) -> None:
    """Print the JSON Schema of a scenario, for editors that check while you type."""
    from sim.scenario.schema import schema_text

    _emit(schema_text(), out)


@app.command()
@friendly
def parameters(
    scenario: ScenarioFile,
    overrides: Overrides = None,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet or an appendix.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the CSV into a file.")] = None,
) -> None:
    """Print every parameter: value, unit, uncertainty, source, grade and who set it."""
    from sim.commands.parameters import parameters_csv, show_parameters
    from sim.commands.running import open_scenario

    opened = open_scenario(scenario, overrides or [])
    if csv or out:
        _emit(parameters_csv(opened), out)
    else:
        show_parameters(opened)


@app.command()
@friendly
def verify(
    scenario: ScenarioFile,
    replications: Annotated[int, typer.Option("--replications", "-n", min=1, help="How many replications to compare.")] = 1,
    seed: Seed = None,
    overrides: Overrides = None,
) -> None:
    """Run both clocks and compare their full event logs."""
    from sim.commands.running import announce_compiling, open_scenario

    opened = open_scenario(scenario, overrides or [])
    announce_compiling()
    from sim.verify import verify as compare_clocks

    result = compare_clocks(opened, replications=replications, seed=opened.run.seed if seed is None else seed)
    if not result.identical:
        leave(FAILED, result.text)
    print(result.text)


@app.command()
@friendly
def trace(
    scenario: ScenarioFile,
    patient: Annotated[int, typer.Option("--patient", min=0, help="Number of the patient in the panel.")],
    replication: Annotated[int, typer.Option("--replication", min=0, help="Which replication, counted from 0.")] = 0,
    seed: Seed = None,
    overrides: Overrides = None,
) -> None:
    """Show one patient's time line in both arms side by side, and what averted each admission."""
    from sim.commands.running import announce_compiling, open_scenario

    opened = open_scenario(scenario, overrides or [])
    announce_compiling()
    from sim.trace import trace as follow

    print(follow(opened, patient=patient, replication=replication, seed=opened.run.seed if seed is None else seed))


@app.command()
@friendly
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario; NAME.yaml is written here.")],
) -> None:
    """Write a commented scenario to start from."""
    from sim.commands.starting import write_starter

    path = write_starter(name)
    print(f"Wrote {path}. Next: caseload validate {shlex.quote(str(path))}, then caseload run {shlex.quote(str(path))}")


@app.command()
@friendly
def report(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...", help="Results folders. Several runs are compared; sweeps and calibrations add what they found."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Default: report.html in the run's folder, or comparison.html here."),
    ] = None,
    events: Annotated[
        Path | None, typer.Option("--events", metavar="DIR", help="Event log of the run (caseload run --events): what averted the crises.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write each figure as PDF too.")] = False,
) -> None:
    """Write a page, its figures and a workbook from results folders; several runs are compared."""
    from sim.outcomes.store import REPORT
    from sim.report.chart import FORMATS
    from sim.report.page import write_report
    from sim.report.publishing import PRINTED
    from sim.report.reading import is_run

    runs = [folder for folder in folders if is_run(folder)]
    path = out or (runs[0] / REPORT if len(runs) == 1 else Path("comparison.html"))
    if path.is_dir():
        raise UserError(f"{path} is a folder; --out names a file")
    write_report(folders, path, events, PRINTED if pdf else FORMATS)
    print(f"Wrote {path}, {path.with_suffix('.xlsx').name} and {path.stem}_files/")


@app.command()
@friendly
def settle(
    contract: Annotated[Contract, typer.Option("--contract", help="mssp: Medicare Shared Savings Program, all tracks.")],
    table: Annotated[Path, typer.Option("--table", metavar="IN.csv", help="Published results, one row per ACO and year.")],
    out: Annotated[Path, typer.Option("--out", metavar="OUT.csv", help="Where the settled rows go; never the table itself.")],
) -> None:
    """Settle a table of published results: what each row earns or owes, beside what was paid. Simulates nothing.

    IN.csv is UTF-8 with commas; its first line names the columns as CMS's public-use file does, in capitals or small letters; other columns
    are left alone. Money in USD, shares as 0.92 for 92%, yes and no as 1 and 0.

    Needed: performance_year (from 2019, or with sequestration); aco_id; track (basic_a, basic_b, basic_c, basic_d, basic_e, enhanced,
    track_1, track_1_plus, track_2, track_3); n_ab, assigned beneficiaries; abtotbnchmk, benchmark, and abtotexp, expenditure, both of all
    of them; qualscore, quality score as a share; met_qps, whether the quality standard is met.

    If known: minsavperc, minimum rate as a share (needed on a two-sided track); quality_standard (met, alternative, failed); agreement_year
    (from 1, of track_2); revlosslimit, whether losses are limited by revenue; participant_revenue; sequestration, a share; disadj, taken
    off a loss for a disaster, negative; earnsaveloss, what was paid or, negative, owed; agreement_period_num, copied.
    """
    from sim.commands.settling import settle_file

    print(settle_file(table, out))
    say(f"Wrote {out}")


@app.command()
@friendly
def power(
    scenario: ScenarioFile,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=1_000_000, help="How many replications to learn from how costs vary.")
    ] = 5,
    seed: Seed = None,
    effect: Annotated[
        str | None,
        typer.Option("--effect", help="Saving to be found, as a share of cost: 0.05 or 5%. Default: what the programme truly saves."),
    ] = None,
    overrides: Overrides = None,
    json: Json = False,
) -> None:
    """Tell how many patients and years an evaluation needs."""
    from sim.commands.running import announce_compiling, open_scenario

    opened = open_scenario(scenario, overrides or [])
    sought = None if effect is None else _share(effect)
    if opened.evaluation is not None:
        announce_compiling()
    from sim.commands.power import power_object, show_power
    from sim.outcomes.store import strict_json

    found = power_object(opened, opened.run.seed if seed is None else seed, replications, sought)
    if json:
        print(strict_json(found))
    else:
        show_power(found)


def _share(text: str) -> float:
    """`0.05` and `5%` alike. Errors: UserError."""
    try:
        share = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        share = math.nan
    if not 0 < abs(share) < 1:
        raise UserError(f"--effect is a share of cost above 0 and below 1, such as 0.05 or 5% (got {text[:40]})")
    return share


def _emit(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    from sim.outcomes.store import write_text

    if out.is_dir():
        raise UserError(f"{out} is a folder; --out names a file")
    write_text(out, text)
    say(f"Wrote {out}")


def _command(command: str, files: list[Path], done: Any, overrides: list[str] | None) -> str:
    """The command that gives the same results again, whatever the scenario's own seed and replications become."""
    words = ["caseload", command, *map(str, files), "--replications", str(len(done.results)), "--seed", str(done.summary.seed)]
    words += ["--clock", done.summary.clock] if done.summary.clock != Clock.compiled else []
    for override in overrides or []:
        words += ["--set", override]
    return shlex.join(words)


def add_commands_of_other_packages(arguments: list[str]) -> None:
    """Load entry points, unless one of our own commands is asked for: they may be slow to import."""
    own = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    if any(argument in own for argument in arguments[:1]):
        return
    for entry in importlib.metadata.entry_points(group=COMMANDS_GROUP):
        if entry.name in own:
            say(f"caseload: the command {entry.name!r} of {entry.value} is left out: there is one of that name already")
            continue
        try:
            loaded = entry.load()
        except Exception as error:
            say(f"caseload: the command {entry.name!r} cannot be loaded: {type(error).__name__}: {error}")
            continue
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=entry.name)
        else:
            app.command(entry.name)(friendly(loaded))


def main() -> None:
    """Entry point of the `caseload` command."""
    add_commands_of_other_packages(sys.argv[1:])
    app()


if __name__ == "__main__":
    main()
