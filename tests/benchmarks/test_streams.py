"""What overlapping the forward pass with the reading saves: a stream against one after the other.

A stream can save no more than the reading itself, and on a CPU only where the forward pass leaves
a core idle; with short texts both spend their time in Python and share its lock.
"""

from __future__ import annotations

import pytest
import torch

from gedig_edu.course.sentences import PROSE
from gedig_edu.lab.streams import read_stream
from gedig_edu.models import load
from gedig_edu.theory.gauge import Gauge, warm_up
from tests.benchmarks.timing import side_by_side

pytestmark = pytest.mark.benchmark

GAUGE = Gauge.released()


@pytest.fixture(params=[1, 2], ids="{} torch threads".format)
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize(("sentences", "texts", "most"), [(1, 48, 1.5), (8, 16, 1.1)])
def test_a_stream_against_attending_first_and_reading_then(capsys, threads, sentences, texts, most):
    warm_up()
    model = load("gpt2-mini")
    paragraph = " ".join(PROSE[:sentences])
    source = [f"{number}. {paragraph}" for number in range(texts)]

    def attend():
        for _ in model.attend_many(source):
            pass

    def attend_then_read():
        for maps in model.attend_many(source):
            GAUGE.read(maps.weights, causal=maps.causal)

    def stream():
        for _ in read_stream(GAUGE, model, source):
            pass

    calls = {"attend alone": attend, "attend, then read": attend_then_read, "stream": stream}
    taken = side_by_side(calls, rounds=7)
    ratio = taken["stream"].wall / taken["attend, then read"].wall
    with capsys.disabled():
        print(f"\n{texts} texts of {len(model.encode(source[-1]))} tokens, {threads} torch threads")
        for name, seconds in taken.items():
            print(f"  {name:17} {1000 * seconds.wall / texts:6.2f} ms per text")
        print(f"  stream / attend, then read: {ratio:.2f}")
    assert ratio <= most
