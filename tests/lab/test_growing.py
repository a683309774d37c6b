import networkx as nx
import numpy as np
import pytest
from scipy.stats import entropy

from gedig_edu.errors import GedigError
from gedig_edu.lab.growing import Gates, grow, probabilities
from gedig_edu.lab.worlds import Known, Statement, World, generate
from gedig_edu.theory.gates import decide, gate_readings
from gedig_edu.theory.graphs import with_edges

LINE = (Known("a", "b", 0.9), Known("b", "c", 0.8), Known("c", "d", 0.9))
RING = Statement("a", "d", 0.5, (0.5,), right=True)
LEAF = Statement("d", "new", 0.9, (0.1,), right=False)
SMALL = World("small", LINE, (RING, LEAF))


def test_a_small_world_by_hand():
    # 0 hops: two ends, cost 1, and H of (1/2, 1/2) goes to 0: g0 = 1 + 1. From 1 hop on all four
    # are near: cost 1/6, path (10 - 8)/10. The leaf d-new: softmax(9, 1) is nearly certain; at 1
    # hop a, c, d and new, a path a-d-c before: nothing is gained, cost 1/6; at 2 hops 1/10.
    ring, leaf = grow(SMALL, Gates(theta_dg=1.07, theta_ag=1.5)).steps
    assert (ring.g0, ring.g_min) == pytest.approx((2.0, 1 / 6 + 1 - 0.1), rel=1e-12)
    assert (ring.outcome, ring.brings, ring.nodes, ring.edges) == ("accept", (), 4, 4)
    p = np.exp(-8) / (1 + np.exp(-8))
    change = -entropy([p, 1 - p]) / np.log(2)
    assert leaf.entropy == pytest.approx(change, rel=1e-9)
    np.testing.assert_allclose(leaf.cost, [1, 1 / 6, 1 / 10, 1 / 10], rtol=1e-12)
    assert leaf.path == (0, 0, 0, 0)
    assert (leaf.outcome, leaf.brings, leaf.nodes, leaf.edges) == ("accept", ("new",), 5, 5)


def test_precision_and_recall_by_hand():
    both = grow(SMALL, Gates(theta_dg=1.07))
    assert (both.precision, both.recall) == (0.5, 1.0)
    leaf = grow(SMALL, Gates(theta_dg=0.5, theta_ag=1.5))
    assert [step.outcome for step in leaf.steps] == ["explore", "accept"]
    assert (leaf.precision, leaf.recall) == (0.0, 0.0)
    none = grow(SMALL, Gates(theta_dg=-9, theta_ag=9))
    assert [step.outcome for step in none.steps] == ["reject", "reject"]
    assert np.isnan(none.precision)
    assert np.isnan(grow(World("silent", LINE, ()), Gates()).recall)


@pytest.mark.parametrize("kind", ["choice", "links", "none"])
@pytest.mark.parametrize("path", ["fixed_pairs", "global_efficiency"])
def test_each_step_reads_the_graph_as_it_then_is(kind, path):
    world = generate(1, things=14)
    gates = Gates(theta_dg=0.3, theta_ag=1.2, entropy=kind, path=path, gamma=1.0, max_hops=2)
    history = grow(world, gates)
    for at, step in enumerate(history.steps):
        before, said = history.graph(at), step.statement
        p, q = probabilities(before, said, kind)
        after = with_edges(before, [(said.thing, said.other)])
        read = gate_readings(before, after, p_before=p, p_after=q, gamma=1.0, max_hops=2, path=path)
        assert (step.g0, step.g_min) == tuple(read)
        assert step.outcome == decide(*read, theta_ag=1.2, theta_dg=0.3)
        F = np.array(step.cost) - (step.entropy + np.array(step.path))
        assert (F[0], F[1:].min()) == pytest.approx(tuple(read), abs=1e-12)


def test_a_history_can_be_played_and_rewound():
    history = grow(generate(0), Gates(theta_dg=0.4))
    graphs = [history.graph(at) for at in range(len(history.steps) + 1)]
    assert nx.utils.graphs_equal(graphs[0], history.world.graph())
    for step, before, after in zip(history.steps, graphs, graphs[1:], strict=False):
        assert (len(after), len(after.edges)) == (step.nodes, step.edges)
        assert set(after) - set(before) == set(step.brings)
        grew = len(after.edges) - len(before.edges)
        assert grew == (step.outcome == "accept")
    assert nx.utils.graphs_equal(history.graph(), graphs[-1])
    assert nx.utils.graphs_equal(history.graph(3), graphs[3])
    for steps in (-1, len(graphs), 0.5):
        with pytest.raises(GedigError):
            history.graph(steps)


def test_a_thing_is_not_in_the_graph_before_an_edge_needs_it():
    world = generate(4)
    nothing = grow(world, Gates(theta_dg=-99))
    assert set(nothing.graph()) == set(world.graph())
    everything = grow(world, Gates(theta_dg=99))
    assert set(everything.graph()) == set(world.things)
    assert everything.accepted.all()


def test_the_links_of_a_thing_are_itself_and_its_neighbours():
    graph = World("line", LINE, ()).graph()
    before, after = probabilities(graph, Statement("c", "a", 0.3, (), right=True), "links")
    np.testing.assert_allclose(before, np.array([1, 0.8, 0.9]) / 2.7, rtol=1e-12)
    np.testing.assert_allclose(after, np.array([1, 0.8, 0.9, 0.3]) / 3.0, rtol=1e-12)


def test_the_choice_of_a_statement_ends_where_it_is_accepted():
    before, after = probabilities(nx.Graph(), RING, "choice")
    assert (before.tolist(), after.tolist()) == ([0.5, 0.5], [1.0, 0.0])
    assert [p.tolist() for p in probabilities(nx.Graph(), RING, "none")] == [[1.0], [1.0]]


@pytest.mark.parametrize(
    "options", [{"path": "shortest"}, {"entropy": "heat"}, {"bound": 0}, {"max_hops": 0}]
)
def test_gates_that_cannot_be_are_refused(options):
    with pytest.raises(GedigError):
        Gates(**options)
