"""One text that goes on in several ways from a layer on, each without other heads of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from gedig_edu.errors import GedigError
from gedig_edu.models.ablation import take_out
from gedig_edu.models.anatomy import few_ids
from gedig_edu.models.attention import HALF
from gedig_edu.models.backend import Asked, Kind
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from gedig_edu.models.parts import Parts
    from gedig_edu.models.runner import Runner

Removal = Mapping[int, Kind]
"""Heads of one layer, and what stands in place of what they put out."""


@torch.inference_mode()
def logits_parted(
    runner: Runner,
    parts: Sequence[Parts],
    ids: Sequence[int],
    layer: int,
    removals: Sequence[Removal],
) -> Float[Tensor, "removals L vocabulary"]:
    """Return the logits of a text under each of several removals from one layer, in one pass.

    Up to W_O of that layer the text goes alone, since nothing differs; from there on it goes as a
    batch, once for each removal.
    """
    given = torch.tensor([ids], device=runner.network.device)
    with _parting(runner, parts, layer, removals), runner.asked([ids], Asked()):
        return runner.network(input_ids=given, use_cache=False).logits


def parts_rightly(runner: Runner, parts: Sequence[Parts]) -> bool:
    """Whether a text that parts in layer 0 comes to the logits of one pass for each removal.

    Not every architecture lets a batch grow on the way; a few tokens show it.
    """
    ids = few_ids(runner.network)
    removals: tuple[dict[int, Kind], ...] = ({0: "zero"}, {runner.anatomy.heads - 1: "mean"})
    try:
        parted = logits_parted(runner, parts, ids, 0, removals)
    except (GedigError, TypeError, ValueError, RuntimeError):  # the batch met what does not grow
        return False
    alone = torch.cat([_logits(runner, ids, Asked(ablate={0: dict(r)})) for r in removals])
    if parted.shape != alone.shape:
        return False
    share = 0.05 if parted.dtype in HALF else 1e-4
    return bool(torch.allclose(parted.float(), alone.float(), rtol=share, atol=share))


@torch.inference_mode()
def _logits(runner: Runner, ids: Sequence[int], asked: Asked) -> Float[Tensor, "1 L vocabulary"]:
    given = torch.tensor([ids], device=runner.network.device)
    with runner.asked([ids], asked):
        return runner.network(input_ids=given, use_cache=False).logits


@contextmanager
def _parting(
    runner: Runner, parts: Sequence[Parts], layer: int, removals: Sequence[Removal]
) -> Iterator[None]:
    """Have what enters W_O of a layer go on once for each removal, in this thread alone."""
    here, output, heads = get_ident(), parts[layer].output, runner.anatomy.heads
    earlier = sum(part.output is output for part in parts[:layer])
    before = iter([False] * earlier)  # one module may serve several layers

    def part(_module: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if get_ident() != here or not next(before, True):
            return None
        side_by_side, *rest = given
        each = side_by_side.unflatten(-1, (heads, -1))  # [1, L, heads, d]
        lengths = (each.shape[1],)
        ways = [take_out(each, removal, lengths=lengths) for removal in removals]
        return torch.cat(ways).flatten(-2), *rest

    handle = output.register_forward_pre_hook(part)
    try:
        yield
    finally:
        handle.remove()
