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

from gedig_edu.errors import (
    GedigError,
    check_choice,
    check_each,
    check_flag,
    check_kind,
    check_number,
    shown,
)
from gedig_edu.lab.growing import STATEMENT, WORLD, Gates, accept
from gedig_edu.lab.worlds import Statement, World
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory._arrays import as_array, to_numpy

Score: TypeAlias = Callable[[Sequence[nx.Graph], Statement], Sequence[float] | np.ndarray]
"""How much a statement deserves to be accepted in each of some graphs; the higher, the more."""

SETTINGS = 12  # of a way that has numbers to be tuned
EQUAL_PRICE = 10.0  # bound of an edge that costs the same at every reach
GAMMAS = (0.25, 1.0, 4.0)  # among which the gates' γ is tuned
KINDS = ("count", "adamic_adar", "jaccard")


def by_gates(gates: Gates) -> Score:
    """Return the score by which two gates accept: −min(g0, g_min).

    Raises
    ------
    GedigError
        If they are no gates.
    """
    check_kind("gates", gates, Gates, "Gates(…)")

    def score(graphs: Sequence[nx.Graph], statement: Statement) -> np.ndarray:
        return -gates.read(graphs, statement).F.min(axis=1)

    return score


def by_first_moment(entropy: str) -> Score:
    """Return the score by which the attention gate alone would accept: −g0.

    Raises
    ------
    GedigError
        If `entropy` is not one that gates can have.
    """
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
    check_flag("there_before", there_before, "whether a thing counts before its edge")

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
    return _each(lambda _, said: float(said.right))(graphs, statement)


def _each(
    score: Callable[[nx.Graph, Statement], float],
) -> Callable[[Sequence[nx.Graph], Statement], list[float]]:
    def scores(graphs: Sequence[nx.Graph], statement: Statement) -> list[float]:
        check_kind("statement", statement, Statement, STATEMENT)
        each = check_each("graphs", graphs, nx.Graph, "graphs of networkx")
        return [score(graph, statement) for graph in each]

    return scores


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


_GATES = _grid(entropy=("choice", "links"), bound=(None, EQUAL_PRICE), gamma=GAMMAS)
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

    Raises
    ------
    GedigError
        If the world is none, a threshold is no number, or `score` does not give one number for
        each graph.

    Examples
    --------
    >>> from gedig_edu.lab.worlds import generate
    >>> world = generate(0)
    >>> bool((curve(world, by_truth, [0.5])[0] == world.right).all())
    True
    """
    check_kind("world", world, World, WORLD)
    levels = to_numpy("thresholds", thresholds)
    if levels.ndim != 1 or np.isnan(levels).any():
        raise GedigError(f"thresholds={shown(thresholds)} are no list of numbers; give one.")
    taken = np.zeros((len(levels), len(world.statements)), dtype=bool)
    groups = [(world.graph(), np.arange(len(levels)))]
    for at, statement in enumerate(world.statements):
        scores, parted = _scored(score, [graph for graph, _ in groups], statement), []
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
    """Return the scores of all statements while the graph grows as the truth says.

    Raises
    ------
    GedigError
        If the world is none, or `score` does not give one number for each graph.
    """
    check_kind("world", world, World, WORLD)
    graph, found = world.graph(), []
    for statement in world.statements:
        found.append(_scored(score, [graph], statement)[0])
        if statement.right:
            accept(graph, statement)
    return np.array(found)


def _scored(score: Score, graphs: list[nx.Graph], statement: Statement) -> np.ndarray:
    check_kind("score", score, Callable, "a function of graphs and a statement")
    scores = to_numpy("what score returns", score(graphs, statement))
    if scores.shape != (len(graphs),) or np.isnan(scores).any():
        raise GedigError(
            f"score returns an array of shape {scores.shape} for {len(graphs)} graphs, or one with "
            "NaN; let it return a number for each."
        )
    return scores


def precision_recall(
    right: Bool[np.ndarray, " statements"], taken: Bool[np.ndarray, "*curve statements"]
) -> tuple[Float[np.ndarray, "*curve"], Float[np.ndarray, "*curve"]]:
    """Return the share of the accepted that is right, and of the right that is accepted.

    NaN where nothing was accepted, or nothing is right.

    Raises
    ------
    GedigError
        If one is not made of True and False, or there is not one for each statement.

    Examples
    --------
    >>> right = np.array([True, True, False, False])
    >>> precision, recall = precision_recall(right, np.array([True, False, False, False]))
    >>> float(precision), float(recall)
    (1.0, 0.5)
    """
    right, taken = _flags(right, taken)
    with np.errstate(invalid="ignore"):
        both = (right & taken).sum(axis=-1).astype(np.float64)
        return both / taken.sum(axis=-1), both / np.float64(right.sum())


def area(
    right: Bool[np.ndarray, " statements"], taken: Bool[np.ndarray, "curve statements"]
) -> float:
    """Return the area under precision along recall, one point for each threshold.

    Points are joined by lines in the order of their recall; from recall 0 on the first precision
    holds, and the last point is that of accepting everything. NaN where nothing is right.

    Raises
    ------
    GedigError
        As in `precision_recall`, or if `taken` is not one row for each threshold.

    Examples
    --------
    >>> right = np.array([True, False])
    >>> area(right, np.array([[True, False]])), area(right, np.array([[False, True]]))
    (1.0, 0.25)
    """
    right, taken = _flags(right, taken)
    if taken.ndim != 2:
        raise GedigError(f"taken has shape {taken.shape}; give [thresholds, statements].")
    if not right.any():
        return float("nan")
    everything = np.ones((1, len(right)), dtype=bool)
    precision, recall = precision_recall(right, np.concatenate([taken, everything]))
    kept = np.isfinite(precision)
    precision, recall = precision[kept], recall[kept]
    order = np.lexsort((-precision, recall))
    precision, recall = precision[order], recall[order]
    return float(np.trapezoid(np.append(precision[:1], precision), np.append(0.0, recall)))


def f1(precision: Float[np.ndarray, "*curve"], recall: Float[np.ndarray, "*curve"]) -> np.ndarray:
    """Return the harmonic mean of precision and recall, 0 where nothing was accepted.

    Raises
    ------
    GedigError
        If the two are no numbers, or not as many of one as of the other.
    """
    precision, recall = to_numpy("precision", precision), to_numpy("recall", recall)
    shares = np.concatenate([precision.ravel(), recall.ravel()])
    if precision.shape != recall.shape or ((shares < 0) | (shares > 1)).any():
        raise GedigError(
            f"precision {shown(precision)} and recall {shown(recall)} do not fit; give as many of "
            "one as of the other, from 0 to 1."
        )
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(2 * precision * recall / (precision + recall))


def _flags(right: object, taken: object) -> tuple[np.ndarray, np.ndarray]:
    """Return which are right and which are taken, as arrays of True and False that fit."""
    flags = as_array("right", right), as_array("taken", taken)
    shapes = [one.shape for one in flags]
    if any(one.dtype != bool for one in flags) or shapes[0] != shapes[1][-1:] or not shapes[1]:
        kinds = " and ".join(f"{one.dtype} {list(one.shape)}" for one in flags)
        raise GedigError(
            f"right and taken are {kinds}; give True or False, [statements] and [..., statements]."
        )
    return flags


def _ends(statement: Statement) -> tuple[str, str]:
    return statement.thing, statement.other
