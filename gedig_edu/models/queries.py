"""The queries and keys of a model's layers, before and after rotary positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from torch import Tensor, nn

from gedig_edu.models.adapters import Adapter
from gedig_edu.models.attention import Passage
from gedig_edu.models.forward import outputs_of, pass_through
from gedig_edu.models.records import QueriesKeys
from gedig_edu.models.tokens import Encoded

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def read_queries_keys(
    network: PreTrainedModel,
    adapter: Adapter,
    encoded: Encoded,
    *,
    layers: Sequence[int],
    name: str,
) -> list[QueriesKeys]:
    """Return the queries and keys that each of `layers` forms for one text, in one pass.

    Raises
    ------
    GedigError
        If the network did not go through our attention function.
    """
    modules = adapter.attention_modules(network)
    passage = Passage(layers=modules, length=len(encoded), keep=frozenset(layers))
    sources: dict[int, tuple[nn.Module, ...]] = {
        layer: adapter.unrotated_modules(module) if adapter.rotary else ()
        for module, layer in modules.items()
        if layer in passage.keep
    }
    with outputs_of(*(module for pair in sources.values() for module in pair)) as outputs:
        pass_through(network, [encoded], passage, name=name)
    return [
        _record(passage.kept[layer], [outputs[module] for module in sources[layer]])
        for layer in layers
    ]


def _record(kept: tuple[Tensor, Tensor, float], unrotated: Sequence[Tensor]) -> QueriesKeys:
    """Return what one layer formed; `unrotated` are q and k before rotation, [1, L, heads · d]."""
    *scored, scale = kept
    q, k = (_to_numpy(tensor[0]) for tensor in scored)
    if not unrotated:
        return QueriesKeys(q, k, None, None, scale=scale)
    heads, length, d = q.shape
    before = [tensor.reshape(length, -1, d).transpose(0, 1) for tensor in unrotated]
    q_before, k_before = (
        _to_numpy(tensor.repeat_interleave(heads // len(tensor), dim=0)) for tensor in before
    )
    return QueriesKeys(q_before, k_before, q, k, scale=scale)


def _to_numpy(tensor: Tensor) -> Float[np.ndarray, "heads L d"]:
    return tensor.float().cpu().numpy()
