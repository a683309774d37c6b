"""One length of the table: the same maps, read and walked by everyone, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import torch
import transformers

from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.paths import path_statistics
from tests.benchmarks import rivals
from tests.benchmarks.timing import Seconds, side_by_side

HEADS = 144
ROUNDS = {32: 3, 64: 3, 128: 3, 256: 4, 512: 4, 1024: 4}
LENGTHS = tuple(ROUNDS)
SLOW_HEADS = 12  # of 144 for the engines of NumPy and torch, beyond 128 tokens
FEW_HEADS = 2  # of 144 for the ways of other libraries
OWN = ", GPT-2's own maps"


@dataclass(frozen=True)
class Row:
    """Seconds per head at one length, and those of a forward pass and a copy per head."""

    length: int
    readings: dict[str, Seconds]
    paths: dict[str, Seconds]
    forward: Seconds
    copy: Seconds

    @property
    def share_of_forward(self) -> float:
        """The slowest of our readings in shares of the model's forward pass."""
        ours = ("numba", "numba, paper", "numba" + OWN)
        return max(self.readings[name].share_of(self.forward) for name in ours)

    def times_networkx(self, maps: str = "") -> float:
        """How many times longer one waits for networkx, on SmolLM2's maps or on ``OWN``."""
        return self.readings["networkx" + maps].wall / self.readings["numba" + maps].wall

    def paths_times(self, library: str) -> float:
        return self.paths[library].times(self.paths["numba"])


def gpt2_shaped() -> transformers.GPT2Model:
    """GPT-2 of 124 million parameters with random weights, its attention returned (eager)."""
    torch.manual_seed(0)
    shape = transformers.GPT2Config(attn_implementation="eager")
    return transformers.GPT2Model(shape).eval()


@torch.inference_mode()
def forward(model: transformers.GPT2Model, length: int) -> tuple[torch.Tensor, ...]:
    """Run the model on one text of `length` tokens and return its attention, layer by layer."""
    tokens = torch.arange(length)[None] * 37 % model.config.vocab_size
    return model(tokens, output_attentions=True, use_cache=False).attentions


def measure(length: int, real_maps: np.ndarray, model: transformers.GPT2Model) -> Row:
    """Time everyone on maps [heads, L, L] of a real model, after checking that all agree."""
    maps = np.ascontiguousarray(real_maps[:, :length, :length])
    own = torch.cat(forward(model, length)).numpy()  # [layers, heads, L, L]
    copy = np.empty_like(maps)
    read = partial(Gauge.released().read, causal=True)
    slow = maps if length <= 128 else maps[:: HEADS // SLOW_HEADS]
    few = maps[HEADS // 4 :: HEADS // FEW_HEADS]
    edges = maps > read(maps).threshold[:, None, None]
    few_edges = edges[HEADS // 4 :: HEADS // FEW_HEADS]
    check_that_all_agree(few, few_edges)
    assert rivals.networkx_reading(own[5, 7]) == pytest.approx(read(own[5, 7]).F, abs=1e-9)
    calls = {
        "numba": (HEADS, lambda: read(maps)),
        "numba, paper": (HEADS, lambda: Gauge.paper().read(maps, causal=True)),
        "numba" + OWN: (HEADS, lambda: read(own)),
        "numpy": (len(slow), lambda: read(slow, engine="numpy")),
        "torch": (len(slow), lambda: read(slow, engine="torch")),
        "networkx": (FEW_HEADS, lambda: [rivals.networkx_reading(one) for one in few]),
        "networkx" + OWN: (1, lambda: rivals.networkx_reading(own[5, 7])),
        "forward": (HEADS, lambda: forward(model, length)),
        "copy": (HEADS, lambda: np.copyto(copy, maps)),
        "paths numba": (HEADS, lambda: path_statistics(edges)),
    }
    for name, way in rivals.PATHS.items():
        calls[f"paths {name}"] = (FEW_HEADS, lambda way=way: [way(one) for one in few_edges])
    taken = side_by_side({n: call for n, (_, call) in calls.items()}, rounds=ROUNDS[length])
    each = {name: taken[name].each_of(heads) for name, (heads, _) in calls.items()}
    paths = {n.removeprefix("paths "): s for n, s in each.items() if n.startswith("paths ")}
    return Row(length, each, paths, each["forward"], each["copy"])


def check_that_all_agree(maps: np.ndarray, edges: np.ndarray) -> None:
    """Fail unless every engine and every library finds the same numbers."""
    gauge = Gauge.released()
    first, *others = [gauge.read(maps, causal=True, engine=e) for e in ("numba", "numpy", "torch")]
    for other in others:
        for name in ("threshold", "edges", "nodes", "path_length"):
            np.testing.assert_array_equal(getattr(other, name), getattr(first, name), name)
        np.testing.assert_allclose(other.F, first.F, rtol=0, atol=1e-9)
    np.testing.assert_allclose(list(map(rivals.networkx_reading, maps)), first.F, rtol=0, atol=1e-9)
    ours = path_statistics(edges, tie="lowest")
    for way in rivals.PATHS.values():
        nodes, lengths = zip(*map(way, edges), strict=True)
        np.testing.assert_array_equal(nodes, ours.nodes, way.__name__)
        np.testing.assert_allclose(lengths, ours.mean, rtol=1e-12, err_msg=way.__name__)
