"""What differs between architectures: where attention sits, and what a query is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gedig_edu.models.registry import Family
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from torch import nn
    from transformers import PretrainedConfig, PreTrainedModel


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How to read one architecture.

    Attributes
    ----------
    family : {"gpt2", "llama", "bert"}
        Architecture family.
    causal : bool
        Whether it is a decoder, with a next-token head.
    attention : str
        Path from the base model to the attention module of layer ``{}``.
    rotary : bool
        Whether positions enter by rotating queries and keys.
    """

    family: Family
    causal: bool
    attention: str
    rotary: bool = False

    def attention_modules(self, network: PreTrainedModel) -> dict[nn.Module, int]:
        """Return the attention modules of `network`, each with its layer."""
        base = network.base_model
        count = network.config.num_hidden_layers
        return {base.get_submodule(self.attention.format(layer)): layer for layer in range(count)}

    def unrotated_modules(self, attention: nn.Module) -> tuple[nn.Module, nn.Module]:
        """Return the modules whose outputs are queries and keys before rotation."""
        children = dict(attention.named_children())
        return (
            children.get("q_norm") or children["q_proj"],
            children.get("k_norm") or children["k_proj"],
        )


_LLAMA = Adapter(family="llama", causal=True, attention="layers.{}.self_attn", rotary=True)

ADAPTERS: dict[str, Adapter] = {
    "gpt2": Adapter(family="gpt2", causal=True, attention="h.{}.attn"),
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "qwen2": _LLAMA,
    "qwen3": _LLAMA,
    "bert": Adapter(family="bert", causal=False, attention="encoder.layer.{}.attention.self"),
    "distilbert": Adapter(family="bert", causal=False, attention="transformer.layer.{}.attention"),
}


def adapter_for(config: PretrainedConfig, *, name: str) -> Adapter:
    """Return the adapter of a configuration.

    Raises
    ------
    GedigError
        If the architecture is not one of the known ones.
    """
    kind = config.model_type
    if kind not in ADAPTERS:
        raise refusal("model.architecture", name=name, kind=kind, known=", ".join(ADAPTERS))
    adapter = ADAPTERS[kind]
    if not adapter.causal and getattr(config, "is_decoder", False):
        raise refusal("model.decoder", name=name, kind=kind)
    return adapter
