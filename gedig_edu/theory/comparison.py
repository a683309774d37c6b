"""What F is held against: baselines of a text's own length, and the terms that F adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from jaxtyping import Float

from gedig_edu.errors import check_choice, check_whole
from gedig_edu.theory import baselines as make
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps

BASELINES = ("random", "uniform", "local", "diagonal", "row_shuffled")
TERMS = ("density", "entropy", "path_gain")


def draws_for(length: int) -> int:
    """Return how many draws keep the scatter of a random baseline small: 8 to 1.

    Examples
    --------
    >>> draws_for(10), draws_for(32), draws_for(200)
    (8, 4, 1)
    """
    return max(1, min(8, 128 // check_whole("length", length, at_least=1)))


def terms_of(reading: Reading) -> Float[np.ndarray, "3 ..."]:
    """Return density, entropy and path gain of a reading, stacked."""
    return np.stack([np.asarray(getattr(reading, term)) for term in TERMS])


def read_baseline(
    name: str,
    maps: AttentionMaps,
    gauge: Gauge,
    *,
    matched: bool,
    seed: int = 0,
    draws: int | None = None,
) -> Reading:
    """Read a baseline of the same length as [draws, layers or 1, heads or 1].

    Parameters
    ----------
    name : str
        One of ``BASELINES``; each has a random stream of its own.
    maps : AttentionMaps
        The heads that will be compared.
    gauge : Gauge
        Convention and threshold.
    matched : bool
        Whether a causal model's baseline sees only what the model sees; `row_shuffled` always
        does.
    seed : int
        Seed of the random ones.
    draws : int, optional
        How often the random ones are drawn; `draws_for` the length by default.

    Raises
    ------
    GedigError
        If the baseline is not known, or `seed` or `draws` is no number of its kind.

    Examples
    --------
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((1, 2, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="even")
    >>> read_baseline("diagonal", maps, Gauge.paper(), matched=True).entropy.tolist()
    [[[0.5]]]
    """
    check_choice("baseline", name, BASELINES)
    rng = np.random.default_rng([check_whole("seed", seed, at_least=0), BASELINES.index(name)])
    count = draws_for(len(maps)) if draws is None else check_whole("draws", draws, at_least=1)
    causal = maps.causal and matched
    if name == "row_shuffled":
        shuffled = (make.row_shuffled(maps.weights, rng, causal=maps.causal) for _ in range(count))
        return _stack([gauge.read(weights, causal=maps.causal) for weights in shuffled])
    if name == "random":
        drawn = [make.random(len(maps), rng, causal=causal) for _ in range(count)]
    else:
        drawn = [getattr(make, name)(len(maps), causal=causal)]
    return gauge.read(np.stack(drawn)[:, None, None], causal=causal)


def mean_terms(baseline: Reading, shape: tuple[int, int]) -> Float[np.ndarray, "3 layers heads"]:
    """Return a baseline's terms for each head, the means over its draws.

    F is linear in its terms, so the F of these means is the mean F of the draws.

    Parameters
    ----------
    baseline : Reading [draws, layers or 1, heads or 1]
    shape : tuple (layers, heads)
    """
    means = [term.mean(axis=0) for term in terms_of(baseline)]
    return np.stack([np.broadcast_to(mean, shape) for mean in means])


def _stack(readings: Sequence[Reading]) -> Reading:
    """Return readings of equal shape as one, with the draws on a new first axis."""
    names = [field.name for field in fields(Reading) if field.name != "engine"]
    stacked = {name: np.stack([getattr(r, name) for r in readings]) for name in names}
    return replace(readings[0], **stacked)
