"""Scores, attention and kernel smoothers: how a query weighs keys, on NumPy and torch alike."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.shapes import Bool, Float, Num
from gedig_edu.theory._arrays import (
    Array,
    Namespace,
    common_shape,
    first_true,
    floats,
    in_kind,
    narrow,
    place,
    spread,
    temperatures,
    visible,
    working_dtype,
)
from gedig_edu.theory.thermo import boltzmann


class Attention(NamedTuple):
    """What one read of attention gives.

    Attributes
    ----------
    weights : array [..., Lq, Lk]
        Row = query i, column = key j; rows sum to 1, rows of padding queries are zeros.
    output : array [..., Lq, dv]
        weights · v.
    """

    weights: Float[Array, "*#batch Lq Lk"]
    output: Float[Array, "*#batch Lq dv"]


def dot_scores(
    q: Num[Array, "*#batch Lq d"], k: Num[Array, "*#batch Lk d"], *, scale: bool = True
) -> Float[Array, "... Lq Lk"]:
    """Return q kᵀ/√d, or q kᵀ with ``scale=False``.

    Parameters
    ----------
    q, k : arrays [..., Lq, d] and [..., Lk, d]
        Queries and keys.
    scale : bool
        Divide by √d (Vaswani et al. 2017).

    Raises
    ------
    GedigError
        If the shapes do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> dot_scores(np.array([[3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), scale=False).tolist()
    [[3.0, 4.0]]
    """
    xp, dtype, q, k = _vectors(q=q, k=k)
    width = math.sqrt(q.shape[-1]) if scale else 1.0
    with np.errstate(over="ignore"):
        scores = (q / width) @ k.mT
    return narrow(xp, scores, dtype)


def cosine_scores(
    q: Num[Array, "*#batch Lq d"], k: Num[Array, "*#batch Lk d"]
) -> Float[Array, "... Lq Lk"]:
    """Return the cosine of the angle between each query and each key, in [−1, 1].

    A zero vector has no direction; it scores 0 against everything.

    Parameters
    ----------
    q, k : arrays [..., Lq, d] and [..., Lk, d]
        Queries and keys of any length.

    Raises
    ------
    GedigError
        If the shapes do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> cosine_scores(np.array([[3.0, 4.0]]), np.array([[2.0, 0.0], [0.0, 0.0]])).tolist()
    [[0.6..., 0.0]]
    """
    xp, dtype, q, k = _vectors(q=q, k=k)
    return xp.astype(xp.clip(_unit(xp, q) @ _unit(xp, k).mT, -1.0, 1.0), dtype)


def ngpt_scores(
    q: Num[Array, "*#batch Lq d"],
    k: Num[Array, "*#batch Lk d"],
    *,
    scale: float | None = None,
    gain: Num[Array, " d"] | None = None,
) -> Float[Array, "... Lq Lk"]:
    """Return √d · (gain ⊙ q/‖q‖)·(gain ⊙ k/‖k‖), the score of the normalised transformer nGPT.

    Without a gain this is √d times a cosine. A gain that is not the same in every dimension
    turns and stretches the unit vectors: the product is then no cosine, and can exceed √d.

    Parameters
    ----------
    q, k : arrays [..., Lq, d] and [..., Lk, d]
        Queries and keys of any length.
    scale : float, optional
        In place of √d (Loshchilov et al. 2024, arXiv 2410.01131).
    gain : array [d], optional
        The learned vector s_qk of one head, of the kind of `q`; ones by default.

    Raises
    ------
    GedigError
        If the shapes do not fit together, `scale` is not a finite number, or `gain` is not one
        finite number for each dimension, or so large that scores would leave the range of `q`.

    Examples
    --------
    >>> import numpy as np
    >>> q, k = np.array([[9.0, 0, 0, 0]]), np.array([[7.0, 0, 0, 0]])
    >>> ngpt_scores(q, k).tolist()
    [[2.0]]
    >>> ngpt_scores(q, k, gain=np.array([3.0, 1, 1, 1])).tolist()  # 2 · 3 · 3
    [[18.0]]
    """
    xp, dtype, units, keys = _vectors(q=q, k=k)
    factor = math.sqrt(units.shape[-1]) if scale is None else check_number("scale", scale)
    if gain is None:
        return cosine_scores(q, k) * factor
    each = _gain(xp, gain, units)
    _check_range(xp, each, factor, dtype)
    units, keys = each * _unit(xp, units), each * _unit(xp, keys)
    return narrow(xp, units @ keys.mT * factor, dtype)


def attend(
    scores: Num[Array, "*#batch Lq Lk"],
    v: Num[Array, "*#batch Lk dv"],
    *,
    temperature: float | Num[Array, "*heat"] = 1.0,
    potential: float | Num[Array, "*field"] | None = None,
    causal: bool = False,
    mask: Bool[Array, "*cells"] | None = None,
    padding: Bool[Array, "*tokens"] | None = None,
) -> Attention:
    """Return softmax((scores − potential)/temperature) over keys, and what it reads from v.

    Coupled attention softmax((q kᵀ − U)/√d) is
    ``attend(dot_scores(q, k, scale=False), v, temperature=d**0.5, potential=U)``.

    Parameters
    ----------
    scores : array [..., Lq, Lk]
        Scores of any size; −∞ removes a key like a mask.
    v : array [..., Lk, dv]
        Values.
    temperature : float or array
        Above 0; an array (one value per head, say) broadcasts with 1 in the place of Lk.
    potential : float or array that broadcasts to scores, optional
        U; +∞ removes a key like a mask.
    causal : bool
        A query sees itself and what came before.
    mask : bool array [..., Lq, Lk], optional
        True where a query may attend.
    padding : bool array, [L], [B, L] for [B, H, L, L], or one value per row, optional
        True marks a real token. Rows of padding queries are zeros.

    Returns
    -------
    Attention
        ``(weights, output)`` of the kind, dtype and device given.

    Raises
    ------
    GedigError
        If a real query has no key left, a score that counts is NaN or infinite, the
        temperature is not above 0, or shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> read = attend(np.array([[0.0, np.log(3.0)]]), np.array([[0.0], [8.0]]))
    >>> np.round(read.weights, 6).tolist(), np.round(read.output, 6).tolist()
    ([[0.25, 0.75]], [[6.0]])
    """
    field = _field(scores, v, potential=potential, causal=causal, mask=mask, padding=padding)
    xp, logits = field.xp, field.logits
    T = temperatures(xp, temperature, logits, logits.dtype, -1)
    read = boltzmann(-logits, T, present=field.allowed)
    return _read(field, read.factors)


def attend_cold(
    scores: Num[Array, "*#batch Lq Lk"],
    v: Num[Array, "*#batch Lk dv"],
    *,
    potential: float | Num[Array, "*field"] | None = None,
    causal: bool = False,
    mask: Bool[Array, "*cells"] | None = None,
    padding: Bool[Array, "*tokens"] | None = None,
) -> Attention:
    """Return the limit T → 0 of `attend`: uniform over the keys of the highest score.

    Parameters and errors are those of `attend`.

    Examples
    --------
    >>> import numpy as np
    >>> attend_cold(np.array([[2.0, 5.0, 5.0]]), np.eye(3)).weights.tolist()
    [[0.0, 0.5, 0.5]]
    """
    field = _field(scores, v, potential=potential, causal=causal, mask=mask, padding=padding)
    xp = field.xp
    highest = xp.max(field.logits, axis=-1, keepdims=True)
    return _read(field, xp.astype(field.allowed & (field.logits == highest), highest.dtype))


def attend_hot(
    scores: Num[Array, "*#batch Lq Lk"],
    v: Num[Array, "*#batch Lk dv"],
    *,
    potential: float | Num[Array, "*field"] | None = None,
    causal: bool = False,
    mask: Bool[Array, "*cells"] | None = None,
    padding: Bool[Array, "*tokens"] | None = None,
) -> Attention:
    """Return the limit T → ∞ of `attend`: uniform over the keys a query may read.

    Parameters and errors are those of `attend`.

    Examples
    --------
    >>> import numpy as np
    >>> attend_hot(np.array([[2.0, 5.0], [1.0, 3.0]]), np.eye(2), causal=True).weights.tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    field = _field(scores, v, potential=potential, causal=causal, mask=mask, padding=padding)
    return _read(field, field.xp.astype(field.allowed, field.logits.dtype))


class _Field(NamedTuple):
    xp: Namespace
    logits: Array  # [..., Lq, Lk], -inf where a key is removed
    allowed: Array
    v: Array  # [..., Lk, dv]
    dtype: object


def _field(
    scores: Array,
    v: Array,
    *,
    potential: float | Array | None,
    causal: bool,
    mask: Array | None,
    padding: Array | None,
) -> _Field:
    xp, (scores, v) = floats(scores=scores, v=v)
    _check_readable(scores.shape, v.shape)
    logits = xp.astype(scores, working_dtype(xp, scores))
    real, allowed = visible(xp, logits.shape, logits, causal=causal, mask=mask, padding=padding)
    if potential is not None:
        U = in_kind(xp, "potential", potential, logits, logits.dtype)
        U = spread(xp, "potential", U, logits.shape)
        allowed = allowed & ~(xp.isinf(U) & (U > 0))
        with np.errstate(over="ignore", invalid="ignore"):
            logits = logits - U
    allowed = allowed & (logits != -xp.inf)
    logits = xp.where(allowed, logits, -xp.inf)
    _check_logits(xp, logits, allowed, real)
    return _Field(xp, logits, allowed, v, scores.dtype)


def _read(field: _Field, factors: Array) -> Attention:
    xp = field.xp
    total = xp.sum(factors, axis=-1, keepdims=True)
    weights = factors / xp.where(total > 0, total, 1.0)  # [..., Lq, Lk]
    seen = xp.any(field.allowed, axis=-2)[..., None]  # [..., Lk, 1]
    v = xp.astype(field.v, working_dtype(xp, field.v, weights))
    output = xp.astype(weights, v.dtype) @ xp.where(seen, v, 0.0)  # [..., Lq, dv]
    kind = xp.result_type(field.dtype, field.v.dtype)
    return Attention(xp.astype(weights, field.dtype), narrow(xp, output, kind))


def _check_readable(scores: tuple[int, ...], v: tuple[int, ...]) -> None:
    if len(scores) < 2 or 0 in scores[-2:]:
        raise GedigError(
            f"scores have shape {tuple(scores)}; give [..., queries, keys] with at least one each."
        )
    if len(v) < 2 or v[-2] != scores[-1]:
        raise GedigError(
            f"v has shape {tuple(v)}, but {scores[-1]} keys need [..., {scores[-1]}, dv]; "
            "give one value per key."
        )
    common_shape(**{"the leading axes of scores": scores[:-2], "of v": v[:-2]})


def _check_logits(xp: Namespace, logits: Array, allowed: Array, real: Array) -> None:
    unusable = allowed & ~xp.isfinite(logits)
    if bool(xp.any(unusable)):
        where = first_true(xp, unusable)
        raise GedigError(
            f"The score less its potential at {place(where)} is {logits[where].item()}; give "
            "finite scores, -inf or a potential of +inf to remove a key."
        )
    lost = real & ~xp.any(allowed, axis=-1)
    if bool(xp.any(lost)):
        raise GedigError(
            f"The query of row {place(first_true(xp, lost))} has no key left to attend to; "
            "allow it at least one, or mark it as padding."
        )


def rbf_kernel(
    x: Num[Array, "*#batch Lq d"], y: Num[Array, "*#batch Lk d"], *, width: float
) -> Float[Array, "... Lq Lk"]:
    """Return exp(−‖x − y‖²/(2 width²)), the Gaussian radial basis function.

    Parameters
    ----------
    x, y : arrays [..., Lq, d] and [..., Lk, d]
        Points.
    width : float
        σ, above 0, in the unit of the points.

    Raises
    ------
    GedigError
        If the shapes do not fit together or `width` is not above 0.

    Examples
    --------
    >>> import numpy as np
    >>> np.round(rbf_kernel(np.array([[0.0]]), np.array([[0.0], [2.0]]), width=1.0), 6).tolist()
    [[1.0, 0.135335]]
    """
    xp, dtype, x, y = _vectors(x=x, y=y)
    width = check_number("width", width, above=0)
    with np.errstate(over="ignore"):
        steps = (x[..., :, None, :] - y[..., None, :, :]) / width  # [..., Lq, Lk, d]
        return xp.astype(xp.exp(-0.5 * xp.sum(steps * steps, axis=-1)), dtype)


def polynomial_kernel(
    x: Num[Array, "*#batch Lq d"],
    y: Num[Array, "*#batch Lk d"],
    *,
    degree: int,
    offset: float = 1.0,
) -> Float[Array, "... Lq Lk"]:
    """Return (x·y + offset)^degree.

    Parameters
    ----------
    x, y : arrays [..., Lq, d] and [..., Lk, d]
        Points.
    degree : int
        At least 1; an odd degree can give negative values.
    offset : float
        Added to the dot product.

    Raises
    ------
    GedigError
        If the shapes do not fit together, or `degree` or `offset` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> polynomial_kernel(np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]]), degree=2).tolist()
    [[36.0]]
    """
    xp, dtype, x, y = _vectors(x=x, y=y)
    power = check_whole("degree", degree, at_least=1)
    with np.errstate(over="ignore"):
        return narrow(xp, (x @ y.mT + check_number("offset", offset)) ** power, dtype)


def kernel_smoother(
    kernel_values: Num[Array, "*#batch Lq Lk"], v: Num[Array, "*#batch Lk dv"]
) -> Float[Array, "... Lq dv"]:
    """Return Σ_j K_ij v_j / Σ_j K_ij, the average that Nadaraya and Watson proposed in 1964.

    Parameters
    ----------
    kernel_values : array [..., Lq, Lk]
        K of each query against each key.
    v : array [..., Lk, dv]
        Values.

    Raises
    ------
    GedigError
        If the values of a row are not finite or do not sum to more than 0, or shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> kernel_smoother(np.array([[1.0, 3.0]]), np.array([[0.0], [8.0]])).tolist()
    [[6.0]]
    """
    xp, (kernel_values, v) = floats(kernel_values=kernel_values, v=v)
    _check_readable(kernel_values.shape, v.shape)
    work = working_dtype(xp, kernel_values, v)
    K, values = xp.astype(kernel_values, work), xp.astype(v, work)
    total = xp.sum(K, axis=-1, keepdims=True)
    unusable = ~((total > 0) & xp.isfinite(total))[..., 0]
    if bool(xp.any(unusable)):
        where = first_true(xp, unusable)
        raise GedigError(
            f"The kernel values of row {place(where)} sum to {total[(*where, 0)].item():g}; give "
            "rows with a sum above 0, for example by a wider kernel or an even degree."
        )
    return narrow(xp, (K / total) @ values, xp.result_type(kernel_values.dtype, v.dtype))


def _vectors(**pair: Array) -> tuple[Namespace, object, Array, Array]:
    """Return namespace, dtype to answer in, and two families of vectors ready to compute with."""
    xp, (first, second) = floats(**pair)
    shapes = [tuple(array.shape) for array in (first, second)]
    if min(map(len, shapes)) < 2 or shapes[0][-1] != shapes[1][-1] or shapes[0][-1] == 0:
        listed = " and ".join(f"{name} {shape}" for name, shape in zip(pair, shapes, strict=True))
        raise GedigError(f"{listed} do not fit together; give [..., L, d] with the same d.")
    common_shape(**{f"{n} {s} with batch": s[:-2] for n, s in zip(pair, shapes, strict=True)})
    work = working_dtype(xp, first, second)
    dtype = xp.result_type(first.dtype, second.dtype)
    return xp, dtype, xp.astype(first, work), xp.astype(second, work)


def _gain(xp: Namespace, gain: Array, q: Array) -> Array:
    """Return the gain ready to multiply `q` [..., d]."""
    floats(gain=gain, q=q)
    if tuple(gain.shape) != (q.shape[-1],):
        raise GedigError(
            f"gain has shape {tuple(gain.shape)}, but q and k have {q.shape[-1]} dimensions; "
            "give one number for each."
        )
    each = narrow(xp, gain, q.dtype)
    unusable = ~xp.isfinite(each)
    if bool(xp.any(unusable)):
        where = first_true(xp, unusable)
        raise GedigError(
            f"gain[{where[0]}] is {gain[where].item()}; give a finite number for each dimension."
        )
    return each


def _check_range(xp: Namespace, gain: Array, factor: float, dtype: Any) -> None:
    """Refuse a gain with which the score of two unit vectors could overflow."""
    largest = float(xp.max(xp.abs(gain)))
    limit = math.sqrt(float(xp.finfo(dtype).max) / max(abs(factor), 1.0)) * 0.999
    if largest > limit:
        raise GedigError(
            f"gain holds {largest:g}, and a score with its square leaves the range of {dtype}; "
            f"give numbers of at most {limit:.2g}."
        )


def _unit(xp: Namespace, vectors: Array) -> Array:
    """Return vectors of L2 norm 1; scaling by the largest entry first keeps squares in range."""
    largest = xp.max(xp.abs(vectors), axis=-1, keepdims=True)
    scaled = vectors / xp.where(largest > 0, largest, 1.0)
    norm = xp.sqrt(xp.sum(scaled * scaled, axis=-1, keepdims=True))
    return scaled / xp.where(norm > 0, norm, 1.0)
