"""A real Slurm of one node runs a sweep as an array of jobs and through dask-jobqueue; skipped where it cannot start."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.sweep.runner import run
from experiments.sweep.store import collect, write_collected
from tests.experiments.sweeping import collected, finish, planned

SCRIPT = Path(__file__).with_name("slurm_node.sh")
PATIENCE = 180.0
FEW = {"programme.staff.case_manager.fte": [1, 2, 3, 4]}


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a running Slurm; its commands find it by SLURM_CONF."""
    home = tmp_path_factory.mktemp("slurm")
    try:
        started = subprocess.run([SCRIPT, "start", home], capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"Slurm cannot start here: {error}")
    if started.returncode:
        pytest.skip(f"Slurm cannot start here: {started.stderr.strip()}")
    before = os.environ.get("SLURM_CONF")
    os.environ["SLURM_CONF"] = str(home / "slurm.conf")
    yield home
    subprocess.run([SCRIPT, "stop", home], check=False)
    if before is None:
        del os.environ["SLURM_CONF"]
    else:
        os.environ["SLURM_CONF"] = before


def test_an_array_of_jobs_runs_a_sweep(tmp_path: Path, slurm: Path) -> None:
    folder = planned(tmp_path / "array", levers=FEW)
    command = shlex.join([sys.executable, "-m", "sim.cli", "sweep", "run", str(folder), "--workers", "1"])
    job = tmp_path / "job.sh"
    job.write_text(f'#!/bin/sh\n{command} --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"\n', encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    words = ["sbatch", "--wait", "--array=1-2", f"--output={tmp_path}/said-%a", f"--chdir={root}", "--mem=500", str(job)]
    subprocess.run(words, check=True, timeout=PATIENCE, capture_output=True)
    assert "replications" in (tmp_path / "said-1").read_text() + (tmp_path / "said-2").read_text()
    usual = finish(planned(tmp_path / "usual", levers=FEW))
    write_collected(collect(run(folder, NoOne())))
    assert collected(folder) == usual


class NoOne:
    """An executor that must not be needed."""

    workers = 1

    def run(self, orders):
        raise AssertionError(f"something was left: {list(orders)}")

    def close(self) -> None:
        """Nothing to do."""


def test_dask_jobqueue_runs_a_sweep(tmp_path: Path, slurm: Path) -> None:
    pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is an optional extra")
    from experiments.sweep.clusters import read_options, slurm_cluster

    options = tmp_path / "cluster.yaml"
    options.write_text(
        f"host: 127.0.0.1\njobs: 2\njob: {{cores: 1, memory: 900MB, walltime: '00:10:00', log_directory: {tmp_path}}}\n", encoding="utf-8"
    )
    folder = planned(tmp_path / "jobqueue", levers=FEW)
    write_collected(collect(run(folder, slurm_cluster(read_options(options)))))
    assert collected(folder) == finish(planned(tmp_path / "usual", levers=FEW))
    assert list(tmp_path.glob("dask-worker-*.out")) or list(tmp_path.glob("*.err"))
