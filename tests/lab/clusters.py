"""A Dask cluster of real processes on 127.0.0.1."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = os.environ | {"PYTHONPATH": str(ROOT)}
KEEPING = {  # glibc keeps what it has; Dask's setting gives it back, 2.5 × slower
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_ARENA_MAX": "1",
}


@contextmanager
def started(*words: str | Path) -> Iterator[subprocess.Popen]:
    """Start a module of Dask's command line, and end it with the block."""
    module, *options = map(str, words)
    command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
    process = subprocess.Popen(command, env=HERE | KEEPING, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def said(process: subprocess.Popen, pattern: str) -> Iterator[str]:
    """Yield what a process tells in its log, as it comes."""
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    return (one[1] for one in (re.search(pattern, line) for line in lines) if one)


@contextmanager
def scheduler() -> Iterator[str]:
    """Give the address of a scheduler without workers, as host:port."""
    with started("dask_scheduler", "--host", "127.0.0.1", "--port", "0") as process:
        yield next(said(process, r"Scheduler at:\s+tcp://(\S+)"))


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Give the address of a scheduler with two workers of one thread each."""
    with scheduler() as address:
        alone = ["--nworkers", "2", "--nthreads", "1", "--local-directory", folder]
        with started("dask_worker", f"tcp://{address}", *alone) as process:
            workers = said(process, r"Registered to:\s+tcp://(\S+)")
            assert [next(workers), next(workers)] == [address, address]
            yield address
