"""The engines against a plain networkx reference, and against each other."""

import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.theory.engines import compiled
from gedig_edu.theory.engines.batch import collect
from gedig_edu.theory.engines.dispatch import read_terms
from gedig_edu.theory.engines.kernels import ranks
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.paths import path_statistics

ENGINES = ["numba", "numpy", "torch"]
few = settings(max_examples=20, deadline=None)


def reference_paths(adjacency, tie):
    """Nodes and distance sum of the largest component by networkx, the slow and obvious way."""
    graph = nx.from_numpy_array(adjacency | adjacency.T)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    components = sorted(nx.connected_components(graph), key=min)
    largest = max(len(component) for component in components)
    sums = [
        sum(sum(row.values()) for _, row in nx.all_pairs_shortest_path_length(graph.subgraph(c)))
        for c in components
        if len(c) == largest
    ]
    return largest, min(sums) if tie == "shortest" else sums[0]


def reference_terms(gauge, weights, *, causal, valid=None):
    """Every term of one map from its definition, with NumPy and networkx."""
    cells = weights.astype(np.float64)
    if valid is not None:
        cells = cells[np.ix_(valid, valid)]
    n = len(cells)
    pool = cells[np.tri(n, dtype=bool)] if causal and gauge.pool == "visible" else cells.ravel()
    tau = gauge.threshold if gauge.quantile is None else np.quantile(pool, gauge.quantile)
    edges = cells > tau
    counted = cells[cells > (1e-10 if gauge.entropy == "support" else 0)]
    p = counted / counted.sum()
    states = n * n if gauge.entropy == "cells" else len(p)
    entropy = -(p * np.log(p)).sum() / np.log(states) if states > 1 else 0.0
    nodes, total = reference_paths(edges, "shortest" if gauge.path == "chain_gain" else "lowest")
    gain = 0.0
    if nodes > 1:
        length = total / (nodes * (nodes - 1))
        chain = (nodes + 1) / 3
        gain = (chain - length) / chain if gauge.path == "chain_gain" else 1 / length
    density = edges.sum() / n**2
    return {
        "F": density - gauge.lam * (entropy + gauge.gamma * gain),
        "density": density,
        "entropy": entropy,
        "path_gain": gain,
        "edges": edges.sum(),
        "nodes": nodes,
        "threshold": tau,
    }


def random_links(rng, n, edges):
    links = np.zeros((n, n), dtype=bool)
    links[rng.integers(n, size=edges), rng.integers(n, size=edges)] = True
    return links


def softmax_maps(rng, shape, *, causal, spread=2.0, levels=None):
    scores = rng.normal(size=shape) * spread
    if levels:
        scores = np.round(scores * levels) / levels
    if causal:
        scores[..., ~np.tri(shape[-1], dtype=bool)] = -np.inf
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n", [1, 2, 3, 7, 63, 64, 65, 131])
class TestShapesWithKnownSums:
    def test_chain(self, engine, n):
        found = path_statistics(np.eye(n, k=1, dtype=bool), engine=engine)
        assert (found.nodes, found.distance_sum) == (n, (n - 1) * n * (n + 1) // 3)

    def test_star(self, engine, n):
        links = np.zeros((n, n), dtype=bool)
        links[n // 2] = True
        found = path_statistics(links, engine=engine)
        assert (found.nodes, found.distance_sum) == (n, 2 * (n - 1) ** 2)

    def test_complete(self, engine, n):
        found = path_statistics(np.ones((n, n), dtype=bool), engine=engine)
        assert (found.nodes, found.distance_sum) == (n, n * (n - 1))

    def test_nothing_but_self_loops(self, engine, n):
        found = path_statistics(np.eye(n, dtype=bool), engine=engine)
        assert (found.nodes, found.distance_sum) == (1, 0)
        assert np.isnan(found.mean)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("tie", "expected"), [("shortest", 12), ("lowest", 20)])
def test_tied_components_follow_the_rule(engine, tie, expected):
    links = np.zeros((11, 11), dtype=bool)
    links[[1, 3, 5], [3, 5, 7]] = True  # a chain of four: 20
    links[np.ix_([2, 4, 8, 9], [2, 4, 8, 9])] = True  # a clique of four: 12
    found = path_statistics(links, tie=tie, engine=engine)
    assert (found.nodes, found.distance_sum) == (4, expected)


@pytest.mark.parametrize("engine", ENGINES)
@few
@given(n=st.integers(1, 140), share=st.floats(0, 3), seed=st.integers(0, 2**32 - 1))
def test_random_graphs_equal_networkx(engine, n, share, seed):
    links = random_links(np.random.default_rng(seed), n, int(n * share))
    for tie in ("shortest", "lowest"):
        found = path_statistics(links, tie=tie, engine=engine)
        assert (found.nodes, found.distance_sum) == reference_paths(links, tie)


@pytest.mark.parametrize("engine", ENGINES)
@few
@given(
    copies=st.integers(2, 5), n=st.integers(2, 13), seed=st.integers(0, 2**32 - 1), data=st.data()
)
def test_shuffled_copies_of_small_graphs_tie_as_in_networkx(engine, copies, n, seed, data):
    rng = np.random.default_rng(seed)
    size = copies * n
    links = np.zeros((size, size), dtype=bool)
    for copy in range(copies):
        place = slice(copy * n, (copy + 1) * n)
        links[place, place] = np.eye(n, k=1) + random_links(rng, n, data.draw(st.integers(0, n)))
    order = rng.permutation(size)
    links = links[np.ix_(order, order)]
    for tie in ("shortest", "lowest"):
        found = path_statistics(links, tie=tie, engine=engine)
        assert (found.nodes, found.distance_sum) == reference_paths(links, tie)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("convention", [Gauge.paper, Gauge.released])
@few
@given(
    n=st.integers(1, 90),
    causal=st.booleans(),
    quantile=st.sampled_from([0.9, 0.5, 0.07, 0.999]),
    levels=st.sampled_from([None, 1, 4]),
    spread=st.sampled_from([0.0, 0.3, 2.0, 20.0]),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 2**32 - 1),
)
def test_maps_equal_the_reference(
    engine, convention, n, causal, quantile, levels, spread, dtype, seed
):
    weights = softmax_maps(
        np.random.default_rng(seed), (n, n), causal=causal, spread=spread, levels=levels
    ).astype(dtype)
    gauge = convention(quantile=quantile)
    expected = reference_terms(gauge, weights, causal=causal)
    reading = gauge.read(weights, causal=causal, engine=engine)
    assert reading.threshold == expected.pop("threshold")
    for name, value in expected.items():
        assert getattr(reading, name) == pytest.approx(value, rel=1e-9, abs=1e-9), name


def padded_maps(rng, shape, *, causal, levels, parts, share):
    """Maps of `shape` and their masks; tokens look at those of their own part only."""
    valid = rng.random(shape[:-1]) < share
    valid[..., rng.integers(shape[-1])] = True
    weights = np.zeros(shape)
    for place in np.ndindex(shape[:-2]):
        tokens = np.flatnonzero(valid[place])
        inside = softmax_maps(rng, (len(tokens), len(tokens)), causal=causal, levels=levels)
        part = np.arange(len(tokens)) * parts // len(tokens)
        inside *= part[:, None] == part
        weights[place][np.ix_(tokens, tokens)] = inside / inside.sum(axis=1, keepdims=True)
    return weights, valid


@settings(max_examples=25, deadline=None)
@given(
    leading=st.sampled_from([(), (2,), (1, 3)]),
    n=st.integers(1, 300),
    causal=st.booleans(),
    share=st.sampled_from([1.0, 0.8, 0.1]),
    levels=st.sampled_from([None, 2]),
    parts=st.integers(1, 4),
    rule=st.sampled_from(
        [{"quantile": q} for q in (0.03, 0.5, 0.9)]
        + [{"threshold": t} for t in (0.0, 4e-3, 0.2, 1)]
    ),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 2**32 - 1),
)
def test_engines_agree(leading, n, causal, share, levels, parts, rule, dtype, seed):
    weights, valid = padded_maps(
        np.random.default_rng(seed),
        (*leading, n, n),
        causal=causal,
        levels=levels,
        parts=parts,
        share=share,
    )
    for gauge in (Gauge.paper(**rule), Gauge.released(**rule)):
        first, *others = [
            gauge.read(weights.astype(dtype), causal=causal, mask=valid, engine=engine)
            for engine in ENGINES
        ]
        for other in others:
            for name in ("edges", "nodes", "threshold", "path_length", "path_gain", "density"):
                np.testing.assert_array_equal(getattr(other, name), getattr(first, name), name)
            np.testing.assert_allclose(other.entropy, first.entropy, rtol=0, atol=1e-9)
            np.testing.assert_allclose(other.F, first.F, rtol=0, atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.0, 0.0, 0.0],
        [5e-324, 2e-310, 0.5, 0.5],
        [1e300, 1e-300, 3.0, 3.0],
        [7.0, 7.0, 7.0, 1e9],
        [-0.0, 0.25, 0.25, 1.0],
    ],
)
def test_weights_of_any_size_are_ranked_as_numpy_ranks_them(engine, values):
    rng = np.random.default_rng(11)
    weights = rng.permuted(np.resize(values, (19, 19)))
    for quantile in (0.05, 0.25, 0.5, 0.75, 0.9):
        reading = Gauge(quantile=quantile).read(
            weights, causal=False, normalized=False, engine=engine
        )
        assert reading.threshold == np.quantile(weights, quantile)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("lifted", [1.0, -1.0])
def test_a_sample_that_misleads_costs_time_but_no_exactness(causal, lifted):
    n, cells = 211, np.arange(211.0**2).reshape(211, 211)
    stride = int((np.tri(n).sum() if causal else n * n) ** 0.5) // ranks.SAMPLE + 1
    seen = ranks.sample_weights(cells, 0, n, causal, stride).astype(int)
    weights = np.random.default_rng(5).random(n * n) + 2
    weights[seen] += lifted
    weights = np.tril(weights.reshape(n, n)) if causal else weights.reshape(n, n)
    pool = weights[np.tri(n, dtype=bool)] if causal else weights
    for quantile in (0.003, 0.2, 0.5, 0.8, 0.997):
        reading = Gauge(quantile=quantile).read(
            weights, causal=causal, normalized=False, engine="numba"
        )
        assert reading.threshold == np.quantile(pool, quantile)


def test_the_number_of_threads_changes_no_bit():
    weights = softmax_maps(np.random.default_rng(3), (23, 61, 61), causal=True).astype(np.float32)
    batch = collect(weights)
    rule = Gauge.released()._rule(batch, causal=True, normalized=True)
    for engine in ("numba", "numpy"):
        one, _ = read_terms(batch, rule, engine=engine, threads=1)
        for threads in (2, 3, 7):
            many, _ = read_terms(batch, rule, engine=engine, threads=threads)
            assert one.tobytes() == many.tobytes()


@pytest.fixture
def without_numba(monkeypatch):
    monkeypatch.setitem(sys.modules, "gedig_edu.theory.engines.numba", None)
    monkeypatch.delattr("gedig_edu.theory.engines.numba", raising=False)
    compiled.engine.cache_clear()
    yield
    compiled.engine.cache_clear()


def test_numpy_takes_over_where_numba_is_missing(without_numba):
    assert Gauge().read(np.eye(3), causal=True).engine == "numpy"


def test_numba_by_name_is_refused_where_it_is_missing(without_numba):
    with pytest.raises(GedigError, match=r"^engine='numba' cannot be used here \(.*\); leave"):
        Gauge().read(np.eye(3), causal=True, engine="numba")
