"""Bytes for the page: pictures for the eye, edges and numbers to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.packing import pack_edges, pack_numbers, pack_picture
from tests.helpers import example_maps


def unpack(bits, heads, length):
    rows = np.frombuffer(bits, np.uint8).reshape(heads, length, -1)
    return np.unpackbits(rows, axis=-1, count=length, bitorder="little").astype(bool)


@settings(max_examples=25, deadline=None)
@given(
    heads=st.integers(1, 5), length=st.integers(1, 23), seed=st.integers(0, 99),
    quantile=st.floats(0.05, 0.99), released=st.booleans(),
)  # fmt: skip
def test_bit_rows_are_exactly_the_edges_of_the_gauges_graph(
    heads, length, seed, quantile, released
):
    maps = example_maps(layers=1, heads=heads, length=length, seed=seed)
    gauge = (Gauge.released if released else Gauge.paper)(quantile=quantile)
    reading = gauge.read(maps.weights, causal=True)
    edges = unpack(pack_edges(maps.weights[0], reading.threshold[0]), heads, length)
    for head in range(heads):
        graph = gauge.graph(maps.weights[0, head], causal=True)
        assert set(zip(*map(list, np.nonzero(edges[head])), strict=True)) == set(graph.edges)


def test_a_weight_at_the_threshold_is_no_edge_and_the_next_above_it_is():
    threshold = np.array([0.25])
    weights = np.array([[[0.25, np.nextafter(0.25, 1)], [0.0, 0.3]]])
    assert unpack(pack_edges(weights, threshold), 1, 2).tolist() == [[[False, True], [False, True]]]


def test_a_picture_is_within_half_a_step_and_its_255_is_the_rows_largest_alone():
    weights = example_maps(layers=1, heads=3, length=17).weights[0]
    weights[0, 5, :2] = [0.3, np.nextafter(np.float32(0.3), 0, dtype=np.float32)]
    weights[0, 5, 2:] = 0
    picture = pack_picture(weights, causal=False)
    cells = np.frombuffer(picture["cells"], np.uint8).reshape(weights.shape)
    peaks = np.frombuffer(picture["peaks"], "<f4").reshape(3, 17, 1)
    np.testing.assert_array_equal(peaks, weights.max(axis=-1, keepdims=True))
    np.testing.assert_array_equal(cells == 255, weights == peaks)
    below = cells < 254
    np.testing.assert_array_less((abs(cells / 255 * peaks - weights) / peaks)[below], 0.501 / 255)


def test_a_causal_picture_is_the_rows_up_to_the_diagonal():
    weights = example_maps(layers=1, heads=3, length=7).weights[0]
    whole, rows = (pack_picture(weights, causal=causal) for causal in (False, True))
    cells = np.frombuffer(whole["cells"], np.uint8).reshape(3, 7, 7)
    expected = [cell for head in cells for row in range(7) for cell in head[row, : row + 1]]
    assert list(rows["cells"]) == expected
    assert rows["peaks"] == whole["peaks"]


def test_a_picture_cannot_tell_apart_what_the_threshold_does():
    weights = np.array([[[0.6995, 0.15, 0.1505]]])
    cells = np.frombuffer(pack_picture(weights, causal=False)["cells"], np.uint8)
    assert cells[1] == cells[2]
    edges = np.frombuffer(pack_edges(weights, np.array([0.1502])), np.uint8)
    assert edges.tolist() == [0b101]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_travel_exactly_in_any_order_of_memory(dtype):
    numbers = np.random.default_rng(1).normal(size=(2, 3)).astype(dtype).T
    sent = np.frombuffer(pack_numbers(numbers), "<f8").reshape(3, 2)
    np.testing.assert_array_equal(sent, numbers)
