"""Graphs as wires: how far apart two nodes are when every way between them counts."""

from __future__ import annotations

import networkx as nx
import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Float
from gedig_edu.theory._arrays import check_square, to_numpy
from gedig_edu.theory.graphs import check_graph


def resistance(graph: nx.Graph) -> Float[np.ndarray, "n n"]:
    """Return the resistance between every two nodes, each edge a wire of 1 ohm.

    r_ij = L⁺_ii + L⁺_jj − 2 L⁺_ij with the pseudo-inverse of the graph's Laplacian (Klein & Randić
    1993). In a tree it is the number of hops; each further way makes it smaller, and no added edge
    can raise it (Rayleigh's law). It is, up to the factor of twice the number of edges, how long a
    random walker takes from i to j and back (Chandra et al. 1989).

    Parameters
    ----------
    graph : networkx.Graph
        Rows and columns are in the order of its nodes.

    Returns
    -------
    float64 array [n, n]
        Ohm; +∞ between nodes that no way joins.

    Raises
    ------
    GedigError
        If `graph` is no undirected graph, or has self-loops.

    Examples
    --------
    >>> resistance(nx.path_graph(3)).round(9).tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    >>> round(float(resistance(nx.cycle_graph(4))[0, 2]), 9)  # two ways of 2 ohm side by side
    1.0
    """
    check_graph("graph", graph)
    nodes = list(graph)
    order = {node: place for place, node in enumerate(nodes)}
    found = np.full((len(order), len(order)), np.inf)
    for component in nx.connected_components(graph):
        places = np.array(sorted(order[node] for node in component))
        within = [nodes[place] for place in places]
        joined = nx.adjacency_matrix(graph, within, weight=None).toarray().astype(np.float64)
        inverse = np.linalg.pinv(np.diag(joined.sum(axis=1)) - joined, hermitian=True)
        own = inverse.diagonal()
        found[np.ix_(places, places)] = own[:, None] + own[None, :] - 2 * inverse
    return np.where(np.eye(len(order), dtype=bool), 0.0, found)


def with_wire(r: Float[np.ndarray, "n n"], i: int, j: int) -> Float[np.ndarray, "n n"]:
    """Return the resistances after one more wire of 1 ohm between nodes i and j.

    Only for nodes that are joined already:
    r'_ab = r_ab − (r_ai + r_bj − r_aj − r_bi)²/(4(1 + r_ij)), a change of rank 1.

    Raises
    ------
    GedigError
        If some nodes are not joined, or there is no node i or j.

    Examples
    --------
    >>> chain = resistance(nx.path_graph(4))
    >>> with_wire(chain, 0, 3)[0].round(9).tolist()
    [0.0, 0.75, 1.0, 0.75]
    """
    r = to_numpy("r", r)
    check_square(r.shape)
    if not np.isfinite(r).all():
        raise GedigError("Some nodes are joined by no way; give the resistances of one component.")
    last = len(r) - 1
    i = check_whole("i", i, at_least=0, at_most=last)
    j = check_whole("j", j, at_least=0, at_most=last)
    split = r[:, i, None] + r[None, :, j] - r[:, j, None] - r[None, :, i]
    return r - split**2 / (4 * (1 + r[i, j]))
