"""Rotary positions: each pair of a vector's entries turns by an angle proportional to position.

Su et al. 2021, *RoFormer* (arXiv 2104.09864). Angles are computed in float64 whatever the
dtype, because near position 10^6 a float32 angle is off by up to 0.04 radians (pair 1; pair 0
is exact for whole positions).
"""

from __future__ import annotations

import numpy as np
from array_api_compat import array_namespace, device, is_array_api_obj, to_device

from gedig_edu.errors import GedigError, check_choice, check_number
from gedig_edu.shapes import Float, Num
from gedig_edu.theory._arrays import (
    Array,
    Namespace,
    common_shape,
    floats,
    per_token,
    to_numpy,
    working_dtype,
)

LAYOUTS = ("half", "interleaved")


def frequencies(dim: int, *, base: float = 10000.0) -> Float[np.ndarray, " pairs"]:
    """Return θ_i = base^(−2i/dim), i = 0 … dim/2 − 1, in radians per position.

    Parameters
    ----------
    dim : int
        Width of the vectors, even.
    base : float
        Above 0; a larger base turns the later pairs more slowly.

    Raises
    ------
    GedigError
        If `dim` is odd or below 2, or `base` is not above 0.

    Examples
    --------
    >>> frequencies(4).tolist()
    [1.0, 0.01]
    """
    if check_number("dim", dim, at_least=2) % 2:
        raise GedigError(f"dim={dim!r} is not even, so its entries do not pair; give an even dim.")
    base = check_number("base", base, above=0)
    return base ** (-np.arange(0, int(dim), 2) / dim)


def rotate(
    x: Num[Array, "*#batch L d"],
    positions: float | Num[Array, "*positions"],
    *,
    base: float = 10000.0,
    layout: str = "half",
) -> Float[Array, "... L d"]:
    """Return x with each of its d/2 pairs turned by position · θ_i.

    Parameters
    ----------
    x : array [..., d]
        Vectors, d even.
    positions : number or array
        Real positions of any size: one for all, [L], [B, L] for x [B, H, L, d], or any shape
        that broadcasts with x without its last axis.
    base : float
        As in `frequencies`.
    layout : {"half", "interleaved"}
        "half" pairs (x_i, x_{i+d/2}) as the Llama code in transformers does, "interleaved"
        pairs (x_{2i}, x_{2i+1}) as the paper does.

    Raises
    ------
    GedigError
        If d is odd, a position is not finite, the layout is unknown or shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> np.round(rotate(np.array([1.0, 0.0]), np.pi / 2), 6).tolist()
    [0.0, 1.0]
    """
    xp, (x,) = floats(x=x)
    _check_vectors(x=x)
    dtype, work = x.dtype, working_dtype(xp, x)
    first, second = _pairs(xp.astype(x, work), layout)  # [..., d/2] each
    m = per_token(_positions(xp, "positions", positions), x.ndim - 1)
    common_shape(positions=tuple(m.shape), **{"x without its last axis": tuple(x.shape[:-1])})
    cos, sin = _table(xp, m, x, base)  # [..., d/2]
    turned = (first * cos - second * sin, first * sin + second * cos)
    return xp.astype(_join(xp, turned, layout), dtype)


def relative_scores(
    q: Num[Array, "*#batch d"],
    k: Num[Array, "*#batch d"],
    offsets: float | Num[Array, "*offsets"],
    *,
    base: float = 10000.0,
    layout: str = "half",
) -> Float[Array, "*scores"]:
    """Return rotate(q, m) · rotate(k, n) for each offset m − n, the one thing it depends on.

    With pairs as complex numbers the score is Re Σ_i q_i k̄_i exp(√−1 · (m − n) θ_i): one cosine
    wave per pair, fast ones first.

    Parameters
    ----------
    q, k : arrays [..., d]
        A query and a key before rotation, d even.
    offsets : number or array
        m − n, real, of any shape; its axes come last in the result.
    base, layout
        As in `rotate`.

    Raises
    ------
    GedigError
        As in `rotate`.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 0.0])
    >>> np.round(relative_scores(x, x, np.array([0.0, np.pi])), 6).tolist()
    [1.0, -1.0]
    """
    xp, (q, k) = floats(q=q, k=k)
    _check_vectors(q=q, k=k)
    dtype, work = xp.result_type(q.dtype, k.dtype), working_dtype(xp, q, k)
    q1, q2 = _pairs(xp.astype(q, work), layout)
    k1, k2 = _pairs(xp.astype(k, work), layout)
    distance = _positions(xp, "offsets", offsets)
    cos, sin = _table(xp, distance, xp.astype(q, work), base)  # [*offsets, d/2]
    along, across = q1 * k1 + q2 * k2, q1 * k2 - q2 * k1  # [..., d/2]
    last = {"axes": ([-1], [-1])}
    scores = xp.tensordot(along, cos, **last) + xp.tensordot(across, sin, **last)
    return xp.astype(scores, dtype)


def pair_strengths(
    q: Num[Array, "*#batch d"], k: Num[Array, "*#batch d"], *, layout: str = "half"
) -> Float[Array, "*batch pairs"]:
    """Return ‖q_i‖‖k_i‖ for each of the d/2 pairs: the height of its wave in the score.

    The part of pair i in the score of q and k swings between ± this number as the distance grows.
    No change of basis that a rotary model allows moves it: such a change multiplies a pair of q by
    a complex number and divides that pair of k by its conjugate (lesson 02).

    Parameters
    ----------
    q, k : arrays [..., d]
        Before or after rotation, which keeps lengths; d even.
    layout : {"half", "interleaved"}
        As in `rotate`.

    Raises
    ------
    GedigError
        If d is odd, the layout is unknown or shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> q, k = np.array([3.0, 1.0, 4.0, 0.0]), np.array([0.0, 2.0, 2.0, 0.0])
    >>> pair_strengths(q, k).tolist()  # 5 · 2 and 1 · 2
    [10.0, 2.0]
    """
    xp, (q, k) = floats(q=q, k=k)
    _check_vectors(q=q, k=k)
    dtype, work = xp.result_type(q.dtype, k.dtype), working_dtype(xp, q, k)
    lengths = []
    for x in (q, k):
        first, second = _pairs(xp.astype(x, work), layout)
        lengths.append(xp.sqrt(first * first + second * second))
    return xp.astype(lengths[0] * lengths[1], dtype)


def _check_vectors(**vectors: Array) -> None:
    for name, array in vectors.items():
        if array.ndim < 1 or array.shape[-1] % 2 or array.shape[-1] == 0:
            raise GedigError(
                f"{name} has shape {tuple(array.shape)}; give [..., d] with an even d, "
                "so that its entries pair."
            )
    if len({array.shape[-1] for array in vectors.values()}) > 1:
        shapes = " and ".join(f"{name} {tuple(a.shape)}" for name, a in vectors.items())
        raise GedigError(f"{shapes} do not fit together; give the same d to both.")
    common_shape(**{f"the leading axes of {n}": a.shape[:-1] for n, a in vectors.items()})


def _positions(xp: Namespace, name: str, values: object) -> Array:
    """Return positions as float64 on the CPU, where every device's numbers can be float64."""
    if is_array_api_obj(values) and array_namespace(values) is xp:
        _, (places,) = floats(**{name: values})
        positions = xp.astype(to_device(places, "cpu"), xp.float64)
    else:
        positions = xp.asarray(to_numpy(name, values))
    if not bool(xp.all(xp.isfinite(positions))):
        raise GedigError(f"{name} contain NaN or infinity; give finite numbers.")
    return positions


def _table(xp: Namespace, positions: Array, like: Array, base: float) -> tuple[Array, Array]:
    """Return cos and sin of position · θ_i, [..., d/2], in the dtype and on the device of like."""
    theta = xp.asarray(frequencies(like.shape[-1], base=base))
    angles = positions[..., None] * theta
    dtype, home = working_dtype(xp, like), device(like)
    cos, sin = (to_device(xp.astype(f(angles), dtype), home) for f in (xp.cos, xp.sin))
    return cos, sin


def _pairs(x: Array, layout: str) -> tuple[Array, Array]:
    check_choice("layout", layout, LAYOUTS)
    half = x.shape[-1] // 2
    if layout == "half":
        return x[..., :half], x[..., half:]
    return x[..., 0::2], x[..., 1::2]


def _join(xp: Namespace, pairs: tuple[Array, Array], layout: str) -> Array:
    if layout == "half":
        return xp.concat(pairs, axis=-1)
    both = xp.stack(pairs, axis=-1)  # [..., d/2, 2]
    return xp.reshape(both, (*both.shape[:-2], -1))
