"""How the claims of lesson 10 are measured: attention in a potential, and memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.theory.attention import attend, dot_scores

WIDTH = 16


def _vectors() -> np.ndarray:
    return np.random.default_rng(SEED).normal(size=(3, 11, WIDTH))


def _potential(_: Context) -> Sequence[Reading]:
    """Hold coupled attention against softmax((q kᵀ - U)/√d) written out."""
    q, k, v = _vectors()
    U = np.random.default_rng(SEED + 1).normal(size=(11, 11))
    scores = dot_scores(q, k, scale=False)
    coupled = attend(scores, v, temperature=4.0, potential=U).weights
    return [Reading.exact("error", np.abs(coupled - softmax((q @ k.T - U) / 4, axis=-1)).max())]


def _zero_potential(_: Context) -> Sequence[Reading]:
    q, k, v = _vectors()
    scores = dot_scores(q, k, scale=False)
    coupled = attend(scores, v, temperature=4.0, potential=np.zeros((11, 11))).output
    return [Reading.exact("error", np.abs(coupled - attend(dot_scores(q, k), v).output).max())]


def _barrier(_: Context) -> Sequence[Reading]:
    """Put a key behind an infinite barrier, with scores small and enormous."""
    q, k, v = _vectors()
    U, mask = np.zeros(11), np.ones((11, 11), dtype=bool)
    U[3], mask[:, 3] = np.inf, False
    left, apart = [], []
    for size in (1.0, 1e3, 1e6):
        scores = dot_scores(q, k)
        scores[:, 3] = size
        behind = attend(scores, v, potential=U).weights
        left.append(behind[:, 3].max())
        apart.append(np.abs(behind - attend(scores, v, mask=mask).weights).max())
    return [Reading.exact("left", max(left)), Reading.exact("mask", max(apart))]


MEASURES = {
    "potential": _potential,
    "zero_potential": _zero_potential,
    "barrier": _barrier,
}
