"""The basis of a head: what changes about its queries and keys while no score moves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_number
from gedig_edu.shapes import Float, Num

FLOOR = 1e-9  # of the largest mean square: directions below it hold no key


class KeyAxes(NamedTuple):
    """Directions in which the keys of a head lie, and how far they reach along each.

    Attributes
    ----------
    axes : array [..., d, d]
        Orthonormal columns.
    reach : array [..., d]
        Log of the keys' root mean square along each column, less its mean over the columns that
        hold a key; 0 where none does.
    """

    axes: Float[np.ndarray, "*heads d d"]
    reach: Float[np.ndarray, "*heads d"]

    def basis(self, evenness: float) -> Float[np.ndarray, "*heads d d"]:
        """Return the matrix A that evens out the keys: each column times exp(evenness · reach).

        Parameters
        ----------
        evenness : float
            At 0 the basis is only turned, which changes no length and no angle. At 1 the keys
            kA⁻ᵀ reach equally far in every direction. Below 0 they become more uneven.
        """
        stretch = np.exp(check_number("evenness", evenness) * self.reach)
        return self.axes * stretch[..., None, :]


def key_axes(k: Num[np.ndarray, "*heads n d"], *, paired: bool = False) -> KeyAxes:
    """Return the principal axes of keys about zero.

    Parameters
    ----------
    k : array [..., n, d]
        Keys; every leading axis has axes of its own.
    paired : bool
        Keep to one factor for each rotary pair (entries i and i + d/2), since only such a
        change of basis commutes with the rotation and so leaves a rotary model as it was.

    Raises
    ------
    GedigError
        If `k` has fewer than two axes or no finite numbers, or `paired` keys have an odd d.

    Examples
    --------
    >>> found = key_axes(np.array([[3.0, 0.0], [0.0, 1.0]]))
    >>> np.round(np.abs(found.axes), 6).tolist(), np.round(np.exp(found.reach) ** 2, 6).tolist()
    ([[0.0, 1.0], [1.0, 0.0]], [0.333333, 3.0])
    """
    k = np.asarray(k, dtype=np.float64)
    if k.ndim < 2 or k.size == 0 or not np.isfinite(k).all():
        raise GedigError(f"k has shape {k.shape}; give finite keys [..., n, d].")
    d = k.shape[-1]
    if not paired:
        squares, axes = np.linalg.eigh(k.mT @ k / k.shape[-2])
        return KeyAxes(axes, _reach(squares))
    if d % 2:
        raise GedigError(f"d={d} makes no rotary pairs; give keys of even width.")
    square = (k**2).mean(axis=-2)  # [..., d]
    pair = square[..., : d // 2] + square[..., d // 2 :]
    axes = np.broadcast_to(np.eye(d), (*k.shape[:-2], d, d))
    return KeyAxes(axes, _reach(np.concatenate([pair, pair], axis=-1)))


def _reach(squares: Float[np.ndarray, "*heads d"]) -> Float[np.ndarray, "*heads d"]:
    most = squares.max(axis=-1, keepdims=True)
    held = (squares > FLOOR * most) & (squares > 0)
    logs = np.log(np.where(held, squares, 1.0)) / 2
    middle = logs.sum(axis=-1, keepdims=True) / np.maximum(held.sum(axis=-1, keepdims=True), 1)
    return np.where(held, logs - middle, 0.0)


def change_basis(
    q: Num[np.ndarray, "*#heads Lq d"],
    k: Num[np.ndarray, "*#heads Lk d"],
    A: Num[np.ndarray, "*#heads d d"],
) -> tuple[Float[np.ndarray, "... Lq d"], Float[np.ndarray, "... Lk d"]]:
    """Return qA and kA⁻ᵀ, which have the same dot products as q and k.

    (qA)·(kA⁻ᵀ) = q A A⁻¹ kᵀ = q·k for every invertible A. Computed in float64; an A of condition
    number κ costs about log₁₀ κ digits.

    Parameters
    ----------
    q, k : arrays [..., Lq, d] and [..., Lk, d]
        Queries and keys.
    A : array [..., d, d]
        One invertible matrix, or one for each head.

    Raises
    ------
    GedigError
        If the shapes do not fit together, or an A cannot be inverted in float64.

    Examples
    --------
    >>> q, k = change_basis(np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]]), np.diag([2.0, 1.0]))
    >>> q.tolist(), k.tolist(), float((q @ k.T)[0, 0])
    ([[2.0, 2.0]], [[1.5, 1.0]], 5.0)
    """
    q, k, A = (np.asarray(x, dtype=np.float64) for x in (q, k, A))
    d = A.shape[-1] if A.ndim >= 2 and A.shape[-1] == A.shape[-2] else None
    if q.ndim < 2 or k.ndim < 2 or q.shape[-1] != d or k.shape[-1] != d:
        raise GedigError(
            f"q, k and A have shapes {q.shape}, {k.shape} and {A.shape}; give [..., Lq, d], "
            "[..., Lk, d] and [..., d, d]."
        )
    condition = float(np.max(np.linalg.cond(A)))
    if not condition < 1 / np.finfo(np.float64).eps:
        raise GedigError("A cannot be inverted, so it is no change of basis; give another A.")
    return q @ A, k @ np.linalg.inv(A).mT


def balanced_basis(
    to_q: Num[np.ndarray, "*heads m d"],
    to_k: Num[np.ndarray, "*heads n d"],
    *,
    paired: bool = False,
) -> Float[np.ndarray, "*heads d d"]:
    """Return the matrix A for which W_Q A and W_K A⁻ᵀ share the singular values of a head evenly.

    Then (W_Q A)ᵀ W_Q A = (W_K A⁻ᵀ)ᵀ W_K A⁻ᵀ. Gradient flow keeps the difference of the two sides
    at what it was (Du et al. 2018 for neighbouring linear layers; Kunin et al. 2020 for any
    continuous symmetry of a loss), so this is the basis of a head whose training began in balance.
    It is one up to a turn, and a turn changes no length and no angle. A Aᵀ is the geometric mean of
    (W_QᵀW_Q)⁻¹ and W_KᵀW_K.

    Parameters
    ----------
    to_q, to_k : arrays [..., m, d] and [..., n, d]
        W_Q and W_K of each head, biases as a further row; or any vectors that take their place.
    paired : bool
        Keep to one factor for each rotary pair (entries i and i + d/2), as `key_axes` does; then
        the two sides agree in the sum of the squares of each pair.

    Raises
    ------
    GedigError
        If the shapes do not fit together, numbers are not finite, `paired` ones have an odd d, or
        a direction (a pair) is zero in W_Q or W_K, so that no factor balances it.

    Examples
    --------
    >>> A = balanced_basis(np.diag([8.0, 1.0]), np.diag([2.0, 4.0]))
    >>> A.round(9).tolist()  # 8 · ½ = 2 / ½, and 1 · 2 = 4 / 2
    [[0.5, 0.0], [0.0, 2.0]]
    """
    to_q, to_k = (np.asarray(x, dtype=np.float64) for x in (to_q, to_k))
    d = to_q.shape[-1] if to_q.ndim > 1 else 0
    if to_k.ndim < 2 or to_k.shape[-1] != d or not d:
        raise GedigError(
            f"W_Q and W_K have shapes {to_q.shape} and {to_k.shape}; give [..., m, d] and "
            "[..., n, d]."
        )
    if not (np.isfinite(to_q).all() and np.isfinite(to_k).all()):
        raise GedigError("W_Q or W_K holds numbers that are not finite; give finite ones.")
    squares = to_q.mT @ to_q, to_k.mT @ to_k  # [..., d, d] each
    if paired:
        return _diagonal(np.sqrt(np.divide(*map(_of_pairs, reversed(squares)))) ** 0.5)
    half = _power(squares[0], 0.5)
    undone = _power(squares[0], -0.5)
    return _power(undone @ _power(half @ squares[1] @ half, 0.5) @ undone, 0.5)


def _of_pairs(square: Float[np.ndarray, "*heads d d"]) -> Float[np.ndarray, "*heads d"]:
    """Return the sum of the squares of each rotary pair, once for each of its entries."""
    own = np.diagonal(square, axis1=-2, axis2=-1)
    d = own.shape[-1]
    if d % 2:
        raise GedigError(f"d={d} makes no rotary pairs; give matrices of even width.")
    pair = own[..., : d // 2] + own[..., d // 2 :]
    _check_held(pair)
    return np.concatenate([pair, pair], axis=-1)


def _power(
    square: Float[np.ndarray, "*heads d d"], power: float
) -> Float[np.ndarray, "*heads d d"]:
    """Return a power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh((square + square.mT) / 2)
    _check_held(values)
    return (vectors * values[..., None, :] ** power) @ vectors.mT


def _check_held(squares: Float[np.ndarray, "*heads n"]) -> None:
    if not (squares > FLOOR**2 * squares.max(axis=-1, keepdims=True)).all():
        raise GedigError(
            "A direction is zero in W_Q or W_K, so no basis balances it; give matrices of rank d."
        )


def _diagonal(values: Float[np.ndarray, "*heads d"]) -> Float[np.ndarray, "*heads d d"]:
    return values[..., None, :] * np.eye(values.shape[-1])
