"""The gauge against its contract: known values, laws, layouts, precisions, degenerate maps."""

import dataclasses
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
import torch
from gauge_maps import assert_same, probe, softmax_maps
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge

few = settings(max_examples=30, deadline=None)


KNOWN = [
    (np.eye(8), False, Gauge.paper, 0.000000, 0.500000, 0.000000, -0.500000),
    (np.eye(8), False, Gauge.released, 0.000000, 1.000000, 0.000000, -0.500000),
    (baselines.uniform(8), False, Gauge.paper, 0.000000, 1.000000, 0.000000, -1.000000),
    (baselines.uniform(8), False, Gauge.released, 0.000000, 1.000000, 0.000000, -0.500000),
    (baselines.local(8), False, Gauge.paper, 0.093750, 0.842867, 0.000000, -0.749117),
    (baselines.local(8), False, Gauge.released, 0.093750, 0.994052, 0.750000, -0.590776),
    (probe(8, causal=True), True, Gauge.paper, 0.062500, 0.776156, 0.000000, -0.713656),
    (probe(8, causal=True), True, Gauge.released, 0.109375, 0.900775, 1.000000, -0.591012),
    (np.eye(32), False, Gauge.paper, 0.031250, 0.500000, 0.000000, -0.468750),
    (baselines.local(32), False, Gauge.released, 0.013672, 0.998481, 0.750000, -0.673069),
    (probe(32, causal=False), False, Gauge.paper, 0.100586, 0.881648, 0.363087, -0.962605),
    (probe(32, causal=False), False, Gauge.released, 0.100586, 0.887270, 0.142734, -0.378732),
    (probe(32, causal=True), True, Gauge.paper, 0.051758, 0.776635, 0.016512, -0.733133),
    (probe(32, causal=True), True, Gauge.released, 0.100586, 0.864287, 0.262156, -0.397097),
]


@pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
@pytest.mark.parametrize("row", range(len(KNOWN)))
def test_known_values(row, engine):
    weights, causal, convention, *expected = KNOWN[row]
    reading = convention().read(weights, causal=causal, engine=engine)
    found = [reading.density, reading.entropy, reading.path_gain, reading.F]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    assert reading.engine == engine


def test_a_map_worked_by_hand():
    weights = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]])
    reading = Gauge(threshold=0.3, lam=2.0, gamma=3.0).read(weights, causal=True)
    # edges 0→0, 1→0, 1→1, 2→2; largest component {0, 1}: ℓ = 1 = ℓ_chain
    entropy = np.log(3) + (3 * 0.5 * np.log(2) + 2 * 0.25 * np.log(4)) / 3
    assert reading.edges == 4
    assert reading.nodes == 2
    assert reading.path_length == 1
    assert reading.density == 4 / 9
    assert reading.path_gain == 0
    assert reading.entropy == pytest.approx(entropy / np.log(9), abs=1e-15)
    np.testing.assert_allclose(reading.F, 4 / 9 - 2 * entropy / np.log(9), rtol=0, atol=1e-15)


class TestLaws:
    @few
    @given(n=st.integers(1, 71), seed=st.integers(0, 2**32 - 1))
    def test_a_permutation_of_tokens_changes_nothing_in_paper(self, n, seed):
        rng = np.random.default_rng(seed)
        weights = softmax_maps(rng, (n, n))
        order = rng.permutation(n)
        gauge = Gauge.paper(quantile=0.97)
        assert_same(
            gauge.read(weights, causal=False),
            gauge.read(weights[np.ix_(order, order)], causal=False),
            atol=1e-12,
        )

    @few
    @given(
        n=st.integers(1, 71),
        causal=st.booleans(),
        spread=st.sampled_from([0.0, 1e-9, 1.0, 30.0, 700.0]),
        quantile=st.floats(0.01, 0.99),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_terms_stay_in_their_ranges(self, n, causal, spread, quantile, seed):
        weights = softmax_maps(np.random.default_rng(seed), (n, n), causal=causal, spread=spread)
        for gauge in (Gauge.paper(quantile=quantile), Gauge.released(quantile=quantile)):
            reading = gauge.read(weights, causal=causal)
            assert 0 <= reading.density <= 1
            assert 0 <= reading.entropy <= 1
            assert 0 <= reading.path_gain <= 1
        assert Gauge(quantile=quantile).read(weights, causal=causal).path_gain < 1

    @few
    @given(lam=st.floats(-3, 3), gamma=st.floats(-3, 3), seed=st.integers(0, 2**32 - 1))
    def test_slope_in_lambda(self, lam, gamma, seed):
        weights = softmax_maps(np.random.default_rng(seed), (3, 17, 17))
        reading = Gauge.released().read(weights, causal=False)
        step = reading.combine(lam=lam + 1, gamma=gamma).F - reading.combine(lam=lam, gamma=gamma).F
        np.testing.assert_allclose(step, -(reading.entropy + gamma * reading.path_gain), atol=1e-12)

    def test_combining_equals_reading_with_other_weights(self):
        weights = softmax_maps(np.random.default_rng(2), (5, 13, 13))
        combined = Gauge.paper().read(weights, causal=False).combine(lam=0.3, gamma=0.7)
        assert_same(combined, Gauge.paper(lam=0.3, gamma=0.7).read(weights, causal=False))


class TestDegenerateMaps:
    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize("convention", [Gauge.paper, Gauge.released])
    @pytest.mark.parametrize("causal", [True, False])
    def test_one_token(self, convention, causal, engine):
        reading = convention().read(np.ones((1, 1)), causal=causal, engine=engine)
        assert [reading.F, reading.density, reading.entropy, reading.path_gain] == [0, 0, 0, 0]
        assert reading.nodes == 1
        assert np.isnan(reading.path_length)

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    @pytest.mark.parametrize("convention", [Gauge.paper, Gauge.released])
    def test_nothing_at_all(self, convention, engine):
        reading = convention(threshold=0.0).read(
            np.zeros((5, 5)), causal=False, normalized=False, engine=engine
        )
        assert [reading.F, reading.entropy, reading.edges] == [0, 0, 0]

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    def test_a_single_cell_has_no_entropy(self, engine):
        weights = np.zeros((5, 5))
        weights[2, 3] = 0.7
        for convention in (Gauge.paper, Gauge.released):
            reading = convention().read(weights, causal=False, normalized=False, engine=engine)
            assert reading.entropy == 0

    def test_self_loops_alone_make_no_path(self):
        reading = Gauge(threshold=0.5).read(np.eye(7), causal=True)
        assert (reading.edges, reading.nodes, reading.path_gain) == (7, 1, 0)

    def test_a_chain_gains_exactly_nothing(self):
        n = 47
        weights = np.eye(n, k=-1)
        weights[0, 0] = 1
        reading = Gauge(threshold=0.5).read(weights, causal=True)
        assert (reading.nodes, reading.path_gain, reading.path_length) == (n, 0, (n + 1) / 3)


class TestGauge:
    def test_conventions(self):
        assert Gauge.paper() == Gauge()
        assert Gauge.paper(lam=0.5).lam == 0.5
        released = Gauge.released()
        assert (released.lam, released.gamma, released.quantile) == (0.5, 0.5, 0.9)
        assert Gauge.released(threshold=0.01).quantile is None
        assert Gauge.released(path="chain_gain", pool="visible").entropy == "support"

    def test_is_frozen_and_takes_names_only(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            Gauge().lam = 3
        with pytest.raises(TypeError):
            Gauge(1.0)

    def test_every_setting_matters(self):
        weights = softmax_maps(np.random.default_rng(10), (29, 29), causal=True, spread=12)
        plain = Gauge().read(weights, causal=True)
        changes = [
            {"lam": 0.5},
            {"gamma": 0.2},
            {"quantile": 0.8},
            {"threshold": 0.01},
            {"pool": "all"},
            {"entropy": "support"},
            {"path": "inverse_length"},
        ]
        for change in changes:
            assert Gauge(**change).read(weights, causal=True).F != plain.F, change
        assert Gauge().read(weights, causal=False).F != plain.F

    @pytest.mark.parametrize("engine", ["numba", "numpy", "torch"])
    def test_tied_components(self, engine):
        weights = np.zeros((9, 9))
        weights[[1, 2, 3], [0, 1, 2]] = 0.5  # a chain, with the lowest node
        weights[[5, 6, 7], [4, 4, 4]] = 0.5  # a star
        options = {"causal": False, "normalized": False, "engine": engine}
        assert Gauge(threshold=0.1).read(weights, **options).path_length == 18 / 12
        assert Gauge.released(threshold=0.1).read(weights, **options).path_length == 20 / 12


class TestGraph:
    def test_edges_are_the_cells_above_the_threshold(self):
        weights = softmax_maps(np.random.default_rng(12), (23, 23), causal=True)
        graph = Gauge.released().graph(weights, causal=True)
        reading = Gauge.released().read(weights, causal=True)
        assert isinstance(graph, nx.DiGraph)
        assert list(graph) == list(range(23))
        assert graph.number_of_edges() == reading.edges
        assert graph.graph["threshold"] == reading.threshold
        for i, j, weight in graph.edges(data="weight"):
            assert weight == weights[i, j] > reading.threshold

    def test_nodes_are_named_by_the_positions_of_valid_tokens(self):
        weights = torch.zeros(5, 5, dtype=torch.bfloat16)
        weights[2:, 2:] = torch.tensor([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5]])
        mask = torch.arange(5) >= 2
        graph = Gauge(threshold=0.4).graph(weights, causal=True, mask=mask)
        assert set(graph.edges) == {(2, 2), (3, 2), (3, 3), (4, 4)}
        assert set(graph) == {2, 3, 4}

    def test_refuses_a_batch(self):
        with pytest.raises(GedigError, match=r"^weights hold 6 maps; give one, \[L, L\]"):
            Gauge().graph(np.full((2, 3, 5, 5), 0.2), causal=False)

    def test_refuses_what_reading_refuses(self):
        with pytest.raises(GedigError, match="sums to"):
            Gauge().graph(np.ones((5, 5)), causal=False)


def test_importing_the_gauge_and_its_first_engine_loads_nothing_heavy():
    script = (
        "import sys, gedig_edu.theory.gauge, gedig_edu.theory.paths\n"
        "import gedig_edu.theory.engines.numpy\n"
        "heavy = ('torch', 'numba', 'matplotlib', 'scipy', 'networkx', 'jaxtyping', 'pandas')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert shown.stdout.strip() == "[]", shown.stderr


def in_a_fresh_process(script):
    """Return what a script that reads small maps prints in a process of its own."""
    script = (
        "import sys, numpy as np\nfrom gedig_edu.theory.gauge import Gauge, warm_up\n"
        "from gedig_edu.theory.paths import path_statistics\n"
        "def read(n, maps=1): return Gauge().read(np.broadcast_to(np.eye(n), (maps, n, n)), "
        "causal=True).engine\n" + script
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout.split()


class TestFirstEngine:
    def test_short_maps_are_read_by_numpy_until_numba_is_there(self):
        links = "path_statistics(np.ones((128, 128), bool)).engine"
        script = f"print(read(128), {links}, 'numba' in sys.modules, read(129), read(3), {links})"
        assert in_a_fresh_process(script) == ["numpy", "numpy", "False", *["numba"] * 3]

    def test_numba_comes_once_numpy_has_read_as_much_as_its_import_takes(self):
        many = "print([read(64, 3000) for _ in range(4)][-1])"
        assert in_a_fresh_process(many) == ["numba"]

    def test_short_maps_do_not_wait_for_numba_in_the_background(self):
        script = "warm_up(background=True); print(read(3)); warm_up(); print(read(3))"
        assert in_a_fresh_process(script) == ["numpy", "numba"]
