"""Attention maps as they come, handed to an engine a few at a time.

Whatever a model returns (any leading axes, any of four precisions, padded on either side) becomes
blocks of contiguous float32 or float64 maps. Where the maps already lie like that a block is a
view; otherwise only the block is copied, never the batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.theory._arrays import as_array
from gedig_edu.theory.engines.given import Given, accept, host, widen


@dataclass(frozen=True, eq=False)
class MapBatch:
    """A batch of maps with the tokens that count.

    Attributes
    ----------
    given : Given
        The weights as they came.
    valid : bool array [maps, L] or None
        True for real tokens; None where all are.
    """

    given: Given
    valid: np.ndarray | None

    @property
    def weights(self) -> Any:
        """The weights [..., L, L] where they came as one array, or lie on a GPU."""
        return self.given.parts[0]

    @property
    def dtype(self) -> str:
        """One of the keys of `EPSILON`."""
        return self.given.dtype

    @property
    def on_gpu(self) -> bool:
        """True where `weights` is a CUDA tensor."""
        return self.given.on_gpu

    @property
    def leading(self) -> tuple[int, ...]:
        """The leading axes."""
        return self.given.shape[:-2]

    @property
    def length(self) -> int:
        """Tokens per map, padding included."""
        return self.given.shape[-1]

    def __len__(self) -> int:
        return math.prod(self.leading)

    def name(self, index: int) -> str:
        """Return how a reader would write the map of this flat index."""
        place = ", ".join(str(int(axis)) for axis in np.unravel_index(index, self.leading))
        return f"weights[{place}]" if place else "weights"

    def take(self, start: int, stop: int) -> Any:
        """Return maps `start` to `stop` as given, without a copy where their layout allows it."""
        each = len(self) // len(self.given.parts)
        if not each:
            return np.empty((0, self.length, self.length), self.weights.dtype)
        pieces = [
            _slice(
                self.given.parts[part], max(start - part * each, 0), min(stop - part * each, each)
            )
            for part in range(start // each, math.ceil(stop / each))
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def block(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return maps `start` to `stop` as contiguous floats, and each one's span of valid tokens.

        A map whose valid tokens do not lie side by side comes reordered, valid tokens first.
        """
        maps = widen(self.take(start, stop), self.dtype)
        spans = np.tile(np.array([0, self.length]), (stop - start, 1))
        if self.valid is None:
            return maps, spans
        valid = self.valid[start:stop]
        counts = valid.sum(axis=1)
        spans[:, 0] = valid.argmax(axis=1)
        spans[:, 1] = self.length - valid[:, ::-1].argmax(axis=1)
        scattered = spans[:, 1] - spans[:, 0] != counts
        if scattered.any():
            maps = maps.copy()
            spans[scattered] = np.stack([np.zeros_like(counts), counts], axis=1)[scattered]
        for index in np.flatnonzero(scattered):
            order = np.argsort(~valid[index], kind="stable")
            maps[index] = maps[index][np.ix_(order, order)]
        return maps, spans

    def original(self, index: int) -> np.ndarray:
        """Return one map in float64, in its own order."""
        part, place = divmod(index, len(self) // len(self.given.parts))
        maps = self.given.parts[part]
        chosen = host(maps[np.unravel_index(place, tuple(maps.shape[:-2]))])
        return widen(chosen[None], self.dtype)[0].astype(np.float64)

    def tokens(self, index: int) -> np.ndarray:
        """Return the positions of the valid tokens of one map."""
        return np.arange(self.length) if self.valid is None else np.flatnonzero(self.valid[index])


def _slice(weights: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Return maps `start` to `stop` of weights [..., L, L]."""
    leading, sides = weights.shape[:-2], weights.shape[-2:]
    try:
        return np.reshape(weights, (math.prod(leading), *sides), copy=False)[start:stop]
    except ValueError:
        places = (np.unravel_index(index, leading) for index in range(start, stop))
        return np.stack([weights[place] for place in places])


def collect(weights: Any, mask: Any = None) -> MapBatch:
    """Accept weights and mask, or refuse them by their shape and kind.

    Parameters
    ----------
    weights : array or tensor [..., L, L], or a tuple of one a layer
        float16, float32 or float64, as a torch tensor also bfloat16.
    mask : bool array, optional
        Valid tokens: [L], [B, L] for weights [B, H, L, L] or [layers, B, H, L, L], or
        ``weights.shape[:-1]``.

    Raises
    ------
    GedigError
        If there are no maps, or they are not square, of another dtype, or without a valid token,
        or if the mask does not fit.
    """
    given = accept(weights)
    batch = MapBatch(given, None if mask is None else _valid_tokens(mask, given.shape))
    if batch.valid is not None and not batch.valid.any(axis=1).all():
        empty = batch.name(int(np.flatnonzero(~batch.valid.any(axis=1))[0]))
        raise GedigError(
            f"{empty} has no valid token in its mask; give maps with at least one, "
            "or leave that text out."
        )
    return batch


def _valid_tokens(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return the mask as bool [maps, L]."""
    flags: Any = as_array("mask", host(mask))
    if flags.dtype != np.bool_:
        raise GedigError(
            f"mask has dtype {flags.dtype}; give booleans, True for a valid token "
            "(an attention_mask of 0 and 1 becomes one with == 1)."
        )
    rank, forms = len(shape), [shape[-1:], shape[:-1]]
    if rank >= 4:
        forms.insert(1, (shape[-4], shape[-1]))
    if flags.shape == (1, shape[-1]):
        flags = flags[0]
    if flags.shape not in forms:
        raise GedigError(
            f"mask has shape {flags.shape}, but weights {shape} need "
            f"{' or '.join(map(str, dict.fromkeys(forms)))}; give one entry per token."
        )
    if flags.ndim == 2 < rank - 1:
        flags = flags[:, None, :]
    return np.array(np.broadcast_to(flags, shape[:-1])).reshape(-1, shape[-1])
