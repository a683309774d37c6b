"""Exercises and quiz of lesson 05: what a shortcut is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from gedig_edu.course.answers import (
    AnswerError,
    as_array,
    as_function,
    as_number,
    expect,
    is_close,
)
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.theory.graphs import chain, edit_gauge, ring, with_edges
from gedig_edu.theory.shortcuts import best_shortcut, missing_edges
from gedig_edu.words import word

NODES = 20
READINGS = ("fixed_pairs", "global_efficiency")


def ends_joined() -> tuple[float, float]:
    """Return cost and path gain of joining the two ends of a chain of 20."""
    reading = edit_gauge(chain(NODES), ring(NODES))
    return reading.cost, reading.path


def _judge_ends(answer: Any, wrong: Wording) -> None:
    cost, path = ends_joined()
    reading = edit_gauge(chain(NODES), ring(NODES))
    instead = {
        "swapped": (path, cost),
        "count": (1.0, path),
        "missing_only": (1 / 171, path),
        "percent": (100 * cost, 100 * path),
        "ratio": (cost, 1 - path),
        "lengths": (cost, reading.l_before - reading.l_after),
        "from_after": (cost, reading.l_before / reading.l_after - 1),
    }
    expect(answer, (cost, path), instead=instead, wrong=wrong, tolerance=5e-3)


def five_by_hand() -> float:
    """Return F of closing a chain of five nodes to a ring."""
    pairs = 5 * 4 / 2
    before = 4 * 1 + 3 * 2 + 2 * 3 + 1 * 4  # edges between the two nodes of each pair, summed
    after = 5 * 1 + 5 * 2
    cost = 1 / pairs
    path = (before - after) / before
    return cost - 1.0 * (0.0 + 0.5 * path)


def _judge_five(answer: Any, wrong: Wording) -> None:
    instead = {
        "ordered": 1 / 20 - 0.125,
        "no_gamma": 0.1 - 0.25,
        "plus": 0.1 + 0.125,
        "sign": 0.125 - 0.1,
        "missing_bound": 1 / 6 - 0.125,
        "edge_bound": 1 / 4 - 0.125,
        "from_after": 0.1 - 0.5 * 5 / 15,
        "sum": 0.1 - 0.5 * 5,
    }
    expect(answer, five_by_hand(), instead=instead, wrong=wrong)


def best_of_two_parts() -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the best edge over fixed pairs, and the best by global efficiency."""
    parts = nx.disjoint_union(chain(10), chain(10))
    fixed = best_shortcut(parts, path="fixed_pairs")
    reach = best_shortcut(parts, path="global_efficiency")
    return fixed.edge, reach.edge


def _judge_two_parts(answer: Any, wrong: Wording) -> None:
    edges = [tuple(sorted(map(int, edge))) for edge in as_array(answer, shape=(2, 2))]
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


def _judge_price(answer: Any, wrong: Wording) -> None:
    instead = {
        "no_gamma": 0.9 / (6 / 7),
        "cost_one": 1 / (3 / 7),
        "path_one": 0.9 / 0.5,
        "path_ratio": 0.9 / (0.5 / 7),
        "inverse": (3 / 7) / 0.9,
        "F": 0.9 - 3 / 7,
    }
    expect(as_number(answer), price_of_all(), instead=instead, wrong=wrong)


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


def _judge_build(answer: Any, wrong: Wording) -> None:
    function = as_function(answer)
    base = nx.disjoint_union(chain(7), ring(4))
    shortened = with_edges(base, [(0, 5), (1, 6)])
    moved = with_edges(base, [(0, 5)])
    moved.remove_edge(7, 8)
    bridged = with_edges(base, [(3, 8)])
    cut = base.copy()
    cut.remove_edge(2, 3)
    cases = {"shortened": shortened, "moved": moved, "bridged": bridged, "cut": cut}
    known = {
        "ordered": _variant(ordered=2),
        "no_gamma": _variant(gamma=1.0),
        "sign": _variant(sign=-1),
        "added_only": _variant(gone=False),
        "new_pairs": _variant(new_pairs=True),
        "lost_zero": _variant(lost=0.0),
        "lost_dropped": _variant(lost=np.nan),
    }
    given = {case: as_number(function(base, after)) for case, after in cases.items()}

    def fails(worth: Callable[[nx.Graph, nx.Graph], float]) -> list[str]:
        expected = {case: worth(base, after) for case, after in cases.items()}
        return [c for c in cases if not is_close(given[c], expected[c], tolerance=1e-6)]

    failed = fails(edit_worth)
    for name, mistaken in known.items():
        if failed and not fails(mistaken):
            raise wrong(name)
    if "shortened" in failed:
        raise AnswerError(word("course.answer.value"))
    if failed:
        raise wrong(failed[0])


EXERCISES = (
    Exercise(
        "05.1",
        level="read it off",
        judge=_judge_ends,
        reference=ends_joined,
        typical={
            "swapped": lambda: (0.248, 0.00526),
            "count": lambda: (1, 0.248),
            "missing_only": lambda: [1 / 171, 0.248],
            "percent": lambda: (0.526, 24.8),
            "ratio": lambda: (0.00526, 0.752),
            "lengths": lambda: (0.00526, 1.737),
            "from_after": lambda: (0.00526, 0.33),
        },
    ),
    Exercise(
        "05.2",
        level="compute it",
        judge=_judge_five,
        reference=five_by_hand,
        typical={
            "ordered": lambda: -0.075,
            "no_gamma": lambda: -0.15,
            "plus": lambda: 0.225,
            "sign": lambda: 0.025,
            "missing_bound": lambda: 0.041667,
            "edge_bound": lambda: 0.125,
            "from_after": lambda: -0.066667,
            "sum": lambda: -2.4,
        },
    ),
    Exercise(
        "05.3",
        level="measure it",
        judge=_judge_two_parts,
        reference=best_of_two_parts,
        typical={
            "bridge_twice": lambda: [(4, 14), (4, 14)],
            "no_bridge": lambda: [(1, 7), (1, 7)],
            "swapped": lambda: [(4, 14), (1, 7)],
            "not_missing": lambda: [(1, 7), (4, 5)],
            "better_fixed_pairs": lambda: [(0, 9), (4, 14)],
            "better_global_efficiency": lambda: [(1, 7), (9, 10)],
        },
        seconds=30.0,
    ),
    Exercise(
        "05.4",
        level="predict it",
        judge=_judge_price,
        reference=price_of_all,
        typical={
            "no_gamma": lambda: 1.05,
            "cost_one": lambda: 2.3333,
            "path_one": lambda: 1.8,
            "path_ratio": lambda: 12.6,
            "inverse": lambda: 0.47619,
            "F": lambda: 0.471429,
        },
    ),
    Exercise(
        "05.5",
        level="build it",
        judge=_judge_build,
        reference=edit_worth,
        builds=True,
        typical={
            "ordered": lambda: _variant(ordered=2),
            "no_gamma": lambda: _variant(gamma=1.0),
            "sign": lambda: _variant(sign=-1),
            "added_only": lambda: _variant(gone=False),
            "new_pairs": lambda: _variant(new_pairs=True),
            "lost_zero": lambda: _variant(lost=0.0),
            "lost_dropped": lambda: _variant(lost=np.nan),
        },
        seconds=20.0,
    ),
)


QUIZ = (
    Question("05.1", right="c"),
    Question("05.2", right="d"),
    Question("05.3", right="b"),
    Question("05.4", right="a"),
    Question("05.5", right="c"),
    Question("05.6", right="b"),
)
