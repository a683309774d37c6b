"""Text from a decoder, one token at a time, with its attention bent or heated on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from gedig_edu.models.attention import Passage


@torch.inference_mode()
def continue_ids(
    network: PreTrainedModel,
    ids: tuple[int, ...],
    *,
    tokens: int,
    temperature: float,
    seed: int,
    passage: Passage,
) -> list[int]:
    """Return up to `tokens` ids that follow `ids`; it ends early at an end-of-text token.

    Temperature 0 takes the likeliest token; above 0 tokens are drawn from
    softmax(logits/temperature) with a generator of their own.
    """
    generator = torch.Generator().manual_seed(seed)
    ends = _end_tokens(network)
    written: list[int] = []
    past, fresh = None, list(ids)
    for count in range(tokens):
        passage.length = len(ids) + count
        outputs = network(
            input_ids=torch.tensor([fresh], device=network.device),
            past_key_values=past,
            use_cache=True,
            passage=passage,
        )
        token = _choose(outputs.logits[0, -1], temperature=temperature, generator=generator)
        if token in ends:
            break
        written.append(token)
        past, fresh = outputs.past_key_values, [token]
    return written


def _choose(logits: Tensor, *, temperature: float, generator: torch.Generator) -> int:
    if temperature == 0:
        return int(logits.argmax())
    probabilities = (logits.double().cpu() / temperature).softmax(dim=-1)
    return int(torch.multinomial(probabilities, 1, generator=generator))


def _end_tokens(network: PreTrainedModel) -> set[int]:
    ends = getattr(network.generation_config, "eos_token_id", None)
    if ends is None:
        return set()
    return set(ends) if isinstance(ends, list) else {ends}
