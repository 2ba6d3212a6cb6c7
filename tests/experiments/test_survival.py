"""A sweep that is killed, resumed, shared and run by other executors gives the same collected bytes, and runs nothing twice."""

from __future__ import annotations

import contextlib
import io
import os
import random
import resource
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from experiments.errors import SweepError
from experiments.sweep.executors import Here, WorkerDied
from experiments.sweep.plan import read_plan
from experiments.sweep.planning import larger
from experiments.sweep.runner import Limits, OutOfTime, Shard, run
from experiments.sweep.store import collect, write_collected
from experiments.sweep.work import Order, run_order
from tests.experiments.sweeping import collected, events, finish, planned, said, shards, start

TASKS = 40
PATIENCE = 120.0
FEW = {"programme.staff.case_manager.fte": [1, 2, 3]}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the sweep gives when nothing happens to it."""
    return finish(planned(tmp_path_factory.mktemp("undisturbed")))


def until_shards(folder: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until so many tasks are done, or the process is."""
    until = time.monotonic() + PATIENCE
    while len(shards(folder)) < count and process.poll() is None:
        assert time.monotonic() < until, "the sweep does not get on"
        time.sleep(0.01)


def until_said(folder: Path, words: str) -> None:
    """Wait until a started command has said something."""
    until = time.monotonic() + PATIENCE
    while words not in said(folder):
        assert time.monotonic() < until, said(folder)
        time.sleep(0.01)


def workers_of(parent: int) -> list[int]:
    """Processes that run tasks for another one; Linux."""
    found = []
    for entry in (entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()):
        try:
            status, words = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == parent and b"loky" in words and b"resource_tracker" not in words:
            found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes in /proc")
def test_killed_three_times_interrupted_and_resumed(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    """SIGKILL of a worker, then of the parent alone, then of all of them; then Ctrl-C; then it is run to its end."""
    folder = planned(tmp_path)
    chance = random.Random(5)
    first, second, third = sorted(chance.sample(range(2, TASKS - 18), 3))
    process = start("sweep", "run", folder, "--workers", 2)
    until_shards(folder, first, process)
    victims = workers_of(process.pid)
    assert victims
    os.kill(chance.choice(victims), signal.SIGKILL)
    until_said(folder, "A worker process died; its task is run again.")
    until_shards(folder, max(second, len(shards(folder)) + 2), process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process = start("sweep", "run", folder, "--workers", 2)
    until_shards(folder, max(third, len(shards(folder)) + 2), process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in shards(folder)}
    assert 0 < len(kept) < TASKS
    process = start("sweep", "run", folder, "--workers", 1)
    until_shards(folder, len(shards(folder)) + 2, process)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert f"to go on: caseload sweep run {folder}" in said(folder)
    assert "Traceback" not in said(folder)
    assert finish(folder) == undisturbed
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    assert max(count for (_, event), count in events(folder).items() if event == "end") == 1


def test_arrays_and_dask_give_the_same_bytes_even_if_the_scheduler_vanishes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    array = planned(tmp_path / "array")
    for number in (3, 1, 2):
        finish(array, shard=Shard(number, 3))
    assert collected(array) == undisturbed
    pytest.importorskip("distributed", reason="Dask is an optional extra")
    from experiments.sweep.clusters import ClusterOptions, Dask, connect, local_cluster

    dask, abandoned = planned(tmp_path / "dask"), planned(tmp_path / "abandoned")
    cluster = local_cluster(2, ClusterOptions())
    address = cluster._cluster.scheduler_address
    assert all("://127.0.0.1:" in place for place in (address, cluster._cluster.dashboard_link))
    write_collected(collect(run(dask, connect(address, ClusterOptions()))))
    assert collected(dask) == undisturbed

    class Vanishing(Dask):
        """A scheduler that is there until three tasks are done."""

        def run(self, orders):
            for number, done in enumerate(super().run(orders)):
                yield done
                if number == 2:
                    cluster._cluster.close(timeout=5)

    with pytest.raises(SweepError, match=r"scheduler is gone.*Finished tasks are kept"):
        run(abandoned, Vanishing(connect(address, ClusterOptions())._client))
    cluster.close()
    assert 3 <= len(shards(abandoned)) < TASKS
    assert finish(abandoned) == undisturbed


def test_two_runners_on_one_plan_share_it(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = planned(tmp_path)
    other = start("sweep", "run", folder, "--workers", 1)
    until_shards(folder, 1, other)
    assert finish(folder) == undisturbed
    assert other.wait(PATIENCE) == 0
    assert collected(folder) == undisturbed
    assert set(events(folder).values()) == {1}
    assert len(list((folder / "manifest").iterdir())) == 2


def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = planned(tmp_path)
    finish(folder, shard=Shard(1, 10))
    before = shards(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limits[1]))  # no file may grow beyond 300 bytes: for a writer, a full disk
    try:
        with contextlib.redirect_stderr(io.StringIO()), pytest.raises(SweepError, match="Finished tasks are kept"):
            run(folder, Here())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert shards(folder) == before
    assert not list((folder / "shards").glob("??/.*"))
    assert finish(folder) == undisturbed


def test_a_failing_point_leaves_one_row_and_all_others(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("programme.staff.case_manager.fte,programme.enrolment.refusal_share\n2,0.1\n2,1.7\n3,\n", encoding="utf-8")
    folder = planned(tmp_path, task_size=4, levers=None, design={"kind": "list", "file": "points.csv"})
    finish(folder)
    failures = pq.read_table(folder / "collected" / "failures.parquet").to_pylist()
    assert [(row["point"], row["first"], row["replications"]) for row in failures] == [(1, 0, 4)]
    assert "refusal_share: must be at most 1 (got 1.7)" in failures[0]["reason"]
    outcomes = pq.read_table(folder / "collected" / "outcomes.parquet").to_pydict()
    assert list(zip(outcomes["point"], outcomes["replication"], strict=True)) == [(p, r) for p in (0, 2) for r in range(4)]
    before = events(folder)
    finish(folder)
    assert events(folder) == before
    finish(folder, retry_failed=True)
    assert events(folder).total() == before.total() + 2 * 1  # one of the three tasks holds the replications of point 1


def test_expanding_keeps_what_is_there(tmp_path: Path) -> None:
    few = planned(tmp_path / "few", task_size=4, replications=2, levers=FEW)
    finish(few)
    kept = {path: path.stat().st_mtime_ns for path in shards(few)}
    larger(read_plan(few), 3, None)
    grown = finish(few)
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    whole = finish(planned(tmp_path / "whole", task_size=2, replications=3, levers=FEW))
    assert grown["outcomes.parquet"] == whole["outcomes.parquet"]


def test_a_larger_design_keeps_its_points(tmp_path: Path) -> None:
    """Draws, base samples and trajectories: what a larger design has in common with the smaller one is not run again."""
    reach = {"include": ["programme.work.reach.*"]}
    for kind, size, more in (
        ({"kind": "psa", "draws": 3}, 5, 2),
        ({"kind": "sobol", "base": 2}, 4, 2 * (7 + 2)),
        ({"kind": "latin_hypercube", "points": 3}, 5, 2),
        ({"kind": "morris", "trajectories": 2}, 3, 7 + 1),
    ):
        before = read_plan(planned(tmp_path / str(kind["kind"]), levers=None, uncertainties=reach, design=kind, replications=1))
        after = larger(before, None, size)
        assert after.tasks[: len(before.tasks)] == before.tasks
        assert after.point_keys[: len(before.points)] == before.point_keys
        assert len(after.points) - len(before.points) == more
        assert sum(task.replications for task in after.tasks) == len(set(after.point_keys))


def test_time_that_is_up_and_workers_that_die_are_said(tmp_path: Path) -> None:
    folder = planned(tmp_path, levers=FEW)
    with pytest.raises(OutOfTime, match="6 of 6 tasks are left"):
        run(folder, Here(), Limits(seconds=0))

    class Dying(Here):
        """Workers that end without a word."""

        def run(self, orders):
            raise WorkerDied

    with pytest.raises(SweepError, match=r"workers died 3 times without finishing a task.*Finished tasks are kept"):
        run(folder, Dying())


def test_events_are_written_on_request(tmp_path: Path) -> None:
    folder = planned(tmp_path, levers=FEW)
    finish(folder, shard=Shard(1, 6), events=tmp_path / "events")
    logs = sorted(path.relative_to(tmp_path / "events").as_posix() for path in (tmp_path / "events").rglob("*.parquet"))
    assert len(logs) == 2
    assert all(log.startswith(read_plan(folder).point_keys[0]) for log in logs)


def test_a_changed_model_never_mixes(tmp_path: Path) -> None:
    folder = planned(tmp_path)
    plan = folder / "plan" / "0001" / "plan.json"
    plan.write_text(plan.read_text().replace('"model": "', '"model": "another-'), encoding="utf-8")
    with pytest.raises(SweepError, match="the model or its libraries have changed"):
        run(folder, Here())
    there = run_order(Order(str(folder), 1, 0))  # a worker on another machine finds out by itself
    assert (there.how, "another model" in there.reason) == ("stopped", True)
    assert not shards(folder)
    assert run_order(Order(str(folder), 1, 0, mix_models=True)).how == "run"


def test_a_changed_scenario_has_other_tasks(tmp_path: Path) -> None:
    one = {task.key for task in read_plan(planned(tmp_path / "one")).tasks}
    fee = {**{"population.size": 101}, "run.horizon": "12 months", "programme.enrolment.refresh": "none"}
    other = {task.key for task in read_plan(planned(tmp_path / "other", set=fee)).tasks}
    assert len(one) == len(other) == TASKS
    assert not one & other


def test_a_broken_shard_is_named(tmp_path: Path) -> None:
    folder = planned(tmp_path, levers=FEW)
    usual = finish(folder)
    broken = min(shards(folder))
    broken.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(SweepError, match=rf"{broken.name} cannot be read .*delete it, and `caseload sweep run` makes it again"):
        collect(read_plan(folder))
    broken.unlink()
    assert finish(folder) == usual


def test_a_plan_whose_writing_was_stopped_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "sweep" / "plan" / ".writing-x").mkdir(parents=True)
    with pytest.raises(SweepError, match="holds no plan"):
        read_plan(tmp_path / "sweep")
    assert read_plan(planned(tmp_path)).generation == 1


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    folder = planned(tmp_path)
    (folder / "shards").mkdir()
    (folder / "shards" / read_plan(folder).tasks[0].key[:2]).write_text("not a folder", encoding="utf-8")
    with pytest.raises(SweepError, match="Finished tasks are kept"):
        run(folder, Here())


def test_a_second_plan_in_a_folder_is_refused(tmp_path: Path) -> None:
    planned(tmp_path)
    with pytest.raises(SweepError, match="holds a sweep already"):
        planned(tmp_path)


def test_results_hold_data_alone_and_nothing_reads_pickles(tmp_path: Path) -> None:
    folder = planned(tmp_path)
    finish(folder, shard=Shard(1, 20))
    endings = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert endings == {".parquet", ".json", ".jsonl", ".yaml", ".lock"}
    house = Path(__file__).resolve().parents[2] / "experiments"
    sources = [path.read_text(encoding="utf-8") for path in house.rglob("*.py")]
    assert len(sources) > 30
    assert not [text for text in sources for word in ("pickle", "joblib.load", "eval(", "exec(") if f" {word}" in text]


def test_the_plan_needs_nothing_else(tmp_path: Path) -> None:
    """The folder alone, in another place, without the experiment's file, its scenario and its panel."""
    for place in ("usual", "here"):
        (tmp_path / place).mkdir()
        people = "".join(f"{number},{60 + number % 30},{'fe' * (number % 2)}male,{0.5 + number / 20}\n" for number in range(100))
        (tmp_path / place / "people.csv").write_text("id,age,sex,risk_score\n" + people, encoding="utf-8")
        scenario = "extends: caseload:mgh_cmp/phase1.yaml\ntitle: Own panel\npopulation: {panel: {csv: people.csv}}\n"
        scenario += "programme: {enrolment: {refresh: none}}\n"
        (tmp_path / place / "own.yaml").write_text(scenario, encoding="utf-8")
    own: dict[str, Any] = {"scenario": "own.yaml", "levers": FEW, "set": {"run.horizon": "6 months"}}
    usual = finish(planned(tmp_path / "usual", **own))
    folder = planned(tmp_path / "here", **own)
    for name in ("people.csv", "own.yaml", "small.yaml"):
        (tmp_path / "here" / name).unlink()
    folder.rename(tmp_path / "there")
    assert finish(tmp_path / "there") == usual
