"""The compiled engine as installed: where its kernels are kept, and what memory it takes."""

import os
import subprocess
import sys

from tests.helpers import require

MIB = 1 << 20

KERNEL = """
import numba
from gedig_edu.theory.engines.kernels.kept import kept, ready

@kept
def next_after(number):
    return number + 1

next_after = ready(next_after, numba.int64(numba.int64))
"""

CALL = """
from kernel import next_after
print(next_after(4), sum(next_after.stats.cache_hits.values()))
"""

PEAK = """
from pathlib import Path
import numpy as np
from gedig_edu.theory.gauge import Gauge

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("VmHWM"))

rng = np.random.default_rng(7)
one = np.tril(rng.random((1024, 1024), dtype=np.float32))
one /= one.sum(axis=1, keepdims=True)
weights = np.empty((12, 12, 1024, 1024), np.float32)
weights[:] = one
Gauge.paper().read(weights[0, 0, :8, :8], causal=True, normalized=False)
before = peak()
assert Gauge.paper().read(weights, causal=True).engine == "numba"
print(before, peak())
"""


def run(script, folder, **environment):
    """Run a script in a process of its own and return the numbers it prints."""
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [int(number) for number in done.stdout.split()]


def test_a_kernel_in_a_read_only_folder_is_compiled_once_into_the_users_own_cache(tmp_path):
    home, installed = tmp_path / "home", tmp_path / "installed"
    home.mkdir()
    installed.mkdir()
    (installed / "kernel.py").write_text(KERNEL, encoding="utf-8")
    (installed / "__pycache__").touch()  # in the way of a folder, even for a user who may do all
    installed.chmod(0o555)
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LOCALAPPDATA": str(home)}
    own["PYTHONPATH"] = os.pathsep.join([str(installed), os.getcwd()])
    assert run(CALL, home, **own) == [5, 0]
    assert run(CALL, home, **own) == [5, 1]
    assert list(home.rglob("kernel.next_after*.nbi"))


def test_144_heads_of_1024_tokens_need_less_than_150_mib_beside_their_weights(tmp_path):
    require(sys.platform == "linux", "a peak of memory in KiB")
    before, after = (1024 * peak for peak in run(PEAK, tmp_path, PYTHONPATH=os.getcwd()))
    assert 576 * MIB < before < 1024 * MIB
    assert after - before < 150 * MIB, f"{(after - before) / MIB:.0f} MiB"
