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
    from numpy.typing import ArrayLike
    from transformers import PreTrainedModel

_AXES = ("layers", "heads", "L", "L")


@torch.inference_mode()
def read_attentions(
    network: PreTrainedModel, batch: Sequence[Encoded], passage: Passage, *, name: str
) -> list[Tensor]:
    """Return the weights [batch, heads, L, L] of each layer, L the longest text's length.

    Shorter texts are padded on the right and masked, so no real token sees a padding token
    and positions start at 0 whatever the neighbours.

    Raises
    ------
    GedigError
        If the network hands out no weights, or never met the attention function that bends.
    """
    length = max(map(len, batch))
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, encoded in enumerate(batch):
        ids[row, : len(encoded)] = torch.tensor(encoded.ids)
        mask[row, : len(encoded)] = 1
    outputs = network.base_model(
        input_ids=ids.to(network.device),
        attention_mask=None if mask.all() else mask.to(network.device),
        output_attentions=True,
        passage=passage,
    )
    attentions: list[Tensor] = list(getattr(outputs, "attentions", None) or ())
    if len(attentions) != len(passage.layers) or any(layer is None for layer in attentions):
        raise GedigError(
            f"The model {name!r} handed out no attention weights; it must run with eager "
            "attention, which gedig_edu.models.load sets, so load it there again."
        )
    check_visited(passage, name=name)
    return attentions


def check_visited(passage: Passage, *, name: str) -> None:
    """Refuse a pass that was to be bent or kept and did not go through our attention."""
    wanted = passage.bends or passage.keep is not None
    if wanted and passage.visited != set(passage.layers.values()):
        raise GedigError(
            f"The model {name!r} did not use the attention function that takes potential and "
            "temperature; load it again with gedig_edu.models.load."
        )


def split_maps(
    attentions: list[Tensor], lengths: Sequence[int]
) -> tuple[list[Float[np.ndarray, "layers heads L L"]], bool]:
    """Return the weights of each text without its padding, and whether they were renormalised.

    `attentions` is emptied on the way: a layer is let go when it has been copied, so both
    forms of the weights are never held at once. Rows of a half-precision network are divided
    by their sum in float32.
    """
    layers, heads = len(attentions), attentions[0].shape[1]
    renormalise = attentions[0].dtype in (torch.float16, torch.bfloat16)
    maps = [np.empty((layers, heads, length, length), dtype=np.float32) for length in lengths]
    for layer in range(layers):
        weights = attentions.pop(0)
        for row, length in enumerate(lengths):
            real = weights[row, :, :length, :length].float()
            if renormalise:
                real = real / real.sum(dim=-1, keepdim=True)
            maps[row][layer] = real.cpu().numpy()
    return maps, renormalise


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


def as_potential(potential: ArrayLike, *, layers: int, heads: int, length: int) -> Tensor:
    """Return a potential as a float32 tensor of four axes, each 1 or the model's size.

    Raises
    ------
    GedigError
        If it is no array of numbers, has another shape, or holds NaN or −inf.
    """
    try:
        U = torch.as_tensor(potential, dtype=torch.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise GedigError(
            f"The potential is no array of numbers ({type(potential).__name__}); give one that "
            "broadcasts to [layers, heads, L, L]."
        ) from error
    sizes = (layers, heads, length, length)
    shape = (1,) * (4 - U.ndim) + tuple(U.shape)
    if len(shape) > 4 or any(
        given not in (1, size) for given, size in zip(shape, sizes, strict=True)
    ):
        wanted = ", ".join(f"{axis}={size}" for axis, size in zip(_AXES, sizes, strict=True))
        raise GedigError(
            f"The potential has shape {list(U.shape)}; give one that broadcasts to [{wanted}]."
        )
    if torch.isnan(U).any() or torch.isneginf(U).any():
        raise GedigError(
            "The potential holds NaN or -inf; use finite values, and +inf to remove a key."
        )
    return U.reshape(shape)
