"""How soon the first map is read: fresh process, warm cache, an install that is read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gedig_edu

pytestmark = pytest.mark.benchmark

FIRST = """
import time
import numba
import numpy as np
weights = np.eye(64, dtype=np.float32)
imported = time.process_time()
numba.njit("int64(int64)")(lambda number: number)  # numba imports most of itself only now
wall, cpu = time.perf_counter(), time.process_time()
from gedig_edu.theory.gauge import Gauge
assert Gauge.paper().read(weights, causal=True).engine == "numba"
print(time.perf_counter() - wall, time.process_time() - cpu, cpu - imported)
from gedig_edu.theory.engines.kernels import cells, paths
print(sum(sum(k.stats.cache_hits.values()) for k in (cells.read_cells, paths.read_links)))
"""


@pytest.fixture
def read_only_install(tmp_path):
    """A copy of the package in which nothing can be written, even by a user who may do all."""
    copy = tmp_path / "site" / "gedig_edu"
    unneeded = shutil.ignore_patterns("__pycache__", "data")
    shutil.copytree(Path(gedig_edu.__file__).parent, copy, ignore=unneeded)
    folders = [copy, *(path for path in copy.rglob("*") if path.is_dir())]
    for folder in folders:
        (folder / "__pycache__").touch()  # a file where the folder of a cache would be
        folder.chmod(0o555)
    yield copy.parent
    for folder in folders:
        folder.chmod(0o755)


def first_readings(install, home, *, times, **variables):
    """Read a map in fresh processes of somebody with this home; return what each of them said."""
    home.mkdir()
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LOCALAPPDATA": str(home)}
    own |= {"PYTHONPATH": str(install)} | variables
    environment = {n: v for n, v in os.environ.items() if n != "NUMBA_CACHE_DIR"} | own
    runs = []
    for _ in range(times):
        done = subprocess.run(
            [sys.executable, "-c", FIRST], cwd=home, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        runs.append([float(number) for number in done.stdout.split()])
    return runs


def test_a_class_compiles_once_into_a_cache_that_all_may_write(read_only_install, tmp_path):
    shared = {"NUMBA_CACHE_DIR": str(tmp_path / "shared")}
    ((*_, compiled),) = first_readings(read_only_install, tmp_path / "one", times=1, **shared)
    ((*_, loaded),) = first_readings(read_only_install, tmp_path / "two", times=1, **shared)
    assert (compiled, loaded) == (0, 3)
    assert list((tmp_path / "two").rglob("*.nb[ic]")) == []


def test_the_first_reading_after_a_warm_cache_takes_less_than_half_a_second(
    read_only_install, tmp_path
):
    runs = first_readings(read_only_install, tmp_path / "home", times=8)
    (_, cold, _, compiled), *warm = runs
    wall, seconds, lazy, loaded = map(min, zip(*warm, strict=True))
    said = (
        f"{seconds:.2f} s of processor ({wall:.2f} s on the wall), {cold:.1f} s to compile; "
        f"numba's own first function {lazy:.2f} s"
    )
    print(f"first reading after a warm cache, importing numba aside: {said}")
    assert (compiled, loaded) == (0, 3)
    assert seconds < 0.5, said
