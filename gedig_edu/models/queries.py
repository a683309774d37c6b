"""The queries and keys of one layer, before and after rotary positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float

from gedig_edu.errors import GedigError
from gedig_edu.models.adapters import Adapter
from gedig_edu.models.attention import Passage
from gedig_edu.models.forward import outputs_of, pass_through
from gedig_edu.models.tokens import Encoded

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True, eq=False)
class QueriesKeys:
    """The queries and keys of one layer; shared keys are repeated to one per head.

    Attributes
    ----------
    q, k : float32 array [heads, L, d]
        Before any rotation.
    q_rotated, k_rotated : float32 array [heads, L, d] or None
        After the rotary positions; None in a model without them.
    scale : float
        What the model multiplies q·k with, 1/√d in nearly every model.
    """

    q: Float[np.ndarray, "heads L d"]
    k: Float[np.ndarray, "heads L d"]
    q_rotated: Float[np.ndarray, "heads L d"] | None
    k_rotated: Float[np.ndarray, "heads L d"] | None
    scale: float


def read_queries_keys(
    network: PreTrainedModel, adapter: Adapter, encoded: Encoded, *, layer: int, name: str
) -> QueriesKeys:
    """Return the queries and keys that `layer` forms for one text.

    Raises
    ------
    GedigError
        If the network did not go through our attention function.
    """
    modules = adapter.attention_modules(network)
    passage = Passage(layers=modules, length=len(encoded), keep=layer)
    attention = next(module for module, index in modules.items() if index == layer)
    sources = adapter.unrotated_modules(attention) if adapter.rotary else ()
    with outputs_of(*sources) as outputs:
        pass_through(network, [encoded], passage, name=name)
    if passage.kept is None:
        raise GedigError(f"Layer {layer} of {name!r} was not met; load the model again.")
    *kept, scale = passage.kept
    q, k = (_to_numpy(tensor[0]) for tensor in kept)
    if not sources:
        return QueriesKeys(q, k, None, None, scale=scale)
    heads, length, d = q.shape
    before = [outputs[module].reshape(length, -1, d).transpose(0, 1) for module in sources]
    q_before, k_before = (
        _to_numpy(tensor.repeat_interleave(heads // len(tensor), dim=0)) for tensor in before
    )
    return QueriesKeys(q_before, k_before, q, k, scale=scale)


def _to_numpy(tensor: torch.Tensor) -> Float[np.ndarray, "heads L d"]:
    return tensor.float().cpu().numpy()
