"""Path statistics as learners call them; the engines behind have a test module of their own."""

import numpy as np
import pytest
import torch
from gauge_maps import softmax_maps

from gedig_edu.errors import GedigError
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.paths import path_gain, path_statistics


def test_a_triangle_with_a_tail_by_hand():
    links = np.zeros((5, 5), dtype=bool)
    links[[0, 1, 2, 2], [1, 2, 0, 3]] = True  # node 4 stays alone
    found = path_statistics(links)
    assert (found.nodes, found.distance_sum) == (4, 2 * (1 + 1 + 1 + 1 + 2 + 2))
    assert found.mean == 16 / 12


def test_direction_and_self_loops_do_not_matter():
    links = np.random.default_rng(0).random((3, 7, 23, 23)) < 0.05
    forward = path_statistics(links)
    backward = path_statistics(links.swapaxes(-1, -2) | np.eye(23, dtype=bool))
    np.testing.assert_array_equal(forward.nodes, backward.nodes)
    np.testing.assert_array_equal(forward.distance_sum, backward.distance_sum)
    assert forward.nodes.shape == forward.mean.shape == (3, 7)


@pytest.mark.parametrize("engine", [None, "numba", "numpy", "torch"])
def test_tensors_and_views_are_read_like_arrays(engine):
    links = np.random.default_rng(1).random((5, 46, 46)) < 0.1
    expected = path_statistics(links[:, ::2, 1::2].copy())
    for given in (links[:, ::2, 1::2], torch.tensor(links)[:, ::2, 1::2]):
        found = path_statistics(given, engine=engine)
        np.testing.assert_array_equal(found.nodes, expected.nodes)
        np.testing.assert_array_equal(found.distance_sum, expected.distance_sum)


def test_no_graphs_give_no_statistics():
    found = path_statistics(np.zeros((0, 5, 5), dtype=bool))
    assert found.nodes.shape == found.mean.shape == (0,)


class TestRefusals:
    def refused(self, message, adjacency, **options):
        with pytest.raises(GedigError) as caught:
            path_statistics(adjacency, **options)
        assert str(caught.value) == message

    def test_weights_in_place_of_links(self):
        message = "adjacency has dtype float64; give booleans, for instance weights > 0.1."
        self.refused(message, np.eye(3))

    @pytest.mark.parametrize("shape", [(3,), (3, 5), (2, 0, 0)])
    def test_graphs_that_are_not_square(self, shape):
        self.refused(
            f"adjacency has shape {shape}, but graphs are square, [..., n, n], with at least one "
            "node; give one column per row.",
            np.zeros(shape, dtype=bool),
        )

    def test_names_that_are_not_known(self):
        links = np.eye(3, dtype=bool)
        message = "tie='first' is not known; choose one of 'shortest', 'lowest'."
        self.refused(message, links, tie="first")
        message = "engine='gpu' is not known; choose one of 'numba', 'numpy', 'torch'."
        self.refused(message, links, engine="gpu")


class TestPathGain:
    def test_a_triangle_with_a_tail_by_hand(self):
        links = np.zeros((5, 5), dtype=bool)
        links[[0, 1, 2, 2], [1, 2, 0, 3]] = True  # ℓ = 16/12 on four nodes, a chain's is 5/3
        assert path_gain(links, path="chain_gain") == pytest.approx(1 / 5, rel=1e-15)
        assert path_gain(links, path="inverse_length") == 12 / 16

    def test_graphs_without_a_link_gain_nothing(self):
        for path in ("chain_gain", "inverse_length"):
            none = np.stack([np.zeros((3, 3), dtype=bool), np.eye(3, dtype=bool)])
            np.testing.assert_array_equal(path_gain(none, path=path), [0, 0])
            assert path_gain(np.ones((1, 1), dtype=bool), path=path) == 0

    def test_of_equal_components_the_tightest_or_the_lowest_counts(self):
        links = np.zeros((6, 6), dtype=bool)
        links[[0, 1, 3, 4, 5], [1, 2, 4, 5, 3]] = True  # a chain of three, then a triangle
        assert path_gain(links, path="chain_gain") == 1 / 4
        assert path_gain(links, path="inverse_length") == 3 / 4

    @pytest.mark.parametrize("gauge", [Gauge.paper(), Gauge.released()], ids=["paper", "released"])
    @pytest.mark.parametrize("causal", [True, False])
    def test_it_is_what_the_gauge_reads_bit_for_bit(self, gauge, causal):
        weights = softmax_maps(np.random.default_rng(0), (2, 13, 19, 19), causal=causal)
        read = gauge.read(weights, causal=causal)
        edges = weights > read.threshold[..., None, None]
        np.testing.assert_array_equal(path_gain(edges, path=gauge.path), read.path_gain)

    def test_a_path_that_is_not_known_is_refused(self):
        with pytest.raises(GedigError, match=r"^path='short' is not known; choose one of"):
            path_gain(np.eye(2, dtype=bool), path="short")
