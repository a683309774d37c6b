"""The residual stream of a model: what enters each layer, and what each layer writes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import Room
from gedig_edu.models.layers import calls_in_turn, watching
from gedig_edu.models.parts import per_head
from gedig_edu.models.records import Stream
from gedig_edu.models.tokens import Encoded
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from gedig_edu.models.parts import Parts
    from gedig_edu.models.runner import Runner


def stream_of(runner: Runner, parts: list[Parts], encoded: Encoded) -> Stream:
    """Read one text's way through a model in one forward pass; see `AttentionModel.stream`."""
    anatomy = runner.anatomy
    room = Room([len(encoded)], layers=anatomy.layers, heads=anatomy.heads, sinks=anatomy.sinks)
    emitted: list[tuple[Tensor, Tensor]] = []
    watched = [module for part in parts for module in part.watched]
    with (
        watching(*watched) as calls,
        runner.asked(
            [encoded.ids],
            Asked(),
            receive=room.take,
            report=lambda _, values, output: emitted.append((values[0], output[0])),
        ),
    ):
        runner.read([encoded.ids])
    heads, would = _each_head(emitted, parts, heads=anatomy.heads)
    blocks = calls_in_turn(calls, [part.block for part in parts])
    attention = calls_in_turn(calls, [part.attention for part in parts])
    feed_forward = calls_in_turn(calls, [part.feed_forward for part in parts])
    added = [
        [_array(call.gave * part.scales[which]) for call, part in zip(of, parts, strict=True)]
        for which, of in enumerate((attention, feed_forward))
    ]
    return Stream(
        states=np.stack([_array(call.given) for call in blocks] + [_array(blocks[-1].gave)]),
        attention=np.stack(added[0]),
        feed_forward=np.stack(added[1]),
        heads=heads,
        weights=room.maps[0],
        values=would,
        special=encoded.special,
    )


@torch.inference_mode()
def _each_head(
    emitted: list[tuple[Tensor, Tensor]], parts: list[Parts], *, heads: int
) -> tuple[Float[np.ndarray, "layers heads L D"], Float[np.ndarray, "layers heads L D"]]:
    """Return what each head writes, and what it would with all its weight on each key."""
    written: list[np.ndarray] = []
    would: list[np.ndarray] = []
    for (values, output), part in zip(emitted, parts, strict=True):
        scale = part.scales[0]
        each = values.repeat_interleave(heads // len(values), dim=0).transpose(0, 1)
        written.append(_array(per_head(output, part.output) * scale))
        would.append(_array(per_head(each, part.output) * scale))
    return np.stack(written), np.stack(would)


@contextmanager
def disturbed(runner: Runner, disturb: tuple[int, np.ndarray] | None) -> Iterator[None]:
    """Add an array [L, D] to the stream that leaves one layer while the block runs."""
    if disturb is None:
        yield
        return
    layer, added = disturb

    def add(state: Tensor) -> Tensor:
        return state + torch.from_numpy(added).to(state).view_as(state)

    with _leaving(runner.blocks, layer, add):
        yield


@torch.inference_mode()
def lens_of(runner: Runner, encoded: Encoded) -> Float[np.ndarray, "states L vocabulary"]:
    """Return the logits of each state; see `AttentionModel.lens`.

    The last layer's output is replaced by all states, side by side as a batch, so that the
    network's own ending reads each.
    """
    ids = torch.tensor([encoded.ids], device=runner.network.device)
    blocks = runner.blocks
    with watching(*blocks) as calls, runner.asked([encoded.ids], Asked()):

        def every(state: Tensor) -> Tensor:
            states = [call.given for call in calls_in_turn(calls, blocks)]
            return torch.stack([*states, state.view_as(states[0])])

        with _leaving(blocks, len(blocks) - 1, every):
            logits = runner.network(input_ids=ids, use_cache=False).logits
    return _array(logits)


@contextmanager
def _leaving(
    blocks: Sequence[nn.Module], layer: int, change: Callable[[Tensor], Tensor]
) -> Iterator[None]:
    """Change the state that leaves a layer while the block runs, in this thread alone."""
    here, block = get_ident(), blocks[layer]
    before = iter([*blocks[:layer]].count(block) * [False])  # one module may serve several layers

    def replace(_module: nn.Module, _inputs: object, output: Any) -> Any:
        if get_ident() != here or not next(before, True):
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
    last = runner.blocks[-1]
    states: list[np.ndarray] = []  # of each text, [L, D]
    for texts in runner.groups(batch):
        ids = [text.ids for text in texts]
        with watching(last) as calls, runner.asked(ids, Asked()):
            runner.read(ids)
        states.extend(np.split(_array(calls[-1].gave), len(ids)))
    return np.stack(
        [
            text[: len(encoded)][~encoded.special].mean(axis=0)
            for text, encoded in zip(states, batch, strict=True)
        ]
    )


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().float().cpu().numpy()
