"""How the claims of lesson 05 are measured: what an edge of a graph is worth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.stats import spearmanr

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.shortcuts import agreement_with_codes, random_growth, table_moves
from gedig_edu.shapes import Float
from gedig_edu.theory.graphs import chain, edit_gauge, with_edges
from gedig_edu.theory.shortcuts import missing_edges
from gedig_edu.theory.wires import resistance, with_wire

NODES = 20
DRAWS = 41


def _shortcut(_: Context) -> Sequence[Reading]:
    """Count the single edges with F < 0: on a chain, and on one already full of shortcuts."""
    line = chain(NODES)
    missing = missing_edges(line)
    rng = np.random.default_rng(SEED)
    one_more = []
    for _draw in range(DRAWS):
        order = [missing[at] for at in rng.permutation(len(missing))[: len(missing) // 2 + 1]]
        crowded = with_edges(line, order[:-1])
        one_more.append(float(_pays(crowded, order[-1])))
    return [
        Reading.exact("sparse", float(np.mean([_pays(line, edge) for edge in missing]))),
        Reading.mean("crowded", np.array(one_more), condition=False),
    ]


def _pays(before: nx.Graph, edge: tuple[int, int]) -> bool:
    return edit_gauge(before, with_edges(before, [edge])).F < 0


def _random_edges(_: Context) -> Sequence[Reading]:
    """Price random edges where they shorten paths, on a chain, and where they shorten none."""
    before = chain(NODES)
    half = len(missing_edges(before)) // 2
    fixed = random_growth(before, draws=DRAWS, seed=SEED)
    reach = random_growth(before, draws=DRAWS, seed=SEED, path="global_efficiency")
    dear = random_growth(before, draws=DRAWS, seed=SEED, bound=len(before.edges))
    return [
        Reading.mean("ten", fixed.F[:, 10], condition=False),
        Reading.mean("half", fixed.F[:, half], condition=False),
        Reading.mean("bridges", _bridges()),
        Reading.mean("turn", fixed.turn, judged=False),
        Reading.mean("ten_dear", dear.F[:, 10], judged=False),
        Reading.mean("half_efficiency", reach.F[:, half], judged=False),
    ]


def _bridges() -> Float[np.ndarray, " draws"]:
    """Return F of nine random bridges that join ten pairs of nodes to one tree, by draw."""
    rng = np.random.default_rng(SEED)
    pairs = nx.disjoint_union_all([chain(2)] * (NODES // 2))
    found = []
    for _draw in range(DRAWS):
        order, ends = rng.permutation(NODES // 2), rng.integers(2, size=(NODES // 2, 2))
        joined = [
            (2 * int(one) + int(ends[one, 0]), 2 * int(other) + int(ends[other, 1]))
            for one, other in pairwise(order)
        ]
        found.append(edit_gauge(pairs, with_edges(pairs, joined)).F)
    return np.array(found)


def _bridge(_: Context) -> Sequence[Reading]:
    """Move F by what table 1 calls better, term by term; beside it what codes take in bits."""
    moves = table_moves(draws=DRAWS, seed=SEED)
    agreement = agreement_with_codes(draws=DRAWS, seed=SEED)
    return [
        *(Reading.mean(name, move) for name, move in moves._asdict().items()),
        *(Reading.mean(name, r, judged=False) for name, r in agreement._asdict().items()),
    ]


def _wires(_: Context) -> Sequence[Reading]:
    """Correlate what missing edges gain by hops and by resistance, on a chain with more edges."""
    rng = np.random.default_rng(SEED)
    return [
        Reading.mean(name, np.array([_agreement(count, rng) for _ in range(DRAWS)]))
        for name, count in (("sparse", 5), ("crowded", 20))
    ]


def _agreement(count: int, rng: np.random.Generator) -> float:
    """Return the rank correlation of the two gains over 30 missing edges of one graph."""
    line = chain(NODES)
    missing = missing_edges(line)
    order = [missing[at] for at in rng.permutation(len(missing))]
    graph, tried = with_edges(line, order[:count]), order[count : count + 30]
    r = resistance(graph)
    wires = [-with_wire(r, *edge).mean() for edge in tried]
    hops = [edit_gauge(graph, with_edges(graph, [edge])).path for edge in tried]
    return float(np.asarray(spearmanr(wires, hops)[0]))


def _horizon(_: Context) -> Sequence[Reading]:
    """Return the largest path gain near an edge whose ends lie more than 2h + 1 apart."""
    rng = np.random.default_rng(SEED)
    gains = []
    for hops in (1, 2, 3):
        for _draw in range(DRAWS):
            tree = nx.from_prufer_sequence(rng.integers(NODES, size=NODES - 2).tolist())
            away = dict(nx.all_pairs_shortest_path_length(tree))
            far = [(i, j) for i, j in missing_edges(tree) if away[i][j] > 2 * hops + 1][:5]
            gains += [
                abs(edit_gauge(tree, with_edges(tree, [edge]), hops=hops).path) for edge in far
            ]
    return [Reading.exact("gain", max(gains)), Reading.exact("edges", len(gains), judged=False)]


MEASURES = {
    "shortcut": _shortcut,
    "random_edges": _random_edges,
    "bridge": _bridge,
    "wires": _wires,
    "horizon": _horizon,
}
