"""Dask clusters: on this machine, an address, or Slurm through dask-jobqueue. Dask is an optional extra."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from experiments.errors import SweepError
from experiments.sweep.executors import TASKS_AHEAD, WorkerDied
from experiments.sweep.work import Done, Work, run_work
from sim.scenario import Problem, ScenarioErrors
from sim.scenario.files import FileFault, first_place, read
from sim.scenario.model.base import Block
from sim.scenario.refusals import explain
from sim.scenario.shape import BlockOf

LOOPBACK: Final = "127.0.0.1"
NO_DASHBOARD_PORT: Final = ":0"
ONE_THREAD: Final = 1
CONNECT_SECONDS: Final = 30
NEEDED: Final = "needs Dask, which is not installed: pip install 'caseload[cluster]'"


class ClusterOptions(Block):
    """Options of a cluster, from a YAML file.

    host, dashboard: where the scheduler and its page listen; this machine alone unless said otherwise. security: TLS files, handed
    to distributed.Security. workers: of a local cluster. jobs: how many Slurm jobs; job: options of dask_jobqueue.SLURMCluster.
    """

    host: str | None = None
    dashboard: str | None = None
    security: dict[str, Any] = Field(default_factory=dict)
    workers: Annotated[int, Field(ge=1)] | None = None
    jobs: Annotated[int, Field(ge=1)] = 1
    job: dict[str, Any] = Field(default_factory=dict)


def read_options(path: Path | None) -> ClusterOptions:
    """The options in a YAML file; none for None. Raises ScenarioErrors with the line of every fault."""
    if path is None:
        return ClusterOptions()
    try:
        place = first_place(path)
    except FileFault as fault:
        raise ScenarioErrors([Problem(str(path), 0, 0, "", str(fault))]) from None
    tree, faults = read(place)
    if tree is None or faults:
        raise ScenarioErrors(faults)
    try:
        return ClusterOptions.model_validate(tree.plain())
    except ValidationError as error:
        raise ScenarioErrors(explain(error, tree, BlockOf(ClusterOptions))) from None


class Dask:
    """Runs orders on a Dask cluster whose workers see the results folder under the same path."""

    def __init__(self, client: Any, cluster: Any = None, expected: int | None = None) -> None:
        self._client = client
        self._cluster = cluster
        self._expected = expected

    @property
    def workers(self) -> int:
        """Workers that are there, or those that were asked for."""
        return max(1, len(self._client.nthreads()), self._expected or 1)

    def run(self, orders: Iterable[Work]) -> Iterator[Done]:
        """Run the orders, a few more than there are workers under way. Raises WorkerDied; SweepError when the scheduler is gone."""
        from distributed import as_completed
        from distributed.scheduler import KilledWorker

        waiting = iter(orders)
        under_way = as_completed(loop=self._client.loop)
        try:
            for _ in range(TASKS_AHEAD * self.workers):
                self._submit(waiting, under_way)
            for future in under_way:
                done = future.result()
                self._submit(waiting, under_way)
                yield done
        except KilledWorker as error:
            raise WorkerDied from error
        except (OSError, TimeoutError, asyncio.CancelledError, RuntimeError) as error:
            raise SweepError(gone(error)) from error
        except Exception as error:
            if type(error).__name__ in ("FutureCancelledError", "CancelledError", "FuturesCancelledError"):
                raise SweepError(gone(error)) from error
            raise

    def _submit(self, waiting: Iterator[Work], under_way: Any) -> None:
        order = next(waiting, None)
        if order is not None:
            under_way.add(self._client.submit(run_work, order, pure=False))

    def close(self) -> None:
        """Leave the cluster, and end it if it is ours."""
        for part in (self._client, self._cluster):
            if part is not None:
                with contextlib.suppress(Exception):
                    part.close(timeout=5)


def gone(error: BaseException) -> str:
    """What to say when the scheduler cannot be reached any more."""
    return (
        f"the Dask scheduler is gone ({type(error).__name__}). Finished tasks are kept: the same command goes on when a scheduler "
        "is there again, and `--workers` goes on without one"
    )


def connect(address: str, options: ClusterOptions) -> Dask:
    """A client of a scheduler somewhere: tcp://host:8786 or tls://host:8786. Errors: SweepError."""
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, security=_security(options), set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise SweepError(f"no Dask scheduler answers at {address} ({error})") from error
    return Dask(client)


def local_cluster(workers: int, options: ClusterOptions) -> Dask:
    """Worker processes of this machine, one thread each; nobody else can reach them."""
    distributed = _distributed()
    count = options.workers or workers
    security = _security(options)
    with _children_deaf_to_ctrl_c():
        cluster = distributed.LocalCluster(
            n_workers=count,
            threads_per_worker=ONE_THREAD,
            processes=True,
            host=options.host or LOOPBACK,
            dashboard_address=options.dashboard or LOOPBACK + NO_DASHBOARD_PORT,
            worker_dashboard_address=LOOPBACK + NO_DASHBOARD_PORT,
            protocol="tls://" if security else "tcp://",
            security=security,
            # a worker that is closed while it reports says so with a traceback; what matters reaches the client
            silence_logs=logging.CRITICAL,
        )
    return Dask(distributed.Client(cluster, set_as_default=False), cluster, count)


@contextlib.contextmanager
def _children_deaf_to_ctrl_c() -> Iterator[None]:
    """Ctrl-C on a terminal reaches every process; ours alone answers it, and ends the workers that are started in here."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def slurm_cluster(options: ClusterOptions) -> Dask:
    """Workers as Slurm jobs. Errors: SweepError when the options do not say where the scheduler may be reached."""
    distributed = _distributed()
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise SweepError(f"--cluster slurm {NEEDED}") from error
    if options.host is None and "interface" not in options.job:
        raise SweepError("Slurm's nodes must reach the scheduler: say host: (an address) or job: {interface: ...} in --cluster-options")
    security = _security(options)
    job = {"cores": 1, "memory": "2GB", **options.job}
    job.setdefault("processes", job["cores"])
    scheduler = {"dashboard_address": options.dashboard or LOOPBACK + NO_DASHBOARD_PORT}
    if options.host is not None:
        scheduler["host"] = options.host
    try:
        cluster = SLURMCluster(security=security, protocol="tls://" if security else "tcp://", scheduler_options=scheduler, **job)
    except (TypeError, ValueError) as error:
        raise SweepError(f"dask-jobqueue does not take the options of `job`: {error}") from error
    cluster.scale(jobs=options.jobs)
    return Dask(distributed.Client(cluster, set_as_default=False), cluster, options.jobs * int(job["processes"]))


def _security(options: ClusterOptions) -> Any:
    if not options.security:
        return None
    try:
        return _distributed().Security(require_encryption=True, **options.security)
    except (TypeError, ValueError) as error:
        raise SweepError(f"Dask does not take the options of `security`: {error}") from error


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise SweepError(f"--cluster {NEEDED}") from error
    return distributed
