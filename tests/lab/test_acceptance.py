import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.acceptance import (
    WAYS,
    area,
    by_common_neighbours,
    by_efficiency,
    by_first_moment,
    by_gates,
    by_likeness,
    curve,
    f1,
    precision_recall,
    settings_of,
    true_scores,
)
from gedig_edu.lab.growing import Gates, grow
from gedig_edu.lab.worlds import Known, Statement, World, generate
from gedig_edu.theory.graphs import edit_gauge, with_edges

WORLD = generate(1, things=13)
RIGHT = np.array([True, True, False, True, False])


def test_precision_recall_and_f1_by_hand():
    taken = np.array([[True, False, False, False, False], [True, True, True, False, False]])
    precision, recall = precision_recall(RIGHT, taken)
    np.testing.assert_allclose(precision, [1, 2 / 3])
    np.testing.assert_allclose(recall, [1 / 3, 2 / 3])
    np.testing.assert_allclose(f1(precision, recall), [1 / 2, 2 / 3])
    none = precision_recall(RIGHT, np.zeros(5, dtype=bool))
    assert np.isnan(none[0])
    assert none[1] == 0
    assert f1(*none) == 0


def test_area_by_hand():
    # Points (recall, precision): (1/3, 1), (2/3, 2/3), and everything, (1, 3/5).
    taken = np.array([[True, True, True, False, False], [True, False, False, False, False]])
    expected = 1 / 3 + (1 + 2 / 3) / 6 + (2 / 3 + 3 / 5) / 6
    assert area(RIGHT, taken) == pytest.approx(expected, rel=1e-12)
    assert area(RIGHT, RIGHT[None]) == pytest.approx(1.0, rel=1e-12)
    assert area(RIGHT, np.zeros((2, 5), dtype=bool)) == pytest.approx(3 / 5, rel=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_thresholds_together_accept_what_each_does_alone(way):
    for setting in settings_of(way)[::5]:
        scores = true_scores(WORLD, setting.score)
        thresholds = np.quantile(scores, [0.2, 0.5, 0.8])
        together = curve(WORLD, setting.score, thresholds)
        alone = [curve(WORLD, setting.score, [one])[0] for one in thresholds]
        np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize("path", ["fixed_pairs", "global_efficiency"])
@pytest.mark.parametrize("entropy", ["choice", "links"])
def test_gates_accept_here_what_they_accept_in_a_history(path, entropy):
    scores = true_scores(WORLD, by_gates(Gates(path=path, entropy=entropy)))
    gates = Gates(path=path, entropy=entropy, theta_dg=-float(np.median(scores)))
    (taken,) = curve(WORLD, by_gates(gates), [-gates.theta_dg])
    np.testing.assert_array_equal(taken, grow(WORLD, gates).accepted)
    assert 0 < taken.sum() < len(taken)


@pytest.mark.parametrize("there_before", [False, True])
def test_efficiency_is_that_of_the_whole_graph(there_before):
    score = by_efficiency(there_before=there_before, weight=0.5)
    graph = WORLD.graph()
    for said in WORLD.statements:
        before = graph.copy()
        if there_before:
            before.add_nodes_from((said.thing, said.other))
        after = with_edges(graph, [(said.thing, said.other)])
        gain = edit_gauge(before, after, path="global_efficiency").path
        assert score([graph], said)[0] == pytest.approx(gain + 0.5 * said.likeness, abs=1e-12)
        graph.add_edge(said.thing, said.other, likeness=said.likeness)


def test_scores_by_hand():
    # a-b-c and a-d-c: a and c share b and d, each with two neighbours; a has two, c has two.
    edges = [("a", "b"), ("b", "c"), ("a", "d"), ("d", "c")]
    graph = World("ring", tuple(Known(*edge, 0.5) for edge in edges), ()).graph()
    said, new = (Statement("a", other, 0.6, (0.6,), right=True) for other in ("c", "new"))
    expected = {"count": 2.0, "adamic_adar": 2 / np.log(3), "jaccard": 1.0}
    for kind, shared in expected.items():
        score = by_common_neighbours(kind, weight=0.25)
        np.testing.assert_allclose(score([graph], said), [shared + 0.15], rtol=1e-12)
        np.testing.assert_allclose(score([graph], new), [0.15], rtol=1e-12)
    np.testing.assert_allclose(by_likeness(0.1)([graph], said), [0.6 - 0.1 * np.log(5)])
    np.testing.assert_allclose(by_likeness(0.1)([graph], new), [0.6 - 0.1 * np.log(3)])
    # Two ends are one pair, so g0 = 1 + H(1/2, 1/2)/log 2.
    np.testing.assert_allclose(by_first_moment("choice")([graph], said), [-2.0])


def test_an_unknown_way_is_refused():
    with pytest.raises(GedigError):
        settings_of("luck")
