"""What the live page asks of models and measurements, and what it sends of them to the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from gedig_edu.theory.comparison import Comparison, terms_of
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.labels import token_labels
from gedig_edu.views.packing import pack_edges, pack_numbers, pack_picture


class Attend(Protocol):
    """Turns a text into the attention maps of a model."""

    def __call__(self, text: str, model: str, /) -> AttentionMaps:
        """Return the maps of `text` in the model named `model`."""
        ...


class Reader(Protocol):
    """Reads maps with a gauge, baselines included."""

    def __call__(self, maps: AttentionMaps, /, *, gauge: Gauge) -> Comparison:
        """Return F of every head of `maps`, and of the baselines."""
        ...


def pack_heads(reading: Comparison) -> dict[str, Any]:
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


def pack_layers(reading: Comparison, layers: Iterable[int]) -> dict[str, dict[str, Any]]:
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
