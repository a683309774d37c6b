"""What random edges are worth, what F has in common with code lengths, and a head as a graph."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from math import comb, log2
from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx
import numpy as np
from jaxtyping import Float
from scipy.sparse.csgraph import shortest_path
from scipy.special import entr

from gedig_edu.errors import check_whole
from gedig_edu.theory.graphs import chain, edit_gauge, with_edges
from gedig_edu.theory.shortcuts import growth, missing_edges

if TYPE_CHECKING:
    from gedig_edu.theory.gauge import Gauge
    from gedig_edu.theory.maps import AttentionMaps

NODES = 20
CANDIDATES = 8
EDITS = 12


class RandomGrowth(NamedTuple):
    """F along random orders of a graph's missing edges, one row for each draw.

    Attributes
    ----------
    F : float64 array [draws, edges + 1]
    turn : float64 array [draws]
        Edges from which on F stays above 0, as a share of all missing; NaN where it does not.
    """

    F: Float[np.ndarray, "draws steps"]
    turn: Float[np.ndarray, " draws"]


class Agreement(NamedTuple):
    """Correlation, over random edits, of a term of F with what another principle charges for it.

    Attributes
    ----------
    structure : float64 array [draws]
        Cost, with the bits that name the edges of a graph.
    paths : float64 array [draws]
        −path gain, with the bits that describe a route.
    data : float64 array [draws]
        −entropy, with the bits of a Huffman code for the candidates.
    free_energy : float64 array [draws]
        −entropy, with the free energy of the candidates at equal energies, −T·S.
    """

    structure: Float[np.ndarray, " draws"]
    paths: Float[np.ndarray, " draws"]
    data: Float[np.ndarray, " draws"]
    free_energy: Float[np.ndarray, " draws"]


def random_growth(graph: nx.Graph, *, draws: int, seed: int = 0, **options: Any) -> RandomGrowth:
    """Add all missing edges in random orders and read F after each.

    Parameters
    ----------
    graph : networkx.Graph
    draws : int
        How many orders.
    seed : int
    **options
        As in `gedig_edu.theory.shortcuts.growth`.

    Raises
    ------
    GedigError
        If `draws` is not a whole number of at least 1, or as in `growth`.

    Examples
    --------
    >>> random_growth(chain(5), draws=3).F.shape
    (3, 7)
    """
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    missing = missing_edges(graph)
    orders = (
        [missing[at] for at in rng.permutation(len(missing))]
        for _ in range(check_whole("draws", draws, at_least=1))
    )
    read = [growth(graph, order, **options) for order in orders]
    turns = [np.nan if one.turn is None else one.turn / len(missing) for one in read]
    return RandomGrowth(np.stack([one.F for one in read]), np.array(turns))


def agreement_with_codes(*, draws: int, seed: int = 0) -> Agreement:
    """Hold the terms of F against description length and free energy, over random edits.

    Each draw makes random edits of a chain of 20, from 1 to 40 edges, with new probabilities of
    8 candidates, and correlates each term's share of F with the change of the code's length.

    Parameters
    ----------
    draws : int
        Sets of 12 edits.
    seed : int

    Raises
    ------
    GedigError
        If `draws` is not a whole number of at least 1.
    """
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    rows = [_one_draw(rng) for _ in range(check_whole("draws", draws, at_least=1))]
    return Agreement(*np.array(rows).T)


def edge_bits(graph: nx.Graph) -> float:
    """Return the bits that say which pairs of nodes are joined, given how many are.

    log₂ of the number of graphs with as many edges (Rissanen 1983's enumerative code).

    Examples
    --------
    >>> round(edge_bits(chain(4)), 3)  # 3 of 6 pairs: one of 20 graphs
    4.322
    """
    n = len(graph)
    return log2(comb(n * (n - 1) // 2, len(graph.edges)))


def route_bits(graph: nx.Graph) -> float:
    """Return the mean bits of a route between two nodes of a connected graph.

    A route names one of the neighbours at each step, or says that it is there: log₂(degree + 1)
    bits at each node on the way; of all routes the cheapest counts.

    Examples
    --------
    >>> round(route_bits(chain(2)), 3)  # go, stop: one bit each
    2.0
    """
    bits = np.log2([degree + 1 for _, degree in graph.degree])
    weights = nx.to_numpy_array(graph) * bits[:, None]
    routes = shortest_path(weights) + bits[None, :]
    return float(routes[~np.eye(len(graph), dtype=bool)].mean())


def huffman_bits(p: Float[np.ndarray, " K"]) -> float:
    """Return the mean bits of Huffman's code (1952) for these probabilities.

    Examples
    --------
    >>> huffman_bits(np.array([0.5, 0.25, 0.25]))
    1.5
    """
    heap = sorted(float(share) for share in p)
    total = 0.0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total += both
        heapq.heappush(heap, both)
    return total


def head_graph(maps: AttentionMaps, layer: int, head: int, *, gauge: Gauge) -> nx.Graph:
    """Return the undirected graph of a head, the one whose paths F reads: loops taken away.

    Its nodes are the places of all tokens, also of those that no edge reaches.

    Parameters
    ----------
    maps : AttentionMaps
    layer, head : int
    gauge : Gauge
        Whose threshold makes the edges.
    """
    directed = gauge.graph(maps.weights[maps.place(layer, head)], causal=maps.causal)
    graph = nx.empty_graph(len(maps.tokens))
    graph.add_edges_from((query, key) for query, key in directed.edges if query != key)
    return graph


def removals(graph: nx.Graph, **options: Any) -> dict[tuple[Any, Any], float]:
    """Return F of taking each edge away, alone; below 0 the graph is better off without it.

    The options are those of `gedig_edu.theory.graphs.edit_gauge`.

    Examples
    --------
    >>> {edge: round(F, 2) for edge, F in removals(chain(3)).items()}
    {(0, 1): 0.71, (1, 2): 0.71}
    """
    found = {}
    for edge in graph.edges:
        without = graph.copy()
        without.remove_edge(*edge)
        found[edge] = edit_gauge(graph, without, **options).F
    return found


def _one_draw(rng: np.random.Generator) -> Sequence[float]:
    before, missing = chain(NODES), missing_edges(chain(NODES))
    terms, charges = [], []
    for _ in range(EDITS):
        chosen = rng.choice(len(missing), int(rng.integers(1, 41)), replace=False)
        after = with_edges(before, [missing[at] for at in chosen])
        p, q = rng.dirichlet(np.ones(CANDIDATES), size=2)
        reading = edit_gauge(before, after, p_before=p, p_after=q)
        terms.append((reading.cost, -reading.path, -reading.entropy, -reading.entropy))
        charges.append(
            (
                edge_bits(after) - edge_bits(before),
                route_bits(after) - route_bits(before),
                huffman_bits(q) - huffman_bits(p),
                entr(p).sum() - entr(q).sum(),
            )
        )
    pairs = zip(np.array(terms).T, np.array(charges).T, strict=True)
    return [float(np.corrcoef(term, charge)[0, 1]) for term, charge in pairs]
