"""How long the site takes, in times of running its lessons once, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from gedig_edu.course.site.build import choose
from gedig_edu.course.site.execute import environment
from gedig_edu.course.workspace import lessons_source

LESSONS = ("03", "06")  # few, as what the site does once weighs less among all
ROUNDS = 2


def run_alone(scratch: Path) -> None:
    """Run the lessons as the site's kernels do, and do nothing with them."""
    for path in choose(lessons_source(), LESSONS):
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(notebook, kernel_name="python3", shutdown_kernel="immediate")
        client.execute(env=environment(str(scratch)), cwd=str(scratch))


def build(scratch: Path) -> None:
    """Write the site of the lessons, as a reader of the README does, who sets no threads."""
    inherited = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    chosen = [part for number in LESSONS for part in ("--lesson", number)]
    command = [sys.executable, "-m", "gedig_edu", "site", "--out", scratch / "site", *chosen]
    subprocess.run(command, check=True, capture_output=True, env=inherited)


def seconds(work: Callable[[Path], None], scratch: Path) -> float:
    scratch.mkdir()
    start = time.perf_counter()
    work(scratch)
    return time.perf_counter() - start


@pytest.mark.benchmark
def test_the_site_takes_at_most_twice_as_long_as_its_lessons(tmp_path):
    run_alone(tmp_path)  # compiles what is not compiled yet
    ways = {"alone": run_alone, "site": build}
    taken = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name, work in ways.items():
            taken[name].append(seconds(work, tmp_path / f"{name}-{number}"))
    alone, site = (min(taken[name]) for name in ways)
    print(f"lessons {', '.join(LESSONS)}: {alone:.1f} s alone, the site {site:.1f} s: "
          f"{site / alone:.2f} times, the best of {ROUNDS} rounds")  # fmt: skip
    assert site <= 2 * alone
