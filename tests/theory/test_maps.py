"""The record of a text's maps: what it takes, and what callers read from it."""

import dataclasses

import numpy as np
import pytest
from gauge_maps import assert_same, softmax_maps

from gedig_edu.errors import GedigError
from gedig_edu.theory.comparison import Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

TOKENS = ("The", " cat", " sat", " down", ".")


def given_maps(**changes):
    weights = softmax_maps(np.random.default_rng(3), (2, 3, 5, 5), causal=True)
    given = {"tokens": TOKENS, "weights": weights.astype(np.float32), "causal": True}
    return AttentionMaps(**given | changes)


def with_sink():
    """Give maps of which every row leaves a quarter of its weight to a sink."""
    whole = given_maps()
    sink = np.full((2, 3, 5), 0.25, np.float32)
    return dataclasses.replace(whole, weights=whole.weights * np.float32(0.75), sink=sink)


def test_three_arguments_are_enough():
    maps = given_maps()
    assert (maps.special == [False] * 5).all()
    assert ["".join(TOKENS)[start:end] for start, end in maps.offsets] == list(TOKENS)
    assert not maps.renormalised
    assert maps.sink is None


class TestSink:
    def test_rows_with_a_sink_are_read_as_they_are(self):
        maps = with_sink()
        expected = Gauge.paper().read(maps.weights, causal=True, normalized=False)
        assert_same(maps.read(Gauge.paper()), expected)
        with pytest.raises(GedigError, match=r"sums to 0\.7"):
            Gauge.paper().read(maps.weights, causal=True)

    def test_a_comparison_reads_them_and_their_shuffles(self):
        compared = Comparison.read(with_sink(), Gauge.released())
        assert compared.delta("row_shuffled").shape == (2, 3)
        assert_same(compared.again(Gauge.paper()).real, with_sink().read(Gauge.paper()))

    def test_it_has_one_number_a_row(self):
        with pytest.raises(GedigError, match=r"^sink has shape \(2, 3\), but 5 tokens need"):
            given_maps(sink=np.zeros((2, 3), np.float32))
