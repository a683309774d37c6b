"""A process that was forked from one that reads, or is about to, can read as well."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, signal, sys, threading, time
import numpy as np
from gedig_edu.theory.gauge import Gauge, warm_up

weights = np.tril(np.random.default_rng(0).random((30, 200, 200))) + np.eye(200)
weights /= weights.sum(axis=-1, keepdims=True)

def read():
    return Gauge().read(weights, causal=True)

def go_on():
    while not done.is_set():
        read()

done, reader = threading.Event(), threading.Thread(target=go_on)
if sys.argv[1] == "it has read":
    read()
elif sys.argv[1] == "it reads":
    warm_up()
    reader.start()
    time.sleep(0.05)
else:
    warm_up(background=True)
    while "numba.core" not in sys.modules:
        time.sleep(0.01)
child = os.fork()
if child == 0:
    signal.alarm(60)  # a process that hangs is ended
    os._exit(0 if read().engine == "numba" else 3)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
done.set()
reader.is_alive() and reader.join()
sys.exit(status)
"""


@pytest.mark.parametrize("while_", ["it has read", "it reads", "it imports numba"])
def test_a_child_reads_that_was_forked_while(while_):
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", CODE, while_],
        env=os.environ.copy(),
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
