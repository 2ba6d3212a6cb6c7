"""A sweep that is killed, resumed, shared and run by other executors gives the same collected bytes, and runs nothing twice."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from tests.experiments.sweeping import SMALL, caseload, collected, events, shards, start, written

TASKS = 60
TASK_SIZE = 2
PATIENCE = 60.0


def planned(folder: Path) -> Path:
    """A planned sweep of 20 points x 6 replications in 60 tasks."""
    caseload("sweep", "plan", written(folder), "--out", folder / "sweep", "--task-size", TASK_SIZE)
    return folder / "sweep"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the sweep gives when nothing happens to it."""
    folder = planned(tmp_path_factory.mktemp("undisturbed"))
    caseload("sweep", "run", folder, "--workers", 1)
    return collected(folder)


def until_shards(folder: Path, count: int, process: Any) -> None:
    """Wait until so many tasks are done, or the process is."""
    until = time.monotonic() + PATIENCE
    while len(shards(folder)) < count and process.poll() is None:
        assert time.monotonic() < until, "the sweep does not get on"
        time.sleep(0.01)


def children(parent: int) -> list[int]:
    """Processes that run tasks for another one; Linux."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status = (entry / "stat").read_text()
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(status.rpartition(")")[2].split()[1]) == parent and b"loky" in words and b"resource_tracker" not in words:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes in /proc")
@pytest.mark.parametrize("workers", [2, 4])
def test_killed_three_times_and_resumed(tmp_path: Path, undisturbed: dict[str, bytes], workers: int) -> None:
    folder = planned(tmp_path)
    chance = random.Random(workers)
    moments = sorted(chance.sample(range(3, TASKS - 10), 3))
    for round_, moment in enumerate(moments):
        process = start("sweep", "run", folder, "--workers", workers)
        until_shards(folder, moment, process)
        if round_ == 0:
            victims = children(process.pid)
            os.kill(chance.choice(victims) if victims else process.pid, signal.SIGKILL)
            until_shards(folder, min(moments[1], moment + 3), process)
        os.killpg(process.pid, signal.SIGKILL) if round_ == 2 else os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    kept = {path: path.stat().st_mtime_ns for path in shards(folder)}
    assert 0 < len(kept) < TASKS
    caseload("sweep", "run", folder, "--workers", workers)
    assert collected(folder) == undisturbed
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    assert len(shards(folder)) == TASKS
    assert max(count for (_, event), count in events(folder).items() if event == "end") == 1


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = planned(tmp_path)
    process = start("sweep", "run", folder, "--workers", 2)
    until_shards(folder, 5, process)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert f"to go on: caseload sweep run {folder}" in said
    assert "Traceback" not in said
    caseload("sweep", "run", folder, "--workers", 1)
    assert collected(folder) == undisturbed


def test_dask_and_an_array_of_jobs_give_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    pytest.importorskip("distributed", reason="Dask is an optional extra")
    by_dask, by_array = planned(tmp_path / "dask"), planned(tmp_path / "array")
    caseload("sweep", "run", by_dask, "--cluster", "local", "--workers", 2)
    assert collected(by_dask) == undisturbed
    for number in (3, 1, 2):
        caseload("sweep", "run", by_array, "--shard", f"{number}/3", "--workers", 1)
    assert collected(by_array) == undisturbed


def test_two_runners_on_one_plan_share_it(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = planned(tmp_path)
    both = [start("sweep", "run", folder, "--workers", 1) for _ in range(2)]
    for process in both:
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
    assert collected(folder) == undisturbed
    assert set(events(folder).values()) == {1}


def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = planned(tmp_path)
    process = start("sweep", "run", folder, "--workers", 1)
    until_shards(folder, 5, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = shards(folder)
    limited = caseload("sweep", "run", folder, "--workers", 1, check=False, preexec_fn=no_room)
    assert limited.returncode == 2
    assert "Finished tasks are kept" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert shards(folder) == before
    assert not list((folder / "shards").glob("??/.*"))
    caseload("sweep", "run", folder, "--workers", 1)
    assert collected(folder) == undisturbed


def no_room() -> None:
    """No file may grow beyond 64 bytes: what the system says is near enough to a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


def test_a_failing_point_leaves_one_row_and_all_others(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("programme.staff.case_manager.fte,programme.enrolment.refusal_share\n2,0.1\n2,1.7\n3,\n", encoding="utf-8")
    file = written(tmp_path, levers=None, design={"kind": "list", "file": "points.csv"})
    caseload("sweep", "plan", file, "--out", tmp_path / "sweep", "--task-size", 4)
    done = caseload("sweep", "run", tmp_path / "sweep", "--workers", 1)
    assert done.stderr.count("Point 1: 6 replications failed") == 1
    import pyarrow.parquet as pq

    failures = pq.read_table(tmp_path / "sweep" / "collected" / "failures.parquet").to_pylist()
    assert [(row["point"], row["replications"]) for row in failures] == [(1, 6)]
    assert "refusal_share: must be at most 1 (got 1.7)" in failures[0]["reason"]
    outcomes = pq.read_table(tmp_path / "sweep" / "collected" / "outcomes.parquet").to_pydict()
    assert list(zip(outcomes["point"], outcomes["replication"], strict=True)) == [(p, r) for p in (0, 2) for r in range(6)]
    again = caseload("sweep", "run", tmp_path / "sweep", "--workers", 1, "--retry-failed")
    assert "replications" in again.stderr
    assert len(pq.read_table(tmp_path / "sweep" / "collected" / "failures.parquet")) == 1


def test_expanding_keeps_what_is_there(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    caseload("sweep", "plan", written(tmp_path, "few.yaml", replications=2), "--out", few, "--task-size", 4)
    caseload("sweep", "run", few, "--workers", 1)
    kept = {path: path.stat().st_mtime_ns for path in shards(few)}
    caseload("sweep", "expand", few, "--replications", 4)
    caseload("sweep", "run", few, "--workers", 1)
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    caseload("sweep", "plan", written(tmp_path, "many.yaml", replications=4), "--out", many, "--task-size", 3)
    caseload("sweep", "run", many, "--workers", 1)
    assert collected(few)["outcomes.parquet"] == collected(many)["outcomes.parquet"]


def test_a_changed_model_never_mixes(tmp_path: Path) -> None:
    folder = planned(tmp_path)
    plan = folder / "plan" / "0001" / "plan.json"
    plan.write_text(plan.read_text().replace('"model": "', '"model": "another-'), encoding="utf-8")
    refused = caseload("sweep", "run", folder, "--workers", 1, check=False)
    assert refused.returncode == 2
    assert "the model or its libraries have changed" in refused.stderr
    assert not shards(folder)


def test_a_folder_of_results_holds_no_code(tmp_path: Path) -> None:
    folder = planned(tmp_path)
    caseload("sweep", "run", folder, "--shard", "1/20", "--workers", 1)
    caseload("sweep", "collect", folder)
    endings = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert endings <= {".parquet", ".json", ".jsonl", ".yaml", ".lock"}
    assert SMALL["title"] in caseload("sweep", "status", folder).stdout
