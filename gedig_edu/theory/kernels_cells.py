"""Compiled reading of a map's cells: checks, entropy, quantile and edges.

A map is read three times while it lies in the processor's cache: once for the checks and the
entropy, once to collect the few weights around the quantile, once to write the edges straight into
rows of bits. Where the quantile lies is guessed from a sample; the pass that collects also counts,
so that a wrong guess is noticed and costs one more pass.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import njit, types

from gedig_edu.theory.kernels_paths import BITS, ahead_of_use, count_bits, lowest_bit
from gedig_edu.theory.terms import TERMS, Rule

_SUMS = {"reassoc", "contract", "nsz"}
_HALF_ROOT = 0x3FE6A09E667F3BCD  # bits of √½: mantissas are taken from [√½, √2)
_FRACTION = (1 << 52) - 1
_LOG_2 = float(np.log(2.0))

_SAMPLE = 8  # times the square root of the number of cells
_GOLDEN = 40503  # the golden ratio's fraction of 2^16
_DEVIATIONS = 4  # of the sample's rank, on either side of the wanted one
_BINS = 256
_FEW = 24


@njit(error_model="numpy")
def _count_positive(line):
    count = 0
    for weight in line:
        count += weight > 0.0
    return count


@njit(fastmath=_SUMS, error_model="numpy")
def _load_row(line, end, row):
    """Copy a row's visible weights; return their sum and how many cells break a rule."""
    total = 0.0
    wrong = 0
    for j in range(end):
        weight = np.float64(line[j])
        row[j] = abs(weight)
        total += weight
        wrong += not weight >= 0.0
    for weight in line[end:]:
        wrong += weight != 0.0
    return total, wrong


@njit(error_model="numpy")
def _split_row(bits, end, exponents, mantissa_bits):
    """Split weights into exponent and mantissa, from their bits alone."""
    for j in range(end):
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
def _scan(weights, start, stop, rule, term):
    """Check every row and sum for the entropy in one pass."""
    n = stop - start
    row = np.empty(n)
    bits = row.view(np.int64)
    mantissas = np.empty(n)
    mantissa_bits = mantissas.view(np.int64)
    exponents = np.empty(n)
    tolerance = rule.tolerance * np.sqrt(n)
    for i in range(n):
        end = i + 1 if rule.causal else n
        line = weights[start + i]
        total, wrong = _load_row(line[start:stop], end, row)
        wrong += _count_positive(line[:start]) + _count_positive(line[stop:])
        if wrong > 0 or not abs(total - 1.0) <= tolerance or not total < np.inf:
            term.suspect = 1
            return
        _split_row(bits, end, exponents, mantissa_bits)
        mass, log_mass, support = _entropy_sums(row, exponents, mantissas, end, rule.floor)
        term.mass += mass
        term.log_mass += log_mass
        term.support += support


@njit(error_model="numpy")
def _at_most(number, cells):
    """Return the largest number of the cells' own precision that is at most `number`."""
    near = cells.dtype.type(number)
    return np.nextafter(near, cells.dtype.type(-np.inf)) if near > number else near


@njit(error_model="numpy")
def _bits_of_64(cells, limit):
    """Return 64 cells as one word; a loop of known length becomes a few vector instructions."""
    word = np.uint64(0)
    for j in range(64):
        word |= np.uint64(cells[j] > limit) << np.uint64(j)
    return word


@njit(error_model="numpy")
def _bits_above(cells, limit):
    """Return up to 64 cells as one word, bit j set where cell j is above the limit."""
    if cells.size == 64:
        return _bits_of_64(cells, limit)
    word = np.uint64(0)
    for j in range(cells.size):
        word |= np.uint64(cells[j] > limit) << np.uint64(j)
    return word


@njit(error_model="numpy")
def _first_bits(count):
    """Return a word with its first `count` bits set, all of them from 64 on."""
    return ~np.uint64(0) if count >= 64 else (np.uint64(1) << np.uint64(count)) - np.uint64(1)


@njit(error_model="numpy")
def _sample(weights, start, stop, causal, stride):
    """Return every `stride`-th visible weight of each row, from places spread as i φ mod 1."""
    n = stop - start
    found = np.empty(n * (n // stride + 1))
    count = 0
    for i in range(n):
        line = weights[start + i][start:stop]
        first = (i * _GOLDEN & 0xFFFF) * stride >> 16
        for j in range(first, i + 1 if causal else n, stride):
            found[count] = abs(np.float64(line[j]))
            count += 1
    return found[:count]


@njit(error_model="numpy")
def _bracket(weights, start, stop, causal, visible, rank):
    """Return two weights between which, very likely, the one of `rank` lies."""
    stride = int(np.sqrt(visible)) // _SAMPLE + 1
    sample = _sample(weights, start, stop, causal, stride)
    share = rank / visible
    margin = int(_DEVIATIONS * np.sqrt(sample.size * share * (1.0 - share))) + _DEVIATIONS
    middle = int(sample.size * share)
    ends = np.array([0.0, np.inf])
    keys = ends.view(np.int64)
    if middle >= margin:
        keys[0] = _narrow(sample.copy().view(np.int64), sample.size, middle - margin)[0]
    if middle + margin < sample.size:
        keys[1] = _narrow(sample.view(np.int64), sample.size, middle + margin)[0]
    return ends[0], ends[1]


@njit(error_model="numpy")
def _between(weights, start, stop, causal, low, high, found):
    """Collect the visible weights in [low, high]; return how many, and how many are below."""
    n = stop - start
    count = 0
    below = 0
    highest = _at_most(high, weights)
    lowest = np.nextafter(_at_most(low, weights), weights.dtype.type(-np.inf))
    for i in range(n):
        line = weights[start + i][start:stop]
        end = i + 1 if causal else n
        for place in range((end + 63) >> 6):
            cells = line[place << 6 : min(n, (place + 1) << 6)]
            visible = _first_bits(end - (place << 6))
            word = visible & _bits_above(cells, lowest)
            below += count_bits(visible ^ word)
            word &= ~_bits_above(cells, highest)
            while word != 0:
                found[count] = abs(np.float64(cells[lowest_bit(word)]))
                count += 1
                word &= word - np.uint64(1)
    return count, below


@njit(error_model="numpy")
def _smallest_above(weights, start, stop, causal, limit):
    """Return the smallest visible weight that is above `limit`."""
    smallest = np.inf
    for i in range(start, stop):
        for cell in weights[i][start : i + 1 if causal else stop]:
            weight = np.float64(cell)
            smallest = min(smallest, weight if weight > limit else np.inf)
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
    counts = np.empty(_BINS, np.int64)
    while size > _FEW:
        low = high = keys[0]
        for key in keys[:size]:
            low, high = min(low, key), max(high, key)
        shift = 0
        span = high - low
        if span == 0:
            return low, low if rank + 1 < size else above
        while span >> shift >= _BINS:
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
def _neighbours(weights, start, stop, causal, visible, rank, found):
    """Return the visible weights of `rank` and `rank` + 1 in rising order."""
    low, high = _bracket(weights, start, stop, causal, visible, rank)
    count, below = _between(weights, start, stop, causal, low, high, found)
    if not below <= rank < below + count:
        low, high = (0.0, low) if rank < below else (high, np.inf)
        count, below = _between(weights, start, stop, causal, low, high, found)
    ends = np.empty(2, np.int64)
    limits = ends.view(np.float64)
    ends[0], ends[1] = _narrow(found.view(np.int64), count, rank - below)
    if ends[1] >= 0:
        return limits[0], limits[1]
    return limits[0], _smallest_above(weights, start, stop, causal, high)


@njit(error_model="numpy")
def _threshold(weights, start, stop, rule, found):
    """Return the quantile as NumPy's linear interpolation gives it in float64."""
    n = stop - start
    visible = n * (n + 1) // 2 if rule.causal else n * n
    future = n * (n - 1) // 2 if rule.causal and rule.pool_all else 0
    position = (visible + future - 1) * rule.quantile
    rank = int(np.floor(position))
    fraction = position - rank
    if rank + 1 < future:
        return 0.0
    shown = max(rank - future, 0)
    low, high = _neighbours(weights, start, stop, rule.causal, visible, shown, found)
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
    limit = _at_most(threshold, weights)
    for i in range(n):
        line = weights[start + i][start:stop]
        end = i + 1 if causal else n
        own = np.uint64(1) << np.uint64(i & 63)
        for place in range((end + 63) >> 6):
            word = _bits_above(line[place << 6 : min(n, (place + 1) << 6)], limit)
            word &= _first_bits(end - (place << 6))
            edges += count_bits(word)
            if place == i >> 6:
                word &= ~own
            adjacency[i, place] |= word
            while word != 0:
                adjacency[(place << 6) + lowest_bit(word), i >> 6] |= own
                word &= word - np.uint64(1)
    return edges


_RULE = numba.typeof(Rule(True, True, True, 0.9, 0.0, 0.0, 0.0))
_TERMS = numba.from_dtype(TERMS)[::1]
_SPANS = types.int64[:, ::1]


@ahead_of_use(
    types.void(types.Array(types.float32, 3, "C", readonly=True), _SPANS, _RULE, _TERMS, BITS),
    types.void(types.Array(types.float64, 3, "C", readonly=True), _SPANS, _RULE, _TERMS, BITS),
)
def read_cells(weights, spans, rule, terms, adjacency):
    """Read maps [maps, L, L] into `terms` and their links into bit rows [maps, L, words]."""
    length = weights.shape[1]
    found = np.empty(length * length)  # touched only as far as weights are found
    for m in range(weights.shape[0]):
        start, stop = spans[m]
        term = terms[m]
        term.tokens = stop - start
        _scan(weights[m], start, stop, rule, term)
        if term.suspect == 1:
            continue
        term.threshold = rule.threshold
        if not np.isnan(rule.quantile):
            term.threshold = _threshold(weights[m], start, stop, rule, found)
        term.edges = _mark_edges(weights[m], start, stop, rule.causal, term.threshold, adjacency[m])
