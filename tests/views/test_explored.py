"""Every head under one gauge: the gauge's numbers, and what a new gauge has to read again."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.views.explored import Explored
from tests.helpers import example_maps

MAPS = example_maps(layers=2, heads=3, length=13)


def test_a_head_has_the_numbers_of_its_own_map():
    heads = Explored.read(MAPS, Gauge.paper(), period=5)
    alone = Gauge.paper().read(MAPS.weights[1, 2], causal=True)
    numbers = heads.of_head(1, 2)
    weights = MAPS.weights[1, 2].astype(float)
    assert numbers["F"] == float(alone.F)
    assert numbers["path_length"] == float(alone.path_length)
    assert numbers["previous"] == pytest.approx(np.diagonal(weights, -1).mean())
    assert numbers["own"] == pytest.approx(np.diagonal(weights)[1:].mean())
    assert numbers["first"] == pytest.approx(weights[1:, 0].mean())
    assert numbers["induction"] == pytest.approx(np.mean([weights[i, i - 4] for i in range(5, 13)]))


@pytest.mark.parametrize(("causal", "length", "own", "first"), [
    (True, 3, 0.25, 0.75), (False, 3, 0.5, 2.5 / 3), (True, 1, 0, 0), (False, 1, 0, 0),
])  # fmt: skip
def test_a_token_that_sees_no_other_has_no_say_in_the_shares(causal, length, own, first):
    maps = replace(example_maps(layers=1, heads=1, length=length), causal=causal)
    maps.weights[:] = np.array([[1, 0, 0], [0.5, 0.5, 0], [1, 0, 0]])[:length, :length]
    numbers = Explored.read(maps, Gauge.paper()).of_head(0, 0)
    assert numbers["own"] == pytest.approx(own)
    assert numbers["first"] == pytest.approx(first)


def test_degrees_are_those_of_the_undirected_graph():
    heads = Explored.read(MAPS, Gauge.paper())
    graph = Gauge.paper().graph(MAPS.weights[1, 0], causal=True).to_undirected()
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    assert heads.degree(1, 0).tolist() == [graph.degree[place] for place in range(13)]


def test_a_new_lambda_reads_nothing_and_a_new_quantile_reads_the_maps(monkeypatch):
    heads = Explored.read(MAPS, Gauge.paper())
    read: list[Gauge] = []
    original = Gauge.read

    def note(self: Gauge, *arguments: object, **options: object) -> Reading:
        read.append(self)
        return original(self, *arguments, **options)

    monkeypatch.setattr(Gauge, "read", note)
    weighed = heads.again(Gauge.paper(lam=0.25, gamma=2.0))
    assert read == []
    assert weighed.gauge.lam == 0.25
    again = heads.again(Gauge.paper(quantile=0.7))
    assert len(read) == 1
    assert again.reading.density.mean() > heads.reading.density.mean()


def test_delta_is_f_less_the_baselines_f():
    heads = Explored.read(MAPS, Gauge.paper(lam=0.5, gamma=2.0))
    even = heads.gauge.read(baselines.uniform(13, causal=True), causal=True)
    expected = heads.reading.F - even.F
    sent = heads.baseline("uniform", matched=True, seed=0)
    np.testing.assert_allclose(heads.above(sent), expected, atol=1e-15)


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ("the cat", "maps is of type str; give AttentionMaps"),
        (example_maps(layers=0, heads=3, length=4), "at least one layer"),
        (example_maps(layers=2, heads=0, length=4), "at least one layer"),
    ],
)
def test_what_holds_no_head_is_refused(maps, said):
    with pytest.raises(GedigError, match=said):
        Explored.read(maps, Gauge.paper())
