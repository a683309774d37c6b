"""Rank correlations over heads of what was measured on many texts, with intervals."""

from __future__ import annotations

import numpy as np

from gedig_edu.lab.experiments.summary import Interval, PerHead, interval
from gedig_edu.lab.statistics import resample
from gedig_edu.lab.temperatures import rank_correlation as over_heads
from gedig_edu.shapes import Float

RESAMPLES = 1_000


def rank_correlation(one: PerHead, other: PerHead, *, within: bool = False) -> Interval:
    """Return Spearman's correlation over heads of two means over texts.

    Parameters
    ----------
    one, other : arrays [texts, layers, heads]
        NaN where a head was not measured on a text; its mean is over the other texts.
    within : bool
        Whether each layer's mean rank is taken off before, so that only heads of one layer are
        held against each other.

    Returns
    -------
    Interval
        Its ends are NaN for fewer than two texts.

    Examples
    --------
    >>> F = np.arange(6.0).reshape(1, 2, 3)
    >>> rank_correlation(F, F**3).value, rank_correlation(F, -F, within=True).value
    (1.0, -1.0)
    """
    texts, layers, heads = one.shape
    value = over_heads(_means(one), _means(other), within_layers=within)
    if texts < 2:
        return Interval(value, np.nan, np.nan)
    drawn = []
    for chosen, which in resample(texts, (layers, heads), resamples=RESAMPLES):
        weights = np.bincount(chosen, minlength=texts).astype(float)
        pair = (np.take_along_axis(_means(x, weights), which, axis=1) for x in (one, other))
        drawn.append(over_heads(*pair, within_layers=within))
    told = np.array([one for one in drawn if np.isfinite(one)])
    return interval(value, told) if len(told) else Interval(value, np.nan, np.nan)


def halves_agree(values: PerHead) -> float:
    """Return the rank correlation over heads of the means over every other text.

    No other number of the heads can be expected to correlate better with what these texts say.

    Examples
    --------
    >>> round(halves_agree(np.array([[[1.0, 2.0, 3.0]], [[2.0, 4.0, 3.0]]])), 6)
    0.5
    """
    return over_heads(_means(values[::2]), _means(values[1::2]))


def _means(
    values: PerHead, weights: Float[np.ndarray, " texts"] | None = None
) -> Float[np.ndarray, "layers heads"]:
    """Return each head's mean over the texts that it was measured on, NaN where there are none."""
    known = np.isfinite(values)
    weights = np.ones(len(values)) if weights is None else weights
    counts = np.tensordot(weights, known, axes=1)
    sums = np.tensordot(weights, np.where(known, values, 0.0), axes=1)
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
