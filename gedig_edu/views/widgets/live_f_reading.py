"""What the live page asks of models and measurements, and what it sends of them to the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

from gedig_edu.theory.comparison import terms_of
from gedig_edu.theory.gauge import Gauge, Reading
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.labels import token_labels
from gedig_edu.views.packing import pack_edges, pack_numbers, pack_picture


class Read(Protocol):
    """What the page shows: the heads of one text beside their baselines."""

    @property
    def maps(self) -> AttentionMaps:
        """What was read."""
        ...

    @property
    def real(self) -> Reading:
        """The heads themselves, [layers, heads]."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The baselines that were read."""
        ...

    def baseline_terms(
        self, name: str, *, matched: bool | None = None
    ) -> Float[np.ndarray, "3 layers heads"]:
        """Return density, entropy and path gain of a baseline for each head."""
        ...

    def delta(self, name: str, *, matched: bool | None = None) -> Float[np.ndarray, "layers heads"]:
        """Return F(head) − F(baseline) for each head."""
        ...

    def combine(self, *, lam: float, gamma: float) -> Read:
        """Return the same terms under new weights."""
        ...


class Attend(Protocol):
    """Turns a text into the attention maps of a model."""

    def __call__(self, text: str, model: str, /) -> AttentionMaps:
        """Return the maps of `text` in the model named `model`."""
        ...


class Reader(Protocol):
    """Reads maps with a gauge, baselines included."""

    def __call__(self, maps: AttentionMaps, /, *, gauge: Gauge) -> Read:
        """Return F of every head of `maps`, and of the baselines."""
        ...


def pack_heads(reading: Read) -> dict[str, Any]:
    """Return what the page needs of all heads: labels and exact terms as float64 bytes.

    Each buffer is [3, layers, heads] in C order: density, entropy, path gain.
    """
    baselines: Mapping[str, Mapping[str, bytes]] = {
        name: {
            kind: pack_numbers(reading.baseline_terms(name, matched=kind == "matched"))
            for kind in ("unmasked", "matched")
        }
        for name in reading.names
    }
    maps = reading.maps
    return {
        "model": maps.model,
        "causal": maps.causal,
        "tokens": token_labels(maps.tokens),
        "layers": maps.layers,
        "heads": maps.heads,
        "terms": pack_numbers(terms_of(reading.real)),
        "names": list(baselines),  # in order; a saved notebook sorts the keys of a mapping
        "baselines": baselines,
    }


def pack_layers(reading: Read, layers: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return what the page needs to draw the heads of these layers, by number.

    The weights are a picture, the edges bits, and the thresholds exact, as `views.packing` says.
    """
    maps, thresholds = reading.maps, np.asarray(reading.real.threshold)
    return {
        str(layer): {
            **pack_picture(maps.weights[layer], causal=maps.causal),
            "edges": pack_edges(maps.weights[layer], thresholds[layer]),
            "thresholds": pack_numbers(thresholds[layer]),
        }
        for layer in layers
    }
