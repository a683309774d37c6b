"""How fast maps are read: the page of speed beside this file, and the ratios that must hold.

The page is written to the path in ``GEDIG_BENCHMARK_TABLE`` where that is set, and printed.
"""

from __future__ import annotations

import math
import os
import pydoc_data.topics
from pathlib import Path

import numpy as np
import pytest

from gedig_edu.theory.gauge import Gauge, warm_up
from tests.benchmarks.readings import HEADS, LENGTHS, OWN, gpt2_shaped, measure
from tests.benchmarks.table import markdown

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def real_maps(smollm2):
    """Maps [144, 1024, 1024] of 16 of SmolLM2's layers, on the text of Python's own help."""
    warm_up()
    text = "\n".join(pydoc_data.topics.topics.values())[:5000]
    layers = np.linspace(0, smollm2.layers - 1, HEADS // smollm2.heads).round().astype(int)
    weights = smollm2.attend(text).weights[layers][..., : max(LENGTHS), : max(LENGTHS)]
    return weights.reshape(HEADS, max(LENGTHS), max(LENGTHS))


@pytest.fixture(scope="module")
def rows(real_maps):
    model = gpt2_shaped()
    return {length: measure(length, real_maps, model) for length in LENGTHS}


@pytest.mark.parametrize("length", LENGTHS)
def test_reading_maps_of_a_real_model(benchmark, real_maps, length):
    maps = np.ascontiguousarray(real_maps[:, :length, :length])
    reading = benchmark.pedantic(
        Gauge.released().read, (maps,), {"causal": True}, rounds=5, warmup_rounds=1
    )
    benchmark.extra_info["ms per head"] = 1000 * benchmark.stats.stats.min / HEADS
    assert reading.engine == "numba"


def test_table(rows, capsys):
    written = markdown(list(rows.values()))
    if path := os.environ.get("GEDIG_BENCHMARK_TABLE"):
        Path(path).write_text(written + "\n", encoding="utf-8")
    with capsys.disabled():
        print(f"\n\n{written}\n")
    assert written.count("\n| 1024 |") == 2


@pytest.mark.parametrize(("length", "most"), [(64, 0.10), (512, 0.20)])
def test_a_reading_costs_a_fraction_of_the_forward_pass(rows, length, most):
    share = rows[length].share_of_forward
    assert share <= most, f"{share:.3f} of the forward pass at {length} tokens"


@pytest.mark.parametrize(("length", "least"), [(512, 400), (1024, 1000)])
def test_a_reading_leaves_networkx_behind(rows, length, least):
    times = rows[length].times_networkx(OWN)
    assert times >= least, f"{times:.0f} times faster at {length} tokens"


@pytest.mark.parametrize("length", [512, 1024])
def test_a_reading_leaves_networkx_behind_even_where_its_searches_end_early(rows, length):
    times = rows[length].times_networkx()
    assert times >= 250, f"{times:.0f} times faster at {length} tokens of SmolLM2"


@pytest.mark.parametrize("library", ["scipy", "igraph", "rustworkx"])
@pytest.mark.parametrize("length", LENGTHS)
def test_paths_alone_are_faster_than_each_library(rows, length, library):
    times = rows[length].paths_times(library)
    assert times >= (20 if length == 512 else 1), f"{times:.1f} times faster at {length} tokens"


def test_time_grows_slower_than_the_cube_of_the_length(rows):
    longer, shorter = (rows[length].readings["numba"] for length in (1024, 256))
    exponent = math.log(longer.share_of(shorter), 4)
    assert exponent <= 2.6, f"L^{exponent:.2f} from 256 to 1024 tokens"


def test_numpy_takes_at_most_20_times_as_long(rows):
    times = rows[128].readings["numpy"].share_of(rows[128].readings["numba"])
    assert times <= 20, f"{times:.1f} times as long at 128 tokens"
