"""One question, every defensible way to ask it: ΔF under each choice, and how sure it is.

A table of ΔF rests on choices that its caption may not name: which texts, which formula, which
threshold, against what, with the model's mask or without. Here all of them are read from the same
heads, so that a curve can show the whole fork of paths (Simonsohn, Simmons & Nelson 2020,
Specification curve analysis; Steegen et al. 2016, Increasing transparency through a multiverse
analysis).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.lab.live import live
from gedig_edu.lab.statistics import ENDS, TIE
from gedig_edu.lab.streams import AttendsMany
from gedig_edu.shapes import Float
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.theory.paths import path_gain

FORMULAS = {"script": Gauge.released, "paper": Gauge.paper}
THRESHOLDS: dict[str, dict[str, float | None]] = {
    "quantile": {},
    "fixed": {"quantile": None, "threshold": 0.01},
}
EITHER_MASK = ("random", "uniform", "local")
"""Maps of table 2 that wear a causal model's mask or none; the diagonal fits under any."""
RESAMPLED = ("texts", "heads", "heads_in_layers", "texts_heads", "texts_heads_in_layers")
"""What is drawn anew for an interval; heads are drawn freely, or within their layer."""
DRAWS = 2
GRAPHS = 4

PerHead = Float[np.ndarray, "texts layers heads"]


class Specification(NamedTuple):
    """What one way of asking says.

    Attributes
    ----------
    delta : float
        Mean ΔF over texts and heads.
    share : float
        Share of all ΔF above 0, ties left out.
    intervals : array [5, 2]
        The 95 % interval of the mean for each of `RESAMPLED`: lower and upper end.
    """

    delta: float
    share: float
    intervals: Float[np.ndarray, "5 2"]


def every_delta(
    model: AttendsMany,
    twin: AttendsMany,
    texts: Mapping[str, Sequence[str]],
    *,
    seed: int = 0,
) -> dict[str, PerHead]:
    """Return ΔF of every head on every text, for every combination of choices.

    Parameters
    ----------
    model, twin : models with ``attend_many(texts)``
        The trained one, and one of the same shape that never was.
    texts : mapping of str to sequence of str
        Sets of texts, by names without a space.
    seed : int
        Text number n draws its random maps from ``seed + n``.

    Returns
    -------
    dict of str to array [texts, layers, heads]
        A key names texts, formula ("script", "paper"), threshold ("quantile" for the top tenth,
        "fixed" for 0.01), what is compared with, and mask ("unmasked", "matched"), for example
        ``"prose script quantile random unmasked"``. What wears the model's mask in any case, and
        all of a model without one, is "matched".

    Raises
    ------
    GedigError
        If there is no set, or one of them is empty.
    """
    seed = check_whole("seed", seed, at_least=0)
    if not texts or not all(texts.values()):
        counts = {name: len(some) for name, some in texts.items()}
        raise GedigError(f"The sets hold {counts} texts; give one text of each set at least.")
    found: dict[str, list[np.ndarray]] = {}
    for name, some in texts.items():
        pairs = zip(model.attend_many(some), twin.attend_many(some), strict=True)
        for number, (maps, bare) in enumerate(pairs):
            for key, delta in _of_text(maps, bare, seed + number):
                found.setdefault(f"{name} {key}", []).append(delta)
    return {key: np.stack(deltas) for key, deltas in found.items()}


def _of_text(
    maps: AttentionMaps, bare: AttentionMaps, seed: int
) -> Iterator[tuple[str, Float[np.ndarray, "layers heads"]]]:
    """Yield a key without its texts, and ΔF, for every choice on one text."""
    rng = np.random.default_rng(seed)
    even = _of_equal_entropy(maps, rng)
    masks = {"unmasked": False, "matched": True} if maps.causal else {"matched": True}
    for formula, made in FORMULAS.items():
        for threshold, options in THRESHOLDS.items():
            gauge = replace(made(), **options)
            one = live(maps, gauge=gauge, seed=seed, draws=DRAWS)
            head = f"{formula} {threshold}"
            for name in EITHER_MASK:
                for mask, matched in masks.items():
                    yield f"{head} {name} {mask}", one.delta(name, matched=matched)
            for name in ("diagonal", "row_shuffled"):
                yield f"{head} {name} matched", one.delta(name, matched=True)
            drawn = gauge.read(even, causal=maps.causal).F.reshape(one.real.F.shape)
            yield f"{head} equal_entropy matched", one.real.F - drawn
            yield f"{head} same_degrees matched", _beyond_degrees(maps, gauge, rng)
            yield f"{head} twin matched", one.real.F - bare.read(gauge).F


def _of_equal_entropy(
    maps: AttentionMaps, rng: np.random.Generator
) -> Float[np.ndarray, "heads L L"]:
    """Return one random map with the mask and the entropy of each head."""
    wanted = np.asarray(maps.read(Gauge.paper()).entropy).ravel()
    return np.stack(
        [
            baselines.entropy_matched(len(maps), float(entropy), rng, causal=maps.causal)
            for entropy in wanted
        ]
    )


def _beyond_degrees(
    maps: AttentionMaps, gauge: Gauge, rng: np.random.Generator
) -> Float[np.ndarray, "layers heads"]:
    """Return by how much paths lift F above graphs with the same expected degrees."""
    edges = maps.weights > np.asarray(maps.read(gauge).threshold)[..., None, None]
    drawn = baselines.soft_configuration(edges, rng, causal=maps.causal, draws=GRAPHS)
    theirs = path_gain(drawn, path=gauge.path).mean(axis=0)
    return -gauge.lam * gauge.gamma * (path_gain(edges, path=gauge.path) - theirs)


def specifications(
    deltas: Mapping[str, PerHead], *, resamples: int = 1_000, seed: int = 0
) -> dict[str, Specification]:
    """Return what each way of asking says, from the lowest mean ΔF to the highest.

    All are resampled with the same draws. The interval is that between the 2.5 % and the 97.5 %
    quantile of the means.

    Parameters
    ----------
    deltas : mapping of str to array [texts, layers, heads]
        As `every_delta` returns them.
    resamples, seed : int
        How many draws, and their seed.

    Raises
    ------
    GedigError
        If there is none, or one has no text.

    Examples
    --------
    >>> found = specifications({"b": np.ones((4, 2, 3)), "a": np.zeros((4, 2, 3))}, resamples=9)
    >>> list(found), found["b"].intervals[3].round(6).tolist()
    (['a', 'b'], [1.0, 1.0])
    """
    resamples = check_whole("resamples", resamples, at_least=1)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    if not deltas:
        raise GedigError("No differences were given; give those that every_delta returns.")
    weights: dict[tuple[int, ...], tuple[np.ndarray, ...]] = {}
    found = {}
    for key, delta in deltas.items():
        if delta.shape not in weights:
            weights[delta.shape] = _drawn_shares(rng, delta.shape, resamples)
        means = _means(delta, *weights[delta.shape])
        ends = np.quantile(means, ENDS, axis=1).T
        found[key] = Specification(float(delta.mean()), float((delta > TIE).mean()), ends)
    return dict(sorted(found.items(), key=lambda pair: pair[1].delta))


def _drawn_shares(
    rng: np.random.Generator, shape: tuple[int, ...], resamples: int
) -> tuple[np.ndarray, ...]:
    """Return how often each text, head, and head of its layer is drawn, as shares."""
    texts, layers, heads = shape
    every = layers * heads
    of_texts = rng.multinomial(texts, np.full(texts, 1 / texts), size=resamples) / texts
    freely = rng.multinomial(every, np.full(every, 1 / every), size=resamples) / every
    within = rng.multinomial(heads, np.full(heads, 1 / heads), size=(resamples, layers))
    return of_texts, freely, within.reshape(resamples, every) / every


def _means(
    delta: PerHead, texts: np.ndarray, heads: np.ndarray, in_layers: np.ndarray
) -> Float[np.ndarray, "5 resamples"]:
    """Return resampled means for each of `RESAMPLED`."""
    flat = delta.reshape(len(delta), -1)
    of_texts = texts @ flat  # [resamples, heads]
    of_heads = flat.mean(axis=0)
    return np.stack(
        [
            of_texts.mean(axis=1),
            heads @ of_heads,
            in_layers @ of_heads,
            (heads * of_texts).sum(axis=1),
            (in_layers * of_texts).sum(axis=1),
        ]
    )


def by_distance(weights: Float[np.ndarray, "*maps L L"]) -> Float[np.ndarray, "*maps L L"]:
    """Return what maps keep if only the distance counts: each cell is the mean of its diagonal.

    Every row is then divided by its sum. Of a head is left how far it looks, and nothing of where
    it finds what it looks for.

    Parameters
    ----------
    weights : array [..., L, L]
        Attention maps, rows summing to 1.

    Examples
    --------
    >>> by_distance(np.array([[1.0, 0.0], [0.4, 0.6]])).round(3).tolist()
    [[1.0, 0.0], [0.333, 0.667]]
    """
    kept = np.zeros(weights.shape)
    length = weights.shape[-1]
    for back in range(1 - length, length):
        mean = np.diagonal(weights, -back, -2, -1).mean(axis=-1)
        kept += mean[..., None, None] * np.eye(length, k=-back)
    return kept / kept.sum(axis=-1, keepdims=True)


def against(
    many: Sequence[AttentionMaps],
    null: Callable[[Float[np.ndarray, "L L"]], Float[np.ndarray, "L L"]],
    *,
    gauge: Gauge,
) -> PerHead:
    """Return ΔF of every head on every text against a null of one's own.

    Parameters
    ----------
    many : sequence of AttentionMaps
    null : callable
        Takes one map [L, L] and returns another whose rows sum to 1, with the same mask.
    gauge : Gauge

    Raises
    ------
    GedigError
        If what the null returns is no attention map.

    Examples
    --------
    >>> rows = np.full((1, 1, 3, 3), 1 / 3, dtype=np.float32)
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b", " c"), weights=rows, causal=False,
    ...     special=np.zeros(3, bool), offsets=np.zeros((3, 2), int), model="uniform")
    >>> against([maps], by_distance, gauge=Gauge.paper()).tolist()
    [[[0.0]]]
    """

    def delta(maps: AttentionMaps) -> Float[np.ndarray, "layers heads"]:
        given = np.asarray(maps.weights, dtype=np.float64)
        given = given / given.sum(axis=-1, keepdims=True)
        kept = np.stack([[null(one) for one in layer] for layer in given])
        return maps.read(gauge).F - gauge.read(kept, causal=maps.causal).F

    return np.stack([delta(maps) for maps in many])
