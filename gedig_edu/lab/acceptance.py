"""When a growing graph should accept an edge: two gates, and other ways to decide.

Every way scores a statement in the graph as it then is, and accepts it where the score is at or
above a threshold; what it accepts is in the graph when the next statement comes. So each
threshold grows a graph of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import shortest_path

from gedig_edu.errors import check_choice, check_number
from gedig_edu.lab.growing import Gates, accept
from gedig_edu.lab.worlds import Statement, World
from gedig_edu.shapes import Bool, Float

Score: TypeAlias = Callable[[Sequence[nx.Graph], Statement], Sequence[float] | np.ndarray]
"""How much a statement deserves to be accepted in each of some graphs; the higher, the more."""

SETTINGS = 12  # of a way that has numbers to be tuned
EQUAL_PRICE = 10.0  # bound of an edge that costs the same at every reach
KINDS = ("count", "adamic_adar", "jaccard")


def by_gates(gates: Gates) -> Score:
    """Return the score by which two gates accept: −min(g0, g_min)."""

    def score(graphs: Sequence[nx.Graph], statement: Statement) -> np.ndarray:
        return -gates.read(graphs, statement).F.min(axis=1)

    return score


def by_first_moment(entropy: str) -> Score:
    """Return the score by which the attention gate alone would accept: −g0."""
    gates = Gates(entropy=entropy, max_hops=1)

    def score(graphs: Sequence[nx.Graph], statement: Statement) -> np.ndarray:
        return -gates.read(graphs, statement).g0

    return score


def by_likeness(weight: float = 0.0) -> Score:
    """Return the likeness, less `weight` times the logarithm of what both things have already."""
    weight = check_number("weight", weight)

    def score(graph: nx.Graph, statement: Statement) -> float:
        degrees = sum(graph.degree[one] for one in _ends(statement) if one in graph)
        return statement.likeness - weight * float(np.log1p(degrees))

    return _each(score)


def by_common_neighbours(kind: str = "count", weight: float = 0.0) -> Score:
    """Return what two things share in neighbours, plus `weight` times their likeness.

    `kind` is "count", "adamic_adar" or "jaccard".
    """
    check_choice("kind", kind, KINDS)
    weight = check_number("weight", weight)

    def score(graph: nx.Graph, statement: Statement) -> float:
        one, other = (set(graph.adj[x]) if x in graph else set() for x in _ends(statement))
        common = one & other
        shared = {
            "count": float(len(common)),
            "adamic_adar": sum(1 / float(np.log(graph.degree[node] + 1)) for node in common),
            "jaccard": len(common) / max(1, len(one | other)),
        }[kind]
        return shared + weight * statement.likeness

    return _each(score)


def by_efficiency(*, there_before: bool = False, weight: float = 0.0) -> Score:
    """Return the relative gain in global efficiency of the whole graph, plus weighed likeness.

    `there_before` counts a thing that the edge brings among the nodes of the graph before.
    """
    weight = check_number("weight", weight)

    def score(graph: nx.Graph, statement: Statement) -> float:
        ends = _ends(statement)
        place, d = _distances(graph)
        for end in ends:
            if end not in place:
                place = {**place, end: len(d)}
                d = np.pad(d, (0, 1), constant_values=np.inf)
                d[-1, -1] = 0
        u, v = (place[end] for end in ends)
        by_edge = np.minimum(d[:, u, None] + 1 + d[v], d[:, v, None] + 1 + d[u])
        before = _efficiency(d, len(d) if there_before else len(graph))
        after = _efficiency(np.minimum(d, by_edge), len(d))
        return (after / before - 1 if before else 0.0) + weight * statement.likeness

    return _each(score)


def _distances(graph: nx.Graph) -> tuple[dict[str, int], Float[np.ndarray, "n n"]]:
    """Return the place of each node and all distances, kept with the graph until it grows."""
    kept = graph.graph.get("distances")
    if kept is None or kept[0] != graph.number_of_edges():
        place = {node: at for at, node in enumerate(graph)}
        d = shortest_path(nx.to_numpy_array(graph), directed=False, unweighted=True)
        kept = graph.graph["distances"] = (graph.number_of_edges(), place, d)
    return kept[1], kept[2]


def _efficiency(d: Float[np.ndarray, "n n"], nodes: int) -> float:
    return float((1 / d[d > 0]).sum() / (nodes * (nodes - 1))) if nodes > 1 else 0.0


def by_truth(graphs: Sequence[nx.Graph], statement: Statement) -> list[float]:
    """Return 1 for what is right, 0 for what is wrong."""
    return [float(statement.right)] * len(graphs)


def _each(score: Callable[[nx.Graph, Statement], float]) -> Score:
    return lambda graphs, statement: [score(graph, statement) for graph in graphs]


@dataclass(frozen=True)
class Setting:
    """One setting of a way to decide.

    Attributes
    ----------
    options : dict
        What it is made of, by name.
    score : callable
    """

    options: dict[str, Any]
    score: Score


def settings_of(way: str) -> tuple[Setting, ...]:
    """Return the settings among which a way to decide is tuned.

    Parameters
    ----------
    way : str
        A key of `WAYS`. "fixed_pairs" and "global_efficiency" are the gates by their two readings
        of paths: what the entropy reads, what an edge costs (the pairs within reach, or a tenth
        at every reach) and γ are tuned, λ is 1. "first_moment" reads 0 hops alone, where only
        the entropy matters. "likeness" is what a statement says and nothing else;
        "likeness_lessened" takes off a tuned weight of what both things are joined to already.
        "common_neighbours" counts what both know, in three ways; "neighbours_and_likeness" adds
        the likeness by a tuned weight, and so does the gain in "efficiency". "oracle" knows.

    Examples
    --------
    >>> [len(settings_of(way)) for way in WAYS]
    [12, 12, 2, 1, 12, 3, 12, 12, 1]
    """
    check_choice("way", way, tuple(WAYS))
    return tuple(Setting(options, WAYS[way][0](**options)) for options in WAYS[way][1])


def _by_path(path: str) -> Callable[..., Score]:
    return lambda **options: by_gates(Gates(path=path, **options))


def _grid(**values: Sequence[Any]) -> list[dict[str, Any]]:
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


_GATES = _grid(entropy=("choice", "links"), bound=(None, EQUAL_PRICE), gamma=(0.25, 1.0, 4.0))
WAYS: dict[str, tuple[Callable[..., Score], list[dict[str, Any]]]] = {
    "fixed_pairs": (_by_path("fixed_pairs"), _GATES),
    "global_efficiency": (_by_path("global_efficiency"), _GATES),
    "first_moment": (by_first_moment, _grid(entropy=("choice", "links"))),
    "likeness": (by_likeness, [{}]),
    "likeness_lessened": (by_likeness, _grid(weight=tuple(w / 40 for w in range(SETTINGS)))),
    "common_neighbours": (by_common_neighbours, _grid(kind=KINDS)),
    "neighbours_and_likeness": (
        by_common_neighbours, _grid(kind=KINDS, weight=(0.25, 1.0, 4.0, 16.0)),
    ),
    "efficiency": (
        by_efficiency,
        _grid(there_before=(False, True), weight=(0.0, 0.01, 0.03, 0.1, 0.3, 1.0)),
    ),
    "oracle": (lambda: by_truth, [{}]),
}  # fmt: skip


def curve(
    world: World, score: Score, thresholds: Sequence[float]
) -> Bool[np.ndarray, "thresholds statements"]:
    """Return which statements are accepted at each threshold, each in the graph made of it.

    Graphs of thresholds that have agreed so far are one graph.

    Examples
    --------
    >>> from gedig_edu.lab.worlds import generate
    >>> world = generate(0)
    >>> bool((curve(world, by_truth, [0.5])[0] == world.right).all())
    True
    """
    levels = np.asarray(thresholds)
    taken = np.zeros((len(levels), len(world.statements)), dtype=bool)
    groups = [(world.graph(), np.arange(len(levels)))]
    for at, statement in enumerate(world.statements):
        scores, parted = score([graph for graph, _ in groups], statement), []
        for (graph, members), found in zip(groups, scores, strict=True):
            yes = found >= levels[members]
            taken[members, at] = yes
            if not yes.all():
                parted.append((graph.copy() if yes.any() else graph, members[~yes]))
            if yes.any():
                accept(graph, statement)
                parted.append((graph, members[yes]))
        groups = parted
    return taken


def true_scores(world: World, score: Score) -> Float[np.ndarray, " statements"]:
    """Return the scores of all statements while the graph grows as the truth says."""
    graph, found = world.graph(), []
    for statement in world.statements:
        found.append(score([graph], statement)[0])
        if statement.right:
            accept(graph, statement)
    return np.array(found)


def precision_recall(
    right: Bool[np.ndarray, " statements"], taken: Bool[np.ndarray, "*curve statements"]
) -> tuple[Float[np.ndarray, "*curve"], Float[np.ndarray, "*curve"]]:
    """Return the share of the accepted that is right, and of the right that is accepted.

    NaN where nothing was accepted, or nothing is right.

    Examples
    --------
    >>> right = np.array([True, True, False, False])
    >>> precision, recall = precision_recall(right, np.array([True, False, False, False]))
    >>> float(precision), float(recall)
    (1.0, 0.5)
    """
    with np.errstate(invalid="ignore"):
        both = (right & taken).sum(axis=-1).astype(np.float64)
        return both / taken.sum(axis=-1), both / np.float64(right.sum())


def area(
    right: Bool[np.ndarray, " statements"], taken: Bool[np.ndarray, "curve statements"]
) -> float:
    """Return the area under precision along recall, one point for each threshold.

    Points are joined by lines in the order of their recall; from recall 0 on the first precision
    holds, and the last point is that of accepting everything.

    Examples
    --------
    >>> right = np.array([True, False])
    >>> area(right, np.array([[True, False]])), area(right, np.array([[False, True]]))
    (1.0, 0.25)
    """
    precision, recall = precision_recall(right, np.concatenate([taken, np.ones_like(taken[:1])]))
    kept = np.isfinite(precision)
    precision, recall = precision[kept], recall[kept]
    order = np.lexsort((-precision, recall))
    precision, recall = precision[order], recall[order]
    return float(np.trapezoid(np.append(precision[:1], precision), np.append(0.0, recall)))


def f1(precision: Float[np.ndarray, "*curve"], recall: Float[np.ndarray, "*curve"]) -> np.ndarray:
    """Return the harmonic mean of precision and recall, 0 where nothing was accepted."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(2 * precision * recall / (precision + recall))


def _ends(statement: Statement) -> tuple[str, str]:
    return statement.thing, statement.other
