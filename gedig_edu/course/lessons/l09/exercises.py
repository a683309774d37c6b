"""Exercises and quiz of lesson 09: what two gates read of an edge, and what lets it in."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import networkx as nx
import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.theory.graphs import chain, ring
from gedig_edu.views.widgets.gates_board import GatesBoard

THRESHOLD = 0.1  # of exercise 09.3
HUNDREDTH = 1e-2  # relative: 0.61 and 0.57 are read off and rounded well
Pair = tuple[float, float]


def everything_true() -> Pair:
    """Return the least θ_DG, in steps of 0.05, that lets in all that is true, and the precision."""
    theta = 0.8
    while GatesBoard(theta_dg=theta).numbers["recall"] < 1:
        theta = round(theta + 0.05, 2)
    return theta, GatesBoard(theta_dg=theta).numbers["precision"]


def _other_thresholds() -> dict[str, Any]:
    theta, precision = everything_true()
    start, below = GatesBoard().numbers, GatesBoard(theta_dg=round(theta - 0.05, 2))
    further = GatesBoard(theta_dg=round(theta + 0.05, 2))
    return {
        "swapped": (precision, theta),
        "just_below": (below.theta_dg, below.numbers["precision"]),
        "too_far": (further.theta_dg, further.numbers["precision"]),
        "in_percent": (theta, 100 * precision),
        "as_it_starts": (GatesBoard().theta_dg, start["precision"]),
        "recall": (theta, 1.0),
        "attention": (1.8, precision),
        "one_number": theta,
    }


def four_by_hand() -> Pair:
    """Return g0 and g_min of closing a chain of four to a ring, one of two that could be meant."""
    fall = math.log(2) / math.log(4)  # from two equally likely of four candidates to one
    g0 = 1 - 1.0 * (-fall + 0.5 * 0)  # two ends are one pair, and nobody reads a path yet
    path = (10 / 6 - 8 / 6) / (10 / 6)  # mean way of the chain, 10/6, and of the ring, 8/6
    near = 1 / 6 - 1.0 * (-fall + 0.5 * path)  # within one hop lie all four: six pairs
    return g0, near


OTHER_READINGS: dict[str, Any] = {
    "swapped": (0.5666667, 1.5),
    "sign": (0.5, 1 / 6 - 0.5 - 0.1),
    "no_entropy": (1.0, 1 / 6 - 0.1),
    "nats": (1 + math.log(2), 1 / 6 + math.log(2) - 0.1),
    "bits": (2.0, 1 / 6 + 1 - 0.1),
    "no_gamma": (1.5, 1 / 6 + 0.5 - 0.2),
    "one_price": (1.5, 1 + 0.5 - 0.1),
    "price_of_all": (1 / 6 + 0.5, 1 / 6 + 0.5 - 0.1),
    "ordered": (1.5, 1 / 12 + 0.5 - 0.1),
    "from_after": (1.5, 1 / 6 + 0.5 - 0.5 * 0.25),
    "path_at_0": (1.4, 1 / 6 + 0.5 - 0.1),
    "one_number": 1.5,
}


def things_within_reach() -> int:
    """Return how many things must lie within reach for one edge to cost 0.1 or less."""
    return next(n for n in count(2) if 1 / (n * (n - 1) / 2) <= THRESHOLD)


OTHER_COUNTS: dict[str, Any] = {
    "strictly": 6,
    "pairs": 10,
    "ordered": 4,
    "two_over": 20,
    "hops": 3,
}


def gates_by_hand(graph: nx.Graph, edge: tuple[Any, Any], p: Sequence[float]) -> Pair:
    """Return g0 and g_min of an edge over fixed pairs, with λ = 1 and γ = 0.5."""
    after = nx.Graph([*graph.edges, edge])
    fall = -sum(one * np.log(one) for one in p if one > 0) / np.log(len(p))
    F, near = [], set(edge)
    for hops in range(4):
        old = dict(nx.all_pairs_shortest_path_length(graph.subgraph(near)))
        new = dict(nx.all_pairs_shortest_path_length(after.subgraph(near)))
        pairs = [(u, v) for u in old for v in old[u] if u != v]  # joined before
        gain = 0.0
        if hops and pairs:
            gain = 1 - sum(new[u][v] for u, v in pairs) / sum(old[u][v] for u, v in pairs)
        n = len(near)
        F.append(1 / (n * (n - 1) / 2) + fall - 0.5 * gain)
        near |= {other for node in near for other in after[node]}
    return float(F[0]), float(min(F[1:]))


def _variant(
    *,
    sign: float = 1,
    nats: bool = False,
    gamma: float = 0.5,
    ordered: int = 1,
    one_price: bool = False,
    whole: bool = False,
    last: bool = False,
    after_pairs: bool = False,
) -> Callable[[nx.Graph, tuple[Any, Any], Sequence[float]], Pair]:
    """Return both readings by hand with one thing done differently."""

    def read(graph: nx.Graph, edge: tuple[Any, Any], p: Sequence[float]) -> Pair:
        after = nx.Graph([*graph.edges, edge])
        nearest = [set(after)] if whole else _reaches(after, edge)
        entropy = -sum(one * np.log(one) for one in p if one > 0) / (1 if nats else np.log(len(p)))
        F = [1 / ordered + sign * entropy]
        for near in nearest:
            n = 2 if one_price else len(near)
            before = after if after_pairs else graph
            gain = _gain(graph.subgraph(near), after.subgraph(near), before.subgraph(near))
            F.append(1 / (ordered * n * (n - 1) / 2) + sign * entropy - gamma * gain)
        return float(F[0]), float(F[-1] if last else min(F[1:]))

    return read


def _reaches(after: nx.Graph, edge: tuple[Any, Any]) -> list[set[Any]]:
    near, found = set(edge), []
    for _ in range(3):
        near = near | {other for node in near for other in after[node]}
        found.append(near)
    return found


def _gain(graph: nx.Graph, after: nx.Graph, pairs_of: nx.Graph) -> float:
    """Return by what share the mean way falls, over the pairs that are joined in one of both."""
    old, new = (dict(nx.all_pairs_shortest_path_length(one)) for one in (graph, after))
    joined = dict(nx.all_pairs_shortest_path_length(pairs_of))
    l_old = [old.get(u, {}).get(v, np.nan) for u in joined for v in joined[u] if u != v]
    l_new = [new[u][v] for u in joined for v in joined[u] if u != v]
    return float(1 - np.mean(l_new) / np.nanmean(l_old)) if np.isfinite(l_old).any() else 0.0


def _swapped(graph: nx.Graph, edge: tuple[Any, Any], p: Sequence[float]) -> Pair:
    g0, g_min = gates_by_hand(graph, edge, p)
    return g_min, g0


OTHER_GATES = {
    "swapped": _swapped,
    "no_entropy": _variant(sign=0),
    "sign": _variant(sign=-1),
    "nats": _variant(nats=True),
    "no_gamma": _variant(gamma=1.0),
    "ordered": _variant(ordered=2),
    "one_price": _variant(one_price=True),
    "whole": _variant(whole=True),
    "last": _variant(last=True),
    "new_pairs": _variant(after_pairs=True),
}


def _edges() -> dict[str, tuple[nx.Graph, tuple[Any, Any], list[float]]]:
    """Return edges: one that shortens ways, a bridge, one that brings something new.

    The last statement names one of candidates of which one is impossible.
    """
    line, parts = chain(24), nx.disjoint_union(chain(5), ring(4))
    p = [0.5, 0.3, 0.15, 0.05]
    return {
        "": (line, (9, 13), p),
        "bridged": (parts, (2, 6), [0.7, 0.2, 0.1]),
        "brought": (line, (4, "new"), p),
        "impossible": (line, (9, 13), [0.6, 0.4, 0.0]),
    }


EXERCISES = (
    Exercise("09.1", "read it off", everything_true, _other_thresholds, HUNDREDTH, seconds=30.0),
    Exercise("09.2", "compute it", four_by_hand, OTHER_READINGS, HUNDREDTH),
    Exercise("09.3", "predict it", things_within_reach, OTHER_COUNTS),
    Exercise("09.4", "build it", gates_by_hand, OTHER_GATES, 1e-6, cases=_edges, seconds=20.0),
)

QUIZ = questions("09", right="dcdacb")

IN_PERCENT = ("precision",)  # predictions asked for in per cent
WITHIN = {"lam": (0, 28)}  # ends of predictions
