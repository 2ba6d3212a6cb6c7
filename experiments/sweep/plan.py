"""The plan: what will be run, written before anything is. Each change of it is a new folder beside the old one.

plan/0001/plan.json        title, seed, model version, scenario's digest, factors, outcomes, design, precision
plan/0001/points.parquet   a row per design point: its key, draw, first replication, replications, value of every factor
plan/0001/tasks.parquet    a row per part of a task: task key, point, first replication, replications
plan/0001/scenario.yaml    the scenario with every default in it, and its panel; nothing outside the folder is needed
plan/0001/experiment.yaml  what the planner wrote; posterior.csv: the posterior it names
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.designs.building import Blueprint
from experiments.designs.points import Points
from experiments.errors import SweepError
from experiments.factors import Base, Factor, factor_of
from experiments.specification.model import DESIGNS, Decision, Precision
from experiments.specification.tables import read_posterior
from experiments.sweep.parquet import write_table
from experiments.sweep.tasks import Part, Task, make_tasks, missing_parts, point_key
from sim.frozen import FILE as SCENARIO
from sim.frozen import frozen
from sim.outcomes.provenance import model_version

FORMAT: Final = "caseload-plan-1"
PLANS: Final = "plan"
EXPERIMENT: Final = "experiment.yaml"
POSTERIOR: Final = "posterior.csv"
_LEADING: Final = ("point", "key", "draw", "first", "replications")


class PlanChanged(SweepError):
    """Another process has written the next plan of the folder first."""


@dataclass(frozen=True)
class Head:
    """What a plan says about itself; plan.json."""

    title: str
    scenario: str
    base: str
    """Digest of the scenario."""
    model: str
    """Version of the model that the tasks were named for."""
    seed: int
    outcomes: tuple[str, ...]
    design: dict[str, Any]
    factors: list[dict[str, Any]]
    replications: int
    task_size: int
    """Replications in a task."""
    pieces: tuple[int, ...] = ()
    """The sizes by which the design has grown."""
    precision: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None

    @property
    def identity(self) -> tuple[Any, ...]:
        """What every task has in common and can change a result."""
        return (FORMAT, self.model, self.seed, self.outcomes, self.factors)


@dataclass(frozen=True)
class Plan:
    """A plan in a results folder. `counts` are the replications of each point; tasks are in the order in which they are run."""

    head: Head
    points: Points
    counts: Sequence[int]
    tasks: Sequence[Task]
    folder: Path
    generation: int

    @property
    def place(self) -> Path:
        """The folder of this generation of the plan."""
        return self.folder / PLANS / f"{self.generation:04}"

    @cached_property
    def base(self) -> Base:
        """The frozen scenario."""
        return Base.at(str(self.place / SCENARIO))

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What the points move."""
        return tuple(factor_of(data, self.base) for data in self.head.factors)

    @cached_property
    def point_keys(self) -> list[str]:
        """The name of each point; the same point has the same name in every generation."""
        return keys_of(self.head, self.points)

    @cached_property
    def blueprint(self) -> Blueprint:
        """What the design is built from."""
        design = DESIGNS[self.head.design["kind"]].model_validate(self.head.design)
        file = self.place / POSTERIOR
        posterior = read_posterior(file, self.base) if file.is_file() else None
        return Blueprint(design, self.factors, self.head.seed, self.head.replications, self.head.pieces, posterior)

    @cached_property
    def precision(self) -> Precision | None:
        """How precise the means are to be."""
        return None if self.head.precision is None else Precision.model_validate(self.head.precision)

    @cached_property
    def decision(self) -> Decision | None:
        """What is decided on."""
        return None if self.head.decision is None else Decision.model_validate(self.head.decision)

    @property
    def replications(self) -> int:
        """Replications of all tasks."""
        return sum(task.replications for task in self.tasks)


def keys_of(head: Head, points: Points) -> list[str]:
    """Names of the points of a plan."""
    return [point_key(head.base, points.assignments(point), points.first[point]) for point in range(len(points))]


def wanted_parts(points: Points, counts: Sequence[int], keys: Sequence[str]) -> list[Part]:
    """The replications that a plan asks for, point by point; a point that stands in the design twice is run once."""
    return [Part(point, points.first[point], counts[point]) for point in first_of_each(keys) if counts[point]]


def first_of_each(keys: Sequence[str]) -> list[int]:
    """The places at which a key stands for the first time."""
    places: dict[str, int] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, place)
    return list(places.values())


@dataclass(frozen=True)
class Enclosed:
    """Files that a plan keeps a copy of: what the planner wrote, and the posterior it names."""

    text: str
    posterior: Path | None = None


def first_plan(head: Head, points: Points, base: Base, enclosed: Enclosed, folder: Path) -> Plan:
    """Write the first plan of a new results folder. Errors: SweepError when there is something else in the folder."""
    if generations(folder):
        raise SweepError(f"{folder} holds a sweep already; `caseload sweep run` goes on with it. Name another folder with --out")
    if folder.exists() and (not folder.is_dir() or any(entry.name != PLANS for entry in folder.iterdir())):
        raise SweepError(f"{folder} is not an empty folder; name another one with --out")
    counts = [head.replications] * len(points)
    keys = keys_of(head, points)
    tasks = list(make_tasks(wanted_parts(points, counts, keys), keys, head.identity, head.task_size))
    return _write(Plan(head, points, counts, tasks, folder, 1), base, enclosed)


def grown(plan: Plan, *, points: Points | None = None, counts: Sequence[int] | None = None, head: Head | None = None) -> Plan:
    """Write the next plan of a folder: more points (after the old ones) or more replications; tasks that are there stay as they are.

    counts: replications of each point, of the new ones too; fewer than before are not taken away.
    """
    head = head or plan.head
    points = points or plan.points
    least = [*plan.counts, *[head.replications] * (len(points) - len(plan.points))]
    counts = [max(pair) for pair in zip(counts or least, least, strict=True)]
    same = head.identity == plan.head.identity and head.base == plan.head.base
    kept = list(plan.tasks) if same else []
    keys = keys_of(head, points)
    fresh = missing_parts(wanted_parts(points, counts, keys), (part for task in kept for part in task.parts))
    tasks = [*kept, *make_tasks(fresh, keys, head.identity, head.task_size)]
    following = Plan(head, points, counts, tasks, plan.folder, plan.generation + 1)
    posterior = plan.place / POSTERIOR
    text = (plan.place / EXPERIMENT).read_text(encoding="utf-8")
    return _write(following, plan.base, Enclosed(text, posterior if posterior.is_file() else None))


def for_this_model(plan: Plan) -> Plan:
    """The same plan for the model as it is now. Its tasks have other names: what an older model gave is kept, and not mixed in."""
    return grown(plan, head=dataclasses.replace(plan.head, model=model_version()))


def _write(plan: Plan, base: Base, enclosed: Enclosed) -> Plan:
    home = plan.folder / PLANS
    home.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=home))
    try:
        os.chmod(temporary, 0o755)
        if Base.at(str(frozen(base.scenario).write(temporary))).scenario.digest() != plan.head.base:
            raise SweepError(f"the scenario of {plan.head.title!r} cannot be frozen: what was written is another scenario")
        (temporary / EXPERIMENT).write_text(enclosed.text, encoding="utf-8")
        if enclosed.posterior is not None:
            shutil.copyfile(enclosed.posterior, temporary / POSTERIOR)
        write_table(temporary / "points.parquet", _points_table(plan))
        write_table(temporary / "tasks.parquet", _tasks_table(plan.tasks))
        head = {"format": FORMAT, "generation": plan.generation, **dataclasses.asdict(plan.head)}
        (temporary / "plan.json").write_text(json.dumps(head, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        try:
            os.rename(temporary, plan.place)
        except OSError as error:
            if plan.place.exists():
                raise PlanChanged(f"somebody else has changed the plan in {plan.folder} at the same time; nothing was written") from error
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return plan


def read_plan(folder: Path) -> Plan:
    """The newest plan of a results folder. Errors: SweepError."""
    found = generations(folder)
    if not found:
        raise SweepError(f"{folder} holds no plan; write one with: caseload sweep plan EXPERIMENT.yaml --out {folder}")
    return read_generation(folder, found[-1])


def generations(folder: Path) -> list[int]:
    """Numbers of the plans in a results folder, the newest last; one whose writing was stopped does not count."""
    try:
        return sorted(int(entry.name) for entry in (folder / PLANS).iterdir() if entry.name.isdecimal())
    except (FileNotFoundError, NotADirectoryError):
        return []


@lru_cache(maxsize=2)
def read_generation(folder: Path, generation: int) -> Plan:
    """One plan of a results folder; what is read stays, since a plan never changes. Errors: SweepError."""
    place = folder / PLANS / f"{generation:04}"
    try:
        data = json.loads((place / "plan.json").read_text(encoding="utf-8"))
        if data.pop("format") != FORMAT:
            raise SweepError(f"{place} was written by another version of caseload")
        data.pop("generation")
        head = Head(**{**data, "outcomes": tuple(data["outcomes"]), "pieces": tuple(data["pieces"])})
        points, counts = _points_of(pq.read_table(place / "points.parquet"))
        tasks = _tasks_of(pq.read_table(place / "tasks.parquet"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SweepError(f"{place} cannot be read ({type(error).__name__}: {error})") from error
    return Plan(head, points, counts, tasks, folder, generation)


def check_model(plan: Plan) -> None:
    """Refuse to go on with a plan that was made for another model. Errors: SweepError."""
    if plan.head.model != model_version():
        raise SweepError(
            f"the model or its libraries have changed since this plan was written ({plan.head.model}, now {model_version()}). "
            f"Finished tasks are not mixed with new ones. `caseload sweep expand {plan.folder} --this-model` plans everything again for "
            f"the model as it is now and keeps what is there; `--mix-models` goes on as if nothing had changed"
        )


def points_columns(plan: Plan) -> dict[str, Any]:
    """The points as columns: point, key, draw, first, replications, then a column per factor."""
    numbers: dict[str, Any] = {
        "point": pa.array(range(len(plan.points)), pa.int32()),
        "key": pa.array(plan.point_keys, pa.string()),
        "draw": pa.array(plan.points.draw, pa.int32()),
        "first": pa.array(plan.points.first, pa.int32()),
        "replications": pa.array(plan.counts, pa.int32()),
    }
    words = {data["name"] for data in plan.head.factors if data["kind"] == "choice"}
    for name, values in plan.points.columns.items():
        numbers[name] = pa.array(values, pa.string() if name in words else pa.float64())
    return numbers


def _points_table(plan: Plan) -> pa.Table:
    return pa.table(points_columns(plan))


def _points_of(table: pa.Table) -> tuple[Points, list[int]]:
    columns = {name: table.column(name).to_pylist() for name in table.column_names if name not in _LEADING}
    points = Points(columns, table.column("draw").to_pylist(), table.column("first").to_pylist())
    return points, table.column("replications").to_pylist()


def _tasks_table(tasks: Sequence[Task]) -> pa.Table:
    rows = [(task.key, *part) for task in tasks for part in task.parts]
    return pa.table(
        {
            "task": pa.array([row[0] for row in rows], pa.string()),
            "point": pa.array([row[1] for row in rows], pa.int32()),
            "first": pa.array([row[2] for row in rows], pa.int32()),
            "count": pa.array([row[3] for row in rows], pa.int32()),
        }
    )


def _tasks_of(table: pa.Table) -> list[Task]:
    tasks: list[Task] = []
    names = table.column("task").to_pylist()
    parts = zip(*(table.column(name).to_pylist() for name in ("point", "first", "count")), strict=True)
    block: list[Part] = []
    for position, part in enumerate(parts):
        block.append(Part(*part))
        if position + 1 == len(names) or names[position + 1] != names[position]:
            tasks.append(Task(names[position], tuple(block)))
            block = []
    return tasks
