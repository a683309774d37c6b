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
from gedig_edu.theory._arrays import check_causal

STEPS = 500
PRECISION = 1e-8

_RIDGE = 1e-9  # x·c and y/c give the same edges: the ridge chooses one of them
_BOLD, _LONGEST = 20, 4.0
_SWEEPS = 8  # until Newton's method is nearer
_BLOCK = 1 << 16  # cells at a time, which stay in a core's own memory


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
    check_causal(causal)
    length = edges.shape[-1]
    if causal and np.triu(edges, 1).any():
        graph, i, j = np.argwhere(np.triu(edges, 1))[0]
        raise GedigError(
            f"The edge {i} → {j} of graph {graph} looks ahead, but causal=True; give edges on or "
            "below the diagonal, or causal=False."
        )
    places = np.ones((length, length), dtype=bool)
    places = np.tril(places, -1) if causal else places & ~np.eye(length, dtype=bool)
    many = max(1, _BLOCK // max(1, length**2))
    found = [_probabilities(edges[at : at + many], places) for at in range(0, len(edges), many)]
    return np.concatenate(found) if found else np.zeros(edges.shape)


def _probabilities(edges: np.ndarray, places: np.ndarray) -> np.ndarray:
    known = _decided(edges & places, places)
    p = known.chosen + _fitted(known)
    return np.where(np.eye(len(places), dtype=bool), edges, p)


class _Known(NamedTuple):
    chosen: np.ndarray  # bool [graphs, L, L]: edges that the degrees leave no choice about
    free: np.ndarray  # bool [graphs, L, L]: cells still open
    degrees: np.ndarray  # [graphs, 2, L]: out- and in-degrees that the open cells must give


def _decided(edges: np.ndarray, places: np.ndarray) -> _Known:
    """Tell the cells that every graph with these degrees has alike from the open ones.

    Graphs of the same degrees differ by cycles that take an edge out, put one in, and so on. Draw
    an arc from row to column where an edge is and back where one could be: a cell is open if it
    lies on a cycle of arcs, so if its row and its column are strongly connected.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graphs, length = edges.shape[:2]
    graph, i, j = np.nonzero(np.broadcast_to(places, edges.shape))
    row, column = 2 * length * graph + i, 2 * length * graph + length + j
    ends = np.where(edges[graph, i, j], (row, column), (column, row))
    arcs = coo_array((np.ones(len(row), dtype=np.int8), ends), shape=2 * (2 * length * graphs,))
    _, part = connected_components(arcs, connection="strong")
    part = part.reshape(graphs, 2, length)
    free = places & (part[:, 0, :, None] == part[:, 1, None, :])
    degrees = np.stack([(edges & free).sum(axis) for axis in (-1, -2)], axis=-2)
    return _Known(edges & ~free, free, degrees.astype(np.float64))


def _fitted(known: _Known) -> np.ndarray:
    """Return p on the open cells, 0 elsewhere.

    On open cells alone the fitnesses are finite, and a few steps of Newton's method do, none of
    which changes a cell's logit by more than 4. Where 20 were not enough, a step is shortened to
    log(1 + d)/d of its length, d the largest change of a logit: the damping that always arrives
    for sums of logistic losses (Sun & Tran-Dinh 2019, for generalised self-concordant functions).
    """
    from scipy.special import expit

    logs = _near(known)
    p = np.zeros(known.free.shape)
    left = np.arange(len(p))
    for taken in range(STEPS):
        free = known.free[left]
        p[left] = now = free * expit(_cells(logs[left]))
        gaps = known.degrees[left] - np.stack([now.sum(-1), now.sum(-2)], axis=-2)
        far = np.abs(gaps).max(axis=(-1, -2), initial=0.0) > PRECISION
        if not far.any():
            return p
        left, gaps, now, free = left[far], gaps[far], now[far], free[far]
        step = _newton(now, gaps)
        longest = np.abs(free * _cells(step)).max(axis=(-1, -2))[:, None, None]
        logs[left] += step * _share(longest, taken)
    raise GedigError(
        f"The degrees of {len(left)} graphs were not met to {PRECISION:g} in {STEPS} steps; give "
        "smaller graphs, or compare with row_shuffled instead."
    )


def _share(longest: np.ndarray, taken: int) -> np.ndarray:
    """Return how much of a step is taken, from the largest change of a logit that it makes."""
    if taken < _BOLD:
        return np.minimum(1.0, _LONGEST / longest)
    return np.log1p(longest) / longest


def _near(known: _Known) -> np.ndarray:
    """Return logarithms of fitnesses to start from: a few times x_i = d_i / Σ y_j/(1 + x_i y_j)."""
    edges = np.maximum(known.degrees[:, :1].sum(axis=-1, keepdims=True), 1)
    x, y = np.moveaxis(np.where(known.degrees > 0, known.degrees / np.sqrt(edges), 1), 1, 0)
    out, into = np.moveaxis(known.degrees, 1, 0)
    for _ in range(_SWEEPS):
        met = known.free * y[:, None, :] / (1 + x[:, :, None] * y[:, None, :])
        x = np.divide(out, met.sum(-1), out=np.ones_like(x), where=out > 0)
        met = known.free * x[:, :, None] / (1 + x[:, :, None] * y[:, None, :])
        y = np.divide(into, met.sum(-2), out=np.ones_like(y), where=into > 0)
    return np.log(np.stack([x, y], axis=1))


def _cells(logs: np.ndarray) -> np.ndarray:
    return logs[:, 0, :, None] + logs[:, 1, None, :]


def _newton(p: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Solve the rows out of the system of rows and columns, then the columns for what is left."""
    spread = p * (1 - p)
    rows, columns = (spread.sum(axis) + _RIDGE for axis in (-1, -2))
    shares = spread / rows[..., None]
    curvature = -spread.mT @ shares
    places = np.arange(p.shape[-1])
    curvature[:, places, places] += columns
    gap = gaps[:, 1] - (shares.mT @ gaps[:, 0, :, None])[..., 0]
    of_columns = np.linalg.solve(curvature, gap[..., None])
    of_rows = (gaps[:, 0] - (spread @ of_columns)[..., 0]) / rows
    return np.stack([of_rows, of_columns[..., 0]], axis=1)
