"""The memory of a learner: ten kernels that run the first cells of lesson 06 at once."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager

from gedig_edu.course.site.execute import environment, in_thread
from gedig_edu.course.workspace import lessons_source
from tests.benchmarks.table import processor

pytestmark = pytest.mark.benchmark

KERNELS = 10
LESSON = "06_live_f_on_gpt2.ipynb"
UNTIL = "## What carries ΔF"  # the live page is drawn, the model has read the sentence
MEGABYTE = 1_000_000


def first_cells() -> list[str]:
    """Return the code above a section: what imports, loads the model and draws the live page."""
    cells = []
    for cell in nbformat.read(lessons_source() / LESSON, as_version=4).cells:
        if cell.source.startswith(UNTIL):
            return cells
        if cell.cell_type == "code":
            cells.append(cell.source)
    raise AssertionError(f"{LESSON} has no section {UNTIL!r}")


def memory_of(pid: int) -> dict[str, float]:
    """Return what Linux says of a process, in megabytes: PSS shares common pages out, RSS not."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    found = {"pss": kilobytes["Pss"], "rss": kilobytes["Rss"], "own": own}
    return {name: 1024 * value / MEGABYTE for name, value in found.items()}


async def start(cells: list[str], scratch: str) -> AsyncKernelManager:
    """Return a kernel that has run the cells; a cell that raises fails the test."""
    kernel = AsyncKernelManager(kernel_name="python3")
    await kernel.start_kernel(
        env=environment(scratch) | {"GEDIG_STANDALONE": ""},
        cwd=scratch,
        extra_arguments=["--log-level=ERROR"],
    )
    client = kernel.client()
    client.start_channels()
    await client.wait_for_ready(timeout=120)
    for cell in cells:
        answer = await client.execute_interactive(cell, output_hook=lambda _: None, timeout=240)
        assert answer["content"]["status"] == "ok", answer["content"]
    client.stop_channels()
    return kernel


def server(scratch: str) -> float:
    """Return what the JupyterLab server of one learner takes, in megabytes, once it answers."""
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with subprocess.Popen(command, cwd=scratch, stderr=subprocess.PIPE, text=True) as running:
        try:
            for line in running.stderr or ():
                if "is running at" in line:
                    return memory_of(running.pid)["pss"]
            raise AssertionError("JupyterLab ended before it answered")
        finally:
            running.terminate()


async def measured(scratch: str) -> list[dict[str, float]]:
    cells = first_cells()
    kernels = await asyncio.gather(*(start(cells, scratch) for _ in range(KERNELS)))
    try:
        return [memory_of(kernel.provisioner.pid) for kernel in kernels]
    finally:
        await asyncio.gather(*(kernel.shutdown_kernel(now=True) for kernel in kernels))


def test_ten_kernels_at_once_fit_into_a_gigabyte_each(tmp_path):
    each = in_thread(measured(str(tmp_path)))
    found = {name: round(median(one[name] for one in each)) for name in each[0]}
    total = sum(memory["pss"] for memory in each)
    record = found | {
        "server": round(server(str(tmp_path))),
        "kernels": KERNELS,
        "all": round(total),
        "when": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "processor": processor(),
        "versions": f"Python {platform.python_version()}, "
        f"numpy {version('numpy')}, numba {version('numba')}",
        "command": "pytest tests/benchmarks/test_learner_memory.py -m benchmark -s",
    }
    print(json.dumps(record, indent=1, ensure_ascii=False))
    assert len(each) == KERNELS
    assert max(one["pss"] for one in each) < 1000
