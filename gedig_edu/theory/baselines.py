"""Maps without a model behind them: what a head's F is compared with.

Four maps of a given length, each with a causal form in which later tokens are out of sight, the
shuffle that keeps a head's weights and loses only their arrangement, and two that keep a single
thing of a head: the degrees of its graph, or its entropy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import array_api_compat
import numpy as np

from gedig_edu.errors import GedigError, check_each, check_number, check_whole
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory._arrays import any_array, check_causal, check_generator, check_square
from gedig_edu.theory.configuration import edge_probabilities
from gedig_edu.theory.engines.given import as_maps

BaselineMap: TypeAlias = "Float[np.ndarray, 'L L']"
"""One float64 map whose rows sum to 1."""

_MATCHED = 1e-9  # an entropy that misses the range by rounding is met at its end
_COLDEST = 2.0**60


def random(length: int, rng: np.random.Generator, *, causal: bool = False) -> BaselineMap:
    """Return uniform(0, 1) cells with rows normalised.

    Parameters
    ----------
    length : int
        Number of tokens.
    rng : numpy.random.Generator
        Source of the numbers.
    causal : bool
        Whether later tokens are out of sight.

    Examples
    --------
    >>> random(3, np.random.default_rng(0), causal=True).sum(axis=1).round(12)
    array([1., 1., 1.])
    """
    check_generator(rng)
    length = _check_length(length)
    return _normalised(rng.random((length, length)), causal)


def uniform(length: int, *, causal: bool = False) -> BaselineMap:
    """Return the map that looks everywhere alike.

    Examples
    --------
    >>> uniform(2, causal=True)
    array([[1. , 0. ],
           [0.5, 0.5]])
    """
    length = _check_length(length)
    return _normalised(np.ones((length, length)), causal)


def local(length: int, window: int = 5, *, causal: bool = False) -> BaselineMap:
    """Return the map that looks alike at the tokens in a window around each.

    Parameters
    ----------
    length : int
        Number of tokens.
    window : int
        Odd width: |i - j| ≤ (window - 1)/2.
    causal : bool
        Whether later tokens are out of sight.

    Examples
    --------
    >>> local(4, window=3)[0]
    array([0.5, 0.5, 0. , 0. ])
    """
    length = _check_length(length)
    if not _is_count(window) or window % 2 == 0:
        raise GedigError(f"window={window!r} has no middle token; give an odd number, 1 or more.")
    i, j = np.indices((length, length))
    return _normalised((abs(i - j) <= window // 2).astype(np.float64), causal)


def diagonal(length: int, *, causal: bool = False) -> BaselineMap:
    """Return the map in which every token looks at itself alone, causal or not.

    Examples
    --------
    >>> diagonal(2)
    array([[1., 0.],
           [0., 1.]])
    """
    return _normalised(np.eye(_check_length(length)), causal)


def row_shuffled(
    weights: Float[Any, "*batch L L"], rng: np.random.Generator, *, causal: bool = False
) -> Float[Any, "*batch L L"]:
    """Return maps with the visible cells of every row in random order.

    Entropy and density stay what they are, to the last weight; only who is looked at changes.

    Parameters
    ----------
    weights : array or tensor [..., L, L], or a tuple of one a layer
        Attention maps without padding.
    rng : numpy.random.Generator
        Source of the order.
    causal : bool
        Whether only cells up to the diagonal are visible; the others stay where they are.

    Returns
    -------
    array or tensor [..., L, L]
        Of the kind, dtype and device given.

    Examples
    --------
    >>> shuffled = row_shuffled(uniform(3, causal=True), np.random.default_rng(0), causal=True)
    >>> bool((shuffled == uniform(3, causal=True)).all())
    True
    """
    check_generator(rng)
    check_causal(causal)
    weights = as_maps(weights) if weights is None or isinstance(weights, tuple | list) else weights
    weights = any_array("weights", weights.detach() if hasattr(weights, "detach") else weights)
    shape = tuple(weights.shape)
    check_square(shape)
    xp = array_api_compat.array_namespace(weights)
    shuffled = xp.asarray(weights, copy=True)
    future = np.triu(np.ones(shape[-2:], dtype=bool), 1) & causal
    places = np.arange(shape[-1])
    for index in np.ndindex(shape[:-2]):
        keys = np.where(future, places + 1.0, rng.random(shape[-2:]))
        order = xp.asarray(np.argsort(keys, axis=1), device=array_api_compat.device(weights))
        shuffled[index] = xp.take_along_axis(weights[index], order, axis=-1)
    return shuffled


def soft_configuration(
    edges: Bool[Any, "*batch L L"],
    rng: np.random.Generator,
    *,
    causal: bool,
    draws: int | None = None,
) -> Bool[Any, "*drawn L L"]:
    """Return random graphs that have, on average, the in- and out-degrees of the given ones.

    Each edge comes on its own, with the probability x_i y_j/(1 + x_i y_j) that makes the
    distribution as random as the degrees allow (Park & Newman 2004; Squartini & Garlaschelli
    2011). Self-loops stay exactly where they are and do not count as degrees. A drawn graph has
    the degrees on average only: tokens can lose all their edges, so its largest component can be
    smaller. Compare real − drawn with drawn − drawn from the drawn, not with 0.

    Parameters
    ----------
    edges : bool array or tensor [..., L, L]
        Graphs of one length; True at (i, j) where the edge i → j is.
    rng : numpy.random.Generator
        Source of the edges.
    causal : bool
        Whether only cells j < i can hold a drawn edge.
    draws : int, optional
        How many graphs to draw for each; then the first axis counts them.

    Returns
    -------
    bool array or tensor [..., L, L], or [draws, ..., L, L]
        Of the kind and on the device given.

    Raises
    ------
    GedigError
        If `edges` is not boolean or not square, a causal graph has an edge above its diagonal,
        or no probabilities are found that meet the degrees to 1e-8.

    Examples
    --------
    >>> star = np.zeros((4, 4), dtype=bool)
    >>> star[1:, 0] = True  # three tokens look at the first: the degrees allow nothing else
    >>> drawn = soft_configuration(star, np.random.default_rng(0), causal=True, draws=5)
    >>> drawn.shape, bool((drawn == star).all())
    ((5, 4, 4), True)
    """
    check_generator(rng)
    given = any_array("edges", edges)
    plain = np.asarray(array_api_compat.to_device(given, "cpu"))
    if plain.dtype != bool or plain.ndim < 2 or plain.shape[-1] != plain.shape[-2]:
        raise GedigError(
            f"edges have dtype {plain.dtype} and shape {plain.shape}; give booleans [..., L, L], "
            "for instance weights > threshold."
        )
    if plain.shape[-1] == 0:
        raise GedigError(f"edges have shape {plain.shape}, a graph of no tokens; give at least 1.")
    many = () if draws is None else (check_whole("draws", draws, at_least=1),)
    p = edge_probabilities(plain.reshape(-1, *plain.shape[-2:]), causal=causal)
    drawn = rng.random((*many, *plain.shape)) < p.reshape(plain.shape)
    xp = array_api_compat.array_namespace(given)
    return xp.asarray(drawn, device=array_api_compat.device(given))


def heated(
    length: int, rng: np.random.Generator, powers: Sequence[float], *, causal: bool = False
) -> Float[np.ndarray, "powers L L"]:
    """Return one random map at many temperatures: its cells u become weights ∝ u^power.

    Power 1 is `random` itself, power 0 looks everywhere alike, and a large one at one token in each
    row. The entropy falls with the power.

    Parameters
    ----------
    length : int
        Number of tokens L.
    rng : numpy.random.Generator
        Source of the cells.
    powers : sequence of float
        1/T each, finite and at least 0.
    causal : bool
        Whether later tokens are out of sight.

    Examples
    --------
    >>> heated(2, np.random.default_rng(0), [0, 1e6], causal=True)[:, 1].round(6).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    check_generator(rng)
    check_causal(causal)
    length = _check_length(length)
    powers = check_each("powers", powers, object, "the powers of a map")
    steps = np.array([check_number("power", power, at_least=0) for power in powers])
    logs = _log_cells(length, rng)
    visible = np.tril(np.ones((length, length), dtype=bool)) | (not causal)
    away = np.where(visible, logs, -np.inf).max(axis=1, keepdims=True) - logs
    cells = np.exp(
        -steps[:, None, None] * away, where=visible, out=np.zeros((len(steps), *logs.shape))
    )
    return cells / cells.sum(axis=-1, keepdims=True)


def entropy_matched(
    length: int, entropy: float, rng: np.random.Generator, *, causal: bool
) -> BaselineMap:
    """Return a random map, heated or cooled until it has the entropy asked for.

    The cells u of `random` become weights ∝ u^(1/T) in each row, with one T for the whole map:
    T = 1 is `random` itself, T → ∞ looks everywhere alike, T → 0 at one token in each row.

    Parameters
    ----------
    length : int
        Number of tokens L.
    entropy : float
        As ``Gauge.paper().read(...).entropy`` gives it: Shannon entropy of the map over its sum,
        relative to log L², dimensionless. It is met to 1e-6.
    rng : numpy.random.Generator
        Source of the cells.
    causal : bool
        Whether later tokens are out of sight.

    Raises
    ------
    GedigError
        If no temperature gives this entropy; the sentence says which entropies there are. Rows
        sum to 1, so none lies below 1/2.

    Examples
    --------
    >>> from gedig_edu.theory.gauge import Gauge
    >>> weights = entropy_matched(11, 0.75, np.random.default_rng(0), causal=True)
    >>> round(float(Gauge.paper().read(weights, causal=True).entropy), 6)
    0.75
    """
    from scipy.optimize import brentq

    check_generator(rng)
    check_causal(causal)
    length, entropy = _check_length(length), check_number("entropy", entropy)
    logs = _log_cells(length, rng)
    if causal:
        logs = np.where(np.tril(np.ones_like(logs, dtype=bool)), logs, -np.inf)
    hot, cold = _cooled(logs, 0.0), _cooled(logs, np.inf)
    most, least = _relative_entropy(hot), _relative_entropy(cold)
    if not least - _MATCHED <= entropy <= most + _MATCHED:
        raise GedigError(
            f"entropy={entropy:.10g} is out of reach for {length} tokens; give a number from "
            f"{_inward(least, up=True)} to {_inward(most, up=False)}."
        )
    if entropy >= most or entropy <= least:
        return hot if entropy >= most else cold
    colder = 1.0
    while _relative_entropy(_cooled(logs, colder)) > entropy and colder < _COLDEST:
        colder *= 2
    found: Any = brentq(
        lambda beta: _relative_entropy(_cooled(logs, beta)) - entropy, 0.0, colder, xtol=1e-13
    )
    return _cooled(logs, found)


def _log_cells(length: int, rng: np.random.Generator) -> np.ndarray:
    return np.log(np.maximum(rng.random((length, length)), np.finfo(np.float64).tiny))


def _inward(limit: float, *, up: bool) -> str:
    """Return a limit with six decimals, rounded so that what is written is within."""
    steps = math.ceil((limit - _MATCHED) * 1e6) if up else math.floor((limit + _MATCHED) * 1e6)
    return f"{steps / 1e6:.6g}"


def _cooled(logs: np.ndarray, beta: float) -> np.ndarray:
    """Return rows ∝ exp(β · logs), cells of −∞ staying empty; β may be 0 or infinite."""
    if np.isinf(beta):
        top = (logs == logs.max(axis=1, keepdims=True)).astype(np.float64)
        return top / top.sum(axis=1, keepdims=True)
    from scipy.special import softmax

    seen = np.isfinite(logs)
    return softmax(np.where(seen, beta * np.where(seen, logs, 0.0), -np.inf), axis=1)


def _relative_entropy(weights: np.ndarray) -> float:
    """Return the entropy of the map over its sum, relative to log L²; 0 for one token."""
    from scipy.special import entr

    cells = len(weights) ** 2
    return float(entr(weights / len(weights)).sum() / np.log(cells)) if cells > 1 else 0.0


def _normalised(cells: np.ndarray, causal: bool) -> np.ndarray:
    check_causal(causal)
    visible = np.tril(cells) if causal else cells
    return visible / visible.sum(axis=1, keepdims=True)


def _is_count(number: Any) -> bool | np.bool_:
    return (
        isinstance(number, int | np.integer) and not isinstance(number, bool) and bool(number > 0)
    )


def _check_length(length: Any) -> int:
    if not _is_count(length):
        raise GedigError(f"length={length!r} is no number of tokens; give a whole number above 0.")
    return int(length)
