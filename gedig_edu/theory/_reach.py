"""Shortest paths around an edit, before and after it, at several reaches at once.

Which pairs of nodes lie within k steps of each other is kept as bits, one row a node; one step
more is the union of the rows of a node's neighbours. Sums of distances are counts of those bits,
so they are whole numbers, and exact. The neighbourhoods of all reaches stand beside each other
as parts of one graph, so that each step is one operation for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gedig_edu.errors import check_number
from gedig_edu.shapes import Bool, Int

Adjacency = Mapping[Any, Collection[Any]]
Edge = tuple[Any, Any]


class Edit(NamedTuple):
    """An edit of a graph, as the edges and nodes that it adds and takes away.

    Attributes
    ----------
    before : mapping of node to its neighbours
    added, removed : sequences of pairs of nodes
    lost : collection of nodes
        Nodes that are gone after it.
    """

    before: Adjacency
    added: Sequence[Edge]
    removed: Sequence[Edge] = ()
    lost: Collection[Any] = ()

    @property
    def edges(self) -> int:
        """How many edges it adds and removes."""
        return len(self.added) + len(self.removed)


class Reach(NamedTuple):
    """Shortest paths in the part of a graph that a reach covers.

    Attributes
    ----------
    nodes : int
        Nodes that are there before or after.
    l_before, l_after : float
        Mean distance over the pairs connected before, 0 where there is none; a pair that is
        lost counts as `nodes`.
    efficiency_before, efficiency_after : float
        Global efficiency: mean of 1/distance over all pairs of the nodes that are there.
    """

    nodes: int
    l_before: float
    l_after: float
    efficiency_before: float
    efficiency_after: float


NOWHERE = Reach(0, 0.0, 0.0, 0.0, 0.0)


def reaches(parts: Sequence[tuple[Edit, Sequence[Any]]]) -> list[Reach]:
    """Read the shortest paths before and after edits, each within a set of nodes.

    Parameters
    ----------
    parts : sequence of (Edit, nodes)
        The nodes hold every end of an edited edge.
    """
    filled = [(edit, nodes) for edit, nodes in parts if nodes]
    read = iter(_read(filled) if filled else ())
    return [next(read) if nodes else NOWHERE for _, nodes in parts]


def _read(parts: Sequence[tuple[Edit, Sequence[Any]]]) -> list[Reach]:
    sizes = np.array([len(nodes) for _, nodes in parts])
    rows, words = int(sizes.sum()), -(-int(sizes.max()) // 64)
    own = np.concatenate([np.arange(size) for size in sizes])
    start = np.zeros((rows, words), np.uint64)
    start[np.arange(rows), own // 64] = np.uint64(1) << (own % 64).astype(np.uint64)
    firsts = np.cumsum(sizes) - sizes
    sources, targets, changed = _edges(parts)
    old = _spread(start, *_by_row(sources, targets, changed <= 0, rows), firsts)
    new = _spread(start, *_by_row(sources, targets, changed >= 0, rows), firsts, old.reached)
    return [
        Reach(
            n,
            _mean(old.fixed_sums[at], old.kept[at] - n),
            _mean(new.fixed_sums[at] + (old.kept[at] - new.kept[at]) * n, old.kept[at] - n),
            _mean(old.inverse[at], _ordered(sum(map(edit.before.__contains__, nodes)))),
            _mean(new.inverse[at], _ordered(n - sum(map(nodes.__contains__, edit.lost)))),
        )
        for at, ((edit, nodes), n) in enumerate(zip(parts, sizes.tolist(), strict=True))
    ]


def neighbourhoods(edit: Edit, most: int) -> list[list[Any]]:
    """Return the nodes within 0 … `most` steps, after an edit, of the ends of its edges."""
    ends = list(dict.fromkeys(node for edge in (*edit.added, *edit.removed) for node in edge))
    joined: dict[Any, list[Any]] = {}
    for u, v in edit.added:
        joined.setdefault(u, []).append(v)
        joined.setdefault(v, []).append(u)
    gone = {*edit.removed, *((v, u) for u, v in edit.removed)}
    seen, layer, found = dict.fromkeys(ends), ends, [ends]
    for _ in range(most):
        near = [
            other
            for node in layer
            for other in (*edit.before.get(node, ()), *joined.get(node, ()))
            if other not in seen and (node, other) not in gone
        ]
        layer = list(dict.fromkeys(near))
        seen |= dict.fromkeys(layer)
        found.append(list(seen))
    return found


def check_bound(bound: float | None) -> float | None:
    """Return what counts as cost 1, None for the number of node pairs."""
    return None if bound is None else check_number("bound", bound, above=0)


def edit_cost(edit: Edit, reach: Reach, bound: float | None) -> float:
    """Return the edges edited over the bound, the number of node pairs within reach by default."""
    pairs = reach.nodes * (reach.nodes - 1) / 2 or 1.0
    return edit.edges / (pairs if bound is None else bound)


def reach_gain(reach: Reach, path: str) -> float:
    """Return the relative gain over the pairs connected before, or in global efficiency."""
    if path == "fixed_pairs":
        return (reach.l_before - reach.l_after) / reach.l_before if reach.l_before else 0.0
    efficiency = reach.efficiency_before
    return reach.efficiency_after / efficiency - 1.0 if efficiency else 0.0


class _Spread(NamedTuple):
    """What spreading step by step met, and one number for each part.

    Of the pairs to be held: the sum of their distances, and how many are connected, each node
    with itself among them. Of all pairs: the sum of 1/distance.
    """

    reached: Int[np.ndarray, "rows words"]
    fixed_sums: list[int]
    kept: list[int]
    inverse: list[float]


def _spread(
    start: Int[np.ndarray, "rows words"],
    targets: Int[np.ndarray, " edges"],
    starts: Int[np.ndarray, " rows"],
    firsts: Int[np.ndarray, " parts"],
    fixed: Int[np.ndarray, "rows words"] | None = None,
) -> _Spread:
    """Spread from every node until nothing new is met, and sum the distances.

    A pair at distance d is missing from d of the counts 0, 1, …, so the sum of all distances is
    the sum of what each count misses of the last.
    """
    reached, counts, held = start, [_counts(start, firsts)], []
    while True:
        if fixed is not None:
            held.append(_counts(reached & fixed, firsts))
        wider = np.bitwise_or.reduceat(reached[targets], starts, axis=0)
        counts.append(_counts(wider, firsts))
        if (counts[-1] == counts[-2]).all():
            break
        reached = wider
    pairs, fixed_pairs = np.array(counts), np.array(held if held else counts)
    steps = np.arange(1, len(pairs))
    inverse = (np.diff(pairs, axis=0) / steps[:, None]).sum(axis=0)
    sums = (fixed_pairs[-1] - fixed_pairs).sum(axis=0)
    return _Spread(reached, sums.tolist(), fixed_pairs[-1].tolist(), inverse.tolist())


def _counts(
    bits: Int[np.ndarray, "rows words"], firsts: Int[np.ndarray, " parts"]
) -> Int[np.ndarray, " parts"]:
    return np.add.reduceat(np.bitwise_count(bits).sum(axis=1, dtype=np.int64), firsts)


def _edges(
    parts: Sequence[tuple[Edit, Sequence[Any]]],
) -> tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " edges"], Int[np.ndarray, " edges"]]:
    """Return the edges of all parts as rows, both ways, and each row to itself.

    The last array says of each edge whether it is there before alone (−1), always (0), or after
    alone (1).
    """
    targets: list[int] = []
    degrees: list[int] = []
    cut: list[int] = []
    more: list[tuple[int, int]] = []
    first = 0
    for edit, nodes in parts:
        place = {node: first + at for at, node in enumerate(nodes)}
        gone = {*edit.removed, *((v, u) for u, v in edit.removed)}
        for node, row in place.items():
            near = [other for other in edit.before.get(node, ()) if other in place]
            cut += [
                len(targets) + 1 + at for at, x in enumerate(near) if gone and (node, x) in gone
            ]
            targets += [row, *map(place.__getitem__, near)]
            degrees.append(len(near) + 1)
        more += [(place[u], place[v]) for u, v in edit.added]
        first += len(nodes)
    changed = np.zeros(len(targets), np.int64)
    changed[cut] = -1
    joined = np.array(more, np.intp).reshape(-1, 2)
    sources = np.repeat(np.arange(len(degrees)), degrees)
    return (
        np.concatenate([sources, joined[:, 0], joined[:, 1]]),
        np.concatenate([np.array(targets, np.intp), joined[:, 1], joined[:, 0]]),
        np.concatenate([changed, np.ones(joined.size, np.int64)]),
    )


def _by_row(
    sources: Int[np.ndarray, " edges"],
    targets: Int[np.ndarray, " edges"],
    chosen: Bool[np.ndarray, " edges"],
    rows: int,
) -> tuple[Int[np.ndarray, " edges"], Int[np.ndarray, " rows"]]:
    """Return the ends of the chosen edges, row by row, and where each row begins."""
    of, to = sources[chosen], targets[chosen]
    order = np.argsort(of, kind="stable")
    return to[order], np.searchsorted(of[order], np.arange(rows))


def _mean(total: float, count: int) -> float:
    return total / count if count else 0.0


def _ordered(nodes: int) -> int:
    return nodes * (nodes - 1)
