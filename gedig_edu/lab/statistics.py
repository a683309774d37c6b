"""Small honest statistics: what a set of differences says, and how sure one can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Float, Int

if TYPE_CHECKING:
    import pandas as pd

ENDS = (0.025, 0.975)  # between which lie 95 % of the draws
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
        Cohen's d_z, mean/sd of the differences (see `PairedEffect` for what d would be); NaN where
        they vary by no more than rounding, `TIE` times the largest of them.
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
    sd = _spread(values)
    mean = float(values.mean())
    varies = sd > TIE * float(np.abs(values).max())
    return DeltaSummary(
        count=values.size,
        mean=mean,
        sd=sd,
        share_positive=float((values > TIE).mean()),
        effect_size=mean / sd if varies else math.nan,
    )


@dataclass(frozen=True)
class PairedEffect:
    """How large a difference between pairs is, in the two ways that both are called Cohen's d.

    The spread that a difference is divided by decides the number, and 'd above 2' says nothing
    without it. d is d_z·√(2 − 4·cov/(s₁² + s₂²)), with the covariance of the pairs: √2·d_z where
    the baseline does not vary, and less where it moves with the heads, as both do from text to text
    with the length. Against random maps that is little by the script (in the kept results d/d_z is
    1.26 to 1.42) and much by the formula of the paper (0.48 to 1.24). And whatever is averaged
    before takes its spread away: of means over heads, one number a text, both are several times
    what they are over heads, with the same mean difference.

    Attributes
    ----------
    count : int
        Number of pairs.
    mean : float
        Mean difference, first less second, in their unit.
    share_positive : float
        Share of pairs whose difference is above `TIE`.
    d : float
        mean over the pooled spread √((s₁² + s₂²)/2): how far the two sets lie apart, measured by
        how far each is spread (Cohen 1988, section 2.2).
    d_z : float
        mean over the spread of the differences: how alike the pairs' differences are (Cohen 1988,
        section 2.3). √count·d_z is the t of a paired test.
    """

    count: int
    mean: float
    share_positive: float
    d: float
    d_z: float


def paired(
    real: Float[np.ndarray, "*shape"], baseline: Float[np.ndarray, "*other"]
) -> PairedEffect:
    """Return how large the difference of pairs is, by both kinds of Cohen's d.

    Parameters
    ----------
    real, baseline : arrays
        Of one shape, or of shapes that broadcast: one baseline for all heads of a text is
        ``[texts, 1, 1]`` beside ``[texts, layers, heads]``.

    Raises
    ------
    GedigError
        If the shapes do not go together, there is no pair, or a number is not finite.

    Examples
    --------
    >>> effect = paired(np.array([3.0, 5.0, 7.0]), np.array([2.0, 2.0, 2.0]))
    >>> effect.mean, effect.d_z, round(effect.d, 4)
    (3.0, 1.5, 2.1213)
    """
    first, second = (np.asarray(one, dtype=np.float64) for one in (real, baseline))
    try:
        first, second = np.broadcast_arrays(first, second)
    except ValueError as error:
        raise GedigError(
            f"real has the shape {np.shape(real)} and baseline {np.shape(baseline)}; give pairs."
        ) from error
    of_pairs = summarise(first - second)
    pooled = math.sqrt((_spread(first) ** 2 + _spread(second) ** 2) / 2)
    varies = pooled > TIE * max(float(np.abs(first).max()), float(np.abs(second).max()))
    return PairedEffect(
        count=of_pairs.count,
        mean=of_pairs.mean,
        share_positive=of_pairs.share_positive,
        d=of_pairs.mean / pooled if varies else math.nan,
        d_z=of_pairs.effect_size,
    )


def _spread(values: Float[np.ndarray, "*shape"]) -> float:
    return float(values.std(ddof=1)) if values.size > 1 else math.nan


def per_head(rows: pd.DataFrame, column: str) -> Float[np.ndarray, "texts layers heads"]:
    """Return a column of a tidy table as one number for each text, layer and head.

    Parameters
    ----------
    rows : DataFrame
        With the columns text, layer and head, one row for each of them: an experiment's rows of
        one gauge.
    column : str
        Such as "delta_random_matched".

    Raises
    ------
    GedigError
        If a column is missing, or not every text has every head once.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"text": [4, 4], "layer": [0, 0], "head": [1, 0], "F": [0.1, 0.2]})
    >>> per_head(rows, "F").tolist()
    [[[0.2, 0.1]]]
    """
    keys = ["text", "layer", "head"]
    for name in (*keys, column):
        if name not in rows:
            raise GedigError(f"There is no column {name!r}; there are {', '.join(rows.columns)}.")
    shape = [len(np.unique(rows[key])) for key in keys]
    if len(rows) != math.prod(shape) or not len(rows) or rows.duplicated(keys).any():
        raise GedigError(
            f"{len(rows)} rows do not hold each of {shape[2]} heads in {shape[1]} layers of "
            f"{shape[0]} texts once; give the rows of one gauge."
        )
    return rows.sort_values(keys)[column].to_numpy(dtype=np.float64).reshape(shape)


def crossed_means(
    *values: Float[np.ndarray, "*samples layers heads"], resamples: int = 2_000, seed: int = 0
) -> tuple[Float[np.ndarray, " resamples"], ...]:
    """Return bootstrap means over samples and heads, with layers as strata: see `crossed_layers`.

    Parameters
    ----------
    *values, resamples, seed
        As there.

    Raises
    ------
    GedigError
        As there.

    Examples
    --------
    >>> (means,) = crossed_means(np.ones((5, 2, 3)), resamples=7)
    >>> means.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    layers = crossed_layers(*values, resamples=resamples, seed=seed)
    return tuple(one.mean(axis=1) for one in layers)


def crossed_layers(
    *values: Float[np.ndarray, "*samples layers heads"], resamples: int = 2_000, seed: int = 0
) -> tuple[Float[np.ndarray, "resamples layers"], ...]:
    """Return bootstrap means of each layer over samples and heads.

    Every axis before the last two (texts, untrained twins) is resampled on its own, and the heads
    are resampled within their layer, since most of the spread of F lies between heads: an interval
    over texts alone is too narrow. This is the crossed bootstrap of Owen (2007, The pigeonhole
    bootstrap). All arrays are weighted by the same draws, so that ratios and differences of the
    results are paired.

    Few heads a layer make its intervals somewhat narrow, as with any bootstrap of few. In a
    simulation (30 texts, 86 % of the spread between heads) intervals that say 95 % covered 93 % at
    30 layers of nine heads, 92 % at twelve of twelve, 92 % at six of six (90 % where heads are
    skewed) and 77 % at six layers of two heads. `gedig_edu.lab.mixed.mixed_model` and
    `gedig_edu.lab.significance.layer_tests` are exact there, where the numbers are normal.

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
    >>> (means,) = crossed_layers(np.ones((5, 2, 3)), resamples=2)
    >>> means.tolist()
    [[1.0, 1.0], [1.0, 1.0]]
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
        of_heads = _shares(rng, heads, (count, layers))
        for value, found in zip(values, means, strict=True):
            drawn = np.tensordot(weights[0], value, axes=1)  # [count, *samples[1:], layers, heads]
            for weight in weights[1:]:
                drawn = np.einsum("ns,ns...->n...", weight, drawn)
            found.append(np.einsum("nlh,nlh->nl", of_heads, drawn))
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
