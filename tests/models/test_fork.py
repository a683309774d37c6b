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

WHILE_READ = """
import os, signal, sys, threading
import torch
from gedig_edu import models
from tests.models import tiny
network = tiny.network("llama").train()
owned = models.load(network, tiny.byte_level_tokenizer())
opened = models.load("gpt2-mini", device="cpu", backend="torch")
at_layer, done = threading.Barrier(3), threading.Event()

def hold(model):
    def wait(batch, layer, weights):
        if layer == 0:
            at_layer.wait()
            done.wait()
    list(model.each_layer(["a boat came"], wait))

readers = [threading.Thread(target=hold, args=[model]) for model in (owned, opened)]
for reader in readers:
    reader.start()
at_layer.wait()
child = os.fork()
if child == 0:
    signal.alarm(30)  # a process that hangs is ended
    given_back = network.training and network.config._attn_implementation != "gedig_edu"
    for model in (owned, opened):
        model.attend("a boat came")
    os._exit(0 if given_back and network.training else 3)
done.set()
for reader in readers:
    reader.join()
assert network.training
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_reads_a_model_that_a_thread_of_its_parent_was_reading():
    done = subprocess.run(
        [sys.executable, "-c", WHILE_READ], timeout=120, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("threads", [None, "4"])
def test_a_child_reads_what_its_parent_reads(threads):
    given = os.environ | ({} if threads is None else {"OMP_NUM_THREADS": threads})
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=given, timeout=120, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
