"""Small honest statistics: what a set of differences says, and how sure one can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Float, Int

TIE = 1e-12
"""Largest |ΔF| that rounding alone can leave between equal heads; up to it the two are tied."""
_BLOCK = 100


@dataclass(frozen=True)
class DeltaSummary:
    """What a set of differences ΔF says.

    Attributes
    ----------
    count : int
        Number of differences.
    mean, sd : float
        Mean and standard deviation (n − 1); `sd` is NaN for a single difference.
    share_positive : float
        Share of differences above `TIE`, between 0 and 1; a tie is not above.
    effect_size : float
        Cohen's d of the differences, mean/sd; NaN where they vary by no more than rounding,
        `TIE` times the largest of them.
    """

    count: int
    mean: float
    sd: float
    share_positive: float
    effect_size: float

    def to_dict(self) -> dict[str, float]:
        """Return the numbers by name."""
        return asdict(self)


def summarise(delta: Float[np.ndarray, "*shape"]) -> DeltaSummary:
    """Return count, mean, spread, share above zero and effect size of differences.

    The heads of one model on one text are no independent sample, so these numbers describe
    the heads that were read; they are no test of significance.

    Parameters
    ----------
    delta : array of any shape
        Differences ΔF, dimensionless.

    Raises
    ------
    GedigError
        If there is no difference, or one is not finite.

    Examples
    --------
    >>> summarise(np.array([0.1, 0.2, -0.1, 0.2])).share_positive
    0.75
    """
    values = np.asarray(delta, dtype=np.float64).ravel()
    if values.size == 0 or not np.isfinite(values).all():
        raise GedigError(
            f"delta holds {values.size} values, "
            f"{int(np.isfinite(values).sum())} of them finite; give at least one, all finite."
        )
    sd = float(values.std(ddof=1)) if values.size > 1 else float("nan")
    mean = float(values.mean())
    varies = sd > TIE * float(np.abs(values).max())
    return DeltaSummary(
        count=values.size,
        mean=mean,
        sd=sd,
        share_positive=float((values > TIE).mean()),
        effect_size=mean / sd if varies else float("nan"),
    )


def crossed_means(
    *values: Float[np.ndarray, "*samples layers heads"], resamples: int = 2_000, seed: int = 0
) -> tuple[Float[np.ndarray, " resamples"], ...]:
    """Return bootstrap means over samples and heads, with layers as strata.

    Every axis before the last two (texts, untrained twins) is resampled on its own, and the heads
    are resampled within their layer, since most of the spread of F lies between heads: an interval
    over texts alone is too narrow. This is the crossed bootstrap of Owen (2007, The pigeonhole
    bootstrap). All arrays are weighted by the same draws, so that ratios and differences of the
    results are paired.

    Parameters
    ----------
    *values : arrays [*samples, layers, heads]
        All of one shape.
    resamples : int
        How many draws.
    seed : int
        Seed of the draws.

    Raises
    ------
    GedigError
        If the shapes differ, an array has fewer than three axes or none of its cells, or a number
        is out of range.

    Examples
    --------
    >>> (means,) = crossed_means(np.ones((5, 2, 3)), resamples=7)
    >>> means.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    shapes = {np.shape(value) for value in values}
    shape = shapes.pop() if len(shapes) == 1 else ()
    if len(shape) < 3 or 0 in shape:
        raise GedigError(
            f"values have shapes {[np.shape(value) for value in values]}; "
            "give arrays of one shape [texts, layers, heads], none of them empty."
        )
    *samples, layers, heads = shape
    resamples = check_whole("resamples", resamples, at_least=1)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    means: list[list[np.ndarray]] = [[] for _ in values]
    for start in range(0, resamples, _BLOCK):
        count = min(_BLOCK, resamples - start)
        weights = [_shares(rng, size, (count,)) for size in samples]
        of_heads = _shares(rng, heads, (count, layers)) / layers
        for value, found in zip(values, means, strict=True):
            drawn = np.tensordot(weights[0], value, axes=1)  # [count, *samples[1:], layers, heads]
            for weight in weights[1:]:
                drawn = np.einsum("ns,ns...->n...", weight, drawn)
            found.append(np.einsum("nlh,nlh->n", of_heads, drawn))
    return tuple(np.concatenate(found) for found in means)


def resample(
    texts: int, heads: tuple[int, int] | None = None, *, resamples: int = 500, seed: int = 0
) -> Iterator[tuple[Any, ...]]:
    """Return draws with replacement: numbers of texts, and of heads within each layer if asked.

    Raises
    ------
    GedigError
        If a number is out of range.

    Examples
    --------
    >>> [tuple(part.shape for part in draw) for draw in resample(5, (2, 3), resamples=1)]
    [((5,), (2, 3))]
    """
    texts = check_whole("texts", texts, at_least=1)
    resamples = check_whole("resamples", resamples, at_least=1)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))

    def draw() -> tuple[Any, ...]:
        chosen = rng.integers(texts, size=texts)
        return (chosen,) if heads is None else (chosen, rng.integers(heads[1], size=heads))

    return (draw() for _ in range(resamples))


def drawn(
    values: Float[np.ndarray, "texts layers heads"],
    texts: Int[np.ndarray, " texts"],
    heads: Int[np.ndarray, "layers heads"],
) -> Float[np.ndarray, "texts layers heads"]:
    """Return the values of one draw of `resample`: of its texts, and of its heads in each layer.

    Examples
    --------
    >>> values = np.arange(6.0).reshape(1, 2, 3)  # texts, layers, heads
    >>> drawn(values, np.array([0]), np.array([[0, 0, 2], [1, 1, 1]])).tolist()
    [[[0.0, 0.0, 2.0], [4.0, 4.0, 4.0]]]
    """
    return values[texts][:, np.arange(len(heads))[:, None], heads]


def _shares(
    rng: np.random.Generator, size: int, shape: tuple[int, ...]
) -> Float[np.ndarray, "*shape size"]:
    """Return how often each of `size` is drawn in `size` draws, over `size`."""
    return rng.multinomial(size, np.full(size, 1 / size), size=shape) / size
