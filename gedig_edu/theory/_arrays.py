"""One spelling for NumPy arrays and torch tensors, and the refusals they share."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from array_api_compat import array_namespace, device, is_array_api_obj, to_device

from gedig_edu.errors import GedigError, check_flag, check_kind, check_number

Array: TypeAlias = Any
"""A NumPy array or a torch tensor; jaxtyping adds kind and shape."""

Namespace: TypeAlias = Any
"""The array API module that belongs to an array."""


def namespace(**arrays: object) -> Namespace:
    """Return the one array namespace of the named arrays; None is left out.

    Raises
    ------
    GedigError
        If one is no array, or if they differ in kind or device.
    """
    given = {name: array for name, array in arrays.items() if array is not None}
    for name, array in given.items():
        _refuse_masked(name, array)
        if not is_array_api_obj(array):
            raise GedigError(
                f"{name} is of type {type(array).__name__}; give a NumPy array or a torch tensor."
            )
    names = " and ".join(given)
    try:
        xp = array_namespace(*given.values())
    except TypeError as error:
        raise GedigError(
            f"{names} are of different kinds; give all as NumPy arrays or all as torch tensors."
        ) from error
    if len({str(device(array)) for array in given.values()}) > 1:
        raise GedigError(f"{names} lie on different devices; move them to one.")
    return xp


def floats(**arrays: Array) -> tuple[Namespace, list[Array]]:
    """Return the namespace and the named arrays, integers made floating like their neighbours.

    Raises
    ------
    GedigError
        If an array is complex, or for the reasons of `namespace`.
    """
    missing = [name for name, array in arrays.items() if array is None]
    if missing:
        raise GedigError(f"{missing[0]} is None; give a NumPy array or a torch tensor.")
    xp = namespace(**arrays)
    for name, array in arrays.items():
        _check_real(xp, name, array)
    kinds = [a.dtype for a in arrays.values() if xp.isdtype(a.dtype, "real floating")]
    kind = xp.result_type(*kinds) if kinds else xp.float64
    return xp, [
        a if xp.isdtype(a.dtype, "real floating") else xp.astype(a, kind) for a in arrays.values()
    ]


def _check_real(xp: Namespace, name: str, array: Array) -> None:
    if not xp.isdtype(array.dtype, ("bool", "integral", "real floating")):
        raise GedigError(f"{name} has dtype {array.dtype}; give real numbers.")


def working_dtype(xp: Namespace, *arrays: Array) -> Any:
    """Return the dtype to compute in: that of the arrays, but never below float32."""
    return xp.result_type(*(array.dtype for array in arrays), xp.float32)


def in_double(xp: Namespace, array: Array) -> Array:
    """Return `array` in float64, on the CPU where its device has no float64."""
    on_mps = str(device(array)).startswith("mps")
    return xp.astype(to_device(array, "cpu") if on_mps else array, xp.float64)


def narrow(xp: Namespace, array: Array, dtype: Any) -> Array:
    """Return `array` in `dtype`; what is too large for it becomes infinite."""
    with np.errstate(over="ignore"):
        return xp.astype(array, dtype)


def common_shape(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that the named shapes broadcast to.

    Raises
    ------
    GedigError
        If they do not broadcast.
    """
    try:
        return np.broadcast_shapes(*(tuple(shape) for shape in shapes.values()))
    except ValueError as error:
        listed = " and ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
        raise GedigError(
            f"{listed} do not fit together; give shapes that are equal or broadcast."
        ) from error


def spread(xp: Namespace, name: str, array: Array, shape: tuple[int, ...]) -> Array:
    """Return `array` broadcast to `shape`.

    Raises
    ------
    GedigError
        If its shape does not broadcast to `shape`.
    """
    if common_shape(**{name: array.shape, "the shape it belongs to,": shape}) != tuple(shape):
        raise GedigError(
            f"{name} has shape {tuple(array.shape)}, more than {tuple(shape)} can hold; "
            "give a shape that broadcasts to it."
        )
    return xp.broadcast_to(array, shape)


def check_causal(causal: object) -> None:
    """Refuse what is neither True nor False."""
    check_flag("causal", causal, "whether a query sees only itself and what came before")


def check_generator(rng: object) -> None:
    """Refuse what draws nothing."""
    wanted = "numpy.random.default_rng(seed), so that the result can be repeated"
    check_kind("rng", rng, np.random.Generator, wanted)


def per_token(array: Array, rank: int) -> Array:
    """Return `array` ready to broadcast against token axes of `rank` dimensions.

    One value per token comes as [L], with every leading axis, or with one axis less: then
    the axis that is missing is the one beside L (the heads), as in [B, L] for [B, H, L].
    """
    return array[..., None, :] if 2 <= array.ndim == rank - 1 else array


def in_kind(
    xp: Namespace, name: str, value: object, like: Array, dtype: Any, *, above: float | None = None
) -> Array:
    """Return a number or an array of the same kind as `like` in `dtype`.

    A number is checked to be finite, and above `above` if that is given.

    Raises
    ------
    GedigError
        If it is out of range or of another kind.
    """
    if value is None:
        raise GedigError(f"{name} is None; give a number or an array.")
    if not isinstance(value, Real):
        namespace(**{name: value, "the array it belongs to": like})
        _check_real(xp, name, value)
        return xp.astype(value, dtype)
    number = check_number(name, value) if above is None else check_number(name, value, above=above)
    with np.errstate(over="ignore"):
        return xp.asarray(number, dtype=dtype, device=device(like))


def temperatures(xp: Namespace, temperature: object, like: Array, dtype: Any, axis: int) -> Array:
    """Return temperatures in `dtype` that broadcast against `like` without varying along `axis`.

    Raises
    ------
    GedigError
        If one is not finite and above zero in `dtype`, or the shape does not fit.
    """
    T = in_kind(xp, "temperature", temperature, like, dtype, above=0)
    shape = list(like.shape)
    shape[axis] = 1
    spread(xp, "temperature", T, tuple(shape))
    if not bool(xp.all((T > 0) & xp.isfinite(T))):
        raise GedigError(
            f"temperature={shown(temperature)} is not above 0 and finite as {dtype} holds it; "
            "give finite numbers above 0."
        )
    return T


def visible(
    xp: Namespace,
    shape: tuple[int, ...],
    like: Array,
    *,
    causal: bool = False,
    mask: Array | None = None,
    padding: Array | None = None,
) -> tuple[Array, Array]:
    """Return which queries are real, [..., Lq], and which cells they may read, [..., Lq, Lk].

    Raises
    ------
    GedigError
        If a mask is not boolean or does not fit, or if causal or padded cells are not square.
    """
    check_causal(causal)
    real = xp.ones(shape[:-1], dtype=xp.bool, device=device(like))
    allowed = xp.ones(shape, dtype=xp.bool, device=device(like))
    if (causal or padding is not None) and shape[-1] != shape[-2]:
        raise GedigError(
            f"causal and padding need as many keys as queries, not {shape[-2]} queries and "
            f"{shape[-1]} keys; give a mask instead."
        )
    if mask is not None:
        allowed = spread(xp, "mask", flags("mask", mask, like), shape)
    if padding is not None:
        tokens = per_token(flags("padding", padding, like), len(shape) - 1)
        real = spread(xp, "padding", tokens, shape[:-1])
        allowed = allowed & real[..., :, None] & real[..., None, :]
    return real, xp.tril(allowed) if causal else allowed


def flags(name: str, values: Array, like: Array) -> Array:
    """Return what is True or False, of the same kind as `like`, as it is."""
    if values is None:
        raise GedigError(f"{name} is None; give an array of bool, True where it counts.")
    xp = namespace(**{name: values, "scores": like})
    if values.dtype != xp.bool:
        raise GedigError(f"{name} has dtype {values.dtype}; give bool, True where it counts.")
    return values


def first_true(xp: Namespace, flags: Array) -> tuple[int, ...]:
    """Return the index of the first True."""
    return tuple(int(where[0]) for where in xp.nonzero(flags))


def check_finite(xp: Namespace, name: str, values: Array) -> None:
    """Refuse an array with a number that is NaN or infinite, and name its place."""
    unusable = ~xp.isfinite(values)
    if bool(xp.any(unusable)):
        where = first_true(xp, unusable) if values.ndim else ()
        at = f" at {place(where)}" if where else ""
        raise GedigError(f"{name}{at} is {values[where].item()}; give finite numbers.")


def place(index: Sequence[int]) -> str:
    """Return an index in words: 3 for one axis, (0, 3) for more."""
    return str(index[0]) if len(index) == 1 else str(tuple(index))


def shown(value: object) -> str:
    """Return what was given on one line, short enough for a sentence."""
    return textwrap.shorten(repr(value), 60, placeholder=" …")


def to_numpy(name: str, values: object) -> np.ndarray:
    """Return numbers of any kind (list, NumPy, torch) as a new float64 NumPy array.

    Raises
    ------
    GedigError
        If they are not real numbers.
    """
    plain: Any = values
    if is_array_api_obj(values) and not isinstance(values, np.ndarray | np.generic):
        plain = to_device(plain.detach() if hasattr(plain, "detach") else plain, "cpu")
    numbers = as_array(name, plain)
    if numbers.dtype.kind not in "biuf":
        raise GedigError(f"{name}={shown(values)} are not real numbers; give numbers.")
    return numbers.astype(np.float64)


def numbers(name: str, values: object, axes: str, *, gaps: bool = False) -> np.ndarray:
    """Return finite numbers with so many axes as a new float64 array; NaN may mark `gaps`.

    Examples
    --------
    >>> numbers("p", [0.5, 0.5], "[n]").tolist()
    [0.5, 0.5]
    >>> numbers("p", [[0.5], [np.inf]], "[n, d]")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: p at (1, 0) is inf; give finite numbers.

    Raises
    ------
    GedigError
        If they are no real numbers, none at all, not finite, or have other axes.
    """
    array = to_numpy(name, values)
    if array.ndim != axes.count(",") + 1 or array.size == 0:
        raise GedigError(f"{name} has shape {array.shape}; give {axes}, at least one number.")
    check_finite(np, name, np.where(np.isnan(array), 0.0, array) if gaps else array)
    return array


def any_array(name: str, values: Any) -> Array:
    """Return an array of any kind as it is, and what NumPy can read as an array."""
    return values if is_array_api_obj(values) else as_array(name, values)


def check_square(shape: tuple[int, ...]) -> None:
    """Refuse weights that are no maps."""
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise GedigError(
            f"weights have shape {shape}, but attention maps are square, [..., L, L]; "
            "give one column per row."
        )


def _refuse_masked(name: str, values: object) -> None:
    """Refuse an array of numpy.ma in which cells are masked: they would count in silence."""
    if np.ma.is_masked(values):
        raise GedigError(
            f"{name} is a masked array with {np.ma.count_masked(values)} cells masked; give its "
            ".filled(0), and what counts as mask=."
        )


def as_array(name: str, values: Any) -> np.ndarray:
    """Return what NumPy can read (nested lists, say) as an array, without a copy of an array.

    Raises
    ------
    GedigError
        If it makes no array.
    """
    _refuse_masked(name, values)
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as error:
        raise GedigError(
            f"{name}={shown(values)} make no array; give rows that are all of one length."
        ) from error
