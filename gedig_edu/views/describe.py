"""Text alternatives: one sentence for each picture, made from the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge
from gedig_edu.words import word
from gedig_edu.words.numbers import three


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


def describe_gauge(gauge: Gauge) -> str:
    """Say by which convention a gauge reads, with its numbers as they are.

    Examples
    --------
    >>> describe_gauge(Gauge.released(gamma=0.25)), describe_gauge(Gauge(threshold=0.01))
    ('released, λ = 0.5, γ = 0.25, quantile 0.9', 'paper, λ = 1, γ = 0.5, threshold 0.01')
    """
    numbers = {"lam": gauge.lam, "gamma": gauge.gamma, "quantile": None, "threshold": None}
    known = {"paper": Gauge.paper(), "released": Gauge.released()}
    plain = replace(gauge, **numbers)
    names = [name for name, one in known.items() if replace(one, **numbers) == plain]
    cut = "quantile" if gauge.threshold is None else "threshold"
    shown = {name: f"{getattr(gauge, name):.12g}" for name in ("lam", "gamma", cut)}
    convention = word(f"views.convention.{names[0] if names else 'own'}")
    return word(f"views.convention.with_{cut}", name=convention, **shown)
