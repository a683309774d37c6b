"""Maps without a model behind them: what a head's F is compared with.

Four maps of a given length, each with a causal form in which later tokens are out of sight, and
the shuffle that keeps a head's weights and loses only their arrangement.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import array_api_compat
import numpy as np
from jaxtyping import Float

from gedig_edu.errors import GedigError

BaselineMap: TypeAlias = Float[np.ndarray, "L L"]
"""One float64 map whose rows sum to 1."""


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
    _check_generator(rng)
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
    weights : array or tensor [..., L, L]
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
    _check_generator(rng)
    kind: Any = array_api_compat.is_array_api_obj
    if not kind(weights):
        weights = np.asarray(weights)
    shape = tuple(weights.shape)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise GedigError(
            f"weights have shape {shape}, but attention maps are square, [..., L, L]; "
            "give one column per row."
        )
    xp = array_api_compat.array_namespace(weights)
    shuffled = xp.asarray(weights, copy=True)
    future = np.triu(np.ones(shape[-2:], dtype=bool), 1) & causal
    places = np.arange(shape[-1])
    for index in np.ndindex(shape[:-2]):
        keys = np.where(future, places + 1.0, rng.random(shape[-2:]))
        order = xp.asarray(np.argsort(keys, axis=1), device=array_api_compat.device(weights))
        shuffled[index] = xp.take_along_axis(weights[index], order, axis=-1)
    return shuffled


def _normalised(cells: np.ndarray, causal: bool) -> np.ndarray:
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


def _check_generator(rng: object) -> None:
    if not isinstance(rng, np.random.Generator):
        raise GedigError(
            f"rng is of type {type(rng).__name__}; give numpy.random.default_rng(seed), "
            "so that the result can be repeated."
        )
