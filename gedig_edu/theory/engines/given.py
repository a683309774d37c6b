"""What people hand in as attention maps: one array or tensor, or one a layer as a model returns.

Whatever it is becomes arrays in host memory, without a copy, or one tensor on a GPU; or a sentence
says what to give instead.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import array_api_compat
import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.theory._arrays import as_array, check_square

EPSILON = {"bfloat16": 2.0**-7, "float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}
"""Spacing of each accepted precision above 1."""

HALF = ("bfloat16", "float16")
"""Those of which rows are renormalised in float32."""

ATTENTIONS = ("attentions", "encoder_attentions", "decoder_attentions")
"""Where models of transformers keep their maps."""

_LOAD = (
    'load the model with attn_implementation="eager" and call it with output_attentions=True, or '
    "let gedig_edu.load do both"
)


class Given(NamedTuple):
    """Weights as they came.

    Attributes
    ----------
    parts : tuple of arrays [..., L, L]
        One, or one a layer; bfloat16 in host memory as its bits in uint16.
    layered : bool
        Whether the parts are layers, so that the leading axis counts them.
    dtype : str
        One of the keys of `EPSILON`.
    on_gpu : bool
        Whether it is one CUDA tensor.
    """

    parts: tuple[Any, ...]
    layered: bool
    dtype: str
    on_gpu: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the stack."""
        own = tuple(self.parts[0].shape)
        return (len(self.parts), *own) if self.layered else own


def accept(weights: Any) -> Given:
    """Return weights of any kind as arrays, or refuse them by their kind, shape or precision.

    Raises
    ------
    GedigError
        If there is no attention, or what there is makes no maps [..., L, L].

    Examples
    --------
    >>> layer = np.full((2, 3, 5, 5), 0.2)
    >>> accept((layer, layer)).shape
    (2, 2, 3, 5, 5)
    >>> accept((layer, None))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: Layer 1 of weights is None: no attention was returned for it; ...
    """
    layers = _layers(weights)
    if layers is None:
        part = _array("weights", weights)
        _check_maps(tuple(part.shape), _precision(part), is_tensor=_is_tensor(part))
        on_gpu = _on_gpu(part)
        return Given((part if on_gpu else host(part),), False, _precision(part), on_gpu)
    parts = [_array(f"Layer {place} of weights", layer) for place, layer in enumerate(layers)]
    _check_alike(parts)
    dtype = _precision(parts[0])
    _check_maps((len(parts), *parts[0].shape), dtype, is_tensor=_is_tensor(parts[0]))
    if all(map(_on_gpu, parts)):
        xp = array_api_compat.array_namespace(parts[0])
        moved = [part.detach().to(parts[0].device) for part in parts]
        return Given((xp.stack(moved),), False, dtype, True)
    return Given(tuple(map(host, parts)), True, dtype, False)


def as_maps(weights: Any) -> np.ndarray:
    """Return maps of any kind as one array in host memory, float32 or float64.

    Examples
    --------
    >>> as_maps(([[1, 0], [0.5, 0.5]], np.eye(2))).shape
    (2, 2, 2)
    """
    return stack(accept(weights))


def stack(given: Given) -> np.ndarray:
    """Return accepted weights as one array in host memory, without a copy of a single float one."""
    parts = [widen(host(part), given.dtype) for part in given.parts]
    return np.stack(parts) if given.layered else parts[0]


def host(values: Any) -> np.ndarray:
    """Return an array or tensor as a NumPy array, without a copy if it is in host memory.

    NumPy has no bfloat16: its 16 bits come as uint16.
    """
    if not _is_tensor(values):
        return values
    try:
        if _precision(values) == "bfloat16":
            bits = array_api_compat.array_namespace(values).int16
            return values.detach().view(bits).numpy(force=True).view(np.uint16)
        return values.numpy(force=True)
    except (RuntimeError, TypeError, NotImplementedError) as error:
        reason = textwrap.shorten(str(error).splitlines()[0], 100, placeholder=" …").rstrip(".")
        raise GedigError(
            f"weights cannot be read as numbers ({reason}); give a dense tensor or an array."
        ) from error


def widen(maps: np.ndarray, dtype: str) -> np.ndarray:
    """Return maps in host memory as contiguous float32 or float64, bfloat16 from its bits."""
    if dtype == "bfloat16":
        return (maps.astype(np.uint32) << 16).view(np.float32)
    return np.require(maps, np.float64 if dtype == "float64" else np.float32, ["C", "ALIGNED"])


def _layers(weights: Any) -> Sequence[Any] | None:
    """Return one array a layer, or None for a single array and what NumPy makes one."""
    if isinstance(weights, Mapping) or any(hasattr(weights, name) for name in ATTENTIONS):
        refuse_outputs(weights)
    if hasattr(weights, "weights") and hasattr(weights, "causal"):
        raise GedigError(
            f"weights is {type(weights).__name__}, not an array; call maps.read(gauge), or give "
            "maps.weights."
        )
    several = isinstance(weights, tuple | list)
    if weights is None or (several and not weights):
        raise GedigError(f"No attention was returned (weights is {weights!r}); {_LOAD}.")
    if not several:
        return None
    for place, layer in enumerate(weights):
        if layer is None:
            raise GedigError(
                f"Layer {place} of weights is None: no attention was returned for it; {_LOAD}."
            )
        if isinstance(layer, tuple | list) and any(map(_is_tensor, layer)):
            raise GedigError(
                f"weights hold a {type(layer).__name__} of tensors in place of layer {place}, as "
                "generate() returns one a step; run the model once on the whole text and give its "
                "attentions, one tensor a layer."
            )
    return weights if any(getattr(layer, "ndim", 0) > 1 for layer in weights) else None


def refuse_outputs(outputs: Any) -> NoReturn:
    """Say which of a model's outputs holds the maps."""
    kind = type(outputs).__name__
    for name in ATTENTIONS:
        if attentions_of(outputs, name) is not None:
            raise GedigError(
                f"weights is a {kind}, all that the model returned; give its maps, outputs.{name}."
            )
    raise GedigError(f"No attention was returned (a {kind} without attentions); {_LOAD}.")


def attentions_of(outputs: Any, name: str) -> Any:
    """Return the maps of this name among a model's outputs, None where there are none."""
    named = isinstance(outputs, Mapping)
    maps = outputs.get(name) if named else getattr(outputs, name, None)
    return maps if maps is not None and len(maps) else None


def _array(name: str, values: Any) -> Any:
    """Return one array or dense tensor."""
    if _is_tensor(values):
        if values.is_nested:
            raise GedigError(
                f"{name} is a nested tensor; give its .to_padded_tensor(0), and mask=."
            )
        if "strided" not in str(values.layout):
            raise GedigError(f"{name} is a sparse tensor; give its .to_dense().")
        return values
    if hasattr(values, "toarray"):
        raise GedigError(f"{name} is sparse; give its .toarray().")
    if isinstance(values, tuple | list):
        values = [host(row) for row in values]
    array = as_array(name, values)
    if array.ndim and array.size and array.dtype == object:
        raise GedigError(
            f"{name} holds objects of type {type(array.flat[0]).__name__}; give the numbers, as an "
            "array or a tensor [..., L, L]."
        )
    if not array.ndim:
        raise GedigError(
            f"{name} is of type {type(values).__name__}; give an array or a tensor [..., L, L], or "
            "a tuple with one of them a layer."
        )
    return array


def _check_alike(parts: Sequence[Any]) -> None:
    """Refuse layers that do not stack."""
    first = parts[0]
    for place, part in enumerate(parts):
        for what, own, wanted in (
            ("shape", tuple(part.shape), tuple(first.shape)),
            ("dtype", _precision(part), _precision(first)),
        ):
            if own != wanted:
                raise GedigError(
                    f"Layer {place} of weights has {what} {own}, and layer 0 {wanted}; give layers "
                    f"of one {what}, or read each on its own."
                )


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


def _precision(array: Any) -> str:
    return str(array.dtype).removeprefix("torch.") if _is_tensor(array) else array.dtype.name


def _is_tensor(values: Any) -> bool:
    return array_api_compat.is_torch_array(values)


def _on_gpu(array: Any) -> bool:
    return _is_tensor(array) and array.device.type == "cuda"
