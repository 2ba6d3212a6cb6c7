"""Who runs tasks: processes of this machine. The pool is disposable: what a task gave is in the store before it reports."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import joblib
from joblib import Parallel, delayed, parallel_config

from experiments.sweep.work import Done, Work, run_work

ALLOCATION: Final = ("SLURM_CPUS_PER_TASK", "NSLOTS", "PBS_NCPUS", "NCPUS")
"""Cores that Slurm, SGE and PBS have given to a job, where the system does not bind it to them."""
TASKS_AHEAD: Final = 2


class WorkerDied(Exception):
    """A worker process ended in the middle of a task; the other results of the pool are in the store."""


class Executor(Protocol):
    """Something that runs orders and says how each ended, in whatever order they end. May raise WorkerDied."""

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""
        ...

    def run(self, orders: Iterable[Work]) -> Iterator[Done]:
        """Run the orders, each read when a worker is nearly free."""
        ...

    def close(self) -> None:
        """Let go of workers."""
        ...


def cores() -> int:
    """Cores of this process: what the system binds it to and allows it, and not more than the batch system gave."""
    available = int(joblib.cpu_count())
    given = [int(os.environ[name]) for name in ALLOCATION if os.environ.get(name, "").isdecimal()]
    return max(1, min([available, *given]))


class Here:
    """One task after the other in this process."""

    workers = 1

    def run(self, orders: Iterable[Work]) -> Iterator[Done]:
        """Run the orders in turn."""
        return map(run_work, orders)

    def close(self) -> None:
        """Nothing to let go of."""


class Local:
    """Processes of this machine (joblib's loky), one thread each."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, orders: Iterable[Work]) -> Iterator[Done]:
        """Run the orders side by side. Raises WorkerDied."""
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        owner = os.getpid()
        with parallel_config("loky", inner_max_num_threads=1):
            pool = Parallel(n_jobs=self.workers, return_as="generator_unordered", batch_size=1, pre_dispatch=f"{TASKS_AHEAD}*n_jobs")
            try:
                yield from pool(delayed(run_work)(order.owned_by(owner)) for order in orders)
            except TerminatedWorkerError as error:
                raise WorkerDied from error

    def close(self) -> None:
        """End the pool's processes."""
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=False, kill_workers=True)


def local(workers: int) -> Executor:
    """As many processes as workers; with one, this process itself."""
    return Here() if workers == 1 else Local(workers)
