"""One pass through a network for the sake of its attention, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from inspect import BoundArguments, Signature, signature
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from gedig_edu.models.attention import HALF
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LONGROPE, DYNAMIC = "longrope", "dynamic"  # rotations that depend on the longest text
ROTATION, POSITIONS = "position_embeddings", "position_ids"  # what attention modules rotate by


class Room:
    """Where the weights of each text of a batch go, layer by layer, without its padding.

    Writing at once, instead of collecting every layer's tensor, holds the weights once.
    """

    maps: list[Float[np.ndarray, "layers heads L L"]]

    def __init__(self, lengths: Iterable[int], *, layers: int, heads: int, sinks: bool) -> None:
        self.maps = [np.empty((layers, heads, L, L), dtype=np.float32) for L in lengths]
        self.sinks = sinks

    def take(self, layer: int, weights: Float[Tensor, "batch heads L L"]) -> None:
        """Write one layer's weights; half-precision rows are renormalised, save beside a sink."""
        for text, map_ in zip(weights, self.maps, strict=True):
            length = map_.shape[-1]
            real = text[:, :length, :length].float()
            if weights.dtype in HALF and not self.sinks:
                real = real / real.sum(dim=-1, keepdim=True)
            map_[layer] = real.cpu().numpy()


def reader_of(network: PreTrainedModel) -> nn.Module:
    """Return the part of a network that reads a text: all below its head, or its encoder."""
    beside = getattr(network.config, "is_encoder_decoder", False)
    reader: Any = network.get_encoder() if beside else network.base_model
    if "input_ids" not in signature_of(type(reader)).parameters:
        return getattr(reader, "decoder", reader)  # a wrapper, as around BART's decoder alone
    return reader


def rows_of(network: PreTrainedModel) -> int | None:
    """Return how many tokens a network has embeddings for, None where it has another kind."""
    try:
        table = network.get_input_embeddings()
    except NotImplementedError:  # one of several parts, such as CLIP
        return None
    return getattr(table, "num_embeddings", None)


@torch.inference_mode()
def pass_through(
    reader: nn.Module, batch: Sequence[Sequence[int]], *, padding: int = 0, **options: Any
) -> Any:
    """Send the ids of a batch of texts through a network, and return what it puts out.

    Shorter texts are padded on the right and masked, so no real token sees a padding token
    and positions start at 0 whatever the neighbours. `options` go to the network.
    """
    ids = torch.full((len(batch), max(map(len, batch))), padding, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(batch):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    if "use_cache" in signature_of(type(reader)).parameters:
        options["use_cache"] = False
    place = next(reader.parameters()).device
    return reader(input_ids=ids.to(place), attention_mask=mask.to(place), **options)


@cache
def signature_of(kind: type[nn.Module]) -> Signature:
    """Return the arguments of a module's `forward`, itself first."""
    return signature(kind.forward)


@contextmanager
def calls_of(*modules: nn.Module) -> Iterator[list[BoundArguments]]:
    """Keep how each of `modules` is called while the block runs, in this thread, in order.

    The first argument of each call is the module itself.
    """
    kept: list[BoundArguments] = []
    here = get_ident()

    def keep(module: nn.Module, inputs: tuple[Any, ...], *named: dict[str, Any]) -> None:
        if get_ident() == here:  # another thread may meet a hook that is half registered
            kept.append(signature_of(type(module)).bind(module, *inputs, **named[0]))

    handles: list[Callable[[], None]] = [
        module.register_forward_pre_hook(keep, with_kwargs=True).remove for module in modules
    ]
    try:
        yield kept
    finally:
        for remove in handles:
            remove()


def turns_of(module: nn.Module) -> list[tuple[str | None, str]]:
    """Return the layer type and the kind of each rotation of a module that depends on lengths."""
    kinds: Any = vars(module).get("rope_type")
    each = kinds.items() if isinstance(kinds, dict) else [(None, kinds)]
    return [
        (layers, LONGROPE if kind == LONGROPE else DYNAMIC)
        for layers, kind in each
        if kind == LONGROPE or DYNAMIC in str(kind)
    ]


def rotates(call: BoundArguments) -> bool:
    """Whether an attention module was told how to rotate, or has a rotary module of its own."""
    own = (type(part).__name__ for part in call.args[0].children())
    return call.arguments.get(ROTATION) is not None or any("Rotary" in kind for kind in own)
