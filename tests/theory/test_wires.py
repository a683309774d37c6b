"""Resistance between nodes, held against circuits that one can compute by hand."""

import networkx as nx
import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.graphs import chain, with_edges
from gedig_edu.theory.wires import resistance, with_wire


def test_in_a_tree_it_is_the_number_of_hops():
    tree = nx.from_prufer_sequence([3, 3, 1, 0, 5])
    hops = nx.floyd_warshall_numpy(tree, nodelist=list(tree))
    np.testing.assert_allclose(resistance(tree), hops, atol=1e-9)


def test_two_ways_side_by_side_are_a_times_b_over_their_sum():
    around = resistance(nx.cycle_graph(11))[0]
    a = np.arange(11)
    np.testing.assert_allclose(around, a * (11 - a) / 11, atol=1e-9)


def test_rows_are_in_the_order_of_the_nodes():
    graph = nx.Graph([("b", "c"), ("a", "b")])
    order = list(graph)
    r = resistance(graph)
    assert r[order.index("a"), order.index("c")] == pytest.approx(2.0)
    assert r[order.index("a"), order.index("b")] == pytest.approx(1.0)


def test_no_way_is_no_finite_resistance():
    r = resistance(nx.disjoint_union(chain(3), chain(2)))
    assert np.isinf(r[:3, 3:]).all()
    assert r[3, 4] == pytest.approx(1.0)
    with pytest.raises(GedigError, match="joined by no way"):
        with_wire(r, 0, 3)


def test_one_more_wire_is_what_the_whole_circuit_says_and_raises_nothing():
    graph = with_edges(chain(13), [(2, 9), (4, 11), (0, 5)])
    before = resistance(graph)
    for edge in ((0, 12), (3, 8), (2, 9)):
        after = with_wire(before, *edge)
        assert (after <= before + 1e-12).all()
        if edge not in graph.edges:
            np.testing.assert_allclose(after, resistance(with_edges(graph, [edge])), atol=1e-9)


def test_what_is_no_graph_is_refused():
    with pytest.raises(GedigError):
        resistance(np.eye(3))
