"""How long the first F takes from a cold process, beside importing torch and transformers.

All are measured in one run, in turn, and the best of each counts: what else the machine does
falls on both.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

TEXT = "The captain opened the door and looked at the harbour, and then he went home again."
LIVE = [sys.executable, "-m", "gedig_edu", "live", TEXT]
IMPORTS = [sys.executable, "-c", "import torch, transformers"]
NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}
MOST_SHARE, MOST_MEGABYTES, TURNS = 0.35, 250, 5


def run(command: list[str], **environment: str) -> tuple[float, float]:
    """Return the seconds a command takes, and the most memory it holds, megabytes."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=os.environ | NO_GPU | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return time.perf_counter() - start, used.ru_maxrss / 1024


@pytest.mark.benchmark
def test_the_first_f_comes_in_a_third_of_what_torch_takes_to_import(tmp_path: Path):
    turns = []
    for turn in range(TURNS):
        empty = {"NUMBA_CACHE_DIR": str(tmp_path / f"empty {turn}")}
        turns.append((run(IMPORTS), run(LIVE), run(LIVE, **empty)))
    imports, warm, empty = (min(each) for each in zip(*turns, strict=True))
    memory = max(megabytes for turn in turns for _, megabytes in turn[1:])
    print(f"importing torch and transformers {imports[0]:.2f} s")
    for name, (seconds, _) in {"warm": warm, "empty": empty}.items():
        print(f"live, {name} compile cache: {seconds:.2f} s, {seconds / imports[0]:.2f} of it")
    print(f"live holds {memory:.0f} MB at most")
    assert max(warm[0], empty[0]) <= MOST_SHARE * imports[0]
    assert memory < MOST_MEGABYTES
