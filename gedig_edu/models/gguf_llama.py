"""A Llama model in a GGUF file, rewritten as the files transformers reads.

GGUF stores the rows of a query or key matrix so that rotary pairs lie side by side,
(x_0, x_1), (x_2, x_3), ...; transformers pairs x_i with x_{i+d/2}. `_unpair` puts the rows
back. Quantised weights become bfloat16, which holds every step of a 4- or 8-bit block.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from gguf import GGUFReader
    from tokenizers import Tokenizer

_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTER = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_CONTROL_TOKEN = 3


def convert(file: Path, folder: Path) -> None:
    """Write config.json, tokenizer.json and model.safetensors for the GGUF `file` into `folder`.

    Raises
    ------
    GedigError
        If the file is no Llama model with a byte-level tokenizer of the SmolLM kind.
    """
    from gguf import GGUFReader

    reader = GGUFReader(file)
    kinds = {key: _value(reader, key) for key in ("general.architecture", "tokenizer.ggml.pre")}
    if kinds != {"general.architecture": "llama", "tokenizer.ggml.pre": "smollm"}:
        raise GedigError(
            f"{file.name} is of the kind {kinds}; only Llama models with the SmolLM tokenizer "
            "can be converted here."
        )
    config = _config(reader)
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    _tokenizer(reader).save(str(folder / "tokenizer.json"))
    _save_weights(reader, config, folder / "model.safetensors")


def _value(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    if field is None:
        raise GedigError(f"The GGUF file has no {key!r}; take the file the registry names.")
    return field.contents()


def _config(reader: GGUFReader) -> dict[str, Any]:
    tied = all(tensor.name != "output.weight" for tensor in reader.tensors)
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(_value(reader, "tokenizer.ggml.tokens")),
        "hidden_size": _value(reader, "llama.embedding_length"),
        "intermediate_size": _value(reader, "llama.feed_forward_length"),
        "num_hidden_layers": _value(reader, "llama.block_count"),
        "num_attention_heads": _value(reader, "llama.attention.head_count"),
        "num_key_value_heads": _value(reader, "llama.attention.head_count_kv"),
        "head_dim": _value(reader, "llama.rope.dimension_count"),
        "max_position_embeddings": _value(reader, "llama.context_length"),
        "rms_norm_eps": _value(reader, "llama.attention.layer_norm_rms_epsilon"),
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": _value(reader, "llama.rope.freq_base"),
        },
        "bos_token_id": _value(reader, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": _value(reader, "tokenizer.ggml.eos_token_id"),
        "pad_token_id": _value(reader, "tokenizer.ggml.padding_token_id"),
        "hidden_act": "silu",
        "tie_word_embeddings": tied,
        "dtype": "bfloat16",
    }


def _tokenizer(reader: GGUFReader) -> Tokenizer:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens = _value(reader, "tokenizer.ggml.tokens")
    merges = [tuple(pair.split(" ")) for pair in _value(reader, "tokenizer.ggml.merges")]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    kinds = _value(reader, "tokenizer.ggml.token_type")
    control = [token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL_TOKEN]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in control])
    return tokenizer


def _save_weights(reader: GGUFReader, config: dict[str, Any], file: Path) -> None:
    import torch
    from gguf.quants import dequantize
    from safetensors.torch import save_file

    heads = {
        "self_attn.q_proj": config["num_attention_heads"],
        "self_attn.k_proj": config["num_key_value_heads"],
    }
    weights = {}
    for tensor in reader.tensors:
        name, part = _renamed(tensor.name)
        values = dequantize(tensor.data, tensor.tensor_type)
        if part in heads:
            values = _unpair(values, heads[part])
        weights[name] = torch.from_numpy(np.array(values)).to(torch.bfloat16)
    save_file(weights, file, metadata={"format": "pt"})


def _renamed(name: str) -> tuple[str, str]:
    if name in _OUTER:
        return _OUTER[name], ""
    _, layer, part, _ = name.split(".")
    return f"model.layers.{layer}.{_BLOCK[part]}.weight", _BLOCK[part]


def _unpair(matrix: Float[np.ndarray, "rows d"], heads: int) -> Float[np.ndarray, "rows d"]:
    """Return rows ordered (x_0, x_2, ..., x_1, x_3, ...) within each head.

    Examples
    --------
    >>> rows = np.arange(12.0).reshape(12, 1)
    >>> _unpair(rows, heads=2).ravel().tolist()
    [0.0, 2.0, 4.0, 1.0, 3.0, 5.0, 6.0, 8.0, 10.0, 7.0, 9.0, 11.0]
    """
    rows, columns = matrix.shape
    pairs = matrix.reshape(heads, rows // heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)
