"""The most random graph with given degrees: how likely each of its edges is.

Of all distributions over directed graphs whose in- and out-degrees are, on average, those of a
given graph, the one of largest entropy makes every edge on its own, with probability
p_ij = x_i y_j/(1 + x_i y_j) (Park & Newman 2004; Squartini & Garlaschelli 2011). The fitnesses x
and y are found here by Newton's method on their logarithms.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Bool, Float

STEPS = 500
PRECISION = 1e-8

_RIDGE = 1e-12  # x·c and y/c give the same edges: the ridge chooses one of them


def edge_probabilities(
    edges: Bool[np.ndarray, "graphs L L"], *, causal: bool
) -> Float[np.ndarray, "graphs L L"]:
    """Return the probability of each edge in the soft configuration of each graph.

    Its sums over rows and columns are the degrees of the graph, to 1e-8. Self-loops are no part
    of this: they keep their place, so the diagonal is 0 or 1.

    Parameters
    ----------
    edges : bool array [graphs, L, L]
        True at (i, j) where the edge i → j is.
    causal : bool
        Whether only cells j ≤ i can hold an edge.

    Raises
    ------
    GedigError
        If a causal graph has an edge above the diagonal, or the fit does not arrive.

    Examples
    --------
    >>> ring = np.roll(np.eye(3, dtype=bool), 1, axis=1)[None]
    >>> edge_probabilities(ring, causal=False)[0].round(6).tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]
    """
    length = edges.shape[-1]
    if causal and np.triu(edges, 1).any():
        graph, i, j = np.argwhere(np.triu(edges, 1))[0]
        raise GedigError(
            f"The edge {i} → {j} of graph {graph} looks ahead, but causal=True; give edges on or "
            "below the diagonal, or causal=False."
        )
    places = np.ones((length, length), dtype=bool)
    places = np.tril(places, -1) if causal else places & ~np.eye(length, dtype=bool)
    known = _decided(edges & places, np.broadcast_to(places, edges.shape))
    p = known.chosen + _fitted(known)
    return np.where(np.eye(length, dtype=bool), edges, p)


class _Known(NamedTuple):
    chosen: np.ndarray  # bool [graphs, L, L]: edges that the degrees leave no choice about
    free: np.ndarray  # bool [graphs, L, L]: cells still open
    degrees: np.ndarray  # [graphs, 2, L]: out- and in-degrees that the open cells must give


def _decided(edges: np.ndarray, places: np.ndarray) -> _Known:
    """Take out rows and columns that are empty or full, again until none is left."""
    chosen, free = np.zeros_like(edges), places.copy()
    while True:
        degrees = np.stack([(edges & free).sum(axis) for axis in (-1, -2)], axis=-2)
        room = np.stack([free.sum(axis) for axis in (-1, -2)], axis=-2)
        full, empty = degrees == room, degrees == 0
        filled = free & (full[:, 0, :, None] | full[:, 1, None, :])
        emptied = free & (empty[:, 0, :, None] | empty[:, 1, None, :])
        if not (filled | emptied).any():
            return _Known(chosen, free, degrees.astype(np.float64))
        chosen |= filled
        free &= ~(filled | emptied)


def _fitted(known: _Known) -> np.ndarray:
    """Return p on the open cells, 0 elsewhere.

    A step of Newton's method is shortened to log(1 + d)/d of its length, d the largest change of
    a cell's logit: the damping that always arrives for sums of logistic losses (Sun &
    Tran-Dinh 2019, for generalised self-concordant functions).
    """
    from scipy.special import expit

    logs = np.zeros_like(known.degrees)
    p = np.zeros(known.free.shape)
    left = np.arange(len(p))
    for _ in range(STEPS):
        free = known.free[left]
        p[left] = now = free * expit(_cells(logs[left]))
        gaps = known.degrees[left] - np.stack([now.sum(-1), now.sum(-2)], axis=-2)
        far = np.abs(gaps).max(axis=(-1, -2), initial=0.0) > PRECISION
        if not far.any():
            return p
        left, gaps, now, free = left[far], gaps[far], now[far], free[far]
        step = _newton(now, gaps)
        longest = np.abs(free * _cells(step)).max(axis=(-1, -2))[:, None, None]
        logs[left] += step * np.log1p(longest) / longest
    raise GedigError(
        f"The degrees of {len(left)} graphs were not met to {PRECISION:g} in {STEPS} steps; give "
        "smaller graphs, or compare with row_shuffled instead."
    )


def _cells(logs: np.ndarray) -> np.ndarray:
    return logs[:, 0, :, None] + logs[:, 1, None, :]


def _newton(p: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    graphs, length = p.shape[:2]
    spread = p * (1 - p)
    curvature = np.zeros((graphs, 2 * length, 2 * length))
    curvature[:, :length, length:] = spread
    curvature[:, length:, :length] = spread.mT
    own = np.concatenate([spread.sum(-1), spread.sum(-2)], axis=-1) + _RIDGE
    curvature[:, np.arange(2 * length), np.arange(2 * length)] = own
    return np.linalg.solve(curvature, gaps.reshape(graphs, -1, 1)).reshape(gaps.shape)
