"""Exercises and quiz of lesson 05: what a shortcut is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from gedig_edu.course.answers import as_array
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.theory.graphs import chain, edit_gauge, ring, with_edges
from gedig_edu.theory.shortcuts import best_shortcut, missing_edges

NODES = 20
READINGS = ("fixed_pairs", "global_efficiency")


def ends_joined() -> tuple[float, float]:
    """Return cost and path gain of joining the two ends of a chain of 20."""
    reading = edit_gauge(chain(NODES), ring(NODES))
    return reading.cost, reading.path


def _other_ends() -> dict[str, Any]:
    reading = edit_gauge(chain(NODES), ring(NODES))
    cost, path = reading.cost, reading.path
    return {
        "swapped": (path, cost),
        "count": (1.0, path),
        "missing_only": (1 / 171, path),
        "percent": (100 * cost, 100 * path),
        "ratio": (cost, 1 - path),
        "lengths": (cost, reading.l_before - reading.l_after),
        "from_after": (cost, reading.l_before / reading.l_after - 1),
    }


def five_by_hand() -> float:
    """Return F of closing a chain of five nodes to a ring."""
    pairs = 5 * 4 / 2
    before = 4 * 1 + 3 * 2 + 2 * 3 + 1 * 4  # edges between the two nodes of each pair, summed
    after = 5 * 1 + 5 * 2
    cost = 1 / pairs
    path = (before - after) / before
    return cost - 1.0 * (0.0 + 0.5 * path)


OTHER_F = {
    "ordered": 1 / 20 - 0.125,
    "no_gamma": 0.1 - 0.25,
    "plus": 0.1 + 0.125,
    "sign": 0.125 - 0.1,
    "missing_bound": 1 / 6 - 0.125,
    "edge_bound": 1 / 4 - 0.125,
    "from_after": 0.1 - 0.5 * 5 / 15,
    "sum": 0.1 - 0.5 * 5,
}


def best_of_two_parts() -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the best edge over fixed pairs, and the best by global efficiency."""
    parts = nx.disjoint_union(chain(10), chain(10))
    fixed = best_shortcut(parts, path="fixed_pairs")
    reach = best_shortcut(parts, path="global_efficiency")
    return fixed.edge, reach.edge


OTHER_EDGES = {
    "bridge_twice": [(4, 14), (4, 14)],
    "no_bridge": [(1, 7), (1, 7)],
    "swapped": [(4, 14), (1, 7)],
    "not_missing": [(1, 7), (4, 5)],
    "better_fixed_pairs": [(0, 9), (4, 14)],
    "better_global_efficiency": [(1, 7), (9, 10)],
}


def _judge_two_parts(answer: Any, wrong: Wording) -> None:
    """Take any edge as good as the best; each part has a mirror image."""
    given = as_array(answer, shape=(2, 2))
    if (given != given.round()).any():
        raise wrong("not_missing")
    edges = [tuple(sorted(map(int, edge))) for edge in given]
    parts = nx.disjoint_union(chain(10), chain(10))
    for edge in edges:
        if edge not in missing_edges(parts):
            raise wrong("not_missing")
    crosses = [i < 10 <= j for i, j in edges]
    named = {(True, True): "bridge_twice", (False, False): "no_bridge", (True, False): "swapped"}
    if tuple(crosses) in named:
        raise wrong(named[crosses[0], crosses[1]])
    for edge, path in zip(edges, READINGS, strict=True):
        best = best_shortcut(parts, path=path).reading.F
        F = edit_gauge(parts, with_edges(parts, [edge]), path=path).F
        if best + 1e-6 < F:
            raise wrong(f"better_{path}")


def price_of_all() -> float:
    """Return the λ at which all 171 missing edges of a chain of 20 pay for themselves."""
    cost = 171 / 190
    path = (7 - 1) / 7  # the mean path of the chain is 21/3, of the complete graph 1
    return cost / (0.5 * path)


OTHER_PRICES = {
    "no_gamma": 0.9 / (6 / 7),
    "cost_one": 1 / (3 / 7),
    "path_one": 0.9 / 0.5,
    "path_ratio": 0.9 / (0.5 / 7),
    "inverse": (3 / 7) / 0.9,
    "F": 0.9 - 3 / 7,
}


def edit_worth(before: nx.Graph, after: nx.Graph) -> float:
    """Return F = cost − ½·path gain over fixed pairs, from the distances alone."""
    n = len(before)
    edited = nx.symmetric_difference(before, after).edges
    old = dict(nx.all_pairs_shortest_path_length(before))
    new = dict(nx.all_pairs_shortest_path_length(after))
    pairs = [(u, v) for u in old for v in old[u] if u != v]  # joined before
    l_before = np.mean([old[u][v] for u, v in pairs])
    l_after = np.mean([new[u].get(v, n) for u, v in pairs])  # a pair lost counts n
    return float(len(edited) / (n * (n - 1) / 2) - 0.5 * (l_before - l_after) / l_before)


def _variant(
    *,
    gone: bool = True,
    lost: float | None = None,
    ordered: int = 1,
    new_pairs: bool = False,
    gamma: float = 0.5,
    sign: int = 1,
) -> Callable[[nx.Graph, nx.Graph], float]:
    """Return F by hand with one thing done differently."""

    def worth(before: nx.Graph, after: nx.Graph) -> float:
        n = len(before)
        added = sum(not before.has_edge(*edge) for edge in after.edges)
        removed = sum(not after.has_edge(*edge) for edge in before.edges)
        old = dict(nx.all_pairs_shortest_path_length(before))
        new = dict(nx.all_pairs_shortest_path_length(after))
        pairs = [(u, v) for u in old for v in old[u] if u != v]
        reached = [(u, v) for u in new for v in new[u] if u != v]
        far = {(u, v): new[u].get(v, n if lost is None else lost) for u, v in pairs}
        l_before = np.mean([old[u][v] for u, v in pairs])
        l_after = np.nanmean([new[u][v] for u, v in reached] if new_pairs else list(far.values()))
        cost = (added + removed * gone) / (ordered * n * (n - 1) / 2)
        return float(sign * (cost - gamma * (l_before - l_after) / l_before))

    return worth


OTHER_WORTHS = {
    "ordered": _variant(ordered=2),
    "no_gamma": _variant(gamma=1.0),
    "sign": _variant(sign=-1),
    "added_only": _variant(gone=False),
    "new_pairs": _variant(new_pairs=True),
    "lost_zero": _variant(lost=0.0),
    "lost_dropped": _variant(lost=np.nan),
}


def _edits() -> dict[str, tuple[nx.Graph, nx.Graph]]:
    """Return edits that shorten, move an edge, join two parts, and cut one off."""
    base = nx.disjoint_union(chain(7), ring(4))
    moved, cut = with_edges(base, [(0, 5)]), base.copy()
    moved.remove_edge(7, 8)
    cut.remove_edge(2, 3)
    return {
        "": (base, with_edges(base, [(0, 5), (1, 6)])),
        "moved": (base, moved),
        "bridged": (base, with_edges(base, [(3, 8)])),
        "cut": (base, cut),
    }


def across_a_ring() -> tuple[float, float]:
    """Return the resistance between two nodes of a ring of six that are 2 apart, then 3."""
    two, three = (a * (6 - a) / 6 for a in (2, 3))  # a ohm beside 6 − a ohm
    return two, three


OTHER_RESISTANCES = {
    "hops": (2.0, 3.0),
    "sum": (6.0, 6.0),
    "mean": (3.0, 3.0),
    "conductance": (1 / 2 + 1 / 4, 1 / 3 + 1 / 3),
    "swapped": (1.5, 4 / 3),
    "one_number": 4 / 3,
}

EXERCISES = (
    Exercise("05.1", "read it off", ends_joined, _other_ends),
    Exercise("05.2", "compute it", five_by_hand, OTHER_F),
    Exercise(
        "05.3", "measure it", best_of_two_parts, OTHER_EDGES, judge=_judge_two_parts, seconds=30.0
    ),
    Exercise("05.4", "predict it", price_of_all, OTHER_PRICES),
    Exercise("05.5", "build it", edit_worth, OTHER_WORTHS, 1e-6, cases=_edits, seconds=20.0),
    Exercise("05.6", "compute it", across_a_ring, OTHER_RESISTANCES),
)

QUIZ = questions("05", right="cdbacb")

IN_PERCENT = ("turn", "heads")  # predictions asked for in per cent
WITHIN = {
    "best": (1, 19),
    "shortcut": (0, 1),
    "signs": (0, 3),
    "ohm": (1, 19),
}  # ends of predictions
