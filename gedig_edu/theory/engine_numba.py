"""The compiled engine: one map at a time through a few small kernels.

A map is read three times while it lies in the processor's cache: once for the checks, the entropy
and a histogram of the leading bits of its weights, once to collect the few weights that share the
histogram bin of the quantile, once to write the edges straight into rows of bits. Shortest paths
then need no floats: a breadth-first search ORs whole rows of 64 tokens per word.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import njit, types

from gedig_edu.theory.terms import TERMS, Rule

NAME = "numba"

_SUMS = {"reassoc", "contract", "nsz"}
_HALF_ROOT = 0x3FE6A09E667F3BCD  # bits of √½: mantissas are taken from [√½, √2)
_FRACTION = (1 << 52) - 1
_LOG_2 = float(np.log(2.0))

_BIN_SHIFT = 48  # a bin is one sixteenth of an octave
_BIN_BASE = (1023 - 56) << 4  # the bin of 2^-56; everything below shares bin 0
_BINS = (57 << 4) + 1
_FINE_BINS = 256
_FEW = 24


@njit
def _count_bits(word):
    """Return the number of set bits of a 64-bit word; LLVM makes one instruction of it."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    pairs = np.uint64(0x3333333333333333)
    word = (word & pairs) + ((word >> np.uint64(2)) & pairs)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit
def _lowest_bit(word):
    """Return the position of the lowest set bit of a 64-bit word that is not 0."""
    return _count_bits(~word & (word - np.uint64(1)))


@njit(fastmath=_SUMS, error_model="numpy")
def _load_row(line, start, stop, end, row):
    """Copy a row's visible weights; return their sum and how many cells break a rule."""
    total = 0.0
    wrong = 0
    for j in range(start, end):
        weight = np.float64(line[j])
        row[j - start] = abs(weight)
        total += weight
        wrong += not weight >= 0.0
    for j in range(end, stop):
        wrong += line[j] != 0.0
    for j in range(start):
        wrong += line[j] > 0.0
    for j in range(stop, line.size):
        wrong += line[j] > 0.0
    return total, wrong


@njit(error_model="numpy")
def _split_row(bits, end, bins, exponents, mantissa_bits):
    """Split weights into histogram bin, exponent and mantissa, from their bits alone."""
    for j in range(end):
        leading = (bits[j] >> _BIN_SHIFT) - _BIN_BASE
        bins[j] = min(max(leading, 0), _BINS - 1)
        shifted = bits[j] - _HALF_ROOT
        exponents[j] = shifted >> 52
        mantissa_bits[j] = (shifted & _FRACTION) + _HALF_ROOT


@njit(fastmath=_SUMS, error_model="numpy")
def _entropy_sums(row, exponents, mantissas, end, floor):
    """Return Σ w, Σ w log w and the number of the weights above `floor`.

    log w = e log 2 + 2 artanh((m - 1)/(m + 1)) by the series of artanh, whose argument stays
    below 0.172 for mantissas m in [√½, √2): eleven terms reach the last bit of a float64.
    """
    mass = 0.0
    log_mass = 0.0
    support = 0
    for j in range(end):
        ratio = (mantissas[j] - 1.0) / (mantissas[j] + 1.0)
        square = ratio * ratio
        series = 1 / 21
        series = series * square + 1 / 19
        series = series * square + 1 / 17
        series = series * square + 1 / 15
        series = series * square + 1 / 13
        series = series * square + 1 / 11
        series = series * square + 1 / 9
        series = series * square + 1 / 7
        series = series * square + 1 / 5
        series = series * square + 1 / 3
        logarithm = exponents[j] * _LOG_2 + 2.0 * (ratio + ratio * square * series)
        weight = row[j] if row[j] > floor else 0.0
        mass += weight
        log_mass += weight * logarithm
        support += row[j] > floor
    return mass, log_mass, support


@njit(error_model="numpy")
def _scan(weights, start, stop, rule, counts, term):
    """Check every row, sum for the entropy and count the histogram's bins in one pass."""
    n = stop - start
    row = np.empty(n)
    bits = row.view(np.int64)
    mantissas = np.empty(n)
    mantissa_bits = mantissas.view(np.int64)
    exponents = np.empty(n)
    bins = np.empty(n, np.int32)
    tolerance = rule.tolerance * np.sqrt(n)
    for i in range(n):
        end = i + 1 if rule.causal else n
        total, wrong = _load_row(weights[start + i], start, stop, start + end, row)
        if wrong > 0 or not abs(total - 1.0) <= tolerance or not total < np.inf:
            term.suspect = 1
            return
        _split_row(bits, end, bins, exponents, mantissa_bits)
        mass, log_mass, support = _entropy_sums(row, exponents, mantissas, end, rule.floor)
        term.mass += mass
        term.log_mass += log_mass
        term.support += support
        for j in range(end):
            counts[j & 1, bins[j]] += 1


@njit(error_model="numpy")
def _collect(weights, start, stop, causal, low, high, size):
    """Return the visible weights in [low, high), known to be `size` of them."""
    found = np.empty(size + 1)
    count = 0
    for i in range(start, stop):
        for j in range(start, i + 1 if causal else stop):
            weight = abs(np.float64(weights[i, j]))
            found[count] = weight
            count += low <= weight < high
    return found[:size]


@njit(error_model="numpy")
def _smallest_from(weights, start, stop, causal, low):
    """Return the smallest visible weight that is at least `low`."""
    smallest = np.inf
    for i in range(start, stop):
        for j in range(start, i + 1 if causal else stop):
            weight = abs(np.float64(weights[i, j]))
            smallest = min(smallest, weight if weight >= low else np.inf)
    return smallest


@njit(error_model="numpy")
def _sort_few(keys, size):
    for i in range(1, size):
        key = keys[i]
        j = i
        while j > 0 and keys[j - 1] > key:
            keys[j] = keys[j - 1]
            j -= 1
        keys[j] = key


@njit(error_model="numpy")
def _narrow(keys, size, rank):
    """Return the key of `rank` and the next one (-1: there is none); `keys` is overwritten."""
    above = -1
    counts = np.empty(_FINE_BINS, np.int64)
    while size > _FEW:
        low = keys[:size].min()
        shift = 0
        span = keys[:size].max() - low
        if span == 0:
            return low, low if rank + 1 < size else above
        while span >> shift >= _FINE_BINS:
            shift += 1
        counts[:] = 0
        for key in keys[:size]:
            counts[(key - low) >> shift] += 1
        chosen = 0
        while rank >= counts[chosen]:
            rank -= counts[chosen]
            chosen += 1
        kept = 0
        for key in keys[:size]:
            place = (key - low) >> shift
            if place > chosen and (above < 0 or key < above):
                above = key
            keys[kept] = key
            kept += place == chosen
        size = kept
    _sort_few(keys, size)
    return keys[rank], keys[rank + 1] if rank + 1 < size else above


@njit(error_model="numpy")
def _neighbours(weights, start, stop, causal, counts, rank):
    """Return the visible weights of `rank` and `rank` + 1 in rising order."""
    chosen = 0
    below = 0
    here = counts[0, 0] + counts[1, 0]
    while rank >= below + here:
        below += here
        chosen += 1
        here = counts[0, chosen] + counts[1, chosen]
    ends = np.empty(2, np.int64)
    ends[0] = (_BIN_BASE + chosen) << _BIN_SHIFT
    ends[1] = (_BIN_BASE + chosen + 1) << _BIN_SHIFT
    limits = ends.view(np.float64)
    low = limits[0] if chosen > 0 else 0.0
    high = limits[1] if chosen < _BINS - 1 else np.inf
    found = _collect(weights, start, stop, causal, low, high, here)
    ends[0], ends[1] = _narrow(found.view(np.int64), here, rank - below)
    if ends[1] >= 0:
        return limits[0], limits[1]
    return limits[0], _smallest_from(weights, start, stop, causal, high)


@njit(error_model="numpy")
def _threshold(weights, start, stop, rule, counts):
    """Return the quantile as NumPy's linear interpolation gives it in float64."""
    n = stop - start
    visible = n * (n + 1) // 2 if rule.causal else n * n
    future = n * (n - 1) // 2 if rule.causal and rule.pool_all else 0
    position = (visible + future - 1) * rule.quantile
    rank = int(np.floor(position))
    fraction = position - rank
    if rank + 1 < future:
        return 0.0
    low, high = _neighbours(weights, start, stop, rule.causal, counts, max(rank - future, 0))
    if rank < future:
        low, high = 0.0, low
    if fraction == 0.0:
        return low
    gap = high - low
    return high - gap * (1.0 - fraction) if fraction >= 0.5 else low + gap * fraction


@njit(error_model="numpy")
def _mark_edges(weights, start, stop, causal, threshold, adjacency):
    """Write the undirected graph without self-loops into bit rows; return the directed edges."""
    n = stop - start
    edges = 0
    for i in range(n):
        line = weights[start + i]
        end = i + 1 if causal else n
        own = np.uint64(1) << np.uint64(i & 63)
        for place in range((end + 63) >> 6):
            base = start + (place << 6)
            word = np.uint64(0)
            for bit in range(min(64, end - (place << 6))):
                word |= np.uint64(np.float64(line[base + bit]) > threshold) << np.uint64(bit)
            edges += _count_bits(word)
            if place == i >> 6:
                word &= ~own
            adjacency[i, place] |= word
            while word != 0:
                adjacency[(place << 6) + _lowest_bit(word), i >> 6] |= own
                word &= word - np.uint64(1)
    return edges


@njit(error_model="numpy")
def _expand(adjacency, frontier, unseen, fresh):
    """Put all neighbours of `frontier` into `fresh`; stop early once they cover `unseen`."""
    words = frontier.size
    fresh[:] = 0
    for place in range(words):
        word = frontier[place]
        while word != 0:
            node = (place << 6) + _lowest_bit(word)
            word &= word - np.uint64(1)
            missing = np.uint64(0)
            for k in range(words):
                fresh[k] |= adjacency[node, k]
                missing |= unseen[k] & ~fresh[k]
            if missing == 0:
                return


@njit(error_model="numpy")
def _reach_back(adjacency, frontier, unseen, fresh):
    """Put those of `unseen` that have a neighbour in `frontier` into `fresh`."""
    words = frontier.size
    for place in range(words):
        word = unseen[place]
        hits = np.uint64(0)
        while word != 0:
            lowest = word & (~word + np.uint64(1))
            node = (place << 6) + _lowest_bit(word)
            word ^= lowest
            for k in range(words):
                if adjacency[node, k] & frontier[k] != 0:
                    hits |= lowest
                    break
        fresh[place] = hits


@njit(error_model="numpy")
def _spread(adjacency, source, unseen, frontier, fresh):
    """Search breadth-first from `source`; return the distance sum and the nodes reached.

    `unseen` comes as the nodes to look for, `source` not among them, and keeps those not found.
    """
    left = 0
    for k in range(unseen.size):
        left += _count_bits(unseen[k])
        frontier[k] = 0
    frontier[source >> 6] = np.uint64(1) << np.uint64(source & 63)
    width = 1
    level = 0
    reached = 0
    distance_sum = 0
    while left > 0 and width > 0:
        level += 1
        if left < width:
            _reach_back(adjacency, frontier, unseen, fresh)
        else:
            _expand(adjacency, frontier, unseen, fresh)
        width = 0
        for k in range(unseen.size):
            frontier[k] = fresh[k] & unseen[k]
            unseen[k] &= ~fresh[k]
            width += _count_bits(frontier[k])
        left -= width
        reached += width
        distance_sum += level * width
    return distance_sum, reached


@njit(error_model="numpy")
def _components(adjacency):
    """Return for each node the lowest node of its component, and each component's size there."""
    n, words = adjacency.shape
    unseen = np.zeros(words, np.uint64)
    for node in range(n):
        unseen[node >> 6] |= np.uint64(1) << np.uint64(node & 63)
    before = np.empty(words, np.uint64)
    frontier = np.empty(words, np.uint64)
    fresh = np.empty(words, np.uint64)
    members = np.zeros((n, words), np.uint64)
    sizes = np.zeros(n, np.int64)
    for node in range(n):
        own = np.uint64(1) << np.uint64(node & 63)
        if unseen[node >> 6] & own == 0:
            continue
        before[:] = unseen
        unseen[node >> 6] &= ~own
        sizes[node] = 1 + _spread(adjacency, node, unseen, frontier, fresh)[1]
        members[node] = before & ~unseen
    return members, sizes


@njit(error_model="numpy")
def _largest_component(adjacency, lowest_tie):
    """Return nodes and distance sum of the largest component; ties as the rule says."""
    n, words = adjacency.shape
    members, sizes = _components(adjacency)
    largest = sizes.max()
    unseen = np.empty(words, np.uint64)
    frontier = np.empty(words, np.uint64)
    fresh = np.empty(words, np.uint64)
    best = -1
    for root in range(n):
        if sizes[root] != largest or (lowest_tie and best >= 0) or largest < 2:
            continue
        total = 0
        for place in range(words):
            word = members[root, place]
            while word != 0:
                node = (place << 6) + _lowest_bit(word)
                word &= word - np.uint64(1)
                unseen[:] = members[root]
                unseen[node >> 6] &= ~(np.uint64(1) << np.uint64(node & 63))
                total += _spread(adjacency, node, unseen, frontier, fresh)[0]
        if best < 0 or total < best:
            best = total
    return largest, max(best, 0)


def _compile(*signatures):
    """Compile ahead of use, keeping the result on disk wherever some folder can be written."""

    def decorate(function):
        options = {"nogil": True, "error_model": "numpy"}
        try:
            return njit(list(signatures), cache=True, **options)(function)
        except RuntimeError:  # numba found no folder for its cache
            return njit(list(signatures), **options)(function)

    return decorate


_RULE = numba.typeof(Rule(True, True, True, 0.9, 0.0, 0.0, 0.0))
_TERMS = numba.from_dtype(TERMS)[::1]
_SPANS = types.int64[:, ::1]
_BITS = types.uint64[:, :, ::1]
_COUNTS = types.int64[::1]


@_compile(
    types.void(types.Array(types.float32, 3, "C", readonly=True), _SPANS, _RULE, _TERMS, _BITS),
    types.void(types.Array(types.float64, 3, "C", readonly=True), _SPANS, _RULE, _TERMS, _BITS),
)
def _read_cells(weights, spans, rule, terms, adjacency):
    counts = np.empty((2, _BINS), np.int32)
    for m in range(weights.shape[0]):
        start, stop = spans[m]
        term = terms[m]
        term.tokens = stop - start
        counts[:] = 0
        _scan(weights[m], start, stop, rule, counts, term)
        if term.suspect == 1:
            continue
        term.threshold = rule.threshold
        if not np.isnan(rule.quantile):
            term.threshold = _threshold(weights[m], start, stop, rule, counts)
        term.edges = _mark_edges(weights[m], start, stop, rule.causal, term.threshold, adjacency[m])


@_compile(types.void(_BITS, types.boolean, _COUNTS, _COUNTS))
def _read_links(adjacency, lowest_tie, nodes, path_sums):
    for m in range(adjacency.shape[0]):
        nodes[m], path_sums[m] = _largest_component(adjacency[m], lowest_tie)


def read_block(weights: np.ndarray, spans: np.ndarray, rule: Rule, terms: np.ndarray) -> None:
    """Read maps [maps, L, L] with valid tokens in `spans` [maps, 2] into `terms` [maps]."""
    maps, length, _ = weights.shape
    adjacency = np.zeros((maps, length, (length + 63) // 64), np.uint64)
    _read_cells(weights, spans, rule, terms, adjacency)
    nodes, path_sums = np.empty(maps, np.int64), np.empty(maps, np.int64)
    _read_links(adjacency, rule.lowest_tie, nodes, path_sums)
    terms["nodes"], terms["path_sum"] = nodes, path_sums


def read_graphs(
    linked: np.ndarray, lowest_tie: bool, nodes: np.ndarray, path_sums: np.ndarray
) -> None:
    """Read undirected graphs `linked` bool [graphs, n, n] into `nodes` and `path_sums` [graphs]."""
    graphs, n, _ = linked.shape
    padded = np.zeros((graphs, n, (n + 63) // 64 * 64), bool)
    padded[:, :, :n] = (linked | linked.transpose(0, 2, 1)) & ~np.eye(n, dtype=bool)
    adjacency = np.packbits(padded, axis=2, bitorder="little").view(np.uint64)
    _read_links(adjacency, lowest_tie, nodes, path_sums)
