"""The numbers behind the explorer: every head of a text under one gauge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Int

from gedig_edu.errors import GedigError
from gedig_edu.theory.comparison import TERMS, mean_terms, read_baseline
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.heads import induction_score, previous_token_score
from gedig_edu.theory.maps import AttentionMaps

Heads = Float[np.ndarray, "layers heads"]


@dataclass(frozen=True, eq=False)
class Explored:
    """The heads of one text: what the gauge reads, and where each head looks on average.

    Attributes
    ----------
    maps : AttentionMaps
        What was read.
    gauge : Gauge
        The convention that `reading` is weighed with.
    reading : Reading [layers, heads]
        F and its terms.
    scores : mapping of name to float64 array [layers, heads]
        Mean weight on the token before ("previous"), on the token itself ("own") and on the first
        ("first"); with a period also "induction". A token that sees no other (the first, of a
        causal model) is left out of the means: it has no choice.
    """

    maps: AttentionMaps
    gauge: Gauge
    reading: Reading
    scores: Mapping[str, Heads]

    @classmethod
    def read(cls, maps: AttentionMaps, gauge: Gauge, *, period: int | None = None) -> Explored:
        """Read every head.

        Raises
        ------
        GedigError
            If `maps` are no attention maps, or hold no layer, head or token; if `gauge` is no
            gauge; if `period` does not fit the text.

        Examples
        --------
        >>> maps = AttentionMaps(
        ...     tokens=("a", " b"), weights=np.full((1, 2, 2, 2), 0.5, dtype=np.float32),
        ...     causal=False, special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="m")
        >>> Explored.read(maps, Gauge.paper()).scores["previous"].tolist()
        [[0.5, 0.5]]
        """
        check_maps(maps)
        if not isinstance(gauge, Gauge):
            raise GedigError(
                f"gauge is of type {type(gauge).__name__}; give a Gauge, as Gauge.paper() returns."
            )
        weights = maps.weights.astype(np.float64)
        scores = {
            "previous": previous_token_score(weights),
            "own": mean_of_choosers(np.diagonal(weights, axis1=-2, axis2=-1), causal=maps.causal),
            "first": mean_of_choosers(weights[..., 0], causal=maps.causal),
        }
        if period is not None:
            scores["induction"] = induction_score(weights, period=period)
        reading = gauge.read(maps.weights, causal=maps.causal)
        return cls(maps, gauge, reading, MappingProxyType(scores))

    def again(self, gauge: Gauge) -> Explored:
        """Return the same maps under another gauge; only λ and γ changed reads nothing anew."""
        if replace(self.gauge, lam=gauge.lam, gamma=gauge.gamma) == gauge:
            reading = self.reading.combine(lam=gauge.lam, gamma=gauge.gamma)
        else:
            reading = gauge.read(self.maps.weights, causal=self.maps.causal)
        return replace(self, gauge=gauge, reading=reading)

    def quantity(self, name: str) -> Heads:
        """Return what the gauge reads under this name, or the score of this name."""
        return self.scores[name] if name in self.scores else getattr(self.reading, name)

    def baseline(
        self, name: str, *, matched: bool, seed: int
    ) -> Float[np.ndarray, "3 layers heads"]:
        """Return the terms of a baseline for each head, the means over its draws."""
        read = read_baseline(name, self.maps, self.gauge, matched=matched, seed=seed)
        return mean_terms(read, self.reading.F.shape)

    def above(self, terms: Float[np.ndarray, "3 layers heads"]) -> Heads:
        """Return ΔF, F of each head − F of the baseline with these terms."""
        density, entropy, path_gain = terms
        lam, gamma = self.gauge.lam, self.gauge.gamma
        return self.reading.F - (density - lam * (entropy + gamma * path_gain))

    def of_head(self, layer: int, head: int) -> dict[str, float | None]:
        """Return one head's F, terms, mean shortest path (None without one) and scores."""
        names = ("F", *TERMS, "path_length", *self.scores)
        numbers = {name: float(self.quantity(name)[layer, head]) for name in names}
        return {name: None if np.isnan(number) else number for name, number in numbers.items()}

    def looker(self, layer: int, head: int) -> int:
        """Return the token that gives the most weight to another token, the first of equals."""
        weights = self.maps.weights[layer, head]
        others = np.where(np.eye(len(weights), dtype=bool), 0, weights)
        return int(others.max(axis=-1).argmax())

    def degree(self, layer: int, head: int) -> Int[np.ndarray, " L"]:
        """Return how many other tokens each token is joined to in a head's graph."""
        weights = self.maps.weights[layer, head].astype(np.float64)
        edges = weights > self.reading.threshold[layer, head]
        return ((edges | edges.T) & ~np.eye(len(edges), dtype=bool)).sum(axis=1)


def mean_of_choosers(
    shares: Float[np.ndarray, "*batch L"], *, causal: bool
) -> Float[np.ndarray, "*batch"]:
    """Return the mean of a share over the tokens that see another one; 0 for a single token.

    Examples
    --------
    >>> float(mean_of_choosers(np.array([1.0, 0.5, 0.25]), causal=True))
    0.375
    >>> float(mean_of_choosers(np.array([1.0, 0.5, 0.0]), causal=False))
    0.5
    """
    alone = 1 if causal or shares.shape[-1] == 1 else 0
    chosen = shares[..., alone:]
    return chosen.sum(axis=-1) / max(chosen.shape[-1], 1)


def check_maps(maps: object) -> None:
    """Refuse what are no attention maps, or hold no layer, head or token.

    Examples
    --------
    >>> check_maps("the cat")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: maps is of type str; give AttentionMaps, as model.attend(text) ...
    """
    if not isinstance(maps, AttentionMaps):
        raise GedigError(
            f"maps is of type {type(maps).__name__}; give AttentionMaps, as model.attend(text) "
            "returns."
        )
    if 0 in maps.weights.shape:
        raise GedigError(
            f"maps has weights of shape {maps.weights.shape}; give at least one layer, one "
            "head and one token."
        )
