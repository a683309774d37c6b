"""Other ways to the same numbers, each written as its library wants to be used.

Every way takes the directed edges [n, n] of one map and returns the number of nodes of the
largest component of the undirected graph and its mean shortest path.
"""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import rustworkx as rx
from scipy.sparse import csgraph, csr_matrix
from scipy.stats import entropy


def networkx_graph(weights: np.ndarray, threshold: float) -> nx.DiGraph:
    """Build the graph as the released script does: in Python, cell by cell, weights kept."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(weights)))
    for i, row in enumerate(weights):
        for j, weight in enumerate(row):
            if weight > threshold:
                graph.add_edge(i, j, weight=float(weight))
    return graph


def networkx_paths(graph: nx.DiGraph) -> tuple[int, float]:
    """Walk it as the released script does: an undirected copy, its largest component, all pairs."""
    undirected = graph.to_undirected()
    if not nx.is_connected(undirected):
        largest = max(nx.connected_components(undirected), key=len)
        undirected = undirected.subgraph(largest).copy()
    return len(undirected), nx.average_shortest_path_length(undirected)


def networkx_reading(weights: np.ndarray) -> float:
    """F of one map as the released script reads it: λ = γ = 0.5, the 0.90 quantile of all cells."""
    graph = networkx_graph(weights, np.quantile(weights.astype(np.float64), 0.90))
    _, length = networkx_paths(graph)
    counted = weights[weights > 1e-10].astype(np.float64)
    relative_entropy = entropy(counted) / np.log(len(counted))
    density = graph.number_of_edges() / weights.size
    path_gain = 1 / length if length else 0.0
    return density - 0.5 * (relative_entropy + 0.5 * path_gain)


def scipy_paths(edges: np.ndarray) -> tuple[int, float]:
    graph = csr_matrix(_undirected(edges))
    _, component = csgraph.connected_components(graph, directed=False)
    members = np.flatnonzero(component == np.bincount(component).argmax())
    distances = csgraph.dijkstra(graph[members][:, members], unweighted=True)
    return len(members), distances.sum() / (len(members) * (len(members) - 1))


def igraph_paths(edges: np.ndarray) -> tuple[int, float]:
    graph = igraph.Graph(n=len(edges), edges=np.argwhere(np.triu(_undirected(edges))))
    largest = graph.connected_components().giant()
    return largest.vcount(), largest.average_path_length(directed=False, unconn=False)


def rustworkx_paths(edges: np.ndarray) -> tuple[int, float]:
    graph = rx.PyGraph()
    graph.add_nodes_from(range(len(edges)))
    graph.add_edges_from_no_data(list(map(tuple, np.argwhere(np.triu(_undirected(edges))))))
    largest = graph.subgraph(list(max(rx.connected_components(graph), key=len)))
    return len(largest), rx.unweighted_average_shortest_path_length(largest)


def _undirected(edges: np.ndarray) -> np.ndarray:
    return (edges | edges.T) & ~np.eye(len(edges), dtype=bool)


PATHS = {"scipy": scipy_paths, "igraph": igraph_paths, "rustworkx": rustworkx_paths}


def networkx_gates(
    before: nx.Graph, after: nx.Graph, *, max_hops: int = 3, gamma: float = 0.5, path: str
) -> tuple[float, float]:
    """Read both gates as their definition is written: subgraphs and all pairs, reach by reach."""
    edited = nx.symmetric_difference(before, after).edges
    ends = {node for edge in edited for node in edge}
    found = []
    for hops in range(max_hops + 1):
        near = set().union(*(nx.ego_graph(after, end, radius=hops) for end in ends))
        old, new = before.subgraph(near), after.subgraph(near)
        gain = 0.0
        if hops and path == "global_efficiency":
            gain = nx.global_efficiency(new) / nx.global_efficiency(old) - 1
        elif hops:
            lengths = [dict(nx.all_pairs_shortest_path_length(one)) for one in (old, new)]
            pairs = [(u, v) for u, reached in lengths[0].items() for v in reached if u != v]
            shorter = [sum(one[u][v] for u, v in pairs) for one in lengths]
            gain = 1 - shorter[1] / shorter[0]
        found.append(len(edited) / (len(near) * (len(near) - 1) / 2) - gamma * gain)
    return found[0], min(found[1:])
