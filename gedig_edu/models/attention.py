"""Our attention function, registered with transformers, where heat and potential enter.

It computes what transformers' eager attention computes, in the same order of operations, and
hands out its weights. A `Passage` that travels with one forward pass may bend the scores,
softmax((q·k·scale − U)/T), take heads out, or keep the queries and keys of some layers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from gedig_edu.models.ablation import Kind, take_out
from gedig_edu.models.potential import blind_row

NAME = "gedig_edu"
HALF = (torch.float16, torch.bfloat16)


@dataclass(eq=False)
class Passage:
    """What one forward pass is asked to do at its attention layers, and what it met there.

    Attributes
    ----------
    layers : dict of Module to int
        The attention modules of the network, with their layer.
    length : int
        Tokens so far; the queries and the keys that a layer receives are the last of them.
    potential : tensor [layers or 1, heads or 1, L or 1, L or 1] or None
        U, subtracted from the scores; +inf removes a key.
    temperature : float
        T, which divides the scores.
    ablate : dict of int to dict of int to {"zero", "mean"}
        Layer by layer the heads that are taken out, and how.
    keep : frozenset of int
        The layers whose queries and keys are kept.
    maps : tuple of float32 array [layers, heads, L, L]
        Where the weights of each text of the batch go, layer by layer, without its padding.
    visited : set of int
        The layers the pass has met.
    kept : dict of int to (queries, keys, scale)
        Queries and keys [batch, heads, L, d] of each layer to keep, and the factor of their
        product.
    """

    layers: dict[nn.Module, int]
    length: int
    potential: Tensor | None = None
    temperature: float = 1.0
    ablate: dict[int, dict[int, Kind]] = field(default_factory=dict)
    keep: frozenset[int] = frozenset()
    maps: tuple[np.ndarray, ...] = ()
    visited: set[int] = field(default_factory=set)
    kept: dict[int, tuple[Tensor, Tensor, float]] = field(default_factory=dict)

    def meet(self, module: nn.Module, query: Tensor, key: Tensor, scale: float) -> int:
        """Note that the pass is at `module`, and return the module's layer."""
        layer = self.layers[module]
        self.visited.add(layer)
        if layer in self.keep:
            self.kept[layer] = (query, key, scale)
        return layer

    @property
    def bends(self) -> bool:
        """Whether attention differs from the model's own."""
        return self.potential is not None or self.temperature != 1.0

    def bend(self, scores: Tensor, mask: Tensor | None, layer: int) -> Tensor:
        """Return (scores − U)/T for scores [batch, heads, L_q, L_k], masked keys at −inf.

        Computed in float32 at least, and shifted so that each row's largest is 0: no
        temperature and no potential can overflow what the softmax needs.
        """
        scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
        if self.potential is not None:
            rows, columns = scores.shape[-2:]
            U = self.potential[layer if len(self.potential) > 1 else 0]
            if U.shape[-1] > 1:
                U = U[..., self.length - columns : self.length]
            if U.shape[-2] > 1:
                U = U[..., self.length - rows : self.length, :]
            scores = scores - U.to(scores)
        if mask is not None:
            scores = scores.masked_fill(mask < 0, -torch.inf)
        self._refuse_blind_rows(scores, layer)
        return (scores - scores.amax(dim=-1, keepdim=True)) / self.temperature

    def emit(self, output: Tensor, layer: int) -> Tensor:
        """Return what the layer's heads put out [batch, L, heads, d] without the ablated ones."""
        heads = self.ablate.get(layer)
        if not heads:
            return output
        lengths = [map_.shape[-1] for map_ in self.maps] or [self.length]
        return take_out(output, heads, lengths=lengths)

    def write(self, weights: Tensor, layer: int) -> None:
        """Write weights [batch, heads, L, L] into the maps; half-precision rows are renormalised.

        Writing at once, instead of collecting every layer's tensor, holds the weights once.
        """
        for text, map_ in zip(weights, self.maps, strict=False):
            length = map_.shape[-1]
            real = text[:, :length, :length].float()
            if weights.dtype in HALF:
                real = real / real.sum(dim=-1, keepdim=True)
            map_[layer] = real.cpu().numpy()

    def _refuse_blind_rows(self, scores: Tensor, layer: int) -> None:
        blind = torch.isneginf(scores).all(dim=-1)
        if blind.any():
            _, head, row = blind.nonzero()[0].tolist()
            query = row + self.length - scores.shape[-2]
            raise blind_row(query=query, layer=layer, head=head)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    passage: Passage | None = None,
    **_: object,
) -> tuple[Tensor, Tensor]:
    """Return output [batch, L, heads, d] and weights [batch, heads, L, L] of one layer.

    Keys and values shared by several heads are repeated, as the model does.
    """
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key = key.repeat_interleave(groups, dim=1)
        value = value.repeat_interleave(groups, dim=1)
    layer = 0 if passage is None else passage.meet(module, query, key, scale)
    scores = query @ key.transpose(-1, -2) * scale
    if passage is not None and passage.bends:
        scores = passage.bend(scores, attention_mask, layer)
    elif attention_mask is not None:
        scores = scores + attention_mask
    wide = torch.promote_types(scores.dtype, torch.float32)
    weights = scores.softmax(dim=-1, dtype=wide).to(value.dtype)
    if passage is not None:
        passage.write(weights.detach(), layer)
    weights = nn.functional.dropout(weights, p=dropout, training=module.training)
    output = (weights @ value).transpose(1, 2).contiguous()  # [batch, L, heads, d]
    return output if passage is None else passage.emit(output, layer), weights


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, eager_mask)
