"""Attention on some of its edges: what is lost, how much it can be, and what the work is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Bool, Float, Int, Num
from gedig_edu.theory._arrays import (
    Array,
    Namespace,
    check_finite,
    first_true,
    flags,
    floats,
    place,
    spread,
    to_numpy,
    visible,
)
from gedig_edu.theory.attention import attend


class SparseAttention(NamedTuple):
    """Attention on some of the edges, beside attention on all of them.

    Attributes
    ----------
    weights : array [..., Lq, Lk]
        Rows sum to 1 over the edges that were kept.
    output : array [..., Lq, dv]
        weights · v.
    edges : bool array [..., Lq, Lk]
        What was kept: what was given, and each row's largest weight.
    dropped : array [..., Lq]
        δ, the dense weight of what was not kept. The weights differ by exactly 2δ in L1.
    error : array [..., Lq]
        ‖dense output − output‖.
    norm_bound : array [..., Lq]
        2δ·max‖v_j‖, which the error cannot exceed.
    diameter_bound : array [..., Lq]
        δ·diam(v), which it cannot exceed either: never above the other bound, and the same when
        all v are shifted by one vector.
    """

    weights: Float[Array, "*#batch Lq Lk"]
    output: Float[Array, "*#batch Lq dv"]
    edges: Bool[Array, "*#batch Lq Lk"]
    dropped: Float[Array, "*#batch Lq"]
    error: Float[Array, "*#batch Lq"]
    norm_bound: Float[Array, "*#batch Lq"]
    diameter_bound: Float[Array, "*#batch Lq"]


def sparse_attend(
    scores: Num[Array, "*#batch Lq Lk"],
    v: Num[Array, "*#batch Lk dv"],
    *,
    edges: Bool[Array, "*cells"],
    causal: bool = False,
) -> SparseAttention:
    """Attend on a graph's edges, and say what that costs against attending everywhere.

    Dense weights are (1 − δ) of the sparse ones and δ of what was dropped, so the outputs differ
    by δ times the way between two means of v. To compare, this reads every score; `edge_attend`
    does the work of the edges alone.

    Parameters
    ----------
    scores : array [..., Lq, Lk]
        As `attend` takes them; −∞ removes a key.
    v : array [..., Lk, dv]
        Values.
    edges : bool array [..., Lq, Lk]
        True where query i may read key j. A row keeps its largest weight in any case.
    causal : bool
        A query sees itself and what came before.

    Raises
    ------
    GedigError
        If edges are not boolean or do not fit, values are too large to be squared, or for the
        reasons of `attend`.

    Examples
    --------
    >>> scores, v = np.log([[0.5, 0.3, 0.2]]), np.array([[0.0], [0.0], [10.0]])
    >>> sparse = sparse_attend(scores, v, edges=np.array([[True, True, False]]))
    >>> sparse.weights.round(3).tolist(), sparse.dropped.round(3).tolist()
    ([[0.625, 0.375, 0.0]], [0.2])
    >>> [float(x[0].round(3)) for x in (sparse.error, sparse.diameter_bound, sparse.norm_bound)]
    [2.0, 2.0, 4.0]
    """
    dense = attend(scores, v, causal=causal)
    xp, (seen, values) = floats(scores=scores, v=v)
    check_finite(xp, "v", values)
    _check_size(xp, values)
    kept = spread(xp, "edges", flags("edges", edges, seen), seen.shape)
    kept = kept | top_edges(seen, keys=1, causal=causal)
    kept = kept & (_visible_scores(xp, seen, causal=causal) > -xp.inf)
    sparse = attend(scores, v, mask=kept, causal=causal)
    dropped = xp.sum(xp.where(kept, 0.0, dense.weights), axis=-1)
    error = xp.linalg.vector_norm(dense.output - sparse.output, axis=-1)
    length = xp.max(xp.linalg.vector_norm(values, axis=-1), axis=-1)[..., None]
    bounds = 2 * dropped * length, dropped * _diameter(xp, values)[..., None]
    return SparseAttention(*sparse, kept, dropped, error, *bounds)


def top_edges(
    scores: Num[Array, "*#batch Lq Lk"], *, keys: int, causal: bool = False
) -> Bool[Array, "*#batch Lq Lk"]:
    """Return the edges to each row's highest scores: a fixed number of keys a row.

    Of equal scores the first counts. A row that sees fewer keys keeps all of them. Every score is
    needed to find them, n² of them for n tokens.

    Parameters
    ----------
    scores : array [..., Lq, Lk]
        −∞ removes a key.
    keys : int
        How many a row keeps, at least 1.
    causal : bool
        A query sees itself and what came before.

    Raises
    ------
    GedigError
        If a score is NaN or +∞, or `keys` is out of range.

    Examples
    --------
    >>> top_edges(np.array([[0.0, 2.0, 1.0, 2.0]]), keys=2).tolist()
    [[False, True, False, True]]
    """
    most = check_whole("keys", keys, at_least=1)
    xp, (scores,) = floats(scores=scores)
    logits = _visible_scores(xp, scores, causal=causal)
    order = xp.argsort(-logits, axis=-1, stable=True)
    rank = xp.argsort(order, axis=-1, stable=True)
    return (rank < most) & (logits > -xp.inf)


class EdgeAttention(NamedTuple):
    """Attention that never looked beyond its edges.

    Attributes
    ----------
    weights : array [E]
        One for each edge; those of a query sum to 1.
    output : array [L, dv]
    """

    weights: Float[np.ndarray, " E"]
    output: Float[np.ndarray, "L dv"]


def edge_attend(
    q: Num[np.ndarray, "L d"],
    k: Num[np.ndarray, "n d"],
    v: Num[np.ndarray, "n dv"],
    *,
    edges: Int[np.ndarray, "E 2"] | Sequence[tuple[int, int]],
) -> EdgeAttention:
    """Return softmax(q_i·k_j/√d) over the edges i → j alone: work for E edges, not for L·n.

    Equal to `attend(dot_scores(q, k), v)` where every pair is an edge. NumPy.

    Parameters
    ----------
    q, k, v : arrays [L, d], [n, d], [n, dv]
        Queries, keys, values.
    edges : int array [E, 2]
        Pairs (query, key), in any order; each query needs one.

    Raises
    ------
    GedigError
        If shapes do not fit, numbers or a score are not finite, an edge leads nowhere or stands
        twice, or a query has none.

    Examples
    --------
    >>> q, v = np.zeros((2, 1)), np.array([[0.0], [8.0]])
    >>> edge_attend(q, q, v, edges=[(0, 0), (1, 0), (1, 1)]).output.ravel().tolist()
    [0.0, 4.0]
    """
    q, k, v = (_matrix(name, x) for name, x in (("q", q), ("k", k), ("v", v)))
    if q.shape[1] != k.shape[1] or len(k) != len(v):
        raise GedigError(
            f"q {q.shape}, k {k.shape} and v {v.shape} do not fit; give [L, d], [n, d], [n, dv]."
        )
    pairs = _pairs(edges, len(q), len(k))
    order = np.lexsort(pairs.T[::-1])  # by query, then by key
    query, key = pairs[order].T
    starts = np.flatnonzero(np.diff(query, prepend=-1))
    with np.errstate(over="ignore", invalid="ignore"):
        scores = np.einsum("ed,ed->e", q[query], k[key]) / q.shape[1] ** 0.5  # [E]
    if not np.isfinite(scores).all():
        raise GedigError("A score q·k is too large for a number; give smaller q or k.")
    factors = np.exp(scores - np.maximum.reduceat(scores, starts)[query])
    shares = factors / np.add.reduceat(factors, starts)[query]
    weights = np.empty_like(shares)
    weights[order] = shares
    return EdgeAttention(weights, np.add.reduceat(shares[:, None] * v[key], starts, axis=0))


def _visible_scores(xp: Namespace, scores: Array, *, causal: bool) -> Array:
    """Return scores with −∞ where a query may not look."""
    if scores.ndim < 2 or 0 in scores.shape[-2:]:
        raise GedigError(
            f"scores have shape {tuple(scores.shape)}; give [..., queries, keys] with at least "
            "one each."
        )
    _, allowed = visible(xp, scores.shape, scores, causal=causal)
    logits = xp.where(allowed, scores, -xp.inf)
    unusable = xp.isnan(logits) | (logits == xp.inf)
    if bool(xp.any(unusable)):
        where = first_true(xp, unusable)
        raise GedigError(
            f"The score at {place(where)} is {scores[where].item()}; give finite scores, or -inf "
            "to remove a key."
        )
    return logits


def _check_size(xp: Namespace, v: Array) -> None:
    """Refuse values whose gaps, squared, are too large for a number."""
    most = (xp.finfo(v.dtype).max / (16 * v.shape[-1])) ** 0.5
    if bool(xp.any(xp.abs(v) > most)):
        raise GedigError(f"v has a number above {most:.0e}; give smaller values.")


def _diameter(xp: Namespace, v: Array) -> Array:
    """Return max_jk ‖v_j − v_k‖, from the products of centred v: rounding spares the largest."""
    centred = v - xp.mean(v, axis=-2, keepdims=True)
    squares = xp.sum(centred * centred, axis=-1)
    gaps = squares[..., :, None] + squares[..., None, :] - 2 * (centred @ centred.mT)
    return xp.sqrt(xp.clip(xp.max(gaps, axis=(-2, -1)), min=0.0))


def _matrix(name: str, values: object) -> np.ndarray:
    array = to_numpy(name, values)
    if array.ndim != 2 or 0 in array.shape or not np.isfinite(array).all():
        raise GedigError(
            f"{name} of shape {array.shape} is empty, no matrix, or not finite; give [L, d] of "
            "finite numbers."
        )
    return array


def _whole(values: np.ndarray) -> bool:
    return bool((np.isfinite(values) & (values == np.trunc(values))).all())


def _pairs(edges: object, queries: int, keys: int) -> Int[np.ndarray, "E 2"]:
    """Return edges as whole numbers, each once, from queries that are there to keys that are."""
    given = to_numpy("edges", edges)
    if given.ndim != 2 or given.shape[1] != 2 or not _whole(given):
        raise GedigError(f"edges have shape {given.shape}; give whole pairs (query, key), [E, 2].")
    outside = ((given < 0) | (given >= (queries, keys))).any(axis=1)
    if outside.any():
        raise GedigError(
            f"The edge {tuple(int(end) for end in given[outside][0])} leads nowhere; there are "
            f"{queries} queries and {keys} keys."
        )
    pairs = given.astype(np.int64)
    if len(np.unique(pairs, axis=0)) < len(pairs):
        raise GedigError("An edge stands twice among edges; give each once.")
    without = np.setdiff1d(np.arange(queries), pairs[:, 0])
    if without.size:
        raise GedigError(f"Query {without[0]} has no edge; give each query at least one key.")
    return pairs
