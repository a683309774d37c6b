"""Where the parts of a run are measured: in this process, in others here, or on a Dask cluster."""

from __future__ import annotations

import importlib
import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gedig_edu.errors import GedigError
from gedig_edu.lab.workers import end_with
from gedig_edu.theory.engines.dispatch import available_cores
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 3.0
WORKER_SECONDS = 30.0
_GREETING = b"pickle-protocol"  # part of what every Dask server says first


@dataclass(frozen=True)
class Workers:
    """Who measures.

    Attributes
    ----------
    count : int
        Local processes; 0 where this process measures, or a cluster does.
    host : str
        Of a Dask scheduler; "" where there is none.
    port : int
    """

    count: int = 0
    host: str = ""
    port: int = 0

    @property
    def address(self) -> str:
        """Where Dask's own library finds the scheduler."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


def workers_of(said: str | None) -> Workers:
    """Return who measures: ``local:N``, ``dask://host:port``, or where not given this process.

    Raises
    ------
    GedigError
        If it is none of these.

    Examples
    --------
    >>> workers_of("local:2").count, workers_of("dask://127.0.0.1:8786").address
    (2, 'tcp://127.0.0.1:8786')
    """
    if said is None:
        return Workers()
    local = re.fullmatch(r"local:([1-9]\d{0,8})", said, re.ASCII)
    if local:
        most = max(2, available_cores())
        if int(local[1]) > most:
            raise refusal("experiment.too_many", said=said, most=most)
        return Workers(count=int(local[1]))
    try:
        parts = urlsplit(said)
        asked = (parts.scheme, parts.hostname or "", parts.port or 0)
    except ValueError:
        asked = ("", "", 0)
    scheme, host, port = asked
    if scheme != "dask" or not host or not port:
        raise refusal("experiment.workers", said=said)
    return Workers(host=host, port=port)


def check_extras(workers: Workers) -> None:
    """Refuse to begin where a library that a run needs is missing.

    Raises
    ------
    GedigError
    """
    for name in ("joblib", "pyarrow", *(("distributed",) if workers.host else ())):
        try:
            importlib.import_module(name)
        except ImportError as missing:
            raise refusal("experiment.extra", name=name) from missing


class Engine:
    """What measures, while it is open.

    Parameters
    ----------
    workers : Workers
    client : distributed.Client, optional
        Of the cluster.
    """

    def __init__(self, workers: Workers, client: Client | None = None) -> None:
        self.workers, self._client = workers, client

    @property
    def threads(self) -> int:
        """How many texts one worker measures at once: on a cluster, as many as it has threads."""
        counts: Any = self._client.nthreads() if self._client else {"here": 1}
        return max(counts.values())

    def describe(self, task: Callable[..., Any], *given: Any) -> list[Any]:
        """Return what a task says in each worker; local processes are alike, so one is asked.

        Raises
        ------
        GedigError
            If a worker has no gedig-edu, or the task refuses.
        """
        if self._client is None:
            return list(self.results(task, [given]))
        try:
            said: Any = self._client.run(task, *given)
            return list(said.values())
        except ModuleNotFoundError as missing:
            raise refusal("experiment.worker_lacks", name=missing.name) from missing

    def results(self, task: Callable[..., Any], items: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """Yield what a task returns for each item, in whatever order they are done.

        Raises
        ------
        GedigError
            If workers ended before their work did.
        """
        from joblib import Parallel, delayed
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        jobs = self.workers.count or (-1 if self._client else 1)
        options: dict[str, Any] = {"batch_size": 1}
        parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", **options)
        try:
            yield from parallel(delayed(task)(*given) for given in items)
        except TerminatedWorkerError as ended:
            raise refusal("experiment.worker_ended") from ended
        except (OSError, RuntimeError) as trouble:
            if self._client is None or self._client.status == "running":
                raise
            raise refusal("experiment.cluster_lost", address=self.workers.address) from trouble


@contextmanager
def opened(workers: Workers) -> Iterator[Engine]:
    """Give what measures, with one thread for each worker; local ones end with this process.

    Raises
    ------
    GedigError
        If no scheduler answers within three seconds, or it has no worker.
    """
    from joblib import parallel_config

    if workers.host:
        with _client(workers) as client, parallel_config(backend="dask", client=client):
            yield Engine(workers, client)
    elif workers.count:
        watched = {"initializer": end_with, "initargs": (os.getpid(),)}
        with parallel_config(backend="loky", inner_max_num_threads=1, **watched):
            yield Engine(workers)
    else:
        with parallel_config(backend="sequential"):
            yield Engine(workers)


@contextmanager
def _client(workers: Workers) -> Iterator[Client]:
    from distributed import Client

    if not _greets(workers):
        raise _silent(workers)
    try:
        client = Client(workers.address, timeout=ANSWER_SECONDS, set_as_default=False)
    except OSError as trouble:
        raise _silent(workers) from trouble
    with client:
        _wait_for_worker(client, workers)
        yield client


def _wait_for_worker(client: Client, workers: Workers) -> None:
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError as trouble:
        told = {"address": workers.address, "seconds": WORKER_SECONDS}
        raise refusal("experiment.no_worker", **told) from trouble


def _silent(workers: Workers) -> GedigError:
    told = {"address": workers.address, "seconds": ANSWER_SECONDS}
    return refusal("experiment.no_scheduler", **told)


def _greets(workers: Workers) -> bool:
    """Return whether something of Dask answers; its own library can wait for others for ever.

    The question runs in a thread of its own, since looking up a host has no timeout.
    """
    greeted = threading.Event()

    def ask() -> None:
        try:
            with socket.create_connection((workers.host, workers.port), ANSWER_SECONDS) as line:
                line.settimeout(ANSWER_SECONDS)
                if _GREETING in line.recv(1024):
                    greeted.set()
        except OSError:
            return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(ANSWER_SECONDS)
    return greeted.is_set()
