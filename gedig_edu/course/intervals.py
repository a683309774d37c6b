"""Numbers with their 95 % intervals: a value, the lower end and the upper end."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from gedig_edu.lab.statistics import crossed_means, drawn, resample
from gedig_edu.shapes import Float, Int

CONFIDENCE = 0.95

PerHead: TypeAlias = Float[np.ndarray, "texts layers heads"]
"""One number for every text and head."""
Interval: TypeAlias = tuple[float, float, float]
"""A value, the lower end and the upper end; three times NaN where nothing can be said."""

UNDEFINED: Interval = (math.nan, math.nan, math.nan)


def of_mean(values: Float[np.ndarray, " n"]) -> Interval:
    """Return the mean of independent values with its bootstrap interval (seeded, BCa).

    Examples
    --------
    >>> of_mean(np.array([0.5, 0.5]))
    (0.5, 0.5, 0.5)
    """
    sample = np.asarray(values, dtype=np.float64)
    if len(sample) == 0:
        return UNDEFINED
    average = float(sample.mean())
    if len(sample) < 2 or np.ptp(sample) <= 1e-12 * abs(average):
        return average, average, average
    from scipy.stats import bootstrap

    interval = bootstrap(
        (sample,),
        np.mean,
        confidence_level=CONFIDENCE,
        n_resamples=2_000,
        rng=np.random.default_rng(0),
    ).confidence_interval
    return average, float(interval.low), float(interval.high)


def crossed(
    statistic: Callable[..., Any], *values: Float[np.ndarray, "*samples layers heads"]
) -> Interval:
    """Return a statistic of means over texts and heads, both resampled: `crossed_means`.

    Examples
    --------
    >>> crossed(np.divide, np.ones((5, 2, 3)), np.full((5, 2, 3), 2.0))
    (0.5, 0.5, 0.5)
    """
    samples = [np.asarray(value, dtype=np.float64) for value in values]
    value = float(statistic(*(sample.mean() for sample in samples)))
    if not math.isfinite(value):
        return UNDEFINED
    return value, *_percentiles(statistic(*crossed_means(*samples)))


def resampled(
    statistic: Callable[..., float], texts: int, heads: tuple[int, int] | None = None
) -> Interval:
    """Return any statistic of texts, or of texts and heads, with its percentile interval.

    Examples
    --------
    >>> resampled(lambda chosen: 1.0, 5)
    (1.0, 1.0, 1.0)
    """
    every: list[Any] = [np.arange(texts)]
    if heads is not None:
        every.append(np.broadcast_to(np.arange(heads[1]), heads))
    value = float(statistic(*every))
    if not math.isfinite(value):
        return UNDEFINED
    draws = [statistic(*choice) for choice in resample(texts, heads)]
    return value, *_percentiles(np.array(draws))


def over_heads(statistic: Callable[..., float], *values: PerHead) -> Interval:
    """Return any statistic of what was read of every text and head, with its interval.

    Examples
    --------
    >>> over_heads(np.mean, np.ones((5, 2, 3)))
    (1.0, 1.0, 1.0)
    """

    def of(texts: Int[np.ndarray, " texts"], heads: Int[np.ndarray, "layers heads"]) -> float:
        return float(statistic(*(drawn(one, texts, heads) for one in values)))

    count, layers, heads = values[0].shape
    return resampled(of, count, (layers, heads))


def _percentiles(draws: Float[np.ndarray, " draws"]) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(draws, (tail, 1 - tail))
    return float(low), float(high)
