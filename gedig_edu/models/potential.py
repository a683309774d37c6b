"""A potential as the backends take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import array_api_compat
import numpy as np

from gedig_edu.errors import GedigError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_AXES = ("layers", "heads", "L", "L")


def as_potential(
    potential: ArrayLike, *, layers: int, heads: int, length: int, rows: int | None = None
) -> np.ndarray:
    """Return a potential as a float32 array of four axes, each 1 or the model's size.

    It is of `length` queries and as many keys, or of `rows` queries where that is given.

    Raises
    ------
    GedigError
        If it is no array of numbers, has another shape, or holds NaN or −inf.

    Examples
    --------
    >>> as_potential([[0.0, 1.0], [2.0, 3.0]], layers=3, heads=5, length=2).shape
    (1, 1, 2, 2)
    """
    U = as_float32(potential)
    if U is None:
        raise GedigError(
            f"The potential is no array of real numbers ({type(potential).__name__}); give one "
            "that broadcasts to [layers, heads, L, L]."
        )
    sizes = (layers, heads, length if rows is None else rows, length)
    axes = _AXES if rows is None else (*_AXES[:2], "rows", "L")
    shape = (1,) * (4 - U.ndim) + tuple(U.shape)
    if len(shape) > 4 or any(
        given not in (1, size) for given, size in zip(shape, sizes, strict=True)
    ):
        wanted = ", ".join(f"{axis}={size}" for axis, size in zip(axes, sizes, strict=True))
        raise GedigError(
            f"The potential has shape {list(U.shape)}; give one that broadcasts to [{wanted}]."
        )
    if np.isnan(U).any() or np.isneginf(U).any():
        raise GedigError(
            "The potential holds NaN or -inf; use finite values, and +inf to remove a key."
        )
    return U.reshape(shape)


def blind_row(*, query: int, layer: int, head: int) -> GedigError:
    """Return the refusal of a potential that removes every key a query could see."""
    return GedigError(
        f"The potential leaves query {query} no key in layer {layer}, head {head}; "
        "keep at least one visible key finite in every row."
    )


def as_float32(potential: ArrayLike) -> np.ndarray | None:
    """Return an array or tensor as float32, None where it holds no real numbers."""
    try:
        if array_api_compat.is_torch_array(potential):
            potential = potential.detach().cpu().double().numpy()  # pyright: ignore
        given = np.array(potential)
        with np.errstate(over="ignore"):
            return None if np.iscomplexobj(given) else given.astype(np.float32)
    except (TypeError, ValueError, RuntimeError):
        return None
