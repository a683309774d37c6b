"""Is there more to a head's paths than its degrees? A null of F, and the null of the null."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GAUGE, check_kind, check_whole
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory.baselines import soft_configuration
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps, check_maps
from gedig_edu.theory.paths import path_gain

GENERATIONS = 3


class Excess(NamedTuple):
    """The path terms of heads beside those of graphs with their degrees, in units of F.

    Each is −λγ·path_gain, what the term adds to F: above 0, a difference says that the paths of
    the first graph are longer than those of the second.

    Attributes
    ----------
    real : float64 array [layers, heads]
        Of the heads' own graphs.
    null : float64 array [layers, heads]
        Of graphs drawn with the same expected degrees, the mean over draws.
    drawn : float64 array [layers, heads]
        Of some of these drawn graphs, the mean.
    null_of_drawn : float64 array [layers, heads]
        Of graphs drawn with the degrees of these drawn ones, the mean.
    redrawn, null_of_redrawn : float64 arrays [layers, heads]
        The same once more, for one graph drawn from each drawn one.
    """

    real: Float[np.ndarray, "layers heads"]
    null: Float[np.ndarray, "layers heads"]
    drawn: Float[np.ndarray, "layers heads"]
    null_of_drawn: Float[np.ndarray, "layers heads"]
    redrawn: Float[np.ndarray, "layers heads"]
    null_of_redrawn: Float[np.ndarray, "layers heads"]

    @property
    def plain(self) -> Float[np.ndarray, "layers heads"]:
        """Real − null, with the bias of the null in it."""
        return self.real - self.null

    @property
    def bias(self) -> Float[np.ndarray, "layers heads"]:
        """Drawn − null of the drawn: what a graph shows that has nothing beyond its degrees."""
        return self.drawn - self.null_of_drawn

    @property
    def calibrated(self) -> Float[np.ndarray, "layers heads"]:
        """The plain excess less the bias."""
        return self.plain - self.bias

    @property
    def placebo(self) -> Float[np.ndarray, "layers heads"]:
        """The calibrated excess of the drawn graphs, which have nothing beyond their degrees.

        It is not 0, since the bias shrinks from one drawing to the next; so a calibrated excess
        says something only as far as it stands above its placebo.
        """
        return self.bias - (self.redrawn - self.null_of_redrawn)


def soft_configuration_excess(
    maps: AttentionMaps, *, gauge: Gauge, draws: int = 16, refits: int = 4, seed: int = 0
) -> Excess:
    """Hold the path term of each head's graph against graphs with the same expected degrees.

    The null is `gedig_edu.theory.baselines.soft_configuration`. Its degrees fluctuate, tokens
    drop out of its component, and so a graph differs from its null even if it was drawn from one.
    Therefore some drawn graphs are fitted and drawn again, and the difference that they show is
    taken off. How well this works is measured on the drawn graphs themselves: see `placebo`.

    Parameters
    ----------
    maps : AttentionMaps
        Of one text.
    gauge : Gauge
        Threshold, convention of the path term, λ and γ.
    draws : int
        Graphs drawn for each head, and again for each that is fitted again.
    refits : int
        How many of the drawn graphs are fitted again, at most `draws`.
    seed : int

    Returns
    -------
    Excess
        Dimensionless, as F is. Its numbers scatter with the draws; only means over heads and
        texts say something.

    Raises
    ------
    GedigError
        If `draws`, `refits` or `seed` is out of range, or as in `soft_configuration`.

    Examples
    --------
    >>> rows = np.tril(np.ones((1, 1, 3, 3), dtype=np.float32))
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b", " c"), weights=rows / rows.sum(axis=-1, keepdims=True), causal=True,
    ...     special=np.zeros(3, bool), offsets=np.zeros((3, 2), int), model="uniform")
    >>> excess = soft_configuration_excess(maps, gauge=Gauge.paper(quantile=0.1))
    >>> bool((excess.calibrated == 0).all())  # two edges, and no other graph has their degrees
    True
    """
    check_maps(maps)
    check_kind("gauge", gauge, Gauge, GAUGE)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    edges = maps.weights > maps.read(gauge).threshold[..., None, None]
    drawn = {"causal": maps.causal, "draws": draws, "refits": refits}
    gains = generations(edges, path=gauge.path, rng=rng, count=GENERATIONS, **drawn)
    return Excess(*(-gauge.lam * gauge.gamma * gain for gain in gains))


def generations(
    edges: Bool[np.ndarray, "layers heads L L"],
    *,
    causal: bool,
    path: str,
    rng: np.random.Generator,
    draws: int,
    refits: int,
    count: int,
) -> list[Float[np.ndarray, "layers heads"]]:
    """Return path gains of graphs and of those drawn with their degrees, again and again.

    Parameters
    ----------
    edges : bool array [layers, heads, L, L]
        The first graphs.
    causal, path
        As in `soft_configuration` and `path_gain`.
    rng : numpy.random.Generator
        Source of the edges.
    draws, refits : int
        Graphs drawn for each, and how many of the first are fitted again.
    count : int
        How often graphs are fitted.

    Returns
    -------
    list of 2 · count float64 arrays [layers, heads]
        Of each generation the mean gain of the graphs, and the mean of those drawn from them.

    Raises
    ------
    GedigError
        If `draws`, `refits` or `count` is out of range, or as in `soft_configuration`.

    Examples
    --------
    >>> stars = np.zeros((1, 1, 4, 4), dtype=bool)
    >>> stars[..., 1:, 0] = True  # no other graph has these degrees
    >>> gains = generations(stars, causal=True, path="chain_gain", rng=np.random.default_rng(0),
    ...                     draws=2, refits=1, count=2)
    >>> [round(gain.item(), 9) for gain in gains]
    [0.1, 0.1, 0.1, 0.1]
    """
    draws = check_whole("draws", draws, at_least=1)
    refits = check_whole("refits", refits, at_least=1, at_most=draws)
    graphs, gains = edges[None], []
    for _ in range(check_whole("count", count, at_least=1)):
        drawn = soft_configuration(graphs, rng, causal=causal, draws=draws)
        for each in (graphs, drawn):
            gain = path_gain(each, path=path)
            gains.append(gain.mean(axis=tuple(range(gain.ndim - 2))))
        graphs = drawn[:refits, 0] if len(graphs) == 1 else drawn[0]
    return gains
