"""Where an architecture keeps its layers and what writes to the stream, found by a short pass.

No architecture is named here. Every module inside a layer is watched while a few tokens go through;
what attention and the feed-forward part write is what, by the numbers, makes the state that leaves
a layer of the one that entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from gedig_edu.models.anatomy import few_ids
from gedig_edu.models.attention import HALF
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import reader_of
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from transformers import PreTrainedModel

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


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a module: the first tensor it was given, and the first it gave, [tokens, D]."""

    module: nn.Module
    given: Tensor
    gave: Tensor


@contextmanager
def watching(*modules: nn.Module) -> Iterator[list[Call]]:
    """Keep copies of what goes in and out of modules while the block runs, in this thread alone.

    Calls stand in the order in which they end. A module may serve several layers.
    """
    calls: list[Call] = []
    here = get_ident()

    def keep(module: nn.Module, given: tuple[Any, ...], *rest: Any) -> None:
        if get_ident() != here:  # and another thread may meet a hook that is half registered
            return
        named, gave = rest
        first, last = _first_tensor([*given, *named.values()]), _first_tensor([gave])
        if first is not None and last is not None:
            calls.append(Call(module, _rows(first), _rows(last)))

    handles = [
        module.register_forward_hook(keep, with_kwargs=True) for module in dict.fromkeys(modules)
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def calls_in_turn(calls: Sequence[Call], modules: Sequence[nn.Module]) -> list[Call]:
    """Return a call of each module; the n-th of one that stands in the sequence n times."""
    each = {module: iter([c for c in calls if c.module is module]) for module in modules}
    return [next(each[module]) for module in modules]


def blocks_of(
    network: PreTrainedModel, *, name: str, modules: Sequence[nn.Module] = ()
) -> list[nn.Module]:
    """Return the layers of a network, layer 0 first; one that serves several stands several times.

    Parameters
    ----------
    network : PreTrainedModel
    name : str
        Its name, for refusals.
    modules : sequence of Module
        The attention module of each layer, where they are known.

    Raises
    ------
    GedigError
        If it cannot be told.
    """
    lists = _outermost_lists(reader_of(network))
    if modules:
        holders = [(set(item.modules()), item) for items in lists for item in items]
        found = [item for module in modules for inside, item in holders if module in inside]
        used = [items for items in lists if set(items) & set(found)]
        if len(found) == len(modules) and all(set(items) <= set(found) for items in used):
            return found  # else a layer holds two, or there are layers without attention
    else:
        count = getattr(network.config.get_text_config(), "num_hidden_layers", None)
        for items in lists:
            if len(items) == count:
                return list(items)
    raise refusal("model.no_layers", name=name, kind=network.config.model_type)


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
    blocks = blocks_of(network, name=runner.name, modules=modules)
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
    block, side_by_side = calls[-1], _rows(emitted.flatten(-2))
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


def _outermost_lists(module: nn.Module) -> list[nn.ModuleList]:
    if isinstance(module, nn.ModuleList):
        return [module]
    return [found for child in module.children() for found in _outermost_lists(child)]


def _rows(tensor: Tensor) -> Tensor:
    return tensor.reshape(-1, tensor.shape[-1]).clone()  # some modules see no batch


def _first_tensor(given: Sequence[Any]) -> Tensor | None:
    for one in given:
        inner = one[0] if isinstance(one, tuple) and one else one
        if isinstance(inner, Tensor) and inner.is_floating_point():
            return inner
    return None


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
