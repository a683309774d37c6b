"""A Llama model from a GGUF file is the model that was written into it."""

import json

import numpy as np
import pytest
import torch
from gguf import GGUFWriter, TokenType
from tokenizers import Tokenizer

from gedig_edu import GedigError, models
from gedig_edu.models.gguf_llama import convert
from tests.models import tiny

PARTS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
OUTER = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def paired(matrix, heads):
    """Lay rotary pairs side by side, row by row as the format asks: 0, d/2, 1, d/2 + 1, ..."""
    d = len(matrix) // heads
    pairs = [(i, i + d // 2) for i in range(d // 2)]
    order = [head * d + row for head in range(heads) for pair in pairs for row in pair]
    return matrix[order]


def tensors(network):
    """Yield the weights of a Llama network under their GGUF names."""
    for name, value in network.state_dict().items():
        array = value.float().numpy()
        if name.startswith("model.layers."):
            _, _, layer, rest = name.split(".", 3)
            part = rest.removesuffix(".weight")
            heads = {"self_attn.q_proj": tiny.HEADS, "self_attn.k_proj": 2}.get(part)
            yield f"blk.{layer}.{PARTS[part]}.weight", paired(array, heads) if heads else array
        else:
            yield f"{OUTER[name.removesuffix('.weight')]}.weight", array


def write_gguf(file, network, *, pre="smollm"):
    """Write a Llama network and a byte-level tokenizer as a GGUF file."""
    tokenizer = tiny.byte_level_tokenizer()
    vocabulary = sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer = GGUFWriter(file, "llama")
    writer.add_context_length(tiny.CONTEXT)
    writer.add_embedding_length(tiny.HEADS * tiny.HEAD_SIZE)
    writer.add_feed_forward_length(network.config.intermediate_size)
    writer.add_block_count(tiny.LAYERS)
    writer.add_head_count(tiny.HEADS)
    writer.add_head_count_kv(2)
    writer.add_rope_dimension_count(tiny.HEAD_SIZE)
    writer.add_rope_freq_base(network.config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(network.config.rms_norm_eps)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(vocabulary)
    kinds = [TokenType.CONTROL, *[TokenType.NORMAL] * (len(vocabulary) - 1)]
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    for add in (writer.add_bos_token_id, writer.add_eos_token_id, writer.add_pad_token_id):
        add(0)
    for name, array in tensors(network):
        writer.add_tensor(name, np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


@pytest.fixture(scope="module")
def network():
    """Give a tiny Llama whose weights bfloat16 can hold."""
    network = tiny.network("llama").eval()
    for weights in network.parameters():
        weights.data = weights.data.bfloat16().float()
    return network


def test_logits_and_tokens_come_through_unchanged(tmp_path, network):
    convert(write_gguf(tmp_path / "tiny.gguf", network), tmp_path)
    model = models.load(tmp_path, device="cpu")
    ids = model.encode(tiny.PROSE[1][:40]).ids
    with torch.inference_mode():
        expected = network(torch.tensor([ids])).logits[0].numpy()
    np.testing.assert_allclose(model.logits(tiny.PROSE[1][:40]), expected, atol=2e-5)
    assert model.context == tiny.CONTEXT


def test_digits_are_split_and_control_tokens_are_whole(tmp_path, network):
    convert(write_gguf(tmp_path / "tiny.gguf", network), tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    text = "boats 1892<|endoftext|>"
    pieces = tokenizer.encode(text).tokens
    assert pieces[-5:] == ["1", "8", "9", "2", "<|endoftext|>"]
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_another_kind_of_file_is_refused(tmp_path, network):
    file = write_gguf(tmp_path / "tiny.gguf", network, pre="other")
    with pytest.raises(GedigError, match=r"only Llama models with the SmolLM tokenizer"):
        convert(file, tmp_path)
