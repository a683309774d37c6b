"""What random edges are worth, what F has in common with code lengths, and a head as a graph."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from math import comb, log2
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import shortest_path

from gedig_edu.errors import GAUGE, GedigError, check_kind, check_whole
from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.graphs import chain, check_graph, edit_gauge, probabilities, with_edges
from gedig_edu.theory.maps import AttentionMaps, check_maps
from gedig_edu.theory.shortcuts import growth, missing_edges

NODES = 20
CANDIDATES = 8
EDITS = 12
SENT = 300
SLOTS = 2**16
TABLE_1 = (-1, -1, 1)  # where cost, entropy and path gain get better, as the gauge paper has it


class RandomGrowth(NamedTuple):
    """F along random orders of a graph's missing edges, one row for each draw.

    Attributes
    ----------
    F : float64 array [draws, edges + 1]
    turn : float64 array [draws]
        Edges from which on F stays above 0, as a share of all missing; NaN where it does not.
    """

    F: Float[np.ndarray, "draws steps"]
    turn: Float[np.ndarray, " draws"]


class Agreement(NamedTuple):
    """Correlation, over random edits, of a term of F with the bits that a code takes for it.

    Attributes
    ----------
    structure : float64 array [draws]
        Cost, with the bits that name the edges of a graph.
    paths : float64 array [draws]
        −path gain, with the bits that describe a route.
    huffman : float64 array [draws]
        −entropy, with the bits of a Huffman code that says which candidate it was.
    bits_back : float64 array [draws]
        −entropy, with the bits of a code that lets another message choose the candidate.
    """

    structure: Float[np.ndarray, " draws"]
    paths: Float[np.ndarray, " draws"]
    huffman: Float[np.ndarray, " draws"]
    bits_back: Float[np.ndarray, " draws"]


class Moves(NamedTuple):
    """How F moves when one term alone gets better by one standard deviation over random edits.

    Attributes
    ----------
    cost, entropy, path : float64 array [draws]
        Better as table 1 of the gauge paper has it: less cost, less entropy, more path gain.
    """

    cost: Float[np.ndarray, " draws"]
    entropy: Float[np.ndarray, " draws"]
    path: Float[np.ndarray, " draws"]


class BitsBack(NamedTuple):
    """Candidates sent by bits-back coding, and what they took.

    Attributes
    ----------
    bits : float
        Net bits for each candidate: those sent less those of the message that came along.
    chosen : list of int
        The candidates.
    sent : bytes
        What goes over the line.
    message : bytes
        The other message, which the receiver gets back.
    """

    bits: float
    chosen: list[int]
    sent: bytes
    message: bytes


def random_growth(graph: nx.Graph, *, draws: int, seed: int = 0, **options: Any) -> RandomGrowth:
    """Add all missing edges in random orders and read F after each.

    Parameters
    ----------
    graph : networkx.Graph
    draws : int
        How many orders.
    seed : int
    **options
        As in `gedig_edu.theory.shortcuts.growth`.

    Raises
    ------
    GedigError
        If `draws` is not a whole number of at least 1, or as in `growth`.

    Examples
    --------
    >>> random_growth(chain(5), draws=3).F.shape
    (3, 7)
    """
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    check_graph("graph", graph)
    missing = missing_edges(graph)
    orders = (
        [missing[at] for at in rng.permutation(len(missing))]
        for _ in range(check_whole("draws", draws, at_least=1))
    )
    read = [growth(graph, order, **options) for order in orders]
    turns = [np.nan if one.turn is None else one.turn / len(missing) for one in read]
    return RandomGrowth(np.stack([one.F for one in read]), np.array(turns))


def agreement_with_codes(*, draws: int, seed: int = 0) -> Agreement:
    """Hold the terms of F against the lengths of codes, over random edits.

    Each draw makes random edits of a chain of 20, from 1 to 40 edges, with new probabilities of
    8 candidates, and correlates each term's share of F with the change of the code's length.

    Parameters
    ----------
    draws : int
        Sets of 12 edits.
    seed : int

    Raises
    ------
    GedigError
        If `draws` is not a whole number of at least 1.
    """
    return Agreement(*_over_draws(_agreement, draws, seed))


def table_moves(*, draws: int, seed: int = 0, turned: bool = False) -> Moves:
    """Return how F moves when a term gets better as table 1 of the gauge paper has it.

    F of random edits, those of `agreement_with_codes`, is fitted by least squares on its three
    terms; nothing of the formula is put in. Where all three moves have one sign, one direction
    of F is good for all that the table calls good.

    Parameters
    ----------
    draws : int
        Sets of 12 edits.
    seed : int
    turned : bool
        Read F with the entropy's sign turned round: cost + λ·entropy − λγ·path.

    Raises
    ------
    GedigError
        If `draws` is not a whole number of at least 1.

    Examples
    --------
    >>> [bool(move[0] < 0) for move in table_moves(draws=1)]  # cost, entropy, path
    [True, False, True]
    """
    return Moves(*_over_draws(lambda rng: _moves(rng, turned=turned), draws, seed))


def edge_bits(graph: nx.Graph) -> float:
    """Return the bits that say which pairs of nodes are joined, given how many are.

    log₂ of the number of graphs with as many edges (Rissanen 1983's enumerative code).

    Examples
    --------
    >>> round(edge_bits(chain(4)), 3)  # 3 of 6 pairs: one of 20 graphs
    4.322
    """
    n = len(graph)
    return log2(comb(n * (n - 1) // 2, len(graph.edges)))


def route_bits(graph: nx.Graph) -> float:
    """Return the mean bits of a route between two nodes of a connected graph.

    A route names one of the neighbours at each step, or says that it is there: log₂(degree + 1)
    bits at each node on the way; of all routes the cheapest counts.

    Examples
    --------
    >>> round(route_bits(chain(2)), 3)  # go, stop: one bit each
    2.0
    """
    bits = np.log2([degree + 1 for _, degree in graph.degree])
    weights = nx.to_numpy_array(graph) * bits[:, None]
    routes = shortest_path(weights) + bits[None, :]
    return float(routes[~np.eye(len(graph), dtype=bool)].mean())


def huffman_bits(p: Float[np.ndarray, " K"]) -> float:
    """Return the mean bits of Huffman's code (1952) for these probabilities.

    Examples
    --------
    >>> huffman_bits(np.array([0.5, 0.25, 0.25]))
    1.5
    """
    heap = sorted(float(share) for share in p)
    total = 0.0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total += both
        heapq.heappush(heap, both)
    return total


def bits_back(p: Float[np.ndarray, " K"], *, count: int, seed: int = 0) -> BitsBack:
    """Send `count` candidates of which any draw from `p` would do, and measure what it takes.

    Bits-back coding (Hinton and van Camp 1993; Frey and Hinton 1997) on a stack of bits (the
    range coder of Duda 2009): the bits of another message are decoded with `p` and so choose the
    candidates; each candidate is then sent in log₂ K bits, and the receiver, who knows `p`,
    puts the message together again. Net, a candidate takes about log₂ K less the entropy of `p`.

    Parameters
    ----------
    p : float array [K]
    count : int
    seed : int
        Of the other message.

    Raises
    ------
    GedigError
        If `count` is not a whole number of at least 1.

    Examples
    --------
    >>> round(bits_back(np.full(8, 1 / 8), count=100).bits, 1)  # a free choice of eight
    0.0
    """
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    count = check_whole("count", count, at_least=1)
    length = count // 2 + 64  # bytes: about four bits for each
    message = b"\x01" + rng.bytes(length)
    counts, starts = _slots(p)
    stack, chosen = int.from_bytes(message, "big"), []
    for _ in range(count):
        stack, slot = divmod(stack, SLOTS)
        chosen.append(bisect_right(starts, slot) - 1)
        stack = stack * counts[chosen[-1]] + slot - starts[chosen[-1]]
    for one in chosen:
        stack = stack * len(counts) + one
    bits = (log2(stack) - log2(int.from_bytes(message, "big"))) / count
    return BitsBack(bits, chosen, _as_bytes(stack), message)


def receive(sent: bytes, p: Float[np.ndarray, " K"], *, count: int) -> tuple[list[int], bytes]:
    """Return the candidates and the other message that `bits_back` has sent.

    Raises
    ------
    GedigError
        If `count` is not a whole number of at least 1.

    Examples
    --------
    >>> p = np.array([0.7, 0.2, 0.1])
    >>> code = bits_back(p, count=50)
    >>> receive(code.sent, p, count=50) == (code.chosen, code.message)
    True
    """
    counts, starts = _slots(p)
    check_kind("sent", sent, bytes, "what bits_back sent")
    stack, chosen = int.from_bytes(sent, "big"), []
    for _ in range(check_whole("count", count, at_least=1)):
        stack, one = divmod(stack, len(counts))
        chosen.append(one)
    for one in chosen:
        rest, slot = divmod(stack, counts[one])
        stack = rest * SLOTS + starts[one] + slot
    return chosen[::-1], _as_bytes(stack)


def head_graph(maps: AttentionMaps, layer: int, head: int, *, gauge: Gauge) -> nx.Graph:
    """Return the undirected graph of a head, the one whose paths F reads: loops taken away.

    Its nodes are the places of all tokens, also of those that no edge reaches.

    Parameters
    ----------
    maps : AttentionMaps
    layer, head : int
    gauge : Gauge
        Whose threshold makes the edges.
    """
    check_maps(maps)
    check_kind("gauge", gauge, Gauge, GAUGE)
    weights = maps.weights[maps.place(layer, head)]
    directed = gauge.graph(weights, causal=maps.causal, normalized=maps.sink is None)
    graph = nx.empty_graph(len(maps.tokens))
    graph.add_edges_from((query, key) for query, key in directed.edges if query != key)
    return graph


def removals(graph: nx.Graph, **options: Any) -> dict[tuple[Any, Any], float]:
    """Return F of taking each edge away, alone; below 0 the graph is better off without it.

    The options are those of `gedig_edu.theory.graphs.edit_gauge`.

    Examples
    --------
    >>> {edge: round(F, 2) for edge, F in removals(chain(3)).items()}
    {(0, 1): 0.71, (1, 2): 0.71}
    """
    found = {}
    for edge in graph.edges:
        without = graph.copy()
        without.remove_edge(*edge)
        found[edge] = edit_gauge(graph, without, **options).F
    return found


def _over_draws(
    read: Callable[[np.random.Generator], Sequence[float]], draws: int, seed: int
) -> Float[np.ndarray, "numbers draws"]:
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    return np.array([read(rng) for _ in range(check_whole("draws", draws, at_least=1))]).T


def _edits(
    rng: np.random.Generator,
) -> Iterator[tuple[nx.Graph, nx.Graph, Float[np.ndarray, " K"], Float[np.ndarray, " K"]]]:
    """Yield random edits of a chain, with the probabilities of candidates before and after."""
    before, missing = chain(NODES), missing_edges(chain(NODES))
    for _ in range(EDITS):
        chosen = rng.choice(len(missing), int(rng.integers(1, 41)), replace=False)
        p, q = rng.dirichlet(np.ones(CANDIDATES), size=2)
        yield before, with_edges(before, [missing[at] for at in chosen]), p, q


def _agreement(rng: np.random.Generator) -> Sequence[float]:
    terms, bits = [], []
    for before, after, p, q in _edits(rng):
        reading = edit_gauge(before, after, p_before=p, p_after=q)
        seed = int(rng.integers(2**31))
        terms.append((reading.cost, -reading.path, -reading.entropy, -reading.entropy))
        bits.append(
            (
                edge_bits(after) - edge_bits(before),
                route_bits(after) - route_bits(before),
                huffman_bits(q) - huffman_bits(p),
                bits_back(q, count=SENT, seed=seed).bits - bits_back(p, count=SENT, seed=seed).bits,
            )
        )
    pairs = zip(np.array(terms).T, np.array(bits).T, strict=True)
    return [float(np.corrcoef(term, taken)[0, 1]) for term, taken in pairs]


def _moves(rng: np.random.Generator, *, turned: bool) -> Sequence[float]:
    read = [edit_gauge(one, other, p_before=p, p_after=q) for one, other, p, q in _edits(rng)]
    terms = np.array([(one.cost, one.entropy, one.path) for one in read])
    F = np.array([one.F + 2 * one.entropy * turned for one in read])  # λ is 1
    slopes = np.linalg.lstsq(terms - terms.mean(axis=0), F - F.mean())[0]
    return [float(move) for move in slopes * np.array(TABLE_1) * terms.std(axis=0)]


def _as_bytes(stack: int) -> bytes:
    return stack.to_bytes((stack.bit_length() + 7) // 8, "big")


def _slots(p: Float[np.ndarray, " K"]) -> tuple[list[int], list[int]]:
    """Return how many of the slots each candidate has, at least one, and where they start."""
    p = probabilities("p", p)
    if not p.size:
        raise GedigError("p has no candidate; give the probability of at least one.")
    counts = 1 + np.floor(p * (SLOTS - len(p))).astype(int)
    counts[np.argmax(counts)] += SLOTS - counts.sum()
    return counts.tolist(), (np.cumsum(counts) - counts).tolist()
