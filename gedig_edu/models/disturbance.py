"""What is added to the stream of one layer, as the backends take it."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.models.potential import as_float32

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Disturbance = tuple[int, ArrayLike]


def as_disturbance(
    disturb: Disturbance, *, layers: int, shape: tuple[int, int], name: str
) -> tuple[int, np.ndarray]:
    """Return a layer and what is added to the stream that leaves it, float32 [L, D].

    Raises
    ------
    GedigError
        If it is no pair of a layer that `name` has and a finite array of that shape.

    Examples
    --------
    >>> layer, added = as_disturbance((2, np.zeros((5, 7))), layers=3, shape=(5, 7), name="small")
    >>> layer, added.dtype
    (2, dtype('float32'))
    """
    try:
        layer, given = disturb
        layer = index(layer)
    except (TypeError, ValueError) as error:
        raise GedigError(
            "disturb is no pair of a layer and an array; give (layer, array [L, D])."
        ) from error
    if layer not in range(layers):
        raise GedigError(
            f"disturb names layer {layer}, which {name!r} does not have; "
            f"choose one of 0 to {layers - 1}."
        )
    added = as_float32(given)
    if added is None or added.shape != shape or not np.isfinite(added).all():
        kind = type(given).__name__ if added is None else f"an array {list(added.shape)}"
        raise GedigError(
            f"disturb adds {kind} to layer {layer}; give finite numbers of the shape "
            f"[L, D] = {list(shape)}."
        )
    return layer, added
