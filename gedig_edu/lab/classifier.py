"""A classifier over any encoder or decoder, whose attention maps carry gradients."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from gedig_edu.errors import GedigError
from gedig_edu.models import load
from gedig_edu.models.attention import own_attention

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel

NAME = "gedig_edu_without_dropout"


def attend_without_dropout(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor]:
    """Return what an architecture's own attention gives when nothing is dropped from its maps."""
    own = own_attention(type(module))
    return own(module, query, key, value, mask, **options | {"dropout": 0.0})


AttentionInterface.register(NAME, attend_without_dropout)
AttentionMaskInterface.register(NAME, eager_mask)


class Classifier(nn.Module):
    """A network without its own head, and a linear one over one state of each sentence.

    Parameters
    ----------
    body : PreTrainedModel
        Is trained.
    model : AttentionModel
        Where it comes from: its tokens, and what an encoder or decoder is.
    classes : int
    """

    def __init__(self, body: Any, model: AttentionModel, *, classes: int) -> None:
        super().__init__()
        self.body, self.model = body, model
        self.causal, self.layers = model.causal, model.layers
        self.head = nn.Linear(body.config.get_text_config().hidden_size, classes)

    def ids(self, text: str, most: int) -> tuple[int, ...]:
        """Return the tokens of a sentence, at most so many; what closes it stays."""
        ids = self.model.tokenizer.encode(text).ids
        closed = ids[-1:] if len(ids) > most and self.model.encode("a").special[-1] else []
        return (*ids[: most - len(closed)], *closed)

    def forward(
        self, sentences: Sequence[Sequence[int]], *, attentions: bool
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor]:
        """Return logits [batch, classes], maps [batch, heads, L, L] of each layer, and the mask.

        The mask is bool [batch, L], True for real tokens; padding stands behind them.
        """
        device = self.head.weight.device
        lengths = torch.tensor([len(one) for one in sentences], device=device)
        ids = nn.utils.rnn.pad_sequence([torch.tensor(one) for one in sentences], batch_first=True)
        mask = torch.arange(ids.shape[1], device=device) < lengths[:, None]
        out = self.body(
            input_ids=ids.to(device), attention_mask=mask.long(), output_attentions=attentions
        )
        states = out.last_hidden_state
        if self.causal:
            state = states[torch.arange(len(states), device=device), lengths - 1]
        else:
            state = (states * mask[..., None]).sum(dim=1) / lengths[:, None]
        return self.head(state), tuple(out.attentions or ()), mask


def open_classifier(
    name: str, *, model: AttentionModel | None, classes: int, device: str
) -> Classifier:
    """Return a new classifier over a copy of a model's network.

    Raises
    ------
    GedigError
        If the model cannot be opened, or its architecture has no attention that can be read and
        trained.
    """
    if model is None:
        model = load(name, backend="torch", device=device)
        network = model.network
    else:
        network = copy.deepcopy(model.network)
    body: Any = network.base_model
    body.set_attn_implementation(NAME)
    classifier = Classifier(body, model, classes=classes).to(network.device)
    _, maps, _ = classifier([classifier.ids("one", 8)], attentions=True)
    if len(maps) != model.layers or any(one is None for one in maps):
        raise GedigError(
            f"{model.name!r} gave {len(maps)} attention maps for {model.layers} layers; give an "
            "encoder or a decoder whose attention transformers can replace, such as minilm."
        )
    return classifier.requires_grad_(True)
