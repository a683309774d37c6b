"""The residual stream of a model: what enters each layer, and what each layer writes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from gedig_edu.errors import GedigError
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import Room, outputs_of
from gedig_edu.models.loans import ready
from gedig_edu.models.records import Stream
from gedig_edu.models.tokens import Encoded
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from gedig_edu.models.runner import Runner


@dataclass(frozen=True)
class Places:
    """Where a layer keeps what writes to the stream.

    Attributes
    ----------
    block : str
        Path from the base model to layer ``{}``.
    value : str
        From the layer to the module whose output holds the values.
    output, feed_forward : str
        From the layer to the last projection of attention and of the feed-forward part.
    query, key : str
        From the layer to the module that projects queries and keys; one and the same where
        queries, keys and values come as one.
    norm, last_norm : str or None
        From the layer to the norm at the entrance of attention, and from the base model to the
        one before the logits; None where each sum is normalised instead.
    """

    block: str
    value: str
    output: str
    feed_forward: str
    query: str
    key: str
    norm: str | None = None
    last_norm: str | None = None

    @property
    def fused(self) -> bool:
        """Whether queries, keys and values come as one, side by side."""
        return self.query == self.key


_LLAMA = Places(
    "layers.{}", "self_attn.v_proj", "self_attn.o_proj", "mlp.down_proj", "self_attn.q_proj",
    "self_attn.k_proj", norm="input_layernorm", last_norm="norm",
)  # fmt: skip
PLACES = {
    "gpt2": Places(
        "h.{}", "attn.c_attn", "attn.c_proj", "mlp.c_proj", "attn.c_attn", "attn.c_attn",
        norm="ln_1", last_norm="ln_f",
    ),
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "qwen2": _LLAMA,
    "qwen3": _LLAMA,
    "bert": Places(
        "encoder.layer.{}", "attention.self.value", "attention.output.dense", "output.dense",
        "attention.self.query", "attention.self.key",
    ),
    "distilbert": Places(
        "transformer.layer.{}", "attention.v_lin", "attention.out_lin", "ffn.lin2",
        "attention.q_lin", "attention.k_lin",
    ),
}  # fmt: skip


def blocks_of(network: PreTrainedModel, *, name: str) -> list[nn.Module]:
    """Return the layers of a network, layer 0 first.

    Raises
    ------
    GedigError
        If it is not known where this architecture keeps them.
    """
    path = places_of(network, name=name).block
    count = network.config.num_hidden_layers
    return [network.base_model.get_submodule(path.format(layer)) for layer in range(count)]


def stream_of(runner: Runner, encoded: Encoded) -> Stream:
    """Read one text's way through a model in one forward pass; see `AttentionModel.stream`."""
    network, name, anatomy = runner.network, runner.name, runner.anatomy
    places, blocks = places_of(network, name=name), blocks_of(network, name=name)
    room = Room([len(encoded)], layers=anatomy.layers, heads=anatomy.heads, sinks=anatomy.sinks)
    parts = [
        [block.get_submodule(path) for block in blocks]
        for path in (places.value, places.output, places.feed_forward)
    ]
    values, outputs, feed_forward = parts
    every = [module for part in parts for module in part]
    with outputs_of(*every, blocks[-1]) as written, _entering(*blocks, *outputs) as entering:
        runner.each_layer([encoded.ids], Asked(), room.take)
    per_head = partial(_through_output, heads=anatomy.heads)
    states = [entering[block] for block in blocks] + [written[blocks[-1]]]
    reach = [per_head(written[value][0], to) for value, to in zip(values, outputs, strict=True)]
    return Stream(
        states=_array([state[0] for state in states]),
        attention=_array([written[module][0] for module in outputs]),
        feed_forward=_array([written[module][0] for module in feed_forward]),
        heads=_array([per_head(entering[module][0], module) for module in outputs]),
        weights=room.maps[0],
        reach=_array([sizes.norm(dim=-1) for sizes in reach]),
        special=encoded.special,
    )


@contextmanager
def disturbed(
    network: PreTrainedModel, disturb: tuple[int, np.ndarray] | None, *, name: str
) -> Iterator[None]:
    """Add an array [L, D] to the stream that leaves one layer while the block runs."""
    if disturb is None:
        yield
        return
    layer, added = disturb
    block = blocks_of(network, name=name)[layer]

    def add(state: Tensor) -> Tensor:
        return state + torch.from_numpy(added).to(state)

    with _leaving(block, add):
        yield


@torch.inference_mode()
def lens_of(
    network: PreTrainedModel, encoded: Encoded, *, name: str
) -> Float[np.ndarray, "states L vocabulary"]:
    """Return the logits of each state; see `AttentionModel.lens`.

    The last layer's output is replaced by all states, side by side as a batch, so that the
    network's own ending reads each.
    """
    blocks = blocks_of(network, name=name)
    ids = torch.tensor([encoded.ids], device=network.device)
    with ready(network), _entering(*blocks) as entering:

        def every(state: Tensor) -> Tensor:
            return torch.cat([*(entering[block] for block in blocks), state])

        with _leaving(blocks[-1], every):
            logits = network(input_ids=ids, use_cache=False).logits
    return logits.float().cpu().numpy()


@contextmanager
def _leaving(block: nn.Module, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Change the state that leaves a layer while the block runs, in this thread alone."""
    here = get_ident()

    def replace(_module: nn.Module, _inputs: object, output: Any) -> Any:
        if get_ident() != here:
            return output
        if isinstance(output, tuple):
            return (change(output[0]), *output[1:])
        return change(output)

    handle = block.register_forward_hook(replace)
    try:
        yield
    finally:
        handle.remove()


def mean_states(runner: Runner, batch: Sequence[Encoded]) -> Float[np.ndarray, "batch D"]:
    """Return each text's mean, over tokens that are not special, of what leaves the last layer."""
    last = blocks_of(runner.network, name=runner.name)[-1]
    states: list[np.ndarray] = []  # of each text, [L, D]
    for ids in runner.groups([encoded.ids for encoded in batch]):
        with outputs_of(last) as written, runner.asked(ids, Asked()):
            runner.read(ids)
        states.extend(written[last].float().cpu().numpy())
    return np.stack(
        [
            text[: len(encoded)][~encoded.special].mean(axis=0)
            for text, encoded in zip(states, batch, strict=True)
        ]
    )


def places_of(network: PreTrainedModel, *, name: str) -> Places:
    """Return where this architecture keeps what writes to the stream.

    Raises
    ------
    GedigError
        If it is not known.
    """
    kind = network.config.model_type
    if kind not in PLACES:
        raise GedigError(
            f"It is not known where a {kind!r} such as {name!r} writes to its stream; "
            f"choose a model of {', '.join(PLACES)}."
        )
    return PLACES[kind]


@contextmanager
def _entering(*modules: nn.Module) -> Iterator[dict[nn.Module, Tensor]]:
    """Keep what enters each of `modules` while the block runs."""
    states: dict[nn.Module, Tensor] = {}
    here = get_ident()

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], named: dict[str, Tensor]) -> None:
        if get_ident() == here:
            states[module] = inputs[0] if inputs else named["hidden_states"]

    handles: list[Callable[[], None]] = [
        module.register_forward_pre_hook(keep, with_kwargs=True).remove for module in modules
    ]
    try:
        yield states
    finally:
        for remove in handles:
            remove()


@torch.inference_mode()
def _through_output(
    vectors: Float[Tensor, "L width"], output: nn.Module, *, heads: int
) -> Float[Tensor, "heads L D"]:
    """Return vectors of each head times its rows of W_O; shared ones are repeated to one per head.

    Where queries, keys and values come as one, the values stand last.
    """
    fused = isinstance(output, Conv1D)  # GPT-2: stored the other way round, q, k, v as one
    matrix = output.get_parameter("weight")
    weight = matrix if fused else matrix.T  # [H d, D]
    width = len(weight)
    per_head = weight.reshape(heads, width // heads, -1)  # [heads, d, D]
    if fused:
        vectors = vectors[:, -width:]
    split = vectors.reshape(len(vectors), -1, width // heads).transpose(0, 1)  # [groups, L, d]
    each = split.repeat_interleave(heads // len(split), dim=0)  # [heads, L, d]
    return each @ per_head


def _array(tensors: list[Tensor]) -> np.ndarray:
    return torch.stack(tensors).float().cpu().numpy()
