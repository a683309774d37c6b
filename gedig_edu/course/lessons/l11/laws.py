"""How the laws of lesson 11 are held: an energy that never rises, bounds, a memory, a cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.energy import descend
from gedig_edu.theory.sparse import sparse_attend, top_edges
from gedig_edu.theory.storage import storage

WIDTH, KEYS, DRAWS = 16, 11, 30
DIMENSIONS, COUNTS, MEMORIES = (16, 32), tuple(2**power for power in range(14)), 5
LENGTHS, A_ROW = (256, 1024), 8


def first_step(_: Context) -> Sequence[Reading]:
    """Hold the first step of a descent against one attention read, keys = values = patterns."""
    errors = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(SEED + seed)
        query, stored = rng.normal(size=WIDTH), rng.normal(size=(KEYS, WIDTH))
        step = descend(query, stored, beta=1 / math.sqrt(WIDTH), max_steps=1).states[1]
        read = softmax(stored @ query / math.sqrt(WIDTH)) @ stored
        errors.append(np.abs(step - read).max())
    return [Reading.exact("error", max(errors))]


def never_rises(_: Context) -> Sequence[Reading]:
    """Return the largest rise of E in a step, over sharp and soft memories."""
    rises = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(SEED + seed)
        query, stored = rng.normal(size=WIDTH), rng.normal(size=(KEYS, WIDTH))
        for beta in (0.01, 0.1, 1.0, 10.0, 100.0):
            energies = descend(query, stored, beta=beta).energies
            rises.append((np.diff(energies) / np.abs(energies).max()).max())
    return [Reading.exact("rise", max(*rises, 0.0))]


def bounds(_: Context) -> Sequence[Reading]:
    """Hold weights, output and both bounds of sparse attention against dense attention."""
    found = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(SEED + seed)
        scores, v = rng.normal(size=(KEYS, KEYS)), rng.normal(size=(KEYS, WIDTH))
        dense = attend(scores, v).weights
        sparse = sparse_attend(scores, v, edges=rng.random((KEYS, KEYS)) < 0.3)
        whole = sparse_attend(scores, v, edges=np.ones((KEYS, KEYS), dtype=bool))
        l1 = np.abs(dense - sparse.weights).sum(axis=-1)
        found.append(
            [
                np.abs(l1 - 2 * sparse.dropped).max(),
                (sparse.error - sparse.norm_bound).max(),
                (sparse.error - sparse.diameter_bound).max(),
                np.abs(whole.weights - dense).max(),
            ]
        )
    names = ("l1", "norm", "diameter", "complete")
    most = np.maximum(np.array(found).max(axis=0), 0.0)
    v = np.array([[3.0, 4.0], [-3.0, -4.0]])
    facing = sparse_attend(np.log([[0.75, 0.25]]), v, edges=np.array([[True, False]]))
    apart = np.abs(np.array([facing.norm_bound, facing.diameter_bound]) - facing.error).max()
    return [
        *(Reading.exact(name, value) for name, value in zip(names, most, strict=True)),
        Reading.exact("tight", apart),
    ]


def memory(_: Context) -> Sequence[Reading]:
    """Return by what factor a memory holds more patterns where its dimension is doubled."""
    gains: dict[str, list[float]] = {"softmax": [], "hebbian": []}
    for seed in range(MEMORIES):
        curves = storage(DIMENSIONS, COUNTS, beta=2.0, seed=SEED + seed)
        for name in ("softmax", "hebbian"):
            few, many = curves.largest(name)
            gains[name].append(many / few)
    return [
        Reading.mean("softmax", np.array(gains["softmax"])),
        Reading.mean("hebbian", np.array(gains["hebbian"]), judged=False),
    ]


def cost(_: Context) -> Sequence[Reading]:
    """Return how the products of two numbers that attention takes grow with the tokens, powers.

    On all pairs; on 8 keys a row that somebody gives; on 8 keys a row that are found by scoring
    all pairs. Time and memory depend on the program: dense attention need not hold n² numbers.
    """
    counts = []
    for length in LENGTHS:
        rng = np.random.default_rng(SEED)
        q, k = rng.normal(size=(2, length, WIDTH))
        pairs, edges = length**2, int(top_edges(dot_scores(q, k), keys=A_ROW).sum())
        counts.append([products(*one) for one in ((edges, edges), (pairs, pairs), (pairs, edges))])
    few, many = np.array(counts)
    given, dense, found = np.log(many / few) / math.log(LENGTHS[1] / LENGTHS[0])
    return [
        Reading.exact("given", given),
        Reading.exact("dense", dense, condition=False),
        Reading.exact("found", found, condition=False),
    ]


def products(scored: int, mixed: int, *, width: int = WIDTH) -> int:
    """Return the products of attention: width for each pair scored, and for each value mixed."""
    return (scored + mixed) * width
