"""Where the architectures that a lesson takes apart keep what it looks at, by their type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Places:
    """Where a layer forms queries and keys, in the architectures that `lab` takes apart.

    Attributes
    ----------
    query, key : str
        From the layer to the module that projects queries and keys; one and the same where
        queries, keys and values come as one.
    norm, last_norm : str or None
        From the layer to the norm at the entrance of attention, and from the base model to the
        one before the logits; None where each sum is normalised instead.
    """

    query: str
    key: str
    norm: str | None = None
    last_norm: str | None = None

    @property
    def fused(self) -> bool:
        """Whether queries, keys and values come as one, side by side."""
        return self.query == self.key


_LLAMA = Places("self_attn.q_proj", "self_attn.k_proj", norm="input_layernorm", last_norm="norm")
PLACES = {
    "gpt2": Places("attn.c_attn", "attn.c_attn", norm="ln_1", last_norm="ln_f"),
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "qwen2": _LLAMA,
    "qwen3": _LLAMA,
    "bert": Places("attention.self.query", "attention.self.key"),
    "distilbert": Places("attention.q_lin", "attention.k_lin"),
}


def places_of(network: PreTrainedModel, *, name: str) -> Places:
    """Return where this architecture forms queries and keys.

    Raises
    ------
    GedigError
        If it is not known.
    """
    kind = network.config.model_type
    if kind not in PLACES:
        raise GedigError(
            f"It is not known where a {kind!r} such as {name!r} forms its queries and keys; "
            f"choose a model of {', '.join(PLACES)}."
        )
    return PLACES[kind]
