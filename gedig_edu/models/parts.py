"""Where an architecture keeps its layers and what writes to the stream, found by a short pass.

No architecture is named here. Every module inside a layer is watched while a few tokens go through;
what attention and the feed-forward part write is what, by the numbers, makes the state that leaves
a layer of the one that entered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from gedig_edu.models.anatomy import few_ids
from gedig_edu.models.attention import HALF
from gedig_edu.models.backend import Asked
from gedig_edu.models.layers import Call, rows, watching
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from gedig_edu.models.runner import Runner

_LEAST = 1e-3  # a factor below it says that a module has no share


@dataclass(frozen=True, eq=False, kw_only=True)
class Parts:
    """What writes to the stream in one layer.

    Attributes
    ----------
    block : Module
        The layer.
    output : Module
        W_O: what the heads put out goes in, side by side.
    attention, feed_forward : Module
        Whose output is what each of the two parts adds, but for a factor.
    scales : (float, float)
        The two factors, 1 in most architectures.
    """

    block: nn.Module
    output: nn.Module
    attention: nn.Module
    feed_forward: nn.Module
    scales: tuple[float, float] = (1.0, 1.0)

    @property
    def watched(self) -> tuple[nn.Module, ...]:
        """What is watched to read the stream."""
        return self.block, self.attention, self.feed_forward


def find_parts(runner: Runner) -> list[Parts]:
    """Return what writes to the stream in each layer of a network.

    Raises
    ------
    GedigError
        If it cannot be told, or what is written does not add up to what the layers pass on.
    """
    network, modules = runner.network, runner.anatomy.modules
    kind = network.config.model_type
    if not modules:
        raise refusal("model.no_stream", name=runner.name, kind=kind)
    blocks = runner.blocks
    ids = [few_ids(network)]
    emitted: list[Tensor] = []
    inside = [module for block in blocks for module in block.modules()]
    with (
        torch.inference_mode(),
        watching(*inside) as calls,
        runner.asked(ids, Asked(), report=lambda _layer, _value, output: emitted.append(output)),
    ):
        runner.read(ids)
    layers = _by_layer(calls, blocks)
    if layers is None or len(emitted) != len(layers):
        raise refusal("model.no_layers", name=runner.name, kind=kind)
    parts = [_parts(layer, output) for layer, output in zip(layers, emitted, strict=True)]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        raise refusal("model.no_stream", name=runner.name, kind=kind)
    return found


def _by_layer(calls: list[Call], blocks: list[nn.Module]) -> list[list[Call]] | None:
    """Return the calls of each layer, its own last; None where layers do not follow on another."""
    layers: list[list[Call]] = [[]]
    for call in calls:
        layers[-1].append(call)
        if call.module is blocks[min(len(layers), len(blocks)) - 1]:
            layers.append([])
    layers.pop()
    ends = [layer[-1] for layer in layers]
    follow = all(_same(one.gave, next_.given) for one, next_ in pairwise(ends))
    return layers if len(layers) == len(blocks) and follow else None


def _parts(calls: list[Call], emitted: Tensor) -> Parts | None:
    """Return what writes to the stream in a layer whose heads put out [batch, L, heads, d]."""
    block, side_by_side = calls[-1], rows(emitted.flatten(-2))
    inner = [call for call in calls[:-1] if sum(call.module is c.module for c in calls) == 1]
    for index, call in enumerate(inner):
        if not _same(call.given, side_by_side) or not _is_linear(call):
            continue
        known = Parts(
            block=block.module, output=call.module, attention=call.module, feed_forward=call.module
        )
        if call.gave.shape != block.gave.shape:
            continue
        later = [c for c in inner[index:] if c.gave.shape == block.gave.shape]
        for search in (_added, _normalised, _added_after_norms, _scaled):
            found = search(block, later, inner)
            if found is not None:
                attention, feed_forward, scales = found
                return replace(known, attention=attention, feed_forward=feed_forward, scales=scales)
    return None


Found = tuple[nn.Module, nn.Module, tuple[float, float]] | None


def _added(block: Call, later: list[Call], inner: list[Call]) -> Found:
    """Find s + a + f, in which W_O writes a; the feed-forward part may come before it."""
    rest = block.gave - block.given - later[0].gave
    return _writer(rest, later[0], inner, within=block.gave.abs() + later[0].gave.abs())


def _normalised(block: Call, later: list[Call], inner: list[Call]) -> Found:
    """Find N₂(m + f) with m = N₁(s + a), each sum normalised."""
    summed = block.given + later[0].gave
    for first in later:
        if not _same(first.given, summed):
            continue
        for second in later:
            if second is not first and _same(second.gave, block.gave):
                rest = second.given - first.gave
                found = _writer(rest, later[0], inner, within=second.given.abs() + rest.abs())
                if found is not None:
                    return found
    return None


def _added_after_norms(block: Call, later: list[Call], inner: list[Call]) -> Found:
    """Find s + N(a) + N'(f): what a part adds is what a norm makes of it."""
    passed_on = later[0]
    for call in later[1:]:
        if not _same(call.given, passed_on.gave):
            continue
        passed_on = call
        rest = block.gave - block.given - call.gave
        large = block.gave.abs() + call.gave.abs()
        found = _writer(rest, call, inner, within=large)
        if found is not None:
            return found
    return None


def _scaled(block: Call, later: list[Call], inner: list[Call]) -> Found:
    """Find s + αa + βf with two factors, which few numbers determine and all others confirm."""
    written = (block.gave - block.given).double().flatten()
    for call in inner:
        if call is later[0] or call.gave.shape != block.gave.shape:
            continue
        both = torch.stack([later[0].gave, call.gave]).double().flatten(1)
        alpha, beta = (torch.linalg.pinv(both @ both.T) @ (both @ written)).tolist()
        fitted = alpha * both[0] + beta * both[1]
        large = (block.gave.abs() + block.given.abs()).double().flatten()
        if min(abs(alpha), abs(beta)) > _LEAST and _same(fitted, written, within=large):
            return later[0].module, call.module, (alpha, beta)
    return None


def _writer(written: Tensor, attention: Call, inner: list[Call], *, within: Tensor) -> Found:
    """Return the module that writes just this, projections before what passes them on."""
    ranked = sorted(inner, key=lambda call: any(True for _ in call.module.children()))
    for call in ranked:
        if call is not attention and _same(call.gave, written, within=within):
            return attention.module, call.module, (1.0, 1.0)
    return None


@torch.inference_mode()
def _is_linear(call: Call) -> bool:
    """Whether a module is a projection: of one tensor, a multiple of which changes alike."""
    try:
        nothing, half = (call.module(call.given * factor) for factor in (0.0, 0.5))
    except (TypeError, ValueError, RuntimeError):  # it needs more than the one tensor
        return False
    return isinstance(half, Tensor) and _same(2 * half - nothing, call.gave)


def _same(one: Tensor, other: Tensor, *, within: Tensor | None = None) -> bool:
    """Whether two tensors agree, each number up to the rounding of the one beside it in `within`.

    A few numbers of a state may be thousands of times larger than all others: what is allowed for
    one is not for another.
    """
    if one.shape != other.shape:
        return False
    large = (other if within is None else within).abs().double()
    share = 0.03 if other.dtype in HALF else 2e-5
    return bool(((one - other).abs() <= share * (large + large.median())).all())


def per_head(vectors: Tensor, output: nn.Module) -> Tensor:
    """Return what each head's vectors [L, heads, d] become behind W_O: [heads, L, D], no bias."""
    length, heads, d = vectors.shape
    if type(output) in (nn.Linear, Conv1D):
        matrix = output.get_parameter("weight")  # GPT-2's is stored the other way round
        rows = (matrix.T if type(output) is nn.Linear else matrix).reshape(heads, d, -1)
        return vectors.transpose(0, 1) @ rows
    alone = torch.eye(heads).to(vectors)[:, None, :, None] * vectors  # [heads, L, heads, d]
    nothing = vectors.new_zeros(1, 1, heads * d)
    return output(alone.reshape(heads, length, heads * d)) - output(nothing)
