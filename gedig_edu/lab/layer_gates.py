"""The two gates read across a model's layers: the graph of one layer edited into that of another.

The gauge paper reinterprets its gates so in one sentence and says no more. Here the attention of
a layer is the mean of its heads; its graph is the one whose paths F reads, without directions and
loops; its probabilities are all weights of the map over their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from gedig_edu.shapes import Brief, Float
from gedig_edu.theory.gates import gate_readings
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps


@dataclass(frozen=True, eq=False, repr=False)
class LayerGates(Brief):
    """What the gates read of going from each layer to each other.

    Attributes
    ----------
    g0, g_min : float64 array [layers, layers]
        From the layer of the row to that of the column; NaN from a layer to itself.
    """

    g0: Float[np.ndarray, "layers layers"]
    g_min: Float[np.ndarray, "layers layers"]

    @property
    def onward(self) -> Float[np.ndarray, " steps"]:
        """`g_min` of each step to the next layer."""
        return np.diagonal(self.g_min, 1)

    @property
    def back(self) -> Float[np.ndarray, " steps"]:
        """`g_min` of each step to the layer before."""
        return np.diagonal(self.g_min, -1)

    @property
    def skipping(self) -> Float[np.ndarray, " jumps"]:
        """`g_min` of each jump over one layer or more, onward."""
        return self.g_min[np.triu_indices_from(self.g_min, 2)]


def layer_gates(
    maps: AttentionMaps, *, gauge: Gauge | None = None, path: str = "fixed_pairs"
) -> LayerGates:
    """Read both gates between every two layers of a model on one text.

    Parameters
    ----------
    maps : AttentionMaps
    gauge : Gauge, optional
        Whose threshold makes the edges, and whose λ and γ weigh; the paper's where not given.
    path : {"fixed_pairs", "global_efficiency"}
        As in `gedig_edu.theory.gates.gate_readings`.

    Raises
    ------
    GedigError
        If `path` is not known.
    """
    gauge = Gauge.paper() if gauge is None else gauge
    layers = [mean.astype(np.float64) for mean in maps.weights.mean(axis=1)]
    graphs = [_graph(maps, one, gauge) for one in layers]
    shares = [(one / one.sum()).ravel() for one in layers]
    g0, g_min = np.full((2, len(layers), len(layers)), np.nan)
    for one in range(len(layers)):
        for other in range(len(layers)):
            if one != other:
                g0[one, other], g_min[one, other] = gate_readings(
                    graphs[one],
                    graphs[other],
                    p_before=shares[one],
                    p_after=shares[other],
                    lam=gauge.lam,
                    gamma=gauge.gamma,
                    path=path,
                )
    return LayerGates(g0, g_min)


def _graph(maps: AttentionMaps, weights: Float[np.ndarray, "L L"], gauge: Gauge) -> nx.Graph:
    directed = gauge.graph(weights, causal=maps.causal, normalized=False)
    graph = nx.empty_graph(len(maps.tokens))
    graph.add_edges_from((query, key) for query, key in directed.edges if query != key)
    return graph
