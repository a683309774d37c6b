"""One pass through a network for the sake of its attention, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from gedig_edu.errors import GedigError
from gedig_edu.models.attention import Passage
from gedig_edu.models.tokens import Encoded

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@torch.inference_mode()
def pass_through(
    network: PreTrainedModel, batch: Sequence[Encoded], passage: Passage, *, name: str
) -> None:
    """Send a batch of texts through the network, for what `passage` collects on the way.

    Shorter texts are padded on the right and masked, so no real token sees a padding token
    and positions start at 0 whatever the neighbours.

    Raises
    ------
    GedigError
        If a layer was not computed by our attention function.
    """
    ids = torch.zeros(len(batch), passage.length, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, encoded in enumerate(batch):
        ids[row, : len(encoded)] = torch.tensor(encoded.ids)
        mask[row, : len(encoded)] = 1
    network.base_model(
        input_ids=ids.to(network.device),
        attention_mask=None if mask.all() else mask.to(network.device),
        passage=passage,
    )
    check_visited(passage, name=name)


def check_visited(passage: Passage, *, name: str) -> None:
    """Refuse a pass in which a layer handed out no weights and could not be bent."""
    if passage.visited != set(passage.layers.values()):
        raise GedigError(
            f"The model {name!r} handed out no attention weights, because it runs with another "
            "attention function than the one gedig_edu.models.load sets; load it there again."
        )


def empty_maps(
    network: PreTrainedModel, batch: Sequence[Encoded]
) -> tuple[Float[np.ndarray, "layers heads L L"], ...]:
    """Return room for the weights of each text."""
    config = network.config
    layers, heads = config.num_hidden_layers, config.num_attention_heads
    return tuple(
        np.empty((layers, heads, len(encoded), len(encoded)), dtype=np.float32) for encoded in batch
    )


@contextmanager
def outputs_of(*modules: nn.Module) -> Iterator[dict[nn.Module, Tensor]]:
    """Keep what each of `modules` puts out while the block runs."""
    kept: dict[nn.Module, Tensor] = {}

    def keep(module: nn.Module, _inputs: object, output: Tensor) -> None:
        kept[module] = output

    handles = [module.register_forward_hook(keep) for module in modules]
    try:
        yield kept
    finally:
        for handle in handles:
            handle.remove()
