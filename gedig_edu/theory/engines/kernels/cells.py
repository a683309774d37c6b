"""Compiled reading of a map's cells: checks, entropy, quantile and edges, in one pass.

A few weights sampled beforehand say between which two the quantile will lie. The pass then checks
and sums each row while it lies in the processor's first cache, writes what is above both straight
into a row of bits, and sets the few weights between them aside with their places; those alone are
ranked. The pass counts what it finds below, so that a wrong guess is noticed and costs a second
pass, not exactness.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import njit, types

from gedig_edu.theory.engines.kernels.kept import kept
from gedig_edu.theory.engines.kernels.paths import BITS, count_bits, lowest_bit
from gedig_edu.theory.engines.kernels.ranks import at_most, between_ranks, bracket
from gedig_edu.theory.engines.rule import TERMS, Rule

_SUMS = {"reassoc", "contract", "nsz"}
_HALF_ROOT = 0x3FE6A09E667F3BCD  # bits of √½: mantissas are taken from [√½, √2)
_FRACTION = (1 << 52) - 1
_LOG_2 = float(np.log(2.0))


@njit(error_model="numpy")
def _count_positive(line):
    count = 0
    for weight in line:
        count += weight > 0.0
    return count


@njit(fastmath=_SUMS, error_model="numpy")
def _sum_row(line, end, floor):
    """Return of the first `end` weights Σ w and the number of cells that break a rule.

    Then, of those above `floor`, Σ w, Σ w log w and their number. With the exponent e and the
    mantissa m from the weight's bits, log w = e log 2 + 2 artanh((m - 1)/(m + 1)) by the series of
    artanh, whose argument stays below 0.172 for m in [√½, √2): eleven terms reach the last bit.
    """
    total = mass = log_mass = 0.0
    wrong = support = 0
    for j in range(end):
        weight = np.float64(line[j])
        total += weight
        wrong += not weight >= 0.0
        shifted = np.float64(abs(weight)).view(np.int64) - _HALF_ROOT
        mantissa = np.int64((shifted & _FRACTION) + _HALF_ROOT).view(np.float64)
        ratio = (mantissa - 1.0) / (mantissa + 1.0)
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
        logarithm = (shifted >> 52) * _LOG_2 + 2.0 * (ratio + ratio * square * series)
        counted = weight if weight > floor else 0.0
        mass += counted
        log_mass += counted * logarithm
        support += weight > floor
    for weight in line[end:]:
        wrong += weight != 0.0
    return total, wrong, mass, log_mass, support


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
def _sift_row(line, end, lowest, highest, between, places, count, bits):
    """Write what is above both limits as bits; set the weights between them aside with their place.

    Return how many are set aside by now, and how many of this row are below.
    """
    below = 0
    for place in range((end + 63) >> 6):
        cells = line[place << 6 : min(line.size, (place + 1) << 6)]
        visible = _first_bits(end - (place << 6))
        bits[place] = visible & _bits_above(cells, highest)
        word = visible & _bits_above(cells, lowest)
        below += count_bits(visible ^ word)
        word ^= bits[place]
        while word != 0:
            j = lowest_bit(word)
            word &= word - np.uint64(1)
            between[count] = abs(np.float64(cells[j]))
            places[count] = (place << 6) + j
            count += 1
    return count, below


@njit(error_model="numpy")
def _read(weights, start, stop, rule, lowest, highest, aside, bits, term):
    """Check every row, sum for the entropy and sift the weights, all in one pass.

    Return how many weights are below the limits; the third of `aside` says where each row's begin.
    """
    n = stop - start
    between, places, first = aside
    tolerance = rule.tolerance * np.sqrt(n)
    term.mass = term.log_mass = 0.0
    term.support = 0
    below = 0
    first[0] = 0
    for i in range(n):
        end = i + 1 if rule.causal else n
        line = weights[start + i]
        own = line[start:stop]
        total, wrong, mass, log_mass, support = _sum_row(own, end, rule.floor)
        wrong += _count_positive(line[:start]) + _count_positive(line[stop:])
        if wrong > 0 or not abs(total - 1.0) <= tolerance or not total < np.inf:
            term.suspect = 1
            return 0
        term.mass += mass
        term.log_mass += log_mass
        term.support += support
        first[i + 1], fewer = _sift_row(
            own, end, lowest, highest, between, places, first[i], bits[i]
        )
        below += fewer
    return below


@njit(error_model="numpy")
def _read_above(weights, start, stop, rule, threshold, aside, bits, term):
    """Read a map under a threshold that is known."""
    limit = at_most(threshold, weights)
    term.threshold = threshold
    _read(weights, start, stop, rule, limit, limit, aside, bits, term)


@njit(error_model="numpy")
def _read_quantile(weights, start, stop, rule, aside, bits, term):
    """Read a map under a quantile of its weights."""
    n = stop - start
    visible = n * (n + 1) // 2 if rule.causal else n * n
    future = n * (n - 1) // 2 if rule.causal and rule.pool_all else 0
    position = (visible + future - 1) * rule.quantile
    rank = int(np.floor(position))
    if rank + 1 < future:
        _read_above(weights, start, stop, rule, 0.0, aside, bits, term)
        return
    shown = max(rank - future, 0)
    between, places, first = aside
    lowest, highest = bracket(weights, start, stop, rule.causal, visible, shown)
    below = _read(weights, start, stop, rule, lowest, highest, aside, bits, term)
    last = min(shown + 1, visible - 1)
    if term.suspect == 0 and not (below <= shown and last < below + first[n]):
        lowest, highest = weights.dtype.type(-1.0), weights.dtype.type(np.inf)
        below = _read(weights, start, stop, rule, lowest, highest, aside, bits, term)
    if term.suspect == 1:
        return
    threshold = between_ranks(between[: first[n]], shown - below, position - rank, rank < future)
    term.threshold = threshold
    for i in range(n):
        for c in range(first[i], first[i + 1]):
            above = np.uint64(between[c] > threshold)
            bits[i, places[c] >> 6] |= above << np.uint64(places[c] & 63)


@njit(error_model="numpy")
def _link(bits, n):
    """Make directed edges as bits an undirected graph without self-loops; return their number."""
    edges = 0
    for i in range(n):
        for place in range(bits.shape[1]):
            edges += count_bits(bits[i, place])
        bits[i, i >> 6] &= ~(np.uint64(1) << np.uint64(i & 63))
    for i in range(n):
        own = np.uint64(1) << np.uint64(i & 63)
        for place in range(bits.shape[1]):
            word = bits[i, place]
            while word != 0:
                bits[(place << 6) + lowest_bit(word), i >> 6] |= own
                word &= word - np.uint64(1)
    return edges


_RULE = numba.typeof(Rule(True, True, True, 0.9, 0.0, 0.0, 0.0))
_TERMS = numba.from_dtype(TERMS)[::1]
_SPANS = types.int64[:, ::1]


SIGNATURES = tuple(
    types.void(types.Array(precision, 3, "C", readonly=True), _SPANS, _RULE, _TERMS, BITS)
    for precision in (types.float32, types.float64)
)


@kept
def read_cells(weights, spans, rule, terms, adjacency):
    """Read maps [maps, L, L] into `terms` and their links into bit rows [maps, L, words]."""
    length = weights.shape[1]
    aside = (  # weights, columns, first of each row; memory is taken only as far as it is filled
        np.empty(length * length),
        np.empty(length * length, np.int32),
        np.empty(length + 1, np.int64),
    )
    for m in range(weights.shape[0]):
        start, stop = spans[m]
        term = terms[m]
        term.tokens = stop - start
        if np.isnan(rule.quantile):
            _read_above(weights[m], start, stop, rule, rule.threshold, aside, adjacency[m], term)
        else:
            _read_quantile(weights[m], start, stop, rule, aside, adjacency[m], term)
        if term.suspect == 1:
            adjacency[m] = 0
        else:
            term.edges = _link(adjacency[m], term.tokens)
