"""Two runs side by side: `caseload compare`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands.errors import UserError
from sim.commands.running import ClockName, FinishedRun, Request, appraised, execute, open_scenario
from sim.commands.showing import console, print_table
from sim.outcomes.comparing import difference_tree
from sim.outcomes.measures import BY_NAME
from sim.outcomes.store import StoredRun, read_run
from sim.outcomes.summary import over_replications, summarise
from sim.report import tables, words
from sim.report.evidence import differences, differences_table
from sim.report.money_compared import by_replication, money_table, values_of
from sim.report.money_compared import differences as money_differences

if TYPE_CHECKING:
    from sim.scenario import Scenario

NAMES = ("A", "B")


@dataclass(frozen=True)
class Side:
    """One of the two. source: the file or folder that was named; scenario: its resolved settings; money: the rows of `money_compared`,
    one value a replication, None when the contract was not settled; refused: why not."""

    source: Path
    run: FinishedRun
    scenario: Any
    money: dict[str, list[float]] | None
    refused: str = ""

    @property
    def title(self) -> str:
        """The file or folder, and the scenario's title."""
        return words.printable(f"{self.source} - {self.run.summary.title}")


def compare_runs(
    first: Path, second: Path, overrides: Sequence[str], replications: int | None, seed: int | None, clock: ClockName
) -> tuple[Side, Side]:
    """Both runs with the same seed and replications: a results folder is read, a scenario is run.

    Everything is checked before a run starts.
    """
    paths = (first, second)
    stored = [read_run(path) if (path / "run.json").is_file() else None for path in paths]
    opened = [None if known else open_scenario(path, overrides) for known, path in zip(stored, paths, strict=True)]
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
    sides = []
    for known, path, scenario in zip(stored, paths, opened, strict=True):
        if known:
            assert replications is not None
            sides.append(_read(known, replications))
        else:
            assert scenario is not None
            sides.append(_run(Request(path, overrides, replications, seed, clock), scenario))
    a, b = sides
    return a, b


def _read(known: StoredRun, replications: int) -> Side:
    """The first replications of a results folder."""
    from sim.report.reading import read

    reading = read(known.folder)
    run = FinishedRun(known.summary, known.terms, known.results[:replications])
    if not known.appraisal:
        return Side(known.folder, run, reading.scenario, None, "its results hold no contract's figures")
    return Side(known.folder, run, reading.scenario, values_of(reading.money.iloc[:replications]))


def _run(request: Request, scenario: Scenario) -> Side:
    """A scenario that is run now, and settled if its contract can be."""
    import pandas as pd

    from sim.appraisal import with_statement

    run = execute(request, scenario, partial(with_statement, scenario))
    settings = None if run.frozen is None else run.frozen.data
    try:
        table = pd.DataFrame(appraised(scenario, run.results).money).astype({"value": float})
    except UserError as error:
        return Side(request.path, run, settings, None, str(error))
    return Side(request.path, run, settings, values_of(by_replication(table)))


def comparison_object(a: Side, b: Side) -> dict[str, Any]:
    """The JSON object of a comparison: both runs' objects; `difference`, `cohorts` and `staff` of B - A, paired; `settings`, those that
    differ; `money`: the rows of `money_compared` for a, b and B - A, None unless both contracts were settled."""
    one, two = a.run, b.run
    each = [summarise(side.run.summary, side.run.results, side.run.terms) for side in (a, b)]
    return {
        "a": each[0],
        "b": each[1],
        "seed": one.summary.seed,
        "replications": len(one.results),
        "uncalibrated": any(tree["uncalibrated"] for tree in each),
        "note": next((tree["note"] for tree in each if tree["uncalibrated"]), each[0]["note"]),
        "settings": _settings(a, b),
        "money": _money(a, b),
        **difference_tree(one.results, two.results, one.terms, two.terms),
    }


def _settings(a: Side, b: Side) -> dict[str, dict[str, str]] | None:
    if a.scenario is None or b.scenario is None:
        return None
    return {name: {"a": first, "b": second} for name, first, second in differences([a.scenario, b.scenario])}


def _money(a: Side, b: Side) -> dict[str, Any] | None:
    if a.money is None or b.money is None:
        return None
    columns = {"a": a.money, "b": b.money, "difference": money_differences(a.money, b.money)}
    return {
        name: over_replications([dict(zip(rows, each, strict=True)) for each in zip(*rows.values(), strict=True)])
        for name, rows in columns.items()
    }


def show_comparison(a: Side, b: Side, compared: dict[str, Any]) -> None:
    """Tables for people."""
    from rich.text import Text

    out = console()
    for letter, side in zip(NAMES, (a, b), strict=True):
        out.print(Text(f"{letter}: {side.title}", style="bold"))
    out.print(
        Text(f"Seed {compared['seed']}, {compared['replications']} replications, eligible patients at launch, whole programme period")
    )
    if compared["same_usual_care"]:
        out.print(Text("Both have the same patients and the same usual care, so a difference is the work of the programme."))
    else:
        out.print(Text("Usual care differs between A and B (other patients, sites or care): the difference is not the programme's alone."))
    for letter, side in zip(NAMES, (a, b), strict=True):
        if side.refused:
            out.print(Text(f"{letter}: {side.refused}"))
    out.print()
    if a.scenario is not None and b.scenario is not None:
        print_table(out, differences_table([a.scenario, b.scenario], NAMES))
    if a.money is not None and b.money is not None:
        print_table(out, money_table([a.money, b.money], NAMES, paired=True))
    for title, measures in tables.SECTIONS:
        if not tables.is_money(measures):
            print_table(out, _section(title, measures, compared))
        elif a.money is None or b.money is None:
            print_table(out, _section(f"{title}, {a.run.terms.dollars}", measures, compared))
    for letter in NAMES:
        table = tables.staff_table(compared[letter.lower()])
        if table.rows:
            note = table.note if letter == "B" else ""
            print_table(out, tables.Table(f"{letter}: {table.title[0].lower()}{table.title[1:]}", table.columns, table.rows, note))
    out.print(Text(tables.HOW_TO_READ, style="dim"))
    out.print(Text(compared["note"], style="bold"))


def _section(title: str, measures: Sequence[str], compared: dict[str, Any]) -> tables.Table:
    rows = []
    for name in measures:
        unit = BY_NAME[name].unit
        values = [words.spread(compared[letter]["arms"]["programme"][name], unit) for letter in ("a", "b")]
        rows.append((tables.measure_label(name), *values, tables.difference_text(compared["difference"][name], unit)))
    return tables.Table(f"{title} with the programme", ("", "A", "B", "B - A"), tuple(rows))
