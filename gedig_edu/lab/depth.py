"""F by layer: how it rises with depth, and what a step is worth among the orders of the layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.lab.significance import orders_of, rises
from gedig_edu.lab.statistics import ENDS, TIE
from gedig_edu.lab.streams import AttendsMany
from gedig_edu.shapes import Float
from gedig_edu.theory._arrays import to_numpy
from gedig_edu.theory.gauge import Gauge

GAUGES = (Gauge.released(), Gauge.paper())
ORDERS = 9_999
"""Orders of the layers that are drawn where there are more."""


class Depth(NamedTuple):
    """What levels of F by layer say, with every layer and without the first one.

    Attributes
    ----------
    levels : array [layers]
        Mean F over texts and heads.
    ends : array [3, layers, 2]
        95 % intervals: texts resampled, heads of each layer, both; lower and upper end.
    ranks : array [2, 7]
        Rank correlation of layer and level, and the ends of its interval for texts, heads, both;
        of all layers, then without layer 0.
    chances : array [2, 2, layers]
        For a break after so many layers: how many orders of the same levels rise there as much,
        and how many rise as much at any place; of all layers, then without layer 0. 1 where there
        is no such break.
    """

    levels: Float[np.ndarray, " layers"]
    ends: Float[np.ndarray, "3 layers 2"]
    ranks: Float[np.ndarray, "2 7"]
    chances: Float[np.ndarray, "2 2 layers"]


def depths(
    model: AttendsMany,
    twin: AttendsMany,
    *,
    short: Sequence[str],
    long: Sequence[str],
    resamples: int = 500,
    seed: int = 0,
) -> list[Depth]:
    """Read F by layer by both formulas, on two sets of texts, trained and untrained.

    Parameters
    ----------
    model, twin : models with ``attend_many(texts)``
        The trained one, and one of the same shape that never was.
    short, long : sequence of str
        The two sets.
    resamples, seed : int
        How many draws for an interval, and their seed.

    Returns
    -------
    list of 8 Depth
        By the script, then by the paper; in each short, then long; in each trained, then not.

    Raises
    ------
    GedigError
        If a set is empty, or the model has fewer than three layers.
    """
    if not short or not long:
        raise GedigError(f"{len(short)} short and {len(long)} long texts were given; give both.")
    read = [tuple(one.attend_many(some)) for some in (short, long) for one in (model, twin)]
    return [
        depth(np.stack([maps.read(gauge).F for maps in many]), resamples=resamples, seed=seed)
        for gauge in GAUGES
        for many in read
    ]


def depth(F: Float[np.ndarray, "texts layers heads"], *, resamples: int, seed: int = 0) -> Depth:
    """Return what F says of depth.

    Parameters
    ----------
    F : array [texts, layers, heads]
        Of at least three layers.
    resamples, seed : int
        How many draws for an interval, and their seed.

    Raises
    ------
    GedigError
        If F has another shape, or a number is out of range.

    Examples
    --------
    >>> F = np.arange(6.0)[None, :, None] * np.ones((4, 1, 2))
    >>> depth(F, resamples=3).ranks[:, 0].tolist()
    [1.0, 1.0]
    """
    F = to_numpy("F", F)
    if F.ndim != 3 or F.shape[1] < 3 or 0 in F.shape:
        raise GedigError(f"F has shape {F.shape}; give [texts, layers, heads], 3 layers or more.")
    resamples = check_whole("resamples", resamples, at_least=1)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    levels, drawn = F.mean(axis=(0, 2)), _drawn_levels(F, rng, resamples)
    ends = np.quantile(drawn, ENDS, axis=1)  # [2, 3, layers]

    def along(levels: Float[np.ndarray, "*draws layers"]) -> Float[np.ndarray, "*draws"]:
        return np.nan_to_num(rank(levels))  # levels that are all alike go with nothing

    ranks = np.array([
        np.append(along(levels[start:]), np.quantile(along(drawn[..., start:]), ENDS, axis=1).T)
        for start in (0, 1)
    ])  # fmt: skip
    chances = np.ones((2, 2, len(levels)))
    for start in (0, 1):
        chances[start, :, start + 1 :] = _chances(levels[start:], seed)
    return Depth(levels, np.moveaxis(ends, 0, -1), ranks, chances)


def _drawn_levels(
    F: Float[np.ndarray, "texts layers heads"], rng: np.random.Generator, resamples: int
) -> Float[np.ndarray, "3 resamples layers"]:
    """Return levels with texts drawn anew, the heads of each layer, and both."""
    texts, layers, heads = F.shape
    of_texts = rng.multinomial(texts, np.full(texts, 1 / texts), size=resamples) / texts
    of_heads = rng.multinomial(heads, np.full(heads, 1 / heads), size=(resamples, layers)) / heads
    both = np.tensordot(of_texts, F, axes=1)  # [resamples, layers, heads]
    return np.stack(
        [both.mean(axis=2), (of_heads * F.mean(axis=0)).sum(axis=2), (of_heads * both).sum(axis=2)]
    )


def rank(levels: Float[np.ndarray, "*draws layers"]) -> Float[np.ndarray, "*draws"]:
    """Return Spearman's correlation of layer and level along the last axis; NaN if all are alike.

    Examples
    --------
    >>> rank(np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])).tolist()
    [1.0, -1.0]
    """
    from scipy.stats import rankdata

    ranks = rankdata(levels, axis=-1)
    layers = np.arange(levels.shape[-1]) - (levels.shape[-1] - 1) / 2
    ranks = ranks - ranks.mean(axis=-1, keepdims=True)
    spread = np.sqrt((ranks**2).sum(axis=-1) * (layers**2).sum())
    return np.divide(ranks @ layers, spread, out=np.full(spread.shape, np.nan), where=spread > 0)


def _chances(levels: Float[np.ndarray, " layers"], seed: int) -> Float[np.ndarray, "2 breaks"]:
    """Return the share of orders that rise as much at a place, and of those that do anywhere."""
    orders = orders_of(len(levels), most=ORDERS, seed=seed)
    others, ours = rises(levels[orders]), rises(levels) - TIE  # [orders, breaks]
    there, anywhere = others >= ours, others.max(axis=1)[:, None] >= ours
    drawn = len(orders) == ORDERS  # not all of them: their own order is one more
    return np.stack(
        [(one.sum(axis=0) + drawn) / (len(orders) + drawn) for one in (there, anywhere)]
    )
