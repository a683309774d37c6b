"""Reading while the model runs, against attending first and reading then: time and memory.

A stream saves the copies of the maps and their memory; the forward pass and the reading are the
same. The bounds leave room for a busy machine: what is measured is printed.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from gedig_edu.course.sentences import PROSE
from gedig_edu.lab.streams import read_stream
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge, warm_up
from tests.benchmarks.timing import side_by_side

pytestmark = pytest.mark.benchmark

GAUGE = Gauge.released()
LENGTHS = {24: ("gpt2-mini", 48, 9), 174: ("gpt2-mini", 8, 7), 1000: ("smollm2", 1, 4)}
MEMORY = """
import sys
from pathlib import Path
from gedig_edu.lab.streams import read_stream
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge, warm_up

how, layers, text = sys.argv[1], int(sys.argv[2]), sys.argv[3]
warm_up()
opened = load("smollm2")
del opened.network.base_model.layers[layers:]
opened.network.config.num_hidden_layers = layers
if layers < 30:
    from dataclasses import replace
    from gedig_edu.models.torch_backend import TorchBackend
    opened = replace(opened, backend=TorchBackend(name="smollm2", network=opened.network))
gauge = Gauge.released()
opened.attend("A word.").read(gauge)


def most():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


Path("/proc/self/clear_refs").write_text("5")  # the peak of loading does not count
before = most()
if how == "stream":
    (one,) = read_stream(gauge, opened, [text])
    found = one.reading
else:
    found = opened.attend(text).read(gauge)
assert found.F.shape == (layers, 9)
print(most() - before)
"""


def text_of(model, tokens: int, start: int = 0) -> str:
    """Return prose of at most so many tokens, and hardly fewer."""
    ids = model.tokenizer.encode(" ".join(PROSE) * 4).ids
    text = model.tokenizer.decode(ids[start : start + tokens])
    while len(model.encode(text)) > tokens:
        text = text[:-1]
    return text


@pytest.mark.parametrize(
    ("backend", "tokens"),
    [("torch", 24), ("numpy", 24), ("torch", 174), ("numpy", 174), ("torch", 1000)],
)
def test_a_stream_takes_no_longer_than_attending_first_and_reading_then(capsys, backend, tokens):
    name, count, rounds = LENGTHS[tokens]
    warm_up()
    model = load(name, backend=backend)
    texts = [text_of(model, tokens - 3 * (n % 4), start=n) for n in range(count)]

    def attend():
        for _ in model.attend_many(texts):
            pass

    def attend_then_read():
        for maps in model.attend_many(texts):
            maps.read(GAUGE)

    def stream():
        for _ in read_stream(GAUGE, model, texts):
            pass

    calls = {"attend alone": attend, "attend, then read": attend_then_read, "stream": stream}
    taken = side_by_side(calls, rounds=rounds)
    ratio = taken["stream"].times(taken["attend, then read"])
    with capsys.disabled():
        print(f"\n{count} texts of {tokens} tokens, {backend}, {torch.get_num_threads()} threads")
        for named, seconds in taken.items():
            each = seconds.each_of(count)
            print(f"  {named:17} {1000 * each.wall:8.2f} ms, {1000 * each.cpu:8.2f} of processor")
        print(f"  stream / attend, then read: {ratio:.2f}")
    assert ratio <= 1.1


def test_the_memory_of_a_stream_is_flat_in_layers(capsys):
    """SmolLM2 at 1,000 tokens, whole and cut to a third: MiB beyond the model itself."""
    text = text_of(load("smollm2"), 1000)
    grown = {
        (how, layers): int(
            subprocess.run(
                [sys.executable, "-c", MEMORY, how, str(layers), text],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        / 1024
        for how in ("stream", "attend")
        for layers in (10, 30)
    }
    with capsys.disabled():
        print()
        for (how, layers), mebibytes in grown.items():
            print(f"  {how:6} {layers} layers: {mebibytes:7.0f} MiB beside the model")
    maps = 9 * 1000 * 1000 * 4 / 2**20  # of one layer
    assert grown["stream", 30] - grown["stream", 10] < 2 * maps
    assert grown["attend", 30] - grown["attend", 10] > 19 * maps
