"""Two runs side by side: `caseload compare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.commands.errors import UserError
from sim.commands.running import ClockName, FinishedRun, Request, execute, open_scenario
from sim.commands.showing import console, print_table
from sim.outcomes.comparing import difference_tree
from sim.outcomes.measures import BY_NAME
from sim.outcomes.store import read_run
from sim.outcomes.summary import UNCALIBRATED_NOTE, summarise
from sim.report import tables, words


def compare_runs(
    first: Path, second: Path, overrides: Sequence[str], replications: int | None, seed: int | None, clock: ClockName
) -> tuple[FinishedRun, FinishedRun]:
    """Both runs with the same seed and replications: a results folder is read, a scenario is run.

    Everything is checked before a run starts.
    """
    stored = [read_run(path) if (path / "run.json").is_file() else None for path in (first, second)]
    opened = [None if known else open_scenario(path, overrides) for known, path in zip(stored, (first, second), strict=True)]
    if any(stored) and overrides:
        raise UserError("--set changes scenarios; the results folder is already made")
    for known in stored:
        if known:
            seed = known.summary.seed if seed is None else seed
            replications = replications or len(known.results)
            if known.summary.seed != seed:
                raise UserError(f"{known.folder} was run with seed {known.summary.seed}, not {seed}: the patients would not be the same")
            if len(known.results) < replications:
                raise UserError(f"{known.folder} has {len(known.results)} replications, fewer than {replications}")
    scenario = opened[0] or opened[1]
    if scenario is not None:
        seed = scenario.run.seed if seed is None else seed
        replications = replications or scenario.run.replications
    finished = []
    for known, path, scenario in zip(stored, (first, second), opened, strict=True):
        if known:
            finished.append(FinishedRun(known.summary, known.terms, known.results[:replications]))
        else:
            finished.append(execute(Request(path, overrides, replications, seed, clock), scenario))
    a, b = finished
    return a, b


def comparison_object(a: FinishedRun, b: FinishedRun) -> dict[str, Any]:
    """The JSON object of a comparison: both runs' objects, and `difference`, `cohorts` and `staff` of B - A, paired."""
    return {
        "a": summarise(a.summary, a.results, a.terms),
        "b": summarise(b.summary, b.results, b.terms),
        "seed": a.summary.seed,
        "replications": len(a.results),
        "uncalibrated": True,
        "note": UNCALIBRATED_NOTE,
        **difference_tree(a.results, b.results, a.terms, b.terms),
    }


def show_comparison(a: FinishedRun, b: FinishedRun, compared: dict[str, Any]) -> None:
    """Tables for people."""
    from rich.text import Text

    out = console()
    names = ("A", "B")
    for letter, run in zip(names, (a, b), strict=True):
        out.print(Text(f"{letter}: {words.printable(run.summary.scenario)} - {words.printable(run.summary.title)}", style="bold"))
    out.print(
        Text(f"Seed {compared['seed']}, {compared['replications']} replications, eligible patients at launch, whole programme period")
    )
    if compared["same_usual_care"]:
        out.print(Text("Both have the same patients and the same usual care, so a difference is the work of the programme."))
    else:
        out.print(Text("Usual care differs between A and B (other patients, sites or care): the difference is not the programme's alone."))
    out.print()
    for title, measures in tables.SECTIONS:
        print_table(out, _section(title, measures, compared))
    for letter in names:
        table = tables.staff_table(compared[letter.lower()])
        if table.rows:
            note = table.note if letter == "B" else ""
            print_table(out, tables.Table(f"{letter}: {table.title[0].lower()}{table.title[1:]}", table.columns, table.rows, note))
    out.print(Text(tables.HOW_TO_READ, style="dim"))
    out.print(Text(UNCALIBRATED_NOTE, style="bold"))


def _section(title: str, measures: Sequence[str], compared: dict[str, Any]) -> tables.Table:
    rows = []
    for name in measures:
        unit = BY_NAME[name].unit
        values = [words.spread(compared[letter]["arms"]["programme"][name], unit) for letter in ("a", "b")]
        rows.append((tables.measure_label(name), *values, tables.difference_text(compared["difference"][name], unit)))
    return tables.Table(f"{title} with the programme", ("", "A", "B", "B - A"), tuple(rows))
