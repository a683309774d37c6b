"""Many edges on one graph: what each more is worth, and which would be the best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from jaxtyping import Float
from scipy.special import entr

from gedig_edu.errors import GedigError, check_choice, check_number
from gedig_edu.theory.graphs import PATHS, EditReading, check_graph, edit_gauge, with_edges

TIE = 1e-9


class Growth(NamedTuple):
    """A graph that grows edge by edge: place k is the edit of the first k edges at once.

    Attributes
    ----------
    F, cost, entropy, path : float64 array [edges + 1]
        The terms of `gedig_edu.theory.graphs.EditReading`, from no edge to all of them.
    """

    F: Float[np.ndarray, " steps"]
    cost: Float[np.ndarray, " steps"]
    entropy: Float[np.ndarray, " steps"]
    path: Float[np.ndarray, " steps"]

    @property
    def turn(self) -> int | None:
        """The number of edges from which on F stays above 0, None where it does not."""
        pays = np.flatnonzero(self.F <= 0)
        first = int(pays[-1]) + 1
        return first if first < len(self.F) else None


class Shortcut(NamedTuple):
    """An edge that is not there yet, and what it is worth.

    Attributes
    ----------
    edge : pair of nodes
    reading : EditReading
    """

    edge: tuple[Any, Any]
    reading: EditReading


def walk_probabilities(graph: nx.Graph) -> Float[np.ndarray, " nodes"]:
    """Return how often a random walker stands on each node: degree over the sum of degrees.

    The stationary distribution of the simple random walk (Lovász 1993, 'Random walks on
    graphs'), in the order of the nodes; where there is no edge all nodes are equal.

    Raises
    ------
    GedigError
        If the graph has no node, or is not simple and undirected.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> walk_probabilities(chain(3)).tolist()
    [0.25, 0.5, 0.25]
    """
    check_graph("graph", graph)
    if not graph:
        raise GedigError("The graph has no node for a walker to stand on; give at least one.")
    degrees = np.array([degree for _, degree in graph.degree], dtype=np.float64)
    return degrees / degrees.sum() if degrees.any() else np.full(len(degrees), 1 / len(degrees))


def growth(
    before: nx.Graph,
    edges: Iterable[Sequence[Any]],
    *,
    walk: bool = False,
    bound: float | None = None,
    lam: float = 1.0,
    gamma: float = 0.5,
    path: str = "fixed_pairs",
) -> Growth:
    """Return what the first k of `edges` are worth together, for every k at once.

    The numbers are those of `edit_gauge(before, with_edges(before, edges[:k]))`. An edge u-v
    shortens the way from i to j to ``min(d(i,j), d(i,u) + 1 + d(v,j), d(i,v) + 1 + d(u,j))``,
    so no search is repeated.

    Parameters
    ----------
    before : networkx.Graph
    edges : iterable of pairs of nodes
        Missing in `before`, each once, in the order in which they come.
    walk : bool
        Take the nodes for candidates, with `walk_probabilities`.
    bound, lam, gamma, path
        As in `edit_gauge`.

    Raises
    ------
    GedigError
        If an edge does not join two nodes of the graph or is there already, or as in
        `edit_gauge`.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> growth(chain(4), [(0, 3), (0, 2)]).F.round(4).tolist()
    [0.0, 0.0667, 0.1833]
    """
    check_choice("path", path, PATHS)
    lam, gamma = check_number("lam", lam), check_number("gamma", gamma)
    walker = walk_probabilities(before)
    place = {node: at for at, node in enumerate(before)}
    added = _places(before, place, edges)
    n = len(place)
    bound = (n * (n - 1) / 2 or 1.0) if bound is None else check_number("bound", bound, above=0)
    start = d = np.asarray(nx.floyd_warshall_numpy(before))
    degrees = np.array([degree for _, degree in before.degree], dtype=np.float64)
    gains, entropies = [0.0], [_entropy(walker)]
    for u, v in added:
        by_u, by_v = d[:, u, None] + 1 + d[v], d[:, v, None] + 1 + d[u]
        d = np.minimum(d, np.minimum(by_u, by_v))
        degrees[[u, v]] += 1
        gains.append(_path_gain(start, d, path))
        entropies.append(_entropy(degrees / degrees.sum()))
    cost, gain = np.arange(len(gains)) / bound, np.array(gains)
    change = np.array(entropies) - entropies[0] if walk else np.zeros(len(gains))
    change = change / np.log(n) if n > 1 else change
    return Growth(cost - lam * (change + gamma * gain), cost, change, gain)


def best_shortcut(
    graph: nx.Graph, *, before: nx.Graph | None = None, walk: bool = False, **options: Any
) -> Shortcut:
    """Try every missing edge and return the one with the lowest F.

    Of edges within 1e-9 of the lowest the first counts, in the order of `missing_edges`.

    Parameters
    ----------
    graph : networkx.Graph
        What the edge is added to.
    before : networkx.Graph, optional
        What the whole edit is read against; `graph` itself where not given.
    walk : bool
        Take the nodes for candidates, with `walk_probabilities`.
    **options
        As in `gedig_edu.theory.graphs.edit_gauge`.

    Raises
    ------
    GedigError
        If no edge is missing, or as in `edit_gauge`.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> best_shortcut(chain(20)).edge
    (3, 15)
    """
    before = graph if before is None else before
    readings = {}
    for edge in missing_edges(graph):
        after = with_edges(graph, [edge])
        if walk:
            options |= {"p_before": walk_probabilities(before)}
            options |= {"p_after": walk_probabilities(after)}
        readings[edge] = edit_gauge(before, after, **options)
    if not readings:
        raise GedigError("Every pair of nodes has its edge; give a graph where one is missing.")
    lowest = min(reading.F for reading in readings.values())
    edge = next(edge for edge, reading in readings.items() if lowest + TIE >= reading.F)
    return Shortcut(edge, readings[edge])


def missing_edges(graph: nx.Graph) -> list[tuple[Any, Any]]:
    """Return the pairs of nodes without an edge, in the order of the nodes.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> missing_edges(chain(4))
    [(0, 2), (0, 3), (1, 3)]
    """
    return [pair for pair in combinations(graph, 2) if not graph.has_edge(*pair)]


def _path_gain(start: Float[np.ndarray, "n n"], now: Float[np.ndarray, "n n"], path: str) -> float:
    pairs = (start > 0) & (np.isfinite(start) | (path == "global_efficiency"))
    if not np.isfinite(start[pairs]).any():
        return 0.0
    if path == "fixed_pairs":
        return 1 - float(now[pairs].mean() / start[pairs].mean())
    return float((1 / now[pairs]).mean() / (1 / start[pairs]).mean()) - 1


def _entropy(p: Float[np.ndarray, " nodes"]) -> float:
    return float(entr(p).sum())


def _places(
    before: nx.Graph, place: dict[Any, int], edges: Iterable[Sequence[Any]]
) -> list[tuple[int, int]]:
    """Return each edge as the places of its ends, refused where it is not a new one."""
    seen = {frozenset(edge) for edge in before.edges}
    places = []
    for edge in edges:
        ends = frozenset(edge)
        if len(ends) != 2 or ends in seen or not ends <= place.keys():
            raise GedigError(
                f"{edge!r} is no missing edge of this graph; give pairs of its nodes, each once, "
                "that are not joined yet."
            )
        seen.add(ends)
        u, v = edge
        places.append((place[u], place[v]))
    return places
