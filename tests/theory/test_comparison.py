"""Baselines of a text's own length: draws, masks and means, and what is read anew."""

import networkx as nx
import numpy as np
import pytest

from gedig_edu import Gauge, GedigError
from gedig_edu.theory import baselines
from gedig_edu.theory.comparison import (
    BASELINES,
    Comparison,
    draws_for,
    read_baseline,
    terms_of,
)
from tests.helpers import example_maps

MAPS = example_maps(layers=2, heads=3, length=19)
GAUGE = Gauge.released(quantile=0.8)


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_has_its_draws_first_and_one_value_where_heads_agree(name):
    shape = read_baseline(name, MAPS, GAUGE, matched=True).F.shape
    drawn = draws_for(19) if name in {"random", "row_shuffled"} else 1
    assert shape == ((drawn, 2, 3) if name == "row_shuffled" else (drawn, 1, 1))


@pytest.mark.parametrize("name", ["random", "row_shuffled"])
def test_the_seed_and_the_name_decide_the_draws(name):
    one, same, other = (
        read_baseline(name, MAPS, GAUGE, matched=True, seed=seed).F for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert len(read_baseline(name, MAPS, GAUGE, matched=True, draws=3).F) == 3


def test_a_matched_baseline_sees_what_the_model_sees():
    seen, all_cells = (
        read_baseline("uniform", MAPS, Gauge.paper(), matched=matched).entropy.item()
        for matched in (True, False)
    )
    assert seen < all_cells == pytest.approx(1)


def test_f_of_the_mean_terms_is_the_mean_f():
    heads = Comparison.read(MAPS, GAUGE, matched=True)
    read = heads.baseline("row_shuffled")
    density, entropy, path_gain = heads.baseline_terms("row_shuffled")
    assert terms_of(read).shape == (3, *read.F.shape)
    expected = read.F.mean(axis=0)
    np.testing.assert_allclose(
        density - GAUGE.lam * (entropy + GAUGE.gamma * path_gain), expected, atol=1e-14
    )


def test_an_unknown_baseline_is_refused():
    with pytest.raises(GedigError, match="baseline='noise' is not known"):
        read_baseline("noise", MAPS, GAUGE, matched=True)


@pytest.fixture
def gauges_used(monkeypatch):
    """Note every gauge that reads maps."""
    used: list[Gauge] = []
    original = Gauge.read

    def note(self, *arguments, **options):
        used.append(self)
        return original(self, *arguments, **options)

    monkeypatch.setattr(Gauge, "read", note)
    return used


def test_a_head_has_the_numbers_of_its_own_map():
    alone = GAUGE.read(MAPS.weights[1, 2], causal=True)
    real = Comparison.read(MAPS, GAUGE).real
    assert real.F[1, 2] == alone.F
    assert real.path_length[1, 2] == alone.path_length


def test_degrees_are_those_of_the_undirected_graph():
    graph = GAUGE.graph(MAPS.weights[1, 0], causal=True).to_undirected()
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    degree = Comparison.read(MAPS, GAUGE).degree(1, 0)
    assert degree.tolist() == [graph.degree[place] for place in range(19)]


def test_a_new_lambda_reads_nothing_and_a_new_quantile_reads_the_maps(gauges_used):
    heads = Comparison.read(MAPS, Gauge.paper())
    gauges_used.clear()
    weighed = heads.again(Gauge.paper(lam=0.25, gamma=2.0))
    assert gauges_used == []
    assert weighed.gauge.lam == 0.25
    again = heads.again(Gauge.paper(quantile=0.7))
    assert len(gauges_used) == 1
    assert again.real.density.mean() > heads.real.density.mean()


def test_a_baseline_is_read_when_asked_for_once_and_anew_under_another_threshold(gauges_used):
    heads = Comparison.read(MAPS, Gauge.paper())
    assert len(gauges_used) == 1
    delta = heads.delta("uniform")
    weighed = heads.combine(lam=2.0, gamma=0.25)
    assert not np.array_equal(weighed.delta("uniform"), delta)
    np.testing.assert_array_equal(heads.delta("uniform"), delta)
    assert len(gauges_used) == 2
    heads.again(Gauge.paper(quantile=0.7)).delta("uniform")
    assert len(gauges_used) == 4


def test_delta_is_f_less_the_baselines_f():
    heads = Comparison.read(MAPS, Gauge.paper(lam=0.5, gamma=2.0))
    even = heads.gauge.read(baselines.uniform(19, causal=True), causal=True)
    expected = heads.real.F - even.F
    np.testing.assert_allclose(heads.delta("uniform", matched=True), expected, atol=1e-15)


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ("the cat", "maps is of type str; give AttentionMaps"),
    ],
)
def test_what_holds_no_head_is_refused(maps, said):
    with pytest.raises(GedigError, match=said):
        Comparison.read(maps, GAUGE)


def test_what_is_no_gauge_is_refused():
    with pytest.raises(GedigError, match="gauge is of type str; give a Gauge"):
        Comparison.read(MAPS, "paper")
