"""Real attention on fewer edges: what is lost, how much it could have been, how many are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError, check_has, check_number, check_whole
from gedig_edu.shapes import Bool, Brief, Float, Int, Num
from gedig_edu.theory._arrays import check_causal, flags, namespace, spread, to_numpy
from gedig_edu.theory.sparse import sparse_attend, top_edges

if TYPE_CHECKING:
    from gedig_edu.models import Stream

STREAM = "what model.stream returns"
ROUNDING = 1e-3  # of a row's sum: half precision
LEAST_WEIGHT = 1e-38  # of a key that may be seen: single precision rounds less to 0


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FewerEdges(Brief):
    """What each head of a text loses on fewer edges, as shares of what it writes.

    Lengths are those of what is written to the stream, after W_O, root mean square over the rows
    that lose an edge; NaN where no row does.

    Attributes
    ----------
    edges : array [layers, heads]
        Kept, as a share of those that may be.
    dropped : array [layers, heads]
        δ, mean over the rows that lose an edge.
    error : array [layers, heads]
        ‖dense − sparse‖ over ‖dense‖.
    norm_bound, diameter_bound : array [layers, heads]
        2δ·max‖v W_O‖ and δ·diam(v W_O), over the same.
    """

    edges: Float[np.ndarray, "layers heads"]
    dropped: Float[np.ndarray, "layers heads"]
    error: Float[np.ndarray, "layers heads"]
    norm_bound: Float[np.ndarray, "layers heads"]
    diameter_bound: Float[np.ndarray, "layers heads"]


def on_edges(stream: Stream, edges: Bool[np.ndarray, "*#maps L L"], *, causal: bool) -> FewerEdges:
    """Let every head of a text attend on the edges given, and see what that changes.

    Parameters
    ----------
    stream : Stream
        As `model.stream` returns it.
    edges : bool array that broadcasts to [layers, heads, L, L]
        A row keeps its largest weight in any case.
    causal : bool
        Whether the model is.

    Raises
    ------
    GedigError
        If edges do not fit.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> stream = load("gpt2-mini").stream("The mill stood still.")
    >>> found = on_edges(stream, np.ones((6, 6), bool), causal=True)
    >>> float(found.edges.min()), bool(np.isnan(found.error).all())
    (1.0, True)
    """
    _check(stream, causal)
    weights = stream.weights.astype(np.float64)
    with np.errstate(divide="ignore"):
        scores = np.log(weights)  # softmax gives the weights back
    read = sparse_attend(scores, stream.values.astype(np.float64), edges=edges)
    may = np.tri(weights.shape[-1], dtype=bool) | (not causal)
    lost = (may & ~read.edges).any(axis=-1)
    dense = _size(np.linalg.norm(stream.heads.astype(np.float64), axis=-1), lost)
    sizes = (
        _size(each, lost) / dense for each in (read.error, read.norm_bound, read.diameter_bound)
    )
    error, norm_bound, diameter_bound = sizes
    return FewerEdges(
        edges=(read.edges & may).sum(axis=(-2, -1)) / may.sum(),
        dropped=_mean(read.dropped, lost),
        error=error,
        norm_bound=norm_bound,
        diameter_bound=diameter_bound,
    )


def error_on_these(
    stream: Stream, edges: Bool[np.ndarray, "*#maps L L"], *, causal: bool
) -> Float[np.ndarray, "layers heads"]:
    """Return ‖dense − sparse‖ over ‖dense‖, as `on_edges` does, on these edges and no others.

    A row's largest weight is not added, since only its scores could say which that is.

    Parameters
    ----------
    stream : Stream
    edges : bool array that broadcasts to [layers, heads, L, L]
        At least one in each row that a query may look along.
    causal : bool

    Raises
    ------
    GedigError
        If a row has no edge.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> stream = load("gpt2-mini").stream("The mill stood still.")
    >>> window = nearest(6, keys=3, causal=True)
    >>> error_on_these(stream, window, causal=True).shape
    (6, 6)
    """
    _check(stream, causal)
    may = np.tri(stream.weights.shape[-1], dtype=bool) | (not causal)
    xp = namespace(edges=edges, weights=stream.weights)
    kept = spread(xp, "edges", flags("edges", edges, stream.weights), stream.weights.shape) & may
    if not kept.any(axis=-1).all():
        raise GedigError("A row of edges is empty; give each query a key that it may see.")
    seen = np.maximum(stream.weights.astype(np.float64), LEAST_WEIGHT)
    weights = np.where(kept, seen, 0.0)
    weights /= weights.sum(axis=-1, keepdims=True)
    dense = stream.heads.astype(np.float64)
    error = np.linalg.norm(dense - weights @ stream.values.astype(np.float64), axis=-1)
    lost = np.asarray((may & ~kept).any(axis=-1))
    return _size(error, lost) / _size(np.linalg.norm(dense, axis=-1), lost)


def _check(stream: object, causal: object) -> None:
    check_has("stream", stream, "weights", "values", "heads", wanted=STREAM)
    check_causal(causal)


def strongest(stream: Stream, *, keys: int, causal: bool) -> Bool[np.ndarray, "layers heads L L"]:
    """Return the edges to each row's heaviest keys: every score is needed to find them.

    Parameters
    ----------
    stream : Stream
    keys : int
        How many a row keeps, at least 1.
    causal : bool

    Raises
    ------
    GedigError
        If `keys` is out of range.
    """
    check_has("stream", stream, "weights", wanted=STREAM)
    return top_edges(stream.weights, keys=keys, causal=causal)


def nearest(length: int, *, keys: int, causal: bool) -> Bool[np.ndarray, "length length"]:
    """Return the edges to the first token and to those nearest to a query: no score is needed.

    The first token stands for the sinks that many heads have (Xiao et al. 2023, arXiv 2309.17453).

    Parameters
    ----------
    length : int
        Tokens.
    keys : int
        How many a row keeps, at least 2: the first token, and its own with those beside it; in a
        decoder those before it.
    causal : bool

    Raises
    ------
    GedigError
        If a number is too small.

    Examples
    --------
    >>> nearest(6, keys=3, causal=True).astype(int)[-1].tolist()
    [1, 0, 0, 0, 1, 1]
    >>> nearest(6, keys=4, causal=False).astype(int)[3].tolist()
    [1, 0, 1, 1, 1, 0]
    """
    at = np.arange(check_whole("length", length, at_least=1))
    beside = check_whole("keys", keys, at_least=2) - 1
    away = -np.abs(at[:, None] - at).astype(np.float64)
    return top_edges(away, keys=beside, causal=causal) | (at == 0)


def keys_needed(
    weights: Num[np.ndarray, "*maps L L"], *, share: float = 0.9
) -> Int[np.ndarray, "*maps L"]:
    """Return how many keys a row needs at least for a share of its weight.

    Parameters
    ----------
    weights : array [..., L, L]
        Not negative; rows sum to 1.
    share : float
        Above 0 and below 1.

    Raises
    ------
    GedigError
        If the share is out of range or weights are no maps.

    Examples
    --------
    >>> keys_needed(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist()
    [1, 2]
    """
    wanted = check_number("share", share, above=0, below=1)
    given = to_numpy("weights", weights)
    if given.ndim < 2 or 0 in given.shape:
        raise GedigError(f"weights have shape {given.shape}; give [..., L, L].")
    if not ((given >= 0).all() and (np.abs(given.sum(axis=-1) - 1) <= ROUNDING).all()):
        raise GedigError(
            "A row of weights is negative somewhere, or does not sum to 1; give attention maps."
        )
    held = np.cumsum(np.sort(given, axis=-1)[..., ::-1], axis=-1)
    return np.minimum((held < wanted).sum(axis=-1) + 1, given.shape[-1])


def _mean(values: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Return the mean over rows that lose an edge, NaN where none does."""
    rows = lost.sum(axis=-1)
    total = np.where(lost, values, 0.0).sum(axis=-1)
    return np.divide(total, rows, out=np.full(total.shape, np.nan), where=rows > 0)


def _size(lengths: np.ndarray, lost: np.ndarray) -> np.ndarray:
    return np.sqrt(_mean(lengths**2, lost))
