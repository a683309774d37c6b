import networkx as nx
import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.layer_gates import layer_gates
from gedig_edu.theory.gates import gate_readings
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from tests.helpers import example_maps


def test_each_pair_of_layers_is_an_edit_of_the_graph_of_its_mean_map():
    maps = example_maps(layers=3, heads=5, length=11)
    gauge = Gauge.paper(lam=0.7)
    read = layer_gates(maps, gauge=gauge, path="global_efficiency")
    means = maps.weights.astype(float).mean(axis=1)
    graphs = []
    for mean in means:
        seen = mean[np.tril_indices(11)] if maps.causal else mean
        edges = np.argwhere(mean > np.quantile(seen, 0.9))
        graphs.append(nx.empty_graph(11))
        graphs[-1].add_edges_from((i, j) for i, j in edges.tolist() if i != j)
    for one, other in ((0, 1), (1, 0), (0, 2)):
        p, q = ((means[at] / means[at].sum()).ravel() for at in (one, other))
        expected = gate_readings(
            graphs[one], graphs[other], p_before=p, p_after=q, lam=0.7, path="global_efficiency"
        )
        found = (read.g0[one, other], read.g_min[one, other])
        assert found == pytest.approx(tuple(expected), abs=1e-6)


def test_a_layer_that_repeats_the_one_before_is_no_edit():
    weights = example_maps(layers=1, heads=3, length=9).weights.repeat(3, axis=0)
    maps = AttentionMaps(tokens=list("abcdefghi"), weights=weights, causal=False)
    read = layer_gates(maps)
    assert np.isnan(np.diagonal(read.g_min)).all()
    assert read.onward.tolist() == read.back.tolist() == [0, 0]
    assert read.skipping.tolist() == [0]


def test_an_unknown_reading_of_paths_is_refused():
    with pytest.raises(GedigError):
        layer_gates(example_maps(layers=2, heads=1, length=4), path="shortest")
