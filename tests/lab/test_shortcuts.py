"""Random growth, code lengths and heads as graphs: by hand, and against other libraries."""

import networkx as nx
import numpy as np
import pytest

from gedig_edu.course.evidence import OneSign, Reading, Verdict
from gedig_edu.errors import GedigError
from gedig_edu.lab.shortcuts import (
    agreement_with_codes,
    bits_back,
    edge_bits,
    head_graph,
    huffman_bits,
    random_growth,
    receive,
    removals,
    route_bits,
    table_moves,
)
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.graphs import chain, edit_gauge, ring
from gedig_edu.theory.maps import AttentionMaps


def maps_of(weights, *, causal):
    L = weights.shape[-1]
    return AttentionMaps(
        tokens=tuple(f"t{at}" for at in range(L)),
        weights=weights[None, None].astype("float32"),
        causal=causal,
        special=np.zeros(L, dtype=bool),
        offsets=np.array([(at, at + 1) for at in range(L)]),
        model="made up",
    )


def test_ten_random_edges_pay_on_a_chain_of_twenty_and_three_quarters_cost():
    read = random_growth(chain(20), draws=7)
    assert read.F.shape == (7, 172)
    assert (read.F[:, 10] < -0.15).all()
    assert (read.F[:, 128:] > 0).all()
    assert (read.turn == 75 / 171).all()


def test_a_dearer_edge_turns_the_sign_earlier_and_efficiency_never():
    half = random_growth(chain(20), draws=5, bound=95)
    assert (half.turn < random_growth(chain(20), draws=5).turn).all()
    assert np.isnan(random_growth(chain(20), draws=5, path="global_efficiency").turn).all()


def test_a_draw_is_the_same_again_and_another_seed_another():
    first, again, other = (random_growth(ring(9), draws=3, seed=s).F for s in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("draws", [0, 1.5, -3])
def test_draws_that_cannot_be_made_are_refused(draws):
    for function in (lambda **o: random_growth(chain(4), **o), agreement_with_codes, table_moves):
        with pytest.raises(GedigError, match="draws"):
            function(draws=draws)


@pytest.mark.parametrize("turned", [False, True])
def test_one_direction_of_f_is_good_for_all_of_table_1_only_with_the_entropy_turned(turned):
    moves = table_moves(draws=7, seed=3, turned=turned)
    assert (moves.cost < 0).all()
    assert (moves.path < 0).all()
    assert ((moves.entropy < 0) == turned).all()
    readings = [Reading.mean(name, values) for name, values in moves._asdict().items()]
    assert OneSign()(readings) == (Verdict.HOLDS if turned else Verdict.DOES_NOT_HOLD)


def test_entropy_goes_against_the_code_that_names_and_with_the_one_that_gets_its_bits_back():
    agreement = agreement_with_codes(draws=5, seed=3)
    assert (agreement.structure > 0.9).all()
    assert (agreement.huffman < -0.9).all()
    assert (agreement.bits_back > 0.85).all()


@pytest.mark.parametrize("p", [[0.93] + [0.01] * 7, [0.125] * 8, [0.5, 0.5], [1.0]])
def test_bits_back_take_what_a_free_choice_leaves_and_are_given_back_whole(p):
    p = np.array(p)
    code = bits_back(p, count=3000, seed=1)
    assert receive(code.sent, p, count=3000) == (code.chosen, code.message)
    assert code.bits == pytest.approx(np.log2(len(p)) + (p * np.log2(p)).sum(), abs=0.06)
    assert np.bincount(code.chosen, minlength=len(p)) / 3000 == pytest.approx(p, abs=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_any_message_comes_back(seed):
    p = np.random.default_rng(seed).dirichlet(np.full(6, 0.3))
    code = bits_back(p, count=211, seed=seed)
    assert receive(code.sent, p, count=211) == (code.chosen, code.message)


def test_edge_bits_by_hand():
    assert edge_bits(ring(4)) == pytest.approx(np.log2(15))  # 4 of 6 pairs
    assert edge_bits(nx.complete_graph(5)) == edge_bits(nx.empty_graph(5)) == 0


def test_route_bits_by_hand():
    # 0-1-2: an end says one of go or stop, 1 bit; the middle one of left, right, stop.
    # 0 to 1: 1 + log2 3; 0 to 2: 1 + log2 3 + 1; the six routes in mean:
    three = np.log2(3)
    assert route_bits(chain(3)) == pytest.approx((4 * (1 + three) + 2 * (2 + three)) / 6)


def test_routes_agree_with_dijkstra_of_networkx():
    graph = nx.connected_watts_strogatz_graph(13, 4, 0.4, seed=5)
    bits = {node: np.log2(graph.degree[node] + 1) for node in graph}
    found = nx.all_pairs_dijkstra_path_length(graph.to_directed(), weight=lambda u, v, _: bits[u])
    routes = [far + bits[v] for u, row in found for v, far in row.items() if u != v]
    assert route_bits(graph) == pytest.approx(np.mean(routes))


@pytest.mark.parametrize("p", [[0.5, 0.5], [0.5, 0.25, 0.125, 0.125]])
def test_huffman_reaches_the_entropy_of_halves(p):
    p = np.array(p)
    assert huffman_bits(p) == pytest.approx(-(p * np.log2(p)).sum())


def test_huffman_lies_within_one_bit_above_the_entropy():
    for p in np.random.default_rng(2).dirichlet(np.ones(7), size=20):
        entropy = -(p * np.log2(p)).sum()
        assert entropy <= huffman_bits(p) < entropy + 1


def test_the_graph_of_a_head_is_the_one_whose_paths_f_reads():
    rng = np.random.default_rng(0)
    weights = np.tril(rng.dirichlet(np.full(17, 0.2), size=17)) + 1e-6 * np.tril(np.ones((17, 17)))
    weights /= weights.sum(axis=-1, keepdims=True)
    maps, gauge = maps_of(weights, causal=True), Gauge.paper()
    reading = gauge.read(maps.weights, causal=True)
    graph = head_graph(maps, 0, 0, gauge=gauge)
    assert list(graph) == list(range(17))
    assert nx.number_of_selfloops(graph) == 0
    largest = max(nx.connected_components(graph), key=len)
    part = nx.convert_node_labels_to_integers(graph.subgraph(largest))
    assert len(part) == reading.nodes.item()
    assert edit_gauge(chain(len(part)), part).path == pytest.approx(reading.path_gain.item())


def test_removals_are_edits_of_one_edge_each():
    graph = nx.connected_watts_strogatz_graph(11, 4, 0.3, seed=2)
    found = removals(graph, gamma=2.0)
    assert set(found) == set(graph.edges)
    edge = next(iter(graph.edges))
    without = nx.Graph(graph)
    without.remove_edge(*edge)
    assert found[edge] == edit_gauge(graph, without, gamma=2.0).F
    assert graph.has_edge(*edge)
