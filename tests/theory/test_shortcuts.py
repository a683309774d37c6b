"""Many edges on one graph: by hand, against the gauge of one edit, and refused."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from gedig_edu.errors import GedigError
from gedig_edu.theory.graphs import chain, edit_gauge, ring, with_edges
from gedig_edu.theory.shortcuts import best_shortcut, growth, missing_edges, walk_probabilities

SETTINGS = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 2**32 - 1)


def shuffled_missing(graph, seed):
    missing = missing_edges(graph)
    return [missing[at] for at in np.random.default_rng(seed).permutation(len(missing))]


def test_a_walker_stands_on_a_node_as_often_as_it_has_edges():
    star = nx.Graph([("hub", 1), ("hub", 2), ("hub", 3)])
    assert walk_probabilities(star).tolist() == [1 / 2, 1 / 6, 1 / 6, 1 / 6]
    assert walk_probabilities(ring(7)) == pytest.approx([1 / 7] * 7)


def test_where_there_is_no_edge_all_nodes_are_equal():
    assert walk_probabilities(nx.empty_graph(3)).tolist() == [1 / 3] * 3
    assert walk_probabilities(chain(1)).tolist() == [1.0]


def test_growth_of_a_chain_of_four_by_hand():
    # Distances of 0-1-2-3 sum to 10; with 0-3 to 8, with 0-2 too to 7. Each edge costs 1/6.
    read = growth(chain(4), [(0, 3), (2, 0)])
    np.testing.assert_allclose(read.cost, [0, 1 / 6, 2 / 6])
    np.testing.assert_allclose(read.path, [0, 0.2, 0.3], atol=1e-15)
    np.testing.assert_allclose(read.F, [0, 1 / 6 - 0.1, 2 / 6 - 0.15], atol=1e-15)
    assert read.entropy.tolist() == [0, 0, 0]


def test_the_walkers_entropy_by_hand():
    # 0-1-2 has degrees 1 2 1, entropy 1.5 log 2; the triangle log 3, the most there is.
    read = growth(chain(3), [(0, 2)], walk=True, lam=2.0)
    expected = 1 - 1.5 * np.log(2) / np.log(3)
    assert read.entropy == pytest.approx([0, expected])
    assert read.F[1] == pytest.approx(1 / 3 - 2 * (expected + 0.5 / 4))


@SETTINGS
@given(
    seeds,
    st.sampled_from(["fixed_pairs", "global_efficiency"]),
    st.booleans(),
    st.sampled_from([None, 7.0]),
    st.floats(0, 3),
    st.floats(0, 3),
)
def test_every_place_of_a_growth_is_the_gauge_of_that_edit(seed, path, walk, bound, lam, gamma):
    before = nx.gnp_random_graph(11, 0.15, seed=seed)
    edges = shuffled_missing(before, seed)[:13]
    options = {"path": path, "bound": bound, "lam": lam, "gamma": gamma}
    read = growth(before, edges, walk=walk, **options)
    for k in range(len(edges) + 1):
        after = with_edges(before, edges[:k])
        p = [walk_probabilities(graph) for graph in (before, after)] if walk else (None, None)
        one = edit_gauge(before, after, p_before=p[0], p_after=p[1], **options)
        now = [read.F[k], read.cost[k], read.entropy[k], read.path[k]]
        np.testing.assert_allclose(now, one[:4], atol=1e-12)


def test_an_edgeless_start_gains_no_path_under_either_reading():
    for path in ("fixed_pairs", "global_efficiency"):
        assert growth(nx.empty_graph(5), [(0, 1), (1, 2)], path=path).path.tolist() == [0, 0, 0]


def test_turn_is_where_f_stays_above_zero():
    edges = shuffled_missing(chain(20), 0)
    read = growth(chain(20), edges)
    assert read.turn is not None
    assert (read.F[read.turn :] > 0).all()
    assert read.F[read.turn - 1] <= 0
    assert growth(chain(20), edges[:10]).turn is None
    assert growth(chain(20), edges[:10], lam=0.0).turn == 1


@SETTINGS
@given(
    seeds,
    st.sampled_from(["fixed_pairs", "global_efficiency"]),
    st.booleans(),
    st.sampled_from([None, 3.0]),
    st.floats(0, 3),
)
def test_the_best_shortcut_is_the_lowest_f_of_all(seed, path, walk, bound, lam):
    before, graph = (nx.gnp_random_graph(8, 0.3, seed=seed + more) for more in (0, 1))
    options = {"path": path, "bound": bound, "lam": lam}
    best = best_shortcut(graph, before=before, walk=walk, **options)
    worth = {}
    for edge in nx.non_edges(graph):
        after = with_edges(graph, [edge])
        p = [walk_probabilities(one) for one in (before, after)] if walk else (None, None)
        worth[edge] = edit_gauge(before, after, p_before=p[0], p_after=p[1], **options)
    lowest = min(reading.F for reading in worth.values())
    assert best.reading == worth[best.edge]
    assert pytest.approx(lowest, abs=1e-9) == best.reading.F
    assert best.edge == next(
        edge for edge in missing_edges(graph) if lowest + 1e-9 >= worth[edge].F
    )


def test_options_that_cannot_be_read_are_refused():
    for options in ({"bound": 0}, {"lam": np.nan}, {"path": "shortest"}):
        with pytest.raises(GedigError):
            best_shortcut(chain(5), **options)


def test_of_equals_the_first_is_the_best():
    assert best_shortcut(chain(20)).edge == (3, 15)  # 4-16 is its mirror image
    assert best_shortcut(ring(20)).edge == (0, 10)


def test_the_best_next_edge_is_read_against_the_start():
    start = chain(12)
    grown = with_edges(start, [best_shortcut(start).edge])
    second = best_shortcut(grown, before=start, walk=True)
    after = with_edges(grown, [second.edge])
    p = {"p_before": walk_probabilities(start), "p_after": walk_probabilities(after)}
    assert second.reading == edit_gauge(start, after, **p)
    assert second.reading.cost == pytest.approx(2 / 66)
    H = [entropy(p[name]) for name in ("p_before", "p_after")]
    assert second.reading.entropy == pytest.approx((H[1] - H[0]) / np.log(12))


@pytest.mark.parametrize("edge", [(0, 1), (0, 0), (0, 9), (0,), (2, 0)])
def test_an_edge_that_is_not_missing_is_refused_in_one_sentence(edge):
    with pytest.raises(GedigError, match="is no missing edge"):
        growth(chain(4), [(0, 2), edge])


def test_two_graphs_on_different_nodes_are_refused():
    with pytest.raises(GedigError, match="different nodes"):
        best_shortcut(chain(5), before=chain(4))


def test_a_full_graph_has_no_shortcut_left():
    with pytest.raises(GedigError, match="Every pair of nodes has its edge"):
        best_shortcut(ring(3))


@pytest.mark.parametrize("given", [nx.DiGraph([(0, 1)]), nx.Graph(), "a chain"])
def test_what_is_no_simple_graph_is_refused(given):
    with pytest.raises(GedigError):
        walk_probabilities(given)
    with pytest.raises(GedigError):
        growth(given, [])
