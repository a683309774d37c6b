"""Compiled selection: the weights of a few ranks, found without sorting all of them.

Weights are not negative, so their bits as whole numbers stand in the same order as they do, and
a rank is found by counting into bins of those numbers, ever narrower.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SAMPLE = 8  # times the square root of the number of cells
_GOLDEN = 40503  # the golden ratio's fraction of 2^16
_DEVIATIONS = 2.5  # of the rank that a random sample would give, to either side
_BINS = 256
_FEW = 24


@njit(error_model="numpy")
def at_most(number, cells):
    """Return the largest number of the cells' own precision that is at most `number`."""
    near = cells.dtype.type(number)
    return np.nextafter(near, cells.dtype.type(-np.inf)) if near > number else near


@njit(error_model="numpy")
def sample_weights(weights, start, stop, causal, stride):
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
def bracket(weights, start, stop, causal, visible, rank):
    """Return two limits between which, very likely, the weights of `rank` and the next lie.

    Meant are the weights above the first limit and not above the second.
    """
    stride = int(np.sqrt(visible)) // SAMPLE + 1
    sample = sample_weights(weights, start, stop, causal, stride)
    share = rank / visible
    margin = int(_DEVIATIONS * np.sqrt(sample.size * share * (1.0 - share))) + 3
    middle = int(sample.size * share)
    ends = np.array([-1.0, np.inf])
    keys = ends.view(np.int64)
    lowest = weights.dtype.type(-1.0)
    if middle >= margin:
        keys[0] = _narrow(sample.copy().view(np.int64), sample.size, middle - margin)[0]
        lowest = np.nextafter(at_most(ends[0], weights), weights.dtype.type(-np.inf))
    if middle + margin < sample.size:
        keys[1] = _narrow(sample.view(np.int64), sample.size, middle + margin)[0]
    return lowest, at_most(ends[1], weights)


@njit(error_model="numpy")
def between_ranks(between, rank, fraction, hidden):
    """Return the quantile as NumPy's linear interpolation gives it in float64."""
    ends = np.empty(2, np.int64)
    limits = ends.view(np.float64)
    ends[0], ends[1] = _narrow(between.copy().view(np.int64), between.size, rank)
    low, high = (0.0, limits[0]) if hidden else (limits[0], limits[1])
    if fraction == 0.0:
        return low
    gap = high - low
    return high - gap * (1.0 - fraction) if fraction >= 0.5 else low + gap * fraction
