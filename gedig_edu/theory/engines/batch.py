"""Attention maps as they come, handed to an engine a few at a time.

Whatever a model returns (any leading axes, any of four precisions, padded on either side) becomes
blocks of contiguous float32 or float64 maps. Where the maps already lie like that a block is a
view; otherwise only the block is copied, never the batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NoReturn

import array_api_compat
import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.theory._arrays import as_array, check_square

EPSILON = {"bfloat16": 2.0**-7, "float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}
"""Spacing of each accepted precision above 1."""


@dataclass(frozen=True, eq=False)
class MapBatch:
    """A batch of maps with the tokens that count.

    Attributes
    ----------
    weights : array [..., L, L]
        As given, in host memory unless `device` says otherwise; bfloat16 as its bits in uint16.
    dtype : str
        One of the keys of `EPSILON`.
    valid : bool array [maps, L] or None
        True for real tokens; None where all are.
    on_gpu : bool
        True where `weights` is a CUDA tensor.
    """

    weights: Any
    dtype: str
    valid: np.ndarray | None
    on_gpu: bool = False

    @property
    def leading(self) -> tuple[int, ...]:
        """The leading axes."""
        return tuple(self.weights.shape[:-2])

    @property
    def length(self) -> int:
        """Tokens per map, padding included."""
        return int(self.weights.shape[-1])

    def __len__(self) -> int:
        return math.prod(self.leading)

    def name(self, index: int) -> str:
        """Return how a reader would write the map of this flat index."""
        place = ", ".join(str(int(axis)) for axis in np.unravel_index(index, self.leading))
        return f"weights[{place}]" if place else "weights"

    def take(self, start: int, stop: int) -> Any:
        """Return maps `start` to `stop` as given, without a copy where their layout allows it."""
        shape = (len(self), self.length, self.length)
        try:
            return np.reshape(self.weights, shape, copy=False)[start:stop]
        except ValueError:
            places = (np.unravel_index(index, self.leading) for index in range(start, stop))
            return np.stack([self.weights[place] for place in places])

    def block(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return maps `start` to `stop` as contiguous floats, and each one's span of valid tokens.

        A map whose valid tokens do not lie side by side comes reordered, valid tokens first.
        """
        maps = _widen(self.take(start, stop), self.dtype)
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
        chosen = self.weights[np.unravel_index(index, self.leading)]
        if self.on_gpu:
            chosen = _host_array(chosen)
        return _widen(chosen[None], self.dtype)[0].astype(np.float64)

    def tokens(self, index: int) -> np.ndarray:
        """Return the positions of the valid tokens of one map."""
        return np.arange(self.length) if self.valid is None else np.flatnonzero(self.valid[index])


def _widen(maps: np.ndarray, dtype: str) -> np.ndarray:
    if dtype == "bfloat16":
        return (maps.astype(np.uint32) << 16).view(np.float32)
    return np.require(maps, np.float64 if dtype == "float64" else np.float32, ["C", "ALIGNED"])


def collect(weights: Any, mask: Any = None) -> MapBatch:
    """Accept weights and mask, or refuse them by their shape and kind.

    Parameters
    ----------
    weights : array or tensor [..., L, L]
        float16, float32 or float64, as a torch tensor also bfloat16.
    mask : bool array, optional
        Valid tokens: [L], [B, L] for weights [B, H, L, L], or ``weights.shape[:-1]``.

    Raises
    ------
    GedigError
        If the maps are not square, of another dtype, or without a valid token, or if the mask
        does not fit.
    """
    is_tensor = array_api_compat.is_torch_array(weights)
    weights = weights if is_tensor else as_array("weights", weights)
    dtype = str(weights.dtype).removeprefix("torch.") if is_tensor else weights.dtype.name
    _check_maps(tuple(weights.shape), dtype, is_tensor=is_tensor)
    on_gpu = is_tensor and weights.device.type == "cuda"
    if is_tensor and not on_gpu:
        weights = _host_array(weights)
    valid = None if mask is None else _valid_tokens(mask, tuple(weights.shape))
    batch = MapBatch(weights, dtype, valid, on_gpu)
    if valid is not None and not valid.any(axis=1).all():
        empty = batch.name(int(np.flatnonzero(~valid.any(axis=1))[0]))
        raise GedigError(
            f"{empty} has no valid token in its mask; give maps with at least one, "
            "or leave that text out."
        )
    return batch


def _host_array(tensor: Any) -> np.ndarray:
    """Return a tensor as a NumPy array, without a copy if it is in host memory.

    NumPy has no bfloat16: its 16 bits come as uint16.
    """
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        return tensor.view(array_api_compat.array_namespace(tensor).int16).numpy().view(np.uint16)
    return tensor.numpy()


def _check_maps(shape: tuple[int, ...], dtype: str, *, is_tensor: bool) -> None:
    if dtype not in EPSILON or (dtype == "bfloat16" and not is_tensor):
        raise GedigError(
            f"weights have dtype {dtype}; give float16, float32 or float64, "
            "or bfloat16 as a torch tensor."
        )
    check_square(shape)
    if shape[-1] == 0:
        raise GedigError(
            f"weights have shape {shape}, a map without a valid token; give at least one token."
        )


def _valid_tokens(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return the mask as bool [maps, L]."""
    if array_api_compat.is_torch_array(mask):
        mask = mask.detach().cpu().numpy()
    mask = as_array("mask", mask)
    if mask.dtype != np.bool_:
        raise GedigError(
            f"mask has dtype {mask.dtype}; give booleans, True for a valid token "
            "(an attention_mask of 0 and 1 becomes one with == 1)."
        )
    per_text = (shape[0], shape[-1]) if len(shape) == 4 else None
    if mask.shape == per_text and mask.shape != shape[:-1]:
        mask = mask[:, None, :]
    elif mask.shape not in (shape[-1:], shape[:-1]):
        forms = [str(shape[-1:]), *([str(per_text)] if per_text else []), str(shape[:-1])]
        raise GedigError(
            f"mask has shape {mask.shape}, but weights {shape} need "
            f"{' or '.join(dict.fromkeys(forms))}; give one entry per token."
        )
    return np.array(np.broadcast_to(mask, shape[:-1])).reshape(-1, shape[-1])


def refuse(batch: MapBatch, index: int, *, causal: bool, tolerance: float) -> NoReturn:
    """Say what is wrong with a map in which an engine found a fault.

    Raises
    ------
    GedigError
        Always.
    """
    name, tokens = batch.name(index), batch.tokens(index)
    rows = batch.original(index)[tokens]
    cells = rows[:, tokens]
    _refuse_values(name, cells, tokens)
    _refuse_invalid_keys(name, rows, tokens)
    if causal:
        _refuse_future(name, cells, tokens)
    sums = cells.sum(axis=1)
    worst = int(np.argmax(np.abs(sums - 1.0)))
    raise GedigError(
        f"Row {tokens[worst]} of {name} sums to {sums[worst]:.9g}, but a row of attention sums to "
        f"1 within {tolerance * math.sqrt(len(tokens)):.2g} in {batch.dtype}; divide each row by "
        "its sum, or pass normalized=False."
    )


def _refuse_values(name: str, cells: np.ndarray, tokens: np.ndarray) -> None:
    wrong = np.argwhere(~(cells >= 0) | np.isinf(cells))
    if len(wrong):
        i, j = wrong[0]
        raise GedigError(
            f"Row {tokens[i]} of {name} has {cells[i, j]:.6g} at column {tokens[j]}, but weights "
            "are finite and never negative; give what softmax returned, not the scores before it."
        )


def _refuse_invalid_keys(name: str, rows: np.ndarray, tokens: np.ndarray) -> None:
    others = rows.copy()
    others[:, tokens] = 0.0
    wrong = np.argwhere(others > 0)
    if len(wrong):
        i, j = wrong[0]
        raise GedigError(
            f"Row {tokens[i]} of {name} puts {others[i, j]:.6g} on token {j}, which the mask calls "
            "invalid; mask the scores before the softmax, or correct the mask."
        )


def _refuse_future(name: str, cells: np.ndarray, tokens: np.ndarray) -> None:
    wrong = np.argwhere(np.triu(cells, 1) != 0)
    if len(wrong):
        i, j = wrong[0]
        raise GedigError(
            f"Row {tokens[i]} of {name} puts {cells[i, j]:.6g} on the later token {tokens[j]}, but "
            "a causal map is zero above its diagonal; pass causal=False for a model that looks "
            "both ways."
        )
