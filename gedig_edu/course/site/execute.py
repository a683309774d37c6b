"""Lessons run from top to bottom, on the bundled model, leaving nothing behind."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbclient.util import ensure_async
from nbformat import NotebookNode

from gedig_edu.course import switch
from gedig_edu.views.widgets.standalone import VARIABLE
from gedig_edu.words import refusal

Result = TypeVar("Result")

CELL_SECONDS = 300
LISTEN_SECONDS = 0.2  # a signal may reach another thread, and then wakes no wait without an end
CHOICES = ("GEDIG_MODEL", "GEDIG_LANG")  # a learner's own, which the site does not follow


def in_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what `work` returns, run in a thread of its own, as an event loop may run here.

    If the wait is interrupted, as by Ctrl-C, the work is cancelled and awaited to its end.

    Examples
    --------
    >>> in_thread(asyncio.sleep(0, "done"))
    'done'
    """
    runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
    loop = runner.get_loop()
    task = loop.create_task(work)
    with ThreadPoolExecutor(max_workers=1) as thread:
        running = thread.submit(loop.run_until_complete, task)
        try:
            while not running.done():
                wait([running], timeout=LISTEN_SECONDS)
            return running.result()
        except BaseException:
            loop.call_soon_threadsafe(task.cancel)
            raise
        finally:
            thread.submit(runner.close)


async def execute(path: Path, *, solutions: bool = True) -> NotebookNode:
    """Return the notebook at `path` with its outputs and the state of its widgets.

    It runs in a scratch folder with a home and a model cache of its own, so that neither the
    learner's progress nor the models of this computer enter, and nothing is left, neither where
    it fails nor where it is cancelled. Without `solutions`, a cell that asks for one is told that
    they are switched off.

    Raises
    ------
    GedigError
        If a cell raises, runs too long, or takes the kernel down.
    """
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory(prefix="gedig-site-") as scratch:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": scratch}},
            extra_arguments=["--log-level=ERROR"],
            shutdown_kernel="immediate",  # with whatever it started; its files are in `scratch`
        )
        try:
            await client.async_execute(env=environment(scratch, solutions=solutions))
        except (CellControlSignal, DeadKernelError) as trouble:
            kind = getattr(trouble, "ename", "") or type(trouble).__name__
            said = getattr(trouble, "evalue", "") or str(trouble).splitlines()[0]
            raise refusal("not_run", name=path.name, kind=kind, said=said) from trouble
        finally:
            await end(client)
    return notebook


async def end(client: NotebookClient) -> None:
    """End the kernel that a start leaves behind where it is cancelled before its first cell."""
    if client.km is None:
        return
    if client.kc is not None:
        client.kc.stop_channels()
    if client.km.has_kernel:
        await ensure_async(client.km.shutdown_kernel(now=True))


def environment(scratch: str, *, solutions: bool = True) -> dict[str, str]:
    """Return the environment of a lesson's kernel: offline, with every folder in `scratch`.

    Its widgets bring along what a page without a kernel may ask them. It computes in one thread:
    the bundled model's products are too small to share, and threads that wait for each other by
    spinning take the cores from the lesson that runs beside it.

    Examples
    --------
    >>> made = environment("aside")
    >>> made["GEDIG_HOME"] == str(Path("aside") / "gedig_home"), made["OMP_NUM_THREADS"]
    (True, '1')
    """
    kept = {name: value for name, value in os.environ.items() if name not in CHOICES}
    folders = ("GEDIG_HOME", "GEDIG_CACHE", "HF_HOME", "IPYTHONDIR")
    return kept | {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "TMPDIR": scratch,
        VARIABLE: "1",
        switch.VARIABLE: "on" if solutions else "off",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        **{name: str(Path(scratch) / name.lower()) for name in folders},
    }
