"""Results on disk: one folder per run, written whole or not at all, and never over something that is not ours.

    run.json            what ran, where, when, with which versions, seed and terms
    scenario.yaml       the resolved scenario, to be run again from here
    inputs/             copies of the panel and of the posterior that it names, if it has its own (patients of yours are in it)
    summary.json        the object that `caseload run --json` prints
    measures.parquet    replication, arm, cohort, window, measure, value
    by_month.parquet    replication, arm, cohort, month, person and participant time, every counter
    staff.parquet       replication, arm, one row per role: raw columns and measures
    staff_by_month.parquet  replication, arm, role, month: time in post, available and worked, queue, what became of the tasks
    staff_hours.parquet replication, arm, week, component, role, tier: staff time; what is zero is left out
    tasks.parquet       replication, arm, one row per component
    population.parquet  replication, one column per figure of the panel, and the number of events
    evaluation.parquet  replication, cohort, design, window, outcome: the truth and what an evaluation finds
    settlements.parquet replication, cohort, months: what the contract settles, and why
    money.parquet       replication, party, line, perspective, quarter, value: savings, contract, returns, books and cash
                        (`sim.economics.money_table`)
    report.html         the report (`sim.report`), with report.xlsx and the folder report_files beside it

Counters, person time, staff and tasks are stored raw, so that `read_run` gives back the same results and every measure can be
made again from them.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.frozen import FILE, INPUTS, copy_inputs
from sim.outcomes.measures import measure_replication
from sim.outcomes.results import ARMS, BASELINE_MONTHS, COHORTS, COUNTERS, TABLE_DTYPES, ArmResult, ReplicationResult
from sim.outcomes.staffing import staff_values
from sim.outcomes.summary import RunSummary, summarise
from sim.outcomes.terms import Terms
from sim.outcomes.windows import label

FORMAT: Final = "caseload-results-1"
TABLES: Final = ("measures", "by_month", "staff", "staff_by_month", "staff_hours", "tasks", "population")
REPORT: Final = "report.html"
WORKBOOK: Final = "report.xlsx"
FIGURES: Final = "report_files"
"""The folder with the report's figures."""
APPRAISED: Final = ("evaluation", "settlements", "money")
FILES: Final = frozenset({"run.json", FILE, "summary.json", REPORT, WORKBOOK, *(f"{table}.parquet" for table in (*TABLES, *APPRAISED))})


class StoreError(Exception):
    """A results folder cannot be written or read; the message says which and why."""


class Appraised(Protocol):
    """What a run says beyond the use of care (`sim.appraisal`): a tree for summary.json, columns of a table and rows of two others."""

    @property
    def tree(self) -> dict[str, Any]: ...
    @property
    def money(self) -> dict[str, list[Any]]: ...
    @property
    def findings(self) -> list[dict[str, Any]]: ...
    @property
    def settlements(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class StoredRun:
    """A results folder read back."""

    folder: Path
    summary: RunSummary
    terms: Terms
    results: list[ReplicationResult]
    record: dict[str, Any]
    appraisal: dict[str, Any]
    """The parts of summary.json that an appraisal added; empty without one."""


def check_target(folder: Path, overwrite: bool) -> None:
    """Say before the run, not after it, that `folder` cannot be written. Creates the parent folder."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {folder.parent}: {_reason(error)}") from error
    try:
        # Trying is the only sure way to know: permission bits say nothing about read-only and special file systems.
        os.rmdir(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
    except OSError as error:
        raise StoreError(f"cannot write into the folder {folder.parent}: {_reason(error)}") from error
    if folder.is_symlink():
        raise StoreError(f"{folder} is a link; name the folder itself")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise StoreError(f"{folder} exists and is not a folder")
    if not any(folder.iterdir()):
        return
    if not overwrite:
        raise StoreError(f"{folder} exists; choose another --out, or say --overwrite to replace a results folder")
    foreign = foreign_reason(folder)
    if foreign:
        raise StoreError(f"{folder} is not replaced: {foreign}")


def foreign_reason(folder: Path) -> str | None:
    """Why `folder` is not (only) a results folder of ours; None when it is."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "it has no run.json of caseload"
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        return "its run.json was not written by this version of caseload"
    others = sorted(entry.name for entry in folder.iterdir() if not _ours(entry))
    return f"it also holds {', '.join(others[:5])}" if others else None


def _ours(entry: Path) -> bool:
    if entry.is_symlink():
        return False
    return entry.is_dir() if entry.name in (FIGURES, INPUTS) else entry.name in FILES and entry.is_file()


def default_folder(name: str, root: Path = Path("results")) -> Path:
    """results/<name>-<n> with the first n that is free."""
    n = 1
    while os.path.lexists(root / f"{name}-{n}"):
        n += 1
    return root / f"{name}-{n}"


def write_run(
    folder: Path | None,
    summary: RunSummary,
    terms: Terms,
    results: Sequence[ReplicationResult],
    scenario_yaml: str,
    record: dict[str, Any],
    *,
    inputs: Mapping[str, Path] = MappingProxyType({}),
    appraised: Appraised | None = None,
    overwrite: bool = False,
    root: Path = Path("results"),
) -> Path:
    """Write a results folder atomically and return its path; with `folder` None, the next free default one.

    inputs: the files that the scenario names, by their path in the folder. `record` goes into run.json beside what the store adds
    itself. Errors: StoreError.
    """
    target = folder or default_folder(summary.scenario, root)
    check_target(target, overwrite)
    try:
        temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=target.parent))
    except OSError as error:
        raise StoreError(f"cannot write into the folder {target.parent}: {_reason(error)}") from error
    try:
        os.chmod(temporary, 0o777 & ~_umask())
        (temporary / FILE).write_text(scenario_yaml, encoding="utf-8")
        copy_inputs(inputs, temporary)
        _fill(temporary, summary, terms, results, record, appraised)
        while True:
            try:
                _publish(temporary, target, overwrite)
                return target
            except FileExistsError:
                if folder is not None:
                    raise StoreError(f"{target} was made by another run in the meantime; nothing was written") from None
                target = default_folder(summary.scenario, root)
    except OSError as error:
        raise StoreError(f"cannot write {target}: {_reason(error)}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_run(folder: Path) -> StoredRun:
    """Read a results folder back. Errors: StoreError."""
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such results folder")
    if not (folder / "run.json").is_file():
        raise StoreError(f"{folder} is not a results folder: it has no run.json")
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if record.get("format") != FORMAT:
            raise StoreError(f"{folder}: run.json was not written by this version of caseload")
        summary = RunSummary(**record["run"])
        terms = Terms(**record["terms"])
        results = list(_replications(folder, len(record["replications"])))
        whole = read_summary(folder) if record["appraised"] else {}
        appraisal = {name: whole[name] for name in record["appraised"]}
    except StoreError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{folder}: cannot be read ({type(error).__name__}: {_reason(error)})") from error
    return StoredRun(folder, summary, terms, results, record, appraisal)


def read_summary(folder: Path) -> dict[str, Any]:
    """The object in summary.json."""
    tree: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return tree


def write_text(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the whole new one."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """The same for any file."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def strict_json(value: Any, *, indent: int | None = None) -> str:
    """JSON that any reader takes: no NaN, no infinity (both become null)."""
    return json.dumps(_finite(value), indent=indent, allow_nan=False, ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return int(value) if isinstance(value, np.integer) else value


def _fill(
    folder: Path,
    summary: RunSummary,
    terms: Terms,
    results: Sequence[ReplicationResult],
    record: dict[str, Any],
    appraised: Appraised | None,
) -> None:
    tables = {
        "measures": measures_table(results, terms),
        "by_month": by_month_table(results),
        "staff": staff_table(results, terms),
        "staff_by_month": named(_structured_table(results, "staff_months"), "role", _names(results, "staff")),
        "staff_hours": hours_table(results),
        "tasks": _structured_table(results, "tasks"),
        "population": population_table(results),
    }
    tree: Mapping[str, Any] = {}
    if appraised is not None:
        tree = appraised.tree
        rows = {"evaluation": appraised.findings, "settlements": appraised.settlements}
        tables |= {**{name: _columns_of(each) for name, each in rows.items()}, "money": appraised.money}
    for name, columns in tables.items():
        _write_parquet(folder / f"{name}.parquet", columns)
    (folder / "summary.json").write_text(strict_json({**summarise(summary, results, terms), **tree}, indent=1) + "\n", encoding="utf-8")
    whole = {
        **record,
        "format": FORMAT,
        "run": dataclasses.asdict(summary),
        "terms": dataclasses.asdict(terms),
        "replications": [result.replication for result in results],
        "uncalibrated": summary.posterior is None,
        "appraised": list(tree),
    }
    (folder / "run.json").write_text(strict_json(whole, indent=1) + "\n", encoding="utf-8")


def _publish(temporary: Path, target: Path, overwrite: bool) -> None:
    """Rename into place. Errors: FileExistsError when somebody else's folder is there by now."""
    aside: Path | None = None
    if overwrite and target.is_dir() and any(target.iterdir()):
        check_target(target, overwrite)
        aside = Path(tempfile.mkdtemp(prefix=".replaced-", dir=target.parent))
        os.rename(target, aside)
    try:
        os.rename(temporary, target)
    except OSError as error:
        if aside is not None:
            os.rename(aside, target)
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise FileExistsError(error.errno, error.strerror, str(target)) from error
        raise
    if aside is not None:
        shutil.rmtree(aside, ignore_errors=True)


Columns = dict[str, Any]


def measures_table(results: Sequence[ReplicationResult], terms: Terms) -> Columns:
    """Long table of every measure; undefined values are missing."""
    import pyarrow as pa

    each = [measure_replication(result, terms) for result in results]
    one = [(*cell, name) for cell, values in each[0].items() for name in values]  # all replications have the same
    values = np.array([[value for cell in found.values() for value in cell.values()] for found in each])
    labels = zip(("arm", "cohort", "window", "measure"), zip(*one, strict=True), strict=True)
    return {
        "replication": np.repeat([result.replication for result in results], len(one)),
        **{name: pa.concat_arrays([pa.array(column)] * len(each)) for name, column in labels},
        "value": pa.array(values.ravel(), mask=~np.isfinite(values.ravel())),
    }


def by_month_table(results: Sequence[ReplicationResult]) -> Columns:
    """Raw tallies: one row per replication, arm, cohort and month (labels -12..-1, 1..)."""
    months = results[0].arms[ARMS[0]].tally.shape[2]
    keys = [(result.replication, arm, cohort) for result in results for arm in ARMS for cohort in COHORTS]
    columns: Columns = {
        "replication": np.repeat([key[0] for key in keys], months),
        "arm": np.repeat([key[1] for key in keys], months).tolist(),
        "cohort": np.repeat([key[2] for key in keys], months).tolist(),
        "month": np.tile([label(position) for position in range(months)], len(keys)),
    }

    def stack(get: Any) -> NDArray[np.int64]:
        return np.concatenate([np.asarray(get(result.arms[arm], c)) for result in results for arm in ARMS for c in range(len(COHORTS))])

    columns["person_us"] = stack(lambda arm, c: arm.person_time[c])
    columns["participant_us"] = stack(lambda arm, c: arm.participant_time[c])
    for position, name in enumerate(COUNTERS):
        columns[name] = stack(lambda arm, c, position=position: arm.tally[c, position])
    risk = np.concatenate([result.arms[arm].risk[c] for result in results for arm in ARMS for c in range(len(COHORTS))])
    columns["risk_score"] = [float(value) if math.isfinite(value) else None for value in risk]
    return columns


def staff_table(results: Sequence[ReplicationResult], terms: Terms) -> Columns:
    """One row per replication, arm and role: the raw columns, then the measures under `measure_<name>`."""
    columns = _structured_table(results, "staff")
    derived = [values for result in results for arm in ARMS for values in staff_values(result.arms[arm], terms.horizon_us).values()]
    for name in derived[0] if derived else ():
        columns[f"measure_{name}"] = [value[name] if math.isfinite(value[name]) else None for value in derived]
    return columns


def hours_table(results: Sequence[ReplicationResult]) -> Columns:
    """Staff time by week, component and tier, with the role of the component."""
    columns = _structured_table(results, "hours")
    columns = named(columns | {"role": columns["component"]}, "role", _names(results, "tasks", "role"))
    return named(columns, "component", _names(results, "tasks"))


def _names(results: Sequence[ReplicationResult], attribute: str, field: str = "name") -> list[str]:
    """What stands in a column of text of the programme's table; the same in all replications."""
    names: list[str] = getattr(results[0].arms["programme"], attribute)[field].tolist()
    return names


def named(columns: Columns, column: str, names: Sequence[str]) -> Columns:
    """The same columns with names instead of the rows where they stand."""
    return columns | {column: np.array(names, object)[columns[column]] if names else np.zeros(0, object)}


def population_table(results: Sequence[ReplicationResult]) -> Columns:
    """One row per replication."""
    names = list(results[0].population)
    return {
        "replication": [result.replication for result in results],
        "events": [result.events for result in results],
        **{name: [float(result.population[name]) for result in results] for name in names},
    }


def _structured_table(results: Sequence[ReplicationResult], attribute: str) -> Columns:
    dtype = TABLE_DTYPES[attribute]
    parts = [(result.replication, arm, getattr(result.arms[arm], attribute)) for result in results for arm in ARMS]
    lengths = [len(rows) for _, _, rows in parts]
    columns: Columns = {
        "replication": np.repeat([replication for replication, _, _ in parts], lengths),
        "arm": np.repeat(np.array([arm for _, arm, _ in parts], object), lengths),
    }
    for name in dtype.names or ():
        values = np.concatenate([rows[name].astype(dtype[name]) for _, _, rows in parts])
        columns[name] = values.astype(object) if values.dtype.kind == "U" else values
    return columns


def _columns_of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Rows as columns; what a row does not have is missing."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: _column([row.get(name) for row in rows]) for name in names}


def _column(values: Sequence[Any]) -> Any:
    """An Arrow array in which what is not finite is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array(values, from_pandas=True)
    return pc.if_else(pc.is_finite(column), column, None) if pa.types.is_floating(column.type) else column


def _write_parquet(path: Path, columns: Columns) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path, compression="zstd")


def _read_parquet(path: Path) -> Columns:
    import pyarrow.parquet as pq

    columns: Columns = pq.read_table(path).to_pydict()
    return columns


def _replications(folder: Path, count: int) -> Iterator[ReplicationResult]:
    months = _read_parquet(folder / "by_month.parquet")
    population = _read_parquet(folder / "population.parquet")
    numbers = population["replication"]
    tables = {
        name: _arm_tables(folder / f"{name}.parquet", attribute, numbers) for name, attribute in (("tasks", "tasks"), ("staff", "staff"))
    }
    task_names, role_names = (tables[name][ARMS.index("programme")]["name"].tolist() for name in ("tasks", "staff"))
    tables["staff_months"] = _arm_tables(folder / "staff_by_month.parquet", "staff_months", numbers, role=role_names)
    tables["hours"] = _arm_tables(folder / "staff_hours.parquet", "hours", numbers, component=task_names)
    per_block, rest = divmod(len(months["month"]), count * len(ARMS) * len(COHORTS))
    if rest or per_block <= BASELINE_MONTHS or len(population["replication"]) != count:
        raise ValueError("the tables do not fit together")
    shape = (count, len(ARMS), len(COHORTS), per_block)
    counters = np.stack([np.array(months[name], dtype=np.int64).reshape(shape) for name in COUNTERS], axis=3)
    person = np.array(months["person_us"], dtype=np.int64).reshape(shape)
    participant = np.array(months["participant_us"], dtype=np.int64).reshape(shape)
    risk = np.array([math.nan if value is None else value for value in months["risk_score"]]).reshape(shape)
    for r, replication in enumerate(population["replication"]):
        arms = {
            arm: ArmResult(
                np.ascontiguousarray(counters[r, a]),
                person[r, a],
                participant[r, a],
                risk=risk[r, a],
                **{attribute: parts[len(ARMS) * r + a] for attribute, parts in tables.items()},
            )
            for a, arm in enumerate(ARMS)
        }
        figures = {name: values[r] for name, values in population.items() if name not in ("replication", "events")}
        yield ReplicationResult(replication, figures, arms, population["events"][r])


def _arm_tables(path: Path, attribute: str, replications: Sequence[int], **names: Sequence[str]) -> list[NDArray[Any]]:
    """A table of each replication's arms in turn; of the columns in `names` the rows where the names stand. Errors: KeyError."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    dtype = TABLE_DTYPES[attribute]
    rows = np.zeros(len(table), dtype)
    for column in dtype.names or ():
        values = table[column].to_numpy()
        if column in names:
            place = {name: row for row, name in enumerate(names[column])}
            values = [place[name] for name in values]
        rows[column] = values
    order = {replication: at for at, replication in enumerate(replications)}
    arm = np.array([ARMS.index(name) for name in table["arm"].to_pylist()], np.int64)
    part = len(ARMS) * np.array([order[number] for number in table["replication"].to_pylist()], np.int64) + arm
    if (np.diff(part) < 0).any():
        raise ValueError(f"the rows of {path.name} are out of order")
    return np.split(rows, np.searchsorted(part, np.arange(1, len(ARMS) * len(replications))))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: BaseException) -> str:
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
