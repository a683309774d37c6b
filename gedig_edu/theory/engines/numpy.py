"""The engine without a compiler: whole blocks of maps through NumPy alone, ready at once.

Shortest paths keep, for every node, the set of nodes within reach as 64-bit words; one level of
all searches at once ORs the sets of each node's neighbours.
"""

from __future__ import annotations

import numpy as np

from gedig_edu.theory.engines.rule import Rule

NAME = "numpy"


@np.errstate(over="ignore")  # what is too large is found out, and said, by the caller
def read_block(weights: np.ndarray, spans: np.ndarray, rule: Rule, terms: np.ndarray) -> None:
    """Read maps [maps, L, L] with valid tokens in `spans` [maps, 2] into `terms` [maps]."""
    length = weights.shape[1]
    places = np.arange(length)
    valid = (spans[:, :1] <= places) & (places < spans[:, 1:])
    cells = valid[:, :, None] & valid[:, None, :]
    visible = np.tril(cells) if rule.causal else cells
    terms["tokens"] = spans[:, 1] - spans[:, 0]
    terms["suspect"] = _suspect(weights, valid, cells, visible, rule, terms["tokens"])
    weights = np.where(visible, weights, 0)
    weights[terms["suspect"] == 1] = 0
    _sum_entropy(weights, rule, terms)
    terms["threshold"] = rule.threshold
    if not np.isnan(rule.quantile):
        terms["threshold"] = _thresholds(weights, visible, rule, terms["tokens"])
    edges = weights.astype(np.float64) > terms["threshold"][:, None, None]
    terms["edges"] = edges.sum(axis=(1, 2))
    read_graphs(edges, rule.lowest_tie, terms["nodes"], terms["path_sum"])


def _suspect(weights, valid, cells, visible, rule: Rule, tokens) -> np.ndarray:
    """Return which maps break a rule; what exactly is said elsewhere."""
    future = cells & ~visible
    leaked = valid[:, :, None] & ~cells & (weights > 0)
    wrong = leaked | (visible & ~((weights >= 0) & np.isfinite(weights)))
    wrong |= future & (weights != 0)
    sums = np.where(visible & ~wrong, weights, 0).sum(axis=2, dtype=np.float64)
    tolerance = rule.tolerance * np.sqrt(tokens)[:, None]
    off = valid & ~(np.abs(sums - 1.0) <= tolerance)
    return wrong.any(axis=(1, 2)) | off.any(axis=1) | ~np.isfinite(sums).all(axis=1)


def _sum_entropy(weights: np.ndarray, rule: Rule, terms: np.ndarray) -> None:
    counted = np.where(weights > np.float64(rule.floor), weights, 0).astype(np.float64)
    terms["support"] = np.count_nonzero(counted, axis=(1, 2))
    terms["mass"] = counted.sum(axis=(1, 2))
    logarithms = np.log(counted, out=np.zeros_like(counted), where=counted > 0)
    terms["log_mass"] = (counted * logarithms).sum(axis=(1, 2))


def _thresholds(weights, visible, rule: Rule, tokens) -> np.ndarray:
    """Return each map's quantile as NumPy's linear interpolation gives it in float64."""
    maps = len(weights)
    ranked = np.where(visible, weights, np.inf).reshape(maps, -1)
    ranked.sort(axis=1)
    future = tokens * (tokens - 1) // 2 if rule.causal else np.zeros_like(tokens)
    hidden = future if rule.pool_all else np.zeros_like(tokens)
    position = (tokens**2 - future + hidden - 1) * rule.quantile
    rank = np.floor(position)
    fraction = position - rank
    last = tokens**2 - future - 1

    def weight_at(place):
        place = place.astype(np.int64) - hidden
        chosen = np.clip(place, 0, last)[:, None]
        found = np.take_along_axis(ranked, chosen, axis=1)[:, 0].astype(np.float64)
        return np.where(place < 0, 0.0, found)

    low, high = weight_at(rank), weight_at(rank + 1)
    gap = high - low
    return np.where(fraction >= 0.5, high - gap * (1.0 - fraction), low + gap * fraction)


def read_graphs(
    linked: np.ndarray, lowest_tie: bool, nodes: np.ndarray, path_sums: np.ndarray
) -> None:
    """Read undirected graphs `linked` bool [graphs, n, n] into `nodes` and `path_sums` [graphs]."""
    graphs, n, _ = linked.shape
    linked = linked | linked.transpose(0, 2, 1) | np.eye(n, dtype=bool)
    row, column = np.nonzero(linked.reshape(graphs * n, n))
    neighbour = row // n * n + column
    first = np.searchsorted(row, np.arange(graphs * n + 1))
    size_of, label = _components(neighbour, first)
    largest = size_of[label].reshape(graphs, n).max(axis=1)
    nodes[:] = largest
    graph_of = np.repeat(np.arange(graphs), n)
    wanted = (size_of[label] == largest[graph_of]) & (largest[graph_of] > 1)
    if lowest_tie:
        lowest = wanted.reshape(graphs, n).argmax(axis=1) + np.arange(graphs) * n
        wanted &= label == label[lowest][graph_of]
    sums = _distance_sums(neighbour, first, np.flatnonzero(wanted), size_of[label], n)
    totals = np.bincount(label, weights=sums, minlength=len(size_of)).astype(np.int64)
    candidates = np.where(wanted, totals[label], np.iinfo(np.int64).max).reshape(graphs, n)
    path_sums[:] = np.where(largest > 1, candidates.min(axis=1), 0)


def _components(neighbour: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the size of each component, at its lowest node, and each node's lowest.

    Every node takes the lowest label beside it and then that label's own, which doubles how far
    labels come in a round: a chain of n nodes takes about log₂ n rounds.
    """
    label = np.arange(len(first) - 1)
    while True:
        lower = np.minimum.reduceat(label[neighbour], first[:-1])
        lower = lower[lower]
        if np.array_equal(lower, label):
            return np.bincount(label, minlength=len(label)), label
        label = lower


def _distance_sums(neighbour, first, active, size, n: int) -> np.ndarray:
    """Return for each node of `active` the sum of its distances, for others 0."""
    total = len(first) - 1
    own = np.arange(total) % n
    reach = np.zeros((total, (n + 63) // 64), np.uint64)
    reach[np.arange(total), own // 64] = np.uint64(1) << (own % 64).astype(np.uint64)
    sums = np.zeros(total)
    seen = np.ones(total, np.int64)
    level = 0
    while len(active):
        level += 1
        degree = first[active + 1] - first[active]
        starts = np.cumsum(degree) - degree
        entries = np.arange(degree.sum()) + np.repeat(first[active] - starts, degree)
        reached = np.bitwise_or.reduceat(reach[neighbour[entries]], starts, axis=0)
        count = np.bitwise_count(reached).sum(axis=1, dtype=np.int64)
        sums[active] += level * (count - seen[active])
        reach[active] = reached
        seen[active] = count
        active = active[count < size[active]]
    return sums
