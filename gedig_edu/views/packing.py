"""Attention in few bytes: weights as a picture, edges as bit rows, numbers exact."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np

from gedig_edu.shapes import Float
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.labels import token_labels, token_notes

FULL = 255
MASKS = {"unmasked": False, "matched": True}  # of a baseline, and whether it has the model's own


class Picture(TypedDict):
    """One layer's weights for drawing: a byte each, relative to the largest of its row.

    ``cells`` is uint8 [heads, L, L], or of a causal layer the rows up to the diagonal one after
    the other, [heads, L (L + 1)/2]; ``peaks`` is float32 [heads, L]. They are for the eye only:
    a threshold applied to them would flip edges, so the edges travel beside them.
    """

    cells: bytes
    peaks: bytes


def pack_about(maps: AttentionMaps, *, width: int = 12) -> dict[str, Any]:
    """Return what a page knows of a text and its model, with the tokens' labels and notes."""
    return {
        "model": maps.model,
        "causal": maps.causal,
        "tokens": token_labels(maps.tokens, width=width),
        "notes": token_notes(maps.tokens),
        "layers": maps.layers,
        "heads": maps.heads,
    }


def pack_picture(weights: Float[np.ndarray, "heads L L"], *, causal: bool) -> Picture:
    """Return one layer's weights as a picture.

    A cell of 255 stands for the largest weight of its row and for nothing below it; every
    other weight is off by half a step, peak/510, at the most, or by one where it would round up
    to the peak.

    Examples
    --------
    >>> picture = pack_picture(np.array([[[1.0, 0.0], [0.75, 0.25]]]), causal=True)
    >>> list(picture["cells"]), np.frombuffer(picture["peaks"], "<f4").tolist()
    ([255, 255, 85], [1.0, 0.75])
    """
    peaks = weights.max(axis=-1, keepdims=True)
    scale = np.divide(FULL, peaks, out=np.zeros_like(peaks), where=peaks > 0)
    cells = np.where(weights == peaks, FULL, np.minimum(np.rint(weights * scale), FULL - 1))
    if causal:
        cells = cells[:, *np.tril_indices(weights.shape[-1])]
    return {"cells": cells.astype(np.uint8).tobytes(), "peaks": _packed(peaks, "<f4")}


def pack_edges(
    weights: Float[np.ndarray, "heads L L"], thresholds: Float[np.ndarray, " heads"]
) -> bytes:
    """Return where weights exceed their head's threshold: a bit each, every row on whole bytes.

    The comparison is the gauge's own, in float64 and strict; the first key of a row is the lowest
    bit of its first byte.

    Examples
    --------
    >>> pack_edges(np.array([[[1.0, 0.0], [0.75, 0.25]]]), np.array([0.5])).hex()
    '0101'
    """
    edges = weights.astype(np.float64) > thresholds[:, None, None]
    return np.packbits(edges, axis=-1, bitorder="little").tobytes()


def pack_numbers(numbers: Float[np.ndarray, "*shape"]) -> bytes:
    """Return numbers as float64 bytes, lowest byte first: exact.

    Examples
    --------
    >>> np.frombuffer(pack_numbers(np.array([0.1, 0.2])), "<f8").tolist()
    [0.1, 0.2]
    """
    return _packed(numbers, "<f8")


def _packed(numbers: np.ndarray, kind: str) -> bytes:
    return np.ascontiguousarray(numbers, dtype=kind).tobytes()
