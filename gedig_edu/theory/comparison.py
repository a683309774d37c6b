"""F of every head of a text beside what it is held against: baselines of the text's own length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from gedig_edu.errors import GAUGE, check_choice, check_flag, check_kind, check_whole
from gedig_edu.shapes import Bool, Float, Int
from gedig_edu.theory import baselines as make
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps, check_maps
from gedig_edu.theory.reading import span

BASELINES = ("random", "uniform", "local", "diagonal", "row_shuffled")
TERMS = ("density", "entropy", "path_gain")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """One text read by one gauge: every head, and the baselines of the same length as asked for.

    Attributes
    ----------
    maps : AttentionMaps
        What was read.
    gauge : Gauge
        The convention; its λ and γ are the ones `F` is combined with.
    real : Reading [layers, heads]
        The heads themselves.
    names : tuple of str
        The baselines it can be held against.
    matched : bool
        Whether the baselines have the model's own mask unless said otherwise, or none, as the
        paper compared. For a model that sees both ways the two are the same; `row_shuffled` always
        keeps the mask, since it moves weights only where the head could put them.
    seed, draws : int
        Seed of the random baselines, and over how many draws each is averaged.
    kept : dict
        The baselines read so far, by name and mask.
    """

    maps: AttentionMaps
    gauge: Gauge
    real: Reading
    names: tuple[str, ...]
    matched: bool
    seed: int
    draws: int
    kept: dict[tuple[str, bool], Reading] = field(default_factory=dict, repr=False)

    @classmethod
    def read(
        cls,
        maps: AttentionMaps,
        gauge: Gauge,
        *,
        names: Sequence[str] = BASELINES,
        matched: bool = False,
        seed: int = 0,
        draws: int | None = None,
    ) -> Self:
        """Read every head, and no baseline yet.

        Raises
        ------
        GedigError
            If `maps` are no attention maps, or hold no layer, head or token; if `gauge` is no
            gauge, a baseline is unknown, or `seed` or `draws` is no number of its kind.

        Examples
        --------
        >>> maps = AttentionMaps(
        ...     tokens=("a", " b"), weights=np.full((1, 2, 2, 2), 0.5, dtype=np.float32),
        ...     causal=False, special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="m")
        >>> Comparison.read(maps, Gauge.paper()).delta("diagonal").tolist()
        [[-0.5, -0.5]]
        """
        check_maps(maps)
        check_kind("gauge", gauge, Gauge, GAUGE)
        for name in names:
            check_choice("baseline", name, BASELINES)
        return cls(
            maps=maps,
            gauge=gauge,
            real=maps.read(gauge),
            names=tuple(names),
            matched=matched,
            seed=check_whole("seed", seed, at_least=0),
            draws=_count_draws(draws, len(maps)),
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.maps!r}, {self.gauge!r}, F {span(self.real.F)})"

    def again(self, gauge: Gauge) -> Self:
        """Return the same maps under another gauge; only λ and γ changed reads nothing anew."""
        if replace(self.gauge, lam=gauge.lam, gamma=gauge.gamma) == gauge:
            return self.combine(lam=gauge.lam, gamma=gauge.gamma)
        real = self.maps.read(gauge)
        return replace(self, gauge=gauge, real=real, kept={})

    def combine(self, *, lam: float, gamma: float) -> Self:
        """Return the same terms weighed with another λ and γ; no path is computed again."""
        return replace(
            self,
            gauge=replace(self.gauge, lam=lam, gamma=gamma),
            real=self.real.combine(lam=lam, gamma=gamma),
            kept={key: read.combine(lam=lam, gamma=gamma) for key, read in self.kept.items()},
        )

    def baseline(self, name: str, *, matched: bool | None = None) -> Reading:
        """Return every draw of the baseline `name`, [draws, layers or 1, heads or 1]."""
        check_choice("baseline", name, self.names)
        matched = self.matched if matched is None else matched
        key = name, self.maps.causal and (matched or name == "row_shuffled")
        if key not in self.kept:
            drawn = {"seed": self.seed, "draws": self.draws}
            self.kept[key] = read_baseline(name, self.maps, self.gauge, matched=key[1], **drawn)
        return self.kept[key]

    def baseline_terms(
        self, name: str, *, matched: bool | None = None
    ) -> Float[np.ndarray, "3 layers heads"]:
        """Return density, entropy and path gain of a baseline for each head, over its draws.

        F is linear in its terms, so the F of these means is the mean F of the draws.
        """
        means = [term.mean(axis=0) for term in terms_of(self.baseline(name, matched=matched))]
        return np.stack([np.broadcast_to(mean, self.real.F.shape) for mean in means])

    def baseline_mean(
        self, name: str, *, matched: bool | None = None
    ) -> Float[np.ndarray, "layers heads"]:
        """Return F of a baseline for each head, the mean over its draws."""
        mean = self.baseline(name, matched=matched).F.mean(axis=0)
        return np.broadcast_to(mean, self.real.F.shape)

    def delta(self, name: str, *, matched: bool | None = None) -> Float[np.ndarray, "layers heads"]:
        """Return ΔF = F of each head − F of the baseline `name`."""
        return self.real.F - self.baseline_mean(name, matched=matched)

    def edges(self, layer: int, head: int) -> Bool[np.ndarray, "L L"]:
        """Return where the head's weight exceeds the gauge's threshold, strictly."""
        place = self.maps.place(layer, head)
        return self.maps.weights[place].astype(np.float64) > self.real.threshold[place]

    def degree(self, layer: int, head: int) -> Int[np.ndarray, " L"]:
        """Return how many other tokens each token is joined to in a head's graph."""
        edges = self.edges(layer, head)
        return ((edges | edges.T) & ~np.eye(len(edges), dtype=bool)).sum(axis=1)


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
    check_maps(maps)
    check_kind("gauge", gauge, Gauge, GAUGE)
    check_flag("matched", matched, "whether a causal model's baseline sees what the model sees")
    rng = np.random.default_rng([check_whole("seed", seed, at_least=0), BASELINES.index(name)])
    count = _count_draws(draws, len(maps))
    causal = maps.causal and (matched or name == "row_shuffled")
    if name == "row_shuffled":
        drawn = [make.row_shuffled(maps.weights, rng, causal=causal) for _ in range(count)]
    elif name == "random":
        drawn = [make.random(len(maps), rng, causal=causal)[None, None] for _ in range(count)]
    else:
        drawn = [getattr(make, name)(len(maps), causal=causal)[None, None]]
    return gauge.read(np.stack(drawn), causal=causal, normalized=maps.sink is None)


def _count_draws(draws: int | None, length: int) -> int:
    return draws_for(length) if draws is None else check_whole("draws", draws, at_least=1)
