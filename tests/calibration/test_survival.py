"""A calibration that is killed and resumed, or run by other executors, gives the same posterior to the byte."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from calibration.calibrating import Calibrator
from calibration.keeping import write_posterior
from calibration.specification import open_calibration
from experiments.sweep.executors import Executor, Here, Local
from tests.calibration.small import SMALL, STAGE, write_small

TARGETS = """
title: T
targets:
  N3: {measure: admissions_per_1000_py, arm: usual_care, window: baseline, value: 950, range: [700, 1400],
    use: fit, grade: derived, source: s}
  N9: {measure: annual_mortality, arm: usual_care, value: 0.18, range: [0.13, 0.22], use: fit, grade: memory, source: s}
"""
WAVES = [{"points": 24, "replications": 8}, {"points": 8, "replications": 8}]
"""12 tasks and 4 tasks of 16 replications."""
PATIENCE = 240.0


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(
        tmp_path_factory.mktemp("calibration"),
        TARGETS,
        set=SMALL["set"] | {"run.horizon": "6 months"},
        sampler={"walkers": 16, "steps": 150, "burn_in": 50},
        stages={"natural_history": STAGE | {"waves": WAVES}},
    )


@pytest.fixture(scope="module")
def undisturbed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return posterior(file, tmp_path_factory.mktemp("here"), Here())


def posterior(file: Path, folder: Path, executor: Executor) -> bytes:
    """The draws, as the bytes of their file."""
    with contextlib.closing(executor):
        done = Calibrator(open_calibration(file), folder, executor, None, lambda line: None).calibrate()
    return write_posterior(done, folder).read_bytes()


def shards(folder: Path) -> set[Path]:
    return set(folder.glob("runs/*/shards/??/[!.]*.parquet"))


def until_shards(folder: Path, count: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while len(shards(folder)) < count:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until, "the calibration does not get on"
        time.sleep(0.005)


def workers_of(parent: int) -> list[int]:
    """Processes that run tasks for another one; Linux."""
    found = []
    for entry in (entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()):
        with contextlib.suppress(OSError):
            status, words = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            if int(status.rpartition(")")[2].split()[1]) == parent and b"loky" in words and b"resource_tracker" not in words:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes in /proc")
def test_killed_and_resumed(file: Path, undisturbed: bytes, tmp_path: Path) -> None:
    """SIGKILL of a worker, which the calibration survives; then of the parent; then it goes on."""
    out = tmp_path / "out"
    words = [sys.executable, "-m", "sim.cli", "calibrate", str(file), "--out", str(out), "--workers", "2"]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            until_shards(out, 2, process)
            victims = workers_of(process.pid)
            assert victims
            os.kill(victims[0], signal.SIGKILL)
            until_shards(out, len(shards(out)) + 2, process)  # it has gone on
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    kept = {path: path.stat().st_mtime_ns for path in shards(out)}
    assert not (out / "small.parquet").exists()
    assert posterior(file, out, Here()) == undisturbed
    assert len(kept) >= 4
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())


def test_processes_here_give_the_same_bytes(file: Path, undisturbed: bytes, tmp_path: Path) -> None:
    assert posterior(file, tmp_path, Local(2)) == undisturbed


def test_a_cluster_gives_the_same_bytes(file: Path, undisturbed: bytes, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is an optional extra")
    from experiments.sweep.clusters import ClusterOptions, connect, local_cluster

    cluster = local_cluster(2, ClusterOptions())
    assert posterior(file, tmp_path / "local", cluster) == undisturbed
    cluster = local_cluster(1, ClusterOptions())
    try:
        address = cluster._cluster.scheduler_address
        assert posterior(file, tmp_path / "address", connect(address, ClusterOptions())) == undisturbed
    finally:
        cluster.close()
