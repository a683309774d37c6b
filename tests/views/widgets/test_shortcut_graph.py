"""The shortcut graph: edits by hand, the search, and what it refuses."""

import networkx as nx
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.shortcuts import best_shortcut, missing_edges
from gedig_edu.views.widgets.graph_edit import GRAPHS
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph


def test_closing_a_chain_of_four_by_hand():
    # As in tests/theory/test_graphs.py: cost 1/6, path gain 1/5, F = 1/15.
    graph = ShortcutGraph(nx.path_graph(4), edits=[[3, 0]], walk=False)
    numbers = graph.numbers
    assert numbers["F"] == pytest.approx(1 / 15)
    assert (numbers["cost"], numbers["path"]) == pytest.approx((1 / 6, 1 / 5))
    assert (numbers["added"], numbers["removed"]) == (1, 0)
    assert graph.edits == [[0, 3]]


def test_an_edit_of_an_edge_that_is_there_takes_it_away():
    graph = ShortcutGraph("ring", edits=[[0, 1], [4, 9]])
    assert not graph.after.has_edge(0, 1)
    assert graph.after.has_edge(4, 9)
    assert (graph.numbers["added"], graph.numbers["removed"]) == (1, 1)


@pytest.mark.parametrize(("bound", "price"), [("pairs", 190), ("missing", 171), ("present", 19)])
def test_the_bound_is_the_price_of_an_edge(bound, price):
    assert ShortcutGraph(edits=[[3, 15]], bound=bound).numbers["cost"] == pytest.approx(1 / price)


def test_the_walker_moves_the_entropy_and_without_it_there_is_none():
    with_walker, without = (ShortcutGraph(edits=[[3, 15]], walk=walk) for walk in (True, False))
    assert with_walker.numbers["entropy"] < 0 == without.numbers["entropy"]


def test_searching_adds_the_best_edge_and_then_the_next():
    graph = ShortcutGraph(walk=False)
    graph.search()
    assert (graph.edits, graph.found) == ([[3, 15]], [3, 15, 171])
    first = graph.numbers["F"]
    graph.search()
    second = best_shortcut(nx.Graph([*graph.before.edges, (3, 15)]), before=graph.before)
    assert graph.numbers["F"] == pytest.approx(second.reading.F, abs=1e-9)
    assert graph.numbers["F"] < first
    assert graph.found[2] == 170


def test_a_graph_of_ones_own_keeps_its_names():
    graph = ShortcutGraph(nx.Graph([("b", "a"), ("a", "c")]))
    assert graph.names == ["b", "a", "c"]
    assert graph.graphs == {"yours": [[0, 1], [1, 2]]}
    renamed = ShortcutGraph(nx.path_graph(3), names=["x", "y", "y"])
    assert renamed.names == ["x", "y", "y"]


@pytest.mark.parametrize("graph", GRAPHS)
def test_an_untouched_graph_offers_a_missing_edge_that_is_neither_its_best_nor_in_the_texts(graph):
    widget = ShortcutGraph(graph, walk=False)
    edge = tuple(widget.offers[graph])
    assert edge in missing_edges(widget.before)
    assert edge not in {(0, 19), (4, 15), (7, 12), (0, 2)}
    best = best_shortcut(widget.before).reading.F
    assert best + 1e-4 < ShortcutGraph(graph, edits=[edge], walk=False).numbers["F"] < 0


@pytest.mark.parametrize(
    ("own", "offer"),
    [
        (nx.path_graph(9), [0, 3]),
        (nx.Graph([("a", "b"), ("b", "c")]), [0, 2]),
        (nx.disjoint_union(nx.complete_graph(3), nx.path_graph(4)), [3, 6]),
    ],
)
def test_a_graph_of_ones_own_offers_an_edge_that_shortens_paths(own, offer):
    widget = ShortcutGraph(own)
    assert widget.offers == {"yours": offer}
    widget.edits = [offer]
    assert widget.numbers["path"] > 0


@pytest.mark.parametrize("own", [nx.complete_graph(4), nx.empty_graph(4)])
def test_a_graph_in_which_no_edge_shortens_a_path_offers_none(own):
    assert ShortcutGraph(own).offers == {}


def test_an_offer_that_is_no_pair_is_refused():
    with pytest.raises(GedigError, match="offers hold"):
        ShortcutGraph(offers={"chain": [3, 20]})


def test_sentence_is_made_from_the_data():
    said = ShortcutGraph("two_parts", edits=[[4, 15]], walk=False).sentence
    assert said.startswith("Edges added to the graph 'two parts': 1; taken away: 0.")
    assert "F is 0.00526" in said


@pytest.mark.parametrize(
    "given",
    [
        {"graph": "tree"},
        {"graph": nx.empty_graph(1)},
        {"edits": [[0, 20]]},
        {"edits": [[3, 3]]},
        {"edits": [[1, 2, 3]]},
        {"graph": nx.path_graph(3), "names": ["a"]},
    ],
)
def test_what_does_not_fit_is_refused(given):
    with pytest.raises(GedigError, match="give"):
        ShortcutGraph(**given)


@pytest.mark.parametrize("kind", [nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_a_graph_that_may_hold_a_pair_twice_is_refused_by_name(kind):
    with pytest.raises(
        GedigError, match=rf"A {kind.__name__} was given, .* give nx\.Graph\(graph\)"
    ):
        ShortcutGraph(kind([(0, 1), (1, 0), (1, 2), (2, 3)]))


def test_a_pair_that_is_given_twice_is_one_edge():
    given = [[0, 1], [1, 0], [2, 1], [1, 2], [2, 3]]
    assert ShortcutGraph(nx.path_graph(4), graphs={"yours": given}).graphs == {
        "yours": [[0, 1], [1, 2], [2, 3]]
    }


def test_another_graph_is_refused_unless_it_is_known():
    graph = ShortcutGraph()
    with pytest.raises(GedigError, match="give one of chain"):
        graph.graph = "tree"


@pytest.mark.parametrize(
    "edits", [[3], [None], [[0, "a"]], [[0, 0]], [[0, 99]], [[0, 1, 2]], ["ab"]]
)
def test_edits_that_are_no_pairs_of_nodes_are_refused_and_the_graph_stays(edits):
    shown = ShortcutGraph(edits=[[3, 15]])
    with pytest.raises(GedigError, match="give pairs of different nodes from 0 to"):
        shown.edits = edits
    assert shown.edits == [[3, 15]]
