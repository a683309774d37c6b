"""Baselines that keep one thing of a head: the degrees of its graph, or its entropy."""

import numpy as np
import pytest
import torch
from gauge_maps import probe
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import one_sentence
from scipy.special import logit

from gedig_edu.errors import GedigError
from gedig_edu.theory import baselines, configuration
from gedig_edu.theory.configuration import edge_probabilities
from gedig_edu.theory.gauge import Gauge

SETTINGS = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)
both_ways = pytest.mark.parametrize("causal", [True, False])


def graphs(length, *, causal, seed, count=5):
    """Return graphs from nearly empty to nearly full, some with hubs, some with a staircase."""
    rng = np.random.default_rng(seed)
    likely = rng.random((count, 1, length)) * rng.random((count, length, 1)) ** rng.random()
    edges = rng.random((count, length, length)) < likely
    edges[-1] = np.arange(length)[:, None] > rng.integers(0, length, length)
    return np.tril(edges) if causal else edges


def degrees(edges):
    away = np.where(np.eye(edges.shape[-1], dtype=bool), 0.0, edges)
    return np.stack([away.sum(-1), away.sum(-2)], axis=-2)


class TestSoftConfiguration:
    @SETTINGS
    @given(length=st.integers(1, 29), causal=st.booleans(), seed=seeds)
    def test_expected_degrees_are_those_of_the_graph(self, length, causal, seed):
        edges = graphs(length, causal=causal, seed=seed)
        p = edge_probabilities(edges, causal=causal)
        np.testing.assert_allclose(degrees(p), degrees(edges), rtol=0, atol=1e-8)
        assert ((p >= 0) & (p <= 1)).all()
        loops = np.arange(length)
        np.testing.assert_array_equal(p[:, loops, loops], edges[:, loops, loops])
        assert not (causal and np.triu(p, 1).any())

    @both_ways
    def test_odds_of_an_edge_are_a_factor_of_its_row_times_one_of_its_column(self, causal):
        rng = np.random.default_rng(3)
        edges = np.tril(rng.random((1, 31, 31)) < 0.4, -1 if causal else 31)
        odds = logit(edge_probabilities(edges, causal=causal)[0])
        rows, columns = np.ix_([23, 29], [5, 11])
        (a, b), (c, d) = odds[rows, columns]
        assert a + d == pytest.approx(b + c, abs=1e-6)
        assert len({round(value, 3) for value in (a, b, c, d)}) > 1

    @both_ways
    def test_degrees_hold_on_average_over_many_draws_and_fluctuate(self, causal):
        edges = graphs(13, causal=causal, seed=5)
        rng = np.random.default_rng(0)
        drawn = baselines.soft_configuration(edges, rng, causal=causal, draws=2000)
        assert drawn.shape == (2000, *edges.shape)
        p = edge_probabilities(edges, causal=causal)
        spread = np.sqrt(degrees(p * (1 - p)) / 2000)
        assert (abs(degrees(drawn.mean(axis=0)) - degrees(edges)) <= 5 * spread + 1e-8).all()
        assert (degrees(drawn[0]) != degrees(edges)).any()

    @both_ways
    def test_a_graph_that_its_degrees_decide_comes_back(self, causal):
        empty, full = np.zeros((7, 7), dtype=bool), np.ones((7, 7), dtype=bool)
        staircase = np.tril(full, -1)
        star = empty.copy()
        star[1:, 0] = star[3, 3] = True
        cases = [empty, staircase, star] if causal else [empty, full, staircase, star]
        drawn = baselines.soft_configuration(
            np.stack(cases), np.random.default_rng(0), causal=causal, draws=3
        )
        np.testing.assert_array_equal(drawn, np.broadcast_to(cases, drawn.shape))

    def test_cells_that_degrees_decide_together_are_found(self):
        rng = np.random.default_rng(0)
        first = np.arange(19) < 11
        both, neither = np.outer(first, first), np.outer(~first, ~first)
        edges = (both | (rng.random((19, 19)) < 0.4)) & ~neither & ~np.eye(19, dtype=bool)
        p = edge_probabilities(edges[None], causal=False)[0]
        np.testing.assert_array_equal(p[both | neither], edges[both | neither])
        assert ((p > 0.01) & (p < 0.99)).any()

    @both_ways
    def test_one_and_two_tokens_leave_no_choice(self, causal):
        for cells in range(16):
            edges = np.array([int(bit) for bit in f"{cells:04b}"], dtype=bool).reshape(2, 2)
            edges = np.tril(edges) if causal else edges
            for graph in (edges, edges[:1, :1]):
                drawn = baselines.soft_configuration(
                    graph, np.random.default_rng(cells), causal=causal
                )
                np.testing.assert_array_equal(drawn, graph)

    def test_a_seed_repeats_its_graphs_and_input_stays(self):
        edges = graphs(17, causal=True, seed=1)
        before = edges.copy()
        first, again, other = (
            baselines.soft_configuration(edges, np.random.default_rng(seed), causal=True)
            for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()
        np.testing.assert_array_equal(edges, before)

    def test_tensors_stay_tensors(self):
        edges = graphs(7, causal=False, seed=2)
        drawn = baselines.soft_configuration(
            torch.tensor(edges), np.random.default_rng(0), causal=False, draws=2
        )
        assert isinstance(drawn, torch.Tensor)
        expected = baselines.soft_configuration(
            edges, np.random.default_rng(0), causal=False, draws=2
        )
        np.testing.assert_array_equal(drawn.numpy(), expected)

    def test_a_fit_that_does_not_arrive_is_said(self, monkeypatch):
        monkeypatch.setattr(configuration, "STEPS", 2)
        with pytest.raises(GedigError, match="were not met to 1e-08 in 2 steps") as caught:
            edge_probabilities(graphs(17, causal=False, seed=1), causal=False)
        assert one_sentence(caught)


class TestEntropyMatched:
    @SETTINGS
    @given(length=st.integers(2, 31), share=st.floats(0, 1), causal=st.booleans(), seed=seeds)
    def test_the_entropy_is_the_one_asked_for(self, length, share, causal, seed):
        most = float(
            Gauge.paper().read(baselines.uniform(length, causal=causal), causal=causal).entropy
        )
        asked = 0.5 + share * (most - 0.5)
        weights = baselines.entropy_matched(
            length, asked, np.random.default_rng(seed), causal=causal
        )
        read = Gauge.paper().read(weights, causal=causal)
        assert float(read.entropy) == pytest.approx(asked, abs=1e-6)
        assert not (causal and np.triu(weights, 1).any())

    @both_ways
    def test_the_entropy_of_a_random_map_gives_that_map(self, causal):
        weights = baselines.random(11, np.random.default_rng(7), causal=causal)
        entropy = float(Gauge.paper().read(weights, causal=causal).entropy)
        again = baselines.entropy_matched(11, entropy, np.random.default_rng(7), causal=causal)
        np.testing.assert_allclose(again, weights, rtol=0, atol=1e-9)

    def test_a_heads_own_entropy_can_be_asked_for(self):
        head = Gauge.paper().read(probe(13, causal=True), causal=True)
        weights = baselines.entropy_matched(13, head.entropy, np.random.default_rng(0), causal=True)
        read = Gauge.paper().read(weights, causal=True)
        assert float(read.entropy) == pytest.approx(float(head.entropy), abs=1e-6)

    @both_ways
    def test_both_ends_are_one_token_a_row_and_all_alike(self, causal):
        cold = baselines.entropy_matched(5, 0.5, np.random.default_rng(0), causal=causal)
        np.testing.assert_array_equal(np.sort(cold, axis=1)[:, -1], np.ones(5))
        alike = baselines.uniform(5, causal=causal)
        most = float(Gauge.paper().read(alike, causal=causal).entropy)
        hot = baselines.entropy_matched(5, most, np.random.default_rng(0), causal=causal)
        np.testing.assert_allclose(hot, alike, rtol=0, atol=1e-3)

    @both_ways
    def test_one_token_has_entropy_zero(self, causal):
        weights = baselines.entropy_matched(1, 0.0, np.random.default_rng(0), causal=causal)
        np.testing.assert_array_equal(weights, [[1.0]])

    def test_a_seed_repeats_its_map(self):
        first, again, other = (
            baselines.entropy_matched(9, 0.7, np.random.default_rng(seed), causal=True)
            for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()


class TestHeated:
    @both_ways
    def test_power_1_is_random_and_0_uniform(self, causal):
        heated = baselines.heated(13, np.random.default_rng(5), [1, 0], causal=causal)
        random = baselines.random(13, np.random.default_rng(5), causal=causal)
        np.testing.assert_allclose(heated[0], random, rtol=0, atol=1e-12)
        np.testing.assert_allclose(heated[1], baselines.uniform(13, causal=causal), atol=1e-12)

    @both_ways
    def test_entropy_falls_with_the_power_and_rows_sum_to_1(self, causal):
        powers = np.geomspace(0.01, 1e6, 17)
        heated = baselines.heated(11, np.random.default_rng(2), powers, causal=causal)
        entropy = Gauge.paper().read(heated, causal=causal).entropy
        assert (np.diff(entropy) < 1e-12).all()
        assert (np.diff(entropy[:5]) < 0).all()
        assert entropy[-1] == pytest.approx(0.5, abs=1e-3)

    def test_a_power_below_0_is_refused(self):
        with pytest.raises(GedigError) as caught:
            baselines.heated(5, np.random.default_rng(0), [1, -1])
        assert one_sentence(caught)


rng = np.random.default_rng(0)
triangle = np.tril(np.ones((3, 3), dtype=bool))
REFUSED = {
    "future edge": lambda: baselines.soft_configuration(triangle.T, rng, causal=True),
    "weights": lambda: baselines.soft_configuration(np.eye(3), rng, causal=True),
    "not square": lambda: baselines.soft_configuration(triangle[:2], rng, causal=False),
    "one row": lambda: baselines.soft_configuration(triangle[0], rng, causal=False),
    "no draws": lambda: baselines.soft_configuration(triangle, rng, causal=True, draws=0),
    "seed for graphs": lambda: baselines.soft_configuration(triangle, 3, causal=True),
    "seed for a map": lambda: baselines.entropy_matched(3, 0.7, 3, causal=True),
    "too high": lambda: baselines.entropy_matched(5, 0.95, rng, causal=True),
    "too low": lambda: baselines.entropy_matched(5, 0.4, rng, causal=False),
    "nats": lambda: baselines.entropy_matched(5, 2.5, rng, causal=False),
    "no number": lambda: baselines.entropy_matched(5, np.nan, rng, causal=False),
    "no length": lambda: baselines.entropy_matched(0, 0.7, rng, causal=False),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as caught:
        REFUSED[case]()
    assert one_sentence(caught)


def test_an_entropy_out_of_reach_is_refused_with_the_reachable_range():
    with pytest.raises(GedigError) as caught:
        baselines.entropy_matched(2, 0.9, rng, causal=True)
    assert str(caught.value) == (
        "entropy=0.9 is out of reach for 2 tokens; give a number from 0.5 to 0.75."
    )
