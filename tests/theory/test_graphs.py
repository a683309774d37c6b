import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import one_sentence
from scipy.stats import entropy

from gedig_edu.errors import GedigError
from gedig_edu.theory.graphs import (
    chain,
    edit_gauge,
    global_efficiency,
    grid,
    mean_shortest_path,
    ring,
    with_edges,
)

SETTINGS = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)


def random_graph(seed, n=11, p=0.25):
    return nx.gnp_random_graph(n, p, seed=seed)


def random_edges(graph, count, seed):
    absent = list(nx.non_edges(graph))
    picks = np.random.default_rng(seed).choice(len(absent), count, replace=False)
    return [absent[pick] for pick in picks]


# Graphs


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_chain_ring_and_grid_have_the_edges_of_their_name(n):
    assert set(chain(n).edges) == {(i, i + 1) for i in range(n - 1)}
    degrees = {1: {0}, 2: {1}}.get(n, {2})
    assert len(ring(n)) == n
    assert set(dict(ring(n).degree).values()) == degrees
    assert len(grid(n, 5)) == 5 * n
    assert len(grid(n, 5).edges) == 4 * n + 5 * (n - 1)


@pytest.mark.parametrize("n", [2, 5, 20, 61])
def test_the_mean_path_of_a_chain_is_a_third_of_its_nodes_and_one(n):
    assert mean_shortest_path(chain(n)) == pytest.approx((n + 1) / 3, rel=1e-14)


@SETTINGS
@given(seeds, st.floats(0.02, 0.6))
def test_mean_path_is_networkx_on_the_largest_component(seed, p):
    graph = random_graph(seed, n=13, p=p)
    parts = sorted(nx.connected_components(graph), key=len)
    largest = [graph.subgraph(part) for part in parts if len(part) == len(parts[-1])]
    expected = min(nx.average_shortest_path_length(part) for part in largest)
    assert mean_shortest_path(graph) == expected


def test_of_tied_components_the_smallest_mean_counts_and_one_node_has_none():
    assert mean_shortest_path(nx.disjoint_union(chain(3), ring(3))) == 1.0
    assert mean_shortest_path(chain(1)) == 0.0
    assert global_efficiency is nx.global_efficiency


def test_with_edges_returns_a_copy_that_may_grow():
    before = chain(3)
    after = with_edges(before, [(0, 2), (2, "new")])
    assert set(before.edges) == {(0, 1), (1, 2)}
    assert set(after.edges) == {(0, 1), (1, 2), (0, 2), (2, "new")}


# The gauge of an edit, by hand


def test_a_shortcut_from_end_to_end_of_a_chain_of_four():
    # Distances of 0-1-2-3: 1, 2, 3, 1, 2, 1, mean 10/6. With 0-3 it is a ring: 1, 2, 1, 1, 2, 1,
    # mean 8/6. One edge of six pairs: cost 1/6; path (10 - 8)/10 = 1/5;
    # F = 1/6 - (0 + 1/2 * 1/5) = 1/15.
    reading = edit_gauge(chain(4), with_edges(chain(4), [(0, 3)]))
    np.testing.assert_allclose(reading, [1 / 15, 1 / 6, 0, 1 / 5, 10 / 6, 8 / 6], rtol=1e-14)


def test_its_options_by_hand():
    # H goes from log 1 to log 2 over K = 3 candidates: entropy log 2 / log 3.
    reading = edit_gauge(
        chain(4),
        with_edges(chain(4), [(0, 3)]),
        p_before=[1.0],
        p_after=[0.5, 0.5, 0.0],
        bound=5,
        lam=0.7,
        gamma=0.3,
    )
    gain = np.log(2) / np.log(3)
    expected = [1 / 5 - 0.7 * (gain + 0.3 / 5), 1 / 5, gain, 1 / 5, 10 / 6, 8 / 6]
    np.testing.assert_allclose(reading, expected, rtol=1e-14)


def test_global_efficiency_by_hand():
    # Chain of four: (3 + 2/2 + 1/3)/6 = 26/36; ring of four: (4 + 2/2)/6 = 30/36; gain 4/26.
    reading = edit_gauge(chain(4), ring(4), path="global_efficiency")
    assert reading.path == pytest.approx(4 / 26, rel=1e-14)
    assert pytest.approx(1 / 6 - 0.5 * 4 / 26, rel=1e-14) == reading.F


def test_a_lost_pair_counts_as_distance_n():
    # Cutting 0-1-2 between 1 and 2: pairs 01, 02, 12 were 1, 2, 1 and are 1, 3, 3.
    cut = nx.Graph([(0, 1)])
    cut.add_node(2)
    reading = edit_gauge(chain(3), cut)
    expected = [1 / 3 + 0.5 * 3 / 4, 1 / 3, 0, -3 / 4, 4 / 3, 7 / 3]
    np.testing.assert_allclose(reading, expected, rtol=1e-14)


def test_moving_an_edge_costs_two():
    # The edge 2-3 of 0-1-2-3 moves to 0-3: 3-0-1-2. Pairs 01 02 03 12 13 23 were 1 2 3 1 2 1,
    # are 1 2 1 1 2 3: the same mean, two edges of six pairs.
    moved = nx.Graph([(0, 1), (1, 2), (0, 3)])
    np.testing.assert_allclose(
        edit_gauge(chain(4), moved), [1 / 3, 1 / 3, 0, 0, 10 / 6, 10 / 6], rtol=1e-14
    )


def test_hops_read_the_neighbourhood_of_the_edit_alone():
    # A ring of twelve and the chord 0-2: at 1 hop the nodes 11, 0, 1, 2, 3 remain, a chain of
    # five (mean 2) that becomes a triangle with two tails: 11-0 1, 11-1 2, 11-2 2, 11-3 3, 0-1 1,
    # 0-2 1, 0-3 2, 1-2 1, 1-3 2, 2-3 1, mean 16/10. At 0 hops 0 and 2 remain.
    after = with_edges(ring(12), [(0, 2)])
    near = edit_gauge(ring(12), after, hops=1)
    np.testing.assert_allclose(near, [0.1 - 0.5 * 0.2, 0.1, 0, 0.2, 2.0, 1.6], atol=1e-15)
    np.testing.assert_allclose(edit_gauge(ring(12), after, hops=0), [1, 1, 0, 0, 0, 0])


def test_path_at_zero_hops_is_zero_even_where_the_ends_had_a_path():
    # The ends 0, 1, 2 of all three edits hold the edge 0-1 before and 0-2 and 1-2 after.
    before, after = nx.Graph([(0, 1)]), nx.Graph([(0, 2), (1, 2)])
    reading = edit_gauge(before, after, hops=0)
    assert reading.l_before != reading.l_after
    assert reading.path == 0
    assert reading.F == reading.cost == 1


# Laws


@SETTINGS
@given(
    seeds,
    st.sampled_from(["fixed_pairs", "global_efficiency"]),
    st.sampled_from([None, 1, 2]),
    st.floats(0, 3),
    st.floats(0, 3),
)
def test_terms_agree_with_networkx_and_scipy(seed, path, hops, lam, gamma):
    before, other = random_graph(seed), random_graph(seed + 1)
    after = with_edges(before, other.edges)
    after.remove_edges_from(list(before.edges)[:2])
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(7))
    options = {"lam": lam, "gamma": gamma, "path": path, "hops": hops}
    reading = edit_gauge(before, after, p_before=p, p_after=q, **options)
    edited = nx.symmetric_difference(before, after).edges
    near = set(before)
    if hops is not None:
        ends = {node for edge in edited for node in edge}
        reach = [set(nx.ego_graph(after, end, hops)) for end in ends]
        near = set().union(*reach)
    a, b = before.subgraph(near), after.subgraph(near)
    n = len(near)
    old, new = (dict(nx.all_pairs_shortest_path_length(graph)) for graph in (a, b))
    pairs = [(u, v) for u in old for v in old[u] if u != v]
    l_before = np.mean([old[u][v] for u, v in pairs])
    l_after = np.mean([new[u].get(v, n) for u, v in pairs])
    gain = {
        "fixed_pairs": (l_before - l_after) / l_before,
        "global_efficiency": nx.global_efficiency(b) / nx.global_efficiency(a) - 1,
    }[path]
    cost = len(edited) / (n * (n - 1) / 2)
    change = (entropy(q) - entropy(p)) / np.log(7)
    F = cost - lam * (change + gamma * gain)
    np.testing.assert_allclose(reading, [F, cost, change, gain, l_before, l_after], atol=1e-12)


@SETTINGS
@given(st.integers(1, 7), st.integers(1, 7), seeds)
def test_a_bridge_gains_exactly_nothing_over_fixed_pairs_and_something_in_efficiency(n, m, seed):
    rng = np.random.default_rng(seed)
    before = nx.disjoint_union(chain(n), ring(m))
    after = with_edges(before, [(int(rng.integers(n)), n + int(rng.integers(m)))])
    reading = edit_gauge(before, after)
    assert (reading.path, reading.l_before) == (0.0, reading.l_after)
    efficient = edit_gauge(before, after, path="global_efficiency").path
    assert efficient > 0 or not before.edges


@SETTINGS
@given(seeds)
def test_names_of_nodes_and_order_of_edges_do_not_matter_and_graphs_are_not_changed(seed):
    before = random_graph(seed)
    after = with_edges(before, random_edges(before, 3, seed))
    copies, reading = (before.copy(), after.copy()), edit_gauge(before, after, hops=2)
    names = {node: f"node {node * 7 % 11}" for node in before}
    renamed = [
        nx.Graph(list(nx.relabel_nodes(graph, names).edges)[::-1]) for graph in (before, after)
    ]
    for graph, original in zip(renamed, (before, after), strict=True):
        graph.add_nodes_from(names[node] for node in original)
    np.testing.assert_allclose(edit_gauge(*renamed, hops=2), reading, rtol=1e-12, atol=1e-15)
    assert all(nx.utils.graphs_equal(*pair) for pair in zip(copies, (before, after), strict=True))


def test_no_edit_and_no_graph_are_worth_nothing():
    for graph in (chain(7), chain(1), nx.Graph()):
        for hops in (None, 0, 2):
            for path in ("fixed_pairs", "global_efficiency"):
                reading = edit_gauge(graph, graph, hops=hops, path=path)
                assert (reading.F, reading.cost, reading.path) == (0, 0, 0)


@pytest.mark.parametrize("p", [([], []), ([1.0], [1.0]), ([0.5, 0.5], [1.0]), (None, None)])
def test_entropy_of_fewer_than_two_candidates_is_zero(p):
    assert edit_gauge(chain(3), ring(3), p_before=p[0], p_after=p[1]).entropy == 0


def test_candidates_may_come_as_any_array():
    p = np.array([0.2, 0.3, 0.5], dtype="float32")
    forms = [p, p.tolist(), torch.tensor(p), torch.tensor(p, requires_grad=True)]
    readings = [
        edit_gauge(chain(3), ring(3), p_before=[1.0], p_after=form).entropy for form in forms
    ]
    np.testing.assert_allclose(readings, entropy(p) / np.log(3), rtol=1e-6)


def test_a_node_may_join_with_its_edge():
    reading = edit_gauge(chain(3), with_edges(chain(3), [(2, 3)]))
    np.testing.assert_allclose(reading, [1 / 6, 1 / 6, 0, 0, 4 / 3, 4 / 3], rtol=1e-14)


# Random edges on a chain of twenty

CHAIN = chain(20)
CANDIDATES = 171  # pairs that are no edge yet: 190 - 19


@pytest.mark.parametrize("seed", range(31))
def test_ten_random_edges_pay_in_every_draw(seed):
    reading = edit_gauge(CHAIN, with_edges(CHAIN, random_edges(CHAIN, 10, seed)))
    assert pytest.approx(-0.24, abs=0.045) == reading.F


@pytest.mark.parametrize("seed", range(5))
def test_f_turns_positive_between_a_quarter_and_a_half_of_all_candidates(seed):
    order = random_edges(CHAIN, CANDIDATES, seed)
    F = [edit_gauge(CHAIN, with_edges(CHAIN, order[:k])).F for k in range(5, CANDIDATES + 1, 5)]
    first = 5 * (1 + next(step for step, value in enumerate(F) if value > 0))
    assert CANDIDATES / 4 < first < CANDIDATES / 2
    assert all(value > 0 for value in F[first // 5 - 1 :])
    # Once no distance exceeds 2, F = k/190 - (7 - (2 - (19 + k)/190))/14, which is 0 at 74.2.
    assert first == 75


# Refusals

directed = nx.DiGraph([(0, 1)])
loop = nx.Graph([(0, 0)])
REFUSED = {
    "no node": lambda: chain(0),
    "half a node": lambda: ring(2.5),
    "no column": lambda: grid(2, 0),
    "self-loop": lambda: with_edges(chain(3), [(1, 1)]),
    "three ends": lambda: with_edges(chain(3), [(0, 1, 2)]),
    "empty graph": lambda: mean_shortest_path(nx.Graph()),
    "directed": lambda: mean_shortest_path(directed),
    "multigraph": lambda: edit_gauge(chain(3), nx.MultiGraph()),
    "loops": lambda: edit_gauge(loop, chain(3)),
    "array": lambda: edit_gauge(np.eye(3), chain(3)),
    "path": lambda: edit_gauge(chain(3), ring(3), path="chain_gain"),
    "hops": lambda: edit_gauge(chain(3), ring(3), hops=-1),
    "bound": lambda: edit_gauge(chain(3), ring(3), bound=0),
    "lam": lambda: edit_gauge(chain(3), ring(3), lam=np.nan),
    "gamma": lambda: edit_gauge(chain(3), ring(3), gamma=np.inf),
    "only before": lambda: edit_gauge(chain(3), ring(3), p_before=[1.0]),
    "only after": lambda: edit_gauge(chain(3), ring(3), p_after=[1.0]),
    "no probabilities": lambda: edit_gauge(chain(3), ring(3), p_before=[2.0], p_after=[1.0]),
    "negative": lambda: edit_gauge(chain(3), ring(3), p_before=[1.5, -0.5], p_after=[1.0]),
    "NaN": lambda: edit_gauge(chain(3), ring(3), p_before=[np.nan], p_after=[1.0]),
    "words": lambda: edit_gauge(chain(3), ring(3), p_before=["a"], p_after=[1.0]),
    "table": lambda: edit_gauge(chain(3), ring(3), p_before=np.eye(17), p_after=[1.0]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)
