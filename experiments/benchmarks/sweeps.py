"""Sweeps: planning and status of 100,000 tasks, what running costs besides simulating, and Dask with two workers against one."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.benchmarks.measuring import PHASE_1, Finding
from experiments.specification.loading import open_experiment
from experiments.sweep.executors import Executor, Here
from experiments.sweep.plan import Plan, read_generation, read_plan
from experiments.sweep.planning import make_plan, measure_replication_seconds
from experiments.sweep.runner import run as run_plan
from experiments.sweep.store import Store, status

DRAWS, REPLICATIONS = 10_000, 10  # 100,000 tasks of one replication, all uncertain parameters sampled
TASKS, TASK_SECONDS = 8, 30.0
PATIENTS = 600


def planned(folder: Path, name: str, task_size: int, **changes: Any) -> Plan:
    """The plan of an experiment with phase 1."""
    experiment = {"title": name, "scenario": PHASE_1, "outcomes": ["programme.roi_fees", "programme.net_savings"], **changes}
    file = folder / f"{name}.yaml"
    file.write_text(json.dumps(experiment), encoding="utf-8")
    return make_plan(open_experiment(file), folder / name, task_size)


def many_tasks(folder: Path) -> Iterator[Finding]:
    """Time to plan them, and to say how far they are when half of them are done."""
    start = time.perf_counter()
    plan = planned(folder, "many", 1, design={"kind": "psa", "draws": DRAWS}, replications=REPLICATIONS)
    yield Finding(f"plan of {len(plan.tasks):,} tasks", f"{time.perf_counter() - start:.1f} s")
    store = Store(plan.folder)
    for task in plan.tasks[::2]:
        store.shard(task.key).parent.mkdir(parents=True, exist_ok=True)
        store.shard(task.key).touch()
        store.note({"task": task.key, "event": "end", "seconds": 60.0, "simulated": 59.0, "failed": 0})
    read_generation.cache_clear()
    start = time.perf_counter()
    status(read_plan(plan.folder))
    yield Finding("its status", f"{time.perf_counter() - start:.1f} s")


def long_tasks(folder: Path) -> Iterator[Finding]:
    """Tasks of about half a minute here, with one Dask worker and with two."""
    levers = {"programme.staff.case_manager.fte": [1, 2, 3, 4]}
    common = {"set": {"population.size": PATIENTS}, "levers": levers, "design": {"kind": "grid"}}
    each = planned(folder, "pilot", 1, replications=1, **common)
    opened = open_experiment(folder / "pilot.yaml")
    size = max(1, round(TASK_SECONDS / measure_replication_seconds(opened)))
    taken: dict[str, float] = {}
    for name, executor in executors():
        plan = planned(folder, name, size, replications=size * TASKS // len(each.points), **common)
        start = time.perf_counter()
        with contextlib.redirect_stderr(io.StringIO()):
            run_plan(plan.folder, executor)
        taken[name] = time.perf_counter() - start
        if name == "here":
            found = status(plan)
            yield Finding(
                f"share of {found.seconds / found.tasks:.0f} s tasks inside the simulator", f"{found.simulated / taken[name]:.1%}"
            )
    if "dask_2" in taken:
        yield Finding("two Dask workers, times one", f"{taken['dask_1'] / taken['dask_2']:.2f}")


def executors() -> Iterator[tuple[str, Executor]]:
    """This process, and Dask where it is installed."""
    yield "here", Here()
    if importlib.util.find_spec("distributed") is None:
        return
    from experiments.sweep.clusters import ClusterOptions, local_cluster

    for workers in (1, 2):
        yield f"dask_{workers}", local_cluster(workers, ClusterOptions())


def run() -> Iterator[Finding]:
    """All of it."""
    with tempfile.TemporaryDirectory(prefix="caseload-") as folder:
        yield from many_tasks(Path(folder))
        yield from long_tasks(Path(folder))
