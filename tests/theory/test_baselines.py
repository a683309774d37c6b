"""Baseline maps: what they are, their causal forms, and what the shuffle keeps."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge


def all_four(length, rng, *, causal):
    return {
        "random": baselines.random(length, rng, causal=causal),
        "uniform": baselines.uniform(length, causal=causal),
        "local": baselines.local(length, causal=causal),
        "diagonal": baselines.diagonal(length, causal=causal),
    }


@pytest.mark.parametrize("length", [1, 2, 7, 31])
@pytest.mark.parametrize("causal", [True, False])
def test_rows_sum_to_one_and_causal_maps_see_no_future(length, causal):
    for name, weights in all_four(length, np.random.default_rng(0), causal=causal).items():
        assert weights.shape == (length, length), name
        assert weights.dtype == np.float64, name
        np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-14, err_msg=name)
        assert (weights >= 0).all(), name
        if causal:
            assert not np.triu(weights, 1).any(), name
        assert np.isfinite(Gauge().read(weights, causal=causal).F), name


def test_maps_of_three_tokens_by_hand():
    np.testing.assert_allclose(baselines.uniform(3), np.full((3, 3), 1 / 3))
    np.testing.assert_allclose(
        baselines.uniform(3, causal=True), [[1, 0, 0], [1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]]
    )
    np.testing.assert_allclose(
        baselines.local(4, window=3, causal=True),
        [[1, 0, 0, 0], [1 / 2, 1 / 2, 0, 0], [0, 1 / 2, 1 / 2, 0], [0, 0, 1 / 2, 1 / 2]],
    )
    np.testing.assert_array_equal(baselines.diagonal(3, causal=True), np.eye(3))


def test_the_default_window_reaches_two_tokens_either_way():
    weights = baselines.local(11)
    i, j = np.indices((11, 11))
    np.testing.assert_array_equal(weights > 0, abs(i - j) <= 2)
    assert weights[5, 3] == 1 / 5


def test_random_is_uniform_cells_normalised_and_repeats_with_its_generator():
    cells = np.random.default_rng(3).random((5, 5))
    expected = cells / cells.sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(baselines.random(5, np.random.default_rng(3)), expected)
    lower = np.tril(cells)
    np.testing.assert_array_equal(
        baselines.random(5, np.random.default_rng(3), causal=True),
        lower / lower.sum(axis=1, keepdims=True),
    )


class TestRowShuffle:
    @settings(max_examples=30, deadline=None)
    @given(n=st.integers(1, 43), causal=st.booleans(), seed=st.integers(0, 2**32 - 1))
    def test_keeps_density_and_entropy_and_the_rows_own_weights(self, n, causal, seed):
        rng = np.random.default_rng(seed)
        weights = baselines.random(n, rng, causal=causal) ** 3
        weights /= weights.sum(axis=1, keepdims=True)
        shuffled = baselines.row_shuffled(weights, rng, causal=causal)
        np.testing.assert_array_equal(np.sort(shuffled, axis=1), np.sort(weights, axis=1))
        for gauge in (Gauge.paper(), Gauge.released()):
            before = gauge.read(weights, causal=causal, normalized=False)
            after = gauge.read(shuffled, causal=causal, normalized=False)
            assert after.density == before.density
            assert after.threshold == before.threshold
            assert after.entropy == pytest.approx(before.entropy, abs=1e-13)
        if causal:
            assert not np.triu(shuffled, 1).any()

    def test_every_order_is_equally_likely(self):
        weights = np.tile(np.array([0.2, 0.3, 0.5]), (2000, 3, 1))
        shuffled = baselines.row_shuffled(weights, np.random.default_rng(1))
        orders, counts = np.unique(shuffled.reshape(-1, 3), axis=0, return_counts=True)
        assert len(orders) == 6
        assert abs(counts - 1000).max() < 150  # five standard deviations

    def test_a_causal_row_is_shuffled_up_to_its_diagonal(self):
        weights = np.tril(np.arange(1.0, 26).reshape(5, 5))
        shuffled = baselines.row_shuffled(
            np.tile(weights, (400, 1, 1)), np.random.default_rng(2), causal=True
        )
        for i in range(5):
            seen = {tuple(row[: i + 1]) for row in shuffled[:, i]}
            assert len(seen) == [1, 2, 6, 24, 114][i] or (i == 4 and 100 < len(seen) <= 120)

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
    def test_tensors_stay_tensors(self, dtype):
        weights = torch.softmax(torch.randn(2, 3, 7, 7), dim=-1).to(dtype)
        before = weights.clone()
        shuffled = baselines.row_shuffled(weights, np.random.default_rng(0))
        assert isinstance(shuffled, torch.Tensor)
        assert shuffled.dtype == dtype
        assert torch.equal(weights, before)
        assert torch.equal(shuffled.sort(dim=-1).values, weights.sort(dim=-1).values)
        assert not torch.equal(shuffled, weights)

    def test_numpy_input_is_left_as_it_was(self):
        weights = baselines.random(7, np.random.default_rng(0))
        before = weights.copy()
        baselines.row_shuffled(weights, np.random.default_rng(1))
        np.testing.assert_array_equal(weights, before)


class TestRefusals:
    @pytest.mark.parametrize("length", [0, -3, 2.0, "5", True, None])
    def test_lengths_that_count_no_tokens(self, length):
        for build in (baselines.uniform, baselines.local, baselines.diagonal):
            with pytest.raises(GedigError) as caught:
                build(length)
            assert str(caught.value) == (
                f"length={length!r} is no number of tokens; give a whole number above 0."
            )

    @pytest.mark.parametrize("window", [0, 4, 2.5, -1])
    def test_windows_without_a_middle(self, window):
        with pytest.raises(GedigError) as caught:
            baselines.local(7, window)
        assert str(caught.value) == (
            f"window={window!r} has no middle token; give an odd number, 1 or more."
        )

    def test_seeds_in_place_of_generators(self):
        message = (
            "rng is of type int; give numpy.random.default_rng(seed), so that the result can be "
            "repeated."
        )
        with pytest.raises(GedigError) as caught:
            baselines.random(5, 42)
        assert str(caught.value) == message
        with pytest.raises(GedigError) as caught:
            baselines.row_shuffled(np.eye(3), 42)
        assert str(caught.value) == message

    def test_maps_that_are_not_square(self):
        with pytest.raises(GedigError, match=r"^weights have shape \(3, 5\), but attention maps"):
            baselines.row_shuffled(np.ones((3, 5)), np.random.default_rng(0))


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("length", [1, 2, 3, 11, 50])
def test_the_limits_of_entropy_that_a_refusal_names_are_met(length, causal):
    for seed in range(3):
        with pytest.raises(GedigError, match="out of reach") as refused:
            baselines.entropy_matched(length, 2, np.random.default_rng(seed), causal=causal)
        limits = re.findall(r"[\d.]+\d", str(refused.value).partition("number from")[2])
        for limit in map(float, limits):
            rng = np.random.default_rng(seed)
            weights = baselines.entropy_matched(length, limit, rng, causal=causal)
            assert Gauge.paper().read(weights, causal=causal).entropy == pytest.approx(
                limit, abs=2e-6
            )


def test_a_graph_of_no_tokens_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(GedigError, match="a graph of no tokens"):
        baselines.soft_configuration(np.zeros((0, 0), dtype=bool), rng, causal=True)
