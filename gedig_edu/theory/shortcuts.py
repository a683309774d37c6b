"""Many edges on one graph: what each more is worth, and which would be the best."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy.special import entr

from gedig_edu.errors import GedigError, check_choice, check_each, check_number
from gedig_edu.shapes import Float
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
    degrees = walk_probabilities(before) * (2 * len(before.edges))
    place = {node: at for at, node in enumerate(before)}
    added = _places(before, place, edges)
    n = len(place)
    bound = (n * (n - 1) / 2 or 1.0) if bound is None else check_number("bound", bound, above=0)
    start = d = np.asarray(nx.floyd_warshall_numpy(before))
    gains, entropies = [0.0], [_walk_entropy(degrees)]
    for u, v in added:
        d = _joined(d, u, v)
        degrees[[u, v]] += 1
        gains.append(_path_gain(start, d, path))
        entropies.append(_walk_entropy(degrees) if walk else entropies[0])
    cost, gain = np.arange(len(gains)) / bound, np.array(gains)
    change = (np.array(entropies) - entropies[0]) / (np.log(n) if n > 1 else 1.0)
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
        What the whole edit is read against, on the same nodes; `graph` where not given.
    walk : bool
        Take the nodes for candidates, with `walk_probabilities`.
    **options
        `bound`, `lam`, `gamma` and `path`, as in `gedig_edu.theory.graphs.edit_gauge`.

    Raises
    ------
    GedigError
        If no edge is missing, if the graphs have different nodes, or as in `edit_gauge`.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> best_shortcut(chain(20)).edge
    (3, 15)
    """
    before = graph if before is None else before
    check_graph("graph", graph)
    check_graph("before", before)
    if set(before) != set(graph):
        raise GedigError("graph and before have different nodes; give two graphs on the same ones.")
    missing = missing_edges(graph)
    if not missing:
        raise GedigError("Every pair of nodes has its edge; give a graph where one is missing.")

    def read(edge: tuple[Any, Any]) -> EditReading:
        after = with_edges(graph, [edge])
        p = [walk_probabilities(one) for one in (before, after)] if walk else [None, None]
        return edit_gauge(before, after, p_before=p[0], p_after=p[1], **options)

    read(missing[0])  # refuses what cannot be read
    F = _trials(before, graph, missing, walk=walk, **options)
    edge = missing[int(np.flatnonzero(F.min() + TIE >= F)[0])]
    return Shortcut(edge, read(edge))


def missing_edges(graph: nx.Graph) -> list[tuple[Any, Any]]:
    """Return the pairs of nodes without an edge, in the order of the nodes.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> missing_edges(chain(4))
    [(0, 2), (0, 3), (1, 3)]
    """
    return [pair for pair in combinations(graph, 2) if not graph.has_edge(*pair)]


def _trials(
    before: nx.Graph,
    graph: nx.Graph,
    missing: list[tuple[Any, Any]],
    *,
    walk: bool,
    bound: float | None = None,
    lam: float = 1.0,
    gamma: float = 0.5,
    path: str = "fixed_pairs",
) -> Float[np.ndarray, " missing"]:
    """Return F of the whole edit with each missing edge, from one search for all distances."""
    nodes = list(before)
    place = {node: at for at, node in enumerate(nodes)}
    start, d = (np.asarray(nx.floyd_warshall_numpy(one, nodes)) for one in (before, graph))
    old, new = ({frozenset(edge) for edge in one.edges} for one in (before, graph))
    n, edited = len(nodes), old ^ new
    degrees = np.array([graph.degree[node] for node in nodes], dtype=np.float64)
    calm = _walk_entropy(walk_probabilities(before))
    bound = n * (n - 1) / 2 if bound is None else bound
    F = []
    for edge in missing:
        u, v = place[edge[0]], place[edge[1]]
        gain = _path_gain(start, _joined(d, u, v), path)
        more = degrees + np.isin(np.arange(n), (u, v))
        change = (_walk_entropy(more) - calm) / np.log(n) if walk else 0.0
        F.append(len(edited ^ {frozenset(edge)}) / bound - lam * (change + gamma * gain))
    return np.array(F)


def _path_gain(start: Float[np.ndarray, "n n"], now: Float[np.ndarray, "n n"], path: str) -> float:
    pairs = (start > 0) & (np.isfinite(start) | (path == "global_efficiency"))
    if not np.isfinite(start[pairs]).any():
        return 0.0
    if path == "fixed_pairs":
        return 1 - float(np.minimum(now[pairs], len(now)).mean() / start[pairs].mean())
    return float((1 / now[pairs]).mean() / (1 / start[pairs]).mean()) - 1


def _joined(d: Float[np.ndarray, "n n"], u: int, v: int) -> Float[np.ndarray, "n n"]:
    """Return the distances once u and v are joined."""
    by_u, by_v = d[:, u, None] + 1 + d[v], d[:, v, None] + 1 + d[u]
    return np.minimum(d, np.minimum(by_u, by_v))


def _walk_entropy(degrees: Float[np.ndarray, " nodes"]) -> float:
    total = degrees.sum()
    return float(entr(degrees / total).sum()) if total else float(np.log(len(degrees)))


def _places(
    before: nx.Graph, place: dict[Any, int], edges: Iterable[Sequence[Any]]
) -> list[tuple[int, int]]:
    """Return each edge as the places of its ends, refused where it is not a new one."""
    seen = {frozenset(edge) for edge in before.edges}
    places = []
    for edge in check_each("edges", edges, Sequence | np.ndarray, "pairs of nodes"):
        ends = frozenset(check_each("edge", edge, Hashable, "a pair of nodes"))
        if len(ends) != 2 or ends in seen or not ends <= place.keys():
            raise GedigError(
                f"{edge!r} is no missing edge of this graph; give pairs of its nodes, each once, "
                "that are not joined yet."
            )
        seen.add(ends)
        u, v = edge
        places.append((place[u], place[v]))
    return places
