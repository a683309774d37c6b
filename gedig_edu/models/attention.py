"""Our attention function, registered with transformers, where heat and potential enter.

It calls the attention that an architecture computes itself (the `eager_attention_forward` of its
own file), so that soft caps, windows, sinks, position biases and shared keys are what the model
does, and hands out the weights. Heat and potential enter at one place: the softmax that this
function calls is given (s − U)/T instead of the scores s.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from gedig_edu.models.ablation import Kind, take_out
from gedig_edu.models.potential import blind_row
from gedig_edu.words import refusal

NAME = "gedig_edu"
HALF = (torch.float16, torch.bfloat16)
SOFTMAX = (torch.softmax, Tensor.softmax, nn.functional.softmax)
LOG_SUMS = (torch.logsumexp, Tensor.logsumexp, torch.special.logsumexp)

Receive = Callable[[int, Tensor], None]
Report = Callable[[int, Tensor, Tensor], None]
_current: ContextVar[Passage | None] = ContextVar("passage", default=None)


@dataclass(eq=False, kw_only=True)
class Passage:
    """What one forward pass is asked to do at its attention layers, and what it met there.

    ``with passage:`` makes it the passage of every attention layer that this thread meets. Layers
    are counted as they are met, so that one module may serve several.

    Attributes
    ----------
    lengths : tuple of int
        Tokens of each text of the batch, those of a cache included; the queries and the keys
        that a layer receives are the last of the longest, and what stands behind a text is
        padding.
    potential : tensor [layers or 1, heads or 1, L or 1, L or 1] or None
        U, subtracted from the scores; +inf removes a key.
    temperature : float
        T, which divides the scores, a sink's among them.
    ablate : dict of int to dict of int to {"zero", "mean"}
        Layer by layer the heads that are taken out, and how.
    keep : frozenset of int
        The layers whose queries and keys are kept.
    receive : callable (layer, weights [batch, heads, L, L]) or None
        Is given the weights of each layer as soon as they are made, where they are, with the
        padding.
    report : callable (layer, values [batch, groups, L, d], output [batch, L, heads, d]) or None
        Is given what each layer's heads read and put out, ablated or not.
    modules : list of Module
        The attention modules met so far, one a layer.
    sinks : bool
        Whether a layer met so far lets a row give weight to no key.
    kept : dict of int to (queries, keys, scale)
        Queries and keys [batch, heads, L, d] of each layer to keep, and the factor of their
        product.
    """

    lengths: tuple[int, ...]
    potential: Tensor | None = None
    temperature: float = 1.0
    ablate: dict[int, dict[int, Kind]] = field(default_factory=dict)
    keep: frozenset[int] = frozenset()
    receive: Receive | None = None
    report: Report | None = None
    modules: list[nn.Module] = field(default_factory=list)
    sinks: bool = False
    kept: dict[int, tuple[Tensor, Tensor, float]] = field(default_factory=dict)
    _query: Tensor | None = None
    _before: Token[Passage | None] | None = None

    def __enter__(self) -> Passage:
        self.modules.clear()
        self._before = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            _current.reset(self._before)
            self._before = self._query = None

    @property
    def bends(self) -> bool:
        """Whether attention differs from the model's own."""
        return self.potential is not None or self.temperature != 1.0

    def meet(self, module: nn.Module, query: Tensor, key: Tensor, scaling: float | None) -> int:
        """Note that the pass is at `module`, and return its layer.

        A module that comes again at once with the same queries is still at its layer: it weighs
        another part of its values.
        """
        if query is self._query:
            return len(self.modules) - 1
        layer = len(self.modules)
        self.modules.append(module)
        self._query = query
        if layer in self.keep:
            groups = query.shape[1] // key.shape[1]
            scale = query.shape[-1] ** -0.5 if scaling is None else scaling
            self.kept[layer] = (query, key.repeat_interleave(groups, dim=1), scale)
        return layer

    def bend(self, scores: Tensor, layer: int, *, keys: int, least: float) -> Tensor:
        """Return (s − U)/T for scores s [batch, heads, L_q, keys and sinks], masked ones at −inf.

        A mask has brought what it hides near `least`, the smallest number of its type.
        Computed in float32 at least, and shifted so that each row's largest is 0: no
        temperature and no potential can overflow what the softmax needs. A sink is a score that
        stands behind the keys and has no potential.
        """
        hidden = scores <= least / 2
        hidden &= ~hidden.all(dim=-1, keepdim=True)  # padding that sees nothing stays as it is
        scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
        if self.potential is not None:
            U = self._cut(self.potential, layer, rows=scores.shape[-2], keys=keys).to(scores)
            scores = scores - nn.functional.pad(U, (0, scores.shape[-1] - keys))
        bent = scores.masked_fill(hidden, -torch.inf)
        self._refuse_blind_rows(bent[..., :keys], hidden[..., :keys], layer)
        limits = torch.finfo(bent.dtype)
        temperature = min(max(self.temperature, limits.tiny), limits.max)
        largest = bent.amax(dim=-1, keepdim=True)
        return (bent - largest.masked_fill(torch.isneginf(largest), 0)) / temperature

    def emit(self, output: Tensor, layer: int) -> Tensor:
        """Return what the layer's heads put out [batch, L, heads, d] without the ablated ones."""
        heads = self.ablate.get(layer)
        return take_out(output, heads, lengths=self.lengths) if heads else output

    def _cut(self, potential: Tensor, layer: int, *, rows: int, keys: int) -> Tensor:
        """Return what a layer's last rows meet of a potential, [heads or 1, rows or 1, keys]."""
        length = max(self.lengths)
        U = potential[layer if len(potential) > 1 else 0]
        if U.shape[-2] > 1:
            U = U[..., length - rows : length, :]
        if U.shape[-1] > 1:
            return U[..., length - keys : length]
        return U.expand(*U.shape[:-1], keys)

    def _refuse_blind_rows(self, bent: Tensor, hidden: Tensor, layer: int) -> None:
        blind = torch.isneginf(bent).all(dim=-1) & ~hidden.all(dim=-1)
        if blind.any():
            _, head, row = blind.nonzero()[0].tolist()
            query = row + max(self.lengths) - bent.shape[-2]
            raise blind_row(query=query, layer=layer, head=head)


class _AtSoftmax(TorchFunctionMode):
    """Bends the scores that one layer's own attention gives to its softmax, in this thread."""

    def __init__(self, passage: Passage, layer: int, *, keys: int, least: float) -> None:
        super().__init__()
        self.passage, self.layer, self.keys, self.least = passage, layer, keys, least
        self.met = 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in LOG_SUMS and self.passage.bends:
            raise refusal("model.sink_after", layer=self.layer)
        if func not in SOFTMAX:
            return func(*args, **kwargs)
        self.met += 1
        scores, *rest = args
        self.passage.sinks |= scores.shape[-1] > self.keys
        if not self.passage.bends:
            return func(*args, **kwargs)
        least = max(self.least, torch.finfo(scores.dtype).min)
        bent = self.passage.bend(scores, self.layer, keys=self.keys, least=least)
        return func(bent, *rest, **kwargs).to(kwargs.get("dtype") or scores.dtype)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor]:
    """Return output [batch, L, heads, d] and weights [batch, heads, L, L] of one layer."""
    own, passage = own_attention(type(module)), _current.get()
    if passage is None:
        return own(module, query, key, value, attention_mask, **options)
    met = len(passage.modules)
    layer = passage.meet(module, query, key, options.get("scaling"))
    least = torch.finfo((query if attention_mask is None else attention_mask).dtype).min
    with _AtSoftmax(passage, layer, keys=key.shape[-2], least=least) as place:
        output, weights = own(module, query, key, value, attention_mask, **options)
    if passage.bends and place.met != 1:
        raise refusal("model.no_softmax", layer=layer, kind=type(module).__name__)
    if passage.receive is not None and layer == met:
        passage.receive(layer, weights.detach())
    if passage.report is not None:
        passage.report(layer, value.detach(), output.detach())
    return passage.emit(output, layer), weights


@cache
def own_attention(kind: type[nn.Module]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the eager attention that stands beside an attention module in its own file."""
    for base in kind.__mro__:
        own = vars(sys.modules[base.__module__]).get("eager_attention_forward")
        if own is not None:
            return own
    raise refusal("model.no_own_attention", kind=kind.__name__)


def _settle_kernels() -> None:
    """Call each function that MKL computes once, with one thread.

    If several threads are the first to call one, a thread may run a coarse kernel for its part of
    that call (pytorch/pytorch#188792), and a first map is off in the fifth digit.
    """
    few = torch.full((16,), 0.5)
    for name in ("cos", "erf", "exp", "expm1", "log", "log1p", "sin", "sqrt", "tan", "tanh"):
        for dtype in (torch.float32, torch.float64):
            getattr(torch, name)(few.to(dtype))


_settle_kernels()
AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, eager_mask)
