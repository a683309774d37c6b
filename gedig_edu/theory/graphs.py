"""Small graphs, their shortest paths, and what an edit of a graph is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from networkx import global_efficiency
from scipy.special import entr

from gedig_edu.errors import (
    GedigError,
    check_choice,
    check_each,
    check_number,
    check_together,
    check_whole,
)
from gedig_edu.theory._arrays import shown, to_numpy
from gedig_edu.theory._reach import (
    Edit,
    check_bound,
    edit_cost,
    neighbourhoods,
    reach_gain,
    reaches,
)

__all__ = [
    "EditReading",
    "chain",
    "edit_gauge",
    "global_efficiency",
    "grid",
    "mean_shortest_path",
    "ring",
    "with_edges",
]

PATHS = ("fixed_pairs", "global_efficiency")


def chain(n: int) -> nx.Graph:
    """Return n nodes in a row, 0 to n − 1.

    Examples
    --------
    >>> sorted(chain(3).edges)
    [(0, 1), (1, 2)]
    """
    return nx.path_graph(check_whole("n", n, at_least=1))


def ring(n: int) -> nx.Graph:
    """Return n nodes in a circle, 0 to n − 1; one node alone has no edge.

    Examples
    --------
    >>> sorted(ring(3).edges)
    [(0, 1), (0, 2), (1, 2)]
    """
    return nx.cycle_graph(n) if check_whole("n", n, at_least=1) > 1 else nx.path_graph(1)


def grid(n: int, m: int) -> nx.Graph:
    """Return n rows and m columns of nodes (row, column), each joined to its neighbours.

    Examples
    --------
    >>> len(grid(2, 3).nodes), len(grid(2, 3).edges)
    (6, 7)
    """
    return nx.grid_2d_graph(check_whole("n", n, at_least=1), check_whole("m", m, at_least=1))


def with_edges(graph: nx.Graph, edges: Iterable[Sequence[Any]]) -> nx.Graph:
    """Return a copy of `graph` with `edges` added, and with the nodes they bring.

    Raises
    ------
    GedigError
        If the graph is not simple and undirected, or an edge does not join two different nodes.

    Examples
    --------
    >>> sorted(with_edges(chain(3), [(0, 2)]).edges)
    [(0, 1), (0, 2), (1, 2)]
    """
    check_graph("graph", graph)
    grown = graph.copy()
    for edge in check_each("edges", edges, object, "pairs of nodes"):
        grown.add_edge(*two_ends(edge))
    return grown


def two_ends(edge: Sequence[Any]) -> tuple[Any, Any]:
    """Return the ends of an edge, refused where they are not two different nodes."""
    try:
        ends = tuple(edge)
        if len(ends) == len({*ends} - {None}) == 2:
            return ends[0], ends[1]
    except TypeError:  # no pair, or of what cannot be a node
        pass
    raise GedigError(f"{shown(edge)} is not an edge; give two different nodes.")


def mean_shortest_path(graph: nx.Graph) -> float:
    """Return the mean distance, in edges, over all pairs of nodes of the largest component.

    Among components of equal size it is the smallest mean; a single node has 0.

    Raises
    ------
    GedigError
        If the graph has no node, or is not simple and undirected.

    Examples
    --------
    >>> mean_shortest_path(chain(5))
    2.0
    """
    check_graph("graph", graph)
    if not graph:
        raise GedigError("The graph has no node, so no path has a length; give at least one node.")
    components = [graph.subgraph(nodes) for nodes in nx.connected_components(graph)]
    largest = max(map(len, components))
    return min(float(nx.average_shortest_path_length(c)) for c in components if len(c) == largest)


class EditReading(NamedTuple):
    """What an edit of a graph costs and gains: F = cost − λ(entropy + γ·path).

    Attributes
    ----------
    F : float
        The gauge; below 0 the edit pays.
    cost : float
        Edges added and removed, over the bound.
    entropy : float
        Change of the candidates' entropy, over log K.
    path : float
        Relative gain in shortest paths.
    l_before, l_after : float
        Mean distance over the pairs connected before; 0 where there is none.
    """

    F: float
    cost: float
    entropy: float
    path: float
    l_before: float
    l_after: float


def edit_gauge(
    before: nx.Graph,
    after: nx.Graph,
    *,
    p_before: Sequence[float] | np.ndarray | None = None,
    p_after: Sequence[float] | np.ndarray | None = None,
    bound: float | None = None,
    lam: float = 1.0,
    gamma: float = 0.5,
    hops: int | None = None,
    path: str = "fixed_pairs",
) -> EditReading:
    """Return what the edit from `before` to `after` is worth.

    Parameters
    ----------
    before, after : networkx.Graph
        The graph before and after; nodes may have come or gone.
    p_before, p_after : sequences of float, optional
        Probabilities of the candidates before and after; both or neither.
    bound : float, optional
        What counts as cost 1; the number of node pairs by default.
    lam, gamma : float
        λ weighs gains against cost, γ weighs paths against entropy.
    hops : int, optional
        Read only the nodes at most so many steps, in `after`, from the ends of an edited edge:
        pairs, bound and paths are then those of this part. At 0 hops the path term is 0.
    path : {"fixed_pairs", "global_efficiency"}
        Relative fall of the mean distance over the pairs connected before (a pair lost counts
        as the number of nodes, none counts 0), or relative rise of the global efficiency (0 where
        there was none to rise from: no edge). Over fixed pairs a bridge between two components
        gains exactly nothing.

    Raises
    ------
    GedigError
        If a graph is not simple and undirected, probabilities are none, or an option is out
        of range.

    Examples
    --------
    >>> reading = edit_gauge(chain(4), with_edges(chain(4), [(0, 3)]))
    >>> round(reading.cost, 6), round(reading.path, 6), round(reading.F, 6)
    (0.166667, 0.2, 0.066667)
    """
    check_choice("path", path, PATHS)
    lam, gamma = check_number("lam", lam), check_number("gamma", gamma)
    bound = check_bound(bound)
    edit = edit_of(before, after)
    if hops is None:
        nodes = list(dict.fromkeys([*before, *after]))
    else:
        nodes = neighbourhoods(edit, check_whole("hops", hops, at_least=0))[-1]
    (reach,) = reaches([(edit, nodes)])
    cost = edit_cost(edit, reach, bound)
    entropy = entropy_change(p_before, p_after)
    gain = 0.0 if hops == 0 else reach_gain(reach, path)
    F = cost - lam * (entropy + gamma * gain)
    return EditReading(F, cost, entropy, gain, reach.l_before, reach.l_after)


def edit_of(before: nx.Graph, after: nx.Graph) -> Edit:
    """Return what leads from one graph to another.

    Raises
    ------
    GedigError
        If a graph is not simple and undirected.
    """
    check_graph("before", before)
    check_graph("after", after)
    old, new = ({node: set(near) for node, near in one.adjacency()} for one in (before, after))
    edited = {
        frozenset((node, other))
        for node in dict.fromkeys([*old, *new])
        for other in old.get(node, set()) ^ new.get(node, set())
    }
    parted: tuple[list[tuple[Any, ...]], ...] = ([], [])
    for edge in edited:
        u, v = ends = tuple(edge)
        parted[v in old.get(u, ())].append(ends)
    added, removed = parted
    return Edit(old, added, removed, [node for node in old if node not in new])


def entropy_change(
    p_before: Sequence[float] | np.ndarray | None, p_after: Sequence[float] | np.ndarray | None
) -> float:
    """Return the change of the candidates' entropy over log K, K their number after."""
    check_together(p_before=p_before, p_after=p_after)
    if p_before is None or p_after is None:
        return 0.0
    entropies = []
    for name, given in (("p_before", p_before), ("p_after", p_after)):
        p = probabilities(name, given)
        entropies.append((float(entr(p).sum()), p.size))
    (h_before, _), (h_after, K) = entropies
    return (h_after - h_before) / float(np.log(K)) if K >= 2 else 0.0


def probabilities(name: str, given: object) -> np.ndarray:
    """Return probabilities of candidates, perhaps of none, as float64 [K]."""
    p = to_numpy(name, given)
    if p.ndim != 1 or not (p >= 0).all() or (p.size and abs(p.sum() - 1.0) > 1e-5):
        raise GedigError(
            f"{name}={shown(given)} are no probabilities; give numbers of at least 0 that sum to 1."
        )
    return p


def check_graph(name: str, graph: object) -> None:
    """Refuse what is not a simple undirected graph."""
    loops = isinstance(graph, nx.Graph) and nx.number_of_selfloops(graph)
    if loops or not isinstance(graph, nx.Graph) or graph.is_directed() or graph.is_multigraph():
        raise GedigError(
            f"{name} is of type {type(graph).__name__}{', with self-loops' if loops else ''}; give "
            "an undirected networkx.Graph whose edges join different nodes at most once."
        )
