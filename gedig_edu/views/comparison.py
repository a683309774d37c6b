"""What a head's F is held against: the terms of a baseline for each head of a text."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gedig_edu.errors import check_choice
from gedig_edu.theory import baselines as make
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps

BASELINES = ("random", "uniform", "local", "diagonal", "row_shuffled")
TERMS = ("density", "entropy", "path_gain")


def terms_of(reading: Reading) -> Float[np.ndarray, "terms rows columns"]:
    """Return density, entropy and path gain of maps [rows, columns, L, L], stacked."""
    return np.stack([getattr(reading, name) for name in TERMS])


def baseline_terms(
    name: str, maps: AttentionMaps, gauge: Gauge, *, matched: bool, seed: int = 0
) -> Float[np.ndarray, "3 layers heads"]:
    """Return density, entropy and path gain of a baseline of the same length, for each head.

    `random` and `row_shuffled` are means over seeded draws, more of them for short texts; F is
    linear in its terms, so the F of the means is the mean F. The numbers are those of
    ``gedig_edu.lab.live.live``.

    Parameters
    ----------
    name : str
        One of ``BASELINES``.
    maps : AttentionMaps
        The heads to compare.
    gauge : Gauge
        Convention and threshold.
    matched : bool
        Whether a causal model's baseline sees only what the model sees; `row_shuffled` always
        does.
    seed : int
        Seed of the random ones.

    Raises
    ------
    GedigError
        If the baseline is not known.

    Examples
    --------
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((1, 2, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="even")
    >>> baseline_terms("diagonal", maps, Gauge.paper(), matched=True)[1].tolist()
    [[0.5, 0.5]]
    """
    check_choice("baseline", name, BASELINES)
    rng = np.random.default_rng([seed, BASELINES.index(name)])
    draws = max(1, min(8, 128 // len(maps)))
    causal = maps.causal and matched
    if name == "row_shuffled":
        shuffled = (make.row_shuffled(maps.weights, rng, causal=maps.causal) for _ in range(draws))
        read = [terms_of(gauge.read(weights, causal=maps.causal)) for weights in shuffled]
        return np.mean(read, axis=0)
    if name == "random":
        drawn = [make.random(len(maps), rng, causal=causal) for _ in range(draws)]
    else:
        drawn = [getattr(make, name)(len(maps), causal=causal)]
    read = [terms_of(gauge.read(weights[None, None], causal=causal)) for weights in drawn]
    return np.broadcast_to(np.mean(read, axis=0), (len(TERMS), maps.layers, maps.heads))
