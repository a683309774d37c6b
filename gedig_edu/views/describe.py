"""Text alternatives: one sentence for each picture, made from the same numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
from jaxtyping import Float

from gedig_edu.words import word


def three(value: float) -> str:
    """Return a number with three significant digits and a true minus sign.

    Examples
    --------
    >>> three(-0.0423999), three(12.0), three(0.0)
    ('−0.0424', '12.0', '0.00')
    """
    if value == 0:
        return "0.00"
    return f"{value:#.3g}".rstrip(".").replace("-", "−")


def percent(share: float) -> str:
    r"""Return a share as a whole percentage: halves rounded up, the sign on the number's line.

    Examples
    --------
    >>> percent(0.834), percent(0.125)
    ('83\xa0%', '13\xa0%')
    """
    with localcontext(rounding=ROUND_HALF_UP):
        return f"{Decimal(100 * float(share)):.0f}\u00a0%"


def describe_heads(values: Float[np.ndarray, "layers heads"], label: str) -> str:
    """Say where a quantity is lowest and highest over the heads, and its mean."""
    (low_at, high_at) = (
        np.unravel_index(place, values.shape) for place in (values.argmin(), values.argmax())
    )
    return word(
        "views.alt.map",
        layers=values.shape[0],
        heads=values.shape[1],
        label=label,
        low=three(values[low_at]),
        low_head=f"{low_at[0]}.{low_at[1]}",
        high=three(values[high_at]),
        high_head=f"{high_at[0]}.{high_at[1]}",
        mean=three(float(values.mean())),
    )


def describe_layers(values: Float[np.ndarray, "layers heads"]) -> str:
    """Say how the median over the heads changes from the first layer to the last."""
    medians = np.median(values, axis=1)
    top = int(medians.argmax())
    return word(
        "views.alt.boxes",
        first=three(medians[0]),
        last=three(medians[-1]),
        last_layer=len(medians) - 1,
        top_layer=top,
        top=three(medians[top]),
    )
