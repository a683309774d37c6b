"""Compiled shortest paths: breadth-first searches that OR whole rows of 64 nodes per word."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from gedig_edu.theory.engines.kernels.kept import kept


@njit
def count_bits(word):
    """Return the number of set bits of a 64-bit word; LLVM makes one instruction of it."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    pairs = np.uint64(0x3333333333333333)
    word = (word & pairs) + ((word >> np.uint64(2)) & pairs)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit
def lowest_bit(word):
    """Return the position of the lowest set bit of a 64-bit word that is not 0."""
    return count_bits(~word & (word - np.uint64(1)))


@njit(error_model="numpy")
def _expand(adjacency, frontier, unseen, fresh):
    """Put all neighbours of `frontier` into `fresh`; stop early once they cover `unseen`."""
    words = frontier.size
    fresh[:] = 0
    for place in range(words):
        word = frontier[place]
        while word != 0:
            node = (place << 6) + lowest_bit(word)
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
            node = (place << 6) + lowest_bit(word)
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
        left += count_bits(unseen[k])
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
            width += count_bits(frontier[k])
        left -= width
        reached += width
        distance_sum += level * width
    return distance_sum, reached


@njit(error_model="numpy")
def _components(adjacency, frontier, fresh):
    """Return the members of each component as bits, and its size, both at its lowest node."""
    n, words = adjacency.shape
    members = np.zeros((n, words), np.uint64)
    sizes = np.zeros(n, np.int64)
    unseen = np.zeros(words, np.uint64)
    for node in range(n):
        unseen[node >> 6] |= np.uint64(1) << np.uint64(node & 63)
    for node in range(n):
        own = np.uint64(1) << np.uint64(node & 63)
        if unseen[node >> 6] & own == 0:
            continue
        for k in range(words):
            members[node, k] = unseen[k]
        unseen[node >> 6] &= ~own
        sizes[node] = 1 + _spread(adjacency, node, unseen, frontier, fresh)[1]
        for k in range(words):
            members[node, k] &= ~unseen[k]
    return members, sizes


@njit(error_model="numpy")
def _component_sum(adjacency, members, unseen, frontier, fresh):
    """Return the sum of the distances between all ordered pairs of `members`."""
    total = 0
    for place in range(members.size):
        word = members[place]
        while word != 0:
            node = (place << 6) + lowest_bit(word)
            for k in range(members.size):
                unseen[k] = members[k]
            unseen[place] &= ~(word & (~word + np.uint64(1)))
            word &= word - np.uint64(1)
            total += _spread(adjacency, node, unseen, frontier, fresh)[0]
    return total


@njit(error_model="numpy")
def _largest_component(adjacency, lowest_tie):
    """Return nodes and distance sum of the largest component; ties as the rule says."""
    n, words = adjacency.shape
    unseen = np.empty(words, np.uint64)
    frontier = np.empty(words, np.uint64)
    fresh = np.empty(words, np.uint64)
    members, sizes = _components(adjacency, frontier, fresh)
    largest = 1
    for root in range(n):
        largest = max(largest, sizes[root])
    best = -1
    for root in range(n):
        if sizes[root] == largest > 1:
            total = _component_sum(adjacency, members[root], unseen, frontier, fresh)
            best = total if best < 0 else min(best, total)
            if lowest_tie:
                break
    return largest, max(best, 0)


BITS = types.uint64[:, :, ::1]


SIGNATURES = (types.void(BITS, types.boolean, types.int64[::1], types.int64[::1]),)


@kept
def read_links(adjacency, lowest_tie, nodes, path_sums):
    """Read symmetric bit rows [graphs, n, words] into `nodes` and `path_sums` [graphs]."""
    for m in range(adjacency.shape[0]):
        nodes[m], path_sums[m] = _largest_component(adjacency[m], lowest_tie)
