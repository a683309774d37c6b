"""F of one attention map with soft edges, and where its gradient points, in NumPy.

What `gedig_edu.lab.soft_gauge` does with torch for batches of maps. An edge is
σ((log w − log τ)/s), with τ such that edges add up to their share of the pool; a path length is
the free energy of all walks, φ = −(1/β) log(Z_ij/Z_jj) with Z = (I − A exp(−β))⁻¹. Here the slopes
are written out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gedig_edu.errors import GAUGE, GedigError, check_flag, check_kind, check_number
from gedig_edu.shapes import Bool, Brief, Float
from gedig_edu.theory.gauge import Gauge

BISECTIONS = 80
FAR = 40.0  # softnesses from where every edge is 0 or 1
SMALLEST = float(np.finfo(float).tiny)
"""Of the numbers that float64 holds to all its digits; a sum over walks below it is lost."""


@dataclass(frozen=True, eq=False, repr=False)
class SoftMap(Brief):
    """F of one map, softly, and its slopes.

    Attributes
    ----------
    F, density, entropy, path_gain, path_length : float
    edges : array [L, L]
        Soft edges, 0 to 1.
    by_entropy, by_paths : array [L, L]
        −∂F/∂score, what training on +F adds to each score before the softmax, through the
        entropy and through the paths. Density has no slope: its edges always add up to the same.
    """

    F: float
    density: float
    entropy: float
    path_gain: float
    path_length: float
    edges: Float[np.ndarray, "L L"]
    by_entropy: Float[np.ndarray, "L L"]
    by_paths: Float[np.ndarray, "L L"]


def read_soft(
    gauge: Gauge,
    weights: Float[np.ndarray, "L L"],
    *,
    causal: bool,
    softness: float = 0.3,
    beta: float = 5.0,
) -> SoftMap:
    """Read one map softly.

    Parameters
    ----------
    gauge : Gauge
        With a quantile, entropy over the support and the inverse length, as `Gauge.released`.
    weights : array [L, L]
        A map whose visible weights are all above 0, as a softmax gives.
    causal : bool
        Whether the weights above the diagonal are 0 by construction.
    softness : float
        s, above 0 and at most 1.
    beta : float
        β, at least log L, at which all walks add up, and below some 700 over the longest path.

    Raises
    ------
    GedigError
        If the gauge is of another kind, the map is none, or a number is out of range.

    Examples
    --------
    >>> rows = np.exp(np.random.default_rng(0).normal(size=(7, 7)))
    >>> soft = read_soft(Gauge.released(), rows / rows.sum(axis=1, keepdims=True), causal=False)
    >>> round(float(soft.edges.sum()), 6)  # a tenth of 49 cells
    4.9
    """
    check_flag("causal", causal, "whether the model is causal")
    check_number("softness", softness, above=0, at_most=1)
    check_kind("gauge", gauge, Gauge, GAUGE)
    hard = gauge.read(weights, causal=causal)
    if gauge.quantile is None or (gauge.entropy, gauge.path) != ("support", "inverse_length"):
        raise GedigError("gauge is of another kind; give Gauge.released().")
    w = np.asarray(weights, dtype=float)
    L = len(w)
    check_number("beta", beta, at_least=np.log(L))
    seen = np.tril(np.ones_like(w, dtype=bool)) if causal else np.ones_like(w, dtype=bool)
    if (w[seen] <= 0).any():
        raise GedigError("A visible weight is 0; give weights after a softmax.")
    logs = np.log(np.where(seen, w, 1.0))
    pool = L * L if gauge.pool == "all" else int(seen.sum())
    edges = soft_edges(logs, seen, (1 - gauge.quantile) * pool, softness)
    members = largest_component(w > hard.threshold)
    length, slope = walks(edges, members, beta)
    entropy = float(-(w[seen] * logs[seen]).sum() / L + np.log(L)) / np.log(seen.sum())
    gain = 1 / length if length else 0.0
    density = float(edges.sum()) / L**2
    by_entropy = _to_scores(-np.where(seen, logs, 0.0) * w, w) / (L * np.log(seen.sum()))
    by_gain = -(gain**2) * _to_logs(slope, edges, softness)
    return SoftMap(
        F=density - gauge.lam * (entropy + gauge.gamma * gain),
        density=density,
        entropy=entropy,
        path_gain=gain,
        path_length=length,
        edges=edges,
        by_entropy=gauge.lam * by_entropy,
        by_paths=gauge.lam * gauge.gamma * _to_scores(by_gain, w),
    )


def soft_edges(
    logs: Float[np.ndarray, "L L"], seen: Bool[np.ndarray, "L L"], wanted: float, softness: float
) -> Float[np.ndarray, "L L"]:
    """Return σ((log w − log τ)/s), 0 where nothing is seen, adding up to `wanted`."""
    check_number("wanted", wanted, above=0, below=int(seen.sum()))
    check_number("softness", softness, above=0)

    def edges(level: float) -> Float[np.ndarray, "L L"]:
        return np.where(seen, 1 / (1 + np.exp(np.clip((level - logs) / softness, -700, 700))), 0.0)

    low, high = logs[seen].min() - FAR * softness, logs[seen].max() + FAR * softness
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if edges(middle).sum() > wanted else (low, middle)
    return edges((low + high) / 2)


def largest_component(edges: Bool[np.ndarray, "L L"]) -> Bool[np.ndarray, " L"]:
    """Return the nodes of the largest component, of equal ones that with the lowest node."""
    from scipy.sparse.csgraph import connected_components

    _, labels = connected_components(edges, directed=False)
    return labels == labels[np.argmax(np.bincount(labels)[labels])]


def walks(
    edges: Float[np.ndarray, "L L"], members: Bool[np.ndarray, " L"], beta: float
) -> tuple[float, Float[np.ndarray, "L L"]]:
    """Return the mean φ over pairs of members, and its slope by each edge; 0 for one member.

    Raises
    ------
    GedigError
        If `beta` is not above 0, or so large that exp(−β·length) is lost.
    """
    check_number("beta", beta, above=0)
    n = int(members.sum())
    if n < 2:
        return 0.0, np.zeros_like(edges)
    pairs = np.outer(members, members) & ~np.eye(len(edges), dtype=bool)
    A = np.where(pairs, edges + edges.T - edges * edges.T, 0.0)
    Z = np.linalg.inv(np.eye(len(A)) - A * np.exp(-beta))
    within = np.outer(members, members)
    if not (Z[within] >= SMALLEST).all():
        raise GedigError(
            f"beta={beta:g} is too large: exp(-beta * length) of the longest path is smaller than "
            f"numbers get for beta above {_largest_beta(A, within):.4g}; give less."
        )
    counts = np.where(within, np.where(np.eye(len(A), dtype=bool), n - 1.0, -1.0), 0.0)
    share = 1 / (beta * n * (n - 1))
    reached = np.where(within, Z, 1.0)
    length = share * float((counts * np.log(reached)).sum())
    by_link = share * np.exp(-beta) * (Z.T @ (counts / reached) @ Z.T)
    by_link = np.where(pairs, by_link, 0.0)
    return length, (by_link + by_link.T) * (1 - edges.T)


def _largest_beta(A: Float[np.ndarray, "L L"], within: Bool[np.ndarray, "L L"]) -> float:
    """Return the largest β, by halving, at which no sum over the walks of links A is lost."""
    low = float(np.log(max(A.sum(axis=1).max(), 1.0)))
    high = -float(np.log(SMALLEST))  # one step is lost there already
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        Z = np.linalg.inv(np.eye(len(A)) - A * np.exp(-middle))
        low, high = (middle, high) if (Z[within] >= SMALLEST).all() else (low, middle)
    return low


def _to_logs(
    slope: Float[np.ndarray, "L L"], edges: Float[np.ndarray, "L L"], softness: float
) -> Float[np.ndarray, "L L"]:
    """Return the slope by log w, the level following so that the edges add up to the same."""
    gives = edges * (1 - edges) / softness
    return gives * (slope - (gives * slope).sum() / gives.sum())


def _to_scores(
    by_log: Float[np.ndarray, "L L"], w: Float[np.ndarray, "L L"]
) -> Float[np.ndarray, "L L"]:
    """Return the slope by each score of a row's softmax from that by log w."""
    return by_log - w * by_log.sum(axis=1, keepdims=True)
