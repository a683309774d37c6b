"""A process that was forked after a model had computed can compute as well."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, signal, sys
import numpy as np
from gedig_edu import models
model = models.load("gpt2-mini", device="cpu", backend="torch")
text = "The river ran past the old mill. " * 8
before = model.attend(text).weights
child = os.fork()
if child == 0:
    signal.alarm(30)  # a process that hangs is ended
    os._exit(0 if np.allclose(model.attend(text).weights, before, atol=1e-6) else 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize("threads", [None, "4"])
def test_a_child_reads_what_its_parent_reads(threads):
    given = os.environ | ({} if threads is None else {"OMP_NUM_THREADS": threads})
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=given, timeout=120, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
