"""Rank correlations over heads of what was measured on many texts, with intervals."""

from __future__ import annotations

import numpy as np

from gedig_edu.lab.experiments.summary import Interval, PerHead, interval
from gedig_edu.lab.statistics import resample
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
    value = _correlation(_means(one), _means(other), within=within)
    if texts < 2:
        return Interval(value, np.nan, np.nan)
    drawn = []
    for chosen, which in resample(texts, (layers, heads), resamples=RESAMPLES):
        weights = np.bincount(chosen, minlength=texts).astype(float)
        pair = (np.take_along_axis(_means(x, weights), which, axis=1) for x in (one, other))
        drawn.append(_correlation(*pair, within=within))
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
    return _correlation(_means(values[::2]), _means(values[1::2]))


def _means(
    values: PerHead, weights: Float[np.ndarray, " texts"] | None = None
) -> Float[np.ndarray, "layers heads"]:
    """Return each head's mean over the texts that it was measured on, NaN where there are none."""
    known = np.isfinite(values)
    weights = np.ones(len(values)) if weights is None else weights
    counts = np.tensordot(weights, known, axes=1)
    sums = np.tensordot(weights, np.where(known, values, 0.0), axes=1)
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def _correlation(one: np.ndarray, other: np.ndarray, *, within: bool = False) -> float:
    """Return Spearman's correlation of two arrays [layers, heads], NaN where nothing varies."""
    from scipy.stats import rankdata

    known = np.isfinite(one) & np.isfinite(other)
    ranks = []
    for each in (one, other):
        rank = np.zeros(each.shape)
        rank[known] = rankdata(each[known])
        axis = 1 if within else None
        count = np.maximum(known.sum(axis=axis, keepdims=True), 1)
        ranks.append((rank - rank.sum(axis=axis, keepdims=True) / count)[known])
    length = np.linalg.norm(ranks[0]) * np.linalg.norm(ranks[1])
    return float(ranks[0] @ ranks[1] / length) if length > 0 else np.nan
