import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.theory.gates import candidate_readings, decide, gate_readings
from gedig_edu.theory.graphs import chain, edit_gauge, grid, ring, with_edges

SETTINGS = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)
numbers = st.floats(-5, 5)


def test_readings_by_hand():
    # Ring of twelve and the chord 0-2 (see test_graphs): F is 1 at 0 hops; at 1 hop cost 1/10 and
    # path 1/5, F = 0. With the bound 66, all pairs, g0 = 1/66 and 1 hop reads 1/66 - 1/10.
    after = with_edges(ring(12), [(0, 2)])
    g0, g_min = gate_readings(ring(12), after, max_hops=1)
    assert (g0, g_min) == pytest.approx((1.0, 0.0), abs=1e-15)
    g0, g_min = gate_readings(ring(12), after, max_hops=1, bound=66)
    assert (g0, g_min) == pytest.approx((1 / 66, 1 / 66 - 1 / 10), rel=1e-12)


@SETTINGS
@given(seeds, st.integers(1, 5), st.sampled_from(["fixed_pairs", "global_efficiency"]))
def test_g_min_is_the_smallest_gauge_of_one_to_max_hops(seed, max_hops, path):
    rng = np.random.default_rng(seed)
    before = nx.gnp_random_graph(13, 0.2, seed=seed)
    after = with_edges(before, list(nx.non_edges(before))[:2])
    options = {
        "p_before": rng.dirichlet(np.ones(3)),
        "p_after": rng.dirichlet(np.ones(5)),
        "bound": 17,
        "lam": 0.7,
        "gamma": 1.3,
        "path": path,
    }
    readings = gate_readings(before, after, max_hops=max_hops, **options)
    F = [edit_gauge(before, after, hops=hops, **options).F for hops in range(max_hops + 1)]
    assert readings.g0 == F[0]
    assert readings.g_min == min(F[1:])


def test_three_hops_are_read_by_default():
    # Closing a ring of eight needs the whole ring: 3 hops around 0-7 reach all of it, 2 do not.
    before, after = chain(8), ring(8)
    default = gate_readings(before, after)
    assert default == gate_readings(before, after, max_hops=3)
    assert default.g_min < gate_readings(before, after, max_hops=2).g_min


@SETTINGS
@given(seeds, st.sampled_from(["fixed_pairs", "global_efficiency"]), st.sampled_from([None, 9.0]))
def test_candidates_read_as_each_alone_does(seed, path, bound):
    # Nodes that the graph has, one that it lacks, two that it lacks, and an edge that it has.
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(11, 0.2, seed=seed)
    missing = list(nx.non_edges(graph))
    candidates = [*missing[:3], (2, "new"), ("one", "two"), *list(graph.edges)[:1]]
    p, q = (
        [rng.dirichlet(np.ones(rng.integers(1, 6))) for _ in candidates]
        for _ in ("before", "after")
    )
    options = {"bound": bound, "lam": 0.7, "gamma": 1.3, "path": path, "max_hops": 2}
    read = candidate_readings(graph, candidates, p_before=p, p_after=q, **options)
    alone = [
        gate_readings(graph, with_edges(graph, [edge]), p_before=a, p_after=b, **options)
        for edge, a, b in zip(candidates, p, q, strict=True)
    ]
    np.testing.assert_array_equal(np.stack([read.g0, read.g_min]), np.transpose(alone))
    again = read.combine(lam=0.2, gamma=0.0)
    np.testing.assert_allclose(again.F, read.cost - 0.2 * read.entropy[:, None], rtol=1e-14)


@pytest.mark.parametrize("copies", [1, 400])
def test_many_candidates_read_as_few_do(copies):
    # Sixty nodes near each of 2,800 candidates are read in several goes.
    graph, few = grid(8, 8), [((0, 0), (7, 7)), ((0, 0), (0, 2)), ((3, 3), (5, 5))] * 7
    read = candidate_readings(graph, few * copies, max_hops=1)
    expected = candidate_readings(graph, few[:3], max_hops=1)
    np.testing.assert_array_equal(read.F.reshape(-1, 3, 2), [expected.F] * 7 * copies)


@SETTINGS
@given(st.integers(1, 6), st.integers(1, 6), seeds, st.integers(1, 4))
def test_over_fixed_pairs_a_bridge_earns_exactly_nothing_at_any_reach(n, m, seed, max_hops):
    rng = np.random.default_rng(seed)
    before = nx.disjoint_union(chain(n), ring(m))
    bridge = (int(rng.integers(n)), n + int(rng.integers(m)))
    read = candidate_readings(before, [bridge], max_hops=max_hops)
    np.testing.assert_array_equal(read.path, 0.0)
    np.testing.assert_array_equal(read.F, read.cost)
    efficient = candidate_readings(before, [bridge], max_hops=max_hops, path="global_efficiency")
    assert (efficient.path[0, 1:] > 0).any() == bool(before.edges)
    assert efficient.path[0, 0] == 0


@pytest.mark.parametrize("candidate", [(0, 1), (0, "new"), ("new", "newer")])
def test_an_edge_between_two_that_have_none_gains_nothing_by_either_reading(candidate):
    alone = nx.empty_graph(2)
    for path in ("fixed_pairs", "global_efficiency"):
        assert not candidate_readings(alone, [candidate], path=path).path.any()
    beside = nx.Graph([(0, 2), (1, 3)])
    assert candidate_readings(beside, [(0, 1)], path="global_efficiency").path[0, 1] > 0


def test_a_node_that_comes_with_its_edge_earns_nothing_over_fixed_pairs_and_thins_the_rest():
    # 0-1-2 has the efficiency (1 + 1 + 1/2)/3 = 5/6; with 2-3 it is (3 + 2/2 + 1/3)/6 = 13/18.
    fixed = candidate_readings(chain(3), [(2, "new")], max_hops=2)
    np.testing.assert_array_equal(fixed.path, 0.0)
    np.testing.assert_allclose(fixed.cost, [[1, 1 / 3, 1 / 6]], rtol=1e-15)
    spread = candidate_readings(chain(3), [(2, "new")], max_hops=2, path="global_efficiency")
    assert spread.path[0, 2] == pytest.approx(13 / 15 - 1, rel=1e-14)


@pytest.mark.parametrize("path", ["fixed_pairs", "global_efficiency"])
def test_graphs_with_nothing_to_shorten_read_their_cost(path):
    # One node and the node that it is joined to; no node; no candidate.
    for graph, edge in ((chain(1), (0, 1)), (nx.Graph(), ("a", "b"))):
        read = candidate_readings(graph, [edge], path=path)
        np.testing.assert_array_equal(read.F, [[1.0, 1.0, 1.0, 1.0]])
    none = candidate_readings(chain(5), [], path=path)
    assert none.F.shape == (0, 4)
    assert none.g0.shape == none.g_min.shape == (0,)
    assert gate_readings(chain(5), chain(5), path=path) == (0.0, 0.0)


def test_the_graph_is_not_changed_by_reading_its_candidates():
    graph = grid(3, 3)
    kept = graph.copy()
    candidate_readings(graph, [((0, 0), (2, 2)), ((0, 0), "new")])
    assert nx.utils.graphs_equal(graph, kept)


@pytest.mark.parametrize(
    ("g0", "g_min", "decision"),
    [
        (0.5, -0.3, "accept"),
        (-0.3, 0.5, "accept"),
        (0.5, -0.1, "accept"),  # equal to theta_dg
        (-0.1, 0.5, "accept"),  # equal to theta_dg
        (0.5, -0.0999, "explore"),
        (0.2001, 0.0, "explore"),
        (0.2, 0.0, "reject"),  # equal to theta_ag
        (0.1, 0.0, "reject"),
    ],
)
def test_decisions_on_both_sides_of_both_thresholds(g0, g_min, decision):
    assert decide(g0, g_min, theta_ag=0.2, theta_dg=-0.1) == decision


@given(numbers, numbers, numbers, numbers)
def test_the_decision_gate_goes_before_the_attention_gate(g0, g_min, theta_ag, theta_dg):
    decision = decide(g0, g_min, theta_ag=theta_ag, theta_dg=theta_dg)
    assert (decision == "accept") == (g0 <= theta_dg or g_min <= theta_dg)
    if decision != "accept":
        assert (decision == "explore") == (g0 > theta_ag)


REFUSED = {
    "no hops": lambda: gate_readings(chain(3), ring(3), max_hops=0),
    "half a hop": lambda: gate_readings(chain(3), ring(3), max_hops=1.5),
    "directed": lambda: gate_readings(nx.DiGraph(), ring(3)),
    "candidates of a directed graph": lambda: candidate_readings(nx.DiGraph(), []),
    "loop": lambda: candidate_readings(chain(3), [(1, 1)]),
    "no hops for candidates": lambda: candidate_readings(chain(3), [(0, 2)], max_hops=0),
    "path of candidates": lambda: candidate_readings(chain(3), [(0, 2)], path="shortest"),
    "bound of no candidates": lambda: candidate_readings(chain(3), [], bound=-1),
    "bound of no edit": lambda: gate_readings(chain(3), chain(3), bound=-1),
    "bound of candidates": lambda: candidate_readings(chain(3), [(0, 2)], bound=0),
    "one side": lambda: candidate_readings(chain(3), [(0, 2)], p_before=[[1.0]]),
    "too few probabilities": lambda: candidate_readings(
        chain(3), [(0, 2)], p_before=[], p_after=[[1.0]]
    ),
    "other weights": lambda: candidate_readings(chain(3), [(0, 2)]).combine(lam=np.nan, gamma=1),
    "g0": lambda: decide(np.nan, 0.0, theta_ag=0.0, theta_dg=0.0),
    "g_min": lambda: decide(0.0, "low", theta_ag=0.0, theta_dg=0.0),
    "theta_ag": lambda: decide(0.0, 0.0, theta_ag=np.nan, theta_dg=0.0),
    "theta_dg": lambda: decide(0.0, 0.0, theta_ag=0.0, theta_dg=np.nan),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)
