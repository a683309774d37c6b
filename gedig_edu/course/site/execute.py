"""Lessons run from top to bottom, on the bundled model, leaving nothing behind."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

from gedig_edu.course.site.figures import SETUP
from gedig_edu.errors import GedigError

CELL_SECONDS = 300
CHOICES = ("GEDIG_MODEL", "GEDIG_LANG")  # a learner's own, which the site does not follow


def execute(path: Path) -> NotebookNode:
    """Return the notebook at `path` with its outputs and the state of its widgets.

    It runs in a scratch folder with a home and a model cache of its own, so that neither the
    learner's progress nor the models of this computer enter, and nothing is left. Not to be
    called where an event loop runs.

    Raises
    ------
    GedigError
        If a cell raises, runs too long, or takes the kernel down.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(SETUP.strip()))
    with TemporaryDirectory(prefix="gedig-site-") as scratch:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": scratch}},
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            asyncio.run(client.async_execute(env=environment(scratch)))
        except (CellControlSignal, DeadKernelError) as trouble:
            reason = getattr(trouble, "ename", "") or type(trouble).__name__
            said = getattr(trouble, "evalue", "") or str(trouble).splitlines()[0]
            raise GedigError(
                f"{path.name} did not run to its end ({reason}: {said}); "
                "open it in JupyterLab, run it there, and build the site again."
            ) from trouble
    del notebook.cells[0]
    return notebook


def environment(scratch: str) -> dict[str, str]:
    """Return the environment of a lesson's kernel: offline, with every folder in `scratch`.

    Examples
    --------
    >>> environment("aside")["GEDIG_HOME"] == str(Path("aside") / "gedig_home")
    True
    """
    kept = {name: value for name, value in os.environ.items() if name not in CHOICES}
    folders = ("GEDIG_HOME", "GEDIG_CACHE", "HF_HOME", "IPYTHONDIR")
    return kept | {
        "HF_HUB_OFFLINE": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        **{name: str(Path(scratch) / name.lower()) for name in folders},
    }
